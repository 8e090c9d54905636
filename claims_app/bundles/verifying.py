"""Checking a bundle on any machine: every file against its digest, every history entry against its hash."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from claims_app.archiving import verify_timestamp
from claims_app.bundles.form import ENTRY, FORMAT, HISTORY, MANIFEST
from claims_app.errors import DomainError
from claims_app.history.model import HistoryEntry

_CHUNK = 1024 * 1024
#: Larger lists than any bundle has are not read.
_MOST_MANIFEST = 64_000_000
_MOST_LINE = 16_000_000
_MOST_STAMP = 64_000_000


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
            entries, wrong = _check_history(archive, is_public=manifest["is_public"])
            problems += [*wrong, *_check_stamps(archive)]
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise DomainError("%(file)s is damaged or not a bundle: %(problem)s.", file=path, problem=error) from error
    return Checked(
        problems=tuple(problems),
        manifest_sha256=hashlib.sha256(content).hexdigest(),
        article=manifest["article"],
        is_public=manifest["is_public"],
        files=len(manifest["files"]),
        copies=sum("file" in copy for copy in manifest["captures"]),
        entries=entries,
    )


def _read(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as source:
        content = source.read(most + 1)
    if len(content) > most:
        raise zipfile.BadZipFile(name)
    return content


def _read_manifest(content: bytes, path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
        layout = manifest["format"]
        whole = (
            all(
                isinstance(entry["sha256"], str) and isinstance(entry["bytes"], int)
                for entry in manifest["files"].values()
            )
            and all(isinstance(copy, dict) for copy in manifest["captures"])
            and isinstance(manifest["missing"], list)
            and isinstance(manifest["is_public"], bool)
            and isinstance(manifest["article"], dict)
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise DomainError("%(file)s is not a bundle of an article.", file=path) from error
    if layout != FORMAT or not whole:
        raise DomainError("%(file)s is a bundle of another kind: %(layout)s.", file=path, layout=str(layout)[:80])
    return dict(manifest)


def _check_files(archive: zipfile.ZipFile, expected: dict[str, Any]) -> Iterator[str]:
    names = archive.namelist()
    for name in sorted({name for name in names if names.count(name) > 1}):
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
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return "", -1
    return digest.hexdigest(), size


def _check_copies(manifest: dict[str, Any]) -> Iterator[str]:
    """Yield copies that the manifest names but does not list, or lists under a digest that is not their name."""
    for copy in manifest["captures"]:
        for part in ("file", "recording", "text"):
            name = copy.get(part)
            if name is None:
                continue
            entry = manifest["files"].get(name)
            if name in manifest["missing"]:
                yield f"{name}: the desk had lost it when the bundle was made"
            elif entry is None:
                yield f"{name}: is named as a copy but is not in the manifest's list"
            elif PurePosixPath(name).name.split(".", 1)[0] != entry["sha256"]:
                yield f"{name}: is not the file of its name"


def _check_history(archive: zipfile.ZipFile, *, is_public: bool) -> tuple[int, list[str]]:
    """Check each entry against its hash, and against the one before it where that is here."""
    problems, number, previous = list[str](), 0, None
    with archive.open(HISTORY) as lines:
        while line := lines.readline(_MOST_LINE):
            number += 1
            try:
                told = json.loads(line)
                if not is_public and _hash(told) != told["hash"]:
                    problems.append(f"history entry {told['id']}: was changed")
                if previous and told["id"] <= previous["id"]:
                    problems.append(f"history entry {told['id']}: is out of order")
                elif previous and told["id"] == previous["id"] + 1 and told["previous_hash"] != previous["hash"]:
                    problems.append(f"history entry {told['id']}: does not follow the entry before it")
            except (KeyError, TypeError, ValueError, RecursionError):
                problems.append(f"{HISTORY}: line {number} cannot be read")
                continue
            previous = told
    return number, problems


def _hash(told: dict[str, Any]) -> str:
    values = {name: told[name] for name in ENTRY}
    values["at"] = datetime.fromisoformat(values["at"])
    return HistoryEntry(**values).digest()


def _check_stamps(archive: zipfile.ZipFile) -> Iterator[str]:
    for name in sorted(name for name in archive.namelist() if name.startswith("timestamps/") and name.endswith(".tsr")):
        try:
            listed = _read(archive, f"{name.removesuffix('.tsr')}.txt", _MOST_STAMP)
            verify_timestamp(_read(archive, name, _MOST_STAMP), listed)
        except (DomainError, KeyError, zipfile.BadZipFile) as error:
            yield f"{name}: {error}"
