"""What a browser is told, and what is refused before any rule is asked."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from claims_app.people.model import Role
from claims_app.web.security import HEADERS, POLICY
from tests.client import StrictClient
from tests.factories import Factory
from tests.house.test_access import addresses

PASSWORD = "a quiet bridge"


class TestTokens:
    def test_no_form_is_read_without_one(self, app: Flask, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.ADMIN))
        asked = 0
        for _, method, address in addresses(app, make.everything()):
            if method == "POST":
                response = client.post(address, csrf=False)
                assert response.status_code == 400, address
                assert "The page was open for too long" in response.get_data(as_text=True)
                asked += 1
        assert asked > 20

    @pytest.mark.parametrize("token", ["", "x", "ImEi.ZZZ.ZZZ"])
    def test_a_made_up_one_is_none(self, client: StrictClient, make: Factory, token: str) -> None:
        client.sign_in(make.person())
        response = client.post("/account", csrf=False, data={"csrf_token": token, "language": "he", "theme": "dark"})
        assert response.status_code == 400

    def test_another_browsers_is_none(self, app: Flask, client: StrictClient, make: Factory) -> None:
        stranger = app.test_client()
        assert isinstance(stranger, StrictClient)
        with stranger.session_transaction() as kept:
            kept["csrf_token"] = "s" * 40
        client.sign_in(make.person())
        client.get("/account")
        assert client.post("/sign-out", csrf=False, data={"csrf_token": stranger.token()}).status_code == 400

    def test_one_from_before_signing_in_is_none_after_it(self, client: StrictClient, make: Factory) -> None:
        token = client.token()
        client.sign_in(make.person())
        assert client.post("/sign-out", csrf=False, data={"csrf_token": token}).status_code == 400


ANSWERS: dict[str, Callable[[StrictClient], Any]] = {
    "a page": lambda client: client.get("/account"),
    "a page for all": lambda client: client.get("/sign-in/some-token"),
    "a redirect": lambda client: client.post("/language", data={"language": "he"}),
    "a form that came back": lambda client: client.post("/account/password"),
    "a bad request": lambda client: client.post("/account", csrf=False),
    "a closed page": lambda client: client.get("/people"),
    "nothing": lambda client: client.get("/nothing"),
    "the wrong method": lambda client: client.get("/sign-out"),
    "a static file": lambda client: client.get("/static/desk.css"),
    "a missing file": lambda client: client.get("/static/nothing.css"),
}
STATUS = dict(zip(ANSWERS, [200, 200, 303, 422, 400, 403, 404, 405, 200, 404], strict=True))


class TestHeaders:
    def test_are_the_ones_that_protect(self) -> None:
        assert set(HEADERS) == {
            "Content-Security-Policy",
            "Cross-Origin-Opener-Policy",
            "Cross-Origin-Resource-Policy",
            "Permissions-Policy",
            "Referrer-Policy",
            "X-Content-Type-Options",
            "X-Frame-Options",
        }
        assert HEADERS["X-Content-Type-Options"] == "nosniff"
        assert HEADERS["X-Frame-Options"] == "DENY"

    @pytest.mark.parametrize("answer", ANSWERS)
    def test_stand_on_every_answer(self, client: StrictClient, make: Factory, answer: str) -> None:
        client.sign_in(make.person())
        response = ANSWERS[answer](client)
        assert response.status_code == STATUS[answer]
        assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
        assert "Strict-Transport-Security" not in response.headers

    def test_the_policy_allows_only_our_own(self) -> None:
        rules = dict(rule.strip().split(" ", 1) for rule in POLICY.split(";"))
        assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
        assert {name: value for name, value in rules.items() if value not in {"'none'", "'self'"}} == {
            "img-src": "'self' data:"
        }

    def test_pages_are_not_kept_and_files_may_be(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person())
        assert client.get("/account").headers["Cache-Control"] == "no-store"
        assert client.get("/nothing").headers["Cache-Control"] == "no-store"
        assert client.get("/static/desk.css").headers["Cache-Control"] != "no-store"


class TestCookies:
    @staticmethod
    def cookie(client: StrictClient, make: Factory) -> list[str]:
        person = make.person(password=PASSWORD)
        response = client.post("/sign-in", data={"email": person.email, "password": PASSWORD})
        assert response.status_code == 303
        (cookie,) = response.headers.getlist("Set-Cookie")
        return [part.strip() for part in cookie.split(";")]

    def test_are_for_the_server_only(self, client: StrictClient, make: Factory) -> None:
        parts = self.cookie(client, make)
        assert parts[0].startswith("claims=")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
        assert "Secure" not in parts
        assert not any(part.startswith("Domain") for part in parts)
        assert any(part.startswith("Expires") for part in parts)

    def test_go_over_https_only_where_the_desk_is_told_so(
        self, desk_with: Callable[..., StrictClient], make: Factory
    ) -> None:
        client = desk_with(secure_cookies=True)
        person = make.person(password=PASSWORD)
        response = client.post(
            "/sign-in",
            base_url="https://localhost",
            headers={"Referer": "https://localhost/sign-in"},
            data={"email": person.email, "password": PASSWORD, "csrf_token": client.token()},
        )
        assert "Secure" in response.headers.get("Set-Cookie", "")
        assert response.headers["Strict-Transport-Security"].startswith("max-age=")

    def test_a_changed_one_is_nobodys(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.ADMIN))
        kept = client.get_cookie("claims")
        assert kept is not None
        client.set_cookie("claims", kept.value[:-3] + "abc")
        assert client.get("/account").status_code == 302


class TestRates:
    def attempt(self, client: StrictClient, **kwargs: Any) -> int:
        data = {"email": "nobody@example.org", "password": "x"}
        return client.post("/sign-in", data=data, **kwargs).status_code

    def test_guessing_passwords_ends_soon(self, client: StrictClient) -> None:
        assert [self.attempt(client) for _ in range(11)] == [422] * 10 + [429]
        page = client.post("/sign-in", data={"email": "nobody@example.org", "password": "x"})
        assert "Too many attempts" in page.get_data(as_text=True)

    def test_guessing_links_ends_soon(self, client: StrictClient) -> None:
        assert [client.post(f"/sign-in/{guess}").status_code for guess in range(11)] == [422] * 10 + [429]

    def test_somebody_elsewhere_is_not_shut_out(self, client: StrictClient) -> None:
        for _ in range(11):
            self.attempt(client)
        assert self.attempt(client, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}) == 422

    def test_the_rate_is_a_setting(self, desk_with: Callable[..., StrictClient]) -> None:
        client = desk_with(sign_in_rate="2 per hour")
        assert [self.attempt(client) for _ in range(3)] == [422, 422, 429]

    def test_an_address_that_a_visitor_claims_is_not_believed(self, desk_with: Callable[..., StrictClient]) -> None:
        client = desk_with(sign_in_rate="2 per hour")
        told = [self.attempt(client, headers={"X-Forwarded-For": f"192.0.2.{number}"}) for number in range(3)]
        assert told == [422, 422, 429]

    def test_but_the_one_a_proxy_tells_is(self, desk_with: Callable[..., StrictClient]) -> None:
        client = desk_with(sign_in_rate="2 per hour", proxies=1)
        told = [self.attempt(client, headers={"X-Forwarded-For": f"9.9.9.9, 192.0.2.{n}"}) for n in (1, 2, 3, 1, 1)]
        assert told == [422, 422, 422, 422, 429]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost@evil.example", "evil.example/a", ""])
def test_a_host_that_a_visitor_claims_does_no_harm(client: StrictClient, make: Factory, host: str) -> None:
    client.sign_in(make.person())
    for address in ("/account", "/sign-in", "/nothing"):
        response = client.get(address, headers={"Host": host})
        assert response.status_code in {200, 302, 400, 404}
        assert "evil" not in response.headers.get("Location", "")
        assert "evil" not in response.get_data(as_text=True)
