"""Tokens, by which a person's programs come to the API: made, shown once, used, and revoked."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from claims_app.db import now, today
from claims_app.errors import DomainError, NotAllowed
from claims_app.history.model import Action, Subject
from claims_app.history.service import record
from claims_app.people.model import Person, Role, Scope, Token
from claims_app.reading import clean

PREFIX = "claims_"
"""What every token begins with, so that one that leaked into a file or a log can be recognised and looked for."""
MOST_DAYS = 366
"""Longest time that a token works."""
MOST_NAME = 100
MOST_TOKENS = 50
"""So many tokens of one person may work at once; they are listed on one page."""
_LONGEST = 100


@dataclass(frozen=True)
class NewToken:
    """A token and its secret, which nobody can be shown again."""

    token: Token
    secret: str


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def list_tokens(session: Session, person_id: int) -> Sequence[Token]:
    """Return a person's tokens, those that were made last first: the ones that work, and as many that ended."""
    wanted = select(Token).where(Token.person_id == person_id)
    in_order = wanted.order_by(Token.revoked_at.is_(None).desc(), Token.id.desc())
    return session.scalars(in_order.limit(2 * MOST_TOKENS)).all()


def find_token(session: Session, secret: str) -> Token | None:
    """Return the token with this secret if it works, with its person."""
    if not secret.startswith(PREFIX) or len(secret) > _LONGEST:
        return None
    digest = _digest(secret)
    token = session.scalar(select(Token).where(Token.token_sha256 == digest).options(joinedload(Token.person)))
    if token is None or not hmac.compare_digest(token.token_sha256, digest) or not token.works(now()):
        return None
    return token


def make_token(session: Session, *, actor: Person, name: str | None, scope: Scope, days: int) -> NewToken:
    """Make a token of ``actor``'s own that works for so many days; its secret is in the answer and nowhere else."""
    person = session.get_one(Person, actor.id, with_for_update=True)
    if not person.is_active:
        raise NotAllowed("%(name)s does not work here any more; activate the account first.", name=person.name)
    called = clean(name)
    if called is None or len(called) > MOST_NAME or "\n" in called:
        raise DomainError("Name the program that will use the token, in one short line.", field="name")
    if not 1 <= days <= MOST_DAYS:
        raise DomainError("A token works for 1 to %(most)s days.", field="days", most=MOST_DAYS)
    working = select(func.count()).where(
        Token.person_id == person.id, Token.revoked_at.is_(None), Token.expires_at > now()
    )
    if (session.scalar(working) or 0) >= MOST_TOKENS:
        raise DomainError("You have %(most)s tokens that work; revoke one that is not used.", most=MOST_TOKENS)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        person=person,
        name=called,
        scope=scope,
        token_sha256=_digest(secret),
        expires_at=now() + timedelta(days=days),
    )
    session.add(token)
    session.flush()  # its number goes on the page
    _record(session, person, person, [None, f"{called} ({scope.value}, {token.expires_at.date().isoformat()})"])
    return NewToken(token, secret)


def _record(session: Session, actor: Person | None, person: Person, change: list[str | None]) -> None:
    """Append to the history of the account, which only the person and administrators read."""
    record(
        session,
        actor=actor,
        action=Action.CHANGED,
        subject=Subject.PERSON,
        subject_id=person.id,
        changes={"token": change},
    )


def revoke_token(session: Session, *, actor: Person, token_id: int) -> Token:
    """End a token at once: its person may, and an administrator."""
    token = session.get_one(Token, token_id, with_for_update=True)
    if token.person_id != actor.id and not actor.may(Role.ADMIN):
        raise NotAllowed("This token is somebody else's; an administrator can revoke it.")
    if token.revoked_at is not None:
        raise DomainError("This token is revoked already.")
    token.revoked_at, token.revoked_by_id = now(), actor.id
    _record(session, actor, token.person, [token.name, None])
    return token


def note_use(session: Session, *, token_id: int) -> None:
    """Keep that a token was used today: the day alone, which is written once, and is no log of a person's hours."""
    session.execute(update(Token).where(Token.id == token_id).values(used_on=today()))


def end_tokens(session: Session, person_id: int | None = None) -> None:
    """End every token of a person whose account is closed or, with None, of everybody on a desk that was restored."""
    wanted = update(Token).where(Token.revoked_at.is_(None)).values(revoked_at=now())
    session.execute(wanted if person_id is None else wanted.where(Token.person_id == person_id))
