"""How a command gets at the desk: its settings, its database at the right schema, its first people."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from claims_app import backup, schema
from claims_app.articles.queries import list_unread_versions
from claims_app.articles.service import read_passages
from claims_app.claims.service import recount_differing
from claims_app.config import Settings, SettingsError, read_settings
from claims_app.db import open_engine, open_sessions, writing
from claims_app.errors import DomainError
from claims_app.exchange.newsroom import load_newsroom
from claims_app.fetching import Guard
from claims_app.people.model import Person, Role
from claims_app.people.service import add_person, make_link
from claims_app.publishing.imprint import read_imprint

FIRST_EDITOR = {"he": "עריכה ראשית", "en": "First editor"}


def settings() -> Settings:
    """Return the settings of the environment; a wrong one is refused."""
    try:
        chosen = read_settings(os.environ)
        read_imprint(chosen)  # a scale that cannot be used is named before anything is done
    except SettingsError as error:
        raise DomainError(str(error)) from error
    return chosen


def make_guard() -> Guard:
    """Return what decides where a command may fetch from."""
    return Guard()


def read_utf8(file: Path) -> str:
    """Return a text as it stands in a file, or in the standard input for "-", without a byte order mark."""
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DomainError("%(file)s is not a text in UTF-8; save it as UTF-8 and try again.", file=file) from error


def stamp() -> str:
    """Return the present moment as part of a file name."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


@contextmanager
def opened(database: Path, *, foreign_keys: bool = True) -> Iterator[Engine]:
    """Open a database for a block; one that cannot be used is refused in one sentence."""
    engine = open_engine(database, foreign_keys=foreign_keys)
    try:
        yield engine
    except DatabaseError as error:
        if isinstance(error, IntegrityError):
            raise  # that is our mistake, not the file's
        raise DomainError("%(file)s cannot be used: %(problem)s.", file=database, problem=error.orig) from error
    finally:
        engine.dispose()


def need_known(engine: Engine, database: Path) -> schema.Standing:
    """Return how the database stands to this program; one that is not a desk's, or a newer one, is refused."""
    standing = schema.standing(engine)
    if standing is schema.Standing.FOREIGN:
        raise DomainError("%(file)s is not the database of a desk.", file=database)
    if standing is schema.Standing.NEWER:
        raise DomainError(
            "%(file)s was written by a newer version of Claims Desk; update this one first.", file=database
        )
    return standing


@contextmanager
def desk_engine(chosen: Settings) -> Iterator[Engine]:
    """Open the desk's database as it stands; there has to be one, with the schema of this program."""
    if not chosen.database.is_file():
        raise DomainError("There is no desk in %(folder)s yet; run claims init.", folder=chosen.data)
    with opened(chosen.database) as engine:
        if need_known(engine, chosen.database) is not schema.Standing.CURRENT:
            raise DomainError("%(file)s has an older schema; run claims migrate.", file=chosen.database)
        yield engine


@contextmanager
def desk(chosen: Settings) -> Iterator[Session]:
    """Open the desk as it stands, ready to read or to write."""
    with desk_engine(chosen) as engine, open_sessions(engine)() as session:
        yield session


def bring_up_to_date(chosen: Settings) -> Path | None:
    """Make or migrate the database; return the copy that was made of an older one first."""
    # Only the owner looks into the folder: it holds what nobody has published yet.
    chosen.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with opened(chosen.database, foreign_keys=False) as engine:
        standing, copy = need_known(engine, chosen.database), None
        if standing is schema.Standing.OLDER:
            copy = chosen.data / f"claims-{schema.current_revision(engine)}-{stamp()}.db"
            backup.copy_database(chosen.database, copy)
        if standing is not schema.Standing.CURRENT:
            _migrate(engine, copy)
        _read_texts(engine)
        if standing is schema.Standing.OLDER:
            with open_sessions(engine)() as session, writing(session):
                recount_differing(session)
    return copy


def _read_texts(engine: Engine) -> None:
    """Look for the sentences of texts that were kept before the desk did so."""
    with open_sessions(engine)() as session:
        if list_unread_versions(session):
            with writing(session):
                for version in list_unread_versions(session):
                    read_passages(session, version)


def _migrate(engine: Engine, copy: Path | None) -> None:
    try:
        schema.upgrade(engine)
    except (DatabaseError, RuntimeError) as error:
        raise DomainError(
            "The database could not be brought up to date: %(problem)s A copy of it as it was: %(copy)s",
            problem=error,
            copy=copy,
        ) from error


@dataclass(frozen=True)
class Start:
    """What a start found or made."""

    copy: Path | None = None
    is_first: bool = False
    #: Why the example newsroom could not be loaded.
    problem: str | None = None


def make_ready(chosen: Settings, *, with_example: bool) -> Start:
    """Bring the desk to where people can sign in; the first start makes its first editor and loads the example."""
    copy = bring_up_to_date(chosen)
    with opened(chosen.database) as engine, open_sessions(engine)() as session:
        try:
            return Start(copy=copy, is_first=_make_first(session, chosen, with_example=with_example))
        except DomainError as refusal:
            # A desk without its example is still a desk.
            return Start(copy=copy, is_first=_make_first(session, chosen, with_example=False), problem=str(refusal))


def _make_first(session: Session, chosen: Settings, *, with_example: bool) -> bool:
    with writing(session):
        if session.scalar(select(Person.id).limit(1)) is not None:
            return False
        add_person(
            session,
            actor=None,
            email="editor@localhost",
            name=FIRST_EDITOR[chosen.language],
            role=Role.ADMIN,
            language=chosen.language,
        )
        if with_example:
            load_newsroom(session, folder=schema.packaged("seed"), language=chosen.language)
    return True


def address_of(chosen: Settings, token: str | None = None) -> str:
    """Return the address at which this machine reaches the desk, or a sign-in link."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(chosen.host, chosen.host)  # noqa: S104
    base = f"http://{f'[{host}]' if ':' in host else host}:{chosen.port}"
    return f"{base}/sign-in/{token}" if token else base


def first_link(session: Session) -> tuple[Person, str] | None:
    """Return a fresh link for the first administrator while nobody has a password yet."""
    with writing(session):
        people = session.scalars(select(Person).where(Person.is_active).order_by(Person.id)).all()
        admin = next((person for person in people if person.role is Role.ADMIN), None)
        if admin is None or any(person.password_hash for person in people):
            return None
        return admin, make_link(session, actor=None, person_id=admin.id)
