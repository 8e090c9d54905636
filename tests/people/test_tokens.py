"""Making tokens, seeing them once, and revoking them: one's own, and those of others for an administrator."""

import hashlib
import re
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from claims_app.errors import DomainError
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Role, Scope, Token
from claims_app.people.service import make_link, use_link
from claims_app.people.tokens import MOST_TOKENS, PREFIX, find_token, make_token
from tests.client import StrictClient
from tests.factories import Factory

FORM = {"name": "A spreadsheet", "scope": "work", "days": "30"}


def shown(page: str) -> str:
    found = re.search(rf'value="({PREFIX}[^"]+)"', page)
    assert found is not None
    return found[1]


class TestMaking:
    def test_shows_it_once_and_keeps_its_digest_only(
        self, client: StrictClient, make: Factory, session: Session, database: Path
    ) -> None:
        dana = make.person(role=Role.READER)
        client.sign_in(dana)
        secret = shown(client.post("/account/tokens/new", data=FORM).text)
        assert len(secret) == len(PREFIX) + 43
        token = session.query(Token).one()
        assert (token.person_id, token.scope, token.name) == (dana.id, Scope.WORK, "A spreadsheet")
        assert token.token_sha256 == hashlib.sha256(secret.encode()).hexdigest()
        listed = client.get("/account/tokens").text
        assert "A spreadsheet" in listed
        assert secret not in listed
        session.commit()
        with sqlite3.connect(database) as connection:
            assert secret.removeprefix(PREFIX) not in "\n".join(connection.iterdump())

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"name": " "}, "Name the program that will use the token, in one short line."),
            ({"name": "x" * 101}, "Name the program that will use the token, in one short line."),
            ({"days": "0"}, "A token works for 1 to 366 days."),
            ({"days": "367"}, "A token works for 1 to 366 days."),
            ({"days": "soon"}, "Not a valid integer value."),
            ({"scope": "all"}, "could not coerce"),
        ],
    )
    def test_asks_for_what_it_needs(
        self, client: StrictClient, make: Factory, session: Session, wrong: dict[str, str], said: str
    ) -> None:
        client.sign_in(make.person())
        response = client.post("/account/tokens/new", data={**FORM, **wrong})
        assert response.status_code == 422
        assert said in response.text
        assert session.query(Token).count() == 0

    def test_ends_somewhere(self, make: Factory, session: Session) -> None:
        dana = make.person()
        for _ in range(MOST_TOKENS):
            make_token(session, actor=dana, name="x", scope=Scope.READ, days=1)
        with pytest.raises(DomainError, match="You have 50 tokens that work"):
            make_token(session, actor=dana, name="x", scope=Scope.READ, days=1)

    def test_stands_in_the_history_of_the_account_without_the_secret(self, make: Factory, session: Session) -> None:
        dana = make.person()
        secret = make.token(dana, name="Morning script", scope=Scope.READ).secret
        entry = session.query(HistoryEntry).order_by(HistoryEntry.id.desc()).first()
        assert entry is not None
        assert (entry.subject, entry.subject_id, entry.actor_id) == ("person", dana.id, dana.id)
        assert entry.changes["token"][1].startswith("Morning script (read, ")
        assert secret not in str(entry.changes)


class TestRevoking:
    def test_is_for_whoever_made_it(self, client: StrictClient, make: Factory, session: Session) -> None:
        dana = make.person()
        made = make.token(dana)
        client.sign_in(dana)
        response = client.post(f"/tokens/{made.token.id}/revoke")
        assert (response.status_code, response.location) == (303, "/account/tokens")
        assert find_token(session, made.secret) is None
        again = client.post(f"/tokens/{made.token.id}/revoke")
        assert again.status_code == 422
        assert "This token is revoked already." in again.text

    def test_is_for_an_administrator_too(self, client: StrictClient, make: Factory, session: Session) -> None:
        made, admin = make.token(make.person()), make.person(role=Role.ADMIN)
        client.sign_in(admin)
        address = f"/people/{made.token.person_id}/tokens"
        assert "A spreadsheet" in client.get(address).text
        response = client.post(f"/tokens/{made.token.id}/revoke")
        assert (response.status_code, response.location) == (303, address)
        entry = session.query(HistoryEntry).order_by(HistoryEntry.id.desc()).first()
        assert entry is not None
        assert (entry.actor_id, entry.changes) == (admin.id, {"token": ["A spreadsheet", None]})

    def test_comes_with_a_link_for_a_password_that_was_lost(self, make: Factory, session: Session) -> None:
        """Whoever had the password may have made a token, which would go on working."""
        person = make.person()
        made, others = make.token(person), make.token(make.person())
        use_link(session, token=make_link(session, actor=None, person_id=person.id))
        session.commit()
        assert find_token(session, made.secret) is None
        assert find_token(session, others.secret) is not None

    def test_is_for_nobody_else(self, client: StrictClient, make: Factory, session: Session) -> None:
        made = make.token(make.person())
        client.sign_in(make.person(role=Role.EDITOR))
        response = client.post(f"/tokens/{made.token.id}/revoke")
        assert response.status_code == 422
        assert "This token is somebody else&#39;s" in response.text
        assert find_token(session, made.secret) is not None


def test_the_account_leads_there(client: StrictClient, make: Factory) -> None:
    client.sign_in(make.person(role=Role.READER))
    assert 'href="/account/tokens"' in client.get("/account").text
