"""Whatever goes wrong, the answer is a page of the desk that says what to do."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import current_app, g
from sqlalchemy.exc import OperationalError

from claims_app.people.model import Role
from claims_app.web.security import HEADERS, access
from tests.client import StrictClient
from tests.factories import Factory

EXPECTED = [
    ("a token that is missing", 400, lambda client: client.post("/account", csrf=False), "Load it anew"),
    ("a page of another role", 403, lambda client: client.get("/people"), "Your role does not permit it"),
    ("an address that is not there", 404, lambda client: client.get("/nothing"), "There is nothing here"),
    ("a claim that is not there", 404, lambda client: client.get("/claims/9999"), "There is nothing here"),
    ("a number past all numbers", 404, lambda client: client.get(f"/claims/{10**30}"), "There is nothing here"),
    ("a method that is not meant", 405, lambda client: client.get("/sign-out"), "use the button"),
]


@pytest.mark.parametrize(("case", "status", "ask", "words"), EXPECTED, ids=[f"{row[1]} {row[0]}" for row in EXPECTED])
def test_an_error_is_a_page_of_the_desk(
    client: StrictClient, make: Factory, case: str, status: int, ask: Callable[[StrictClient], Any], words: str
) -> None:
    client.sign_in(make.person())
    response = ask(client)
    page = response.get_data(as_text=True)
    assert response.status_code == status, case
    assert words in page
    assert 'href="/account"' in page, "the bar of the desk is there"


def test_nobody_gets_the_page_without_the_bar(client: StrictClient) -> None:
    page = client.get("/nothing").get_data(as_text=True)
    assert "There is nothing here" in page
    assert 'href="/account"' not in page


def test_errors_speak_the_language_of_the_reader(client: StrictClient, make: Factory) -> None:
    client.sign_in(make.person(language="he"))
    page = client.get("/nothing").get_data(as_text=True)
    assert '<html lang="he" dir="rtl"' in page
    assert "There is nothing here" not in page


def test_what_is_too_large_is_not_read(desk_with: Callable[..., StrictClient], make: Factory) -> None:
    client = desk_with(upload_mb=1)
    client.sign_in(make.person(role=Role.ADMIN))
    response = client.post("/people/new", data={"name": "x" * (1024 * 1024 + 1)})
    assert response.status_code == 413
    assert "This is too large" in response.get_data(as_text=True)
    assert client.post("/people/new", data={"name": "x" * 1024}).status_code == 422


class TestABrokenView:
    @pytest.fixture
    def broken(self, desk_with: Callable[..., StrictClient], make: Factory) -> StrictClient:
        client = desk_with()
        client.sign_in(make.person())

        @access("reader")
        def fail() -> str:
            raise RuntimeError("the secret of the machine")

        client.application.view_functions["people.account"] = fail
        return client

    def test_is_a_page_that_tells_no_secrets(self, broken: StrictClient) -> None:
        response = broken.get("/account")
        page = response.get_data(as_text=True)
        assert response.status_code == 500
        assert "Something broke on our side" in page
        assert "secret" not in page
        assert "Traceback" not in page
        assert {name: response.headers.get(name) for name in HEADERS} == HEADERS

    def test_is_told_to_whoever_runs_the_desk(self, broken: StrictClient, caplog: pytest.LogCaptureFixture) -> None:
        broken.get("/account")
        assert "the secret of the machine" in caplog.text

    def test_that_cannot_hold_a_number_that_was_sent_is_no_page_that_is_not_there(self, broken: StrictClient) -> None:
        @access("reader")
        def fail(**_: int) -> str:
            raise OverflowError("too great")

        views = broken.application.view_functions
        views["people.account_save"] = views["people.account"] = views["people.person_link"] = fail
        assert broken.post("/account").status_code == 500
        assert broken.get("/account").status_code == 500, "a mistake of ours is not hidden"
        assert broken.post("/people/1/link").status_code == 500
        assert broken.post(f"/people/{10**30}/link").status_code == 404

    @pytest.mark.parametrize(
        "address",
        ["/claims", "/articles", "/sources", "/sources/1", "/history", "/claims/1/evidence/new", "/claims.csv"],
    )
    def test_is_not_what_a_number_past_all_numbers_meets(
        self, client: StrictClient, make: Factory, address: str
    ) -> None:
        make.evidence()
        client.sign_in(make.person(role=Role.ADMIN))
        for name in ("article", "claim", "person", "actor", "assignee", "source", "after", "before", "subject", "from"):
            for number in (10**18, 2**63, 10**30, -(10**30)):
                answer = client.get(address, query_string={name: str(number)})
                assert answer.status_code in (200, 404), (address, name, number)

    def test_does_not_take_the_desk_along(self, broken: StrictClient) -> None:
        broken.get("/account")
        assert broken.get("/account/password").status_code == 200


def test_a_desk_without_its_database_still_says_so(
    desk_with: Callable[..., StrictClient], make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = desk_with()
    client.sign_in(make.person())

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT 1", None, Exception("database is locked"))

    sessions = client.application.extensions["sessions"]
    monkeypatch.setattr(sessions.class_, "get", away, raising=False)
    with client.application.app_context():
        assert current_app.extensions["sessions"] is sessions
        assert "session" not in g
    response = client.get("/account")
    page = response.get_data(as_text=True)
    assert response.status_code == 500
    assert "Something broke on our side" in page
