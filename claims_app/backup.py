"""One file that holds everything: made while people work, checked through and through before it is put in place."""

import hashlib
import json
import os
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import IO

from claims_app.errors import DomainError

FORMAT = "claims-desk-backup/1"
DATABASE = "claims.db"
CAPTURES = "captures"
#: The folder in ``CAPTURES`` of what nobody has saved yet; it is no part of a backup.
INCOMING = "incoming"
MANIFEST = "manifest.json"

_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Packed:
    """One file of a backup."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds and when it was made."""

    made_at: str
    revision: str
    files: Mapping[str, Packed]


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as it stands at one moment, while others go on reading and writing."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(source, timeout=10)) as ours, closing(sqlite3.connect(target)) as copy:
            ours.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # the copy is one file, readable anywhere
    except sqlite3.Error as error:
        target.unlink()
        raise DomainError("%(file)s cannot be copied: %(problem)s.", file=source, problem=error) from error


def check_database(database: Path) -> None:
    """Refuse a database that is damaged or whose rows point at nothing."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            problems = [row[0] for row in connection.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            loose = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        problems, loose = [str(error)], None
    if problems:
        raise DomainError("The database is damaged: %(problem)s.", problem=problems[0])
    if loose:
        raise DomainError("A row of the table %(table)s points at nothing.", table=loose[0])


def write_backup(*, database: Path, captures: Path, target: Path, revision: str) -> Manifest:
    """Write a backup to ``target``, which must not be there yet and appears only when it is whole."""
    if target.exists():
        raise DomainError("%(file)s is there already; choose another name.", file=target)
    part = target.with_name(f"{target.name}.part")
    copy = target.with_name(f"{target.name}.db.part")
    try:
        copy_database(database, copy)
        check_database(copy)
        with created(part) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            packed = {DATABASE: _pack(archive, DATABASE, copy)}
            # After the database: a file that it names was captured before, and captured files never change.
            for path in sorted(captures.rglob("*")):
                if path.is_file() and captures / INCOMING not in path.parents:
                    name = f"{CAPTURES}/{path.relative_to(captures).as_posix()}"
                    packed[name] = _pack(archive, name, path)
            manifest = Manifest(datetime.now(UTC).isoformat(timespec="seconds"), revision, packed)
            archive.writestr(MANIFEST, json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
        copy.unlink(missing_ok=True)
    return manifest


@contextmanager
def created(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file that its owner only can read, and see it safely on the disk at the end."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def _pack(archive: zipfile.ZipFile, name: str, path: Path) -> Packed:
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        return _copy(source, target)


def _copy(source: IO[bytes], target: IO[bytes]) -> Packed:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        target.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    return Packed(digest.hexdigest(), size)


def unpack_backup(file: Path, folder: Path) -> Manifest:
    """Unpack a backup into ``folder``; anything that is not as its manifest says is refused."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _read_manifest(archive, file)
            for name, expected in manifest.files.items():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as source, created(target) as stream:
                    if _copy(source, stream) != expected:
                        raise DomainError("%(name)s in %(file)s is not what was backed up.", name=name, file=file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DomainError("%(file)s is damaged or not a backup: %(problem)s.", file=file, problem=error) from error
    return manifest


def _read_manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    names = archive.namelist()
    try:
        content = json.loads(archive.read(MANIFEST))
        layout = content["format"]
        files = {name: Packed(str(entry["sha256"]), int(entry["bytes"])) for name, entry in content["files"].items()}
        manifest = Manifest(str(content["made_at"]), str(content["revision"]), files)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DomainError("%(file)s is not a backup of a desk.", file=file) from error
    if layout != FORMAT:
        raise DomainError("%(file)s is a backup of another kind: %(layout)s.", file=file, layout=layout)
    if DATABASE not in files or sorted(names) != sorted([*files, MANIFEST]):
        raise DomainError("%(file)s does not hold the files that it lists.", file=file)
    if not all(name == DATABASE or _is_capture(name) for name in files):
        raise DomainError("%(file)s holds files that do not belong to a desk.", file=file)
    return manifest


def _is_capture(name: str) -> bool:
    path = PurePosixPath(name)
    is_inside = path.parts[:1] == (CAPTURES,) and len(path.parts) > 1 and ".." not in path.parts
    return is_inside and path.as_posix() == name and not {"\\", ":", "\0"} & set(name)


def put_in_place(unpacked: Path, *, data: Path, mark: str) -> Path | None:
    """Make an unpacked backup the desk's own; return the folder, named by ``mark``, that now holds what was there."""
    database = data / DATABASE
    if database.exists():
        _need_closed(database)
    # A log left over from another database would be played into the restored one.
    present = [data / name for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", CAPTURES)]
    present = [path for path in present if path.exists()]
    aside = _move_aside(present, data / f"before-{mark}") if present else None
    if (unpacked / CAPTURES).is_dir():
        (unpacked / CAPTURES).rename(data / CAPTURES)
    # Last, because a desk is where its database is.
    (unpacked / DATABASE).rename(database)
    return aside


def _move_aside(paths: Sequence[Path], folder: Path) -> Path:
    """Move ``paths`` into ``folder``, or into one of that name with a number: nothing moved before is touched."""
    names = (folder.with_name(f"{folder.name}-{number}") for number in count(2))
    aside = next(path for path in chain([folder], names) if not path.exists())
    aside.mkdir(mode=0o700)
    for path in paths:
        path.rename(aside / path.name)
    return aside


def _need_closed(database: Path) -> None:
    """Refuse while anybody has the database open; at the end all of it is in its one file."""
    try:
        with closing(sqlite3.connect(database, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise DomainError("The desk is running; stop it first.") from error
    except sqlite3.DatabaseError:
        pass  # a damaged file is moved aside as it is
