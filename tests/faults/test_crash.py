"""A process that is killed in the middle of its work loses nothing that it said was done, and damages nothing."""

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from claims_app.articles.service import add_article
from claims_app.claims.model import Claim, ClaimTally
from claims_app.db import writing
from claims_app.history.model import HistoryEntry
from claims_app.history.service import verify_history
from claims_app.people.model import Person
from tests.cli.command import CHECKOUT, Desk
from tests.faults.writer import WRITER

KILLS = 10


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("crash") / "desk", {"language": "en"})
    desk.did("init", "--no-example")
    with desk.session() as session, writing(session):
        add_article(session, actor=session.get_one(Person, 1), title_en="Written on")
    return desk


def acknowledged(desk: Desk, number: int) -> list[int]:
    """Let a process write, kill it after it said ``number`` claims, and return all that it said."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER], cwd=CHECKOUT, env=desk.environment(), stdout=subprocess.PIPE, text=True
    )
    with writer:
        assert writer.stdout is not None
        said = [int(writer.stdout.readline()) for _ in range(number)]
        writer.kill()
        # What it still said before it died counts as said; a line cut short does not.
        return said + [int(line) for line in writer.stdout if line.endswith("\n")]


def test_what_was_acknowledged_outlives_every_kill(desk: Desk) -> None:
    chance = random.Random(7)  # noqa: S311 - when to kill, not a secret
    said: list[int] = []
    for _ in range(KILLS):
        said += acknowledged(desk, chance.randint(1, 25))
        with closing(sqlite3.connect(desk.database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        with desk.session() as session:
            assert list(verify_history(session)) == []
            claims = set(session.scalars(select(Claim.id)))
            recorded = session.scalars(
                select(HistoryEntry.claim_id).where(HistoryEntry.action == "created", HistoryEntry.subject == "claim")
            ).all()
            counted = sum(session.scalars(select(ClaimTally.number).where(ClaimTally.article_id == 0)))
        assert set(said) <= claims
        assert len(recorded) == len(set(recorded))
        assert set(recorded) == claims
        assert counted == len(claims)
    assert len(said) >= KILLS


def test_a_first_start_that_is_killed_starts_again(tmp_path: Path) -> None:
    """Killed at any step of making the desk, the next start finishes it."""
    chance = random.Random(11)  # noqa: S311 - when to kill, not a secret
    for number in range(3):
        desk = Desk(tmp_path / str(number), {"language": "en"})
        process = subprocess.Popen(
            [sys.executable, "-m", "claims_app", "init"],
            cwd=CHECKOUT,
            env=desk.environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                process.wait(timeout=chance.uniform(0.8, 2.0))
            except subprocess.TimeoutExpired:
                process.kill()
        assert desk.claims("init").exit_code == 0
        assert "claims                 104" in desk.did("status")
        assert desk.did("history", "verify").startswith("The history is whole")
