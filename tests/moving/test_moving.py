"""A desk that moves through its own export is the same desk, row by row and file by file."""

import json
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from claims_app import schema
from claims_app.articles.model import Article
from claims_app.db import Base, open_engine, open_sessions
from claims_app.errors import DomainError
from claims_app.files import Files
from claims_app.history.model import Action, HistoryEntry
from claims_app.moving import form, writing
from claims_app.moving.form import FORMAT, LEFT_OUT, MADE_ANEW, Kind, kind_of, list_travellers
from claims_app.moving.writing import save_desk
from claims_app.people.model import Person, SignInLink
from claims_app.people.service import check_password
from claims_app.reading import clean
from claims_app.signoff.service import verify_sign_offs
from tests.cli.command import CHECKOUT, Desk
from tests.factories import Factory
from tests.moving.exports import rows_of, take_apart

NAUGHTY = (
    "=cmd|' /C calc'!A1",
    "</script><script>alert(1)</script>",
    "שָׁלוֹם \u202e abc \u200f 40%",
    "line\u2028separator\ttab\r\nbreak \x01 control",
    "👩‍👩‍👧‍👦 𝔘𝔫𝔦 \ufeff",
    "'; DROP TABLE claim; --",
    '\\u0000 \\ " { [',
)
# What may not pass for a secret without somebody having thought of it: what travels, and why that is right.
TRAVELLING_SECRETS = {
    ("person", "password_hash"),  # so that people can sign in
    ("article", "origin_key"),  # the name under which an import knows a record
    ("claim", "origin_key"),
    ("day_stamp", "token_sha256"),  # the digest of a timestamp
    ("earlier_check", "key"),  # by which a page and its claim are known again
    ("webhook", "secret"),  # so that receivers go on knowing whom a message is from
}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Desk:
    """A desk with a record of every kind, strings of every sort, files, and one file that is lost."""
    desk = Desk(tmp_path_factory.mktemp("full") / "desk", {"language": "en"})
    desk.data.mkdir()
    desk.database.write_bytes(migrated.read_bytes())
    files = Files(desk.data / "captures")
    with desk.session() as session:
        make = Factory(session)
        make.copy(make.source(address="https://one.example/"), text="The bridge. " * 200_000, files=files)
        make.copy(make.source(address="https://two.example/"), text="short", files=files)
        make.everything()
        for text in NAUGHTY:
            make.claim(statement_en=text, statement_he=f"טענה {text}")
    return desk


@pytest.fixture(scope="module")
def file(full: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "desk.zip"
    full.did("export", str(path))
    return path


@pytest.fixture(scope="module")
def moved(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("moved") / "desk", {"language": "en"})
    desk.did("import", "desk", str(file))
    return desk


def content(desk: Desk, table: str) -> list[dict[str, Any]]:
    with desk.session() as session:
        found = session.connection().exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1, 2").mappings().all()
    return [dict(row) for row in found]


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection


class TestWhatTravels:
    def test_is_every_table_that_is_not_left_out_by_name(self, connection: Connection) -> None:
        found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
        there = {name for name in found if not name.startswith("sqlite_")}
        travelling = {one.name for one in list_travellers(connection)}
        assert travelling == there - LEFT_OUT.keys()
        assert LEFT_OUT.keys() <= there
        assert travelling == Base.metadata.tables.keys() - LEFT_OUT.keys()

    def test_is_every_column_that_is_not_worked_out_or_made_anew(self, connection: Connection) -> None:
        for one in list_travellers(connection):
            described = Base.metadata.tables[one.name].columns
            left = {name for table, name in MADE_ANEW if table == one.name}
            wanted = {column.name for column in described if column.computed is None} - left
            assert {column.name for column in one.columns} == wanted, one.name
            assert all(isinstance(kind_of(column), Kind) for column in one.columns)

    def test_is_no_secret_that_nobody_thought_of(self, connection: Connection) -> None:
        """A table of keys or tokens has to be left out, or be named above with the reason."""
        told = {(one.name, column.name) for one in list_travellers(connection) for column in one.columns}
        telling = re.compile("token|secret|password|key|salt|credential")
        assert {one for one in told if telling.search(one[1])} == TRAVELLING_SECRETS

    def test_is_told_in_the_documentation(self) -> None:
        said = (CHECKOUT / "docs" / "export.md").read_text(encoding="utf-8")
        assert FORMAT in said
        for name in (*LEFT_OUT, *(".".join(column) for column in MADE_ANEW)):
            assert f"`{name}`" in said or name.startswith(("claim_search_", "earlier_search_")), name


class TestADeskThatMoved:
    def test_is_the_same_row_by_row(self, full: Desk, moved: Desk) -> None:
        with full.session() as session:
            names = [one.name for one in list_travellers(session.connection())]
        assert len(names) > 25
        for name in names:
            before, after = content(full, name), content(moved, name)
            if name == "history":
                # The one desk wrote down that it went out, the other that it came in.
                assert before[-1]["action"] == Action.EXPORTED
                assert after[-1]["action"] == Action.RESTORED
                before, after = before[:-1], after[:-1]
            if name == "history_head":
                continue
            if name == "person":
                for row in before + after:
                    row.pop("session_key")
            assert before, f"let Factory.everything() make a {name}"
            assert after == before, name

    def test_counts_and_finds_the_same(self, full: Desk, moved: Desk) -> None:
        for name in ("claim_tally", "claim_facet"):
            # A count that went down to nothing leaves its row behind.
            before, after = ([row for row in content(desk, name) if row["number"]] for desk in (full, moved))
            assert after == before, name
        with full.session() as one, moved.session() as other:
            for words in ("bridge", "טענה", "script"):
                wanted = f"SELECT rowid FROM claim_search WHERE claim_search MATCH '{words}' ORDER BY 1"
                found = one.connection().exec_driver_sql(wanted).all()
                assert found
                assert other.connection().exec_driver_sql(wanted).all() == found
            other.connection().exec_driver_sql(
                "INSERT INTO claim_search (claim_search, rank) VALUES ('integrity-check', 1)"
            )

    def test_holds_in_its_history_its_sign_offs_and_its_files(self, full: Desk, moved: Desk) -> None:
        assert "The history is whole" in moved.did("history", "verify")
        with full.session() as one, moved.session() as other:
            for article_id in one.scalars(select(Article.id)):
                before, after = (
                    [(signed.digest, len(problems)) for signed, problems in verify_sign_offs(session, article_id)]
                    for session in (one, other)
                )
                assert after == before
        assert set(Files(moved.data / "captures").list_kept()) == set(Files(full.data / "captures").list_kept())
        told = [json.loads(desk.claims("captures", "verify", "--json").stdout) for desk in (full, moved)]
        assert told[0] == told[1]

    def test_lets_people_in_by_their_passwords_and_by_nothing_else(self, full: Desk, moved: Desk) -> None:
        with moved.session() as session:
            person = session.scalars(select(Person).where(Person.password_hash.is_not(None))).one()
            assert check_password(session, email=person.email, password="a quiet bridge").person_id == person.id
            assert session.scalars(select(SignInLink)).all() == []
        with full.session() as session:
            assert session.scalars(select(SignInLink)).all() != []
        keys = [{row["session_key"] for row in content(desk, "person")} for desk in (full, moved)]
        assert not keys[0] & keys[1]
        assert len(keys[1]) == len(content(moved, "person"))
        assert not (moved.data / "secret.key").exists()

    def test_says_what_it_was_made_of(self, full: Desk, moved: Desk) -> None:
        out, back = content(full, "history")[-1], content(moved, "history")[-1]
        digests = [json.loads(row["changes"])["digest"] for row in (out, back)]
        assert digests[0] == digests[1]
        assert str(back["why"]).startswith("Brought in from the export of 20")

    def test_works_on_and_moves_on(self, moved: Desk, tmp_path: Path) -> None:
        with moved.session() as session:
            made = Factory(session, first=10_000).claim(session.get_one(Article, 1))
            assert made.number > 1
        moved.did("export", str(tmp_path / "again.zip"))
        third = Desk(tmp_path / "third", {"language": "en"})
        third.did("import", "desk", str(tmp_path / "again.zip"))
        assert content(third, "claim") == content(moved, "claim")
        assert [row["action"] for row in content(third, "history")].count(Action.RESTORED) >= 2


class TestTheFile:
    def test_can_be_read_without_the_program(self, full: Desk, file: Path) -> None:
        parts = take_apart(file)
        manifest = json.loads(parts["manifest.json"])
        assert manifest["format"] == FORMAT
        assert manifest["revision"] == schema.head_revision()
        claims = rows_of(parts, "claim")
        assert {clean(text) for text in NAUGHTY} <= {row["statement_en"] for row in claims}
        assert {row["status"] for row in claims} >= {"unchecked", "partly"}
        figure = rows_of(parts, "figure")[0]
        assert (figure["low"], figure["is_about"], figure["as_of"]) == (120.0, True, "2026-H1")
        moment = datetime.fromisoformat(rows_of(parts, "article")[0]["deadline_at"])
        assert moment.isoformat() == "2026-01-02T12:00:00+00:00"
        assert isinstance(rows_of(parts, "history")[0]["changes"], dict)

    def test_tells_what_the_desk_has_lost(self, full: Desk, file: Path, tmp_path: Path) -> None:
        missing = json.loads(take_apart(file)["manifest.json"])["missing"]
        assert "ab" * 32 in missing
        told = full.claims("export", str(tmp_path / "again.zip"))
        assert f"NOT whole: {len(missing)} files are lost" in told.stderr

    def test_holds_no_link_and_no_session(self, full: Desk, file: Path) -> None:
        everything = b"".join(take_apart(file).values())
        for row in content(full, "sign_in_link"):
            assert str(row["token_sha256"]).encode() not in everything
        for row in content(full, "person"):
            assert str(row["session_key"]).encode() not in everything

    def test_is_not_packed_tighter_than_a_reader_takes(self, file: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            stored = [one for one in archive.infolist() if form.digest_in(one.filename)]
            assert any(one.file_size > 2_000_000 for one in stored)
            assert all(one.file_size <= 50 * one.compress_size for one in stored)

    def test_is_for_its_owner_and_never_overwritten(self, full: Desk, file: Path) -> None:
        assert file.stat().st_mode & 0o077 == 0
        assert full.refused("export", str(file)) == f"{file} is there already; choose another name."

    def test_is_not_left_half_written(self, full: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(form, "MOST_LINE", 100)
        with full.session() as session, pytest.raises(DomainError, match="longer than any reader takes"):
            save_desk(session, Files(full.data / "captures"), tmp_path / "desk.zip")
        assert list(tmp_path.iterdir()) == []

    def test_does_not_carry_a_file_that_changes_meanwhile(
        self, full: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(writing, "_pieces", lambda _path: [b"another"])
        monkeypatch.setattr(writing, "_method_for", lambda *_: zipfile.ZIP_STORED)
        with full.session() as session, pytest.raises(DomainError, match="changed while it was read"):
            save_desk(session, Files(full.data / "captures"), tmp_path / "desk.zip")


class TestWhereItArrives:
    def test_a_desk_that_is_there_stays(self, file: Path, moved: Desk) -> None:
        before = moved.database.read_bytes()
        said = moved.refused("import", "desk", str(file))
        assert said == f"There is a desk in {moved.data} already; set CLAIMS_DATA to a new folder."
        assert moved.database.read_bytes() == before

    def test_another_import_waits(self, file: Path, tmp_path: Path) -> None:
        desk = Desk(tmp_path / "desk")
        (desk.data / "importing").mkdir(parents=True)
        assert "Another import runs, or one was stopped" in desk.refused("import", "desk", str(file))

    def test_a_refused_one_leaves_nothing(self, file: Path, tmp_path: Path) -> None:
        desk = Desk(tmp_path / "desk")
        half = tmp_path / "half.zip"
        half.write_bytes(file.read_bytes()[:-2000])
        assert "is damaged or not the export of a desk" in desk.refused("import", "desk", str(half))
        assert not desk.data.exists()

    @pytest.mark.parametrize("step", ["finish_loading", "put_in_place"])
    def test_a_killed_import_leaves_no_desk(self, file: Path, tmp_path: Path, step: str) -> None:
        """Killed before anything is in its place, and when all but the database is."""
        desk = Desk(tmp_path / "desk", {"language": "en"})
        killed = subprocess.run(
            [sys.executable, "-c", KILLER, step, str(file)], cwd=CHECKOUT, env=desk.environment(), check=False
        )
        assert killed.returncode == -signal.SIGKILL
        assert not desk.database.exists()
        assert "one was stopped" in desk.refused("import", "desk", str(file))
        shutil.rmtree(desk.data / "importing")
        assert ("What was there is now in" in desk.did("import", "desk", str(file))) is (step == "put_in_place")
        assert "The history is whole" in desk.did("history", "verify")


KILLER = """
import os, signal, sys
from claims_app import backup
from claims_app.cli import main, moving
step, file = sys.argv[1:]
def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
if step == "put_in_place":
    from pathlib import Path
    rename = Path.rename
    Path.rename = lambda path, target: kill() if path.name == "claims.db" else rename(path, target)
else:
    real = getattr(moving, step)
    setattr(moving, step, lambda *arguments: kill(real(*arguments)))
main(["import", "desk", file])
"""


class TestAnotherVersion:
    def test_an_older_desk_is_brought_up_to_date(self, tmp_path: Path, migrated: Path) -> None:
        """Written at an earlier revision, as an earlier program would have."""
        old = Desk(tmp_path / "old", {"language": "en"})
        old.data.mkdir()
        old.database.write_bytes(migrated.read_bytes())
        with old.session() as session:
            make = Factory(session)
            make.verdict(make.claim(make.article(text="The bridge is 120 metres long.")))
        revision = old.step_back()
        engine = open_engine(old.database)
        path = tmp_path / "old.zip"
        with pytest.MonkeyPatch.context() as patch, open_sessions(engine)() as session:
            patch.setattr(writing, "list_named", lambda _session: [])
            save_desk(session, Files(old.data / "captures"), path)
        engine.dispose()
        assert json.loads(take_apart(path)["manifest.json"])["revision"] == revision != schema.head_revision()
        new = Desk(tmp_path / "new", {"language": "en"})
        new.did("import", "desk", str(path))
        assert "The history is whole" in new.did("history", "verify")
        with new.session() as session:
            assert len(session.scalars(select(HistoryEntry.id)).all()) == len(content(old, "history")) + 1
        assert [row["statement_he"] for row in content(new, "claim")] == [
            row["statement_he"] for row in content(old, "claim")
        ]
        assert not list(new.data.glob("claims-*.db"))
