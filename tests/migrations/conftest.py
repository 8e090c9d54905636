"""Databases that migrations may be tried on: an empty one, and one with a record of every kind."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from claims_app.db import open_engine, open_sessions
from tests.factories import Factory


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Engine]:
    """An engine for migrations over an empty file."""
    engine = open_engine(tmp_path / "bare.db", foreign_keys=False)
    yield engine
    engine.dispose()


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
def full(filled: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine for migrations over a desk in full work."""
    path = tmp_path / "full.db"
    shutil.copyfile(filled, path)
    engine = open_engine(path, foreign_keys=False)
    yield engine
    engine.dispose()
