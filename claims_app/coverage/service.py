"""Answering for a passage that needs no claim, and taking the answer back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.service import current_version
from claims_app.articles.model import ArticleVersion, Passage
from claims_app.articles.queries import list_passages
from claims_app.coverage.model import Waiver
from claims_app.coverage.queries import list_waivers
from claims_app.db import now
from claims_app.errors import DomainError, Duplicate
from claims_app.history.model import Action, Subject
from claims_app.history.service import first_values, record
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.prose import compare
from claims_app.prose.sentences import Span
from claims_app.reading import clean


def _load(session: Session, passage_id: int) -> tuple[Passage, ArticleVersion]:
    passage = session.get_one(Passage, passage_id, with_for_update=True)
    version = session.get_one(ArticleVersion, passage.version_id)
    if version.article.withdrawn_at is not None:
        raise DomainError("This article is withdrawn; restore it first.")
    current_version(session, version.article_id, version.id)
    return passage, version


def _words(passage: Passage, version: ArticleVersion) -> str:
    return (version.text or "")[passage.begins : passage.ends]


def _record(
    session: Session,
    actor: Person,
    action: Action,
    passage: Passage,
    version: ArticleVersion,
    changes: Mapping[str, list[Any]],
    why: str | None = None,
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject=Subject.PASSAGE,
        subject_id=passage.id,
        article_id=version.article_id,
        changes=changes,
        why=why,
    )


def _find_waiver(session: Session, passage_id: int) -> Waiver | None:
    return session.scalar(select(Waiver).where(Waiver.passage_id == passage_id, Waiver.withdrawn_at.is_(None)))


def waive_passage(session: Session, *, actor: Person, passage_id: int, why: str | None) -> Waiver:
    """Say that a passage needs no claim, and why; a suggestion is rejected in the same way."""
    require(actor, Role.CHECKER)
    passage, version = _load(session, passage_id)
    reason = clean(why)
    if reason is None:
        raise DomainError("Say why this passage needs no claim; it stays in the history.", field="why")
    if _find_waiver(session, passage_id) is not None:
        raise Duplicate("This passage is waived already.")
    waiver = Waiver(passage_id=passage_id, person_id=actor.id, why=reason)
    session.add(waiver)
    session.flush()
    changes = first_values(version=version.number, words=_words(passage, version))
    _record(session, actor, Action.WAIVED, passage, version, changes, reason)
    return waiver


def reopen_passage(session: Session, *, actor: Person, passage_id: int) -> Passage:
    """Take a waiver back: the passage is open again, unless a claim covers it."""
    require(actor, Role.CHECKER)
    passage, version = _load(session, passage_id)
    waiver = _find_waiver(session, passage_id)
    if waiver is None:
        raise DomainError("This passage is not waived.")
    waiver.withdrawn_at = now()
    _record(session, actor, Action.RESTORED, passage, version, {"words": [None, _words(passage, version)]})
    return passage


def carry_waivers(session: Session, *, old: ArticleVersion, new: ArticleVersion) -> int:
    """Carry the waivers of a version over to the passages of the next that have the same words; return how many."""
    waivers = list_waivers(session, old.id)
    if not waivers or not old.text or not new.text:
        return 0
    passages = {passage.id: passage for passage in list_passages(session, old.id) if passage.id in waivers}
    spans = [Span(passage.begins, passage.ends) for passage in passages.values()]
    here = {(passage.begins, passage.ends): passage for passage in list_passages(session, new.id)}
    carried = 0
    for passage, outcome in zip(passages.values(), compare.carry(old.text, new.text, spans), strict=True):
        same = outcome.outcome in (compare.Outcome.UNCHANGED, compare.Outcome.MOVED)
        target = here.pop((outcome.span.start, outcome.span.end), None) if same and outcome.span else None
        if target is not None:
            waiver = waivers[passage.id]
            session.add(
                Waiver(
                    passage_id=target.id,
                    person_id=waiver.person_id,
                    why=waiver.why,
                    previous_id=waiver.id,
                    created_at=waiver.created_at,
                )
            )
            carried += 1
    session.flush()
    return carried
