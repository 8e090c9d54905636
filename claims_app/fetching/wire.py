"""The connection under a fetch: it goes only where the guard says, and ends when its time or its bytes are used up."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from queue import Empty, SimpleQueue
from ssl import SSLContext
from threading import Thread
from typing import Any

import httpcore2
import httpx2
from httpcore2 import NetworkStream

from claims_app.fetching.guard import Guard
from claims_app.fetching.recording import Tape

#: A name with more addresses than this is not tried at each of them.
_MOST_TRIED = 4


@cache
def trust() -> SSLContext:
    """Return the certificates of the system, which nothing in the environment replaces."""
    return httpx2.create_ssl_context(trust_env=False)


class Unsafe(httpcore2.ConnectError):
    """The other side does not prove that it is the site, or does not encrypt."""


class UsedUp(httpcore2.RemoteProtocolError):
    """The other side sends more than it is allowed to."""


class Wire(httpcore2.NetworkBackend):
    """What a fetch's connections are made with: one clock for all of them, and one allowance of bytes to read.

    What goes over a connection is kept on ``tape``, where there is one.
    """

    tape: Tape | None = None

    def __init__(self, guard: Guard, *, seconds: float) -> None:
        self._guard = guard
        self._end = time.monotonic() + seconds
        self._left = 0

    def allow_bytes(self, number: int) -> None:
        """Let so many bytes come in from now on; the next read raises ``UsedUp``."""
        self._left = number

    def remaining(self) -> float:
        """Return the seconds that are left; where none are, raise ``httpcore2.TimeoutException``."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout
        return seconds

    @contextmanager
    def hurrying(self, seconds: float) -> Iterator[None]:
        """Leave so much time at most for what is done inside, and what is left of it for what comes after."""
        end = self._end
        self._end = min(end, time.monotonic() + seconds)
        try:
            yield
        finally:
            self._end = end

    def take(self, stream: NetworkStream, most: int) -> bytes:
        """Read from a stream within the time and the bytes that are left."""
        if self._left <= 0:
            raise UsedUp
        data = stream.read(min(most, self._left), self.remaining())
        self._left -= len(data)
        if self.tape:
            self.tape.received += data
        return data

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        """Connect to the very address that was checked: the name is looked up once, so it cannot change in between."""
        waiting = list(_within(self.remaining(), lambda: self._guard.find(host, port)))[:_MOST_TRIED]
        system = httpcore2.SyncBackend()
        while True:
            share, ip = self.remaining() / len(waiting), waiting.pop(0)
            try:
                stream = system.connect_tcp(ip, port, share, None, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if not waiting:
                    raise
            else:
                if self.tape:
                    self.tape.ip = ip
                return _Stream(stream, self)


class _Stream(NetworkStream):
    """A stream that asks its wire before it reads or writes; the timeouts of the caller do not count."""

    def __init__(self, stream: NetworkStream, wire: Wire) -> None:
        self._stream = stream
        self._wire = wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._wire.take(self._stream, max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._wire.remaining())
        if self._wire.tape:
            self._wire.tape.sent += buffer

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, self._wire.remaining())
        except httpcore2.ConnectError as error:
            raise Unsafe from error
        if self._wire.tape:
            socket = stream.get_extra_info("socket")
            self._wire.tape.tls = socket.version(), socket.cipher()[0]
        return _Stream(stream, self._wire)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _within(seconds: float, call: Callable[[], Sequence[str]]) -> Sequence[str]:
    """Return what ``call`` returns, or raise ``httpcore2.ConnectTimeout``: the system knows no limit."""
    results: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

    def run() -> None:
        try:
            results.put(call())
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            results.put(error)

    Thread(target=run, daemon=True).start()
    try:
        result = results.get(timeout=seconds)
    except Empty:
        raise httpcore2.ConnectTimeout from None
    if isinstance(result, Exception):
        raise result
    return result
