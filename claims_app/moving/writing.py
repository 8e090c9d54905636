"""Writing a desk's export: every table as lines of JSON, every file of the store, a manifest with their digests."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from claims_app.backup import created
from claims_app.captures.verifying import list_named
from claims_app.db import now
from claims_app.errors import DomainError
from claims_app.files import Files, is_digest
from claims_app.history.model import Action, HistoryHead, Subject
from claims_app.history.service import first_values, record
from claims_app.moving import form
from claims_app.moving.form import FILES, FORMAT, MANIFEST, Traveller
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.schema import current_revision
from claims_app.version import read_version

_CHUNK = 1024 * 1024
_AT_ONCE = 1000
#: Whoever reads an export refuses what unpacks to much more than this, so that nothing is packed tighter.
_MOST_PACKED = 50
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Written:
    """What a written export holds; ``manifest_sha256`` is what the desk's history keeps of it."""

    manifest_sha256: str
    rows: int
    files: int
    #: Files that the desk has lost, or that are not what they were.
    missing: int


class _Archive:
    """A ZIP file that keeps the digest and the size of all that goes into it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def stream(self, name: str, pieces: Iterable[bytes], *, method: int = zipfile.ZIP_DEFLATED) -> dict[str, Any]:
        digest, size = hashlib.sha256(), 0
        self._archive.compression = method
        with self._archive.open(name, "w", force_zip64=True) as target:
            for piece in pieces:
                target.write(piece)
                digest.update(piece)
                size += len(piece)
        return {"sha256": digest.hexdigest(), "bytes": size}


def write_desk(session: Session, files: Files, target: IO[bytes]) -> Written:
    """Write the whole desk into ``target`` as a ZIP file, as it stands at one moment while people go on working.

    This only reads; ``record_export`` follows. What is confidential is in it too.
    """
    connection = session.connection()
    head = session.get_one(HistoryHead, 1)
    named = {digest for digest, _role in list_named(session)}
    with zipfile.ZipFile(target, "w", compresslevel=_LEVEL) as made:
        archive = _Archive(made)
        tables = [_add_table(archive, session, one) for one in form.list_travellers(connection)]
        # After the rows: a file that one of them names was kept before, and kept files never change.
        kept, missing = _add_files(archive, files, named)
        manifest = {
            "format": FORMAT,
            "software": f"Claims Desk {read_version()}",
            "made_at": now().isoformat(timespec="seconds"),
            "revision": current_revision(session.get_bind()),  # type: ignore[arg-type]  # a desk's session has an engine
            "history": {"entries": head.last_id, "last_hash": head.last_hash},
            "tables": tables,
            "files": {**archive.stream(FILES, _lines(kept)), "number": len(kept)},
            "missing": missing,
            "left_out": {**form.LEFT_OUT, **{".".join(column): "made anew" for column in form.MADE_ANEW}},
        }
        content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        archive.stream(MANIFEST, [content])
    rows = sum(table["rows"] for table in tables)
    return Written(hashlib.sha256(content).hexdigest(), rows, len(kept), len(missing))


def save_desk(session: Session, files: Files, path: Path) -> Written:
    """Write the export at ``path``, which must not be there yet: whole or not at all, for its owner's eyes only."""
    if path.exists():
        raise DomainError("%(file)s is there already; choose another name.", file=path)
    part = path.with_name(f"{path.name}.part")
    try:
        with created(part) as target:
            written = write_desk(session, files, target)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return written


def record_export(session: Session, *, actor: Person | None, written: Written) -> None:
    """Record that the whole desk went out, with the digest by which the export can be recognised."""
    require(actor, Role.ADMIN)
    changes = first_values(format="desk", digest=written.manifest_sha256)
    record(session, actor=actor, action=Action.EXPORTED, subject=Subject.DESK, changes=changes)


class _Counted:
    """The rows of a table on their way out, as lines, counted."""

    def __init__(self, traveller: Traveller, rows: Iterable[Row[Any]]) -> None:
        self._traveller, self._rows = traveller, rows
        self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        names = [column.name for column in self._traveller.columns]
        for row in self._rows:
            self.number += 1
            told = dict(zip(names, map(form.plain_value, row), strict=True))
            try:
                line = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
            except ValueError as error:
                raise self._refuse(f"it holds what JSON cannot say ({error})") from error
            if len(line) >= form.MOST_LINE:
                raise self._refuse("it is longer than any reader takes")
            yield line + b"\n"

    def _refuse(self, problem: str) -> DomainError:
        name = self._traveller.name
        return DomainError(
            "Row %(row)s of the table %(table)s cannot be written: %(problem)s.",
            row=self.number,
            table=name,
            problem=problem,
        )


def _add_table(archive: _Archive, session: Session, traveller: Traveller) -> dict[str, Any]:
    wanted = select(*traveller.columns).order_by(*traveller.table.primary_key.columns)
    rows = session.connection().execute(wanted.execution_options(yield_per=_AT_ONCE))
    lines = _Counted(traveller, rows)
    told = archive.stream(traveller.part, lines)
    return {"name": traveller.name, "rows": lines.number, "columns": [one.name for one in traveller.columns], **told}


def _add_files(archive: _Archive, files: Files, named: set[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Take every file of the store; return them with their sizes, and the named ones that are lost or altered."""
    kept = []
    for sha256 in filter(is_digest, files.list_kept()):
        method = _method_for(files, sha256)
        if method is not None:
            told = archive.stream(form.name_file(sha256), _pieces(files.path(sha256)), method=method)
            if told["sha256"] != sha256:
                raise DomainError("The file %(name)s changed while it was read; try again.", name=sha256)
            kept.append(told)
    return kept, sorted(named - {one["sha256"] for one in kept})


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(_CHUNK):
            yield piece


def _method_for(files: Files, sha256: str) -> int | None:
    """Return how a file is best packed; None for one that is not what it was.

    What is packed already is stored as it is, and so is what would unpack as a bomb does.
    """
    digest, packer, size, packed = hashlib.sha256(), zlib.compressobj(_LEVEL, zlib.DEFLATED, -15), 0, 0
    for piece in _pieces(files.path(sha256)):
        digest.update(piece)
        size += len(piece)
        packed += len(packer.compress(piece))
    packed += len(packer.flush())
    if digest.hexdigest() != sha256:
        return None
    return zipfile.ZIP_DEFLATED if packed < 0.95 * size < 0.95 * _MOST_PACKED * packed else zipfile.ZIP_STORED


def _lines(records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for one in records:
        yield json.dumps(one).encode() + b"\n"
