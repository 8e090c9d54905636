"""Finding imports, and what each of them made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.importing.model import Import

PAGE = 50
"""Imports on one page of the list."""
COUNTED = (Subject.ARTICLE, Subject.CLAIM, Subject.EVIDENCE, Subject.SOURCE, Subject.COMMENT)
"""The kinds of record that an import says how many it made of."""


@dataclass(frozen=True)
class ImportPage:
    """One page of imports, newest first; ``before`` is where the next older page begins. None: there is none."""

    imports: Sequence[Import]
    before: int | None


def list_imports(session: Session, *, before: int | None = None) -> ImportPage:
    """Return one page of the imports, the newest first."""
    wanted = select(Import).options(joinedload(Import.person), joinedload(Import.article)).order_by(Import.id.desc())
    if before is not None:
        wanted = wanted.where(Import.id < before)
    found = session.scalars(wanted.limit(PAGE + 1)).all()
    return ImportPage(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


def find_same_file(session: Session, sha256: str) -> Import | None:
    """Return the newest import of this very file that was not undone."""
    wanted = select(Import).where(Import.sha256 == sha256, Import.undone_at.is_(None))
    return session.scalar(wanted.order_by(Import.id.desc()).limit(1))


def count_made(session: Session, imported: Import) -> Mapping[Subject, int]:
    """Return how many records of each kind an import made."""
    rows = session.execute(
        select(HistoryEntry.subject, func.count())
        .where(
            HistoryEntry.id.between(imported.first_entry, imported.last_entry),
            HistoryEntry.action == Action.CREATED.value,
        )
        .group_by(HistoryEntry.subject)
    )
    counts = {subject: number for subject, number in rows}  # noqa: C416 - rows are no pairs to mypy
    return {subject: counts[subject.value] for subject in COUNTED if counts.get(subject.value)}


def list_made(session: Session, imported: Import, subject: Subject) -> Sequence[int]:
    """Return the numbers of the records of one kind that an import made, in the order of the table."""
    wanted = select(HistoryEntry.subject_id).where(
        HistoryEntry.id.between(imported.first_entry, imported.last_entry),
        HistoryEntry.action == Action.CREATED.value,
        HistoryEntry.subject == subject.value,
    )
    return [number for number in session.scalars(wanted.order_by(HistoryEntry.id)) if number is not None]
