"""The pages of the articles: the list, and one article with everything in it."""

import re

import pytest
from sqlalchemy.orm import Session

from claims_app.articles import queries as article_queries
from claims_app.articles.model import Article, SecondCheck
from claims_app.claims.figure import FigureValue
from claims_app.claims.model import CitedBasis, Priority
from claims_app.claims.withdrawing import withdraw_article
from claims_app.comments.model import CommentKind
from claims_app.desk import article as article_page
from claims_app.people.model import Role
from tests.client import StrictClient
from tests.desk.reading import PAST, Counting, claims_in, read, section
from tests.factories import Factory


class TestTheListOfArticles:
    def test_reaches_each_article_once_newest_first(
        self, client: StrictClient, make: Factory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(article_queries, "PAGE", 2)
        articles = [make.article().id for _ in range(5)]
        client.sign_in(make.person())
        seen: list[int] = []
        address: str | None = "/articles"
        while address:
            page = read(client, address)
            seen += [int(number) for number in re.findall(r'<a class="said[^"]*" href="/articles/(\d+)"', page)]
            found = re.search(r'rel="next" href="([^"]+)"', page)
            address = found and found[1].replace("&amp;", "&")
        assert seen == articles[::-1]

    def test_keeps_withdrawn_articles_in_a_list_of_their_own(
        self, client: StrictClient, session: Session, make: Factory
    ) -> None:
        make.article(title_en="A live bridge")
        gone = make.article(title_en="A dropped bridge")
        withdraw_article(session, actor=make.regular(Role.EDITOR), article_id=gone.id, why="Dropped.")
        session.commit()
        client.sign_in(make.person())
        assert "A dropped bridge" not in read(client, "/articles")
        page = read(client, "/articles?withdrawn=yes")
        assert "A dropped bridge" in page
        assert "A live bridge" not in page

    def test_calls_an_article_late_only_while_work_is_left(self, client: StrictClient, make: Factory) -> None:
        make.verdict(make.claim(make.article(title_en="A finished bridge", deadline_at=PAST)))
        client.sign_in(make.person())
        assert "Overdue" not in read(client, "/articles")
        make.claim(make.article(title_en="A late bridge", deadline_at=PAST))
        page = read(client, "/articles")
        assert page.count("Overdue") == 1
        assert "0 of 1" in page

    @pytest.mark.parametrize("after", ["x", "-3", "9" * 30, "²", "1"])
    def test_survives_a_place_that_is_none(self, client: StrictClient, make: Factory, after: str) -> None:
        make.article()
        client.sign_in(make.person())
        read(client, f"/articles?after={after}")

    @pytest.mark.parametrize("address", ["/articles", "/articles?withdrawn=yes"])
    def test_says_so_when_it_is_empty(self, client: StrictClient, make: Factory, address: str) -> None:
        client.sign_in(make.person(role=Role.READER))
        assert 'class="empty"' in read(client, address)

    def test_asks_as_many_questions_for_much_as_for_little(
        self, client: StrictClient, make: Factory, count_queries: Counting
    ) -> None:
        client.sign_in(make.person())
        make.claim()
        with count_queries() as little:
            read(client, "/articles")
        for _ in range(5):
            make.claim()
        with count_queries() as much:
            read(client, "/articles")
        assert much.number == little.number <= 4


@pytest.fixture
def bridge(make: Factory) -> Article:
    """An article with something in each part of its page."""
    article = make.article(
        title_he="הגשר",
        title_en="The bridge",
        outlet="The Paper",
        byline="Dana Ron",
        language="en",
        address="https://example.org/bridge",
        published_on="2026-03",
        deadline_at=PAST,
        second_check=SecondCheck.HIGH,
        notes="The plan is with the city.\nAsk before calling.",
        text="The bridge is open.\n\nIt is long.",
    )
    make.version(article, text="The bridge is closed.", note="The lead is new.")
    link = make.citation(article, address="https://example.org/plan")
    make.citation(article, address="https://example.org/unused")
    make.claim(article, section="Body", paragraph=9, statement_en="It has two lanes.")
    cited = make.claim(
        article,
        section="Lead",
        paragraph=1,
        statement_en="It is 40 metres long.",
        figure=FigureValue(40, 40, "tonnes", is_about=True),
        citation_id=link.id,
        cited_basis=CitedBasis.READ,
    )
    make.comment(cited, kind=CommentKind.QUERY, text="Who measured it?")
    make.verdict(make.claim(article, section="Lead", paragraph=2, priority=Priority.HIGH))
    make.verdict(make.claim(article, section="Body", paragraph=10))
    return article


class TestTheArticlePage:
    def test_says_what_the_article_is(self, client: StrictClient, bridge: Article, make: Factory) -> None:
        client.sign_in(make.person())
        page = read(client, f"/articles/{bridge.id}")
        for words in (
            "הגשר",
            "The bridge",
            "The Paper",
            "Dana Ron",
            "March 2026",
            "High priority only",
            "The plan is with the city.",
            "Ask before calling.",
            "Version 2",
            "Overdue",
            "1 of 4 decided",
        ):
            assert words in page, words
        assert 'href="https://example.org/bridge" rel="noopener noreferrer external"' in page

    def test_lists_the_claims_by_section_in_the_order_of_the_text(
        self, client: StrictClient, bridge: Article, make: Factory
    ) -> None:
        client.sign_in(make.person())
        part = section(read(client, f"/articles/{bridge.id}"), "Claims")
        assert [int(number) for number in re.findall(r'<td class="n num">(\d+)</td>', part)] == [2, 3, 1, 4]
        assert re.findall(r'rowgroup"><span dir="auto">(\w+)</span> · (\d)', part) == [("Lead", "2"), ("Body", "2")]
        assert "about 40 tonnes" in part

    def test_says_what_is_open_and_leads_there(self, client: StrictClient, bridge: Article, make: Factory) -> None:
        client.sign_in(make.person())
        page = read(client, f"/articles/{bridge.id}")
        tallies = re.findall(r'<a href="([^"]+)"><b>(?:<bdi>)?(\d)', page)
        undecided = f"/claims?article={bridge.id}&amp;status=unchecked&amp;status=checking&amp;status=awaiting"
        assert tallies == [
            (undecided, "3"),
            (f"/claims?article={bridge.id}&amp;status=awaiting", "1"),
            (f"{undecided}&amp;proof=none", "2"),
            ("#queries", "1"),
        ]
        assert "Who measured it?" in section(page, "Open queries to the author")

    def test_names_the_claims_on_each_cited_link(self, client: StrictClient, bridge: Article, make: Factory) -> None:
        client.sign_in(make.person())
        part = section(read(client, f"/articles/{bridge.id}"), "Links that the article cites")
        used, unused = part.split("https://example.org/unused", 1)
        assert "The cited page was read" in used
        assert "Claim 2" in used
        assert "No claim rests on it" in unused

    def test_keeps_each_version_with_its_text(self, client: StrictClient, bridge: Article, make: Factory) -> None:
        client.sign_in(make.person())
        part = section(read(client, f"/articles/{bridge.id}"), "Versions")
        assert part.index("The lead is new.") < part.index("The bridge is open.")
        assert part.count("sha256:") == 2
        assert '<p lang="en" dir="auto">It is long.</p>' in part

    def test_of_a_new_article_offers_the_first_step(self, client: StrictClient, make: Factory) -> None:
        article = make.article()
        client.sign_in(make.person())
        part = section(read(client, f"/articles/{article.id}"), "Claims")
        assert "No claims yet" in part
        assert f"/articles/{article.id}/claims/new" in part

    @pytest.mark.parametrize(
        ("role", "offered"),
        [(Role.READER, []), (Role.CHECKER, ["claims/new"]), (Role.EDITOR, ["claims/new", "edit", "versions/new"])],
    )
    def test_offers_what_the_role_permits(
        self, client: StrictClient, make: Factory, role: Role, offered: list[str]
    ) -> None:
        article = make.article()
        client.sign_in(make.person(role=role))
        page = read(client, f"/articles/{article.id}")
        every = ["claims/new", "edit", "versions/new"]
        assert [name for name in every if f'href="/articles/{article.id}/{name}"' in page] == offered

    def test_of_a_withdrawn_article_says_so_and_lets_an_editor_restore_it(
        self, client: StrictClient, session: Session, bridge: Article, make: Factory
    ) -> None:
        withdraw_article(session, actor=make.regular(Role.EDITOR), article_id=bridge.id, why="Dropped.")
        session.commit()
        client.sign_in(make.person(role=Role.CHECKER))
        page = read(client, f"/articles/{bridge.id}")
        assert "This article is withdrawn" in page
        assert "Restore the article" not in page
        assert "claims/new" not in page
        client.sign_in(make.person(role=Role.EDITOR))
        assert "Restore the article" in read(client, f"/articles/{bridge.id}")

    def test_shows_a_first_part_of_very_many_claims_and_queries(
        self, client: StrictClient, bridge: Article, make: Factory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(article_page, "MOST_CLAIMS", 3)
        monkeypatch.setattr(article_page, "MOST_QUERIES", 0)
        client.sign_in(make.person())
        page = read(client, f"/articles/{bridge.id}")
        assert len(claims_in(section(page, "Claims"))) == 3
        assert "These are the first 3." in page
        assert "<bdi>0+</bdi>" in page

    def test_there_is_none(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person())
        read(client, "/articles/999", 404)

    def test_asks_as_many_questions_for_much_as_for_little(
        self, client: StrictClient, bridge: Article, make: Factory, count_queries: Counting
    ) -> None:
        client.sign_in(make.person())
        address = f"/articles/{bridge.id}"
        read(client, address)
        with count_queries() as little:
            read(client, address)
        for _ in range(5):
            link = make.citation(bridge)
            claim = make.claim(bridge, citation_id=link.id, cited_basis=CitedBasis.ADDRESS)
            make.comment(claim, kind=CommentKind.QUERY)
            make.version(bridge, text="Again.")
        with count_queries() as much:
            read(client, address)
        assert much.number == little.number <= 19
