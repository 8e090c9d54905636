"""Making a desk, bringing it up to date, and filling it."""

import json
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from claims_app import schema
from claims_app.claims.model import Claim
from claims_app.cli import opening
from claims_app.people.model import Person, Role
from tests.cli.command import Desk


def status(desk: Desk) -> dict[str, object]:
    answer: dict[str, object] = json.loads(desk.did("status", "--json"))
    return answer


class TestInit:
    def test_makes_a_desk_with_its_first_editor_and_the_example(self, desk: Desk) -> None:
        told = desk.did("init")
        assert f"The desk is made in {desk.data}." in told
        assert "editor@localhost" in told
        assert (status(desk)["articles"], status(desk)["claims"]) == (1, 104)
        with desk.session() as session:
            editor = session.get_one(Person, 1)
        assert (editor.email, editor.name, editor.role) == ("editor@localhost", "First editor", Role.ADMIN)
        assert (editor.language, editor.is_active, editor.password_hash) == ("en", True, None)

    def test_names_the_first_editor_in_the_desk_s_language(self, desk: Desk) -> None:
        desk.did("init", "--no-example", language="he")
        with desk.session() as session:
            editor = session.get_one(Person, 1)
        assert (editor.name, editor.language) == ("עריכה ראשית", "he")

    def test_makes_an_empty_desk_if_asked(self, desk: Desk) -> None:
        desk.did("init", "--no-example")
        assert (status(desk)["articles"], status(desk)["people"]) == (0, 1)

    def test_keeps_the_folder_to_its_owner(self, desk: Desk) -> None:
        desk.did("init", "--no-example")
        assert stat.S_IMODE(desk.data.stat().st_mode) == 0o700

    def test_adds_nothing_to_a_desk_that_is_there(self, empty: Desk) -> None:
        before = status(empty)
        assert empty.did("init") == f"The desk in {empty.data} is ready; nothing was added.\n"
        assert status(empty) == before

    def test_makes_a_desk_without_the_example_if_that_cannot_be_loaded(self, desk: Desk) -> None:
        with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC), tick=False):
            result = desk.claims("init")
        assert result.exit_code == 0
        assert result.stderr.startswith("The example newsroom is left out: evidence.jsonl, line 1: ")
        assert (status(desk)["claims"], status(desk)["people"]) == (0, 1)

    def test_leaves_nothing_half_made(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(opening, "load_newsroom", fail)
            assert desk.claims("init").exit_code == 1
        with desk.session() as session:
            assert session.scalars(select(Person)).all() == []
        assert "is made" in desk.did("init")
        assert status(desk)["claims"] == 104


class TestMigrate:
    def test_does_nothing_to_a_database_that_is_up_to_date(self, empty: Desk) -> None:
        assert "nothing had to be done" in empty.did("migrate")
        assert list(empty.data.glob("claims-*")) == []

    def test_copies_an_older_database_before_it_changes_it(self, example: Desk) -> None:
        before = status(example)
        revision = example.step_back()
        told = example.did("migrate")
        (copy,) = example.data.glob(f"claims-{revision}-*.db")
        assert str(copy) in told
        assert schema.head_revision() in told
        assert status(example) == before
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(revision,)]
            assert connection.execute("SELECT count(*) FROM claim").fetchall() == [(104,)]
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600

    def test_counts_in_an_older_database_the_figures_that_differ(self, example: Desk) -> None:
        def differing() -> list[tuple[int, int]]:
            with example.session() as session:
                rows = session.execute(select(Claim.id, Claim.differing).where(Claim.differing > 0).order_by(Claim.id))
                return [(row.id, row.differing) for row in rows]

        before = differing()
        assert 3 in [number for _claim, number in before]
        example.execute("UPDATE claim SET differing = 0")
        example.step_back()
        example.did("migrate")
        assert differing() == before

    def test_init_migrates_too(self, example: Desk) -> None:
        example.step_back()
        assert "The database had an older schema. A copy as it was: " in example.did("init")
        assert status(example)["claims"] == 104

    def test_no_other_command_touches_an_older_database(self, example: Desk) -> None:
        example.step_back()
        assert example.refused("status") == f"{example.database} has an older schema; run claims migrate."

    @pytest.mark.parametrize("command", ["status", "migrate", "init"])
    def test_a_newer_database_is_left_alone(self, empty: Desk, command: str) -> None:
        empty.execute("UPDATE alembic_version SET version_num = '9999'")
        assert "was written by a newer version of Claims Desk; update this one first." in empty.refused(command)

    @pytest.mark.parametrize("command", ["status", "migrate", "init"])
    def test_another_program_s_database_is_left_alone(self, desk: Desk, command: str) -> None:
        desk.data.mkdir()
        with closing(sqlite3.connect(desk.database)) as connection:
            connection.execute("CREATE TABLE song (title TEXT)")
        assert desk.refused(command) == f"{desk.database} is not the database of a desk."

    @pytest.mark.parametrize("command", ["status", "migrate", "init"])
    def test_a_file_that_is_no_database_is_refused(self, desk: Desk, command: str) -> None:
        desk.data.mkdir()
        desk.database.write_text("Not a database, but long enough to be looked at. " * 100)
        assert desk.refused(command) == f"{desk.database} cannot be used: file is not a database."

    def test_a_migration_that_fails_names_the_copy(self, example: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_: object) -> None:
            raise RuntimeError("Rows point at nothing.")

        example.step_back()
        with monkeypatch.context() as patch:
            patch.setattr(schema, "upgrade", fail)
            told = example.refused("migrate")
        (copy,) = example.data.glob("claims-*.db")
        assert told.startswith("The database could not be brought up to date: Rows point at nothing.")
        assert told.endswith(str(copy))

    def test_a_mistake_of_ours_is_not_blamed_on_the_file(self, empty: Desk) -> None:
        with pytest.raises(IntegrityError), opening.opened(empty.database) as engine, engine.connect() as connection:
            connection.exec_driver_sql("INSERT INTO history_head VALUES (2, 0, '')")


class TestSeed:
    def test_loads_the_example_once(self, empty: Desk) -> None:
        assert empty.did("seed") == "Added: articles 1, claims 104, evidence 182.\n"
        before = status(empty)
        assert empty.did("seed") == "Added: articles 0, claims 0, evidence 0.\n"
        assert status(empty) == before

    def test_loads_another_folder(self, empty: Desk, tmp_path: Path) -> None:
        (tmp_path / "newsroom.json").write_text('{"account": {"email": "a@b", "name_en": "A"}, "articles": []}')
        for name in ("claims", "sources", "evidence"):
            (tmp_path / f"{name}.jsonl").write_text("")
        assert empty.did("seed", str(tmp_path)) == "Added: articles 0, claims 0, evidence 0.\n"

    def test_a_wrong_file_adds_nothing(self, empty: Desk, tmp_path: Path) -> None:
        before = status(empty)
        assert empty.refused("seed", str(tmp_path)) == f"There is no file newsroom.json in {tmp_path}."
        assert status(empty) == before
