"""Accounts: adding people, letting them in, and letting them go."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from claims_app.db import now
from claims_app.errors import DomainError, Duplicate, NotAllowed, Stale
from claims_app.history.model import Action, Subject
from claims_app.history.service import change, first_values, record
from claims_app.people.model import Person, Role, SignInLink, Theme
from claims_app.people.queries import count_people
from claims_app.people.tokens import end_tokens
from claims_app.reading import clean

LINK_LIFETIME = timedelta(days=2)
MIN_PASSWORD, MAX_PASSWORD = 10, 200

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_hasher = PasswordHasher()
# Compared against when nobody has the address, so that the answer takes as long as for a person.
_nobody = _hasher.hash(secrets.token_hex(16))


def require(actor: Person | None, role: Role) -> None:
    """Raise ``NotAllowed`` unless ``actor`` may do what asks for ``role``; None is the command line, which may all."""
    if actor is not None and not actor.may(role):
        raise NotAllowed("This needs the role %(role)s or above.", role=role)


def _read_email(session: Session, text: str, *, person: Person | None = None) -> str:
    email = (clean(text) or "").lower()
    if not _EMAIL.fullmatch(email) or len(email) > 200:
        raise DomainError("Write an e-mail address, such as name@example.org.", field="email")
    other = session.scalar(select(Person.id).where(Person.email == email))
    if other is not None and (person is None or other != person.id):
        raise Duplicate("Somebody with this address is already here.", field="email")
    return email


def _read_name(text: str) -> str:
    name = clean(text)
    if name is None:
        raise DomainError("A person needs a name.", field="name")
    return name


def add_person(
    session: Session,
    *,
    actor: Person | None,
    email: str,
    name: str,
    role: Role,
    language: str,
    signs_legal: bool = False,
) -> Person:
    """Add a person, who signs in by a link first; an address already here raises ``Duplicate``."""
    require(actor, Role.ADMIN)
    person = Person(
        email=_read_email(session, email),
        name=_read_name(name),
        role=role,
        language=language,
        signs_legal=signs_legal,
        session_key=secrets.token_hex(16),
    )
    session.add(person)
    session.flush()  # the history names the new person's number
    record(
        session,
        actor=actor,
        action=Action.CREATED,
        subject=Subject.PERSON,
        subject_id=person.id,
        changes=first_values(
            email=person.email, name=person.name, role=role, language=language, signs_legal=signs_legal
        ),
    )
    return person


def edit_person(
    session: Session,
    *,
    actor: Person | None,
    person_id: int,
    revision: int,
    email: str,
    name: str,
    role: Role,
    signs_legal: bool = False,
) -> Person:
    """Change who a person is; another save since ``revision`` raises ``Stale``."""
    require(actor, Role.ADMIN)
    person = session.get_one(Person, person_id, with_for_update=True)
    if person.revision != revision:
        raise Stale(person)
    if role is not Role.ADMIN:
        _keep_an_admin(session, person)
    changes = change(
        person,
        {
            "email": _read_email(session, email, person=person),
            "name": _read_name(name),
            "role": role,
            "signs_legal": signs_legal,
        },
    )
    if changes:
        person.revision += 1
        record(
            session, actor=actor, action=Action.CHANGED, subject=Subject.PERSON, subject_id=person.id, changes=changes
        )
    return person


def _keep_an_admin(session: Session, person: Person) -> None:
    if person.role is Role.ADMIN and person.is_active and count_people(session, role=Role.ADMIN) == 1:
        raise DomainError("This is the only administrator; name another one first.", field="role")


def set_active(session: Session, *, actor: Person | None, person_id: int, is_active: bool) -> Person:
    """Let a person work here or not; ending it ends all their sessions, links and tokens at once."""
    require(actor, Role.ADMIN)
    person = session.get_one(Person, person_id, with_for_update=True)
    if not is_active:
        _keep_an_admin(session, person)
        person.session_key = secrets.token_hex(16)
        _end_links(session, person)
        end_tokens(session, person.id)
    changes = change(person, {"is_active": is_active})
    if changes:
        person.revision += 1
        record(
            session, actor=actor, action=Action.CHANGED, subject=Subject.PERSON, subject_id=person.id, changes=changes
        )
    return person


def choose_preferences(
    session: Session,
    *,
    actor: Person,
    language: str | None = None,
    theme: Theme | None = None,
    has_shortcuts: bool | None = None,
) -> None:
    """Keep how ``actor`` wants the pages to look; what is None stays."""
    person = session.get_one(Person, actor.id, with_for_update=True)
    wanted = {"language": language, "theme": theme, "has_shortcuts": has_shortcuts}
    changes = change(person, {name: value for name, value in wanted.items() if value is not None})
    if changes:
        record(
            session, actor=person, action=Action.CHANGED, subject=Subject.PERSON, subject_id=person.id, changes=changes
        )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _end_links(session: Session, person: Person) -> None:
    for link in session.scalars(
        select(SignInLink).where(SignInLink.person_id == person.id, SignInLink.ended_at.is_(None))
    ):
        link.ended_at = now()
    session.flush()  # a new link may follow, and only one may be open


def make_link(session: Session, *, actor: Person | None, person_id: int) -> str:
    """Return the secret of a new link that signs the person in once; older links of the person end."""
    require(actor, Role.ADMIN)
    person = session.get_one(Person, person_id, with_for_update=True)
    if not person.is_active:
        raise DomainError("%(name)s does not work here any more; activate the account first.", name=person.name)
    _end_links(session, person)
    token = secrets.token_urlsafe(24)
    session.add(SignInLink(person_id=person.id, token_sha256=_digest(token), expires_at=now() + LINK_LIFETIME))
    record(session, actor=actor, action=Action.LINKED, subject=Subject.PERSON, subject_id=person.id)
    return token


def use_link(session: Session, *, token: str) -> Person:
    """Return the person whom the link lets in, and end the link, the person's password, other sessions and tokens.

    Whoever asks for a link has forgotten the password or lost it to somebody, who may have made a token meanwhile; the
    person sets a new one.
    """
    link = session.scalar(select(SignInLink).where(SignInLink.token_sha256 == _digest(token)).with_for_update())
    if link is None or link.ended_at is not None or link.expires_at < now() or not link.person.is_active:
        raise NotAllowed("This sign-in link does not work any more. Ask an administrator for a new one.")
    person = link.person
    had_password = person.password_hash is not None
    link.ended_at = now()
    person.password_hash, person.session_key = None, secrets.token_hex(16)
    end_tokens(session, person.id)
    record(
        session,
        actor=person,
        action=Action.SIGNED_IN,
        subject=Subject.PERSON,
        subject_id=person.id,
        changes=first_values(by="link", password=Action.WITHDRAWN if had_password else None),
    )
    return person


@dataclass(frozen=True)
class Password:
    """A password that was checked or chosen without holding up who writes; a service call makes it count."""

    person_id: int
    #: The stored hash that it was made against. None: the person had none.
    against: str | None
    #: What is to be stored.
    hash: str


def check_password(session: Session, *, email: str, password: str) -> Password:
    """Return the password of the person with this address, if it is this one; all failures read the same.

    This only reads: comparing takes long on purpose, and anybody may ask for it.
    """
    person = session.scalar(select(Person).where(Person.email == email.strip().lower()))
    against = person.password_hash if person else None
    try:
        _hasher.verify(against or _nobody, password)
    except VerificationError:
        person = None
    if person is None or not person.is_active or against is None:
        raise _wrong_password()
    return Password(person.id, against, _hasher.hash(password) if _hasher.check_needs_rehash(against) else against)


def _wrong_password() -> NotAllowed:
    return NotAllowed("The address or the password is wrong.", field="password")


def sign_in(session: Session, *, password: Password) -> Person:
    """Let in the person whose ``password`` was checked, unless it or the account ended in the meantime."""
    person = session.get_one(Person, password.person_id, with_for_update=True)
    if not person.is_active or person.password_hash != password.against:
        raise _wrong_password()
    person.password_hash = password.hash
    record(
        session,
        actor=person,
        action=Action.SIGNED_IN,
        subject=Subject.PERSON,
        subject_id=person.id,
        changes=first_values(by="password"),
    )
    return person


def sign_out(session: Session, *, actor: Person) -> None:
    """Record that ``actor`` left."""
    record(session, actor=actor, action=Action.SIGNED_OUT, subject=Subject.PERSON, subject_id=actor.id)


def choose_password(*, actor: Person, current: str | None, new: str) -> Password:
    """Return a new password for ``actor``, who must know the present one if there is one; this writes nothing."""
    against = actor.password_hash
    if against is not None:
        try:
            _hasher.verify(against, current or "")
        except VerificationError:
            raise _wrong_present_one() from None
    if not MIN_PASSWORD <= len(new) <= MAX_PASSWORD:
        raise DomainError("A password has at least %(least)s characters.", field="new", least=MIN_PASSWORD)
    return Password(actor.id, against, _hasher.hash(new))


def _wrong_present_one() -> NotAllowed:
    return NotAllowed("The present password is wrong.", field="current")


def store_password(session: Session, *, password: Password) -> Person:
    """Give a person the ``password`` that was chosen and end all other sessions, unless another came first."""
    person = session.get_one(Person, password.person_id, with_for_update=True)
    if not person.is_active or person.password_hash != password.against:
        raise _wrong_present_one()
    person.password_hash = password.hash
    person.session_key = secrets.token_hex(16)
    record(
        session,
        actor=person,
        action=Action.CHANGED,
        subject=Subject.PERSON,
        subject_id=person.id,
        changes={"password": [None, "changed"]},
    )
    return person


def end_all_sessions(session: Session) -> None:
    """End the sessions of everybody and every link and token, as a desk that came back from a backup must.

    What was withdrawn after the backup would work again.
    """
    for person in session.scalars(select(Person).with_for_update()):
        person.session_key = secrets.token_hex(16)
    session.execute(update(SignInLink).where(SignInLink.ended_at.is_(None)).values(ended_at=now()))
    end_tokens(session)
