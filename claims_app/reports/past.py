"""The desk as it stood: an article's rows, wound back to a moment, in a database of their own.

What reads the present reads the past too: a report, the content of a sign-off and what changed since are gathered there
by the same code. Of what no report reads (tags, counts, copies) the past has nothing, or what there is now.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Table, create_engine, insert, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable

from claims_app.anchors.model import Anchor
from claims_app.articles.model import Article, ArticleVersion, Citation, Passage
from claims_app.claims.model import Claim, Claimant, Figure
from claims_app.comments.model import Comment
from claims_app.coverage.model import Waiver
from claims_app.db import Base
from claims_app.errors import DomainError
from claims_app.evidence.model import Evidence
from claims_app.history.model import Action, HistoryEntry, HistoryHead, Subject
from claims_app.language import LazyText, lazy
from claims_app.looks.model import Look
from claims_app.people.model import Person
from claims_app.reports.replaying import replay_places
from claims_app.reports.rewinding import Rewinding
from claims_app.reports.rows import Rows
from claims_app.signoff.model import SignOff
from claims_app.signoff.queries import digest_of, gather_content
from claims_app.sources.model import Contact, Publisher, Source
from claims_app.verdicts.model import Confirmation, Verdict

Gap = tuple[LazyText, dict[str, Any]]
"""What of the past is not known: a sentence, and what fills its places."""

_CHUNK = 500
_MEMORY = create_engine("sqlite://", poolclass=NullPool)
"""Each of its connections is a database of its own, which lives as long as the connection."""


@dataclass(frozen=True)
class Past:
    """A moment's desk, of which only one article is there; it can be read and is gone at the end of the block."""

    session: Session
    gaps: Sequence[Gap]


def find_cut(session: Session, moment: datetime) -> int:
    """Return the number of the last entry of the history that is not later than a moment; 0: there is none."""
    last = session.get_one(HistoryHead, 1).last_id

    def written_at(number: int) -> datetime:
        return session.scalars(select(HistoryEntry.at).where(HistoryEntry.id == number)).one()

    # The entries have no gap and stand in the order of time.
    return bisect_right(range(1, last + 1), moment, key=written_at)


@contextmanager
def open_past(session: Session, article_id: int, cut: int, *, signed: SignOff | None = None) -> Iterator[Past]:
    """Open an article as it stood when entry ``cut`` of the history was written.

    With ``signed``, that sign-off's digest is worked out again from it, and a difference is among the gaps. An article
    that had not been brought in by then raises ``DomainError``.
    """
    version_id = _find_version(session, article_id, cut)
    rows = _copy(session, article_id, version_id, cut)
    back = Rewinding(session, rows)
    for entry in _list_later(session, article_id, rows, cut):
        back.undo(entry)
    replay_places(session, rows, article_id, back.touched, cut)
    with _desk_of(session, rows, article_id, cut) as past:
        gaps = _name_gaps(rows, back)
        if signed is not None:
            article = past.get_one(Article, article_id)
            version = past.get_one(ArticleVersion, version_id)
            if digest_of(gather_content(past, article, version)) != signed.digest:
                gaps.append((lazy("What was signed cannot be put together again in every detail."), {}))
        yield Past(past, gaps)


def _find_version(session: Session, article_id: int, cut: int) -> int:
    """Return the number of the version that was the newest of an article."""
    found = session.scalar(
        select(HistoryEntry.subject_id)
        .where(
            HistoryEntry.article_id == article_id,
            HistoryEntry.subject == Subject.VERSION.value,
            HistoryEntry.action == Action.CREATED.value,
            HistoryEntry.id <= cut,
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )
    if found is None:
        raise DomainError("The article was not at the desk yet at that time.", field="as_of")
    return found


def _copy(session: Session, article_id: int, version_id: int, cut: int) -> Rows:
    """Copy what there is of an article now, and the passages of one of its versions."""
    rows = Rows()

    def take(kind: Any, where: "ColumnElement[bool]") -> None:
        table: Table = kind.__table__
        rows.add(kind, session.execute(select(table).where(where)).mappings())

    claims = select(Claim.id).where(Claim.article_id == article_id)
    evidence = select(Evidence.id).where(Evidence.claim_id.in_(claims))
    sources = select(Evidence.source_id).where(Evidence.claim_id.in_(claims))
    take(Article, Article.id == article_id)
    for kind in (ArticleVersion, Citation, Claim, SignOff):
        take(kind, kind.article_id == article_id)
    take(Passage, Passage.version_id == version_id)
    take(Waiver, Waiver.passage_id.in_(select(Passage.id).where(Passage.version_id == version_id)))
    # Those that were called otherwise, too: a claim that named one of them then may name another now.
    renamed = _later(cut, HistoryEntry.subject == Subject.CLAIMANT.value).with_only_columns(HistoryEntry.subject_id)
    named = select(Claim.claimant_id).where(Claim.article_id == article_id)
    take(Claimant, or_(Claimant.id.in_(named), Claimant.id.in_(renamed)))
    for owned in (Evidence, Verdict, Comment, Anchor, Look):
        take(owned, owned.claim_id.in_(claims))
    take(Figure, or_(Figure.claim_id.in_(claims), Figure.evidence_id.in_(evidence)))
    take(Confirmation, Confirmation.verdict_id.in_(select(Verdict.id).where(Verdict.claim_id.in_(claims))))
    origins = select(Source.origin_id).where(Source.id.in_(sources))
    take(Source, or_(Source.id.in_(sources), Source.id.in_(origins)))
    take(Contact, Contact.source_id.in_(sources))
    publishers = {source["publisher_id"] for source in rows.of(Source).values()}
    take(Publisher, Publisher.id.in_(publishers - {None}))
    take(Person, Person.id.is_not(None))
    for person in rows.of(Person).values():
        person.update(password_hash=None, session_key="")  # the past lets nobody in
    return rows


def _list_later(session: Session, article_id: int, rows: Rows, cut: int) -> list[HistoryEntry]:
    """Return what happened later to the article and to what it rests on, the newest first."""
    found = {entry.id: entry for entry in session.scalars(_later(cut, HistoryEntry.article_id == article_id))}
    for subject, kind in ((Subject.SOURCE, Source), (Subject.CONTACT, Contact)):
        numbers = sorted(rows.of(kind))
        for first in range(0, len(numbers), _CHUNK):
            ours = HistoryEntry.subject_id.in_(numbers[first : first + _CHUNK])
            wanted = _later(cut, HistoryEntry.subject == subject.value, ours)
            found.update({entry.id: entry for entry in session.scalars(wanted)})
    renamed = HistoryEntry.action.in_((Action.CHANGED.value, Action.WITHDRAWN.value))
    for subject in (Subject.PUBLISHER, Subject.PERSON):
        wanted = _later(cut, HistoryEntry.subject == subject.value, renamed)
        found.update({entry.id: entry for entry in session.scalars(wanted)})
    # New ones too: one may have the name that another had then.
    claimants = _later(cut, HistoryEntry.subject == Subject.CLAIMANT.value)
    found.update({entry.id: entry for entry in session.scalars(claimants)})
    return [found[number] for number in sorted(found, reverse=True)]


def _later(cut: int, *conditions: "ColumnElement[bool]") -> Any:
    return select(HistoryEntry).where(HistoryEntry.id > cut, *conditions)


def _name_gaps(rows: Rows, back: Rewinding) -> list[Gap]:
    numbers = sorted(claim["number"] for claim in rows.of(Claim).values() if claim["id"] in back.unordered)
    if not numbers:
        return []
    values = {"numbers": ", ".join(map(str, numbers))}
    return [(lazy("Where in the order these claims stood is not known: %(numbers)s."), values)]


@contextmanager
def _desk_of(session: Session, rows: Rows, article_id: int, cut: int) -> Iterator[Session]:
    """Open a database in the memory that holds these rows and the history up to a moment."""
    with _MEMORY.connect() as connection, Session(connection) as past:
        for statement in _tables():
            connection.exec_driver_sql(statement)
        for kind in rows.tables:
            table: Table = kind.__table__
            names = [column.name for column in table.c if column.computed is None]
            values = [{name: row[name] for name in names} for row in rows.of(kind).values()]
            if values:
                past.execute(insert(table), values)
        _copy_history(session, past, rows, article_id, cut)
        yield past


@cache
def _tables() -> list[str]:
    """Return the statements that make the tables: without indexes, which so few rows do not need."""
    return [str(CreateTable(table).compile(dialect=_MEMORY.dialect)) for table in Base.metadata.sorted_tables]


def _copy_history(session: Session, past: Session, rows: Rows, article_id: int, cut: int) -> None:
    table: Any = HistoryEntry.__table__
    of_source = (table.c.subject == Subject.SOURCE.value) & table.c.subject_id.in_(sorted(rows.of(Source)))
    wanted = select(table).where(table.c.id <= cut, or_(table.c.article_id == article_id, of_source))
    with session.execute(wanted, execution_options={"yield_per": _CHUNK}) as entries:
        for chunk in entries.mappings().partitions():
            past.execute(insert(table), [dict(entry) for entry in chunk])
