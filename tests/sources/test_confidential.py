"""Who a confidential source is: known to the people named on it, and every look recorded."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from claims_app.errors import DomainError, NotAllowed
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.people.model import Person, Role
from claims_app.people.service import set_active
from claims_app.sources.confidential import (
    add_confidential,
    add_reader,
    edit_secret,
    gather_confidential,
    list_readers,
    may_read,
    remove_reader,
    show_secret,
)
from claims_app.sources.contacts import gather_contacts, list_askers, withdraw_contact
from claims_app.sources.model import Source, SourceKind, SourceSecret
from claims_app.sources.service import edit_source
from tests.factories import Factory


def entries(session: Session, source: Source) -> list[HistoryEntry]:
    session.flush()
    wanted = select(HistoryEntry).where(HistoryEntry.subject == Subject.SOURCE, HistoryEntry.subject_id == source.id)
    return list(session.scalars(wanted.order_by(HistoryEntry.id)))


@pytest.fixture
def owner(make: Factory) -> Person:
    return make.person(name="Dana Levi")


@pytest.fixture
def source(make: Factory, owner: Person) -> Source:
    return make.confidential(actor=owner, name="The neighbour", reach="At the bakery", notes="Mornings only")


def edit(session: Session, actor: Person, source: Source, **other: Any) -> SourceSecret:
    details: dict[str, Any] = {"name": "The neighbour", "reach": "At the bakery", "notes": "Mornings only"}
    return edit_secret(session, actor=actor, source_id=source.id, **(details | {"revision": 1} | other))


class TestRecording:
    def test_the_records_know_a_number_and_the_history_no_name(self, session: Session, source: Source) -> None:
        assert (source.title, source.confidential_number) == ("Confidential source 1", 1)
        assert source.kind is SourceKind.PERSON
        assert session.get_one(SourceSecret, source.id).name == "The neighbour"
        assert entries(session, source)[0].changes == {
            "kind": [None, "person"],
            "title": [None, "Confidential source 1"],
            "confidential_number": [None, 1],
            "readers": [None, "Dana Levi"],
        }

    def test_numbers_go_on_from_the_last(self, make: Factory, source: Source) -> None:
        assert [make.confidential().confidential_number for _ in range(2)] == [2, 3]

    def test_who_records_it_may_always_know(self, session: Session, make: Factory, owner: Person) -> None:
        other = make.person(name="Avi Cohen")
        source = make.confidential(actor=owner, reader_ids=[other.id])
        assert list(list_readers(session, source.id)) == [other, owner]

    @pytest.mark.parametrize(("details", "field"), [({"name": " "}, "name"), ({"reader_ids": [999]}, "readers")])
    def test_what_is_wrong_names_its_field(self, make: Factory, details: dict[str, Any], field: str) -> None:
        with pytest.raises(DomainError) as refusal:
            make.confidential(**details)
        assert refusal.value.field == field

    def test_is_not_a_readers(self, session: Session, make: Factory) -> None:
        with pytest.raises(NotAllowed):
            add_confidential(session, actor=make.person(role=Role.READER), name="x")

    def test_nothing_is_written_where_the_history_tells_it(
        self, session: Session, owner: Person, source: Source
    ) -> None:
        details = {"kind": SourceKind.PERSON, "title": "The neighbour", "address": None}
        with pytest.raises(DomainError, match="never forgets"):
            edit_source(
                session, actor=owner, source_id=source.id, revision=1, publisher=None, published_on=None, notes=None,
                **details,
            )  # fmt: skip
        assert len(entries(session, source)) == 1

    def test_no_other_source_is_called_like_one(self, make: Factory) -> None:
        with pytest.raises(DomainError, match="calls its confidential sources") as refusal:
            make.source(title="Confidential source 7")
        assert refusal.value.field == "title"

    def test_a_broken_statement_does_not_tell_what_it_held(self, session: Session, source: Source) -> None:
        """What a database refuses goes to the log as it stands."""
        session.expunge_all()
        session.add(SourceSecret(source_id=source.id, name="The neighbour", revision=1))
        with pytest.raises(IntegrityError) as refusal:
            session.flush()
        assert "The neighbour" not in str(refusal.value)


class TestReading:
    def test_those_named_may_and_an_administrator_may_not(
        self, session: Session, make: Factory, owner: Person, source: Source
    ) -> None:
        admin = make.person(role=Role.ADMIN)
        assert may_read(session, source, owner)
        assert not may_read(session, source, admin)
        assert may_read(session, make.source(), admin)
        set_active(session, actor=admin, person_id=owner.id, is_active=False)
        assert not may_read(session, source, owner)

    def test_a_look_is_recorded_with_what_it_shows(self, session: Session, owner: Person, source: Source) -> None:
        assert show_secret(session, actor=owner, source_id=source.id).reach == "At the bakery"
        look = entries(session, source)[-1]
        assert (look.action, look.actor_id, look.changes, look.why) == (Action.LOOKED, owner.id, {}, None)

    def test_a_refused_look_shows_nothing(self, session: Session, make: Factory, source: Source) -> None:
        with pytest.raises(NotAllowed):
            show_secret(session, actor=make.person(role=Role.ADMIN), source_id=source.id)
        with pytest.raises(DomainError, match="not confidential"):
            show_secret(session, actor=make.person(), source_id=make.source().id)

    def test_who_looked_is_told_to_readers_only(
        self, session: Session, make: Factory, owner: Person, source: Source
    ) -> None:
        show_secret(session, actor=owner, source_id=source.id)
        stranger = make.person()
        session.flush()
        told, untold = (gather_confidential(session, source, reader=person) for person in (owner, stranger))
        assert told is not None
        assert untold is not None
        assert [look.actor_name for look in told.looks] == ["Dana Levi"]
        assert stranger in told.others
        assert (untold.may_read, list(untold.looks), list(untold.others)) == (False, [], [])
        assert gather_confidential(session, make.source(), reader=owner) is None


class TestReaders:
    def test_a_reader_names_another_by_name(
        self, session: Session, make: Factory, owner: Person, source: Source
    ) -> None:
        other = make.person(name="Avi Cohen")
        add_reader(session, actor=owner, source_id=source.id, person_id=other.id)
        assert entries(session, source)[-1].changes == {"readers": ["Dana Levi", "Avi Cohen, Dana Levi"]}
        assert may_read(session, source, other)
        with pytest.raises(DomainError, match="already"):
            add_reader(session, actor=other, source_id=source.id, person_id=owner.id)

    def test_nobody_names_oneself(self, session: Session, make: Factory, source: Source) -> None:
        admin = make.person(role=Role.ADMIN)
        with pytest.raises(NotAllowed, match="ask one of them"):
            add_reader(session, actor=admin, source_id=source.id, person_id=admin.id)
        with pytest.raises(NotAllowed):
            remove_reader(session, actor=admin, source_id=source.id, person_id=admin.id)

    def test_one_who_is_at_the_desk_stays(self, session: Session, make: Factory, owner: Person, source: Source) -> None:
        other, admin = make.person(name="Avi Cohen"), make.person(role=Role.ADMIN)
        with pytest.raises(DomainError, match="has to know"):
            remove_reader(session, actor=owner, source_id=source.id, person_id=owner.id)
        add_reader(session, actor=owner, source_id=source.id, person_id=other.id)
        set_active(session, actor=admin, person_id=other.id, is_active=False)
        with pytest.raises(DomainError, match="has to know"):
            remove_reader(session, actor=owner, source_id=source.id, person_id=owner.id)
        set_active(session, actor=admin, person_id=other.id, is_active=True)
        remove_reader(session, actor=owner, source_id=source.id, person_id=owner.id)
        assert list(list_readers(session, source.id)) == [other]
        assert entries(session, source)[-1].changes == {"readers": ["Avi Cohen, Dana Levi", "Avi Cohen"]}

    def test_who_is_not_named_is_not_removed(
        self, session: Session, make: Factory, owner: Person, source: Source
    ) -> None:
        with pytest.raises(DomainError, match="not among"):
            remove_reader(session, actor=owner, source_id=source.id, person_id=make.person().id)

    def test_who_left_is_not_named(self, session: Session, make: Factory, owner: Person, source: Source) -> None:
        leaver = make.person()
        set_active(session, actor=make.person(role=Role.ADMIN), person_id=leaver.id, is_active=False)
        with pytest.raises(DomainError, match="works at the desk"):
            add_reader(session, actor=owner, source_id=source.id, person_id=leaver.id)


class TestChangingTheDetails:
    def test_the_history_tells_that_they_changed(self, session: Session, owner: Person, source: Source) -> None:
        secret = edit(session, owner, source, name="The baker")
        assert (secret.name, secret.revision) == ("The baker", 2)
        assert entries(session, source)[-1].changes == {"details": [None, "changed"]}

    def test_saving_without_a_change_leaves_no_trace(self, session: Session, owner: Person, source: Source) -> None:
        edit(session, owner, source)
        assert len(entries(session, source)) == 1

    def test_nobody_overwrites_another_or_sees_the_others_version(
        self, session: Session, owner: Person, source: Source
    ) -> None:
        edit(session, owner, source, name="The baker")
        with pytest.raises(DomainError, match="Show who it is again"):
            edit(session, owner, source, name="The butcher")

    def test_is_for_readers(self, session: Session, make: Factory, source: Source) -> None:
        with pytest.raises(NotAllowed):
            edit(session, make.person(role=Role.ADMIN), source, name="x")


class TestContacts:
    def test_the_history_keeps_no_word_of_them(
        self, session: Session, make: Factory, owner: Person, source: Source
    ) -> None:
        contact = make.contact(source, actor=owner, question="A secret?", answer="A secret.")
        withdraw_contact(session, actor=owner, contact_id=contact.id, why="A secret reason.")
        session.flush()
        found = session.scalars(select(HistoryEntry).where(HistoryEntry.subject == Subject.CONTACT)).all()
        assert [(entry.changes, entry.why) for entry in found] == [
            ({"source": [None, "Confidential source 1"]}, None)
        ] * 2

    def test_others_learn_how_many_there_are(
        self, session: Session, make: Factory, owner: Person, source: Source
    ) -> None:
        contact = make.contact(source, actor=owner)
        told, untold = (gather_contacts(session, source, reader=person) for person in (owner, make.person()))
        assert list(told.contacts) == [contact]
        assert (untold.number, list(untold.contacts), untold.may_read) == (1, [], False)

    def test_only_those_who_may_know_log_and_ask(
        self, session: Session, make: Factory, owner: Person, source: Source
    ) -> None:
        stranger = make.person(role=Role.ADMIN)
        with pytest.raises(NotAllowed):
            make.contact(source, actor=stranger)
        with pytest.raises(DomainError, match="name them among those"):
            make.contact(source, actor=owner, asked_by_id=stranger.id)
        assert list_askers(session, source) == [owner]
