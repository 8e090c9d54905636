"""Makes a desk of any size, the same on every run: ``python -m benchmarks.generate FOLDER --claims 100000``.

The rows go in with indexes and triggers put aside; both are put back from their own SQL, and what the triggers would
have kept is filled in by one statement each.
"""

import argparse
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Connection, insert, select, update

from benchmarks.claims import ClaimMaker
from benchmarks.desk import (
    CHECKERS,
    IN_ARTICLE,
    NAMES,
    Row,
    article_rows,
    claimant_rows,
    people_rows,
    source_rows,
)
from claims_app import schema
from claims_app.articles.model import SecondCheck
from claims_app.claims.model import Claim, Status
from claims_app.db import Base, open_engine
from claims_app.history.model import GENESIS, Action, HistoryEntry, HistoryHead, Subject
from claims_app.history.service import DESK, first_values

SEED = 7
AT_ONCE = 5000
FACETS = ("status", "kind", "priority", "assignee_id", "proof")

Say = Callable[[str], None]


def _insert(connection: Connection, rows: dict[str, list[Row]]) -> None:
    for table, some in rows.items():
        if some:
            connection.execute(insert(Base.metadata.tables[table]), some)


def _insert_all(connection: Connection, table: str, rows: Iterable[Row]) -> None:
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        _insert(connection, {table: some})


@contextmanager
def put_aside(connection: Connection) -> Iterator[None]:
    """Take away every trigger and index for the block, and make them again as they were, in the same order."""
    wanted = (
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL "
        "ORDER BY rowid"
    )
    known = connection.exec_driver_sql(wanted).all()
    for kind, name, _sql in known:
        connection.exec_driver_sql(f"DROP {kind} {name}")
    yield
    for _kind, _name, sql in known:
        connection.exec_driver_sql(sql)


@contextmanager
def without_journal(connection: Connection) -> Iterator[None]:
    """Write straight into the file for the block: a desk that is being made has nothing to lose."""
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    driver.execute("PRAGMA journal_mode=OFF")
    driver.execute("PRAGMA synchronous=OFF")
    yield
    driver.execute("PRAGMA synchronous=FULL")
    driver.execute("PRAGMA journal_mode=WAL")


@dataclass
class Chain:
    """The end of the history that is being written."""

    last_id: int = 0
    last_hash: str = GENESIS
    waiting: list[Row] = field(default_factory=list)

    def add(self, connection: Connection, *, actor: int | None, **values: Any) -> None:
        """Append one entry; the hash is the product's own."""
        entry = {
            "id": self.last_id + 1,
            "actor_id": actor,
            "actor_name": NAMES[actor - 1][0] if actor else DESK,
            "claim_id": None,
            "article_id": None,
            "why": None,
            **values,
            "previous_hash": self.last_hash,
        }
        entry["hash"] = HistoryEntry.digest(cast("HistoryEntry", SimpleNamespace(**entry)))
        self.last_id, self.last_hash = entry["id"], entry["hash"]
        self.waiting.append(entry)
        if len(self.waiting) >= AT_ONCE:
            self.flush(connection)

    def flush(self, connection: Connection) -> None:
        """Write the entries that wait, and where the chain ends."""
        _insert(connection, {"history": self.waiting})
        self.waiting = []
        connection.execute(update(HistoryHead).values(last_id=self.last_id, last_hash=self.last_hash))


def _add_claims(connection: Connection, maker: ClaimMaker, chain: Chain, say: Say) -> None:
    while maker.made < maker.claims:
        rows = maker.some(AT_ONCE)
        _insert(connection, rows)
        for claim in rows["claim"]:
            chain.add(
                connection,
                actor=CHECKERS[claim["id"] % 9],
                at=claim["created_at"],
                action=Action.CREATED.value,
                subject=Subject.CLAIM.value,
                subject_id=claim["id"],
                claim_id=claim["id"],
                article_id=claim["article_id"],
                changes=first_values(
                    number=claim["number"],
                    kind=claim["kind"],
                    priority=claim["priority"],
                    statement_he=claim["statement_he"],
                    statement_en=claim["statement_en"],
                ),
            )
        if maker.made % 100_000 == 0:
            say(f"{maker.made:>9,} claims")


def _add_moves(connection: Connection, chain: Chain) -> None:
    """Give each claim its second entry, in the order in which the claims were last changed."""
    columns = (Claim.id, Claim.article_id, Claim.status, Claim.updated_at, Claim.assignee_id, Claim.withdrawn_at)
    wanted = select(*columns).order_by(Claim.updated_at, Claim.id).execution_options(yield_per=AT_ONCE)
    for number, article, status, at, assignee, withdrawn in connection.execute(wanted):
        is_moved = withdrawn is None and status is not Status.UNCHECKED
        action = Action.WITHDRAWN if withdrawn else Action.MOVED if is_moved else Action.CHANGED
        chain.add(
            connection,
            actor=assignee or CHECKERS[number % 9],
            at=at,
            action=action.value,
            subject=Subject.CLAIM.value,
            subject_id=number,
            claim_id=number,
            article_id=article,
            changes={"status": ["checking", status.value]} if is_moved else {},
            why="The article was changed." if withdrawn else None,
        )


def _fill(connection: Connection) -> None:
    """Count and index what the triggers did not see."""
    facets = ", ".join(FACETS)
    for article in ("article_id", "0"):
        connection.exec_driver_sql(
            f"INSERT INTO claim_tally (article_id, {facets}, number) "
            f"SELECT {article}, status, kind, priority, coalesce(assignee_id, 0), proof, count(*) "
            "FROM claim WHERE withdrawn_at IS NULL GROUP BY 1, 2, 3, 4, 5, 6"
        )
    for facet in FACETS:
        connection.exec_driver_sql(
            "INSERT INTO claim_facet (article_id, facet, value, number) "
            f"SELECT article_id, '{facet}', {facet}, sum(number) FROM claim_tally GROUP BY 1, 2, 3"
        )
    connection.exec_driver_sql("INSERT INTO claim_search (claim_search) VALUES ('rebuild')")


def _load(connection: Connection, rng: Random, claims: int, say: Say) -> int:
    chain, policies = Chain(), dict[int, SecondCheck]()
    people = people_rows()
    _insert(connection, {"person": people, "claimant": claimant_rows()})
    for person in people:
        chain.add(
            connection,
            actor=None,
            at=person["created_at"],
            action=Action.CREATED.value,
            subject=Subject.PERSON.value,
            subject_id=person["id"],
            changes=first_values(email=person["email"], name=person["name"], role=person["role"]),
        )
    for rows in article_rows(rng, -(-claims // IN_ARTICLE)):
        _insert(connection, rows)
        article = rows["article"][0]
        policies[article["id"]] = article["second_check"]
    _insert_all(connection, "source", source_rows(rng, claims // 2))
    _add_claims(connection, ClaimMaker(rng, claims, policies), chain, say)
    _add_moves(connection, chain)
    chain.flush(connection)
    return chain.last_id


def generate(folder: Path, claims: int, *, seed: int = SEED, say: Say = print) -> None:
    """Make a desk of so many claims in ``folder``; one that is there already is refused."""
    database = folder / "claims.db"
    if database.exists():
        raise FileExistsError(database)
    folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    engine = open_engine(database, foreign_keys=False)
    try:
        schema.upgrade(engine)
        engine.dispose()  # how a file keeps its journal changes only while nobody else has it open
        with engine.connect() as connection, without_journal(connection), connection.begin(), put_aside(connection):
            entries = _load(connection, Random(seed), claims, say)
            _fill(connection)
            loaded = time.monotonic() - started
    finally:
        engine.dispose()
    took, size = time.monotonic() - started, database.stat().st_size
    say(
        f"{claims:,} claims and {entries:,} history entries in {took:.1f} s ({loaded:.1f} s of it rows): "
        f"{claims / took:,.0f} claims/s, {size / 1e6:,.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--claims", type=int, default=10_000)
    arguments = parser.parse_args()
    try:
        generate(arguments.folder, arguments.claims)
    except FileExistsError as error:
        sys.exit(f"There is a desk already: {error}")


if __name__ == "__main__":
    main()
