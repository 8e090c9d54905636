"""Making a number of captures in this process, beside whatever other worker there is."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Event, Thread

from sqlalchemy import exists, or_, select

from claims_app.captures.model import Capture, CaptureState
from claims_app.captures.queries import IS_OPEN
from claims_app.db import now
from claims_app.worker.workshop import Outcome, Workshop

#: How far ahead a capture may be put off and still be waited for.
_NEAR = timedelta(seconds=30)
_PAUSE = 0.2
#: After so many faults one after the other a thread ends: it would not come to the next either.
_MOST_FAULTS = 5
_log = logging.getLogger(__name__)


def capture_all(
    workshop: Workshop, capture_ids: Sequence[int], *, threads: int, tell: Callable[[Outcome], None]
) -> None:
    """Make these captures in so many threads and return when none is on its way; those put off for long are left.

    ``tell`` hears of each that this process made, from any of the threads. An interruption gives back what is held.
    """
    stop = Event()
    crew = [Thread(target=_work, args=(workshop, capture_ids, tell, stop), daemon=True) for _ in range(threads)]
    try:
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
    finally:
        stop.set()
        workshop.give_back()


def _work(workshop: Workshop, capture_ids: Sequence[int], tell: Callable[[Outcome], None], stop: Event) -> None:
    faults = 0
    while not stop.is_set() and faults < _MOST_FAULTS:
        try:
            taken = workshop.take(only=capture_ids)
            if taken is not None:
                outcome = workshop.capture(taken)
                if outcome is not None:
                    tell(outcome)
            elif _is_any_near(workshop, capture_ids):
                stop.wait(_PAUSE)
            else:
                return
            faults = 0
        except Exception:  # noqa: BLE001 - such as a database that is locked for long: the other captures are made
            _log.exception("A thread that captures met a fault.")
            faults += 1


def _is_any_near(workshop: Workshop, capture_ids: Sequence[int]) -> bool:
    """Say whether one of the captures is being made by somebody, or is due before long."""
    is_near = or_(Capture.state == CaptureState.RUNNING, Capture.due_at <= now() + _NEAR)
    with workshop.sessions() as session:
        return session.scalar(select(exists().where(IS_OPEN, is_near, Capture.id.in_(capture_ids)))) is True
