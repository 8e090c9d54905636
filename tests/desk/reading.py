"""How tests read a page: its parts, its claims, its links."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from tests.client import StrictClient
from tests.conftest import Queries

PAST, FUTURE = datetime(2020, 1, 1, 9, 0, tzinfo=UTC), datetime(2090, 1, 1, 9, 0, tzinfo=UTC)

Counting = Callable[[], AbstractContextManager[Queries]]


def read(client: StrictClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def section(page: str, heading: str) -> str:
    """Return the part of a page from a heading to the next one."""
    found = re.search(rf"<h[12][^>]*>{re.escape(heading)}</h[12]>(.*?)(?:<h[12]|</main>)", page, re.DOTALL)
    assert found, heading
    return found[1]


def claims_in(part: str) -> list[int]:
    return [int(number) for number in re.findall(r'href="/claims/(\d+)"', part)]


def links(part: str) -> list[str]:
    return [address.replace("&amp;", "&") for address in re.findall(r'href="([^"]+)"', part)]
