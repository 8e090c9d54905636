"""The filters of the few claims that somebody has to look at: figures that differ, and what needs a look."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from claims_app.claims.figure import FigureValue
from claims_app.claims.model import Claim
from claims_app.claims.withdrawing import withdraw_claim
from claims_app.people.model import Role
from claims_app.search import counts as counts_module
from claims_app.search import model, queries
from claims_app.search.counts import count_claims, count_scope
from claims_app.search.model import ClaimFilter
from claims_app.search.queries import count_attention, find_candidates, list_page
from tests.client import StrictClient
from tests.factories import Factory

FORTY, TWENTY = FigureValue(40, 40, "percent"), FigureValue(20, 20, "percent")


def differing(make: Factory) -> Claim:
    claim = make.claim(figure=FORTY)
    make.evidence(claim, figure=TWENTY)
    return claim


def looked_at(session: Session, make: Factory) -> Claim:
    claim = make.claim()
    claim.needs_look = True
    session.commit()
    return claim


def found(session: Session, wanted: ClaimFilter) -> tuple[list[int], int]:
    counts = count_claims(session, wanted, count_scope(session, wanted.article))
    listed = list_page(session, wanted, found=counts.found, sizes=counts.sizes)
    return sorted(row.id for row in listed.rows), counts.total


def test_each_finds_its_claims_and_counts_them(session: Session, make: Factory) -> None:
    one, other, look = differing(make), differing(make), looked_at(session, make)
    gone = differing(make)
    withdraw_claim(session, actor=make.regular(Role.CHECKER), claim_id=gone.id, why="Opened twice.")
    session.commit()
    agreed = make.claim(figure=FORTY)
    make.evidence(agreed, figure=FORTY)

    assert found(session, ClaimFilter(is_differing=True)) == ([one.id, other.id], 2)
    assert found(session, ClaimFilter(needs_look=True)) == ([look.id], 1)
    assert found(session, ClaimFilter(is_differing=True, needs_look=True)) == ([], 0)
    assert found(session, ClaimFilter(article=one.article_id, is_differing=True)) == ([one.id], 1)
    assert count_attention(session, None) == {"stale": 0, "lost": 0, "differ": 2, "look": 1}
    assert count_attention(session, one.article_id) == {"stale": 0, "lost": 0, "differ": 1, "look": 0}


def test_more_than_are_counted_are_walked_with_the_same_result(
    session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = [differing(make).id for _ in range(4)]
    make.claim()
    for module in (model, queries, counts_module):
        monkeypatch.setattr(module, "MOST_COUNTED", 2)
    wanted = ClaimFilter(is_differing=True)
    counts = count_claims(session, wanted, count_scope(session, None))

    assert (counts.total, counts.is_more, counts.found) == (2, True, None)
    assert found(session, wanted)[0] == claims


def plans_of(session: Session, ask: Callable[[], object]) -> list[str]:
    """Return how SQLite goes about the last statement that ``ask`` sends."""
    sent: list[tuple[str, Any]] = []
    engine = session.connection().engine

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    statement, parameters = sent[-1]
    rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row[3] for row in rows]


INDEXES = ["ix_claim_stale", "ix_claim_lost", "ix_claim_differs", "ix_claim_look"]


@pytest.mark.parametrize("article", [None, 1])
def test_to_count_them_only_the_few_are_read(session: Session, article: int | None) -> None:
    plans = [plan for plan in plans_of(session, lambda: count_attention(session, article)) if "claim" in plan]

    assert [[index for index in INDEXES if index in plan] for plan in plans] == [[index] for index in INDEXES]


FILTERS = [{"place": ("stale",)}, {"place": ("lost",)}, {"is_differing": True}, {"needs_look": True}]


@pytest.mark.parametrize(("wanted", "index"), list(zip(FILTERS, INDEXES, strict=True)))
def test_to_find_them_only_the_few_are_read(session: Session, wanted: dict[str, Any], index: str) -> None:
    (plan,) = plans_of(session, lambda: find_candidates(session, ClaimFilter(**wanted)))

    assert index in plan


def test_many_are_not_sorted_for_a_page(session: Session, make: Factory) -> None:
    differing(make)
    wanted = ClaimFilter(is_differing=True)
    plans = plans_of(session, lambda: list_page(session, wanted, found=None, sizes={}))

    assert any("ix_claim_changed" in plan for plan in plans)
    assert not any("TEMP B-TREE" in plan for plan in plans)


def test_the_address_keeps_both() -> None:
    wanted = ClaimFilter.read({"figures": ["differ"], "look": ["yes"]})

    assert (wanted.is_differing, wanted.needs_look) == (True, True)
    assert wanted.arguments() == {"figures": "differ", "look": "yes"}
    assert ClaimFilter.read({"figures": ["yes"], "look": ["no"]}) == ClaimFilter()


def test_the_queue_offers_them_marks_their_rows_and_takes_them_away(
    client: StrictClient, session: Session, make: Factory
) -> None:
    claim = differing(make)
    claim.needs_look = True
    session.commit()
    client.sign_in(make.person(role=Role.READER))
    page = client.get("/claims?figures=differ&look=yes").get_data(as_text=True)

    for address in ("/claims?figures=differ", "/claims?look=yes"):
        assert page.count(f'href="{address}"') == 2, "a tab, and the way to take the other one away"
    # The tab, the mark of the row, and the chip with its cross.
    assert page.count("Figures differ") == page.count("Needs a look") == 4
    assert f'href="/claims/{claim.id}"' in page


def test_a_desk_where_all_agree_is_not_asked_to_look(client: StrictClient, make: Factory) -> None:
    make.claim()
    client.sign_in(make.person(role=Role.READER, language="he"))
    page = client.get("/claims").get_data(as_text=True)

    assert "הנתונים שונים" not in page
    assert "דורש בדיקה מחדש" not in page
