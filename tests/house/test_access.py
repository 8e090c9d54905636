"""Who may reach what: every address of the desk, walked as nobody and as each role."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from claims_app.people.model import Role
from claims_app.web.security import PUBLIC, access_of
from tests.client import StrictClient
from tests.factories import Factory

# Open to whoever finds the address. Think twice before adding one.
PUBLIC_ENDPOINTS = {
    "people.language",
    "people.link",
    "people.link_use",
    "people.sign_in",
    "people.sign_in_send",
}
# What a reader may send: nothing that touches the desk's records. Whoever signs for legal may be a reader, and the
# service asks for that; so may whoever is named on a confidential source. A report is written for whoever may read one.
READERS_OWN = {
    *("people.account_save", "people.password_save", "people.sign_out"),
    *("signoff.sign", "signoff.withdraw", "confidential.look"),
    "reports.report_request",
}


def rules(app: Flask) -> list[Rule]:
    return sorted((rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"), key=lambda rule: rule.rule)


def level(app: Flask, rule: Rule) -> str | None:
    return access_of(app.view_functions[rule.endpoint])


def addresses(app: Flask, records: dict[str, Any]) -> Iterator[tuple[Rule, str, str]]:
    """Yield every rule with each of its methods and an address that leads to a record."""
    for rule in rules(app):
        missing = rule.arguments - records.keys()
        assert not missing, f"let Factory.everything() name a value for {missing} of {rule.rule}"
        with app.test_request_context():
            address = url_for(rule.endpoint, **{name: records[name] for name in rule.arguments})
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set())):
            yield rule, method, address


def ask(client: StrictClient, method: str, address: str) -> TestResponse:
    return client.get(address) if method == "GET" else client.post(address)


def test_every_view_says_who_may_reach_it(app: Flask) -> None:
    known = {PUBLIC, *map(str, Role)}
    assert [rule.endpoint for rule in rules(app) if level(app, rule) not in known] == []


def test_what_is_public_is_listed_here(app: Flask) -> None:
    assert {rule.endpoint for rule in rules(app) if level(app, rule) == PUBLIC} == PUBLIC_ENDPOINTS


def test_a_reader_sends_nothing_but_what_is_ones_own(app: Flask) -> None:
    sent = {
        rule.endpoint for rule in rules(app) if "POST" in (rule.methods or ()) and level(app, rule) == str(Role.READER)
    }
    assert sent == READERS_OWN


def test_the_desk_reads_and_sends_and_nothing_else(app: Flask) -> None:
    """Other methods would pass by the forms and their tokens."""
    assert {method for rule in rules(app) for method in rule.methods or ()} == {"GET", "HEAD", "OPTIONS", "POST"}


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
