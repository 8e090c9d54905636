"""Telling receivers outside what happened: noted and taken in short transactions, sent outside of any."""

import logging
from threading import Lock

from sqlalchemy.orm import Session, sessionmaker

from claims_app.db import now, writing
from claims_app.fetching import Guard
from claims_app.webhooks.delivering import (
    Message,
    NotArrived,
    deliver,
    finish,
    is_anything_due,
    note_events,
    take_message,
)

_log = logging.getLogger(__name__)


class Messenger:
    """Sends what is due, one message after the other; any number of programs may do so at once.

    Of the threads of one program only one does, however much there is to send: the others have other work.
    """

    def __init__(self, sessions: sessionmaker[Session], guard: Guard) -> None:
        self._sessions = sessions
        self._guard = guard
        self._sending = Lock()

    def has_work(self) -> bool:
        """Whether there is something to tell now that nobody here is about to tell."""
        if self._sending.locked():
            return False
        with self._sessions() as session:
            return is_anything_due(session, now())

    def send_due(self) -> None:
        """Note what happened, and send until nothing is due; at once nothing where another thread does so."""
        if not self._sending.acquire(blocking=False):
            return
        try:
            self._note()
            while (message := self._take()) is not None:
                outcome = self._deliver(message)
                with self._sessions() as session, writing(session):
                    finish(session, message, outcome, now=now())
                self._note()  # what happened meanwhile need not wait for the end of all that is due
        finally:
            self._sending.release()

    def _note(self) -> None:
        with self._sessions() as session:
            is_behind = True
            while is_behind:
                with writing(session):
                    is_behind = note_events(session, now=now())

    def _take(self) -> Message | None:
        with self._sessions() as session, writing(session):
            return take_message(session, now=now())

    def _deliver(self, message: Message) -> int | NotArrived:
        try:
            return deliver(message, now=now(), guard=self._guard)
        except NotArrived as failure:
            return failure
        except Exception:  # noqa: BLE001 - one message that cannot be sent must not keep the others from it
            _log.exception("Message %s ended by a fault of the program.", message.id)
            return NotArrived("A fault of the program kept this from being sent; its log says more.")
