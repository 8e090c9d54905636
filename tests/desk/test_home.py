"""The home page: what waits for this person, and how the desk stands."""

import re

import pytest
from sqlalchemy.orm import Session

from claims_app.articles.model import SecondCheck
from claims_app.claims.model import Priority
from claims_app.claims.service import assign_claims
from claims_app.claims.withdrawing import withdraw_article, withdraw_claim
from claims_app.desk import queries as desk_queries
from claims_app.people.model import Person, Role
from claims_app.verdicts.model import Finding
from claims_app.verdicts.service import reopen_claim
from tests.client import StrictClient
from tests.desk.reading import FUTURE, PAST, Counting, claims_in, links, read, section
from tests.factories import Factory


def assign(session: Session, make: Factory, person: Person, *claim_ids: int) -> None:
    assign_claims(session, actor=make.regular(Role.EDITOR), claim_ids=claim_ids, assignee_id=person.id)
    session.commit()


class TestTheHomePage:
    def test_of_an_empty_desk_offers_an_editor_the_first_step(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        page = read(client, "/")
        assert "The desk has no article yet" in page
        assert page.count("btn-primary") == 2  # the way past the menu, and the first step
        assert 'href="/articles/new"' in page

    def test_of_an_empty_desk_sends_others_to_an_editor(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.CHECKER))
        page = read(client, "/")
        assert "An editor brings articles in." in page
        assert "/articles/new" not in page

    def test_needs_a_session(self, client: StrictClient) -> None:
        assert client.get("/").status_code == 302

    def test_lists_my_undecided_claims_the_most_urgent_first(
        self, client: StrictClient, session: Session, make: Factory
    ) -> None:
        me = make.person()
        normal, high, done, others = (make.claim(priority=p) for p in ("normal", "high", "high", "high"))
        assign(session, make, me, normal.id, high.id, done.id)
        make.verdict(done)
        client.sign_in(me)
        page = read(client, "/")
        assert claims_in(section(page, "My work")) == [high.id, normal.id]
        assert f"/claims?assignee={me.id}&amp;status=unchecked" in page
        assert others.id not in claims_in(section(page, "My work"))

    def test_orders_work_of_one_priority_by_deadline(
        self, client: StrictClient, session: Session, make: Factory
    ) -> None:
        me = make.person()
        later, never, first = (make.claim(make.article(deadline_at=at)) for at in (FUTURE, None, PAST))
        assign(session, make, me, later.id, never.id, first.id)
        client.sign_in(me)
        assert claims_in(section(read(client, "/"), "My work")) == [first.id, later.id, never.id]

    def test_shows_a_first_part_of_long_lists_and_where_the_rest_is(
        self, client: StrictClient, session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(desk_queries, "SHOWN", 2)
        me = make.person()
        article = make.article(deadline_at=PAST)
        assign(session, make, me, *(make.claim(article).id for _ in range(3)))
        client.sign_in(me)
        page = read(client, "/")
        for heading in ("My work", "Overdue"):
            assert len(claims_in(section(page, heading))) == 2
            assert "All 3" in section(page, heading)

    def test_shows_what_i_can_confirm_before_what_i_proposed(self, client: StrictClient, make: Factory) -> None:
        me, other = make.person(), make.person(name="Ruth Levi")
        article = make.article(second_check=SecondCheck.ALL)
        mine, theirs = make.claim(article), make.claim(article)
        make.verdict(mine, actor=me)
        make.verdict(theirs, actor=other, finding=Finding.PARTLY)
        client.sign_in(me)
        part = section(read(client, "/"), "Waiting for a second check")
        assert claims_in(part) == [theirs.id, mine.id]
        assert "Ruth Levi" in part
        assert "Partly" in part
        assert part.count("Yours: another person confirms") == 1

    def test_lists_undecided_claims_past_the_deadline(
        self, client: StrictClient, session: Session, make: Factory
    ) -> None:
        late = make.article(deadline_at=PAST)
        open_claim, decided, withdrawn = (make.claim(late) for _ in range(3))
        make.verdict(decided)
        withdraw_claim(session, actor=make.regular(Role.EDITOR), claim_id=withdrawn.id, why="Twice.")
        make.claim(make.article(deadline_at=FUTURE))
        gone = make.claim(make.article(deadline_at=PAST))
        withdraw_article(session, actor=make.regular(Role.EDITOR), article_id=gone.article_id, why="Dropped.")
        session.commit()
        client.sign_in(make.person())
        page = read(client, "/")
        assert claims_in(section(page, "Overdue")) == [open_claim.id]
        assert re.search(r'overdue=yes"><b><bdi>1</bdi></b>', page)

    def test_says_that_there_are_more_late_claims_than_it_counts(
        self, client: StrictClient, make: Factory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(desk_queries, "MOST_LATE", 2)
        article = make.article(deadline_at=PAST)
        for _ in range(3):
            make.claim(article)
        client.sign_in(make.person())
        assert "<b><bdi>2+</bdi></b>" in read(client, "/")

    def test_lists_the_newest_decisions_in_force(self, client: StrictClient, session: Session, make: Factory) -> None:
        first, second, reopened = (make.claim() for _ in range(3))
        make.verdict(first, finding=Finding.DISPUTED, actor=make.person(name="Ruth Levi"))
        make.verdict(second)
        make.verdict(reopened)
        reopen_claim(session, actor=make.regular(Role.CHECKER), claim_id=reopened.id, why="A new source.")
        session.commit()
        client.sign_in(make.person())
        part = section(read(client, "/"), "Recent decisions")
        assert claims_in(part) == [second.id, first.id]
        assert "Ruth Levi" in part
        assert "Disputed" in part

    def test_counts_each_status_and_leads_to_its_claims(self, client: StrictClient, make: Factory) -> None:
        make.claim()
        make.verdict(make.claim(), finding=Finding.OPINION)
        make.verdict(make.claim(), finding=Finding.VERIFIED)
        client.sign_in(make.person())
        page = read(client, "/")
        part = section(page, "All claims")
        assert "2 of 3 decided" in part
        assert {"/claims?status=opinion", "/claims?status=verified", "/claims?status=unchecked"} <= set(links(part))
        assert "status=disputed" not in part

    def test_lists_articles_in_work_the_first_to_print_first(self, client: StrictClient, make: Factory) -> None:
        done = make.article(title_en="A finished bridge", deadline_at=FUTURE)
        make.verdict(make.claim(done))
        make.article(title_en="A bridge without claims")
        make.claim(make.article(title_en="A late bridge", deadline_at=PAST))
        make.claim(make.article(title_en="A coming bridge", deadline_at=FUTURE))
        client.sign_in(make.person())
        part = section(read(client, "/"), "Articles in work")
        assert re.findall(r">(A [a-z ]*bridge[a-z ]*)<", part) == [
            "A late bridge",
            "A coming bridge",
            "A bridge without claims",
        ]
        assert part.count("Overdue:") == 1

    def test_asks_as_many_questions_for_much_as_for_little(
        self, client: StrictClient, session: Session, make: Factory, count_queries: Counting
    ) -> None:
        me = make.person()
        client.sign_in(me)

        def fill() -> None:
            article = make.article(second_check=SecondCheck.HIGH, deadline_at=PAST)
            make.verdict(make.claim(article, priority=Priority.HIGH), actor=me)
            make.verdict(make.claim(article, priority=Priority.HIGH))
            make.verdict(make.claim(article))
            assign(session, make, me, make.claim(article).id)

        fill()
        read(client, "/")
        with count_queries() as little:
            read(client, "/")
        for _ in range(5):
            fill()
        with count_queries() as much:
            read(client, "/")
        assert much.number == little.number <= 11

    def test_speaks_hebrew(self, client: StrictClient, make: Factory) -> None:
        make.claim()
        client.sign_in(make.person(language="he"))
        page = read(client, "/")
        assert "תמונת מצב" in page
        assert "הוכרעו 0 מתוך 1" in page
