"""Talking about a claim: notes, queries to the author and their answers."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from claims_app.claims.model import Claim
from claims_app.claims.service import load_claim, read_reason, record_on_claim
from claims_app.comments.model import Comment, CommentKind
from claims_app.db import now
from claims_app.errors import DomainError
from claims_app.history.model import Action, Subject
from claims_app.history.service import Event, first_values, record_all
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reading import clean


def add_comment(session: Session, *, actor: Person, claim_id: int, kind: CommentKind, text: str | None) -> Comment:
    """Add a note for the desk or a query to the author."""
    require(actor, Role.CHECKER)
    claim = load_claim(session, claim_id)
    words = clean(text)
    if words is None:
        raise DomainError("Write the comment first.", field="text")
    comment = Comment(claim_id=claim.id, author_id=actor.id, kind=kind, text=words)
    session.add(comment)
    session.flush()  # the history names the new comment's number
    record_on_claim(
        session,
        actor=actor,
        action=Action.CREATED,
        claim=claim,
        subject=Subject.COMMENT,
        subject_id=comment.id,
        changes=first_values(kind=kind, text=words),
    )
    return comment


def add_notes(session: Session, *, actor: Person, notes: Sequence[tuple[Claim, str]]) -> None:
    """Add a note for the desk to each of these claims, which are live."""
    require(actor, Role.CHECKER)
    made = []
    for claim, text in notes:
        words = clean(text)
        if words is not None:
            made.append((claim, Comment(claim_id=claim.id, author_id=actor.id, kind=CommentKind.NOTE, text=words)))
            claim.updated_at = now()
    session.add_all([comment for _claim, comment in made])
    session.flush()  # the history names the new comments' numbers
    record_all(
        session,
        actor=actor,
        events=[
            Event(
                Action.CREATED, Subject.COMMENT, comment.id, claim.id, claim.article_id,
                first_values(kind=comment.kind, text=comment.text),
            )
            for claim, comment in made
        ],
    )  # fmt: skip


def answer_query(session: Session, *, actor: Person, comment_id: int, answer: str | None) -> Comment:
    """Record what the author answered to an open query."""
    require(actor, Role.CHECKER)
    comment = session.get_one(Comment, comment_id, with_for_update=True)
    claim = load_claim(session, comment.claim_id)
    words = clean(answer)
    if words is None:
        raise DomainError("Write what the author answered.", field="answer")
    if not comment.is_open:
        raise DomainError("This query is not open.")
    comment.answer, comment.answered_by_id, comment.answered_at = words, actor.id, now()
    record_on_claim(
        session,
        actor=actor,
        action=Action.CHANGED,
        claim=claim,
        subject=Subject.COMMENT,
        subject_id=comment.id,
        changes={"answer": [None, words]},
    )
    return comment


def withdraw_comment(session: Session, *, actor: Person, comment_id: int, why: str | None) -> Comment:
    """Take back a comment: its author may, and an editor; it stays in the history."""
    comment = session.get_one(Comment, comment_id, with_for_update=True)
    require(actor, Role.CHECKER if comment.author_id == actor.id else Role.EDITOR)
    claim = load_claim(session, comment.claim_id)
    reason = read_reason(why)
    if comment.withdrawn_at is not None:
        raise DomainError("This comment is withdrawn already.")
    comment.withdrawn_at = now()
    record_on_claim(
        session,
        actor=actor,
        action=Action.WITHDRAWN,
        claim=claim,
        subject=Subject.COMMENT,
        subject_id=comment.id,
        why=reason,
    )
    return comment


def restore_comment(session: Session, *, actor: Person, comment_id: int) -> Comment:
    """Bring back a withdrawn comment."""
    comment = session.get_one(Comment, comment_id, with_for_update=True)
    require(actor, Role.CHECKER if comment.author_id == actor.id else Role.EDITOR)
    claim = load_claim(session, comment.claim_id)
    if comment.withdrawn_at is None:
        raise DomainError("This comment is not withdrawn.")
    comment.withdrawn_at = None
    record_on_claim(
        session, actor=actor, action=Action.RESTORED, claim=claim, subject=Subject.COMMENT, subject_id=comment.id
    )
    return comment
