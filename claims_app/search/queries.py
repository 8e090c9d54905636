"""Finding claims: one page of the queue, however many claims the desk has.

No query here grows with the desk. A filter that holds for few claims reads them all and sorts them; one that holds for
many walks the index of the order asked for and stops at a page.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    cast,
    column,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from claims_app.articles.model import Article
from claims_app.claims.model import UNDECIDED, Claim, ClaimFacet, ClaimTag, Figure, Place
from claims_app.db import UtcDateTime, now
from claims_app.folding import fold_query
from claims_app.people.model import Person
from claims_app.search.model import FACETS, MOST_COUNTED, MOST_OVERDUE, PAGE, ClaimFilter

WALK = 5000
"""A filter that holds for fewer claims reads them all and sorts; one for more walks the index of the order."""
LATE_ARTICLES = 1000
"""Overdue claims are counted in so many late articles, those whose deadlines passed last."""

COLUMNS = {
    "status": Claim.status,
    "kind": Claim.kind,
    "priority": Claim.priority,
    "assignee": Claim.assignee_id,
    "proof": Claim.proof,
}


@dataclass(frozen=True)
class Order:
    """An order of the queue: the columns that make it total; an index holds each."""

    columns: tuple[InstrumentedAttribute[Any], ...]
    is_descending: bool


ORDERS = {
    "order": Order((Claim.position, Claim.id), is_descending=False),
    "changed": Order((Claim.updated_at, Claim.id), is_descending=True),
    "opened": Order((Claim.created_at, Claim.id), is_descending=True),
    "urgency": Order((Claim.urgency, Claim.updated_at, Claim.id), is_descending=True),
}


@dataclass(frozen=True)
class QueuePage:
    """One page of claims; ``before`` and ``after`` are where the neighbouring pages begin, or None."""

    rows: Sequence[Any]
    before: str | None
    after: str | None


def facet_condition(facet: str, values: tuple[Any, ...], *, by_index: bool = True) -> ColumnElement[bool]:
    """Return the condition that a claim has one of the facet's chosen values; without ``by_index`` no index helps."""
    column: Any = COLUMNS[facet]
    if facet != "assignee":
        words: ColumnElement[Any] = column if by_index else cast(column, Text).concat("")
        return words.in_(values)
    number: ColumnElement[Any] = column if by_index else column + 0
    people = [value for value in values if value]
    if not people:
        return number.is_(None)
    return number.in_(people) | number.is_(None) if 0 in values else number.in_(people)


def _is_late(*, by_index: bool) -> ColumnElement[bool]:
    """Return the condition that a claim is overdue; without ``by_index`` it is asked of a claim at hand."""
    late = select(Article.id).where(Article.deadline_at < now(), Article.withdrawn_at.is_(None))
    is_undecided = facet_condition("status", UNDECIDED, by_index=by_index)
    if by_index:
        return and_(Claim.article_id.in_(late), is_undecided)
    return and_(late.where(Article.id == Claim.article_id).exists(), is_undecided)


def _tagged(tag: str) -> Select[Any]:
    return select(ClaimTag.claim_id).where(ClaimTag.name == tag)


def _has_tag(tag: str, *, by_index: bool) -> ColumnElement[bool]:
    return Claim.id.in_(_tagged(tag)) if by_index else _tagged(tag).where(ClaimTag.claim_id == Claim.id).exists()


def _match(words: Sequence[str]) -> Any:
    """Return the claims that the index of words knows at once: those with each word, or the beginning of one."""
    query = " ".join(f'"{word}"*' for word in words)
    found = text("SELECT rowid FROM claim_search WHERE claim_search MATCH :words").bindparams(words=query)
    return found.columns(column("rowid", Integer)).subquery("found")


def _contains(words: Sequence[str]) -> ColumnElement[bool]:
    """Return the same condition for a claim at hand, without the index."""
    folded = literal(" ") + Claim.search_text
    return and_(*(folded.contains(f" {word}", autoescape=True) for word in words))


# In the very words of their indexes: SQLite takes an index of a part only where it can tell that the part is asked for.
_FEW: dict[str, ColumnElement[bool]] = {
    "stale": literal_column("claim.is_stale"),
    "lost": literal_column("claim.place = 'lost'"),
    "differ": literal_column("claim.differing > 0"),
    "look": literal_column("claim.needs_look"),
}


def _is_of_few(name: str, *, by_index: bool = True) -> ColumnElement[bool]:
    """Return one condition that few claims meet; without ``by_index`` the order's own index is walked for it."""
    # Every claim has an article: said, it makes the planner see that the index of the few can be searched.
    return and_(Claim.article_id > 0, _FEW[name]) if by_index else _FEW[name]


def _is_placed(places: Collection[str], *, by_index: bool) -> ColumnElement[bool]:
    if len(places) > 1:
        return or_(*(_is_placed([one], by_index=False) for one in places))
    (place,) = places
    return _is_of_few(place, by_index=by_index) if place in _FEW else Claim.place == Place.NONE


def _narrow(
    wanted: ClaimFilter, words: Sequence[str], *, by_index: Collection[str] = ("tag", "overdue", "few")
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if words:
        conditions.append(_contains(words))
    elif wanted.text and not fold_query(wanted.text):
        conditions.append(false())
    if wanted.tag:
        conditions.append(_has_tag(wanted.tag, by_index="tag" in by_index))
    if wanted.place:
        conditions.append(_is_placed(wanted.place, by_index="few" in by_index))
    if wanted.is_differing:
        conditions.append(_is_of_few("differ", by_index="few" in by_index))
    if wanted.needs_look:
        conditions.append(_is_of_few("look", by_index="few" in by_index))
    if wanted.is_overdue:
        conditions.append(_is_late(by_index="overdue" in by_index))
    return conditions


def _base(wanted: ClaimFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Claim.withdrawn_at.is_not(None) if wanted.is_withdrawn else Claim.withdrawn_at.is_(None)
    ]
    if wanted.article:
        conditions.append(Claim.article_id == wanted.article)
    return conditions


def conditions_of(wanted: ClaimFilter) -> ColumnElement[bool]:
    """Return the whole filter as one condition on ``Claim``; for exports, which read every claim anyway."""
    chosen = [facet_condition(facet, wanted.chosen(facet), by_index=False) for facet in FACETS if wanted.chosen(facet)]
    return and_(*_base(wanted), *chosen, *_narrow(wanted, fold_query(wanted.text)))


def _is_more(session: Session, numbers: Select[Any], most: int) -> bool:
    few = numbers.limit(most + 1).subquery()
    return (session.scalar(select(func.count()).select_from(few)) or 0) > most


def find_candidates(session: Session, wanted: ClaimFilter) -> Sequence[Any] | None:
    """Return the claims that words, tag and lateness find, as number and facets; None for more than are counted."""
    # The words as they are stored: to make enums of thousands costs more than the query.
    facets = [known if facet == "assignee" else type_coerce(known, Text) for facet, known in COLUMNS.items()]
    statement = select(Claim.id, *facets)
    words = fold_query(wanted.text)
    if words and not _is_more(session, select(_match(words)), MOST_COUNTED):
        found = _match(words)
        statement, words = statement.join(found, found.c.rowid == Claim.id), []
    elif words and not (wanted.article or wanted.tag or wanted.is_of_few):
        return None
    rows = session.execute(statement.where(*_base(wanted), *_narrow(wanted, words)).limit(MOST_COUNTED + 1)).all()
    return rows if len(rows) <= MOST_COUNTED else None


_ROW: Any = (
    select(
        Claim.id,
        Claim.number,
        Claim.article_id,
        Article.title_he,
        Article.title_en,
        Claim.statement_he,
        Claim.statement_en,
        Claim.status,
        Claim.kind,
        Claim.priority,
        Claim.is_stale,
        Claim.place,
        Claim.differing,
        Claim.needs_look,
        Claim.section,
        Claim.supports,
        Claim.refutes,
        Claim.contexts,
        Claim.updated_at,
        Claim.assignee_id,
        Person.name.label("assignee"),
        Figure.low,
        Figure.high,
        Figure.unit,
        Figure.is_about,
        Figure.as_of,
        Claim.position,
        Claim.created_at,
        Claim.urgency,
    )
    .join(Article, Article.id == Claim.article_id)
    .outerjoin(Person, Person.id == Claim.assignee_id)
    .outerjoin(Figure, Figure.claim_id == Claim.id)
)


def _leading(wanted: ClaimFilter, sizes: dict[str, int]) -> str | None:
    """Return the facet whose index to read: one that is in the order asked for, or small; None for the order's own.

    The planner knows no sizes, and would sort a tenth of the desk for one page.
    """
    chosen = {facet: sizes[facet] for facet in FACETS if wanted.chosen(facet)}
    if wanted.sort == "changed":
        fit = {facet: size for facet, size in chosen.items() if size <= WALK or len(wanted.chosen(facet)) == 1}
    else:
        fit = {facet: size for facet, size in chosen.items() if size <= WALK}
    return min(fit, key=lambda facet: fit[facet]) if fit and not wanted.article else None


def _cursor(row: Any, wanted: ClaimFilter) -> str:
    parts = []
    for key in ORDERS[wanted.sort].columns:
        value = row._mapping[key.key]
        parts.append(value.isoformat() if isinstance(value, datetime) else str(value))
    return "~".join(parts)


def knows_place(text: str, wanted: ClaimFilter) -> bool:
    """Whether ``text`` is where a page in the filter's order can begin."""
    return _read_cursor(text, wanted) is not None


def _read_cursor(text: str, wanted: ClaimFilter) -> tuple[Any, ...] | None:
    keys = ORDERS[wanted.sort].columns
    parts = text.split("~")
    if len(parts) != len(keys):
        return None
    try:
        return tuple(_read_key(part, key) for part, key in zip(parts, keys, strict=True))
    except (ValueError, OverflowError):
        return None


def _read_key(part: str, key: InstrumentedAttribute[Any]) -> Any:
    if not isinstance(key.type, UtcDateTime):
        return int(part[:18])
    moment = datetime.fromisoformat(part)
    return literal(moment if moment.tzinfo else moment.replace(tzinfo=UTC), UtcDateTime)


def list_page(
    session: Session,
    wanted: ClaimFilter,
    *,
    found: Sequence[int] | None,
    sizes: dict[str, int],
    after: str = "",
    before: str = "",
    most: int | None = None,
) -> QueuePage:
    """Return one page of the claims that ``wanted`` holds for.

    ``found`` are their numbers where they were counted one by one; ``sizes`` says how many claims each facet's chosen
    values hold for alone. ``after`` and ``before`` are where a neighbouring page said it begins.
    """
    order, most = ORDERS[wanted.sort], most or PAGE
    backwards = bool(before)
    descending = order.is_descending != backwards
    statement: Select[Any] = select(Claim.id)
    if found is not None:
        statement = statement.where(Claim.id.in_(found))
    else:
        leading = _leading(wanted, sizes)
        chosen = [
            facet_condition(facet, wanted.chosen(facet), by_index=facet == leading)
            for facet in FACETS
            if wanted.chosen(facet)
        ]
        is_by_tag = bool(wanted.tag) and not _is_more(session, _tagged(wanted.tag), WALK)
        narrow = _narrow(wanted, fold_query(wanted.text), by_index=("tag",) if is_by_tag else ())
        statement = statement.where(*_base(wanted), *chosen, *narrow)
    place = _read_cursor(before or after, wanted) if before or after else None
    if place is not None:
        keys, values = tuple_(*order.columns), tuple_(*place)
        statement = statement.where(keys < values if descending else keys > values)
    statement = statement.order_by(*(key.desc() if descending else key.asc() for key in order.columns))
    # The numbers alone are put in order: to sort thousands of whole rows, joined, costs several times as much.
    rows = list(session.execute(_ROW.where(Claim.id.in_(statement.limit(most + 1)))).all())
    rows.sort(key=lambda row: [row._mapping[key.key] for key in order.columns], reverse=descending)
    is_more = len(rows) > most
    rows = rows[:most]
    if backwards:
        rows.reverse()
    if not rows:
        return QueuePage(rows, None, None)
    has_before = is_more if backwards else place is not None
    has_after = place is not None if backwards else is_more
    return QueuePage(
        rows, _cursor(rows[0], wanted) if has_before else None, _cursor(rows[-1], wanted) if has_after else None
    )


def _late_articles(article_id: int | None = None) -> Subquery:
    late = select(Article.id, Article.deadline_at).where(Article.deadline_at < now(), Article.withdrawn_at.is_(None))
    if article_id is not None:
        late = late.where(Article.id == article_id)
    return late.order_by(Article.deadline_at.desc(), Article.id.desc()).limit(LATE_ARTICLES).subquery()


def _counts_undecided(article: Subquery) -> ColumnElement[bool]:
    """Return the condition that a counter says how many claims of an article have one of the undecided statuses."""
    is_status = and_(ClaimFacet.article_id == article.c.id, ClaimFacet.facet == "status")
    return and_(is_status, ClaimFacet.value.in_(UNDECIDED), ClaimFacet.number > 0)


def count_overdue(session: Session, article_id: int | None, *, most: int = MOST_OVERDUE) -> int:
    """Return how many undecided claims are past their article's deadline; a number above ``most`` means "more"."""
    late = _late_articles(article_id)
    # A counter stands for one claim at least, so that the first ones suffice.
    return sum(session.scalars(select(ClaimFacet.number).join(late, _counts_undecided(late)).limit(most + 1)))


def list_late_articles(session: Session, *, most: int) -> Sequence[int]:
    """Return the articles with overdue claims, the latest deadline first, ``most`` at most."""
    late = _late_articles()
    has_undecided = select(ClaimFacet.article_id).where(_counts_undecided(late)).exists()
    in_order = (late.c.deadline_at.desc(), late.c.id.desc())
    return session.scalars(select(late.c.id).where(has_undecided).order_by(*in_order).limit(most)).all()


def count_attention(session: Session, article_id: int | None) -> dict[str, int]:
    """Return how many live claims ask for attention: changed words, lost words, figures that differ, a new look."""
    base = _base(ClaimFilter(article=article_id))
    counts = [select(func.count()).select_from(Claim).where(*base, _is_of_few(name)).scalar_subquery() for name in _FEW]
    return dict(zip(_FEW, session.execute(select(*counts)).one(), strict=True))
