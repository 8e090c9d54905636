"""Asking for copies of sources, the queue in which they wait, and what came of each.

A capture's row is its job: whoever takes it holds it under a lease, and only the last holder can finish it, so that a
worker that was killed or hangs neither loses a capture nor records it twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, CaptureState, Trigger
from claims_app.captures.queries import IS_OPEN, find_open
from claims_app.db import now as present
from claims_app.errors import DomainError, NotAllowed
from claims_app.fetching import FetchFailed
from claims_app.history.model import Action, Subject
from claims_app.history.service import first_values, record
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.sources.confidential import may_read
from claims_app.sources.model import Source
from claims_app.sources.queries import find_source

#: How long a capture that failed waits to be tried again; after the last wait the failure is final.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
MOST_ATTEMPTS = len(WAITS) + 1
#: How long whoever takes a capture holds it.
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Taken:
    """A capture that somebody holds; ``attempt`` and ``until`` together tell its holder from those before and after."""

    id: int
    source_id: int
    address: str
    attempt: int
    #: The end of the lease; an attempt that was given back has the same number as the next, and another end.
    until: datetime


class Hindered(DomainError):
    """The desk itself could not keep a copy, as when its disk is full; it may when it is tried again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a copy: its files, which lie in the store already, and what was read from them."""

    sha256: str
    size: int
    media_type: str
    software: str
    charset: str | None = None
    file_name: str | None = None
    final_address: str | None = None
    redirects: Sequence[str] = ()
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    warc_sha256: str | None = None
    text_sha256: str | None = None
    text_note: str | None = None
    title: str | None = None
    published_on: str | None = None
    language: str | None = None

    def values(self) -> dict[str, Any]:
        """Return the columns of a capture that these are."""
        return asdict(self) | {"redirects": list(self.redirects), "headers": dict(self.headers)}


def request_capture(
    session: Session, *, actor: Person | None, source: Source, trigger: Trigger, due_at: datetime | None = None
) -> Capture | None:
    """Ask for a copy of a source and return the waiting capture, or the one that is on its way already.

    One that was put off is due at once when a person asks. None: there is nothing to fetch, because the source has no
    address or is withdrawn.
    """
    if trigger is not Trigger.WATCH:  # who began to watch may have left since; the source is watched all the same
        require(actor, Role.CHECKER)
    if source.address is None or source.is_confidential or source.withdrawn_at is not None:
        return None
    due_at = due_at or present()
    known = find_open(session, source.id)
    if known is not None:
        if known.state is CaptureState.WAITING:
            _follow_source(known)
        if trigger is not Trigger.WATCH and known.state is CaptureState.WAITING:
            known.due_at = min(known.due_at, due_at)
        return known
    capture = Capture(
        source=source,
        address=source.address,
        host=_host_of(source.address),
        trigger=trigger,
        asked_by=actor,
        state=CaptureState.WAITING,
        due_at=due_at,
        attempts=0,
    )
    session.add(capture)
    session.flush()
    return capture


def keep_upload(session: Session, *, actor: Person, source_id: int, kept: Kept) -> Capture:
    """Record a copy that a person brought, as ``captures.reading.read_upload`` read it before the transaction.

    A confidential source takes copies only from the people who may know who it is.
    """
    require(actor, Role.CHECKER)
    source = find_source(session, source_id)
    if not may_read(session, source, actor):
        raise NotAllowed("Only the people named on a confidential source may add to it.")
    moment = present()
    capture = Capture(source=source, trigger=Trigger.UPLOAD, asked_by=actor, due_at=moment, attempts=0)
    session.add(capture)
    _keep(session, capture, kept, moment)
    return capture


def take_next(
    session: Session,
    *,
    now: datetime,
    politeness: timedelta,
    lease: timedelta = LEASE,
    only: Collection[int] | None = None,
) -> Taken | None:
    """Take the first capture that is due, in the caller's write transaction, and return it; None where none is.

    One that is held is due again when its lease has ended. Passed over are hosts that somebody is asking, and those
    where a capture ended within ``politeness``. ``only`` are the captures that are wanted. What is fetched is the
    address that the source has by now.
    """
    busy = select(Capture.host).where(IS_OPEN, Capture.state == CaptureState.RUNNING, Capture.lease_until > now)
    recent = select(Capture.host).where(
        # What ended in the future ended before the clock was set back.
        Capture.finished_at > now - politeness,
        Capture.finished_at <= now,
        Capture.host.is_not(None),
    )
    is_due = or_(
        and_(Capture.state == CaptureState.WAITING, Capture.due_at <= now),
        and_(Capture.state == CaptureState.RUNNING, Capture.lease_until <= now),
    )
    wanted = select(Capture).where(IS_OPEN, is_due, Capture.host.not_in(busy), Capture.host.not_in(recent))
    if only is not None:
        wanted = wanted.where(Capture.id.in_(only))
    first = wanted.order_by(Capture.due_at, Capture.id).limit(1).execution_options(populate_existing=True)
    while (capture := session.scalar(first)) is not None:
        if _follow_source(capture):
            session.flush()
            continue  # the other host may be busy
        if capture.attempts < MOST_ATTEMPTS:
            until = now + lease
            capture.state, capture.lease_until = CaptureState.RUNNING, until
            capture.attempts += 1
            session.flush()
            return Taken(capture.id, capture.source_id, capture.address or "", capture.attempts, until)
        # Its holders ended without a word, each of them: what it leads to may be what ends them.
        gave_up = DomainError("The program was stopped each time it captured this page; capture it again by hand.")
        _fail(session, capture, gave_up, now)
    return None


def finish_kept(session: Session, taken: Taken, kept: Kept, *, now: datetime) -> Capture | None:
    """Record the copy that came of a capture; None where somebody else holds or has finished it by now."""
    capture = _held(session, taken)
    if capture is not None:
        _keep(session, capture, kept, now)
    return capture


def is_final(error: DomainError, attempt: int) -> bool:
    """Say whether a failure of the ``attempt``-th attempt, counted from 1, is the last word on a capture."""
    is_passing = isinstance(error, Hindered) or (isinstance(error, FetchFailed) and error.is_passing)
    return not is_passing or attempt >= MOST_ATTEMPTS


def finish_failed(
    session: Session,
    taken: Taken,
    error: DomainError,
    *,
    now: datetime,
    politeness: timedelta,
    warc_sha256: str | None = None,
) -> Capture | None:
    """Record that a capture failed, or put it off; None where somebody else holds or has finished it by now.

    What may pass is tried again after a while, no sooner than the site asks for; until then nothing else is asked of
    that host.
    """
    capture = _held(session, taken)
    if capture is None:
        return None
    pause = politeness
    if isinstance(error, FetchFailed) and error.retry_after:
        pause = max(pause, timedelta(seconds=error.retry_after))
    if is_final(error, taken.attempt):
        capture.warc_sha256 = warc_sha256
        _fail(session, capture, error, now)
    else:
        capture.state, capture.lease_until = CaptureState.WAITING, None
        capture.due_at = now + max(pause, WAITS[taken.attempt - 1])
    session.flush()
    if pause:
        _put_off(session, capture.host, now + pause)
    return capture


def release(session: Session, taken: Taken, *, now: datetime) -> None:
    """Give a capture that is still held back to the queue; the attempt does not count."""
    capture = _held(session, taken)
    if capture is not None:
        capture.state, capture.lease_until, capture.due_at = CaptureState.WAITING, None, now
        capture.attempts -= 1


def _host_of(address: str) -> str:
    return urlsplit(address).hostname or ""


def _follow_source(capture: Capture) -> bool:
    """Have a capture that nobody makes fetch the present address of its source; return whether that is another."""
    address = capture.source.address
    if address is None or address == capture.address:
        return False
    capture.address, capture.host = address, _host_of(address)
    return True


def _held(session: Session, taken: Taken) -> Capture | None:
    """Return the row of a capture that is still held by the one who took it."""
    return session.scalar(
        select(Capture)
        .where(
            Capture.id == taken.id,
            Capture.state == CaptureState.RUNNING,
            Capture.attempts == taken.attempt,
            Capture.lease_until == taken.until,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _put_off(session: Session, host: str | None, until: datetime) -> None:
    session.execute(
        update(Capture)
        .where(Capture.host == host, Capture.state == CaptureState.WAITING, IS_OPEN, Capture.due_at < until)
        .values(due_at=until)
    )


def _keep(session: Session, capture: Capture, kept: Kept, moment: datetime) -> None:
    for name, value in kept.values().items():
        setattr(capture, name, value)
    _finish(session, capture, CaptureState.KEPT, moment)


def _fail(session: Session, capture: Capture, error: DomainError, moment: datetime) -> None:
    capture.failure = error.message
    capture.failure_values = {name: str(value) for name, value in error.values.items()}
    if isinstance(error, FetchFailed):
        capture.fault, capture.status = error.fault.value, error.status
        capture.final_address = error.address or None
    _finish(session, capture, CaptureState.FAILED, moment)


def _finish(session: Session, capture: Capture, state: CaptureState, moment: datetime) -> None:
    capture.state, capture.lease_until, capture.finished_at = state, None, moment
    session.flush()
    failure = None if capture.failure is None else capture.failure % capture.failure_values
    record(
        session,
        actor=capture.asked_by,
        action=Action.CAPTURED,
        subject=Subject.SOURCE,
        subject_id=capture.source_id,
        changes=first_values(
            state=state,
            address=capture.address,
            sha256=capture.sha256,
            size=capture.size,
            media_type=capture.media_type,
            failure=failure,
        ),
    )
