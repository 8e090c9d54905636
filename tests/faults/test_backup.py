"""A backup is whole whatever goes on meanwhile, and a restore puts nothing in place that is not."""

import hashlib
import json
import shutil
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from claims_app import backup
from claims_app.claims.model import Claim
from claims_app.errors import DomainError, NotAllowed
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Person
from claims_app.people.service import use_link
from tests.cli.command import CHECKOUT, Desk
from tests.faults.writer import WRITER


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with the example newsroom and two captured files; to be copied, not used."""
    desk = Desk(tmp_path_factory.mktemp("made"), {"language": "en"})
    desk.did("init")
    for name, content in (("ab/cdef", b"<html>captured</html>"), ("ef.pdf", b"%PDF " + bytes(range(256)))):
        path = desk.data / "captures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (desk.data / "secret.key").write_text("what signs the sessions")
    return desk


@pytest.fixture
def desk(made: Desk, tmp_path: Path) -> Desk:
    shutil.copytree(made.data, tmp_path / "desk")
    return Desk(tmp_path / "desk", made.variables)


@pytest.fixture
def other(tmp_path: Path) -> Desk:
    """Another machine, where there is no desk yet."""
    return Desk(tmp_path / "other" / "desk", {"language": "en"})


@pytest.fixture
def file(desk: Desk, tmp_path: Path) -> Path:
    path = tmp_path / "backup.zip"
    desk.did("backup", str(path))
    return path


def contents(desk: Desk) -> dict[str, object]:
    found: dict[str, object] = json.loads(desk.did("status", "--json"))
    return {name: value for name, value in found.items() if name not in {"data", "history_entries"}}


class TestBackup:
    def test_holds_the_database_and_the_captured_files_but_no_key(self, file: Path, made: Desk) -> None:
        with zipfile.ZipFile(file) as archive:
            assert sorted(archive.namelist()) == ["captures/ab/cdef", "captures/ef.pdf", "claims.db", "manifest.json"]
            assert archive.read("captures/ab/cdef") == (made.data / "captures" / "ab" / "cdef").read_bytes()
            manifest = json.loads(archive.read("manifest.json"))
        assert (manifest["format"], manifest["revision"]) == (backup.FORMAT, contents(made)["schema"])

    def test_says_how_many_files_it_holds(self, desk: Desk, tmp_path: Path) -> None:
        assert desk.did("backup", str(tmp_path / "three.zip")).endswith("three.zip (3 files).\n")
        shutil.rmtree(desk.data / "captures")
        assert desk.did("backup", str(tmp_path / "one.zip")).endswith("one.zip (1 file).\n")

    def test_is_for_its_owner_only(self, file: Path) -> None:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_leaves_nothing_else_behind(self, file: Path, desk: Desk) -> None:
        assert sorted(path.name for path in file.parent.iterdir()) == sorted([file.name, desk.data.name])

    def test_names_itself_by_the_time_where_no_name_is_given(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        desk.did("backup")
        assert len(list(tmp_path.glob("claims-backup-*.zip"))) == 1

    def test_does_not_overwrite_another(self, file: Path, desk: Desk) -> None:
        before = file.read_bytes()
        assert desk.refused("backup", str(file)) == f"{file} is there already; choose another name."
        assert file.read_bytes() == before

    def test_that_cannot_be_written_is_one_sentence(self, desk: Desk, tmp_path: Path) -> None:
        assert "No such file or directory" in desk.refused("backup", str(tmp_path / "nowhere" / "backup.zip"))

    def test_of_a_damaged_database_is_refused(self, desk: Desk, tmp_path: Path) -> None:
        damage(desk.database)
        assert "damaged" in desk.refused("backup", str(tmp_path / "backup.zip"))
        assert not list(tmp_path.glob("backup*"))

    def test_of_what_is_no_database_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "text").write_text("This is no database at all. " * 100)
        with pytest.raises(DomainError, match="cannot be copied: file is not a database"):
            backup.copy_database(tmp_path / "text", tmp_path / "copy")
        assert not (tmp_path / "copy").exists()

    def test_made_while_others_write_is_one_moment_of_the_desk(self, desk: Desk, other: Desk, tmp_path: Path) -> None:
        """Several backups beside a process that commits without a pause: each is whole, and none stops the writing."""
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER], cwd=CHECKOUT, env=desk.environment(), stdout=subprocess.PIPE, text=True
        )
        with writer:
            assert writer.stdout is not None
            said: list[int] = []
            for number in range(4):
                said.append(int(writer.stdout.readline()))
                desk.did("backup", str(tmp_path / f"{number}.zip"))
            writer.kill()
            said += [int(line) for line in writer.stdout if line.endswith("\n")]
        assert len(said) > 10
        sizes: list[int] = []
        for number in range(4):
            other.did("restore", "--replace", str(tmp_path / f"{number}.zip"))
            other.did("history", "verify")
            sizes.append(int(str(contents(other)["claims"])))
            with other.session() as session:
                newest = session.scalars(
                    select(HistoryEntry).where(HistoryEntry.action == "created").order_by(HistoryEntry.id.desc())
                ).first()
            # What had been committed before the backup began is in it.
            assert newest is not None
            assert newest.claim_id is not None
            assert newest.claim_id >= said[number]
        assert sizes == sorted(sizes)


def damage(database: Path) -> None:
    """Overwrite a piece in the middle of a table, as a failing disk does."""
    with closing(sqlite3.connect(database)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'evidence'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with database.open("r+b") as stream:
        stream.seek((page - 1) * size)
        stream.write(b"\xff" * size)


class TestRestore:
    def test_brings_everything_to_another_machine(self, file: Path, desk: Desk, other: Desk) -> None:
        assert f"is restored in {other.data}." in other.did("restore", str(file))
        assert contents(other) == contents(desk)
        assert (other.data / "captures" / "ef.pdf").read_bytes() == (desk.data / "captures" / "ef.pdf").read_bytes()
        assert sorted(path.name for path in other.data.iterdir()) == ["captures", "claims.db"]
        assert stat.S_IMODE(other.data.stat().st_mode) == 0o700

    def test_is_written_in_the_history(self, file: Path, other: Desk) -> None:
        other.did("restore", str(file))
        with other.session() as session:
            entry = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.subject, entry.actor_name) == ("restored", "desk", "Claims Desk")
        assert (entry.why or "").startswith("Restored from the backup of 20")
        assert other.did("history", "verify").startswith("The history is whole")

    def test_lets_nobody_in_by_what_worked_at_the_time_of_the_backup(self, desk: Desk, other: Desk) -> None:
        token = desk.did("people", "link", "editor@localhost").strip().rpartition("/")[2]
        with desk.session() as session:
            keys = set(session.scalars(select(Person.session_key)))
        file = desk.data.parent / "with-link.zip"
        desk.did("backup", str(file))
        assert "All sessions, sign-in links and tokens ended" in other.did("restore", str(file))
        with other.session() as session:
            assert not keys & set(session.scalars(select(Person.session_key)))
            with pytest.raises(NotAllowed):
                use_link(session, token=token)

    def test_never_overwrites_a_desk_by_itself(self, file: Path, desk: Desk) -> None:
        desk.did("people", "add", "later@example.org", "--name", "Later", "--role", "reader")
        before = contents(desk)
        assert desk.refused("restore", str(file)) == (
            f"There is a desk in {desk.data} already; --replace moves it aside first."
        )
        assert contents(desk) == before

    def test_moves_the_present_desk_aside_if_asked(self, file: Path, desk: Desk) -> None:
        desk.did("people", "add", "later@example.org", "--name", "Later", "--role", "reader")
        told = desk.did("restore", "--replace", str(file))
        assert "later@example.org" not in desk.did("people", "list")
        (aside,) = desk.data.glob("before-*")
        assert told.startswith(f"What was there is now in {aside}\n")
        assert sorted(path.name for path in aside.iterdir()) == ["captures", "claims.db"]
        assert "later@example.org" in Desk(aside).did("people", "list")

    def test_moves_aside_again_without_harm_to_what_was_moved_before(self, file: Path, desk: Desk) -> None:
        for _ in range(3):
            desk.did("restore", "--replace", str(file))
        assert len(list(desk.data.glob("before-*/claims.db"))) == 3

    def test_is_refused_while_the_desk_is_open(self, file: Path, desk: Desk) -> None:
        with desk.session() as session:
            session.connection()
            assert desk.refused("restore", "--replace", str(file)) == "The desk is running; stop it first."
        assert not list(desk.data.glob("before-*"))
        assert not list(desk.data.glob("restore-*"))

    def test_mends_a_damaged_desk(self, file: Path, desk: Desk) -> None:
        before = contents(desk)
        desk.database.write_bytes(b"no database any more " * 1000)
        desk.did("restore", "--replace", str(file))
        assert contents(desk) == before

    def test_leaves_no_log_of_another_database_beside_it(self, file: Path, desk: Desk, other: Desk) -> None:
        other.data.mkdir(parents=True)
        (other.data / "claims.db-wal").write_bytes(b"left over")
        other.did("restore", str(file))
        assert contents(other) == contents(desk)
        assert len(list(other.data.glob("before-*/claims.db-wal"))) == 1

    def test_brings_an_older_backup_up_to_date(self, desk: Desk, other: Desk, tmp_path: Path) -> None:
        before = contents(desk)
        revision = desk.step_back()
        file = tmp_path / "older.zip"
        backup.write_backup(database=desk.database, captures=desk.data / "captures", target=file, revision=revision)
        other.did("restore", str(file))
        assert contents(other) == before
        with other.session() as session:  # what an older desk did not count yet
            assert session.scalar(select(func.count()).where(Claim.differing > 0)) == 7

    def test_an_empty_desk_without_captures_comes_back_too(self, other: Desk, tmp_path: Path) -> None:
        source = Desk(tmp_path / "empty")
        source.did("init", "--no-example")
        source.did("backup", str(tmp_path / "empty.zip"))
        other.did("restore", str(tmp_path / "empty.zip"))
        assert contents(other) == contents(source)


Spoil = Callable[[Path], object]


def rewritten(change: Callable[[dict[str, bytes]], object]) -> Spoil:
    """Return what packs a backup anew after ``change`` to its files."""

    def spoil(file: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        change(files)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)

    return spoil


def listed(held: dict[str, bytes], **changes: object) -> None:
    """Change the list of a backup's files."""
    held["manifest.json"] = json.dumps(json.loads(held["manifest.json"]) | changes).encode()


def relisted(held: dict[str, bytes], database: bytes) -> None:
    """Put another database into a backup and make the list fit it."""
    held["claims.db"] = database
    entries = json.loads(held["manifest.json"])["files"]
    entries["claims.db"] = {"sha256": hashlib.sha256(database).hexdigest(), "bytes": len(database)}
    listed(held, files=entries)


def renamed(name: str) -> Spoil:
    """Return what moves a captured file of the backup to another place, in its list too."""

    def change(files: dict[str, bytes]) -> None:
        files[name] = files.pop("captures/ef.pdf")
        entries = json.loads(files["manifest.json"])["files"]
        entries[name] = entries.pop("captures/ef.pdf")
        listed(files, files=entries)

    return rewritten(change)


def with_database(change: Callable[[sqlite3.Connection], object]) -> Spoil:
    """Return what changes the database of a backup as somebody would who knows how to make the list fit."""

    def spoil(files: dict[str, bytes]) -> None:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(files["claims.db"])
        with closing(connection):
            change(connection)
            connection.commit()
            relisted(files, connection.serialize())

    return rewritten(spoil)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 0xFF
    file.write_bytes(bytes(content))


def forged(connection: sqlite3.Connection) -> None:
    for statement in ("DROP TRIGGER history_no_update", "UPDATE history SET why = 'Forged' WHERE id = 9"):
        connection.execute(statement)


def loosened(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("DELETE FROM source WHERE id = 1")


SPOILT: dict[str, tuple[Spoil, str]] = {
    "no zip": (lambda file: file.write_text("hello"), "is damaged or not a backup"),
    "cut off": (cut, "is damaged or not a backup"),
    "a bit flipped": (flipped, "is damaged or not a backup"),
    "another content": (rewritten(lambda files: files.update({"claims.db": b"x"})), "claims.db in "),
    "no manifest": (rewritten(lambda files: files.pop("manifest.json")), "is not a backup of a desk."),
    "no list": (rewritten(lambda files: files.update({"manifest.json": b"[]"})), "is not a backup of a desk."),
    "another kind": (rewritten(lambda files: listed(files, format="x/9")), "is a backup of another kind: x/9."),
    "a file more": (rewritten(lambda files: files.update({"extra": b""})), "does not hold the files that it lists."),
    "a file less": (rewritten(lambda files: files.pop("captures/ef.pdf")), "does not hold the files that "),
    "no database": (rewritten(lambda files: listed(files, files={})), "does not hold the files that it lists."),
    "outside": (renamed("captures/../../evil"), "holds files that do not belong to a desk."),
    "absolute": (renamed("/tmp/evil"), "holds files that do not belong to a desk."),  # noqa: S108 - nothing is written
    "nameless": (renamed("."), "holds files that do not belong to a desk."),
    "elsewhere": (renamed("secret.key"), "holds files that do not belong to a desk."),
    "a drive": (renamed("captures/c:evil"), "holds files that do not belong to a desk."),
    "forged history": (with_database(forged), "does not hold: entry 9 was changed."),
    "loose rows": (with_database(loosened), "A row of the table evidence points at nothing."),
    "newer": (
        with_database(lambda database: database.execute("UPDATE alembic_version SET version_num = '9999'")),
        "was written by a newer version of Claims Desk",
    ),
    "foreign": (
        with_database(lambda database: database.execute("DROP TABLE alembic_version")),
        "is not the database of a desk.",
    ),
}


@pytest.mark.parametrize(("spoil", "told"), SPOILT.values(), ids=SPOILT.keys())
@pytest.mark.parametrize("is_there", [False, True], ids=["on a new machine", "over a desk"])
def test_a_backup_that_does_not_hold_changes_nothing(
    file: Path, desk: Desk, other: Desk, spoil: Spoil, told: str, is_there: bool
) -> None:
    spoil(file)
    target = desk if is_there else other
    before = sorted(path.name for path in target.data.rglob("*")) if is_there else []
    assert told in target.refused("restore", "--replace", str(file))
    assert sorted(path.name for path in target.data.rglob("*")) == before


def test_an_empty_database_is_no_desk(file: Path, other: Desk) -> None:
    rewritten(lambda files: relisted(files, b""))(file)
    assert other.refused("restore", str(file)).endswith("is not the database of a desk.")


def test_a_damaged_database_is_not_restored(file: Path, other: Desk, tmp_path: Path) -> None:
    def spoil(files: dict[str, bytes]) -> None:
        path = tmp_path / "spoilt.db"
        path.write_bytes(files["claims.db"])
        damage(path)
        relisted(files, path.read_bytes())

    rewritten(spoil)(file)
    assert "The database is damaged: " in other.refused("restore", str(file))
    assert not other.database.exists()


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path: Path) -> Iterator[None]:
    yield
    assert not list(tmp_path.rglob("*.part"))
