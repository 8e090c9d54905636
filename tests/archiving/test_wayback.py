"""Asking an archive to keep a page: from the first request to the memento, and all that can stand between."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
import time_machine

from claims_app.archiving import Archive, ArchivingFailed, Job, Memento, Progress, ask_to_save, look_at
from claims_app.fetching import Limits
from tests.archiving.services import KEY, SECRET, STAMP, ArchiveService, Reply, raw, say, serving

PAGE = "https://news.example/דוח?year=2026&page=3"
AT = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
NOT_UNDERSTOOD = "The answer of 127.0.0.1 is not understood; it is asked again later."


def begin(service: ArchiveService, address: str = PAGE) -> Job:
    return ask_to_save(service.archive, address)


def finish(service: ArchiveService, address: str = PAGE) -> Progress:
    job = begin(service, address)
    assert look_at(service.archive, job).is_pending
    return look_at(service.archive, job)


def refused(archive: Archive, address: str = PAGE) -> ArchivingFailed:
    with pytest.raises(ArchivingFailed) as caught:
        ask_to_save(archive, address)
    return caught.value


def refused_look(archive: Archive) -> ArchivingFailed:
    with pytest.raises(ArchivingFailed) as caught:
        look_at(archive, Job("spn2-1"))
    return caught.value


class TestAPage:
    def test_is_kept_after_a_while(self, archive_service: ArchiveService) -> None:
        progress = finish(archive_service)
        assert progress == Progress(Memento(f"{archive_service.address}/web/{STAMP}/{PAGE}", AT))
        assert not progress.is_pending

    def test_is_named_in_the_form_as_it_is_and_nothing_else_of_the_desk_is(
        self, archive_service: ArchiveService
    ) -> None:
        begin(archive_service)
        (asked,) = archive_service.asked
        assert parse_qs(asked.body.decode()) == {"url": [PAGE], "skip_first_archive": ["1"]}
        assert asked.headers["accept"] == "application/json"
        assert "cookie" not in asked.headers

    def test_is_named_as_the_archive_found_it_in_the_end(self, archive_service: ArchiveService) -> None:
        archive_service.moved[PAGE] = "https://www.news.example/report"
        kept = finish(archive_service).kept
        assert kept is not None
        assert kept.address == f"{archive_service.address}/web/{STAMP}/https://www.news.example/report"

    def test_that_was_kept_within_the_hour_is_the_job_that_kept_it(self, archive_service: ArchiveService) -> None:
        first = finish(archive_service)
        again = begin(archive_service)
        assert look_at(archive_service.archive, again) == first
        assert archive_service.captures_today[PAGE] == 1

    @pytest.mark.parametrize(
        ("said", "ago"),
        [
            ("4 hours, 45 minutes", timedelta(hours=4, minutes=45)),
            ("8 minutes and 12 seconds", timedelta(minutes=8, seconds=12)),
            ("1 day, 1 hour", timedelta(days=1, hours=1)),
            ("a moment", timedelta()),
        ],
    )
    def test_that_was_kept_recently_without_a_job_is_kept(self, said: str, ago: timedelta) -> None:
        message = f"The same snapshot had been made {said} ago. You can make new capture of this URL after 24 hours."
        with (
            serving(lambda _: say({"url": PAGE, "job_id": None, "message": message})) as service,
            time_machine.travel(datetime(2026, 3, 2, 12, 0, tzinfo=UTC), tick=False),
        ):
            archive = Archive(service.address, KEY, SECRET)
            job = ask_to_save(archive, PAGE)
            at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC) - ago
            kept = Memento(f"{service.address}/web/{at:%Y%m%d%H%M%S}/{PAGE}", at, is_exact=False)
            assert job == Job("", kept)
            assert look_at(archive, job) == Progress(kept)
            assert len(service.asked) == 1

    def test_is_asked_for_under_the_base_of_the_settings(self) -> None:
        with serving(lambda _: say({"url": PAGE, "job_id": "spn2-1"})) as service:
            assert ask_to_save(Archive(f" {service.address}/archive/ ", KEY, SECRET), PAGE) == Job("spn2-1")
            assert service.asked[0].path == "/archive/save"


class TestAPageThatIsNotKept:
    @pytest.mark.parametrize(
        ("code", "is_passing", "after", "says"),
        [
            ("error:blocked-url", False, None, "rely on the desk's own copy"),
            ("error:filesize-limit", False, None, "rely on the desk's own copy"),
            ("error:no-access", False, None, "rely on the desk's own copy"),
            ("error:invalid-host-resolution", False, None, "check the address"),
            ("error:not-found", False, None, "check the address"),
            ("error:bandwidth-limit-exceeded", True, 86_400, "asked again tomorrow"),
            ("error:too-many-requests", True, 60, "asked again later"),
            ("error:browsing-timeout", True, 3_600, "asked again later"),
            ("error:never-heard-of", True, 3_600, "asked again later"),
        ],
    )
    def test_ends_with_the_archives_code_and_words(
        self, archive_service: ArchiveService, code: str, is_passing: bool, after: float | None, says: str
    ) -> None:
        archive_service.failing[PAGE] = code, "Live page\n is not available."
        progress = finish(archive_service)
        assert (progress.kept, progress.code, progress.said) == (None, code, "Live page is not available.")
        assert progress.failure is not None
        assert (progress.failure.is_passing, progress.failure.retry_after) == (is_passing, after)
        assert f"({code})" in str(progress.failure)
        assert says in str(progress.failure)

    def test_without_a_code_is_asked_for_again(self) -> None:
        with serving(lambda _: say({"status": "error", "message": "Something."})) as service:
            progress = look_at(Archive(service.address, KEY, SECRET), Job("spn2-1"))
        assert progress.failure is not None
        assert progress.failure.is_passing

    def test_though_it_was_kept_five_times_today(self, archive_service: ArchiveService) -> None:
        """The archive says so with 200 and without a job."""
        archive_service.captures_today[PAGE] = 5
        error = refused(archive_service.archive)
        assert str(error) == (
            "The archive takes no more today (error:too-many-daily-captures); it is asked again tomorrow."
        )
        assert (error.is_passing, error.retry_after) == (True, 86_400)

    def test_while_too_many_others_are(self, archive_service: ArchiveService) -> None:
        """The archive says so with 429 and its own code, which tells more than the number."""
        for number in range(3):
            begin(archive_service, f"{PAGE}&n={number}")
        error = refused(archive_service.archive)
        assert "(error:user-session-limit)" in str(error)
        assert (error.is_passing, error.retry_after) == (True, 60)

    def test_because_the_archive_forgot_it_is_asked_for_again(self, archive_service: ArchiveService) -> None:
        job = begin(archive_service)
        archive_service.is_forgetful = True
        failure = look_at(archive_service.archive, job).failure
        assert failure is not None
        assert failure.is_passing

    def test_for_a_reason_that_has_no_code(self) -> None:
        message = "You cannot make more than 30,000 captures per day." + " Please wait." * 40
        with serving(lambda _: say({"message": message})) as service:
            error = refused(Archive(service.address, KEY, SECRET))
        assert str(error).startswith("The archive did not begin to keep the page, and says: You cannot make more than")
        assert len(str(error)) < 400
        assert error.is_passing

    @pytest.mark.parametrize(
        ("address", "says"),
        [
            ("ftp://news.example/a", "this is no address of one"),
            ("the front page", "this is no address of one"),
            ("https://name:word@news.example/", "this is no address of one"),
            ("http://127.0.0.1/notes", "inside this network"),
            ("http://2130706433/notes", "inside this network"),
            ("http://[::1]/notes", "inside this network"),
            ("http://10.0.0.5:8080/", "inside this network"),
            ("http://intranet/people", "inside this network"),
        ],
    )
    def test_because_no_stranger_may_know_of_it(self, archive_service: ArchiveService, address: str, says: str) -> None:
        error = refused(archive_service.archive, address)
        assert says in str(error)
        assert not error.is_passing
        assert archive_service.asked == []


class TestTheKeys:
    def test_that_are_wrong_are_for_a_person_to_mend(self, archive_service: ArchiveService) -> None:
        error = refused(Archive(archive_service.address, KEY, "other"))
        assert str(error) == (
            "127.0.0.1 refuses the desk (it answers 401); check the keys and the address in the settings."
        )
        assert not error.is_passing
        assert refused_look(Archive(archive_service.address, KEY, "other")).message == error.message

    @pytest.mark.parametrize(("key", "secret"), [("", SECRET), (KEY, ""), (KEY, "a\r\nX: y"), ("מפתח", SECRET)])
    def test_that_are_none_are_not_sent(self, archive_service: ArchiveService, key: str, secret: str) -> None:
        error = refused(Archive(archive_service.address, key, secret))
        assert str(error) == "The keys to the archive are not whole; copy both into the settings again."
        assert archive_service.asked == []

    def test_are_in_no_text_about_the_archive(self, archive_service: ArchiveService) -> None:
        assert KEY not in repr(archive_service.archive)
        assert SECRET not in repr(archive_service.archive)

    def test_may_have_blanks_around_them(self, archive_service: ArchiveService) -> None:
        assert ask_to_save(Archive(archive_service.address, f" {KEY}", f"{SECRET}\n"), PAGE).id


def success(**other: object) -> dict[str, object]:
    return {"status": "success", "timestamp": STAMP, "original_url": PAGE} | other


class TestAnAnswerThatIsNone:
    @pytest.mark.parametrize(
        "reply",
        [
            Reply(body=b"<!doctype html><h1>We are offline</h1>", media_type="text/html"),
            Reply(body=b""),
            Reply(body=b'{"job_id": "spn2-'),
            Reply(body=b"[" * 100_000),
            Reply(body=b"\xff\xfe"),
            say([]),
            say({}),
            say({"job_id": 7}),
            say({"job_id": "../../save"}),
            say({"job_id": "..", "message": None}),
            say({"job_id": "x" * 300}),
        ],
    )
    def test_is_not_taken_for_a_job(self, reply: Reply) -> None:
        with serving(lambda _: reply) as service:
            error = refused(Archive(service.address, KEY, SECRET))
        assert str(error) == NOT_UNDERSTOOD
        assert error.is_passing

    @pytest.mark.parametrize(
        "told",
        [
            {},
            {"status": "unheard-of"},
            {"status": "success"},
            success(timestamp="2026"),
            success(timestamp="20261399999999"),
            success(timestamp=20260302081500),
            success(original_url="javascript:alert(1)"),
            success(original_url=None),
        ],
    )
    def test_is_not_taken_for_progress(self, told: dict[str, object]) -> None:
        with serving(lambda _: say(told)) as service:
            error = refused_look(Archive(service.address, KEY, SECRET))
        assert str(error) == NOT_UNDERSTOOD
        assert error.is_passing

    @pytest.mark.parametrize("status", [429, 500, 502, 503, 520])
    def test_of_an_overloaded_archive_may_be_one_later(self, status: int) -> None:
        page = Reply(status, b"<html><body>Too many</body></html>", "text/html", {"Retry-After": "120"})
        with serving(lambda _: page) as service:
            archive = Archive(service.address, KEY, SECRET)
            for error in (refused(archive), refused_look(archive)):
                assert (error.is_passing, error.retry_after) == (True, 120)

    def test_that_breaks_off_may_be_whole_later(self) -> None:
        body = json.dumps(success()).encode()
        with serving(raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body), body[:20])) as service:
            assert refused_look(Archive(service.address, KEY, SECRET)).is_passing

    def test_past_the_limits_is_not_read(self) -> None:
        with (
            serving(lambda _: say(success(resources=["x" * 90] * 9_000))) as service,
            pytest.raises(ArchivingFailed) as caught,
        ):
            look_at(Archive(service.address, KEY, SECRET), Job("spn2-1"), limits=Limits(body=100_000))
        assert caught.value.is_passing
