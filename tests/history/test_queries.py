"""Reading the history: filters as they stand in an address, and pages that reach each entry once."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.history.queries import PAGE, HistoryFilter, list_history, read_filter, values_of
from claims_app.history.service import record
from claims_app.people.model import Person, Role
from tests.factories import Factory

ZONE = "Asia/Jerusalem"


def write(session: Session, number: int, actor: Person | None = None) -> None:
    """Append entries that stand for any others."""
    for _ in range(number):
        record(session, actor=actor, action=Action.EXPORTED, subject=Subject.DESK)
    session.commit()


def found(session: Session, **wanted: object) -> list[HistoryEntry]:
    return list(list_history(session, HistoryFilter(**wanted)).entries)  # type: ignore[arg-type]


class TestAnAddress:
    def test_asks_for_a_view_and_a_view_writes_the_same_address(self) -> None:
        address = {
            "person": "3",
            "action": "created",
            "subject": "claim",
            "article": "4",
            "claim": "5",
            "from": "2026-03-01",
            "to": "2026-03-31",
        }
        wanted = read_filter({**address, "before": "99"}, zone=ZONE)
        assert wanted == HistoryFilter(
            3, Action.CREATED, Subject.CLAIM, 4, 5, date(2026, 3, 1), date(2026, 3, 31), 99, ZONE
        )
        assert wanted.arguments() == address

    def test_names_the_desk_itself(self) -> None:
        wanted = read_filter({"person": "desk"}, zone=ZONE)
        assert wanted.actor_id == 0
        assert wanted.arguments() == {"person": "desk"}

    def test_can_leave_one_filter_out(self) -> None:
        wanted = read_filter({"article": "4", "claim": "5"}, zone=ZONE)
        assert wanted.arguments(claim=None) == {"article": "4"}

    @pytest.mark.parametrize(
        "address",
        [
            {"person": "nobody"},
            {"person": "0"},
            {"action": "eaten"},
            {"subject": "x"},
            {"article": "-1"},
            {"claim": "9" * 19},
            {"claim": "٣"},
            {"from": "yesterday"},
            {"from": "0001-01-01"},
            {"to": "9999-12-31"},
            {"to": "2026-02-30"},
            {"before": "' OR 1=1"},
        ],
    )
    def test_that_holds_nonsense_asks_for_everything(self, address: dict[str, str]) -> None:
        assert read_filter(address, zone=ZONE) == HistoryFilter(zone=ZONE)


class TestListHistory:
    def test_reaches_each_entry_once_newest_first(self, session: Session, make: Factory) -> None:
        write(session, PAGE * 2 + 7, make.person())
        seen: list[int] = []
        before: int | None = None
        while True:
            page = list_history(session, HistoryFilter(before=before))
            assert len(page.entries) <= PAGE
            seen += [entry.id for entry in page.entries]
            before = page.before
            if before is None:
                break
        last = session.scalar(select(func.max(HistoryEntry.id)))
        assert last is not None
        assert seen == list(range(last, 0, -1))

    def test_a_full_last_page_has_no_next(self, session: Session) -> None:
        write(session, PAGE)
        assert list_history(session, HistoryFilter()).before is None

    def test_finds_what_a_person_did_and_what_the_desk_itself_did(self, session: Session, make: Factory) -> None:
        person = make.person(role=Role.EDITOR)
        make.article(actor=person)
        assert {entry.actor_id for entry in found(session, actor_id=person.id)} == {person.id}
        assert {entry.actor_id for entry in found(session, actor_id=0)} == {None}

    def test_finds_by_action_subject_article_and_claim(self, session: Session, make: Factory) -> None:
        claim = make.claim()
        other = make.claim()
        make.evidence(claim)
        assert {entry.action for entry in found(session, action=Action.MOVED)} == {"moved"}
        assert {entry.subject for entry in found(session, subject=Subject.EVIDENCE)} == {"evidence"}
        assert {entry.article_id for entry in found(session, article_id=other.article_id)} == {other.article_id}
        assert {entry.claim_id for entry in found(session, claim_id=claim.id)} == {claim.id}
        assert found(session, claim_id=claim.id, subject=Subject.ARTICLE) == []

    def test_counts_days_by_the_clock_of_the_desk(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        # Half past midnight in Jerusalem is still the evening before in UTC.
        moments = [datetime(2026, 1, day, 22, 30, tzinfo=UTC) for day in (9, 10)]
        monkeypatch.setattr("claims_app.history.service.now", iter(moments).__next__)
        write(session, 2)
        day = date(2026, 1, 10)
        assert [entry.at for entry in found(session, first_day=day, last_day=day, zone=ZONE)] == moments[:1]
        assert [entry.at for entry in found(session, first_day=day, last_day=day, zone="UTC")] == moments[1:]

    def test_can_leave_out_the_accounts_of_others(self, session: Session, make: Factory) -> None:
        person, other = make.person(), make.person()
        make.article()
        entries = list_history(session, HistoryFilter(), only_account_of=person.id).entries
        accounts = {entry.subject_id for entry in entries if entry.subject == Subject.PERSON}
        assert accounts == {person.id}
        assert other.id not in accounts
        assert any(entry.subject == Subject.ARTICLE for entry in entries)

    def test_tells_only_administrators_of_webhooks(self, session: Session, make: Factory) -> None:
        make.webhook(address="https://hooks.example/services/known-to-few")
        assert Subject.WEBHOOK in {entry.subject for entry in list_history(session, HistoryFilter()).entries}
        others = list_history(session, HistoryFilter(), only_account_of=make.person().id).entries
        assert Subject.WEBHOOK not in {entry.subject for entry in others}


class TestValuesOf:
    def test_gives_moments_back_as_moments(self, session: Session, make: Factory) -> None:
        deadline = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
        article = make.article(title_en="A bridge", deadline_at=deadline)
        entry = found(session, subject=Subject.ARTICLE, article_id=article.id)[0]
        assert ("deadline_at", None, deadline) in values_of(entry)
        assert ("title_en", None, "A bridge") in values_of(entry)
