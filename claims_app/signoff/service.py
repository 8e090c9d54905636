"""Signing an article off, taking a sign-off back, and checking that what was signed still stands."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from claims_app.articles.model import Article, ArticleVersion
from claims_app.articles.queries import find_version
from claims_app.claims.service import read_reason
from claims_app.db import now
from claims_app.errors import DomainError, Duplicate, NotAllowed, Stale
from claims_app.history.model import Action, HistoryHead, Subject
from claims_app.history.service import first_values, record
from claims_app.language import lazy
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reading import clean
from claims_app.signoff.model import Side, SignOff
from claims_app.signoff.queries import (
    Blocker,
    Problem,
    compare_content,
    count_blockers,
    digest_of,
    gather_closing,
    gather_content,
    list_sign_offs,
)


def _check_side(actor: Person, article: Article, side: Side) -> None:
    if side is Side.EDITOR:
        require(actor, Role.EDITOR)
    elif not article.asks_legal:
        raise DomainError("This article's sign-off does not ask for legal.")
    elif not (actor.is_active and actor.signs_legal):
        raise NotAllowed("Only somebody who signs for legal may do this; an administrator says who.")


def sign_off(
    session: Session,
    *,
    actor: Person,
    article_id: int,
    side: Side = Side.EDITOR,
    override_why: str | None = None,
    seen: str | None = None,
) -> SignOff:
    """Sign an article's current version off, with a digest over its text, claims, evidence and verdicts.

    Anything that is open is refused; a reason overrides it and stays in the report. ``seen`` is the
    digest of what was looked at (None: what is there now); where something changed since, it raises ``Stale``.
    """
    article = session.get_one(Article, article_id, with_for_update=True)
    _check_side(actor, article, side)
    if article.withdrawn_at is not None:
        raise DomainError("This article is withdrawn; restore it first.")
    version = find_version(session, article_id)
    content = gather_content(session, article, version)
    if seen not in (None, digest_of(content)):
        raise Stale(version)
    closing = gather_closing(session, article)
    if side in closing.latest and closing.latest[side].holds:
        raise Duplicate("This is signed already, and nothing changed since.")
    reason = clean(override_why)
    blockers = count_blockers(session, article, version)
    if blockers and reason is None:
        raise DomainError("Something is still open; answer for it, or sign in spite of it with a reason.")
    return _sign(session, actor, version, content, side, blockers, reason if blockers else None)


def _sign(
    session: Session,
    actor: Person,
    version: ArticleVersion,
    content: str,
    side: Side,
    blockers: dict[Blocker, int],
    reason: str | None,
) -> SignOff:
    open_items: list[list[Any]] = [[blocker.value, number] for blocker, number in blockers.items()]
    signed = SignOff(
        article_id=version.article_id,
        version_id=version.id,
        side=side,
        person_id=actor.id,
        content=content,
        digest=digest_of(content),
        open_items=open_items,
        override_why=reason,
        history_id=session.get_one(HistoryHead, 1).last_id + 1,
    )
    session.add(signed)
    session.flush()  # the history names the new sign-off's number
    record(
        session,
        actor=actor,
        action=Action.SIGNED,
        subject=Subject.SIGN_OFF,
        subject_id=signed.id,
        article_id=version.article_id,
        changes=first_values(
            version=version.number,
            side=side,
            digest=signed.digest,
            open_items=", ".join(f"{name} {number}" for name, number in open_items),
            override=reason,
        ),
        why=reason,
    )
    return signed


def withdraw_sign_off(session: Session, *, actor: Person, sign_off_id: int, why: str | None) -> SignOff:
    """Take a sign-off back, with the reason; it is kept."""
    signed = session.get_one(SignOff, sign_off_id, with_for_update=True)
    if not (actor.is_active and actor.id == signed.person_id):
        require(actor, Role.EDITOR)
    if signed.withdrawn_at is not None:
        raise DomainError("This sign-off is withdrawn already.")
    reason = read_reason(why)
    signed.withdrawn_at, signed.withdrawn_by_id, signed.withdrawn_why = now(), actor.id, reason
    record(
        session,
        actor=actor,
        action=Action.WITHDRAWN,
        subject=Subject.SIGN_OFF,
        subject_id=signed.id,
        article_id=signed.article_id,
        changes=first_values(side=signed.side, digest=signed.digest),
        why=reason,
    )
    return signed


def verify_sign_offs(session: Session, article_id: int) -> Iterator[tuple[SignOff, list[Problem]]]:
    """Yield each sign-off that was not withdrawn, the newest first, with what does not hold of it.

    The digest of each side's last one is worked out anew from what is there; an earlier one from what it kept.
    """
    article = session.get_one(Article, article_id)
    version = find_version(session, article_id)
    present = gather_content(session, article, version)
    latest: set[Side] = set()
    for signed in list_sign_offs(session, article_id):
        if signed.withdrawn_at is not None:
            continue
        is_latest = signed.side not in latest
        latest.add(signed.side)
        problems: list[Problem] = []
        if digest_of(signed.content) != signed.digest:
            problems.append((lazy("The record of what was signed does not fit its digest."), {}))
        elif is_latest and digest_of(present) != signed.digest:
            problems += compare_content(signed.content, present)
        yield signed, problems
