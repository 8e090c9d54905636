"""Links that work once, passwords, and answers that tell a stranger nothing."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.errors import DomainError, NotAllowed
from claims_app.people import service
from claims_app.people.model import Person, Role, SignInLink
from claims_app.people.service import (
    LINK_LIFETIME,
    MAX_PASSWORD,
    MIN_PASSWORD,
    check_password,
    choose_password,
    end_all_sessions,
    make_link,
    set_active,
    sign_in,
    sign_out,
    store_password,
    use_link,
)
from tests.factories import Factory, set_password
from tests.people.test_service import last_entry

PASSWORD = "a quiet bridge"


def enter(session: Session, *, email: str, password: str) -> Person:
    return sign_in(session, password=check_password(session, email=email, password=password))


class TestLinks:
    def test_a_link_lets_in_once(self, session: Session, make: Factory) -> None:
        person = make.person()
        token = make_link(session, actor=None, person_id=person.id)
        assert use_link(session, token=token) is person
        assert last_entry(session).changes == {"by": [None, "link"]}
        with pytest.raises(NotAllowed):
            use_link(session, token=token)

    def test_the_secret_itself_is_not_kept(self, session: Session, make: Factory) -> None:
        person = make.person()
        token = make_link(session, actor=None, person_id=person.id)
        session.flush()
        (link,) = session.scalars(select(SignInLink)).all()
        assert token not in link.token_sha256
        entry = last_entry(session)
        assert (entry.action, entry.changes) == ("linked", {})

    def test_a_link_ends_the_old_password_and_the_sessions(self, session: Session, make: Factory) -> None:
        """Whoever knew the password, or sat in a session, is out."""
        person = make.person(password=PASSWORD)
        key = person.session_key
        use_link(session, token=make_link(session, actor=None, person_id=person.id))
        assert last_entry(session).changes == {"by": [None, "link"], "password": [None, "withdrawn"]}
        assert person.session_key != key
        with pytest.raises(NotAllowed):
            enter(session, email=person.email, password=PASSWORD)
        set_password(session, actor=person, current=None, new="another quiet bridge")
        assert enter(session, email=person.email, password="another quiet bridge") is person

    def test_a_new_link_replaces_the_old(self, session: Session, make: Factory) -> None:
        person = make.person()
        old = make_link(session, actor=None, person_id=person.id)
        new = make_link(session, actor=None, person_id=person.id)
        with pytest.raises(NotAllowed):
            use_link(session, token=old)
        assert use_link(session, token=new) is person

    def test_a_link_ends_by_itself(self, session: Session, make: Factory) -> None:
        person = make.person()
        start = datetime(2026, 1, 2, 12, tzinfo=UTC)
        with time_machine.travel(start, tick=False):
            token = make_link(session, actor=None, person_id=person.id)
        with time_machine.travel(start + LINK_LIFETIME + timedelta(seconds=1)), pytest.raises(NotAllowed):
            use_link(session, token=token)
        with time_machine.travel(start + LINK_LIFETIME - timedelta(seconds=1)):
            assert use_link(session, token=token) is person

    def test_no_link_is_made_for_who_has_left(self, session: Session, make: Factory) -> None:
        person = make.person()
        set_active(session, actor=None, person_id=person.id, is_active=False)
        with pytest.raises(DomainError, match="activate the account first"):
            make_link(session, actor=None, person_id=person.id)

    def test_all_links_that_do_not_work_answer_alike(self, session: Session, make: Factory) -> None:
        person = make.person()
        used = make_link(session, actor=None, person_id=person.id)
        use_link(session, token=used)
        answers = set()
        for token in (used, "never-made", ""):
            with pytest.raises(NotAllowed) as refusal:
                use_link(session, token=token)
            answers.add((refusal.value.message, refusal.value.field))
        assert len(answers) == 1

    def test_only_administrators_make_links(self, session: Session, make: Factory) -> None:
        person = make.person(role=Role.EDITOR)
        with pytest.raises(NotAllowed):
            make_link(session, actor=person, person_id=person.id)


class TestSigningIn:
    def test_the_right_password_lets_in(self, session: Session, make: Factory) -> None:
        person = make.person(email="dana@example.org", password=PASSWORD)
        assert enter(session, email=" Dana@Example.org ", password=PASSWORD) is person
        assert last_entry(session).changes == {"by": [None, "password"]}

    def test_all_failures_answer_alike_and_take_as_long(
        self, session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make.person(email="known@example.org", password=PASSWORD)
        make.person(email="linked@example.org")
        gone = make.person(email="gone@example.org", password=PASSWORD)
        set_active(session, actor=None, person_id=gone.id, is_active=False)
        session.commit()
        before = last_entry(session).id
        compared: list[str] = []
        hasher = service._hasher

        class Counting(PasswordHasher):
            def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - the library's
                compared.append(str(password))
                return hasher.verify(hash, password)

        monkeypatch.setattr(service, "_hasher", Counting())
        answers = set()
        for email, password in [
            ("nobody@example.org", PASSWORD),
            ("known@example.org", "a wrong password"),
            ("gone@example.org", PASSWORD),
            ("linked@example.org", PASSWORD),
            ("linked@example.org", ""),
            ("", ""),
        ]:
            with pytest.raises(NotAllowed) as refusal:
                enter(session, email=email, password=password)
            answers.add((refusal.value.message, refusal.value.field))
        assert len(answers) == 1
        assert len(compared) == 6
        assert last_entry(session).id == before

    def test_an_older_kind_of_hash_is_renewed(self, session: Session, make: Factory) -> None:
        person = make.person(password=PASSWORD)
        person.password_hash = old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
        enter(session, email=person.email, password=PASSWORD)
        assert person.password_hash != old
        assert enter(session, email=person.email, password=PASSWORD) is person

    def test_what_ended_while_it_was_compared_does_not_let_in(self, session: Session, make: Factory) -> None:
        changed, gone = make.person(password=PASSWORD), make.person(password=PASSWORD)
        checked = [check_password(session, email=person.email, password=PASSWORD) for person in (changed, gone)]
        set_password(session, actor=changed, current=PASSWORD, new="another quiet bridge")
        set_active(session, actor=None, person_id=gone.id, is_active=False)
        before = last_entry(session).id
        for password in checked:
            with pytest.raises(NotAllowed) as refusal:
                sign_in(session, password=password)
            assert refusal.value.field == "password"
        assert last_entry(session).id == before

    def test_signing_out_is_told(self, session: Session, make: Factory) -> None:
        person = make.person()
        sign_out(session, actor=person)
        assert last_entry(session).action == "signed_out"


class TestPasswords:
    def test_the_first_one_needs_no_present_one(self, session: Session, make: Factory) -> None:
        person = make.person()
        set_password(session, actor=person, current=None, new=PASSWORD)
        assert enter(session, email=person.email, password=PASSWORD) is person

    def test_a_change_ends_all_sessions(self, session: Session, make: Factory) -> None:
        person = make.person(password=PASSWORD)
        key = person.session_key
        set_password(session, actor=person, current=PASSWORD, new="another quiet bridge")
        assert person.session_key != key
        with pytest.raises(NotAllowed):
            enter(session, email=person.email, password=PASSWORD)

    def test_a_change_that_another_overtook_is_refused(self, session: Session, make: Factory) -> None:
        person = make.person(password=PASSWORD)
        late = choose_password(actor=person, current=PASSWORD, new="a late quiet bridge")
        set_password(session, actor=person, current=PASSWORD, new="another quiet bridge")
        with pytest.raises(NotAllowed) as refusal:
            store_password(session, password=late)
        assert refusal.value.field == "current"
        assert enter(session, email=person.email, password="another quiet bridge") is person

    @pytest.mark.parametrize("current", [None, "", "a wrong password"])
    def test_a_change_needs_the_present_one(self, session: Session, make: Factory, current: str | None) -> None:
        person = make.person(password=PASSWORD)
        with pytest.raises(NotAllowed) as refusal:
            set_password(session, actor=person, current=current, new="another quiet bridge")
        assert refusal.value.field == "current"

    @pytest.mark.parametrize("length", [0, MIN_PASSWORD - 1, MAX_PASSWORD + 1])
    def test_a_length_out_of_bounds_is_refused(self, session: Session, make: Factory, length: int) -> None:
        with pytest.raises(DomainError) as refusal:
            set_password(session, actor=make.person(), current=None, new="x" * length)
        assert refusal.value.field == "new"

    @pytest.mark.parametrize("length", [MIN_PASSWORD, MAX_PASSWORD])
    def test_the_bounds_themselves_are_taken(self, session: Session, make: Factory, length: int) -> None:
        assert set_password(session, actor=make.person(), current=None, new="ש" * length).password_hash

    def test_the_history_does_not_tell_it(self, session: Session, make: Factory) -> None:
        person = make.person()
        set_password(session, actor=person, current=None, new=PASSWORD)
        entry = last_entry(session)
        assert entry.changes == {"password": [None, "changed"]}
        assert person.password_hash is not None
        assert PASSWORD not in person.password_hash


def test_all_sessions_and_links_can_end_at_once(session: Session, make: Factory) -> None:
    people = [make.person(password=PASSWORD), make.person()]
    keys = [person.session_key for person in people]
    tokens = [make_link(session, actor=None, person_id=person.id) for person in people]
    end_all_sessions(session)
    assert not {person.session_key for person in people} & set(keys)
    assert people[0].session_key != people[1].session_key
    for token in tokens:
        with pytest.raises(NotAllowed):
            use_link(session, token=token)
    assert enter(session, email=people[0].email, password=PASSWORD) is people[0]
