"""Every revision up and down, and the newest one against the tables that the program describes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from claims_app.db import Base, open_engine
from claims_app.schema import (
    Standing,
    current_revision,
    downgrade,
    head_revision,
    packaged,
    standing,
    upgrade,
)

# What no table describes: triggers, and the index of the search with the tables it keeps for itself.
TRIGGERS = {
    "history_no_replace",
    "history_no_update",
    "history_no_delete",
    *(
        f"{table}_{verb}"
        for table in ("claim_tally", "claim_search", "earlier_search")
        for verb in ("insert", "delete", "update")
    ),
}
SEARCH = {
    "earlier_word",
    *(
        f"{table}{part}"
        for table in ("claim_search", "earlier_search")
        for part in ("", "_config", "_data", "_docsize", "_idx")
    ),
}
OWN = {"alembic_version", "sqlite_sequence"}


def revisions() -> list[str]:
    script = ScriptDirectory(str(packaged("migrations")))
    return [item.revision for item in reversed(list(script.walk_revisions()))]


def schema(engine: Engine) -> dict[str, str]:
    """Return what there is in the database, in SQL without the accidents of writing it."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        ).all()
    return {name: re.sub(r"\s+", " ", sql).replace('"', "").strip() for name, sql in rows if name not in OWN}


def parts(ddl: str) -> list[str]:
    """Return the columns of a table in order, then its constraints sorted: their order means nothing."""
    inside = ddl[ddl.index("(") + 1 : ddl.rindex(")")]
    items, depth, start = [], 0, 0
    for place, mark in enumerate(inside):
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if mark == "," and depth == 0:
            items.append(inside[start:place].strip())
            start = place + 1
    items.append(inside[start:].strip())
    # A constraint may stand behind its column or by itself: it binds all the same.
    items = [part for item in items for part in re.split(r" (?=CONSTRAINT )", item)]
    columns = [item for item in items if not item.startswith("CONSTRAINT ")]
    return columns + sorted(item for item in items if item.startswith("CONSTRAINT "))


def test_revisions_are_one_numbered_row() -> None:
    names = sorted(path.name for path in packaged("migrations").glob("versions/*.py"))
    assert revisions() == [f"{number:04}" for number in range(1, len(names) + 1)] == [name[:4] for name in names]
    assert head_revision() == revisions()[-1]


@pytest.mark.parametrize("revision", revisions())
def test_a_revision_goes_up_and_all_the_way_down(bare: Engine, revision: str) -> None:
    upgrade(bare, revision)
    assert current_revision(bare) == revision
    assert schema(bare)
    downgrade(bare, "base")
    assert schema(bare) == {}
    assert current_revision(bare) is None


@pytest.mark.parametrize("revision", revisions())
def test_a_revision_that_went_down_comes_up_the_same(bare: Engine, revision: str) -> None:
    upgrade(bare, revision)
    first = schema(bare)
    downgrade(bare, "-1")
    assert schema(bare) != first
    upgrade(bare, revision)
    assert schema(bare) == first


def test_one_by_one_is_all_at_once(bare: Engine, tmp_path: Path) -> None:
    for revision in revisions():
        upgrade(bare, revision)
    other = open_engine(tmp_path / "other.db", foreign_keys=False)
    upgrade(other)
    assert schema(bare) == schema(other)
    for revision in [*reversed(revisions()[:-1]), "base"]:
        downgrade(bare, revision)
    assert schema(bare) == {}


def test_upgrading_twice_does_nothing_more(bare: Engine) -> None:
    upgrade(bare)
    before = schema(bare)
    upgrade(bare)
    assert schema(bare) == before


class TestTheNewestRevisionIsWhatTheProgramDescribes:
    """Alembic's own comparison sees neither a lost CHECK nor an index that lost its condition."""

    @pytest.fixture
    def migrated_schema(self, bare: Engine) -> dict[str, str]:
        upgrade(bare)
        return schema(bare)

    @pytest.fixture
    def described_schema(self, tmp_path: Path) -> Iterator[dict[str, str]]:
        engine = open_engine(tmp_path / "described.db", foreign_keys=False)
        Base.metadata.create_all(engine)
        yield schema(engine)
        engine.dispose()

    def test_by_name(self, migrated_schema: dict[str, str], described_schema: dict[str, str]) -> None:
        assert set(migrated_schema) - set(described_schema) == TRIGGERS | SEARCH
        assert set(described_schema) - set(migrated_schema) == set()

    def test_by_every_table(self, migrated_schema: dict[str, str], described_schema: dict[str, str]) -> None:
        names = [name for name, sql in described_schema.items() if sql.startswith("CREATE TABLE")]
        assert names
        for name in names:
            assert parts(migrated_schema[name]) == parts(described_schema[name]), name

    def test_by_every_index(self, migrated_schema: dict[str, str], described_schema: dict[str, str]) -> None:
        names = [name for name, sql in described_schema.items() if not sql.startswith("CREATE TABLE")]
        assert names
        for name in names:
            assert migrated_schema[name] == described_schema[name]

    def test_by_alembics_own_measure(self, bare: Engine) -> None:
        upgrade(bare)

        def is_described(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
            return not (kind == "table" and name in SEARCH)

        with bare.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": is_described})
            assert compare_metadata(context, Base.metadata) == []


class TestHowADatabaseStands:
    def test_an_empty_file_is_to_be_filled(self, bare: Engine) -> None:
        assert standing(bare) is Standing.EMPTY

    def test_a_migrated_one_is_current(self, bare: Engine) -> None:
        upgrade(bare)
        assert standing(bare) is Standing.CURRENT

    def test_one_that_stopped_on_the_way_is_older(self, bare: Engine) -> None:
        upgrade(bare, revisions()[0])
        assert standing(bare) is Standing.OLDER

    def test_one_of_a_later_program_is_newer(self, bare: Engine) -> None:
        upgrade(bare)
        with bare.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        assert standing(bare) is Standing.NEWER

    def test_somebody_elses_is_foreign(self, bare: Engine) -> None:
        with bare.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE recipe (name TEXT)")
        assert standing(bare) is Standing.FOREIGN
