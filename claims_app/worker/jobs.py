"""The engine and the clock of the desk's jobs; what there is to do stands in the database, not in its queue."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from huey import SqliteHuey, crontab
from huey.consumer import Consumer

from claims_app.db import now, today, writing
from claims_app.watching.service import raise_rechecks, request_due
from claims_app.worker.archives import Archives
from claims_app.worker.exports import Exports
from claims_app.worker.messenger import Messenger
from claims_app.worker.workshop import Workshop

#: How long a stop waits for what is under way; the rest is given back to the queue.
PATIENCE = 10
_SOON = timedelta(minutes=1)
_MOST_DELAY = 5.0
_log = logging.getLogger(__name__)


class _Consumer(Consumer):  # type: ignore[misc]
    def _set_signal_handlers(self) -> None:
        """Leave the signals to whoever runs the program."""


class Jobs:
    """Runs a workshop in threads. Every minute the clock looks for what is due; ``wake`` looks at once."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._archives = Archives(workshop)
        self._messenger = Messenger(workshop.sessions, workshop.guard)
        self._exports = Exports(workshop.settings, workshop.sessions)
        self._huey = SqliteHuey("claims", filename=str(workshop.settings.jobs), results=False)
        self._work: Any = self._huey.task(name="work")(self._do_work)
        self._tell: Any = self._huey.task(name="tell")(self._do_tell)
        self._huey.periodic_task(crontab(minute="*"), name="minute")(self._do_minute)

    def wake(self) -> None:
        """Have the queue looked at now, by this program or by another that works for the same desk."""
        try:
            # One call that waits is enough: whoever answers it calls the next.
            if self._huey.pending_count() == 0:
                self._work()
        except sqlite3.Error:
            _log.exception("The workers could not be woken; they look by themselves every minute.")

    @contextmanager
    def running(self, threads: int) -> Iterator[None]:
        """Work in so many threads while the block runs; at its end wait a moment for what is under way."""
        consumer = _Consumer(
            self._huey, workers=threads, max_delay=1, check_worker_health=False, shutdown_timeout=PATIENCE
        )
        consumer.start()
        self.wake()
        try:
            yield
        finally:
            consumer.stop(graceful=True)
            self._workshop.give_back()
            self._exports.give_back()
            self._huey.storage.close()

    def _do_work(self) -> None:
        """Write one report or make one capture, if one is due; before that, another thread is called to the next.

        What is to be told outside is another thread's, so that neither waits for the other.
        """
        if self._messenger.has_work():
            self._tell()
        export = self._exports.take()  # somebody waits for it
        if export is not None:
            self.wake()
            self._exports.write(export)
            self.wake()
            return
        taken = self._workshop.take()
        if taken is None:
            self._workshop.check_copies()
            self._plan()
            return
        self.wake()
        self._workshop.capture(taken)
        self.wake()

    def _do_tell(self) -> None:
        """Send what is due; the call that this was may have stood in the way of one to work."""
        self._messenger.send_due()
        self.wake()

    def _plan(self) -> None:
        """Come back for what is due within the minute; the clock sees to the rest."""
        moment = self._workshop.find_next_moment()
        if moment is not None and moment - now() < _SOON and self._huey.scheduled_count() == 0:
            self._work.schedule(delay=min(max((moment - now()).total_seconds(), 0), _MOST_DELAY))

    def _do_minute(self) -> None:
        """Do all that the clock brings; what fails of it is logged and keeps nothing else from being done."""
        for step in (
            self._ask_for_checks,
            self._archives.follow_deposits,
            self._archives.stamp_days,
            self._exports.sweep,
        ):
            try:
                step()
            except Exception:  # noqa: BLE001 - it comes again in a minute
                _log.exception("A job of the clock failed.")
        self.wake()

    def _ask_for_checks(self) -> None:
        with self._workshop.sessions() as session:
            with writing(session):
                request_due(session, now())
            with writing(session):
                raise_rechecks(session, today())
