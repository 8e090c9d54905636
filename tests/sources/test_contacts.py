"""The contact log: who was asked, by whom, how and when; entries are added and withdrawn, never changed."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.db import now
from claims_app.errors import DomainError, NotAllowed, NotFound
from claims_app.evidence.model import Evidence
from claims_app.evidence.service import withdraw_source
from claims_app.history.model import HistoryEntry, Subject
from claims_app.people.model import Person, Role
from claims_app.people.service import set_active
from claims_app.sources import contacts
from claims_app.sources.contacts import (
    gather_contacts,
    list_askers,
    mark_read_back,
    withdraw_contact,
)
from claims_app.sources.model import Channel, Contact, SourceKind, Terms
from tests.client import StrictClient
from tests.conftest import CountQueries
from tests.factories import Factory

MOMENT = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)


def entries(session: Session, contact: Contact) -> list[HistoryEntry]:
    session.flush()
    wanted = select(HistoryEntry).where(HistoryEntry.subject == Subject.CONTACT, HistoryEntry.subject_id == contact.id)
    return list(session.scalars(wanted.order_by(HistoryEntry.id)))


class TestLogging:
    def test_everything_said_is_kept_and_told(self, session: Session, make: Factory) -> None:
        asker, source = make.person(name="Noa Barak"), make.source(title="The bridge office")
        contact = make.contact(
            source,
            channel=Channel.EMAIL,
            question="How long is it?",
            answer="120 metres.",
            asked_at=MOMENT,
            asked_by_id=asker.id,
            terms=Terms.BACKGROUND,
            is_read_back=True,
        )
        assert (contact.asked_by, contact.asked_at, contact.terms) == (asker, MOMENT, Terms.BACKGROUND)
        assert {name: value[1] for name, value in entries(session, contact)[0].changes.items()} == {
            "source": "The bridge office",
            "asked_by": "Noa Barak",
            "channel": "email",
            "asked_at": MOMENT.isoformat(),
            "question": "How long is it?",
            "answer": "120 metres.",
            "terms": "background",
            "is_read_back": True,
        }

    def test_who_logs_asked_and_it_was_now_unless_said_otherwise(self, session: Session, make: Factory) -> None:
        checker = make.person()
        contact = make.contact(actor=checker)
        assert contact.asked_by is checker
        assert now() - contact.asked_at < timedelta(minutes=1)
        assert (contact.terms, contact.is_read_back) == (Terms.RECORD, False)

    @pytest.mark.parametrize(
        ("details", "field", "message"),
        [
            ({"question": " "}, "question", "what was asked"),
            ({"answer": " ", "is_read_back": True}, "is_read_back", "Only an answer"),
            ({"asked_at": datetime(2999, 1, 1, tzinfo=UTC)}, "asked_at", "once it has happened"),
            ({"asked_by_id": 999}, "asked_by", "who of the desk"),
        ],
    )
    def test_what_is_wrong_names_its_field(
        self, make: Factory, details: dict[str, Any], field: str, message: str
    ) -> None:
        with pytest.raises(DomainError, match=message) as refusal:
            make.contact(**details)
        assert refusal.value.field == field

    def test_a_reader_neither_logs_nor_asks(self, make: Factory) -> None:
        reader, source = make.person(role=Role.READER), make.source()
        with pytest.raises(NotAllowed):
            make.contact(source, actor=reader)
        with pytest.raises(DomainError, match="who of the desk"):
            make.contact(source, asked_by_id=reader.id)

    def test_a_withdrawn_source_is_not_asked(self, session: Session, make: Factory) -> None:
        source = make.source()
        withdraw_source(session, actor=make.person(), source_id=source.id, why="A copy.")
        with pytest.raises(NotFound, match="restore it first"):
            make.contact(source)

    def test_those_who_can_have_asked_are_the_checkers_at_the_desk(self, session: Session, make: Factory) -> None:
        checker, leaver, admin = make.person(), make.person(), make.person(role=Role.ADMIN)
        make.person(role=Role.READER)
        set_active(session, actor=admin, person_id=leaver.id, is_active=False)
        source = make.source(actor=checker)
        assert set(list_askers(session, source)) == {checker, admin}


class TestMarks:
    def test_an_answer_is_read_back_once(self, session: Session, make: Factory) -> None:
        contact, checker = make.contact(), make.person()
        assert mark_read_back(session, actor=checker, contact_id=contact.id).is_read_back
        assert entries(session, contact)[-1].changes["is_read_back"] == [False, True]
        with pytest.raises(DomainError, match="already"):
            mark_read_back(session, actor=checker, contact_id=contact.id)

    def test_silence_is_not_read_back(self, session: Session, make: Factory) -> None:
        with pytest.raises(DomainError, match="Only an answer"):
            mark_read_back(session, actor=make.person(), contact_id=make.contact(answer=None).id)

    def test_a_withdrawn_entry_is_kept_with_its_reason(self, session: Session, make: Factory) -> None:
        contact, checker = make.contact(), make.person()
        withdraw_contact(session, actor=checker, contact_id=contact.id, why="It was another office.")
        assert contact.withdrawn_at is not None
        assert entries(session, contact)[-1].why == "It was another office."
        for verb in (mark_read_back, lambda *args, **kw: withdraw_contact(*args, why="x", **kw)):
            with pytest.raises(DomainError, match="withdrawn already"):
                verb(session, actor=checker, contact_id=contact.id)

    def test_withdrawing_needs_a_reason_and_a_checker(self, session: Session, make: Factory) -> None:
        contact = make.contact()
        with pytest.raises(DomainError) as refusal:
            withdraw_contact(session, actor=make.person(), contact_id=contact.id, why=" ")
        assert refusal.value.field == "why"
        with pytest.raises(NotAllowed):
            withdraw_contact(session, actor=make.person(role=Role.READER), contact_id=contact.id, why="x")


class TestReadingTheLog:
    def test_the_newest_stands_first_and_what_was_withdrawn_apart(self, session: Session, make: Factory) -> None:
        source, checker = make.source(), make.person()
        first, last, middle = (make.contact(source, asked_at=MOMENT + timedelta(hours=hours)) for hours in (0, 2, 1))
        wrong = make.contact(source)
        withdraw_contact(session, actor=checker, contact_id=wrong.id, why="Misheard.")
        make.contact()
        log = gather_contacts(session, source, reader=checker)
        assert list(log.contacts) == [last, middle, first]
        assert list(log.withdrawn) == [wrong]
        assert (log.number, log.reasons) == (3, {wrong.id: "Misheard."})

    def test_paging_reaches_each_entry_once(
        self, session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(contacts, "PAGE", 2)
        source, reader = make.source(), make.person()
        every = [make.contact(source, asked_at=MOMENT) for _ in range(5)]
        seen: list[Contact] = []
        after = None
        is_more = True
        while is_more:
            log = gather_contacts(session, source, reader=reader, after=after)
            seen += log.contacts
            after = log.after
            is_more = after is not None
        assert seen == every[::-1]


class TestEvidenceOfAPerson:
    """A person has no address; the log of what was asked is what another can look at."""

    def test_can_be_found_while_an_answer_counts(self, session: Session, make: Factory) -> None:
        person = make.source(kind=SourceKind.PERSON, address=None)
        evidence = make.evidence(source=person)
        found = [evidence.can_be_found]
        make.contact(person, answer=None)
        found.append(evidence.can_be_found)
        contact = make.contact(person)
        found.append(evidence.can_be_found)
        withdraw_contact(session, actor=make.person(), contact_id=contact.id, why="Misheard.")
        found.append(evidence.can_be_found)
        assert found == [False, False, True, False]

    @pytest.mark.parametrize(
        ("terms", "is_found"), [(Terms.RECORD, True), (Terms.BACKGROUND, True), (Terms.OFF, False)]
    )
    def test_what_was_said_off_the_record_proves_nothing(self, make: Factory, terms: Terms, is_found: bool) -> None:
        person = make.source(kind=SourceKind.PERSON, address=None)
        make.contact(person, terms=terms)
        assert make.evidence(source=person).can_be_found is is_found

    def test_a_book_is_not_found_by_a_call(self, make: Factory) -> None:
        book = make.source(kind=SourceKind.BOOK, address=None)
        make.contact(book)
        assert not make.evidence(source=book).can_be_found


@pytest.fixture
def checker(client: StrictClient, make: Factory) -> Person:
    """Somebody who checks, signed in."""
    person = make.person(name="Noa Barak")
    client.sign_in(person)
    return person


class TestPages:
    def test_evidence_is_taken_from_who_was_asked(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        person, claim = make.source(kind=SourceKind.PERSON, address=None, title="The mayor"), make.claim()
        path = f"/claims/{claim.id}/evidence/new"
        offered = re.findall(r'href="([^"]+[?]source=[0-9]+)"', client.get(path).text)
        assert offered == [f"{path}?source={person.id}"]
        form = {"source": person.id, "stance": "supports", "summary": "It is long."}
        assert client.post(offered[0], data=form).status_code == 303
        assert session.scalars(select(Evidence.source_id)).all() == [person.id]

    def test_a_call_is_logged_shown_and_read_back(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        source = make.source(kind=SourceKind.PERSON, address=None)
        form = {
            "asked_by": checker.id,
            "channel": "phone",
            "asked_at": "2026-02-03T11:30",
            "question": "How long is it?",
            "answer": "120 metres, off the record.",
            "terms": "off",
        }
        response = client.post(f"/sources/{source.id}/contacts/new", data=form)
        assert response.location == f"/sources/{source.id}#contacts"
        contact = session.scalars(select(Contact)).one()
        assert contact.asked_at == MOMENT  # the desk's wall clock is two hours ahead in February
        text = client.get(f"/sources/{source.id}").text
        words = ("How long is it?", "120 metres, off the record.", "Off the record", "By phone", "Mark as read back")
        assert [word for word in words if word not in text] == []
        client.post(f"/contacts/{contact.id}/read-back")
        text = client.get(f"/sources/{source.id}").text
        assert "Read back" in text
        assert "Mark as read back" not in text
        assert client.post(f"/contacts/{contact.id}/read-back").status_code == 422

    def test_a_refused_entry_comes_back_as_typed(self, client: StrictClient, make: Factory, checker: Person) -> None:
        source = make.source()
        form = {"asked_by": checker.id, "channel": "phone", "question": "", "answer": "Yes.", "terms": "record"}
        response = client.post(f"/sources/{source.id}/contacts/new", data=form)
        assert response.status_code == 422
        assert "Yes." in response.text

    def test_withdrawing_asks_for_the_reason_and_shows_it(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        contact = make.contact()
        path = f"/contacts/{contact.id}/withdraw"
        assert client.post(path, data={"why": ""}).status_code == 422
        assert client.post(path, data={"why": "Another office."}).status_code == 303
        text = client.get(f"/sources/{contact.source_id}").text
        assert "Withdrawn contacts" in text
        assert "Another office." in text

    def test_older_entries_have_their_own_page(
        self, client: StrictClient, make: Factory, checker: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(contacts, "PAGE", 1)
        source = make.source()
        make.contact(source, question="The first?", asked_at=MOMENT)
        last = make.contact(source, question="The last?")
        assert "The first?" not in client.get(f"/sources/{source.id}").text
        older = client.get(f"/sources/{source.id}/contacts?after={last.id}").text
        assert ("The first?" in older, "The last?" in older) == (True, False)
        assert client.get(f"/sources/{make.source().id}/contacts?after={last.id}").status_code == 404

    def test_a_long_log_asks_no_more_questions_than_a_short_one(
        self, client: StrictClient, make: Factory, checker: Person, session: Session, count_queries: CountQueries
    ) -> None:
        source = make.source()

        def ask() -> list[int]:
            withdraw_contact(session, actor=checker, contact_id=make.contact(source).id, why="Misheard.")
            make.contact(source, actor=make.person())
            numbers = []
            for path in (f"/sources/{source.id}", f"/sources/{source.id}/contacts"):
                with count_queries() as queries:
                    client.get(path)
                numbers.append(queries.number)
            return numbers

        before = ask()
        for _ in range(3):
            after = ask()
        assert after == before
        assert max(before) <= 10
