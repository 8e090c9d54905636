"""Unfolding what a site sends packed, without being overrun by it."""

import zlib
from collections.abc import Iterator

from claims_app.fetching.faults import Fault, FetchFailed

_PIECE = 64 * 1024
#: Up to this size a page may be packed as tightly as it likes.
_NO_BOMB = 1_000_000


class Unpacker:
    """Decompresses what comes in, piece by piece; what is not whole is a ``zlib.error``.

    A packing that is not known, and one that unfolds to more than ``ratio`` times its size, is a ``FetchFailed``.
    """

    def __init__(self, encoding: str, *, ratio: int) -> None:
        if encoding not in {"gzip", "x-gzip", "deflate"}:
            raise FetchFailed(
                "The site sends the page packed in a way that is not read; save it from a browser as a file.",
                Fault.KIND,
            )
        self._ratio = ratio
        self._sent = self._made = 0
        self._start()

    def _start(self) -> None:
        self._engine = zlib.decompressobj(zlib.MAX_WBITS | 32)  # tells gzip from zlib by their first bytes

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Return what these bytes unfold to."""
        self._sent += len(data)
        while data:
            if self._engine.eof:  # one packing may follow another
                self._start()
            piece = self._engine.decompress(data, _PIECE)
            data = self._engine.unconsumed_tail or self._engine.unused_data
            self._made += len(piece)
            if self._made > max(_NO_BOMB, self._ratio * self._sent):
                raise FetchFailed(
                    "The page unfolds to far more than the site sent; save it from a browser as a file.",
                    Fault.TOO_LARGE,
                )
            yield piece

    def finish(self) -> None:
        """Refuse what broke off before its end."""
        if not self._engine.eof:
            raise zlib.error
