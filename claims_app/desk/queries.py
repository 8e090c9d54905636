"""What the desk's own pages show: the home page, the list of articles, the history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from claims_app.articles.model import Article
from claims_app.articles.queries import list_articles, list_articles_at_hand
from claims_app.claims.model import (
    DECIDED,
    UNDECIDED,
    Claim,
    ClaimFacet,
    ClaimTally,
    Status,
)
from claims_app.db import now
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.history.queries import HistoryFilter, list_history, values_of
from claims_app.looks.model import Look
from claims_app.looks.queries import MOST as MOST_LOOKS
from claims_app.looks.queries import list_looks_for
from claims_app.people.model import Person, Role
from claims_app.people.queries import list_people
from claims_app.reading import row_number
from claims_app.search.queries import count_overdue, facet_condition, list_late_articles
from claims_app.sources.model import Source
from claims_app.verdicts.model import Verdict

SHOWN = 12
"""Rows in each list of the home page."""
DECISIONS = 10
"""Decisions on the home page."""
WAITING = 200
"""So many of the verdicts that wait longest for a second check are sorted by who can confirm them."""
MOST_LATE = 100
"""Up to so many overdue claims are counted; more are "100+"."""

BAR = (*DECIDED, Status.AWAITING, Status.CHECKING, Status.UNCHECKED)
"""The statuses in the order of the bars: what is done first."""


@dataclass(frozen=True)
class Progress:
    """How many live claims have each status, what is done first."""

    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def decided(self) -> int:
        return sum(self.counts[status] for status in DECIDED)

    @property
    def undecided(self) -> int:
        return self.total - self.decided


def count_progress(session: Session, article_ids: Iterable[int]) -> dict[int, Progress]:
    """Return the progress of each article; 0 stands for the whole desk."""
    counts = {number: {status.value: 0 for status in BAR} for number in article_ids}
    for article_id, status, number in session.execute(
        select(ClaimFacet.article_id, ClaimFacet.value, ClaimFacet.number).where(
            ClaimFacet.article_id.in_(counts), ClaimFacet.facet == "status"
        )
    ):
        counts[article_id][status] = number
    return {article_id: Progress(found) for article_id, found in counts.items()}


def count_open(session: Session, article_id: int, *, person_id: int = 0) -> tuple[int, int]:
    """Return how many undecided claims a person has, and how many have no evidence; article 0 is the whole desk."""
    mine, bare = session.execute(
        select(
            func.sum(case((ClaimTally.assignee_id == person_id, ClaimTally.number), else_=0)),
            func.sum(case((ClaimTally.proof == "none", ClaimTally.number), else_=0)),
        ).where(ClaimTally.article_id == article_id, ClaimTally.status.in_(UNDECIDED))
    ).one()
    return mine or 0, bare or 0


# The home page


@dataclass(frozen=True)
class Home:
    """The facts of the home page; a list that holds more than it shows says so by its count."""

    desk: Progress
    articles: Sequence[tuple[Article, Progress]]
    mine: Sequence[Any]
    mine_total: int
    bare_total: int
    #: What waits for this person to be looked at again.
    looks: Sequence[Look]
    is_looks_more: bool
    awaiting: Sequence[Any]
    late: Sequence[Any]
    late_total: int
    is_late_more: bool
    decisions: Sequence[Any]
    moment: datetime
    is_empty: bool
    #: There is more than one article, so that a claim has to say whose it is.
    is_many: bool


_CLAIM: tuple[InstrumentedAttribute[Any], ...] = (
    Claim.id,
    Claim.number,
    Claim.status,
    Claim.priority,
    Claim.statement_he,
    Claim.statement_en,
    Claim.article_id,
    Article.title_he,
    Article.title_en,
    Article.deadline_at,
)


def _claims(*columns: Any) -> Select[Any]:
    return (
        select(*_CLAIM, *columns)
        .select_from(Claim)
        .join(Article, Article.id == Claim.article_id)
        .where(Claim.withdrawn_at.is_(None))
    )


def _list_mine(session: Session, person_id: int) -> Sequence[Any]:
    return session.execute(
        _claims()
        .where(Claim.assignee_id == person_id, Claim.status.in_(UNDECIDED))
        .order_by(Claim.urgency.desc(), Article.deadline_at.asc().nulls_last(), Claim.updated_at.desc(), Claim.id)
        .limit(SHOWN)
    ).all()


def _list_awaiting(session: Session, person_id: int) -> Sequence[Any]:
    """Return the verdicts that wait longest for a second check: first those that this person can confirm."""
    longest = (
        select(Claim.id)
        .where(Claim.withdrawn_at.is_(None), Claim.status == Status.AWAITING)
        .order_by(Claim.updated_at, Claim.id)
        .limit(WAITING)
    )
    is_own = Verdict.proposed_by_id == person_id
    return session.execute(
        _claims(Verdict.finding, Person.name.label("proposer"), Verdict.created_at, is_own.label("is_own"))
        .join(Verdict, Verdict.id == Claim.verdict_id)
        .join(Person, Person.id == Verdict.proposed_by_id)
        .where(Claim.id.in_(longest))
        .order_by(is_own, Verdict.created_at, Claim.id)
        .limit(SHOWN)
    ).all()


def _list_late(session: Session) -> Sequence[Any]:
    """Return the undecided claims of articles past their deadline, the latest deadlines first."""
    # Each of these articles has an overdue claim, so that the first ones fill the list.
    articles = list_late_articles(session, most=SHOWN)
    is_undecided = facet_condition("status", UNDECIDED, by_index=False)
    return session.execute(
        _claims()
        .where(Claim.article_id.in_(articles), is_undecided)
        .order_by(Article.deadline_at.desc(), Article.id.desc(), Claim.position, Claim.id)
        .limit(SHOWN)
    ).all()


def _list_decisions(session: Session) -> Sequence[Any]:
    return session.execute(
        _claims(Verdict.finding, Person.name.label("proposer"), Verdict.created_at)
        .join(Verdict, Verdict.claim_id == Claim.id)
        .join(Person, Person.id == Verdict.proposed_by_id)
        .where(Verdict.ended_at.is_(None))
        .order_by(Verdict.created_at.desc(), Verdict.id.desc())
        .limit(DECISIONS)
    ).all()


def gather_home(session: Session, *, person_id: int) -> Home:
    """Return the facts of the home page of one person."""
    moment = now()
    articles = list_articles_at_hand(session)
    progress = count_progress(session, [0, *(article.id for article in articles)])
    in_work = [
        (article, progress[article.id])
        for article in articles
        if progress[article.id].undecided or not progress[article.id].total
    ]
    mine_total, bare_total = count_open(session, 0, person_id=person_id)
    late_total = count_overdue(session, None, most=MOST_LATE)
    looks = list_looks_for(session, person_id)
    return Home(
        desk=progress[0],
        articles=in_work[:SHOWN],
        mine=_list_mine(session, person_id),
        mine_total=mine_total,
        bare_total=bare_total,
        looks=looks[:MOST_LOOKS],
        is_looks_more=len(looks) > MOST_LOOKS,
        awaiting=_list_awaiting(session, person_id),
        late=_list_late(session),
        late_total=min(late_total, MOST_LATE),
        is_late_more=late_total > MOST_LATE,
        decisions=_list_decisions(session),
        moment=moment,
        is_empty=not articles,
        is_many=len(articles) > 1,
    )


# Articles


@dataclass(frozen=True)
class Articles:
    """The facts of the list of articles."""

    articles: Sequence[tuple[Article, Progress]]
    after: int | None
    is_withdrawn: bool
    is_first: bool
    moment: datetime


def gather_articles(session: Session, *, is_withdrawn: bool, after: str) -> Articles:
    """Return the facts of one page of the articles."""
    place = row_number(after)
    found = list_articles(session, is_withdrawn=is_withdrawn, after=place)
    progress = count_progress(session, [article.id for article in found.articles])
    return Articles(
        articles=[(article, progress[article.id]) for article in found.articles],
        after=found.after,
        is_withdrawn=is_withdrawn,
        is_first=place is None,
        moment=now(),
    )


# The history


@dataclass(frozen=True)
class HistoryFacts:
    """The facts of the history's page; the dictionaries name the subjects of its entries by their numbers."""

    wanted: HistoryFilter
    #: Each entry with what changed, as ``(field, from, to)``.
    rows: Sequence[tuple[HistoryEntry, Sequence[tuple[str, Any, Any]]]]
    before: int | None
    actions: Sequence[Action]
    subjects: Sequence[Subject]
    names: dict[int, str]
    claims: dict[int, Any]
    articles: dict[int, Any]
    sources: dict[int, Any]


def _named(session: Session, columns: Sequence[Any], numbers: Iterable[int | None]) -> dict[int, Any]:
    wanted = {number for number in numbers if number is not None}
    return {row.id: row for row in session.execute(select(*columns).where(columns[0].in_(wanted)))}


def gather_history(session: Session, wanted: HistoryFilter, *, reader: Person) -> HistoryFacts:
    """Return the facts of one page of the history; the accounts of others are for administrators only."""
    found = list_history(session, wanted, only_account_of=None if reader.may(Role.ADMIN) else reader.id)
    claims = (Claim.id, Claim.number, Claim.statement_he, Claim.statement_en)
    articles = (Article.id, Article.title_he, Article.title_en)
    sources = [entry.subject_id for entry in found.entries if entry.subject in (Subject.SOURCE, Subject.WATCH)]
    return HistoryFacts(
        wanted=wanted,
        rows=[(entry, values_of(entry)) for entry in found.entries],
        before=found.before,
        actions=list(Action),
        subjects=list(Subject),
        names={person.id: person.name for person in list_people(session)},
        claims=_named(session, claims, [wanted.claim_id, *(entry.claim_id for entry in found.entries)]),
        articles=_named(session, articles, [wanted.article_id, *(entry.article_id for entry in found.entries)]),
        sources=_named(session, (Source.id, Source.title), sources),
    )
