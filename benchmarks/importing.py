"""How fast a table of claims comes in, beside bare inserts into the same schema.

    python -m benchmarks.importing [--claims 1000 5000]

reads, plans, saves and undoes a CSV of so many claims in a desk of its own, as the page and the command do it, with
history, search and counts; the floor puts the same statements and figures into the same tables with sqlite3 and nothing
else, in one transaction, the triggers of search and counts included. Seconds are the processor's, so that neighbours
count for less; the one commit waits for the disk on top.
"""

import argparse
import hashlib
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import TypeVar

from sqlalchemy.orm import Session

from benchmarks.words import english, hebrew
from claims_app.articles.service import File, add_article
from claims_app.db import open_engine, open_sessions, writing
from claims_app.folding import fold
from claims_app.importing.matching import check_columns, is_heading, match_headings
from claims_app.importing.model import ImportKind
from claims_app.importing.planning import plan_import
from claims_app.importing.service import save_import
from claims_app.importing.tables import read_table
from claims_app.importing.undoing import undo_import
from claims_app.schema import upgrade

Done = TypeVar("Done")
HEADINGS = "ניסוח הטענה,סוג,נתון,דובר"
CLAIM = (
    "INSERT INTO claim (article_id, number, statement_he, search_text, kind, priority, position, is_attributed,"
    " cited_basis, status, supports, refutes, contexts, revision, created_at, updated_at)"
    " VALUES (1, ?, ?, ?, 'figure', 'normal', ?, 0, 'none', 'unchecked', 0, 0, 0, 1, '2026-01-01', '2026-01-01')"
)
FIGURE = "INSERT INTO figure (claim_id, low, high, unit, is_about) VALUES (?, ?, ?, 'people', 0)"


def write_rows(claims: int) -> list[tuple[str, int]]:
    """Return statements, half of them Hebrew, each with its amount."""
    rng = Random(claims)
    rows = []
    for at in range(claims):
        amount = rng.randrange(2, 90_000)
        words = hebrew(rng, str(amount)) if at % 2 else english(rng, str(amount))
        rows.append((f"{' '.join(words)} {at}.".replace('"', ""), amount))
    return rows


def make_desk(folder: Path) -> Path:
    """Make a desk with one article."""
    path = folder / "claims.db"
    engine = open_engine(path, foreign_keys=False)
    upgrade(engine)
    with open_sessions(engine)() as session, writing(session):
        add_article(session, actor=None, title_he="כתבה")
    engine.dispose()
    return path


def timed(seconds: dict[str, float], name: str, work: Callable[[], Done]) -> Done:
    """Do a piece of work and note how long it took."""
    start = time.process_time()
    done = work()
    seconds[name] = time.process_time() - start
    return done


def bring_in(path: Path, rows: list[tuple[str, int]]) -> dict[str, float]:
    """Return how long each step of an import takes, in seconds."""
    lines = [HEADINGS, *(f'"{words}",נתון,{amount} אנשים,דובר {amount % 40}' for words, amount in rows)]
    data = "\n".join(lines).encode("utf-8")
    seconds: dict[str, float] = {}
    kind = ImportKind.CLAIMS
    table = timed(seconds, "read", lambda: read_table(data, is_known=is_heading))
    columns = check_columns(kind, table, match_headings(kind, table.headings, has_article=True), has_article=True)
    engine = open_engine(path)

    def save(session: Session) -> int:
        with writing(session):
            plan = plan_import(session, kind=kind, table=table, columns=columns, article_id=1)
            file = File(hashlib.sha256(data).hexdigest(), len(data), name="claims.csv")
            return save_import(session, actor=None, plan=plan, file=file, columns={}, article_id=1).id

    def undo(session: Session, import_id: int) -> None:
        with writing(session):
            undo_import(session, actor=None, import_id=import_id, why="Measured.")

    with open_sessions(engine)() as session:
        timed(seconds, "look", lambda: plan_import(session, kind=kind, table=table, columns=columns, article_id=1))
        import_id = timed(seconds, "save", lambda: save(session))
        timed(seconds, "undo", lambda: undo(session, import_id))
    engine.dispose()
    return seconds


def insert_bare(path: Path, rows: list[tuple[str, int]]) -> float:
    """Return how long bare inserts of the same claims take, in seconds."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        start = time.process_time()
        connection.execute("BEGIN IMMEDIATE")
        for at, (words, amount) in enumerate(rows, 1):
            claim = connection.execute(CLAIM, (at, words, fold(words), at * 1000)).lastrowid
            connection.execute(FIGURE, (claim, amount, amount))
        connection.execute("COMMIT")
        return time.process_time() - start


def main() -> None:
    """Print a line for each number of claims."""
    parser = argparse.ArgumentParser(description="Measure how fast a table of claims comes in.")
    parser.add_argument("--claims", type=int, nargs="+", default=[1_000, 5_000])
    print("| claims | read, s | look over, s | save, s | claims/s saved | bare inserts, claims/s | ratio | undo, s |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for claims in parser.parse_args().claims:
        rows = write_rows(claims)
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            seconds = bring_in(make_desk(Path(one)), rows)
            bare = insert_bare(make_desk(Path(other)), rows)
        figures = [f"{seconds[name]:.2f}" for name in ("read", "look", "save")]
        ratio = seconds["save"] / bare
        speeds = [f"{claims / seconds['save']:,.0f}", f"{claims / bare:,.0f}", f"{ratio:.1f}×"]
        print(f"| {claims:,} | {' | '.join([*figures, *speeds, format(seconds['undo'], '.2f')])} |")


if __name__ == "__main__":
    main()
