"""How many claims a filter holds for, and the counts beside the filters.

Plain filters read counters that triggers keep; what words, a tag or lateness find is counted one by one while it is
little, and called "more than" when it is not.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from claims_app.claims.model import ClaimFacet, ClaimTally
from claims_app.search.model import FACETS, MOST_COUNTED, ClaimFilter
from claims_app.search.queries import find_candidates

_TALLY = {
    "status": ClaimTally.status,
    "kind": ClaimTally.kind,
    "priority": ClaimTally.priority,
    "assignee": ClaimTally.assignee_id,
    "proof": ClaimTally.proof,
}


@dataclass(frozen=True)
class Counts:
    """The counts of one filter."""

    total: int
    #: There are more than ``total``; how many was not counted, and ``facets`` are of the whole scope.
    is_more: bool
    #: For each value of a facet, how many claims there would be if it were the one chosen.
    facets: dict[str, Counter[str]]
    #: The claims themselves, where they were counted one by one. None: they were not.
    found: Sequence[int] | None
    #: For each facet, how many claims of the scope its chosen values hold for alone.
    sizes: dict[str, int]


def count_scope(session: Session, article_id: int | None) -> dict[str, Counter[str]]:
    """Return the counts of every single value, in an article or on the whole desk."""
    facets: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    rows = session.execute(
        select(ClaimFacet.facet, ClaimFacet.value, ClaimFacet.number).where(ClaimFacet.article_id == (article_id or 0))
    )
    for facet, value, number in rows:
        facets[facet.removesuffix("_id")][value] = number
    return facets


def count_claims(session: Session, wanted: ClaimFilter, scope: dict[str, Counter[str]]) -> Counts:
    """Return the counts of a filter; ``scope`` are those of its article or of the desk."""
    sizes = {facet: sum(scope[facet][str(value)] for value in wanted.chosen(facet)) for facet in FACETS}
    if wanted.is_narrow:
        candidates = find_candidates(session, wanted)
        if candidates is None:
            return Counts(MOST_COUNTED, True, scope, None, sizes)
        facets, found = _count_rows(candidates, wanted)
        return Counts(len(found), False, facets, found, sizes)
    if wanted.is_plain:
        return Counts(scope["status"].total(), False, scope, None, sizes)
    facets = _count_tallies(session, wanted, scope)
    # A facet's counts leave out its own choice only, so that those of its chosen values make the total.
    statuses = facets["status"]
    total = sum(statuses[value] for value in wanted.status) if wanted.status else statuses.total()
    return Counts(total, False, facets, None, sizes)


def _count_rows(rows: Sequence[Any], wanted: ClaimFilter) -> tuple[dict[str, Counter[str]], list[int]]:
    """Return the counts of the candidates, and the numbers of those that the whole filter holds for."""
    # Thousands of claims have some hundred combinations of values: each of them is looked at once.
    claims: dict[Any, list[int]] = {}
    for row in rows:
        claims.setdefault(row[1:], []).append(row[0])
    chosen = [(at, wanted.chosen(facet)) for at, facet in enumerate(FACETS) if wanted.chosen(facet)]
    counters: list[Counter[Any]] = [Counter() for _ in FACETS]
    found: list[int] = []
    for values, numbers in claims.items():
        missed = [at for at, known in chosen if (values[at] or 0) not in known]
        if not missed:
            found += numbers
        for at, counter in enumerate(counters):
            if not missed or missed == [at]:
                counter[values[at]] += len(numbers)
    facets = {
        facet: Counter({str(value or 0): number for value, number in counter.items()})
        for facet, counter in zip(FACETS, counters, strict=True)
    }
    return facets, found


def _conditions(wanted: ClaimFilter) -> list[ColumnElement[bool]]:
    chosen = [_TALLY[facet].in_(wanted.chosen(facet)) for facet in FACETS if wanted.chosen(facet)]
    return [ClaimTally.article_id == (wanted.article or 0), *chosen]


def _count_tallies(session: Session, wanted: ClaimFilter, scope: dict[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Return the counts of a filter from the counters of combinations: one query, and one for each facet chosen."""
    chosen = [facet for facet in FACETS if wanted.chosen(facet)]
    free = [facet for facet in FACETS if facet not in chosen]
    facets: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    columns: list[Any] = [_TALLY[facet] for facet in free]
    for row in session.execute(
        select(*columns, func.sum(ClaimTally.number)).where(*_conditions(wanted)).group_by(*columns)
    ):
        for facet, value in zip(free, row, strict=False):
            facets[facet][str(value)] += row[-1]
    for facet in chosen:
        if len(chosen) == 1:
            facets[facet] = scope[facet]
            continue
        column = _TALLY[facet]
        others = wanted.without(facet)
        for value, number in session.execute(
            select(column, func.sum(ClaimTally.number)).where(*_conditions(others)).group_by(column)
        ):
            facets[facet][str(value)] = number
    return facets
