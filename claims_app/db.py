"""The ground every table stands on: naming, column types, the engine and how a transaction begins."""

import enum
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    Text,
    create_engine,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

WRITE = "claims_write"
"""Execution option of a connection whose transaction takes SQLite's write lock at its beginning."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database; a naive value is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def words(kind: type[enum.StrEnum], name: str) -> Enum:
    """Return the column type that stores an enum's values as words and refuses all others."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


# The convention gives every constraint a name that an error message and a later migration can use.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by itself only for the type named INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy declares it as an instance attribute
        str: Text(),
        datetime: UtcDateTime(),
    }


def now() -> datetime:
    """Return the present moment; the one clock of the desk."""
    return datetime.now(UTC)


def today() -> date:
    """Return the present day in UTC."""
    return now().date()


primary_key = Annotated[int, mapped_column(Id, primary_key=True, sort_order=-10)]
revision = Annotated[int, mapped_column(Integer, default=1, server_default="1")]
created_at = Annotated[datetime, mapped_column(UtcDateTime, default=now)]
withdrawn_at = Annotated[datetime | None, mapped_column(UtcDateTime)]


def open_engine(database: Path, *, foreign_keys: bool = True) -> Engine:
    """Open the SQLite file with write-ahead logging and full durability.

    ``foreign_keys=False`` is for migrations only: rebuilding a table would cascade into its children.
    """
    # As many connections as are needed at once, one for each thread that answers; none waits for another's.
    # An error's own text goes to the log, and must not carry there what a confidential source's record holds.
    engine = create_engine(f"sqlite:///{database}", connect_args={"timeout": 10}, pool_size=0, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver's own transaction handling breaks savepoints; BEGIN is sent below instead.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=10000",
            "mmap_size=2147483648",
            "cache_size=-65536",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A transaction that read first and writes later would fail, not wait, when another wrote in between.
        lock = "IMMEDIATE" if connection.get_execution_options().get(WRITE) else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {lock}")

    return engine


def open_sessions(engine: Engine) -> sessionmaker[Session]:
    """Return the maker of sessions; objects stay readable after the commit, for the answer that follows it."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def writing(session: Session) -> Iterator[Session]:
    """Run one unit of work on ``session``: commit at the end, roll back on any error.

    What was read before belongs to an older snapshot and is let go first.
    """
    session.rollback()
    session.connection(execution_options={WRITE: True})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
