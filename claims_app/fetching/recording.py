"""What went over the wire in a fetch, to the byte: the proof that a page was sent as it is kept."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from claims_app.db import now

#: An answer that only says that another one follows it.
_INTERIM = re.compile(rb"HTTP/\d\.\d 1(?!01)\d\d[ \r\n]")
_EMPTY_LINE = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back; of a safe connection, what was said inside it."""

    address: str
    ip: str
    #: In UTC, when it began.
    at: datetime
    request: bytes
    #: All that was read; nothing where the connection was made and then failed.
    response: bytes
    #: False: the answer broke off, or more of it was not wanted.
    is_whole: bool
    #: Version and cipher of a safe connection, as ``("TLSv1.3", "TLS_AES_256_GCM_SHA384")``.
    tls: tuple[str, str] | None = None

    @property
    def answer(self) -> bytes:
        """The final answer alone, without any that only announced it."""
        return self.response[_answer_start(self.response) :]


@dataclass(slots=True)
class Tape:
    """An exchange while it is going on."""

    address: str
    at: datetime = field(default_factory=now)
    ip: str = ""
    tls: tuple[str, str] | None = None
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    is_whole: bool = False

    def has_more(self, length: int) -> bool:
        """Say whether more came than a body of so many bytes; blanks behind it are common and do not count."""
        head = _EMPTY_LINE.search(self.received, _answer_start(self.received))
        return head is not None and bool(self.received[head.end() + length :].strip())

    def cut(self) -> Exchange:
        """Return the exchange as it stands."""
        return Exchange(self.address, self.ip, self.at, bytes(self.sent), bytes(self.received), self.is_whole, self.tls)


@dataclass(slots=True)
class Recording:
    """The exchanges of one fetch in order: give an empty one to ``fetch``, and read it whether that fails or not.

    One that was never connected left nothing. What is kept is bounded by the limits of the fetch: its largest page,
    and as much as the headers may have of every answer that is no page.
    """

    exchanges: list[Exchange] = field(default_factory=list)

    @contextmanager
    def taping(self, address: str) -> Iterator[Tape]:
        """Record the one request that is made inside."""
        tape = Tape(address)
        try:
            yield tape
        finally:
            if tape.ip:
                self.exchanges.append(tape.cut())


def _answer_start(response: bytes | bytearray) -> int:
    start = 0
    while _INTERIM.match(response, start) and (end := _EMPTY_LINE.search(response, start)):
        start = end.end()
    return start
