"""A fetch that fails says in one word why, what the site answered, when to come again, and where it ended."""

import socket
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
import time_machine

from claims_app.errors import DomainError
from claims_app.fetching import Fault, FetchFailed, Guard
from claims_app.fetching.faults import read_retry_after
from tests.faults.site import NAME, answer, failed, moved, sent, serving

pytestmark = pytest.mark.usefixtures("reached")
DAY = 86_400.0


@pytest.mark.parametrize(
    ("status", "fault", "is_passing"),
    [
        (404, Fault.GONE, False),
        (410, Fault.GONE, False),
        (401, Fault.REFUSED, False),
        (403, Fault.REFUSED, False),
        (418, Fault.REFUSED, False),
        (451, Fault.REFUSED, False),
        (206, Fault.REFUSED, False),
        (302, Fault.REFUSED, False),  # and says not where to
        (429, Fault.BUSY, True),
        (500, Fault.BUSY, True),
        (503, Fault.BUSY, True),
    ],
)
def test_what_the_site_answers_has_its_word(status: int, fault: Fault, is_passing: bool) -> None:
    with serving(sent(answer(status=f"{status} X"))) as site:
        failure, _ = site.fail("page")
        assert failure.address == f"{site.address}page"
    assert (failure.fault, failure.status, failure.is_passing) == (fault, status, is_passing)
    assert failure.retry_after is None


def test_another_try_is_worth_it_only_where_time_may_help() -> None:
    passing = {fault for fault in Fault if FetchFailed("Closed.", fault).is_passing}
    assert passing == {Fault.BUSY, Fault.TIMEOUT, Fault.BROKEN, Fault.NO_SITE}


def test_a_failure_is_a_refusal_like_any_other() -> None:
    with serving(sent(answer(status="410 Gone"))) as site, pytest.raises(DomainError) as caught:
        site.fetch()
    assert caught.value.values == {"status": 410}


class TestWhenToComeAgain:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("120", 120.0),
            (" 0 ", 0.0),
            ("86401", DAY),
            ("9" * 5000, DAY),
            ("Tue, 10 Mar 2026 12:02:00 GMT", 120.0),
            ("Tue, 10 Mar 2026 14:02:00 +0200", 120.0),
            ("Tue, 10 Mar 2026 12:02:00 -0000", 120.0),
            ("Mon, 09 Mar 2026 12:00:00 GMT", 0.0),
            ("Fri, 10 Mar 2028 12:00:00 GMT", DAY),
            ("", None),
            ("soon", None),
            ("-5", None),
            ("1.5", None),
            ("٣", None),
            ("1, 2", None),
            ("Tue, 99 Mar 2026 12:00:00 GMT", None),
            ("Sat, 01 Jan 0001 00:00:00 +2300", 0.0),
            ("Tue, 10 Mar 99999999999999999999 12:00:00 GMT", None),
        ],
        ids=ascii,
    )
    def test_is_read_in_seconds_or_as_a_moment_and_is_a_day_at_most(self, text: str, seconds: float | None) -> None:
        with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False):
            assert read_retry_after(text) == seconds

    @pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
    def test_comes_with_the_failure(self, status: str) -> None:
        with serving(sent(answer(status=status, more="Retry-After: 30\r\n"))) as site:
            assert site.fail()[0].retry_after == 30.0


class TestWhereItEnded:
    def test_is_the_last_address_that_was_asked(self) -> None:
        def serve(connection: socket.socket, request: bytes) -> None:
            connection.sendall(moved("/away") if b"GET / " in request else answer(status="404 X"))

        with serving(serve) as site:
            failure, _ = site.fail()
            assert (failure.address, failure.status) == (f"{site.address}away", 404)

    @pytest.mark.parametrize("target", ["http://10.0.0.1/", "http://other.example:22/", "ftp://other.example/"])
    def test_is_the_address_that_is_closed(self, target: str) -> None:
        with serving(sent(moved(target))) as site:
            failure, _ = site.fail()
        assert (failure.fault, failure.address) == (Fault.CLOSED, target)

    def test_of_what_never_was_an_address_is_what_was_given(self) -> None:
        failure = failed("  page five ", Guard())
        assert (failure.address, failure.status, failure.is_passing) == ("page five", None, False)
        assert len(failed("http://news.example/" + "a" * 9000, Guard()).address) == 4000

    def test_does_not_tell_a_password(self) -> None:
        given = f"https://editor:secret@{NAME}/page"
        failure = failed(given, Guard())
        assert failure.address == f"https://{NAME}/page"
        with serving(sent(moved(given))) as site:
            assert site.fail()[0].address == f"https://{NAME}/page"

    def test_of_a_name_that_leads_nowhere_has_no_answer(self) -> None:
        def resolve(*_: object) -> Sequence[str]:
            raise OSError

        failure = failed(f"http://{NAME}/", Guard(resolve))
        assert (failure.fault, failure.address, failure.status) == (Fault.NO_SITE, f"http://{NAME}/", None)

    def test_of_a_page_that_breaks_off_is_the_page(self) -> None:
        with serving(sent(answer()[:-1])) as site:
            failure, _ = site.fail()
            assert (failure.fault, failure.status, failure.address) == (Fault.BROKEN, 200, site.address)
