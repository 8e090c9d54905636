"""Finding earlier checks: by words, one page at a time, and those of a claim like the one at hand."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, and_, column, false, func, literal, select, text, tuple_
from sqlalchemy.orm import Session, selectinload

from claims_app.earlier.likeness import Likeness, Weights, compare, word_groups
from claims_app.earlier.model import EarlierCheck, EarlierReading
from claims_app.folding import fold_query
from claims_app.reading import clean

PAGE = 50
"""Checks on one page of the list."""
MOST_SORTED = 2000
"""Words that find more checks than this are looked for along the list, in its order, instead of in their index."""
MOST_TEXT = 200
MOST_PLACES = 4000
"""The rarest words of a claim choose what it is compared with: as many as stand in so many checks together."""
COMPARED = 60
"""How many checks are compared with a claim closely."""
SHOWN = 3
"""How many like checks stand beside a claim."""

_DAY = re.compile(r"[0-9-]{0,10}")


@dataclass(frozen=True)
class CheckList:
    """One page of earlier checks, newest reviews first."""

    rows: Sequence[EarlierCheck]
    text: str
    is_withdrawn: bool
    is_first: bool
    #: Where the next page begins. None: there is none.
    after: str | None


def list_checks(session: Session, *, text: str = "", after: str = "", is_withdrawn: bool = False) -> CheckList:
    """Return the checks behind ``after`` that have all words of ``text``, each whole or by its beginning."""
    wanted = (clean(text) or "")[:MOST_TEXT]
    place = _read_place(after)
    chosen = select(EarlierCheck).where(
        EarlierCheck.withdrawn_at.is_not(None) if is_withdrawn else EarlierCheck.withdrawn_at.is_(None)
    )
    if wanted:
        chosen = chosen.where(_has(session, fold_query(wanted)))
    order = (EarlierCheck.listed_on, EarlierCheck.id)
    if place is not None:
        chosen = chosen.where(tuple_(*order) < tuple_(*(literal(part) for part in place)))
    found = session.scalars(chosen.order_by(*(each.desc() for each in order)).limit(PAGE + 1)).all()
    rows = found[:PAGE]
    return CheckList(
        rows=rows,
        text=wanted,
        is_withdrawn=is_withdrawn,
        is_first=place is None,
        after=f"{rows[-1].listed_on}~{rows[-1].id}" if len(found) > PAGE else None,
    )


def _read_place(text: str) -> tuple[str, int] | None:
    """Return where a page begins, as its address says; anything else begins at the newest."""
    day, tilde, number = text.partition("~")
    is_place = bool(tilde) and _DAY.fullmatch(day) and number.isascii() and number.isdigit() and len(number) <= 18
    return (day, int(number)) if is_place else None


def _has(session: Session, words: Sequence[str]) -> ColumnElement[bool]:
    if not words:
        return false()
    query = "search_text : (" + " AND ".join(f'"{word}"*' for word in words) + ")"
    found = _match(query)
    few = select(found.c.rowid).limit(MOST_SORTED + 1).subquery()
    if (session.scalar(select(func.count()).select_from(few)) or 0) <= MOST_SORTED:
        return EarlierCheck.id.in_(select(found.c.rowid))
    folded = literal(" ") + EarlierCheck.search_text
    return and_(*(folded.contains(f" {word}", autoescape=True) for word in words))


def _match(query: str) -> Any:
    found = text("SELECT rowid FROM earlier_search WHERE earlier_search MATCH :words").bindparams(words=query)
    return found.columns(column("rowid", Integer)).subquery("found")


def find_check(session: Session, check_id: int) -> EarlierCheck:
    """Return a check with all its readings, the newest first; no such check raises ``NoResultFound``."""
    readings = selectinload(EarlierCheck.readings).joinedload(EarlierReading.brought)
    return session.get_one(EarlierCheck, check_id, options=[readings])


@dataclass(frozen=True)
class Like:
    """A check of a claim that is like the one at hand."""

    check: Row[Any]
    likeness: Likeness


def find_like(session: Session, *statements: str | None, most: int = SHOWN) -> list[Row[Any]]:
    """Return the live checks of claims that are likely the same as one with these statements, the likeliest first.

    A row has what is shown beside a claim: ``id``, ``claim``, ``publisher``, ``address``, ``reviewed_on``, ``rating``,
    ``rating_value`` and ``rating_best``.
    """
    return [like.check for like in rank_like(session, *statements) if like.likeness.is_likely][:most]


def rank_like(session: Session, *statements: str | None) -> list[Like]:
    """Return the live checks nearest to the statements, at most ``COMPARED``, the nearest first."""
    groups = word_groups(" ".join(statement for statement in statements if statement))
    forms = json.dumps([form for group in groups for form in group])
    spread = session.execute(_SPREAD, {"forms": forms}).all() if groups else []
    weights = Weights({row.term: row.doc for row in spread}, spread[0].number if spread else 0)
    rarest = weights.rarest(groups, MOST_PLACES)
    if not rarest:
        return []
    query = "telling : (" + " OR ".join(f'"{form}"' for form in rarest) + ")"
    compared = session.execute(_COMPARED, {"query": query, "most": COMPARED}).all()
    ranked = [Like(row, compare(groups, row.telling.split(), weights)) for row in compared]
    return sorted(ranked, key=lambda one: (-one.likeness.strength, one.check.id))


# How many checks have each word: read off the index itself.
_SPREAD = text(
    "SELECT term, doc, (SELECT max(id) FROM earlier_check) AS number FROM earlier_word"
    " WHERE term IN (SELECT value FROM json_each(:forms)) AND col = 'telling'"
)
_COMPARED = text(
    "SELECT c.id, c.telling, c.claim, c.publisher, c.address, c.reviewed_on, c.rating, c.rating_value, c.rating_best"
    " FROM earlier_search JOIN earlier_check AS c ON c.id = earlier_search.rowid"
    " WHERE earlier_search MATCH :query AND c.withdrawn_at IS NULL"
    " ORDER BY bm25(earlier_search, 1.0, 0.0) LIMIT :most"
)
