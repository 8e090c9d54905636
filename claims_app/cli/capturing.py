"""Copies of sources on the command line: ``claims capture``, ``claims captures`` and ``claims worker``."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock
from typing import Any, TextIO

import click
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, CaptureState, Trigger
from claims_app.captures.service import request_capture
from claims_app.captures.verifying import Finding, verify_files
from claims_app.cli import Refusal
from claims_app.cli.opening import desk, desk_engine, make_guard, settings
from claims_app.db import open_sessions, writing
from claims_app.errors import NotFound
from claims_app.evidence.copying import list_capturable
from claims_app.files import Files
from claims_app.worker import Jobs, Workshop
from claims_app.worker.batch import capture_all
from claims_app.worker.workshop import Outcome

number = click.IntRange(min=1, max=2**63 - 1)
as_json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.command
@click.option("--article", type=number, help="Number of an article: only the sources that its claims rest on.")
@click.option("--source", type=number, help="Number of a source: only that one.")
@click.option("--missing", is_flag=True, help="Only sources of which there is no copy yet.")
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Pages fetched at once.")
@as_json_option
def capture(article: int | None, source: int | None, missing: bool, threads: int, as_json: bool) -> None:
    """Keep a copy of every source that has an address, now and in this process.

    A site is asked for one page at a time, with a pause in between. A page that may come later is tried again by the
    desk's workers. The exit code is 1 if any copy was not made.
    """
    chosen = settings()
    with desk_engine(chosen) as engine, open_sessions(engine)() as session:
        workshop = Workshop(chosen, open_sessions(engine), make_guard())
        with writing(session):
            ids = _request(session, article=article, source=source, missing=missing)
        put_off: dict[int, Outcome] = {}
        with _progress(len(ids)) as show:

            def tell(outcome: Outcome) -> None:
                if outcome.again_at is not None:
                    put_off[outcome.taken.id] = outcome
                show(outcome)

            capture_all(workshop, ids, threads=threads, tell=tell)
        session.rollback()  # what is read next is what is there now
        _report([_tell(session.get_one(Capture, number), put_off.get(number)) for number in ids], as_json=as_json)


def _request(session: Session, *, article: int | None, source: int | None, missing: bool) -> list[int]:
    """Ask for the copies that are wanted and return the numbers of their captures."""
    sources = list_capturable(session, article_id=article, source_id=source, only_missing=missing)
    if source is not None and not sources and not missing:
        raise NotFound("There is no source %(number)s with an address to capture.", number=source)
    asked = [request_capture(session, actor=None, source=one, trigger=Trigger.COMMAND) for one in sources]
    return [capture.id for capture in asked if capture is not None]


def _screen() -> TextIO:
    return sys.stderr


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Outcome], None]]:
    """Show on a terminal how far it is, how fast and how many failed; elsewhere nothing."""
    screen = _screen()
    if not screen.isatty():
        yield lambda _outcome: None
        return
    began, lock, counts = time.monotonic(), Lock(), {"done": 0, "failed": 0}

    def standing(_item: object) -> str:
        minutes = max(time.monotonic() - began, 0.001) / 60
        return f"{counts['done'] / minutes:.0f} a minute, {counts['failed']} failed"

    with click.progressbar(
        length=total, label="Capturing", show_pos=True, show_percent=False, item_show_func=standing, file=screen
    ) as bar:

        def show(outcome: Outcome) -> None:
            with lock:
                counts["done"] += 1
                counts["failed"] += outcome.state is not CaptureState.KEPT
                bar.update(1, outcome)

        yield show


def _tell(capture: Capture, put_off: Outcome | None) -> dict[str, Any]:
    """Return what came of one capture."""
    failure = None if capture.failure is None else capture.failure % capture.failure_values
    if capture.is_open:
        when = capture.due_at.isoformat(timespec="seconds")
        reason = f"{put_off.failure} " if put_off else ""
        failure = f"{reason}It is left to the desk's workers, from {when} on."
    return {
        "source": capture.source_id,
        "address": capture.address,
        "state": capture.state.value,
        "sha256": capture.sha256,
        "size": capture.size,
        "media_type": capture.media_type,
        "failure": failure,
    }


def _report(told: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    failed = [one for one in told if one["state"] != CaptureState.KEPT]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for one in failed:
            click.echo(f"Source {one['source']}, {one['address']}: {one['failure']}")
    if failed:
        raise Refusal(f"Of {len(told)} copies, {len(failed)} were not made.")
    if not as_json:
        click.echo(f"{len(told)} {'copy' if len(told) == 1 else 'copies'} kept.")


@click.group
def captures() -> None:
    """Check the files of the desk."""


@captures.command
@as_json_option
def verify(as_json: bool) -> None:
    """Work out the digest of every file again, and name what is missing, altered or extra.

    Extra files do no harm: a capture that was stopped may leave one behind. The exit code is 1 if a file is missing or
    altered, or a timestamp does not fit what it stamps.
    """
    chosen = settings()
    with desk(chosen) as session:
        found = list(verify_files(session, Files(chosen.captures)))
    if as_json:
        click.echo(json.dumps([{"flaw": one.flaw, "name": one.name, "role": one.role} for one in found]))
    else:
        for one in found:
            click.echo(_line(one))
    lost = sum(one.is_loss for one in found)
    if lost:
        raise Refusal(f"{lost} {'file is' if lost == 1 else 'files are'} not what the desk kept.")
    if not as_json:
        click.echo("Every file that the desk names is there and whole.")


def _line(finding: Finding) -> str:
    role = f" ({finding.role})" if finding.role else ""
    return f"{finding.flaw.value:<9} {finding.name}{role}"


@click.command
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Copies captured at once.")
def worker(threads: int) -> None:
    """Do the desk's jobs in a process of its own, until it is stopped.

    Set CLAIMS_WORKERS=0 for the server, which then leaves them to this one; both at once do no harm either.
    """
    chosen = settings()
    stopped = Event()
    with desk_engine(chosen) as database:
        jobs = Jobs(Workshop(chosen, open_sessions(database), make_guard()))
        before = {name: signal.signal(name, lambda *_: stopped.set()) for name in (signal.SIGINT, signal.SIGTERM)}
        try:
            with jobs.running(threads):
                click.echo(f"Working for the desk in {chosen.data}. Stop with Ctrl+C.")
                stopped.wait()
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)
