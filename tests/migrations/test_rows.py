"""What happens to the records of a desk in full work when its schema goes down and up."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import IntegrityError

from claims_app import schema as schema_module
from claims_app.db import open_engine, open_sessions
from claims_app.history.service import verify_history
from claims_app.schema import current_revision, downgrade, head_revision, packaged, upgrade
from tests.factories import Factory
from tests.migrations.test_schema import OWN, SEARCH, revisions, schema

# The revision that brings each table; what is older than a downgrade's goal survives it.
BORN = {
    "person": "0001",
    "sign_in_link": "0001",
    "history": "0002",
    "history_head": "0002",
    "article": "0003",
    "article_version": "0003",
    "citation": "0003",
    "source": "0004",
    "claimant": "0005",
    "claim": "0005",
    "claim_tag": "0005",
    "comment": "0005",
    "evidence": "0006",
    "figure": "0006",
    "verdict": "0007",
    "claim_tally": "0008",
    "claim_facet": "0008",
    "original": "0010",
    "passage": "0010",
    "anchor": "0010",
    "confirmation": "0011",
    "waiver": "0011",
    "sign_off": "0011",
    "publisher": "0012",
    "source_secret": "0012",
    "source_reader": "0012",
    "contact": "0012",
    "capture": "0013",
    "deposit": "0013",
    "day_stamp": "0013",
    "copy_check": "0013",
    "look": "0013",
    "watch": "0013",
    "webhook": "0014",
    "webhook_delivery": "0014",
    "earlier_import": "0015",
    "earlier_check": "0015",
    "earlier_reading": "0015",
    "claim_review": "0016",
    "correction": "0016",
    "import": "0017",
    "token": "0018",
    "export": "0019",
}
COUNTED = {"claim_tally", "claim_facet"}


def rows(engine: Engine, table: str) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1, 2").mappings().all()
    return [dict(row) for row in found]


def everything(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    names = set(inspect(engine).get_table_names()) - SEARCH - OWN
    return {name: rows(engine, name) for name in sorted(names)}


def counted(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return the counts that are not nothing; a combination that was left stays in the table at 0."""
    return {table: sorted(tuple(row.values()) for row in rows(engine, table) if row["number"]) for table in COUNTED}


def faults(engine: Engine) -> Sequence[Any]:
    with engine.connect() as connection:
        loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        broken = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    return [*loose, *(line for line in broken if line != "ok")]


def test_every_table_is_filled_and_known_here(full: Engine) -> None:
    found = everything(full)
    assert set(found) == set(BORN)
    assert [name for name, kept in found.items() if not kept] == []


@pytest.mark.parametrize("revision", [*revisions()[:-1], "base"])
def test_what_is_older_survives_the_way_down_and_up(full: Engine, revision: str) -> None:
    before, count = everything(full), counted(full)
    downgrade(full, revision)
    assert faults(full) == []
    upgrade(full)
    after = everything(full)
    assert current_revision(full) == head_revision()
    assert faults(full) == []
    survivors = {name for name, born in BORN.items() if born <= revision and revision != "base"}
    for name in set(BORN) - COUNTED - {"history_head"}:
        if name == "claim" and name in survivors:
            assert after[name] == [as_after(row, revision) for row in before[name]]
        elif name == "claimant" and name in survivors and revision < "0016":
            assert after[name] == [{**row, "kind": None, "same_as": None, "revision": 1} for row in before[name]]
        elif name in {"source", "publisher"} and "source" in survivors and revision < "0012":
            sources, publishers = without_publishers(before)
            assert after[name] == (sources if name == "source" else publishers)
        else:
            assert after[name] == (before[name] if name in survivors else []), name
    if revision >= "0007" and revision != "base":
        assert counted(full) == count
    with open_sessions(full)() as session:
        assert list(verify_history(session)) == []


def as_after(row: dict[str, Any], revision: str) -> dict[str, Any]:
    """Return a claim as the downgrade leaves it: without anchors it has no place, without verdicts nothing is decided,
    without evidence all is bare.
    """
    changed = dict(row)
    if revision < "0016":
        changed |= {"said_on": None, "first_appearance": None, "appearances": None}
    if revision < "0013":
        changed |= {"needs_look": 0, "differing": 0, "recheck_on": None}
    if revision < "0010":
        changed |= {"place": "none", "settled_words": None, "is_stale": 0}
    if revision < "0007" and row["verdict_id"] is not None:
        changed |= {"status": "checking", "verdict_id": None}
    if revision < "0006":
        changed |= {"supports": 0, "refutes": 0, "contexts": 0, "proof": "none"}
    return changed


def without_publishers(found: dict[str, list[dict[str, Any]]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return sources and publishers as they come back from a time when a source had its publisher's name only."""
    names = {row["id"]: row["name"] for row in found["publisher"]}
    kept: dict[str, dict[str, Any]] = {}
    sources = []
    for row in found["source"]:
        name = names.get(row["publisher_id"])
        if name is not None and name not in kept:
            bare = {"domain": None, "group_name": None, "notes": None, "revision": 1, "created_at": row["created_at"]}
            kept[name] = {"id": len(kept) + 1, "name": name, **bare}
        lost = {"original_address": None, "origin_id": None, "confidential_number": None}
        kind = "page" if row["kind"] == "post" else row["kind"]
        sources.append({**row, **lost, "kind": kind, "publisher_id": kept[name]["id"] if name is not None else None})
    return sources, list(kept.values())


def test_one_step_at_a_time_leaves_nothing_loose(full: Engine) -> None:
    for revision in [*reversed(revisions()[:-1]), "base"]:
        downgrade(full, revision)
        assert faults(full) == [], revision
    assert schema(full) == {}


def recount(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Count the claims by hand as the triggers do."""
    words = ("status", "kind", "priority", "assignee_id", "proof")
    tally: dict[tuple[Any, ...], int] = {}
    facet: dict[tuple[Any, ...], int] = {}
    for row in rows(engine, "claim"):
        if row["withdrawn_at"] is None:
            values = [row[word] or 0 if word == "assignee_id" else row[word] for word in words]
            for article in (row["article_id"], 0):
                tally[article, *values] = tally.get((article, *values), 0) + 1
                for word, value in zip(words, values, strict=True):
                    facet[article, word, str(value)] = facet.get((article, word, str(value)), 0) + 1
    return {
        "claim_tally": sorted((*key, number) for key, number in tally.items()),
        "claim_facet": sorted((*key, number) for key, number in facet.items()),
    }


@pytest.mark.parametrize("revision", ["0007", "0006", "0005"])
def test_the_counts_are_right_before_and_after(full: Engine, revision: str) -> None:
    assert counted(full) == recount(full)
    downgrade(full, revision)
    upgrade(full)
    assert counted(full) == recount(full)


def found(engine: Engine, word: str) -> list[int]:
    with engine.connect() as connection:
        return list(
            connection.exec_driver_sql(
                "SELECT rowid FROM claim_search WHERE claim_search MATCH ? ORDER BY 1", (word,)
            ).scalars()
        )


@pytest.mark.parametrize("revision", ["0008", "0005"])
def test_search_finds_the_same_before_and_after(full: Engine, revision: str) -> None:
    before = found(full, "bridge"), found(full, "גשר")
    assert all(before)
    downgrade(full, revision)
    upgrade(full)
    assert (found(full, "bridge"), found(full, "גשר")) == before
    with full.begin() as connection:
        connection.exec_driver_sql("INSERT INTO claim_search (claim_search, rank) VALUES ('integrity-check', 1)")


@pytest.mark.parametrize("revision", revisions()[:-1])
def test_a_desk_that_went_down_and_up_works_on(full: Engine, revision: str) -> None:
    downgrade(full, revision)
    upgrade(full)
    path = Path(str(full.url.database))
    full.dispose()
    engine = open_engine(path)
    with open_sessions(engine)() as session:
        Factory(session, first=1000).verdict()
        assert list(verify_history(session)) == []
    assert faults(engine) == []
    assert counted(engine) == recount(engine)
    engine.dispose()


@pytest.fixture
def next_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a revision after the newest, in a copy of the migrations; a test writes it."""
    folder = tmp_path / "migrations"
    shutil.copytree(packaged("migrations"), folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(schema_module, "packaged", lambda _name: folder)
    return folder / "versions" / "9999_next.py"


HEAD = f"""
from alembic import op
revision = "9999"
down_revision = "{revisions()[-1]}"
"""
REBUILD = """
def upgrade():
    for table in ("person", "article", "source"):
        with op.batch_alter_table(table, recreate="always"):
            pass
"""
LOSE = """
def upgrade():
    op.execute("DELETE FROM source")
"""
FAIL = """
def upgrade():
    op.execute("CREATE TABLE half (name TEXT)")
    op.execute("UPDATE claim SET section = 'half done'")
    raise ValueError("in the middle")
"""


def test_rebuilding_a_parent_does_not_destroy_its_children(full: Engine, next_revision: Path) -> None:
    """Copying a table and dropping the old one looks to a foreign key like the loss of every row."""
    next_revision.write_text(HEAD + REBUILD, encoding="utf-8")
    before = everything(full)
    upgrade(full)
    assert current_revision(full) == "9999"
    assert everything(full) == before
    assert faults(full) == []


def test_the_programs_own_engine_would_not_let_it(full: Engine, next_revision: Path) -> None:
    next_revision.write_text(HEAD + REBUILD, encoding="utf-8")
    path = Path(str(full.url.database))
    with_keys = open_engine(path)
    with pytest.raises(IntegrityError):
        upgrade(with_keys)
    with_keys.dispose()
    assert current_revision(full) == revisions()[-1]


def test_a_migration_that_leaves_rows_loose_is_refused_and_undone(full: Engine, next_revision: Path) -> None:
    next_revision.write_text(HEAD + LOSE, encoding="utf-8")
    before = everything(full)
    with pytest.raises(RuntimeError, match="point at nothing"):
        upgrade(full)
    assert current_revision(full) == revisions()[-1]
    assert everything(full) == before


def test_a_migration_that_fails_leaves_nothing_half_done(full: Engine, next_revision: Path) -> None:
    next_revision.write_text(HEAD + FAIL, encoding="utf-8")
    before, was = everything(full), schema(full)
    with pytest.raises(ValueError, match="in the middle"):
        upgrade(full)
    assert current_revision(full) == revisions()[-1]
    assert schema(full) == was
    assert everything(full) == before
