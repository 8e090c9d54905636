"""Desks for the commands: one that is not made yet, an empty one, and one with the example newsroom."""

import shutil
from pathlib import Path

import pytest

from tests.cli.command import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk that is not made yet."""
    return Desk(tmp_path / "desk", {"language": "en"})


@pytest.fixture(scope="session")
def _empty(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("empty"), {"language": "en"})
    desk.did("init", "--no-example")
    return desk


@pytest.fixture(scope="session")
def _example(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("example"), {"language": "en"})
    desk.did("init")
    return desk


@pytest.fixture
def empty(desk: Desk, _empty: Desk) -> Desk:
    """A desk with its first editor and nothing else."""
    shutil.copytree(_empty.data, desk.data)
    return desk


@pytest.fixture
def example(desk: Desk, _example: Desk) -> Desk:
    """A desk with the example newsroom."""
    shutil.copytree(_example.data, desk.data)
    return desk
