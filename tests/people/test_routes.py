"""Signing in and out, one's own account, and the people of the desk, as a browser sees them."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.history.model import HistoryEntry
from claims_app.people import service
from claims_app.people.model import Person, Role, Theme
from claims_app.people.service import make_link, set_active
from tests.client import StrictClient
from tests.conftest import CountQueries
from tests.factories import Factory, set_password

PASSWORD = "a quiet bridge"


def another_browser(app: Flask, session: Session) -> StrictClient:
    browser = app.test_client()
    assert isinstance(browser, StrictClient)
    browser.beside = session
    return browser


def is_in(client: StrictClient) -> bool:
    return client.get("/account").status_code == 200


class TestSigningIn:
    def test_by_address_and_password(self, client: StrictClient, make: Factory) -> None:
        person = make.person(password=PASSWORD)
        assert not is_in(client)
        response = client.post("/sign-in", data={"email": person.email.upper(), "password": PASSWORD})
        assert (response.status_code, response.headers["Location"]) == (303, "/")
        assert is_in(client)

    @pytest.mark.parametrize("whose", ["nobody", "wrong", "gone", "linked"])
    def test_all_failures_look_alike(self, client: StrictClient, make: Factory, whose: str) -> None:
        make.person(email="wrong@example.org", password="another quiet bridge")
        make.person(email="linked@example.org")
        gone = make.person(email="gone@example.org", password=PASSWORD)
        set_active(make.session, actor=None, person_id=gone.id, is_active=False)
        response = client.post("/sign-in", data={"email": f"{whose}@example.org", "password": PASSWORD})
        page = response.get_data(as_text=True)
        assert response.status_code == 422
        assert "The address or the password is wrong." in page
        assert PASSWORD not in page
        assert not is_in(client)

    @pytest.mark.parametrize("sent", [{}, {"email": "dana@example.org"}, {"password": "x"}])
    def test_asks_for_both(self, client: StrictClient, sent: dict[str, str]) -> None:
        response = client.post("/sign-in", data=sent)
        assert response.status_code == 422
        assert "Fill this in." in response.get_data(as_text=True)

    def test_a_great_password_is_not_even_looked_at(self, client: StrictClient) -> None:
        assert client.post("/sign-in", data={"email": "a@b", "password": "x" * 201}).status_code == 422

    def test_leaves_nothing_of_the_visitor_behind(self, client: StrictClient, make: Factory) -> None:
        with client.session_transaction() as kept:
            kept["planted"] = "by somebody else"
        person = make.person(password=PASSWORD)
        client.post("/sign-in", data={"email": person.email, "password": PASSWORD})
        with client.session_transaction() as kept:
            assert "planted" not in kept
            assert kept.permanent

    def test_leads_on_to_where_one_was_going(self, client: StrictClient, make: Factory) -> None:
        asked = client.get("/claims?status=checking")
        page = client.get(asked.headers["Location"]).get_data(as_text=True)
        wanted = re.search(r'name="next" value="([^"]*)"', page)
        assert wanted is not None
        person = make.person(password=PASSWORD)
        sent = {"email": person.email, "password": PASSWORD, "next": wanted[1].replace("&amp;", "&")}
        assert client.post("/sign-in", data=sent).headers["Location"] == "/claims?status=checking"

    def test_who_is_in_already_goes_on(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person())
        assert client.get("/sign-in").status_code == 302


class TestHashing:
    """It takes long on purpose, and meanwhile others write."""

    @pytest.fixture
    def locks(self, monkeypatch: pytest.MonkeyPatch, database: Path) -> list[bool]:
        """Whether the database could be written to, at each hashing or comparing."""
        found: list[bool] = []
        hasher = service._hasher

        def is_free() -> bool:
            with closing(sqlite3.connect(database, timeout=0)) as other:
                try:
                    other.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError:
                    return False
            return True

        class Watching(PasswordHasher):
            def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - the library's
                found.append(is_free())
                return hasher.verify(hash, password)

            def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
                found.append(is_free())
                return hasher.hash(password, salt=salt)

            def check_needs_rehash(self, hash: str | bytes) -> bool:  # noqa: A002 - the library's
                return True

        monkeypatch.setattr(service, "_hasher", Watching())
        return found

    @pytest.mark.parametrize(("password", "status"), [(PASSWORD, 303), ("a wrong password", 422)])
    def test_a_sign_in_holds_up_nobody(
        self, client: StrictClient, make: Factory, request: pytest.FixtureRequest, password: str, status: int
    ) -> None:
        person = make.person(password=PASSWORD)
        locks = request.getfixturevalue("locks")
        answer = client.post("/sign-in", data={"email": person.email, "password": password})
        assert answer.status_code == status
        assert locks == [True, True][: len(locks)]
        assert locks

    def test_a_new_password_holds_up_nobody(
        self, client: StrictClient, make: Factory, request: pytest.FixtureRequest
    ) -> None:
        client.sign_in(make.person(password=PASSWORD))
        locks = request.getfixturevalue("locks")
        sent = {"current": PASSWORD, "new": "another quiet bridge"}
        assert client.post("/account/password", data=sent).status_code == 303
        assert locks == [True, True]


class TestLinks:
    def test_looking_at_one_does_not_use_it_up(self, client: StrictClient, make: Factory, session: Session) -> None:
        """Mail programs look at every address."""
        token = make_link(session, actor=None, person_id=make.person().id)
        for _ in range(2):
            assert client.get(f"/sign-in/{token}").status_code == 200
            assert not is_in(client)
        response = client.post(f"/sign-in/{token}")
        assert (response.status_code, response.headers["Location"]) == (303, "/account")
        assert is_in(client)

    def test_a_forgotten_or_stolen_password_is_replaced(
        self, client: StrictClient, make: Factory, session: Session, app: Flask
    ) -> None:
        person, thief = make.person(password=PASSWORD), another_browser(app, make.session)
        stolen = {"email": person.email, "password": PASSWORD}
        thief.post("/sign-in", data=stolen)
        assert is_in(thief)
        token = make_link(session, actor=None, person_id=person.id)
        assert "If you had a password, it ends" in client.get(f"/sign-in/{token}").get_data(as_text=True)
        assert client.post(f"/sign-in/{token}").headers["Location"] == "/account"
        assert is_in(client)
        assert not is_in(thief)
        assert thief.post("/sign-in", data=stolen).status_code == 422
        assert client.post("/account/password", data={"new": "another quiet bridge"}).status_code == 303
        sent = {"email": person.email, "password": "another quiet bridge"}
        assert thief.post("/sign-in", data=sent).status_code == 303

    def test_an_administrator_is_told_what_one_ends(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.ADMIN))
        known, new = make.person(password=PASSWORD), make.person()
        words = "Using the link ends the person"
        assert words in client.get(f"/people/{known.id}").get_data(as_text=True)
        assert words not in client.get(f"/people/{new.id}").get_data(as_text=True)

    def test_one_that_does_not_work_says_so_and_lets_nobody_in(
        self, client: StrictClient, make: Factory, session: Session
    ) -> None:
        token = make_link(session, actor=None, person_id=make.person().id)
        client.post(f"/sign-in/{token}")
        client.sign_out()
        for used in (token, "never-made"):
            response = client.post(f"/sign-in/{used}")
            assert response.status_code == 422
            assert "does not work any more" in response.get_data(as_text=True)
            assert not is_in(client)

    def test_an_administrator_sees_it_once(self, client: StrictClient, make: Factory, app: Flask) -> None:
        client.sign_in(make.person(role=Role.ADMIN))
        person = make.person()
        page = client.post(f"/people/{person.id}/link").get_data(as_text=True)
        address = re.search(r'value="http://localhost(/sign-in/[^"]+)"', page)
        assert address is not None
        assert "/sign-in/" not in client.get(f"/people/{person.id}").get_data(as_text=True)
        newcomer = another_browser(app, make.session)
        newcomer.post(address[1])
        assert person.name in newcomer.get("/account").get_data(as_text=True)

    def test_none_is_made_for_who_has_left(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.ADMIN))
        person = make.person()
        set_active(make.session, actor=None, person_id=person.id, is_active=False)
        response = client.post(f"/people/{person.id}/link")
        assert response.status_code == 422
        assert "does not work here any more" in response.get_data(as_text=True)


class TestSessionsEnd:
    def test_by_signing_out(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person())
        assert client.post("/sign-out").headers["Location"] == "/sign-in"
        assert not is_in(client)
        action = make.session.scalar(select(HistoryEntry.action).order_by(HistoryEntry.id.desc()).limit(1))
        assert action == "signed_out"

    def test_by_leaving_the_desk(self, client: StrictClient, make: Factory) -> None:
        make.person(role=Role.ADMIN)
        person = make.person(role=Role.ADMIN)
        client.sign_in(person)
        assert is_in(client)
        set_active(make.session, actor=None, person_id=person.id, is_active=False)
        assert not is_in(client)

    def test_and_do_not_come_back_with_the_account(self, client: StrictClient, make: Factory) -> None:
        person = make.person()
        client.sign_in(person)
        set_active(make.session, actor=None, person_id=person.id, is_active=False)
        set_active(make.session, actor=None, person_id=person.id, is_active=True)
        assert not is_in(client)

    def test_by_a_new_password_everywhere_but_here(self, client: StrictClient, make: Factory, app: Flask) -> None:
        person = make.person(password=PASSWORD)
        elsewhere = another_browser(app, make.session)
        client.sign_in(person)
        elsewhere.sign_in(person)
        sent = {"current": PASSWORD, "new": "another quiet bridge"}
        assert client.post("/account/password", data=sent).headers["Location"] == "/account"
        assert is_in(client)
        assert not is_in(elsewhere)

    def test_by_a_new_password_from_the_command_line(self, client: StrictClient, make: Factory) -> None:
        person = make.person()
        client.sign_in(person)
        set_password(make.session, actor=person, current=None, new=PASSWORD)
        assert not is_in(client)

    @pytest.mark.parametrize("identity", ["", "1", "1:", "x:y", "9999:abc", ":", "1:abc"])
    def test_and_none_is_made_up(self, client: StrictClient, make: Factory, identity: str) -> None:
        make.person()
        with client.session_transaction() as kept:
            kept["_user_id"] = identity
        assert client.get("/account").status_code == 302


class TestOnesOwnAccount:
    def test_preferences_are_kept(self, client: StrictClient, make: Factory) -> None:
        person = make.person()
        client.sign_in(person)
        sent = {"language": "he", "theme": "dark"}
        assert client.post("/account", data=sent).status_code == 303
        assert (person.language, person.theme, person.has_shortcuts) == ("he", Theme.DARK, False)
        page = client.get("/account").get_data(as_text=True)
        assert 'data-bs-theme="dark"' in page
        assert "data-shortcuts" not in page

    def test_what_is_not_offered_is_refused(self, client: StrictClient, make: Factory) -> None:
        person = make.person()
        client.sign_in(person)
        assert client.post("/account", data={"language": "fr", "theme": "pink"}).status_code == 422
        assert person.language == "en"

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ({"current": "a wrong password", "new": "another quiet bridge"}, "The present password is wrong."),
            ({"current": PASSWORD, "new": "short"}, "A password has at least 10 characters."),
            ({"current": PASSWORD, "new": ""}, "Fill this in."),
        ],
    )
    def test_a_password_is_not_changed_lightly(
        self, client: StrictClient, make: Factory, sent: dict[str, str], words: str
    ) -> None:
        client.sign_in(make.person(password=PASSWORD))
        response = client.post("/account/password", data=sent)
        assert response.status_code == 422
        assert words in response.get_data(as_text=True)
        assert is_in(client)

    def test_the_first_password_needs_no_other(self, client: StrictClient, make: Factory) -> None:
        person = make.person()
        client.sign_in(person)
        assert client.post("/account/password", data={"new": PASSWORD}).status_code == 303
        assert person.password_hash is not None


class TestPeople:
    @pytest.fixture
    def admin(self, client: StrictClient, make: Factory) -> Person:
        person = make.person(role=Role.ADMIN)
        client.sign_in(person)
        return person

    @pytest.mark.usefixtures("admin")
    def test_are_added_and_listed(self, client: StrictClient, make: Factory) -> None:
        sent = {"name": "דנה <לוי>", "email": "Dana@Example.org", "role": "editor"}
        response = client.post("/people/new", data=sent)
        person = make.session.scalars(select(Person).where(Person.email == "dana@example.org")).one()
        assert response.headers["Location"] == f"/people/{person.id}"
        assert "דנה &lt;לוי&gt;" in client.get("/people").get_data(as_text=True)

    @pytest.mark.usefixtures("admin")
    def test_are_there_once(self, client: StrictClient, make: Factory) -> None:
        known = make.person()
        response = client.post("/people/new", data={"name": "X", "email": known.email, "role": "reader"})
        assert response.status_code == 422
        assert "Somebody with this address is already here." in response.get_data(as_text=True)

    @pytest.mark.usefixtures("admin")
    def test_come_and_go(self, client: StrictClient, make: Factory) -> None:
        person = make.person()
        assert client.post(f"/people/{person.id}/active", data={"active": "no"}).status_code == 303
        assert not person.is_active
        assert "Closed" in client.get(f"/people/{person.id}").get_data(as_text=True)
        client.post(f"/people/{person.id}/active", data={"active": "yes"})
        assert person.is_active

    @pytest.mark.usefixtures("admin")
    def test_lead_on_to_what_they_did(self, client: StrictClient, make: Factory) -> None:
        person = make.person()
        page = client.get(f"/people/{person.id}").get_data(as_text=True)
        assert f'href="/history?person={person.id}"' in page

    def test_the_last_administrator_stays(self, client: StrictClient, admin: Person) -> None:
        response = client.post(f"/people/{admin.id}/active", data={"active": "no"})
        assert response.status_code == 422
        assert "only administrator" in response.get_data(as_text=True)
        sent = {"name": admin.name, "email": admin.email, "role": "reader", "revision": "1"}
        assert client.post(f"/people/{admin.id}/edit", data=sent).status_code == 422
        assert is_in(client)

    def test_a_role_that_was_taken_away_ends_at_once(self, client: StrictClient, make: Factory, admin: Person) -> None:
        make.person(role=Role.ADMIN)
        sent = {"name": admin.name, "email": admin.email, "role": "reader", "revision": "1"}
        assert client.post(f"/people/{admin.id}/edit", data=sent).status_code == 303
        assert client.get("/people").status_code == 403

    @pytest.mark.usefixtures("admin")
    def test_who_is_not_there_is_not_found(self, client: StrictClient) -> None:
        for address in ("/people/9999", "/people/9999/edit"):
            assert client.get(address).status_code == 404
        for address in ("/people/9999/link", "/people/9999/active", "/people/9999/edit"):
            assert client.post(address).status_code == 404


def test_the_list_of_people_asks_the_database_as_often_however_many_there_are(
    client: StrictClient, make: Factory, count_queries: CountQueries
) -> None:
    client.sign_in(make.person(role=Role.ADMIN))
    client.get("/people")
    with count_queries() as few:
        client.get("/people")
    for _ in range(10):
        make.person()
    client.get("/people")
    with count_queries() as many:
        client.get("/people")
    assert many.number == few.number
