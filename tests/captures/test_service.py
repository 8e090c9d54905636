"""The queue of captures: who gets which and when, what is tried again, and that each is recorded once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, CaptureState, Trigger
from claims_app.captures.queries import IS_OPEN, find_capture, list_captures, newest_copies, newest_copy, next_moment
from claims_app.captures.service import (
    LEASE,
    MOST_ATTEMPTS,
    WAITS,
    Hindered,
    Kept,
    Taken,
    finish_failed,
    finish_kept,
    keep_upload,
    release,
    request_capture,
    take_next,
)
from claims_app.errors import DomainError, NotAllowed, NotFound
from claims_app.evidence.service import withdraw_source
from claims_app.fetching import Fault, FetchFailed
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Role
from claims_app.sources.model import Source
from tests.factories import Factory

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
POLITE = 2 * SECOND
KEPT = Kept(sha256="ab" * 32, size=120, media_type="text/html", software="Claims Desk 1", text_sha256="cd" * 32)


def take(session: Session, at: datetime = NOON, **options: object) -> Taken | None:
    return take_next(session, now=at, politeness=POLITE, **options)  # type: ignore[arg-type]


def taken(session: Session, at: datetime = NOON) -> Taken:
    found = take(session, at)
    assert found is not None
    return found


def busy(**values: float) -> FetchFailed:
    error = FetchFailed(
        "The site has a fault of its own (it answers %(status)s); try again later.", Fault.BUSY, status=503
    )
    error.status, error.retry_after = 503, values.get("retry_after")
    return error.at("https://example.org/busy")


def gone() -> FetchFailed:
    return FetchFailed(
        "There is no page at this address (the site answers %(status)s); check the address.", Fault.GONE, status=404
    )


def fail(session: Session, held: Taken, error: DomainError, at: datetime = NOON) -> Capture | None:
    return finish_failed(session, held, error, now=at, politeness=POLITE)


def records(session: Session) -> list[HistoryEntry]:
    return list(session.scalars(select(HistoryEntry).where(HistoryEntry.action == "captured")))


class TestAsking:
    def test_a_capture_waits_for_the_source_s_address(self, make: Factory) -> None:
        source = make.source(address="https://news.example/one")
        capture = make.capture(source, trigger=Trigger.ADDED, due_at=NOON)
        assert (capture.state, capture.address, capture.host) == ("waiting", "https://news.example/one", "news.example")
        assert (capture.due_at, capture.trigger, capture.attempts) == (NOON, Trigger.ADDED, 0)
        assert capture.asked_by is make.regular(Role.CHECKER)

    def test_what_is_on_its_way_is_not_asked_for_twice(self, make: Factory, session: Session) -> None:
        source = make.source()
        assert make.capture(source) is make.capture(source)
        assert session.scalar(select(func.count()).select_from(Capture)) == 1

    def test_a_person_who_asks_brings_forward_what_was_put_off(self, make: Factory) -> None:
        source = make.source()
        make.capture(source, due_at=NOON + MINUTE)
        assert make.capture(source, trigger=Trigger.WATCH, due_at=NOON).due_at == NOON + MINUTE
        assert make.capture(source, due_at=NOON).due_at == NOON

    def test_what_waits_follows_the_source_to_its_corrected_address(self, make: Factory, session: Session) -> None:
        source = make.source(address="https://wrong.example/1")
        capture = make.capture(source)
        source.address = "https://right.example/1"
        assert make.capture(source) is capture
        assert (capture.address, capture.host) == ("https://right.example/1", "right.example")

    def test_nothing_is_asked_for_without_an_address(self, make: Factory, session: Session) -> None:
        def ask(source: Source) -> Capture | None:
            return request_capture(session, actor=None, source=source, trigger=Trigger.COMMAND)

        assert ask(make.source(address=None, title="A book")) is None
        assert ask(make.confidential()) is None
        withdrawn = make.source()
        withdraw_source(session, actor=make.regular(Role.CHECKER), source_id=withdrawn.id, why="A double.")
        assert ask(withdrawn) is None

    def test_a_reader_cannot_ask(self, make: Factory) -> None:
        with pytest.raises(NotAllowed):
            make.capture(actor=make.person(role=Role.READER))

    def test_a_check_that_is_due_needs_nobody_s_leave(self, make: Factory) -> None:
        assert make.capture(trigger=Trigger.WATCH, actor=make.person(role=Role.READER)).state == "waiting"


class TestTaking:
    def test_the_first_that_is_due_is_taken_and_held(self, make: Factory, session: Session) -> None:
        make.capture(make.source(address="https://b.example/"), due_at=NOON)
        first = make.capture(make.source(address="https://a.example/"), due_at=NOON - SECOND)
        held = taken(session)
        assert held == Taken(first.id, first.source_id, "https://a.example/", 1, NOON + LEASE)
        assert (first.state, first.lease_until) == (CaptureState.RUNNING, NOON + LEASE)

    def test_nothing_is_taken_before_it_is_due(self, make: Factory, session: Session) -> None:
        make.capture(due_at=NOON)
        assert take(session, NOON - SECOND) is None
        assert take(session) is not None

    def test_only_what_is_wanted_is_taken(self, make: Factory, session: Session) -> None:
        make.capture(make.source(address="https://a.example/"), due_at=NOON)
        second = make.capture(make.source(address="https://b.example/"), due_at=NOON)
        assert take(session, only=[]) is None
        found = take(session, only=[second.id])
        assert found is not None
        assert found.id == second.id

    def test_a_host_is_asked_for_one_page_at_a_time(self, make: Factory, session: Session) -> None:
        for address in ("https://a.example/1", "https://a.example/2", "https://b.example/1"):
            make.capture(make.source(address=address), due_at=NOON)
        assert [taken(session).address, taken(session).address] == ["https://a.example/1", "https://b.example/1"]
        assert take(session) is None

    def test_a_host_has_a_pause_after_each_page(self, make: Factory, session: Session) -> None:
        for address in ("https://a.example/1", "https://a.example/2"):
            make.capture(make.source(address=address), due_at=NOON)
        finish_kept(session, taken(session), KEPT, now=NOON + SECOND)
        assert take(session, NOON + SECOND) is None
        assert next_moment(session, politeness=POLITE) == NOON + 3 * SECOND
        assert take(session, NOON + 3 * SECOND) is not None

    def test_an_upload_keeps_no_host_busy(self, make: Factory, session: Session) -> None:
        keep_upload(session, actor=make.regular(Role.CHECKER), source_id=make.source().id, kept=KEPT)
        make.capture(due_at=NOON)
        assert take(session) is not None

    def test_what_was_held_by_somebody_who_is_gone_is_taken_again(self, make: Factory, session: Session) -> None:
        make.capture(due_at=NOON)
        first = taken(session)
        assert take(session, NOON + LEASE - SECOND) is None
        second = taken(session, NOON + LEASE)
        assert (first.id, first.attempt, second.attempt) == (second.id, 1, 2)

    def test_a_page_that_ends_every_worker_is_given_up(self, make: Factory, session: Session) -> None:
        capture, at = make.capture(due_at=NOON), NOON
        for _ in range(MOST_ATTEMPTS):
            taken(session, at)
            at += LEASE
        assert take(session, at) is None
        assert capture.state is CaptureState.FAILED
        assert capture.failure == "The program was stopped each time it captured this page; capture it again by hand."
        assert len(records(session)) == 1

    def test_what_is_given_back_is_free_at_once(self, make: Factory, session: Session) -> None:
        make.capture(due_at=NOON)
        held = taken(session)
        release(session, held, now=NOON + SECOND)
        assert finish_kept(session, held, KEPT, now=NOON + SECOND) is None
        again = taken(session, NOON + SECOND)
        assert again.attempt == 1
        assert finish_kept(session, held, KEPT, now=NOON + SECOND) is None
        assert finish_kept(session, again, KEPT, now=NOON + SECOND) is not None

    def test_orderly_stops_use_up_no_attempt(self, make: Factory, session: Session) -> None:
        capture, at = make.capture(due_at=NOON), NOON
        for _ in range(MOST_ATTEMPTS + 1):
            at += SECOND
            release(session, taken(session, at), now=at)
        assert (capture.state, capture.attempts) == (CaptureState.WAITING, 0)

    def test_a_clock_that_is_set_back_keeps_no_host_waiting(self, make: Factory, session: Session) -> None:
        for address in ("https://a.example/1", "https://a.example/2"):
            make.capture(make.source(address=address), due_at=NOON)
        finish_kept(session, taken(session), KEPT, now=NOON + 60 * MINUTE)
        assert take(session, NOON + MINUTE) is not None

    def test_a_corrected_address_is_the_one_that_is_fetched(self, make: Factory, session: Session) -> None:
        source = make.source(address="https://wrong.example/1")
        make.capture(source, due_at=NOON)
        source.address = "https://right.example/1"
        held = taken(session)
        assert held.address == "https://right.example/1"
        assert find_capture(session, held.id).host == "right.example"

    def test_a_corrected_address_waits_for_its_own_site(self, make: Factory, session: Session) -> None:
        make.capture(make.source(address="https://right.example/1"), due_at=NOON - SECOND)
        source = make.source(address="https://wrong.example/1")
        make.capture(source, due_at=NOON)
        taken(session)
        source.address = "https://right.example/2"
        assert take(session) is None

    def test_giving_back_what_another_holds_by_now_changes_nothing(self, make: Factory, session: Session) -> None:
        capture = make.capture(due_at=NOON)
        first = taken(session)
        taken(session, NOON + LEASE)
        release(session, first, now=NOON + LEASE)
        assert capture.state is CaptureState.RUNNING

    def test_the_next_moment_is_the_earliest_of_all_hosts(self, make: Factory, session: Session) -> None:
        assert next_moment(session, politeness=POLITE) is None
        make.capture(make.source(address="https://a.example/"), due_at=NOON + MINUTE)
        assert next_moment(session, politeness=POLITE) == NOON + MINUTE
        make.capture(make.source(address="https://b.example/"), due_at=NOON)
        assert next_moment(session, politeness=POLITE) == NOON
        taken(session)
        assert next_moment(session, politeness=POLITE) == NOON + MINUTE

    def test_a_busy_host_is_free_at_the_end_of_the_lease(self, make: Factory, session: Session) -> None:
        for address in ("https://a.example/1", "https://a.example/2"):
            make.capture(make.source(address=address), due_at=NOON)
        taken(session)
        assert next_moment(session, politeness=POLITE) == NOON + LEASE


class TestKeeping:
    def test_a_copy_is_recorded_with_all_that_is_known(self, make: Factory, session: Session) -> None:
        source = make.source(address="https://a.example/")
        capture = make.capture(source, due_at=NOON)
        kept = Kept(
            **{**KEPT.values(), "redirects": ("https://a.example/",), "headers": {"server": "x"}, "status": 200}
        )
        assert finish_kept(session, taken(session), kept, now=NOON + SECOND) is capture
        assert (capture.state, capture.sha256, capture.size) == (CaptureState.KEPT, "ab" * 32, 120)
        assert (capture.redirects, capture.headers, capture.lease_until) == (
            ["https://a.example/"],
            {"server": "x"},
            None,
        )
        (entry,) = records(session)
        assert (entry.subject, entry.subject_id, entry.actor_name) == ("source", source.id, "Regular checker")
        assert entry.changes == {
            "state": [None, "kept"],
            "address": [None, "https://a.example/"],
            "sha256": [None, "ab" * 32],
            "size": [None, 120],
            "media_type": [None, "text/html"],
        }

    def test_who_was_overtaken_records_nothing(self, make: Factory, session: Session) -> None:
        capture = make.capture(due_at=NOON)
        first = taken(session)
        second = taken(session, NOON + LEASE)
        assert finish_kept(session, first, KEPT, now=NOON + LEASE) is None
        assert fail(session, first, gone(), NOON + LEASE) is None
        assert capture.state is CaptureState.RUNNING
        assert finish_kept(session, second, KEPT, now=NOON + LEASE) is capture
        assert finish_kept(session, second, KEPT, now=NOON + LEASE) is None
        assert len(records(session)) == 1

    def test_the_newest_copy_of_each_source_is_found(self, make: Factory, session: Session) -> None:
        one, other, none = make.source(), make.source(), make.source()
        make.copy(one)
        newest, single = make.copy(one), make.copy(other)
        failed = make.failed_capture(one)
        make.capture(none)
        assert newest_copy(session, one.id) is newest
        assert newest_copy(session, none.id) is None
        assert newest_copies(session, [one.id, other.id, none.id]) == {one.id: newest, other.id: single}
        assert list_captures(session, one.id)[:2] == [failed, newest]
        assert find_capture(session, failed.id) is failed
        with pytest.raises(NotFound):
            find_capture(session, 999)


class TestFailing:
    def test_a_page_that_is_gone_fails_for_good(self, make: Factory, session: Session) -> None:
        capture = make.capture(due_at=NOON)
        fail(session, taken(session), gone().at("https://a.example/"))
        assert (capture.state, capture.fault, capture.finished_at) == (CaptureState.FAILED, "gone", NOON)
        assert capture.final_address == "https://a.example/"
        assert capture.failure is not None
        assert capture.failure % capture.failure_values == str(gone())
        (entry,) = records(session)
        assert entry.changes["failure"] == [None, str(gone())]

    def test_what_may_pass_is_tried_again_later_and_later(self, make: Factory, session: Session) -> None:
        capture, at = make.capture(due_at=NOON), NOON
        for wait in WAITS:
            fail(session, taken(session, at), busy(), at)
            assert (capture.state, capture.due_at) == (CaptureState.WAITING, at + wait)
            at += wait
        assert records(session) == []
        fail(session, taken(session, at), busy(), at)
        assert (capture.state, capture.fault, capture.status) == (CaptureState.FAILED, "busy", 503)
        assert len(records(session)) == 1

    def test_a_refusal_that_is_no_failed_fetch_is_final(self, make: Factory, session: Session) -> None:
        capture = make.capture(due_at=NOON)
        fail(session, taken(session), DomainError("A fault of the program ended this capture; its log says more."))
        assert (capture.state, capture.fault) == (CaptureState.FAILED, None)

    def test_what_hinders_the_desk_itself_may_pass(self, make: Factory, session: Session) -> None:
        capture, at = make.capture(due_at=NOON), NOON
        for wait in WAITS:
            fail(session, taken(session, at), Hindered("The disk is full."), at)
            assert (capture.state, capture.due_at) == (CaptureState.WAITING, at + wait)
            at += wait
        fail(session, taken(session, at), Hindered("The disk is full."), at)
        assert (capture.state, capture.failure) == (CaptureState.FAILED, "The disk is full.")

    def test_a_site_that_asks_for_a_pause_gets_it_for_all_its_pages(self, make: Factory, session: Session) -> None:
        first, second, other = (
            make.capture(make.source(address=address), due_at=NOON)
            for address in ("https://a.example/1", "https://a.example/2", "https://b.example/")
        )
        fail(session, taken(session), busy(retry_after=600))
        session.expire_all()
        assert [first.due_at, second.due_at] == [NOON + 10 * MINUTE] * 2
        assert other.due_at == NOON

    def test_a_short_pause_does_not_shorten_the_wait(self, make: Factory, session: Session) -> None:
        capture = make.capture(due_at=NOON)
        fail(session, taken(session), busy(retry_after=1))
        assert capture.due_at == NOON + WAITS[0]


class TestUploads:
    def test_a_file_that_somebody_brought_is_a_copy_at_once(self, make: Factory, session: Session) -> None:
        source, actor = make.source(address=None, title="A book"), make.person()
        capture = keep_upload(session, actor=actor, source_id=source.id, kept=KEPT)
        assert (capture.state, capture.trigger, capture.address) == (CaptureState.KEPT, Trigger.UPLOAD, None)
        assert capture.asked_by is actor
        assert newest_copy(session, source.id) is capture
        assert len(records(session)) == 1

    def test_a_confidential_source_takes_files_from_those_who_know_it(self, make: Factory, session: Session) -> None:
        insider = make.person()
        source = make.confidential(actor=insider)
        with pytest.raises(NotAllowed, match="Only the people named on a confidential source may add to it"):
            keep_upload(session, actor=make.person(), source_id=source.id, kept=KEPT)
        assert keep_upload(session, actor=insider, source_id=source.id, kept=KEPT).state is CaptureState.KEPT

    def test_a_reader_brings_nothing(self, make: Factory, session: Session) -> None:
        with pytest.raises(NotAllowed):
            keep_upload(session, actor=make.person(role=Role.READER), source_id=make.source().id, kept=KEPT)


def test_taking_uses_the_index_of_open_captures(session: Session) -> None:
    """A desk keeps many captures, of which few are open."""
    statement = f"SELECT id FROM capture WHERE {IS_OPEN} ORDER BY due_at, id LIMIT 1"
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
    assert any("ix_capture_due" in row[-1] for row in plan), plan
