"""An original is kept whole, once, unchanged and for good; what nobody saved does not stay."""

import hashlib
import json
import os
import stat
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import connect
from threading import Barrier

import pytest

from claims_app import backup
from claims_app.errors import DomainError
from claims_app.files import WAITING, Files

NOW = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
DATA = "דף אחד, as it came in".encode() + bytes(range(256))
SHA256 = hashlib.sha256(DATA).hexdigest()
NONE = "0" * 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "desk" / "captures"


@pytest.fixture
def files(folder: Path) -> Files:
    return Files(folder)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def spoil(path: Path, data: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(data)


class TestPut:
    def test_keeps_bytes_under_their_digest(self, files: Files, folder: Path) -> None:
        assert files.put(DATA) == SHA256
        assert names(folder) == [f"{SHA256[:2]}/{SHA256[2:]}"]
        assert files.path(SHA256).read_bytes() == files.read(SHA256) == DATA

    def test_keeps_the_same_bytes_once(self, files: Files, folder: Path) -> None:
        files.put(DATA)
        before = files.path(SHA256).stat()
        assert files.put(DATA) == SHA256
        assert files.path(SHA256).stat() == before
        assert len(names(folder)) == 1

    def test_keeps_nothing_as_well_as_much(self, files: Files) -> None:
        assert [len(files.read(files.put(data))) for data in (b"", b"x" * 3_000_000)] == [0, 3_000_000]

    def test_lets_nobody_write_and_no_stranger_read(self, files: Files, folder: Path) -> None:
        files.put(DATA)
        assert stat.S_IMODE(files.path(SHA256).stat().st_mode) == 0o400
        assert stat.S_IMODE(files.path(SHA256).parent.stat().st_mode) == 0o700

    def test_mends_a_file_that_was_altered(self, files: Files) -> None:
        files.put(DATA)
        spoil(files.path(SHA256), b"altered")
        files.put(DATA)
        assert files.read(SHA256) == DATA

    def test_is_on_the_disk_before_it_has_its_name(self, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
        """A power cut cannot leave a name without its bytes, nor lose the name after the answer was given."""
        steps: list[str] = []
        real_sync, real_replace = os.fsync, Path.replace

        def sync(handle: int) -> None:
            steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "bytes")
            real_sync(handle)

        def replace(path: Path, target: Path) -> Path:
            steps.append("name")
            return real_replace(path, target)

        files.put(b"the folders are there now")
        path = files.path(files.put(DATA))
        path.unlink()
        monkeypatch.setattr(os, "fsync", sync)
        monkeypatch.setattr(Path, "replace", replace)
        files.put(DATA)
        assert steps == ["bytes", "name", "folder"]

    def test_that_fails_leaves_nothing(self, files: Files, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_handle: int) -> None:
            raise OSError(28, "No space left on device")

        files.put(b"another")
        files.path(SHA256).parent.mkdir()
        before = names(folder)
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            files.put(DATA)
        assert names(folder) == before
        assert not files.has(SHA256)

    def test_by_many_at_once_leaves_one_whole_file(self, files: Files, folder: Path) -> None:
        data, start = os.urandom(400_000), Barrier(8)

        def put(_: int) -> str:
            start.wait()
            sha256 = files.put(data)
            assert files.read(sha256) == data
            return sha256

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(put, range(8)))) == 1
        assert len(names(folder)) == 1


CRASHING = """
import os, sys
from pathlib import Path
from claims_app.files import Files
Path.replace = lambda *_: os.kill(os.getpid(), 9)
Files(Path(sys.argv[1])).put(b"half" * 1000)
"""


def test_a_crash_leaves_no_half_file(files: Files, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CRASHING, str(folder)], check=False)
    sha256 = hashlib.sha256(b"half" * 1000).hexdigest()
    assert done.returncode == -9
    assert not files.has(sha256)
    assert [name.partition("/")[0] for name in names(folder)] == ["incoming"]
    assert files.read(files.put(b"half" * 1000)) == b"half" * 1000


class TestRead:
    def test_of_what_is_missing_names_it(self, files: Files) -> None:
        with pytest.raises(DomainError, match=f"The file {NONE} is missing among the files of the desk; bring it back"):
            files.read(NONE)

    @pytest.mark.parametrize("data", [b"", DATA[:-1], DATA + b"\0", DATA.replace(b"came", b"CAME"), b"x" + DATA[1:]])
    def test_of_what_was_altered_names_it(self, files: Files, data: bytes) -> None:
        files.put(DATA)
        spoil(files.path(SHA256), data)
        with pytest.raises(DomainError, match=f"The file {SHA256} is not what was brought in; bring it back"):
            files.read(SHA256)

    def test_has_says_what_is_there(self, files: Files) -> None:
        assert not files.has(SHA256)
        files.put(DATA)
        assert files.has(SHA256)
        assert not files.has(NONE)


TRICKS = [
    "",
    "..",
    "../" * 21 + "x",
    "/etc/passwd" + "0" * 53,
    "ab/" + "c" * 61,
    SHA256.upper(),
    SHA256[:-1],
    SHA256 + "0",
    SHA256 + "\n",
    "\0" + SHA256[1:],
    "incoming",
    SHA256[:-1] + "g",
    "٠" * 64,
]


@pytest.mark.parametrize("name", TRICKS, ids=ascii)
def test_what_is_no_digest_never_reaches_the_disk(files: Files, folder: Path, name: str) -> None:
    for ask in (files.path, files.has, files.read, files.adopt):
        with pytest.raises(DomainError, match="is not the digest of a file"):
            ask(name)
    assert not folder.exists()


class TestStaging:
    def test_lays_bytes_aside_and_keeps_them_when_they_are_saved(self, files: Files, folder: Path) -> None:
        assert files.stage(DATA, NOW) == SHA256
        assert names(folder) == [f"incoming/{SHA256}"]
        assert not files.has(SHA256)
        files.adopt(SHA256)
        assert names(folder) == [f"{SHA256[:2]}/{SHA256[2:]}"]
        assert files.read(SHA256) == DATA
        assert stat.S_IMODE(files.path(SHA256).stat().st_mode) == 0o400

    def test_saved_twice_is_saved(self, files: Files, folder: Path) -> None:
        files.stage(DATA, NOW)
        files.adopt(SHA256)
        files.adopt(SHA256)
        assert len(names(folder)) == 1

    def test_saved_by_many_at_once_is_saved(self, files: Files, folder: Path) -> None:
        start = Barrier(8)
        files.stage(DATA, NOW)

        def adopt(_: int) -> None:
            start.wait()
            files.adopt(SHA256)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(adopt, range(8)))
        assert names(folder) == [f"{SHA256[:2]}/{SHA256[2:]}"]

    def test_of_what_is_kept_already_ends_with_one_file(self, files: Files, folder: Path) -> None:
        files.put(DATA)
        files.stage(DATA, NOW)
        files.adopt(SHA256)
        assert names(folder) == [f"{SHA256[:2]}/{SHA256[2:]}"]

    def test_can_be_read_while_it_waits_and_no_longer(self, files: Files, folder: Path) -> None:
        files.stage(DATA, NOW)
        assert files.read_staged(SHA256) == DATA
        spoil(folder / "incoming" / SHA256, b"altered")
        for sha256 in (SHA256, NONE):
            with pytest.raises(DomainError, match="waited too long"):
                files.read_staged(sha256)
        with pytest.raises(DomainError, match="not the digest of a file"):
            files.read_staged("../../claims.db")

    def test_that_was_altered_is_not_kept(self, files: Files) -> None:
        files.stage(DATA, NOW)
        spoil(files._incoming / SHA256, b"altered")
        with pytest.raises(DomainError, match="no longer here; bring it in again"):
            files.adopt(SHA256)
        assert not files.has(SHA256)

    def test_of_what_never_came_is_told(self, files: Files) -> None:
        with pytest.raises(DomainError, match="no longer here; bring it in again"):
            files.adopt(NONE)

    def test_that_waited_too_long_is_swept_by_the_next(self, files: Files, folder: Path) -> None:
        files.stage(b"old", NOW)
        recent = files.stage(b"recent", NOW + timedelta(seconds=1))
        after = files.stage(b"after", NOW + WAITING + timedelta(seconds=1))
        assert names(folder) == sorted(f"incoming/{sha256}" for sha256 in (recent, after))

    def test_again_begins_its_time_anew(self, files: Files, folder: Path) -> None:
        files.stage(DATA, NOW)
        files.stage(DATA, NOW + WAITING)
        files.stage(b"later", NOW + WAITING * 2)
        assert f"incoming/{SHA256}" in names(folder)

    def test_never_sweeps_what_is_kept(self, files: Files) -> None:
        os.utime(files.path(files.put(DATA)), (0, 0))
        files.stage(b"much later", NOW + timedelta(days=4000))
        assert files.read(SHA256) == DATA

    def test_sweeps_what_a_crash_left(self, files: Files, folder: Path) -> None:
        files.stage(DATA, NOW)
        left = folder / "incoming" / "left.half"
        left.write_bytes(b"ha")
        os.utime(left, (0, 0))
        files.stage(DATA, NOW)
        assert names(folder) == [f"incoming/{SHA256}"]


def test_a_backup_holds_what_is_kept_and_not_what_waits(files: Files, folder: Path, tmp_path: Path) -> None:
    files.put(DATA)
    files.stage(b"not saved", NOW)
    with closing(connect(folder.parent / "claims.db")) as connection:
        connection.execute("CREATE TABLE words (word TEXT)")
    target = tmp_path / "backup.zip"
    backup.write_backup(database=folder.parent / "claims.db", captures=folder, target=target, revision="1")
    with zipfile.ZipFile(target) as archive:
        assert sorted(json.loads(archive.read("manifest.json"))["files"]) == [
            f"captures/{SHA256[:2]}/{SHA256[2:]}",
            "claims.db",
        ]
    backup.unpack_backup(target, tmp_path / "other")
    assert Files(tmp_path / "other" / "captures").read(SHA256) == DATA
