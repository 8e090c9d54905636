"""Bringing earlier checks in: ``claims import claimreview``."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from claims_app.claimreview.reading import MOST_BYTES, SUFFIXES
from claims_app.cli import Refusal
from claims_app.cli.opening import desk, settings
from claims_app.db import writing
from claims_app.earlier.reading import Read, read_file, readable, refused
from claims_app.earlier.service import Outcome, Planned, import_reviews, plan_import
from claims_app.errors import DomainError


@click.command
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be brought in; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one object, with every review as it was read.")
def claimreview(paths: tuple[Path, ...], dry_run: bool, as_json: bool) -> None:
    """Bring in what others published about claims, as earlier checks; twice adds nothing.

    Each PATH is a saved page with ClaimReview in JSON-LD, microdata or RDFa, a Data Commons feed, an answer of the
    Fact Check Tools API, or a folder of such files. Earlier checks are never verdicts of the desk. A file that cannot
    be read ends the command with exit code 1, after all others were brought in.
    """
    with desk(settings()) as session:
        read = [_read(path, name) for path, name in _files(paths)]
        files = readable(read)
        unread = [one for one in read if one.problem is not None]
        brought = None
        if dry_run:
            planned = plan_import(session, files)
        else:
            with writing(session):
                brought, planned = import_reviews(session, actor=None, files=files, unread=len(unread))
        number = brought.id if brought is not None else None
    told = _told(read, planned) | {"dry_run": dry_run, "import": number}
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(_lines(read, planned, dry_run)))
    if unread:
        raise Refusal(f"{_number(len(unread), 'file')} could not be read.")


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield the files that are named, and those of the folders that look like pages or data; links out are left."""
    for path in paths:
        if not path.is_dir():
            yield path, path.name
            continue
        for folder, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                file = Path(folder) / name
                if file.suffix.lower() in SUFFIXES and file.is_file() and not file.is_symlink():
                    yield file, file.relative_to(path).as_posix()


def _read(path: Path, name: str) -> Read:
    if not path.is_file():
        return refused(name, DomainError("This is no file."))
    if path.stat().st_size > MOST_BYTES:
        size = MOST_BYTES // 1_000_000
        return refused(name, DomainError("The file is larger than %(size)s MB; split it.", size=size))
    return read_file(name, path.read_bytes())


def _by_item(planned: Sequence[Planned]) -> dict[int, list[Planned]]:
    found: dict[int, list[Planned]] = {}
    for one in planned:
        found.setdefault(id(one.item), []).append(one)
    return found


def _counts(planned: Sequence[Planned]) -> dict[str, int]:
    return {outcome.value: sum(one.outcome is outcome for one in planned) for outcome in Outcome}


def _refused(read: Sequence[Read]) -> int:
    return sum(not item.reviews for one in read if one.reading for item in one.reading.items)


def _told(read: Sequence[Read], planned: Sequence[Planned]) -> dict[str, Any]:
    by_item = _by_item(planned)
    files = [
        {
            "file": one.name,
            "problem": str(one.problem) if one.problem else None,
            "notes": [str(note) for note in one.reading.notes] if one.reading else [],
            "objects": [
                {
                    "read_from": item.form.value,
                    "problem": str(item.problem) if item.problem else None,
                    "notes": [str(note) for note in item.notes],
                    "reviews": [
                        {"outcome": each.outcome.value, **asdict(each.review)} for each in by_item.get(id(item), ())
                    ],
                    "raw": item.raw,
                }
                for item in (one.reading.items if one.reading else ())
            ],
        }
        for one in read
    ]
    return {"files": files, **_counts(planned), "not_understood": _refused(read)}


def _lines(read: Sequence[Read], planned: Sequence[Planned], is_dry: bool) -> Iterator[str]:
    by_item = _by_item(planned)
    for one in read:
        if one.reading is None:
            yield f"{one.name}: NOT READ: {one.problem}"
            continue
        yield f"{one.name}: {_number(len(one.reading.items), 'review')}"
        yield from (f"  {note}" for note in one.reading.notes)
        for item in one.reading.items:
            if item.problem:
                yield f"  NOT UNDERSTOOD ({item.form.value}): {item.problem}"
            for each in by_item.get(id(item), ()):
                review = each.review
                about = ", ".join(
                    text
                    for text in (review.publisher, review.rating or review.rating_value, review.reviewed_on)
                    if text
                )
                yield f"  {each.outcome.value}: {review.claim[:100]}{f' ({about[:120]})' if about else ''}"
            yield from (f"    {note}" for note in item.notes)
    counts = _counts(planned)
    would = "would be " if is_dry else ""
    yield (
        f"{_number(len(read), 'file')}: {counts['added']} {would}added, {counts['renewed']} {would}read anew,"
        f" {counts['known']} known already, {_refused(read)} not understood."
    )


def _number(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
