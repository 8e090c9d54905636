"""Sending one request with a body: bounded in time and bytes, to where the guard allows, and never led on elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpcore2

from claims_app.fetching.guard import Guard, Place
from claims_app.fetching.page import Limits
from claims_app.fetching.wire import Wire, trust

_HEADERS = (
    ("User-Agent", "ClaimsDesk (a fact-checking desk)"),
    ("Accept-Encoding", "identity"),
    ("Connection", "close"),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered, whatever its status; a redirect is an answer, too."""

    status: int
    #: By name in lower case; of a name that came twice, the last.
    headers: Mapping[str, str]
    body: bytes


def send(
    method: str, place: Place, *, headers: Mapping[str, str], body: bytes = b"", guard: Guard, limits: Limits
) -> Reply:
    """Send one request and return the answer.

    What fails on the wire is raised as ``httpcore2`` raises it, a place that the guard refuses as ``FetchFailed``.
    Nothing of the environment counts.
    """
    guard.check_port(place)
    wire = Wire(guard, seconds=limits.seconds)
    pool = httpcore2.ConnectionPool(ssl_context=trust(), network_backend=wire, max_keepalive_connections=0)
    url = httpcore2.URL(scheme=place.scheme, host=place.host, port=place.port, target=place.target)
    told = [("Host", place.authority), ("Content-Length", str(len(body))), *_HEADERS, *headers.items()]
    with pool:
        wire.allow_bytes(limits.body + limits.headers)
        with pool.stream(method, url, headers=told, content=body) as response:
            answered = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            return Reply(response.status, answered, b"".join(response.iter_stream()))
