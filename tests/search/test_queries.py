from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from claims_app.claims.model import Kind, Priority
from claims_app.claims.queries import group_ticks, list_ticks
from claims_app.claims.service import assign_claims, tag_claims
from claims_app.claims.withdrawing import withdraw_article, withdraw_claim
from claims_app.db import now
from claims_app.evidence.model import Stance
from claims_app.people.model import Role
from claims_app.search import counts as counts_module
from claims_app.search import model, queries
from claims_app.search.counts import Counts, count_claims, count_scope
from claims_app.search.model import ClaimFilter
from claims_app.search.queries import QueuePage, count_overdue, list_late_articles, list_page
from claims_app.verdicts.model import Finding
from tests.factories import Factory


def look(session: Session, wanted: ClaimFilter, *, after: str = "", before: str = "") -> tuple[Counts, QueuePage]:
    counts = count_claims(session, wanted, count_scope(session, wanted.article))
    listed = list_page(session, wanted, found=counts.found, sizes=counts.sizes, after=after, before=before)
    return counts, listed


def numbers(session: Session, **wanted: object) -> list[int]:
    counts, listed = look(session, ClaimFilter(**wanted))  # type: ignore[arg-type]
    assert counts.is_more or counts.total == len(listed.rows), "the total is the number of claims shown"
    return sorted(row.id for row in listed.rows)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)


@pytest.fixture
def few_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (model, queries, counts_module):
        monkeypatch.setattr(module, "MOST_COUNTED", 2)
    monkeypatch.setattr(queries, "WALK", 1)


class TestFilters:
    def test_each_facet_finds_its_claims(self, session: Session, make: Factory) -> None:
        checker = make.person(role=Role.CHECKER)
        plain = make.claim(kind=Kind.EVENT)
        figure = make.claim(kind=Kind.FIGURE, priority=Priority.HIGH)
        make.evidence(figure, stance=Stance.SUPPORTS)
        make.evidence(figure, stance=Stance.REFUTES)
        decided = make.claim(kind=Kind.EVENT, priority=Priority.LOW)
        make.verdict(decided, finding=Finding.DISPUTED)
        assign_claims(session, actor=checker, claim_ids=[figure.id], assignee_id=checker.id)
        session.commit()

        assert numbers(session) == [plain.id, figure.id, decided.id]
        assert numbers(session, status=("disputed",)) == [decided.id]
        assert numbers(session, status=("disputed", "unchecked")) == [plain.id, decided.id]
        assert numbers(session, kind=("figure",)) == [figure.id]
        assert numbers(session, priority=("high", "low")) == [figure.id, decided.id]
        assert numbers(session, assignee=(checker.id,)) == [figure.id]
        assert numbers(session, assignee=(0,)) == [plain.id, decided.id]
        assert numbers(session, assignee=(0, checker.id)) == [plain.id, figure.id, decided.id]
        assert numbers(session, proof=("conflict",)) == [figure.id]
        assert numbers(session, proof=("none",), kind=("event",)) == [plain.id]
        assert numbers(session, article=figure.article_id) == [figure.id]
        assert numbers(session, article=figure.article_id, status=("disputed",)) == []
        everything = {"status": ("checking",), "kind": ("figure",), "priority": ("high",), "proof": ("conflict",)}
        assert numbers(session, **everything, assignee=(checker.id,)) == [figure.id]

    def test_withdrawn_claims_are_found_only_when_asked_for(self, session: Session, make: Factory) -> None:
        kept, gone = make.claim(), make.claim()
        withdraw_claim(session, actor=make.regular(Role.CHECKER), claim_id=gone.id, why="Opened twice.")
        session.commit()

        assert numbers(session) == [kept.id]
        assert numbers(session, is_withdrawn=True) == [gone.id]

    def test_overdue_is_undecided_past_the_deadline_of_its_article(self, session: Session, make: Factory) -> None:
        late = make.article(deadline_at=now() - timedelta(hours=1))
        soon = make.article(deadline_at=now() + timedelta(hours=1))
        open_claim, decided = make.claim(late), make.claim(late)
        make.verdict(decided, finding=Finding.VERIFIED)
        make.claim(soon)
        make.claim()

        assert numbers(session, is_overdue=True) == [open_claim.id]
        assert count_overdue(session, None) == 1
        assert count_overdue(session, soon.id) == 0

    def test_many_overdue_claims_are_called_more_and_the_latest_deadlines_come_first(
        self, session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        earlier, later, done = (make.article(deadline_at=now() - timedelta(hours=hours)) for hours in (3, 2, 1))
        for article in (earlier, later, later, done):
            make.claim(article)
        withdraw_article(session, actor=make.regular(Role.EDITOR), article_id=done.id, why="Dropped.")
        session.commit()

        assert count_overdue(session, None) == 3
        assert count_overdue(session, later.id) == 2
        assert count_overdue(session, None, most=1) > 1
        assert list_late_articles(session, most=5) == [later.id, earlier.id]
        assert list_late_articles(session, most=1) == [later.id]
        monkeypatch.setattr(queries, "LATE_ARTICLES", 1)
        assert count_overdue(session, None) == 2, "older articles are not looked at"

    @pytest.mark.parametrize("walk", [1, 5000])
    @pytest.mark.parametrize("chosen", [{"tag": "oil"}, {"is_overdue": True}])
    def test_many_are_walked_and_few_are_sorted_with_the_same_result(
        self,
        session: Session,
        make: Factory,
        few_counted: None,
        monkeypatch: pytest.MonkeyPatch,
        walk: int,
        chosen: dict[str, object],
    ) -> None:
        monkeypatch.setattr(queries, "WALK", walk)
        article = make.article(deadline_at=now() - timedelta(hours=1))
        claims = [make.claim(article).id for _ in range(4)]
        tag_claims(session, actor=make.regular(Role.CHECKER), claim_ids=claims, tag="oil")
        session.commit()
        make.claim()

        counts, walked = look(session, ClaimFilter(**chosen))  # type: ignore[arg-type]
        assert counts.found is None
        few = list_page(session, ClaimFilter(), found=claims, sizes=counts.sizes)
        assert [row.id for row in walked.rows] == [row.id for row in few.rows]
        assert len(walked.rows) == 4

    def test_a_tag_finds_what_carries_it(self, session: Session, make: Factory) -> None:
        tagged, other = make.claim(), make.claim()
        tag_claims(session, actor=make.regular(Role.CHECKER), claim_ids=[tagged.id], tag="נפט")
        tag_claims(session, actor=make.regular(Role.CHECKER), claim_ids=[other.id], tag="oil")
        session.commit()

        assert numbers(session, tag="נפט") == [tagged.id]
        assert numbers(session, tag="נפט' OR 1=1 --") == []


class TestWords:
    @pytest.mark.parametrize(
        ("sought", "why"),
        [
            ("נפט", "the bare word finds the prefixed one"),
            ("הנפט", "the word as it stands"),
            ("אזרבייג'ן", "an apostrophe inside a word"),
            ("אזרבייג", "the beginning of a word"),
            ("לְאַזֶרְבַּיְיגָ׳ן", "points and another apostrophe"),
            ("1.58", "a number"),
            ("million OIL", "the other language, in any case and order"),
        ],
    )
    def test_words_are_found_however_they_are_written(
        self, session: Session, make: Factory, sought: str, why: str
    ) -> None:
        claim = make.claim(statement_he="ייצוא הנפט לאזרבייג'ן: 1.58 מיליון", statement_en="Oil: 1.58 million")
        make.claim(statement_he="שגרירות נפתחה", statement_en="An embassy opened")

        assert numbers(session, text=sought) == [claim.id], why

    @pytest.mark.parametrize(
        "hostile", ['"', "*", "a* OR b*", "NEAR(", "-", "(((", "'; DROP TABLE claim; --", "%", "_"]
    )
    def test_no_punctuation_breaks_the_search(self, session: Session, make: Factory, hostile: str) -> None:
        make.claim()

        assert numbers(session, text=hostile) == []

    def test_an_edited_statement_is_found_by_its_new_words_only(self, session: Session, make: Factory) -> None:
        claim = make.claim(statement_he=None, statement_en="The tower fell")
        claim.statement_en = "The tower stands"
        session.commit()

        assert numbers(session, text="stands") == [claim.id]
        assert numbers(session, text="fell") == []


class TestCounts:
    def test_the_counters_hold_what_a_full_count_would(self, session: Session, make: Factory) -> None:
        article = make.article()
        for kind in (Kind.FIGURE, Kind.FIGURE, Kind.EVENT):
            make.claim(article, kind=kind)
        make.verdict(make.claim(article, kind=Kind.DATE), finding=Finding.PARTLY)
        withdraw_claim(session, actor=make.regular(Role.CHECKER), claim_id=make.claim(article).id, why="Twice.")
        session.commit()

        for scope in (None, article.id):
            counted = count_scope(session, scope)
            assert +counted["status"] == Counter({"unchecked": 3, "partly": 1})
            assert +counted["kind"] == Counter({"figure": 2, "event": 1, "date": 1})
            assert +counted["proof"] == Counter({"none": 3, "some": 1})

        withdraw_article(session, actor=make.regular(Role.EDITOR), article_id=article.id, why="Not ours.")
        session.commit()
        assert +count_scope(session, None)["status"] == Counter()

    def test_a_facet_counts_what_choosing_its_value_would_show(self, session: Session, make: Factory) -> None:
        make.claim(kind=Kind.FIGURE, priority=Priority.HIGH)
        make.claim(kind=Kind.EVENT, priority=Priority.HIGH)
        make.claim(kind=Kind.EVENT, priority=Priority.LOW)

        for more in ({}, {"text": "bridge"}):
            wanted = ClaimFilter(kind=("event",), priority=("high",), **more)  # type: ignore[arg-type]
            counts, _listed = look(session, wanted)
            assert counts.total == 1
            assert +counts.facets["kind"] == Counter({"figure": 1, "event": 1})
            assert +counts.facets["priority"] == Counter({"high": 1, "low": 1})
            assert +counts.facets["status"] == Counter({"unchecked": 1})

    def test_more_than_are_counted_are_called_more(self, session: Session, make: Factory, few_counted: None) -> None:
        claims = [make.claim() for _ in range(4)]

        counts, listed = look(session, ClaimFilter(text="bridge"))
        assert (counts.total, counts.is_more) == (2, True)
        assert sorted(row.id for row in listed.rows) == [claim.id for claim in claims]
        assert numbers(session, text="bridge", article=claims[0].article_id) == [claims[0].id]


class TestPages:
    @pytest.mark.parametrize("sort", ["changed", "opened", "urgency", "order"])
    @pytest.mark.parametrize("chosen", [{}, {"kind": ("event",)}, {"kind": ("event", "date")}, {"text": "bridge"}])
    def test_paging_forward_and_back_reaches_each_claim_once(
        self, session: Session, make: Factory, small_pages: None, sort: str, chosen: dict[str, object]
    ) -> None:
        article = make.article()
        claims = [
            make.claim(article, kind=Kind.EVENT, priority=list(Priority)[number % 3], paragraph=7 - number)
            for number in range(7)
        ]
        wanted = ClaimFilter(article=article.id if sort == "order" else None, sort=sort, **chosen)  # type: ignore[arg-type]

        pages, after = [], ""
        while True:
            _counts, listed = look(session, wanted, after=after)
            pages.append([row.id for row in listed.rows])
            if listed.after is None:
                break
            after = listed.after
        assert [len(one) for one in pages] == [3, 3, 1]
        assert sorted(number for one in pages for number in one) == [claim.id for claim in claims]

        assert listed.before is not None
        _counts, back = look(session, wanted, before=listed.before)
        assert [row.id for row in back.rows] == pages[1]
        _counts, first = look(session, wanted, before=back.before or "")
        assert [row.id for row in first.rows] == pages[0]
        assert first.before is None

    def test_urgent_claims_come_first(self, session: Session, make: Factory) -> None:
        low, high = make.claim(priority=Priority.LOW), make.claim(priority=Priority.HIGH)

        _counts, listed = look(session, ClaimFilter(sort="urgency"))

        assert [row.id for row in listed.rows] == [high.id, low.id]

    @pytest.mark.parametrize(
        "place", ["x", "~", "1~2~3", "2026-01-01~x", "99999999999999999999~1", "2999-01-01T00:00~1"]
    )
    def test_a_place_that_nobody_gave_is_ignored(self, session: Session, make: Factory, place: str) -> None:
        claim = make.claim()

        _counts, listed = look(session, ClaimFilter(), after=place)

        assert [row.id for row in listed.rows] == [claim.id]

    @pytest.mark.parametrize("sort", ["changed", "opened", "urgency"])
    @pytest.mark.parametrize(
        "chosen", [{}, {"status": ("unchecked",)}, {"status": ("unchecked", "checking")}, {"text": "bridge"}]
    )
    def test_no_page_sorts_what_it_could_walk(
        self, session: Session, make: Factory, few_counted: None, sort: str, chosen: dict[str, object]
    ) -> None:
        for _ in range(4):
            make.claim()
        wanted = ClaimFilter(sort=sort, **chosen)  # type: ignore[arg-type]
        counts = count_claims(session, wanted, count_scope(session, None))
        assert counts.found is None

        sent: list[tuple[str, Any]] = []
        engine = session.connection().engine

        def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
            sent.append((statement, parameters))

        event.listen(engine, "before_cursor_execute", note)
        try:
            list_page(session, wanted, found=None, sizes=counts.sizes)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        statement, parameters = sent[-1]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        assert not [row for row in plan if "TEMP B-TREE" in row[3]], plan


def test_the_strip_groups_the_claims_by_section_in_the_articles_order(session: Session, make: Factory) -> None:
    article = make.article()
    second = make.claim(article, section="גוף", paragraph=2)
    first = make.claim(article, section="פתיחה", paragraph=1)
    make.verdict(second, finding=Finding.VERIFIED)

    assert group_ticks(list_ticks(session, article.id)) == [
        ("פתיחה", [(first.id, first.number, "unchecked")]),
        ("גוף", [(second.id, second.number, "verified")]),
    ]
