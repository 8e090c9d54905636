"""Who may reach what: every address of the desk, walked as nobody and as each role."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from claims_app.people.model import Role, Scope
from claims_app.web.security import PUBLIC, access_of, is_for_programs
from tests.client import StrictClient
from tests.factories import Factory

# Open to whoever finds the address. Think twice before adding one.
PUBLIC_ENDPOINTS = {
    *("manual.docs", "manual.openapi"),  # what can be asked of the API; nothing of what is on the desk
    "people.language",
    "people.link",
    "people.link_use",
    "people.sign_in",
    "people.sign_in_send",
    *(f"readers.{name}" for name in ("check", "checks", "article_checks", "feed_atom", "feed_json")),
    *(f"readers.{name}" for name in ("sitemap", "sitemap_part", "robots")),
}
# What a reader may send: nothing that touches the desk's records. Whoever signs for legal may be a reader, and the
# service asks for that; so may whoever is named on a confidential source. A report is written for whoever may read one.
READERS_OWN = {
    *("people.account_save", "people.password_save", "people.sign_out"),
    *("signoff.sign", "signoff.withdraw", "confidential.look"),
    *("tokens.make", "tokens.revoke"),
    "reports.report_request",
}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
# The least role for each operation of the API, which has to be that of the page that does the same.
OPERATIONS = {
    Role.READER: """
        GET /articles
        GET /articles/<article_id>
        GET /articles/<article_id>/closing
        GET /articles/<article_id>/history
        GET /articles/<article_id>/report.csv
        GET /articles/<article_id>/report.html
        GET /articles/<article_id>/report.docx
        GET /articles/<article_id>/report.json
        GET /articles/<article_id>/report.md
        GET /articles/<article_id>/report.pdf
        GET /articles/<article_id>/report.xlsx
        GET /articles/<article_id>/sign-offs
        GET /articles/<article_id>/suggestions
        GET /articles/<article_id>/versions
        GET /articles/<article_id>/versions/<number>
        GET /claims
        GET /claims/<claim_id>
        GET /claims/<claim_id>/comments
        GET /claims/<claim_id>/evidence
        GET /claims/<claim_id>/history
        GET /claims/<claim_id>/verdicts
        GET /comments/<comment_id>
        GET /evidence/<evidence_id>
        GET /history
        GET /me
        GET /people
        GET /search
        GET /sign-offs/<sign_off_id>
        GET /sources
        GET /sources/<source_id>
        POST /articles/<article_id>/sign-offs
        POST /sign-offs/<sign_off_id>/withdraw
    """,
    Role.CHECKER: """
        PATCH /claims/<claim_id>
        PATCH /evidence/<evidence_id>
        PATCH /sources/<source_id>
        POST /articles/<article_id>/claims
        POST /claims/<claim_id>/approve
        POST /claims/<claim_id>/comments
        POST /claims/<claim_id>/confirm
        POST /claims/<claim_id>/evidence
        POST /claims/<claim_id>/reopen
        POST /claims/<claim_id>/restore
        POST /claims/<claim_id>/return
        POST /claims/<claim_id>/verdicts
        POST /claims/<claim_id>/withdraw
        POST /claims/assign
        POST /claims/prioritise
        POST /comments/<comment_id>/answer
        POST /comments/<comment_id>/restore
        POST /comments/<comment_id>/withdraw
        POST /evidence/<evidence_id>/restore
        POST /evidence/<evidence_id>/withdraw
        POST /passages/<passage_id>/reopen
        POST /passages/<passage_id>/waive
        POST /sources
        POST /sources/<source_id>/restore
        POST /sources/<source_id>/withdraw
    """,
    Role.EDITOR: """
        PATCH /articles/<article_id>
        POST /articles
        POST /articles/<article_id>/restore
        POST /articles/<article_id>/versions
        POST /articles/<article_id>/withdraw
    """,
}


def rules(app: Flask) -> list[Rule]:
    """Return what leads to pages."""
    return [rule for rule in every_rule(app) if not is_for_programs(rule.rule)]


def calls(app: Flask) -> list[Rule]:
    """Return what programs can ask for with a token."""
    return [rule for rule in every_rule(app) if is_for_programs(rule.rule) and level(app, rule) != PUBLIC]


def every_rule(app: Flask) -> list[Rule]:
    return sorted((rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"), key=lambda rule: rule.rule)


def level(app: Flask, rule: Rule) -> str | None:
    return access_of(app.view_functions[rule.endpoint])


def addresses(app: Flask, records: dict[str, Any], *, of: list[Rule] | None = None) -> Iterator[tuple[Rule, str, str]]:
    """Yield every rule with each of its methods and an address that leads to a record; those of pages by default."""
    for rule in rules(app) if of is None else of:
        missing = rule.arguments - records.keys()
        assert not missing, f"let Factory.everything() name a value for {missing} of {rule.rule}"
        with app.test_request_context():
            address = url_for(rule.endpoint, **{name: records[name] for name in rule.arguments})
        for method in sorted(METHODS & (rule.methods or set())):
            yield rule, method, address


def ask(client: StrictClient, method: str, address: str) -> TestResponse:
    return client.get(address) if method == "GET" else client.post(address)


def test_every_view_says_who_may_reach_it(app: Flask) -> None:
    known = {PUBLIC, *map(str, Role)}
    assert [rule.endpoint for rule in every_rule(app) if level(app, rule) not in known] == []


def test_what_is_public_is_listed_here(app: Flask) -> None:
    assert {rule.endpoint for rule in every_rule(app) if level(app, rule) == PUBLIC} == PUBLIC_ENDPOINTS


def test_a_reader_sends_nothing_but_what_is_ones_own(app: Flask) -> None:
    sent = {
        rule.endpoint for rule in rules(app) if "POST" in (rule.methods or ()) and level(app, rule) == str(Role.READER)
    }
    assert sent == READERS_OWN


def test_the_desk_reads_and_sends_and_nothing_else(app: Flask) -> None:
    """Other methods would pass by the forms and their tokens."""
    assert {method for rule in rules(app) for method in rule.methods or ()} == {"GET", "HEAD", "OPTIONS", "POST"}


def test_nothing_is_deleted_by_a_program_either(app: Flask) -> None:
    methods = {method for rule in calls(app) for method in rule.methods or ()}
    assert methods == {"GET", "HEAD", "OPTIONS", "PATCH", "POST"}


def test_nobody_is_led_to_the_sign_in(app: Flask, client: StrictClient, make: Factory) -> None:
    records = make.everything()
    wrong = []
    for rule, method, address in addresses(app, records):
        if level(app, rule) == PUBLIC:
            continue
        response = ask(client, method, address)
        expected = f"/sign-in?next={address}" if method == "GET" else "/sign-in"
        location = response.headers.get("Location", "").replace("%2F", "/").replace("%3F", "?").rstrip("?")
        if response.status_code != 302 or location != expected:
            wrong.append(f"{method} {address}: {response.status_code} {location}")
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_what_is_its_own_and_no_more(
    app: Flask, client: StrictClient, make: Factory, role: Role
) -> None:
    records = make.everything()
    person = make.person(role=role)
    wrong = []
    for rule, method, address in addresses(app, records):
        needed = level(app, rule)
        if needed == PUBLIC:
            continue
        client.sign_in(person)
        response = ask(client, method, address)
        is_open = response.status_code != 403 and "/sign-in?" not in response.headers.get("Location", "")
        if is_open is not role.covers(Role(str(needed))) or response.status_code >= 500:
            wrong.append(f"{method} {address} for {role}, open from {needed}: {response.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_who_has_left_is_led_to_the_sign_in(app: Flask, client: StrictClient, make: Factory, role: Role) -> None:
    make.person(role=Role.ADMIN)
    person = make.person(role=role)
    client.sign_in(person)
    person.is_active = False
    for rule, method, address in addresses(app, make.everything()):
        if method == "GET" and level(app, rule) != PUBLIC:
            assert client.get(address).status_code == 302


def test_a_view_without_a_rule_is_closed_to_all(client: StrictClient, make: Factory, app: Flask) -> None:
    """The strict client would refuse such an answer; here it is the gate that is tried."""
    client.sign_in(make.person(role=Role.ADMIN))
    view = app.view_functions["people.account"]
    try:
        app.view_functions["people.account"] = lambda: "open"
        response = super(StrictClient, client).open("/account")
    finally:
        app.view_functions["people.account"] = view
    assert response.status_code == 403


def ask_as_program(client: StrictClient, method: str, address: str, secret: str | None) -> TestResponse:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return client.open(address, method=method, headers=headers, json=None if method == "GET" else {})


class TestTheApi:
    def test_every_operation_has_its_least_role(self, app: Flask) -> None:
        listed = {
            line.strip(): role for role, lines in OPERATIONS.items() for line in lines.split("\n") if line.strip()
        }
        found = {
            f"{method} {rule.rule.removeprefix('/api/v1').replace('<int:', '<')}": Role(str(level(app, rule)))
            for rule in calls(app)
            for method in METHODS & (rule.methods or set())
        }
        assert found == listed

    def test_nobody_is_told_to_bring_a_token(self, app: Flask, client: StrictClient, make: Factory) -> None:
        app.config["SIGN_IN_RATE"] = "1000 per minute"
        wrong = []
        try:
            for _rule, method, address in addresses(app, make.everything(), of=calls(app)):
                response = ask_as_program(client, method, address, None)
                if response.status_code != 401 or not response.headers["WWW-Authenticate"].startswith("Bearer"):
                    wrong.append(f"{method} {address}: {response.status_code}")
        finally:
            app.config["SIGN_IN_RATE"] = "10 per minute"
        assert wrong == []

    @pytest.mark.parametrize("role", Role)
    def test_a_role_reaches_what_is_its_own_and_no_more(
        self, app: Flask, client: StrictClient, make: Factory, role: Role
    ) -> None:
        records = make.everything()
        secret = make.token(make.person(role=role)).secret
        wrong = []
        for rule, method, address in addresses(app, records, of=calls(app)):
            needed = Role(str(level(app, rule)))
            response = ask_as_program(client, method, address, secret)
            is_open = response.status_code != 403
            if is_open is not role.covers(needed) or response.status_code in (401, 404) or response.status_code >= 500:
                wrong.append(f"{method} {address} for {role}, open from {needed}: {response.status_code}")
        assert wrong == []

    @pytest.mark.parametrize("scope", Scope)
    def test_a_token_does_what_it_was_made_for_and_no_more(
        self, app: Flask, client: StrictClient, make: Factory, scope: Scope
    ) -> None:
        records = make.everything()
        secret = make.token(make.person(role=Role.ADMIN), scope=scope).secret
        signs = {"api.sign_off", "api.withdraw_sign_off"}
        wrong = []
        for rule, method, address in addresses(app, records, of=calls(app)):
            needed = Scope.READ if method == "GET" else Scope.SIGN if rule.endpoint in signs else Scope.WORK
            response = ask_as_program(client, method, address, secret)
            if (response.status_code != 403) is not scope.covers(needed):
                wrong.append(f"{method} {address} with {scope}, open from {needed}: {response.status_code}")
        assert wrong == []

    def test_who_is_signed_in_in_a_browser_is_nobody(self, app: Flask, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.ADMIN))
        for path in ("/api/v1/me", "/api/v1/claims"):
            response = client.get(path)
            assert (response.status_code, response.headers.getlist("Set-Cookie")) == (401, [])
            assert "Cookie" not in response.headers.get("Vary", "")

    def test_a_token_opens_no_page(self, client: StrictClient, make: Factory) -> None:
        secret = make.token(make.person(role=Role.ADMIN)).secret
        response = client.get("/claims", headers={"Authorization": f"Bearer {secret}"})
        assert response.status_code == 302
        assert response.location.startswith("/sign-in")

    def test_a_view_without_a_rule_is_closed_to_all(self, client: StrictClient, make: Factory, app: Flask) -> None:
        secret = make.token(make.person(role=Role.ADMIN)).secret
        view = app.view_functions["api.get_me"]
        try:
            app.view_functions["api.get_me"] = lambda: "open"
            headers = {"Authorization": f"Bearer {secret}"}
            response = super(StrictClient, client).open("/api/v1/me", headers=headers)
        finally:
            app.view_functions["api.get_me"] = view
        assert response.status_code == 403
