"""Reading an export's parts: nothing is unpacked by its name, believed without its digest, or held whole in memory."""

import hashlib
import shutil
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from claims_app.errors import DomainError
from claims_app.files import is_digest
from claims_app.moving import form
from claims_app.moving.form import FILES, FORMAT, MANIFEST
from claims_app.plain_json import read_json

_CHUNK = 1024 * 1024
_MOST_MANIFEST = 64_000_000
#: A file of the store that is packed tighter was not packed by this program.
_MOST_RATIO = 200
#: What a damaged archive raises, by the way it was packed.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an export, as the manifest has it."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table of an export, as the manifest has it."""

    columns: tuple[str, ...]
    rows: int
    part: Part


@dataclass(frozen=True)
class Manifest:
    """What an export says that it holds."""

    made_at: str
    revision: str
    #: The number and the hash of the last entry of the history.
    history: tuple[int, str]
    tables: Mapping[str, TablePart]
    files: Part
    missing: frozenset[str]
    sha256: str


class Export:
    """An export that is open for reading; every refusal is a sentence that names it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._archive = zipfile.ZipFile(path)
        except _DAMAGED as error:
            raise self._damaged(error) from error
        try:
            self._guard()
            self.manifest = self._read_manifest()
            self.files = self._read_files()
            self._need_listed()
        except BaseException:
            self._archive.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._archive.close()

    def need_room(self, folder: Path) -> None:
        """Refuse an export that unpacks to more than the disk of ``folder`` has room for."""
        size, free = sum(entry.file_size for entry in self._archive.infolist()), shutil.disk_usage(folder).free
        if size > free:
            raise self.refuse(
                "it unpacks to %(size)s MB, and %(folder)s has room for %(free)s MB",
                size=size // 1_000_000,
                free=free // 1_000_000,
                folder=folder,
            )

    def chunks(self, name: str, part: Part) -> Iterator[bytes]:
        """Yield a part piece by piece; at its end it has to have been what the manifest says."""
        digest, size = hashlib.sha256(), 0
        try:
            source = self._archive.open(name)
        except (KeyError, *_DAMAGED) as error:
            raise self._damaged(error) from error
        with source:
            while piece := self._piece(source):
                digest.update(piece)
                size += len(piece)
                if size > part.bytes:
                    break
                yield piece
        if (digest.hexdigest(), size) != (part.sha256, part.bytes):
            raise self.refuse("%(name)s is not what was exported", name=name)

    def lines(self, name: str, part: Part) -> Iterator[tuple[int, bytes]]:
        """Yield the lines of a part with their numbers, from 1."""
        rest, number = b"", 0
        for piece in self.chunks(name, part):
            *whole, rest = (rest + piece).split(b"\n")
            if len(rest) > form.MOST_LINE:
                raise self.refuse_line(name, number + len(whole) + 1, "it is longer than any row")
            for line in whole:
                number += 1
                yield number, line
        if rest:
            yield number + 1, rest

    def records(self, name: str, part: Part) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the records of a part with the lines that they stand in; no line may hold anything else."""
        for number, line in self.lines(name, part):
            try:
                found = read_json(line)
            except DomainError as refusal:
                raise self.refuse_line(name, number, str(refusal)) from refusal
            if not isinstance(found, dict):
                raise self.refuse_line(name, number, "A row stands in braces.")
            yield number, found

    def refuse(self, problem: str, **values: object) -> DomainError:
        """Return the refusal of this export for a reason."""
        told = problem % values if values else problem
        return DomainError("%(file)s cannot be brought in: %(problem)s.", file=self._path, problem=_printable(told))

    def refuse_line(self, name: str, number: int, problem: str) -> DomainError:
        """Return the refusal of this export for what stands in one line of it."""
        return self.refuse(f"{name}, line {number}: {problem.rstrip('.')}")

    def _damaged(self, error: Exception) -> DomainError:
        return self.refuse("it is damaged or not the export of a desk (%(error)s)", error=error or type(error).__name__)

    def _piece(self, source: Any) -> bytes:
        try:
            return bytes(source.read(_CHUNK))
        except (OSError, *_DAMAGED) as error:
            raise self._damaged(error) from error

    def _guard(self) -> None:
        """Refuse a package that is made to harm whoever unpacks it."""
        entries = self._archive.infolist()
        twice = [name for name, number in Counter(entry.filename for entry in entries).items() if number > 1]
        if twice:
            raise self.refuse("%(name)s is in it twice", name=twice[0])
        if sum(entry.compress_size for entry in entries) > self._path.stat().st_size:
            raise self.refuse("its parts lie over each other")
        for entry in entries:
            if stat.S_ISLNK(entry.external_attr >> 16) or entry.is_dir():
                raise self.refuse("%(name)s is a link or a folder, not a file", name=entry.filename)
            if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self.refuse("%(name)s is locked or packed in another way", name=entry.filename)
            is_tight = entry.file_size > _CHUNK and entry.file_size > _MOST_RATIO * entry.compress_size
            if is_tight and form.digest_in(entry.filename):
                raise self.refuse("%(name)s unpacks to far more than it is", name=entry.filename)

    def _read_manifest(self) -> Manifest:
        try:
            with self._archive.open(MANIFEST) as source:
                content = source.read(_MOST_MANIFEST + 1)
        except (KeyError, *_DAMAGED) as error:
            raise self._damaged(error) from error
        if len(content) > _MOST_MANIFEST:
            raise self.refuse("its manifest is too long")
        try:
            told = read_json(content)
            layout = str(told["format"])
            manifest = _manifest(told, hashlib.sha256(content).hexdigest()) if layout == FORMAT else None
        except DomainError as refusal:
            raise self.refuse_line(MANIFEST, 1, str(refusal)) from refusal
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self.refuse("it is not the export of a desk") from error
        if manifest is None:
            raise self.refuse("it is an export of another form, %(layout)s", layout=layout[:80])
        return manifest

    def _read_files(self) -> dict[str, int]:
        """Return the files of the store that are in the export, by their digests, with their sizes."""
        found: dict[str, int] = {}
        for number, one in self.records(FILES, self.manifest.files):
            digest, size = one.get("sha256"), one.get("bytes")
            if not (isinstance(digest, str) and is_digest(digest) and type(size) is int and digest not in found):
                raise self.refuse_line(FILES, number, "it names no file with its size, or one that was named before")
            found[digest] = size
        return found

    def _need_listed(self) -> None:
        """Refuse an export with a part that nothing lists, such as one whose name leads out of its folder."""
        wanted = {MANIFEST, FILES, *(f"tables/{name}.jsonl" for name in self.manifest.tables)}
        wanted |= {form.name_file(digest) for digest in self.files}
        names = set(self._archive.namelist())
        if names - wanted:
            raise self.refuse("%(name)s does not belong into an export", name=min(names - wanted))
        if wanted - names:
            raise self.refuse("%(name)s is missing in it", name=min(wanted - names))


def _printable(text: str) -> str:
    """Return a text without what moves a terminal's cursor; a part may have any name."""
    return "".join(mark if mark.isprintable() else f"\\x{ord(mark):02x}" for mark in text)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _size(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError
    return value


def _part(told: Mapping[str, Any]) -> Part:
    return Part(_text(told["sha256"]), _size(told["bytes"]))


def _manifest(told: Mapping[str, Any], sha256: str) -> Manifest:
    tables = {
        _text(one["name"]): TablePart(tuple(map(_text, one["columns"])), _size(one["rows"]), _part(one))
        for one in told["tables"]
    }
    if len(tables) != len(told["tables"]):
        raise ValueError
    missing = frozenset(map(_text, told["missing"]))
    if not all(map(is_digest, missing)):
        raise ValueError
    history = _size(told["history"]["entries"]), _text(told["history"]["last_hash"])
    return Manifest(
        made_at=_text(told["made_at"]),
        revision=_text(told["revision"]),
        history=history,
        tables=tables,
        files=_part(told["files"]),
        missing=missing,
        sha256=sha256,
    )
