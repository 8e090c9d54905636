"""The ground of the tests: a migrated database for each, people and records made by the services, a strict browser."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from claims_app.config import Settings
from claims_app.db import open_engine, open_sessions
from claims_app.language import use_language
from claims_app.people import service as people_service
from claims_app.schema import upgrade
from claims_app.web.security import limiter
from tests.client import StrictClient, make_strict
from tests.factories import Factory

# The same examples on every run; and a database's cost is no flaw of the property.
hypothesis_settings.register_profile(
    "desk", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
hypothesis_settings.load_profile("desk")

NOT_STATEMENTS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> None:
    """Hash quickly: what makes a hash strong makes a test slow."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    people_service._hasher = cheap
    people_service._nobody = cheap.hash("nobody")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Begin each test in English; a request leaves its own language behind."""
    use_language("en")
    yield
    use_language("en")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the newest revision, without rows; to be copied, not used."""
    path = tmp_path_factory.mktemp("migrated") / "claims.db"
    engine = open_engine(path, foreign_keys=False)
    upgrade(engine)
    engine.dispose()  # the last connection to leave folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def _engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = open_engine(tmp_path_factory.mktemp("desk") / "claims.db")

    @event.listens_for(engine, "connect")
    def hurry(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")  # a test's database need not outlive a power cut

    return engine


@pytest.fixture
def engine(migrated: Path, _engine: Engine) -> Iterator[Engine]:
    """The engine over the test's own database, an untouched copy of the migrated one."""
    path = Path(str(_engine.url.database))
    for leftover in path.parent.glob("claims.db*"):
        leftover.unlink()
    shutil.copyfile(migrated, path)
    yield _engine
    _engine.dispose()


@pytest.fixture
def database(engine: Engine) -> Path:
    """The file of the test's own database."""
    return Path(str(engine.url.database))


@pytest.fixture(scope="session")
def filled(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the newest revision with a record of every kind; to be copied, not used."""
    path = tmp_path_factory.mktemp("filled") / "claims.db"
    shutil.copyfile(migrated, path)
    engine = open_engine(path)
    with open_sessions(engine)() as session:
        Factory(session).everything()
    engine.dispose()
    return path


@pytest.fixture
def full_desk(database: Path, filled: Path) -> None:
    """A record of every kind in the test's own database, which costs a copy instead of a day's work."""
    shutil.copyfile(filled, database)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on the test's own database."""
    with open_sessions(engine)() as session:
        yield session


@pytest.fixture
def make(session: Session) -> Factory:
    """Whatever a test needs on the desk, made by the services as a person would."""
    return Factory(session)


@pytest.fixture(scope="session")
def _app(_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    from claims_app.app import create_app

    app = create_app(Settings(data=tmp_path_factory.mktemp("data"), language="en"), _engine)
    app.testing = True
    make_strict(app)
    return app


@pytest.fixture
def app(_app: Flask, engine: Engine) -> Flask:
    """The application over the test's own database."""
    assert _app.extensions["sessions"].kw["bind"] is engine
    limiter.reset()
    return _app


@pytest.fixture
def client(app: Flask, session: Session) -> StrictClient:
    """A browser in which nobody is signed in."""
    browser = app.test_client()
    assert isinstance(browser, StrictClient)
    browser.beside = session
    return browser


@dataclass
class Queries:
    """The statements that ran inside the block."""

    statements: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.statements)


CountQueries = Callable[[], AbstractContextManager[Queries]]


@pytest.fixture
def count_queries(engine: Engine) -> CountQueries:
    """A block that counts the statements sent to the database."""

    @contextmanager
    def count() -> Iterator[Queries]:
        queries = Queries()

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith(NOT_STATEMENTS):
                queries.statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield queries
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return count
