"""Who gets in: tokens that work and ones that do not, how often, and where a token has no business."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from claims_app.db import now, today
from claims_app.people.model import Role, Token
from claims_app.people.service import end_all_sessions, set_active
from claims_app.people.tokens import revoke_token
from tests.api.conftest import MakeProgram
from tests.client import StrictClient
from tests.factories import Factory


def status(client: StrictClient, header: str | None) -> int:
    return client.get("/api/v1/me", headers={"Authorization": header} if header is not None else {}).status_code


class TestATokenThatWorks:
    def test_acts_in_its_persons_name(self, program: MakeProgram) -> None:
        dana = program(Role.EDITOR)
        told = dana.get("/me").json
        assert told["name"] == dana.person.name
        assert (told["role"], told["scope"], told["token"]) == ("editor", "sign", "A spreadsheet")

    def test_is_noted_once_a_day_without_the_hour(self, program: MakeProgram, make: Factory, session: Session) -> None:
        dana = program()
        token = session.query(Token).one()
        assert token.used_on is None
        assert dana.get("/me").status_code == 200
        assert token.used_on == today()

    def test_follows_what_its_person_may_do(self, program: MakeProgram, make: Factory, session: Session) -> None:
        dana = program(Role.CHECKER)
        claim = make.claim()
        assert dana.post(f"/claims/{claim.id}/comments", {"text": "Ask."}).status_code == 201
        dana.person.role = Role.READER
        assert dana.post(f"/claims/{claim.id}/comments", {"text": "Ask."}).status_code == 403


class TestATokenThatDoesNot:
    @pytest.mark.parametrize(
        "header", [None, "", "Bearer", "Bearer x", "Bearer claims_", "Basic YTpi", "Bearer claims_" + "x" * 5000]
    )
    def test_is_no_token(self, client: StrictClient, header: str | None) -> None:
        response = client.get("/api/v1/me", headers={} if header is None else {"Authorization": header})
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith('Bearer realm="Claims Desk"')

    def test_was_revoked(self, program: MakeProgram, session: Session) -> None:
        dana = program()
        revoke_token(session, actor=dana.person, token_id=session.query(Token).one().id)
        response = dana.get("/me")
        assert response.status_code == 401
        assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]

    def test_has_expired(self, program: MakeProgram, session: Session) -> None:
        dana = program()
        with time_machine.travel(now() + timedelta(days=30, seconds=1), tick=False):
            assert dana.get("/me").status_code == 401

    def test_is_of_somebody_who_has_left_and_stays_so_when_they_return(
        self, program: MakeProgram, session: Session
    ) -> None:
        dana = program()
        set_active(session, actor=None, person_id=dana.person.id, is_active=False)
        assert dana.get("/me").status_code == 401
        set_active(session, actor=None, person_id=dana.person.id, is_active=True)
        assert dana.get("/me").status_code == 401

    def test_is_of_a_desk_that_came_back_from_a_backup(self, program: MakeProgram, session: Session) -> None:
        dana = program()
        end_all_sessions(session)
        assert dana.get("/me").status_code == 401

    def test_stands_in_the_address(self, program: MakeProgram, client: StrictClient) -> None:
        dana = program()
        for address in (f"/me?access_token={dana.secret}", f"/claims?q={dana.secret}", f"/me?{dana.secret}"):
            response = dana.get(address)
            assert response.status_code == 400
            assert "Revoke it and make a new one." in response.json["detail"]
            assert dana.secret not in response.text


class TestHowOften:
    def test_a_token_has_a_rate_of_its_own(self, app: Flask, program: MakeProgram) -> None:
        app.config["API_RATE"] = "2 per hour"
        try:
            dana, avi = program(), program()
            assert [dana.get("/me").status_code for _ in range(3)] == [200, 200, 429]
            response = dana.get("/me")
            assert 1 <= int(response.headers["Retry-After"]) <= 3600
            assert response.json["detail"] == "The header Retry-After says when to come again."
            assert avi.get("/me").status_code == 200
        finally:
            app.config["API_RATE"] = "600 per minute"

    def test_guessing_is_stopped_and_those_who_know_are_not(self, client: StrictClient, program: MakeProgram) -> None:
        dana = program()
        assert [status(client, "Bearer claims_guess") for _ in range(11)] == [401] * 10 + [429]
        assert "Retry-After" in client.get("/api/v1/me").headers
        assert dana.get("/me").status_code == 200
