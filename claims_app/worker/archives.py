"""What others keep for the desk, where the settings name them: copies in a public archive, stamps on a day's copies."""

import logging
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from claims_app.archiving import (
    Archive,
    ArchivingFailed,
    Job,
    Memento,
    ask_for_timestamp,
    ask_to_save,
    look_at,
    read_timestamp,
)
from claims_app.captures.model import Capture, CaptureState, DayStamp, Deposit, DepositState
from claims_app.db import now, writing
from claims_app.history.model import Action, Subject
from claims_app.history.service import first_values, record
from claims_app.sources.model import Source
from claims_app.worker.workshop import Workshop

#: How often an archive is asked for one copy before that is given up, and after how long: longer each time.
MOST_ATTEMPTS = 60
_STEP, _MOST_STEPS = timedelta(minutes=5), 12
_AT_ONCE = 10
#: Longer than the archive is waited for, both when it is asked and when it is asked how far it is.
_HELD = timedelta(minutes=5)
_LOOK_AGAIN = timedelta(seconds=50)
#: How far back days are stamped that were left out, because nobody worked or the authority did not answer.
_BACK = timedelta(days=30)
_BETWEEN = timedelta(hours=1)
_log = logging.getLogger(__name__)


class Archives:
    """Follows the deposits of one desk and has its days stamped."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._stamp_after = datetime.min.replace(tzinfo=UTC)

    def follow_deposits(self) -> None:
        """Ask the archive about the copies that are due; without an archive in the settings nothing is asked."""
        archive = self._workshop.archive
        if archive is None:
            return
        with self._workshop.sessions() as session:
            for _ in range(_AT_ONCE):
                capture_id = _hold_next(session)
                if capture_id is None:
                    return
                job = session.get_one(Deposit, capture_id).job
                capture = session.get_one(Capture, capture_id)
                address = capture.final_address or capture.address or ""
                session.rollback()  # what follows takes as long as the archive likes
                answer = _ask(archive, job, address)
                with writing(session):
                    _settle(session, session.get_one(Deposit, capture_id), answer)

    def stamp_days(self) -> None:
        """Have the list of digests of each day that is over stamped, at most once an hour."""
        address, moment = self._workshop.settings.timestamp_address, now()
        if not address or moment < self._stamp_after:
            return
        self._stamp_after = moment + _BETWEEN
        with self._workshop.sessions() as session:
            days = _list_unstamped(session, moment.date())
            session.rollback()
            for day, digests in days.items():
                self._stamp(session, address, day, "".join(f"{digest}\n" for digest in digests).encode())

    def _stamp(self, session: Session, address: str, day: str, listed: bytes) -> None:
        try:
            token = ask_for_timestamp(address, listed)
        except ArchivingFailed as failure:
            _log.warning("The copies of %s are not stamped: %s", day, failure)
            return
        files, stated = self._workshop.files, read_timestamp(token)
        stamp = DayStamp(
            day=day,
            list_sha256=files.put(listed),
            token_sha256=files.put(token),
            authority=stated.authority,
            stamped_at=stated.at,
        )
        with writing(session):
            if session.get(DayStamp, day) is None:  # another worker may have been quicker
                session.add(stamp)


def _hold_next(session: Session) -> int | None:
    """Return the capture whose deposit is due first, and keep others from asking about it meanwhile."""
    moment = now()
    with writing(session):
        deposit = session.scalar(
            select(Deposit)
            .where(text("deposit.state IN ('waiting', 'asked')"), Deposit.due_at <= moment)
            .order_by(Deposit.due_at, Deposit.capture_id)
            .limit(1)
        )
        if deposit is None:
            return None
        deposit.due_at = moment + _HELD
        deposit.attempts += 1
    return deposit.capture_id


def _ask(archive: Archive, known: str | None, address: str) -> Job | Memento | ArchivingFailed:
    """Return what the archive says: a copy, a job that goes on, or why not."""
    try:
        job = Job(known) if known else ask_to_save(archive, address)
        progress = look_at(archive, job)
    except ArchivingFailed as failure:
        return failure
    return progress.kept or progress.failure or job


def _settle(session: Session, deposit: Deposit, answer: Job | Memento | ArchivingFailed) -> None:
    moment = now()
    if isinstance(answer, Memento):
        deposit.state, deposit.memento, deposit.memento_at = DepositState.KEPT, answer.address, answer.at
        capture = session.get_one(Capture, deposit.capture_id)
        record(
            session,
            actor=None,
            action=Action.CAPTURED,
            subject=Subject.SOURCE,
            subject_id=capture.source_id,
            changes=first_values(memento=answer.address),
        )
    elif deposit.attempts >= MOST_ATTEMPTS:
        given_up = ArchivingFailed("The archive was asked again and again without a result.")
        deposit.state, deposit.failure = DepositState.FAILED, given_up.message
    elif isinstance(answer, Job):
        deposit.state, deposit.job, deposit.due_at = DepositState.ASKED, answer.id, moment + _LOOK_AGAIN
    elif answer.is_passing:
        wait = min(deposit.attempts, _MOST_STEPS) * _STEP
        deposit.state, deposit.job = DepositState.WAITING, None
        deposit.due_at = moment + max(wait, timedelta(seconds=answer.retry_after or 0))
    else:
        _log.warning("The archive does not keep capture %s: %s", deposit.capture_id, answer)
        deposit.state, deposit.failure = DepositState.FAILED, _reason(answer).message


def _reason(answer: ArchivingFailed) -> ArchivingFailed:
    """Return a failure as it is kept, in a sentence of the catalogue: each person reads it in their own language."""
    if not answer.values:
        return answer
    if "code" in answer.values:  # the archive's own, of the page
        return ArchivingFailed("The archive did not keep this page; check the address, or rely on the desk's own copy.")
    return ArchivingFailed("The archive cannot be asked; check its address and keys in the settings.")


def _list_unstamped(session: Session, today: date) -> dict[str, list[str]]:
    """Return the digests of the copies of each day before today that has no stamp yet, in order.

    Whoever gets a bundle sees the list; a copy of a confidential source could be recognised by its digest.
    """
    midnight = datetime.combine(today, time(), UTC)
    rows = session.execute(
        select(Capture.finished_at, Capture.sha256, Capture.warc_sha256)
        .join(Capture.source)
        .where(
            Capture.state == CaptureState.KEPT,
            Capture.finished_at >= midnight - _BACK,
            Capture.finished_at < midnight,
            Source.confidential_number.is_(None),
        )
    )
    stamped = set(session.scalars(select(DayStamp.day)))
    days: dict[str, set[str]] = {}
    for finished_at, *digests in rows:
        day = finished_at.date().isoformat() if finished_at else ""
        if day not in stamped:
            days.setdefault(day, set()).update(digest for digest in digests if digest)
    return {day: sorted(days[day]) for day in sorted(days)}
