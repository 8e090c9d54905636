"""Writing a bundle: the report, the copies, their timestamps and the history, with a manifest of every digest."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from sqlalchemy.orm import Session

from claims_app.bundles.form import (
    BARE_ENTRY,
    ENTRY,
    FORMAT,
    HISTORY,
    MANIFEST,
    Entry,
    name_copy,
    name_original,
    name_recording,
    name_stamp,
    name_text,
)
from claims_app.bundles.queries import Material, gather_material, list_chain
from claims_app.captures.model import Capture
from claims_app.db import now
from claims_app.files import Files
from claims_app.history.model import Action, HistoryEntry, HistoryHead, Subject
from claims_app.history.service import DESK, first_values, record
from claims_app.language import gettext, speaking
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reports.as_csv import write_csv
from claims_app.reports.as_html import write_html
from claims_app.reports.as_json import write_json
from claims_app.reports.facts import Letterhead, Report
from claims_app.reports.public import make_public
from claims_app.reports.queries import gather_report
from claims_app.version import read_version

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Written:
    """What a written bundle holds; ``manifest_sha256`` is what the desk's history keeps of it."""

    manifest_sha256: str
    files: int
    copies: int
    withheld: int
    #: Files that the desk has lost; the bundle says of itself that it is not whole.
    missing: int


class _Chain:
    """History entries on their way into the bundle, counted."""

    def __init__(self, entries: Iterable[HistoryEntry]) -> None:
        self._entries = entries
        self.number = 0
        self.last_hash: str | None = None

    def __iter__(self) -> Iterator[HistoryEntry]:
        for entry in self._entries:
            self.number += 1
            self.last_hash = entry.hash
            yield entry


class _Archive:
    """A ZIP file that keeps the digest of all that goes into it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.entries: dict[str, Entry] = {}
        self.missing: set[str] = set()

    def add(self, name: str, data: bytes) -> None:
        self.entries[name] = Entry(hashlib.sha256(data).hexdigest(), len(data))
        self._archive.writestr(name, data)

    def stream(self, name: str, pieces: Iterable[bytes]) -> None:
        digest, size = hashlib.sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as target:
            for piece in pieces:
                target.write(piece)
                digest.update(piece)
                size += len(piece)
        self.entries[name] = Entry(digest.hexdigest(), size)

    def copy(self, name: str, files: Files, sha256: str) -> None:
        """Take a file of the store, once; one that is gone or not what it was is named among the missing."""
        if name in self.entries:
            return
        if not files.holds(sha256):
            self.missing.add(name)
            return
        with files.path(sha256).open("rb") as source:
            self.stream(name, iter(lambda: source.read(_CHUNK), b""))


def write_bundle(
    session: Session,
    files: Files,
    target: IO[bytes],
    *,
    article_id: int,
    actor: Person | None,
    language: str,
    zone: str,
    is_public: bool = False,
    letterhead: Letterhead | None = None,
) -> Written:
    """Write all that an article's check rests on into ``target`` as a ZIP file.

    A public one is without confidential sources, notes, queries and people's names; copies of confidential sources
    are in none. This only reads; ``record_bundle`` follows before the file leaves.
    """
    require(actor, Role.CHECKER)
    report = gather_report(session, article_id, made_by=actor.name if actor else DESK, language=language)
    report = replace(report, letterhead=letterhead or report.letterhead)
    if is_public:
        report = make_public(report)
    material = gather_material(session, article_id, is_public=is_public)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made:
        archive = _Archive(made)
        _add_report(archive, report, zone)
        copies = [_add_copy(archive, files, capture, material) for capture in material.captures]
        _add_originals_and_stamps(archive, files, material)
        chain = _Chain(list_chain(session, article_id, material))
        archive.stream(HISTORY, _lines(chain, BARE_ENTRY if is_public else ENTRY))
        manifest = {
            "format": FORMAT,
            "software": f"Claims Desk {read_version()}",
            "made_at": now().isoformat(timespec="seconds"),
            "is_public": is_public,
            "article": _article(report),
            "captures": copies,
            "withheld_copies": material.withheld,
            "missing": sorted(archive.missing),
            "history": {"entries": chain.number, "last_hash": chain.last_hash},
            "history_head": _head(session),
            "files": {name: entry.as_json() for name, entry in sorted(archive.entries.items())},
        }
        content = json.dumps(manifest, ensure_ascii=False, indent=1).encode("utf-8")
        made.writestr(MANIFEST, content)
    return Written(
        manifest_sha256=hashlib.sha256(content).hexdigest(),
        files=len(archive.entries),
        copies=sum("file" in copy for copy in copies),
        withheld=material.withheld,
        missing=len(archive.missing),
    )


def record_bundle(
    session: Session, *, actor: Person | None, article_id: int, written: Written, is_public: bool
) -> None:
    """Record that a bundle went out, with the digest by which it can be recognised."""
    require(actor, Role.CHECKER)
    record(
        session,
        actor=actor,
        action=Action.EXPORTED,
        subject=Subject.ARTICLE,
        subject_id=article_id,
        article_id=article_id,
        changes=first_values(format="public bundle" if is_public else "bundle", digest=written.manifest_sha256),
    )


def save_bundle(path: Path, write: Callable[[IO[bytes]], Written]) -> Written:
    """Have ``write`` write a bundle at ``path``: whole, or not at all, and readable by its owner only."""
    part = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as target:
            written = write(target)
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return written


def _head(session: Session) -> dict[str, Any]:
    """Return where the desk's whole history ends at this moment."""
    head = session.get_one(HistoryHead, 1)
    return {"id": head.last_id, "hash": head.last_hash}


def _article(report: Report) -> dict[str, Any]:
    names = ("id", "title_he", "title_en", "version", "text_sha256")
    return {name: getattr(report.article, name) for name in names}


def _add_report(archive: _Archive, report: Report, zone: str) -> None:
    archive.add("report.html", write_html(report, zone=zone))
    archive.add("report.csv", write_csv(report))
    archive.add("report.json", write_json(report))
    if report.article.text is not None:
        archive.add("text.txt", report.article.text.encode("utf-8"))
    with speaking(report.language):
        archive.add("README.txt", f"{_readme()}\n".encode())


def _readme() -> str:
    return "\n\n".join(
        (
            gettext("This is all that the fact-check of one article rests on."),
            gettext("report.html is the report with the annotated copy of the text; open it in a browser."),
            gettext(
                "copies holds the captured files under their SHA-256, recordings the exchange with each site as WARC,"
                " texts what was read from the files, timestamps an authority's word on when the digests were known,"
                " history.jsonl what was done, each entry with the hash of the one before it."
            ),
            gettext(
                "manifest.json names every file with its digest. To check them all: claims bundle verify and the name"
                " of this file; it needs no database. By hand: sha256sum of a file against the manifest."
            ),
        )
    )


def _add_originals_and_stamps(archive: _Archive, files: Files, material: Material) -> None:
    for original in material.originals:
        archive.copy(name_original(original.sha256), files, original.sha256)
    for stamp in material.stamps:
        archive.copy(name_stamp(stamp.day, "txt"), files, stamp.list_sha256)
        archive.copy(name_stamp(stamp.day, "tsr"), files, stamp.token_sha256)


def _add_copy(archive: _Archive, files: Files, capture: Capture, material: Material) -> dict[str, Any]:
    """Put a capture's files into the bundle and return what the manifest says of it."""
    source = capture.source
    told: dict[str, Any] = {
        "capture": capture.id,
        "source": {"id": source.id, "title": source.title, "publisher": source.publisher_name},
        "claims": material.claims[source.id],
        "asked_at": capture.created_at.isoformat(timespec="seconds"),
        "finished_at": capture.finished_at.isoformat(timespec="seconds") if capture.finished_at else None,
        "address": capture.address,
        "final_address": capture.final_address,
        "redirects": capture.redirects,
        "status": capture.status,
    }
    if capture.failure is not None:
        told["failure"] = capture.failure % capture.failure_values
    named = {
        "file": (capture.sha256, name_copy(capture.sha256 or "", capture.media_type)),
        "recording": (capture.warc_sha256, name_recording(capture.warc_sha256 or "")),
        "text": (capture.text_sha256, name_text(capture.text_sha256 or "")),
    }
    for part, (digest, name) in named.items():
        if digest is not None:
            told[part] = name
            archive.copy(name, files, digest)
    return told | {"media_type": capture.media_type, "software": capture.software}


def _lines(entries: Iterable[HistoryEntry], names: Sequence[str]) -> Iterable[bytes]:
    for entry in entries:
        told = {name: getattr(entry, name) for name in names}
        told["at"] = entry.at.isoformat(timespec="microseconds")
        yield f"{json.dumps(told, ensure_ascii=False)}\n".encode()
