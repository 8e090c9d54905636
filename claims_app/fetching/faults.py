"""Why a fetch came to nothing: a word for programs, and a sentence for people."""

import enum
import math
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Self

from claims_app.db import now
from claims_app.errors import DomainError

_DAY = 24 * 60 * 60.0


class Fault(enum.StrEnum):
    """What stands between an address and its bytes."""

    #: The site says that the page is not there: 404 and 410.
    GONE = "gone"
    #: The name leads nowhere.
    NO_SITE = "no_site"
    #: Never asked for: another scheme, a closed port, a password, a machine inside, or no address at all.
    CLOSED = "closed"
    #: The site answers with something other than the page, as 401, 403 and 451.
    REFUSED = "refused"
    #: The site cannot now: 429, and from 500.
    BUSY = "busy"
    TIMEOUT = "timeout"
    #: The connection, the protocol, a length or a packing does not hold.
    BROKEN = "broken"
    #: The site does not prove who it is, or does not encrypt.
    UNSAFE = "unsafe"
    TOO_LARGE = "too_large"
    #: A media type or a packing that is not wanted.
    KIND = "kind"
    #: One redirect after the other.
    LOST = "lost"
    EMPTY = "empty"


_PASSING = frozenset({Fault.BUSY, Fault.TIMEOUT, Fault.BROKEN, Fault.NO_SITE})


class FetchFailed(DomainError):
    """No page came; ``fault`` says why in a word, the sentence what a person can do instead.

    ``address`` is where it ended: the last one that was asked, or was not because of the fault; what is no address
    stands as it came. ``status`` is what the last site answered, if it did; ``retry_after`` the seconds after which
    it wants to be asked again, at most a day.
    """

    def __init__(self, message: str, fault: Fault, **values: object) -> None:
        super().__init__(message, field="address", **values)
        self.fault = fault
        self.address = ""
        self.status: int | None = None
        self.retry_after: float | None = None

    def at(self, address: str) -> Self:
        """Return the failure with the address it ended at, unless that is known already."""
        self.address = self.address or address
        return self

    @property
    def is_passing(self) -> bool:
        """Whether the same fetch may succeed later, with nothing changed by a person."""
        return self.fault in _PASSING


def read_retry_after(text: str) -> float | None:
    """Return the seconds that a header ``Retry-After`` asks to wait, at most a day; None: it does not say.

    It may say so in seconds or as a moment; a moment that is past means 0.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), _DAY)
    try:
        moment = parsedate_to_datetime(text)
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now()).total_seconds()
    except (ValueError, OverflowError):
        return None
    return max(0.0, min(math.ceil(seconds), _DAY))
