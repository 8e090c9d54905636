"""Checking a bundle on any machine: every file against its digest, every history entry against its hash."""

import hashlib
import json
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from claims_app.archiving import verify_timestamp
from claims_app.bundles.form import ENTRY, FORMAT, HISTORY, MANIFEST
from claims_app.errors import DomainError
from claims_app.history.model import Action, HistoryEntry

_CHUNK = 1024 * 1024
#: Larger lists than any bundle has are not read.
_MOST_MANIFEST = 64_000_000
_MOST_LINE = 16_000_000
_MOST_STAMP = 64_000_000
#: What a damaged archive raises, by the way it was packed.
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError)
#: What a capture's files are called in the manifest.
_PARTS = ("file", "recording", "text")
_KINDS = {"missing": list, "is_public": bool, "article": dict, "history": dict}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a bundle found; without problems the bundle is whole."""

    problems: tuple[str, ...]
    manifest_sha256: str
    article: dict[str, Any]
    is_public: bool
    files: int
    copies: int
    entries: int


def verify_bundle(path: Path) -> Checked:
    """Check every file, history entry and timestamp of a bundle; what is no bundle at all is a ``DomainError``.

    ``manifest_sha256`` is to be compared with what the desk's history says of the bundle: who can change a bundle can
    change its manifest too.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            content = _read(archive, MANIFEST, _MOST_MANIFEST)
            manifest = _read_manifest(content, path)
            problems = [*_check_files(archive, manifest["files"]), *_check_copies(manifest)]
            history = _History(archive, is_public=manifest["is_public"])
            problems += [*history.problems, *history.compare(manifest), *_check_stamps(archive, manifest)]
    except (*_DAMAGED, KeyError, NotImplementedError, RuntimeError) as error:
        raise DomainError("%(file)s is damaged or not a bundle: %(problem)s.", file=path, problem=error) from error
    return Checked(
        problems=tuple(map(_printable, problems)),
        manifest_sha256=hashlib.sha256(content).hexdigest(),
        article=manifest["article"],
        is_public=manifest["is_public"],
        files=len(manifest["files"]),
        copies=sum("file" in copy for copy in manifest["captures"]),
        entries=history.number,
    )


def _read(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as source:
        content = source.read(most + 1)
    if len(content) > most:
        raise zipfile.BadZipFile(name)
    return content


def _printable(text: str) -> str:
    """Return a text without what moves a terminal's cursor; a file may have any name."""
    return "".join(mark if mark.isprintable() else f"\\x{ord(mark):02x}" for mark in text)


def _read_manifest(content: bytes, path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
        layout = manifest["format"]
        entries, copies = manifest["files"].values(), manifest["captures"]
        parts = [copy.get(part) for copy in copies for part in _PARTS]
        whole = (
            all(isinstance(entry["sha256"], str) and isinstance(entry["bytes"], int) for entry in entries)
            and all(part is None or isinstance(part, str) for part in parts)
            and all(copy.get("finished_at") is None or isinstance(copy["finished_at"], str) for copy in copies)
            and all(isinstance(manifest[name], kind) for name, kind in _KINDS.items())
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise DomainError("%(file)s is not a bundle of an article.", file=path) from error
    if layout != FORMAT or not whole:
        raise DomainError("%(file)s is a bundle of another kind: %(layout)s.", file=path, layout=str(layout)[:80])
    return dict(manifest)


def _check_files(archive: zipfile.ZipFile, expected: dict[str, Any]) -> Iterator[str]:
    names = Counter(archive.namelist())
    for name in sorted(name for name, number in names.items() if number > 1):
        yield f"{name}: is there twice"
    for name in sorted(set(names) - {*expected, MANIFEST}):
        yield f"{name}: is not in the manifest"
    for name, entry in sorted(expected.items()):
        if name not in names:
            yield f"{name}: is missing"
        elif _digest(archive, name, entry["bytes"]) != (entry["sha256"], entry["bytes"]):
            yield f"{name}: is not what the manifest says"


def _digest(archive: zipfile.ZipFile, name: str, most: int) -> tuple[str, int]:
    """Return digest and size of a file; of one that is longer than it should be, of its beginning."""
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(name) as source:
            while size <= most and (piece := source.read(_CHUNK)):
                digest.update(piece)
                size += len(piece)
    except _DAMAGED:
        return "", -1
    return digest.hexdigest(), size


def _check_copies(manifest: dict[str, Any]) -> Iterator[str]:
    """Yield copies that the manifest names but does not list, or lists under a digest that is not their name."""
    for copy in manifest["captures"]:
        for part in _PARTS:
            name = copy.get(part)
            if name is None:
                continue
            entry = manifest["files"].get(name)
            if name in manifest["missing"]:
                yield f"{name}: the desk had lost it when the bundle was made"
            elif entry is None:
                yield f"{name}: is named as a copy but is not in the manifest's list"
            elif _digest_in(name) != entry["sha256"]:
                yield f"{name}: is not the file of its name"


class _History:
    """The history of a bundle, each entry checked against its hash and against the one before it where that is here."""

    def __init__(self, archive: zipfile.ZipFile, *, is_public: bool) -> None:
        self.problems: list[str] = []
        self.number = 0
        self._is_public = is_public
        self._previous: dict[str, Any] | None = None
        self._captured: set[str] = set()
        with archive.open(HISTORY) as lines:
            while line := lines.readline(_MOST_LINE):
                self.number += 1
                try:
                    self._check(json.loads(line))
                except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
                    self.problems.append(f"{HISTORY}: line {self.number} cannot be read")

    def _check(self, told: dict[str, Any]) -> None:
        number, previous = int(told["id"]), self._previous
        if not self._is_public:
            if _hash(told) != told["hash"]:
                self.problems.append(f"history entry {number}: was changed")
            if told["action"] == Action.CAPTURED:
                self._captured.update(value for value in told["changes"].get("sha256", ()) if value)
        if previous and number <= previous["id"]:
            self.problems.append(f"history entry {number}: is out of order")
        elif previous and number == previous["id"] + 1 and told["previous_hash"] != previous["hash"]:
            self.problems.append(f"history entry {number}: does not follow the entry before it")
        self._previous = told

    def compare(self, manifest: dict[str, Any]) -> Iterator[str]:
        """Yield where the history and the manifest do not say the same."""
        last = self._previous["hash"] if self._previous else None
        if manifest["history"] != {"entries": self.number, "last_hash": last}:
            yield f"{HISTORY}: is not as long as the manifest says"
        for copy in () if self._is_public else manifest["captures"]:
            name = copy.get("file")
            if name is not None and _digest_in(name) not in self._captured:
                yield f"{name}: no entry of the history says that it was captured"


def _digest_in(name: str) -> str:
    """Return the digest that a copy is named by."""
    return PurePosixPath(name).name.split(".", 1)[0]


def _hash(told: dict[str, Any]) -> str:
    values = {name: told[name] for name in ENTRY}
    values["at"] = datetime.fromisoformat(values["at"])
    return HistoryEntry(**values).digest()


def _check_stamps(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> Iterator[str]:
    """Yield timestamps that do not fit their list, and copies of a stamped day that are not in its list."""
    listed: dict[str, set[str]] = {}
    for name in sorted(name for name in archive.namelist() if name.startswith("timestamps/") and name.endswith(".tsr")):
        try:
            content = _read(archive, f"{name.removesuffix('.tsr')}.txt", _MOST_STAMP)
            verify_timestamp(_read(archive, name, _MOST_STAMP), content)
            listed[PurePosixPath(name).stem] = set(content.decode("ascii").split())
        except (DomainError, KeyError, ValueError, *_DAMAGED) as error:
            yield f"{name}: {error}"
    for copy in manifest["captures"]:
        name, day = copy.get("file"), (copy.get("finished_at") or "")[:10]
        if name is not None and day in listed and _digest_in(name) not in listed[day]:
            yield f"{name}: is not in the list of digests of {day} that was stamped"
