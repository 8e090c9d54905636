"""Accounts: who is let in, by what, and how it ends."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.errors import DomainError, Duplicate, NotAllowed, NotFound, Stale
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Person, Role, Theme
from claims_app.people.queries import count_people, find_person, list_people
from claims_app.people.service import (
    add_person,
    choose_preferences,
    edit_person,
    make_link,
    require,
    set_active,
    use_link,
)
from tests.factories import Factory

PASSWORD = "a quiet bridge"


def last_entry(session: Session) -> HistoryEntry:
    session.flush()
    entry = session.scalar(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1))
    assert entry is not None
    return entry


class TestRequire:
    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize("needed", Role)
    def test_a_role_below_the_needed_one_is_refused(self, role: Role, needed: Role) -> None:
        person = Person(role=role, is_active=True)
        if role.covers(needed):
            require(person, needed)
        else:
            with pytest.raises(NotAllowed) as refusal:
                require(person, needed)
            assert refusal.value.values == {"role": needed}

    def test_the_command_line_may_all(self) -> None:
        require(None, Role.ADMIN)


class TestAdding:
    def test_a_person_begins_active_and_without_password(self, session: Session) -> None:
        person = add_person(
            session, actor=None, email=" Dana@Example.ORG ", name=" Dana\u0000 Levi ", role=Role.EDITOR, language="he"
        )
        assert (person.email, person.name) == ("dana@example.org", "Dana Levi")
        assert person.is_active
        assert person.password_hash is None
        assert last_entry(session).changes == {
            "email": [None, "dana@example.org"],
            "name": [None, "Dana Levi"],
            "role": [None, "editor"],
            "language": [None, "he"],
        }

    @pytest.mark.parametrize("email", ["", "dana", "dana@", "@example.org", "a b@example.org", "x" * 200 + "@x.org"])
    def test_an_address_has_to_look_like_one(self, session: Session, email: str) -> None:
        with pytest.raises(DomainError) as refusal:
            add_person(session, actor=None, email=email, name="Dana", role=Role.READER, language="he")
        assert refusal.value.field == "email"

    def test_a_name_has_to_be_there(self, session: Session) -> None:
        with pytest.raises(DomainError, match="needs a name"):
            add_person(session, actor=None, email="d@example.org", name=" \n", role=Role.READER, language="he")

    def test_an_address_is_one_persons_whatever_its_case(self, session: Session, make: Factory) -> None:
        make.person(email="dana@example.org")
        with pytest.raises(Duplicate):
            add_person(session, actor=None, email="DANA@example.org", name="D", role=Role.READER, language="he")

    @pytest.mark.parametrize("role", [Role.READER, Role.CHECKER, Role.EDITOR])
    def test_only_administrators_add_people(self, session: Session, make: Factory, role: Role) -> None:
        with pytest.raises(NotAllowed):
            add_person(
                session,
                actor=make.person(role=role),
                email="d@example.org",
                name="D",
                role=Role.READER,
                language="he",
            )


class TestEditing:
    def test_what_changed_is_told(self, session: Session, make: Factory) -> None:
        admin, person = make.person(role=Role.ADMIN), make.person(role=Role.READER, name="Dana")
        edit_person(
            session,
            actor=admin,
            person_id=person.id,
            revision=1,
            email=person.email,
            name="Dana Levi",
            role=Role.CHECKER,
        )
        assert person.revision == 2
        entry = last_entry(session)
        assert entry.changes == {"name": ["Dana", "Dana Levi"], "role": ["reader", "checker"]}
        assert entry.actor_id == admin.id

    def test_saving_without_a_change_leaves_no_trace(self, session: Session, make: Factory) -> None:
        person = make.person()
        before = last_entry(session).id
        edit_person(
            session, actor=None, person_id=person.id, revision=1, email=person.email, name=person.name, role=person.role
        )
        assert (person.revision, last_entry(session).id) == (1, before)

    def test_nobody_overwrites_another_unseen(self, session: Session, make: Factory) -> None:
        person = make.person()
        with pytest.raises(Stale) as refusal:
            edit_person(
                session, actor=None, person_id=person.id, revision=0, email="x@example.org", name="X", role=Role.READER
            )
        assert refusal.value.current is person

    def test_an_address_of_another_is_refused(self, session: Session, make: Factory) -> None:
        one, other = make.person(), make.person()
        with pytest.raises(Duplicate):
            edit_person(
                session, actor=None, person_id=one.id, revision=1, email=other.email, name="X", role=Role.READER
            )


class TestTheLastAdministrator:
    def test_keeps_the_role(self, session: Session, make: Factory) -> None:
        admin = make.person(role=Role.ADMIN)
        with pytest.raises(DomainError, match="only administrator"):
            edit_person(
                session,
                actor=admin,
                person_id=admin.id,
                revision=1,
                email=admin.email,
                name=admin.name,
                role=Role.EDITOR,
            )

    def test_keeps_the_account(self, session: Session, make: Factory) -> None:
        admin = make.person(role=Role.ADMIN)
        with pytest.raises(DomainError, match="only administrator"):
            set_active(session, actor=admin, person_id=admin.id, is_active=False)

    def test_is_not_the_last_beside_another(self, session: Session, make: Factory) -> None:
        admin, other = make.person(role=Role.ADMIN), make.person(role=Role.ADMIN)
        set_active(session, actor=admin, person_id=admin.id, is_active=False)
        assert count_people(session, role=Role.ADMIN) == 1
        with pytest.raises(DomainError, match="only administrator"):
            set_active(session, actor=other, person_id=other.id, is_active=False)

    def test_counts_active_ones_only(self, session: Session, make: Factory) -> None:
        admin, gone = make.person(role=Role.ADMIN), make.person(role=Role.ADMIN)
        set_active(session, actor=admin, person_id=gone.id, is_active=False)
        with pytest.raises(DomainError, match="only administrator"):
            set_active(session, actor=admin, person_id=admin.id, is_active=False)

    def test_may_take_another_name(self, session: Session, make: Factory) -> None:
        admin = make.person(role=Role.ADMIN)
        edit_person(
            session, actor=admin, person_id=admin.id, revision=1, email=admin.email, name="New", role=Role.ADMIN
        )
        assert admin.name == "New"


class TestLeaving:
    def test_ends_sessions_and_links(self, session: Session, make: Factory) -> None:
        person = make.person()
        token, key = make_link(session, actor=None, person_id=person.id), person.session_key
        set_active(session, actor=None, person_id=person.id, is_active=False)
        assert person.session_key != key
        assert last_entry(session).changes == {"is_active": [True, False]}
        with pytest.raises(NotAllowed):
            use_link(session, token=token)

    def test_who_comes_back_needs_a_new_link(self, session: Session, make: Factory) -> None:
        person = make.person()
        token = make_link(session, actor=None, person_id=person.id)
        set_active(session, actor=None, person_id=person.id, is_active=False)
        set_active(session, actor=None, person_id=person.id, is_active=True)
        with pytest.raises(NotAllowed):
            use_link(session, token=token)

    def test_twice_is_once(self, session: Session, make: Factory) -> None:
        person = make.person()
        set_active(session, actor=None, person_id=person.id, is_active=False)
        entry, revision = last_entry(session).id, person.revision
        set_active(session, actor=None, person_id=person.id, is_active=False)
        assert (last_entry(session).id, person.revision) == (entry, revision)


class TestPreferences:
    def test_what_is_not_named_stays(self, session: Session, make: Factory) -> None:
        person = make.person(language="en")
        choose_preferences(session, actor=person, theme=Theme.DARK)
        assert (person.language, person.theme, person.has_shortcuts) == ("en", Theme.DARK, True)
        choose_preferences(session, actor=person, language="he", has_shortcuts=False)
        assert (person.language, person.theme, person.has_shortcuts) == ("he", Theme.DARK, False)
        assert last_entry(session).changes == {"language": ["en", "he"], "has_shortcuts": [True, False]}

    def test_they_do_not_stand_in_the_way_of_an_administrator(self, session: Session, make: Factory) -> None:
        person = make.person()
        choose_preferences(session, actor=person, theme=Theme.DARK)
        assert person.revision == 1


class TestFinding:
    def test_people_are_listed_by_name(self, session: Session, make: Factory) -> None:
        make.person(name="Beth")
        gone = make.person(name="Adam")
        set_active(session, actor=None, person_id=gone.id, is_active=False)
        assert [person.name for person in list_people(session)] == ["Adam", "Beth"]
        assert [person.name for person in list_people(session, active_only=True)] == ["Beth"]
        assert count_people(session) == 1

    def test_a_person_is_found_by_address(self, session: Session, make: Factory) -> None:
        person = make.person(email="dana@example.org")
        assert find_person(session, " DANA@example.org") is person
        with pytest.raises(NotFound, match=r"nobody@example\.org"):
            find_person(session, "nobody@example.org")
