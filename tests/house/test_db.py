"""The ground that every table stands on: moments, the engine's settings, and how a transaction begins and ends."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from claims_app.claims.model import Claimant
from claims_app.db import now, open_engine, today, writing


class TestMoments:
    def test_come_back_in_utc_whatever_zone_they_were_said_in(self, session: Session) -> None:
        east = datetime(2026, 1, 2, 1, 30, 0, 7, tzinfo=timezone(timedelta(hours=2)))
        session.add(Claimant(name="Dana", created_at=east))
        session.commit()
        session.expire_all()
        kept = session.scalars(select(Claimant.created_at)).one()
        assert kept == east
        assert kept.isoformat() == "2026-01-01T23:30:00.000007+00:00"

    def test_without_a_zone_are_refused(self, session: Session) -> None:
        session.add(Claimant(name="Dana", created_at=datetime(2026, 1, 2)))  # noqa: DTZ001 - the mistake itself
        with pytest.raises(StatementError, match="needs its time zone"):
            session.flush()

    def test_of_the_desks_clock_have_one(self) -> None:
        assert now().tzinfo is UTC
        assert today() == now().date()


def test_the_engine_keeps_what_it_is_given(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "claims.db")
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous", "busy_timeout")
        }
    engine.dispose()
    assert found == {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2, "busy_timeout": 10000}


def names(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT name FROM claimant ORDER BY id")]


class TestWriting:
    def test_is_saved_at_the_end(self, session: Session, engine: Engine) -> None:
        with writing(session):
            session.add(Claimant(name="Dana"))
            session.flush()
            assert names(engine) == []
        assert names(engine) == ["Dana"]

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
    def test_is_undone_by_any_error(self, session: Session, engine: Engine, error: type[BaseException]) -> None:
        def fail() -> None:
            with writing(session):
                session.add(Claimant(name="Dana"))
                session.flush()
                raise error

        with pytest.raises(error):
            fail()
        assert names(engine) == []
        assert not session.in_transaction()

    def test_lets_go_of_what_was_read_before(self, session: Session, engine: Engine) -> None:
        assert session.scalars(select(Claimant)).all() == []
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO claimant (name, created_at) VALUES ('Noa', '2026-01-02')")
        assert session.scalars(select(Claimant)).all() == []  # a snapshot, until it is let go
        with writing(session):
            assert len(session.scalars(select(Claimant)).all()) == 1

    def test_holds_the_lock_from_its_beginning(self, session: Session, database: Path) -> None:
        other = sqlite3.connect(database, timeout=0, isolation_level=None)
        try:
            with writing(session), pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        finally:
            other.close()

    def test_reading_holds_nobody_up(self, session: Session, database: Path) -> None:
        session.scalars(select(Claimant)).all()
        other = sqlite3.connect(database, timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        other.close()
