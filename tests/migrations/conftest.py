"""Databases that migrations may be tried on: an empty one, and one with a record of every kind."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from claims_app.db import open_engine


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Engine]:
    """An engine for migrations over an empty file."""
    engine = open_engine(tmp_path / "bare.db", foreign_keys=False)
    yield engine
    engine.dispose()


@pytest.fixture
def full(filled: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine for migrations over a desk in full work."""
    path = tmp_path / "full.db"
    shutil.copyfile(filled, path)
    engine = open_engine(path, foreign_keys=False)
    yield engine
    engine.dispose()
