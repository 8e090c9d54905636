"""One question to a service that the settings name, and its answer: bounded in time and bytes, from nowhere else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore2

from claims_app.errors import DomainError
from claims_app.fetching import Guard, Limits
from claims_app.fetching.faults import read_retry_after
from claims_app.fetching.guard import Place, read_place
from claims_app.fetching.sending import send
from claims_app.fetching.wire import Unsafe

LIMITS = Limits(body=4_000_000)
_MINUTE = 60


class ArchivingFailed(DomainError):
    """What was asked of a service did not come about, and asking again changes nothing before a person acts.

    ``is_passing`` says that it is worth asking again by itself, ``retry_after`` how many seconds later at the earliest
    where that is known.
    """

    is_passing = False

    def __init__(self, message: str, retry_after: float | None = None, /, **values: object) -> None:
        super().__init__(message, field=None, **values)
        self.retry_after = retry_after


class ArchivingDelayed(ArchivingFailed):
    """What was asked of a service did not come about this time, and may when it is asked again later."""

    is_passing = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered, whatever its status but a redirect; ``media_type`` is in lower case."""

    host: str
    status: int
    media_type: str
    body: bytes
    #: Seconds after which the service wants to be asked again, within a day; None: it does not say.
    retry_after: float | None

    def need_success(self) -> None:
        """Refuse every answer but the one that was asked for."""
        if self.status == 429:
            raise ArchivingDelayed(
                "%(host)s takes no more for now; it is asked again later.",
                self.retry_after or _MINUTE,
                host=self.host,
            )
        if self.status >= 500:
            raise ArchivingDelayed(
                "%(host)s has a fault of its own (it answers %(status)s); it is asked again later.",
                self.retry_after,
                host=self.host,
                status=self.status,
            )
        if self.status in {401, 403}:
            raise ArchivingFailed(
                "%(host)s refuses the desk (it answers %(status)s); check the keys and the address in the settings.",
                host=self.host,
                status=self.status,
            )
        if self.status != 200:
            raise ArchivingFailed(
                "%(host)s does not take what it is asked (it answers %(status)s); check its address in the settings.",
                host=self.host,
                status=self.status,
            )


def ask(method: str, address: str, *, headers: Mapping[str, str], body: bytes = b"", limits: Limits = LIMITS) -> Answer:
    """Ask the service at an address of the settings, which may be inside this network, and return its answer.

    No answer, an unsafe or broken one, one past the limits and a redirect are an ``ArchivingFailed``; nothing of the
    environment counts.
    """
    place = _read(address)
    guard = Guard(allow=frozenset({(place.host, place.port)}))
    with _told(place.host, limits):
        reply = send(method, place, headers=headers, body=body, guard=guard, limits=limits)
    if 300 <= reply.status < 400:
        raise ArchivingFailed(
            "%(host)s sends the desk on to another address; check its address in the settings.",
            host=place.host,
        )
    return Answer(
        place.host,
        reply.status,
        reply.headers.get("content-type", "").partition(";")[0].strip().lower(),
        reply.body,
        read_retry_after(reply.headers.get("retry-after", "")),
    )


def _read(address: str) -> Place:
    try:
        return read_place(address)
    except DomainError as error:
        raise ArchivingFailed(
            "The settings name a service by an address that is none; check archive_address and timestamp_address."
        ) from error


@contextmanager
def _told(host: str, limits: Limits) -> Iterator[None]:
    """Tell what goes wrong on the wire in words for a person."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise ArchivingDelayed(
            "%(host)s did not answer in %(seconds)s seconds; it is asked again later.",
            host=host,
            seconds=f"{limits.seconds:g}",
        ) from error
    except Unsafe as error:
        raise ArchivingFailed(
            "No safe connection to %(host)s can be made; check its address in the settings.", host=host
        ) from error
    except (httpcore2.NetworkError, DomainError) as error:  # the guard's refusal: the name is not known just now
        raise ArchivingDelayed("There is no connection to %(host)s; it is asked again later.", host=host) from error
    except httpcore2.ProtocolError as error:
        raise ArchivingDelayed(
            "The answer of %(host)s broke off or does not end; it is asked again later.", host=host
        ) from error
