"""A program of a person's, as the API sees one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from claims_app.people.model import Person, Role, Scope
from tests.client import StrictClient
from tests.factories import Factory

Answer = Any
"""A response; what its ``json`` holds is what the tests look at."""
_TO_RECORD = re.compile(r".*\d")
"""Leads from what is done to a record to the record itself."""


@dataclass
class Program:
    """A program that comes with a token and asks for English."""

    client: StrictClient
    person: Person
    secret: str

    def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **kwargs: Any) -> Answer:
        own = {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"}
        return self.client.open(f"/api/v1{path}", method=method, headers={**own, **(headers or {})}, **kwargs)

    def get(self, path: str, **kwargs: Any) -> Answer:
        return self.ask("GET", path, **kwargs)

    def post(self, path: str, body: Any = None, *, tag: str | None = None, **kwargs: Any) -> Answer:
        return self._send("POST", path, body, tag, **kwargs)

    def patch(self, path: str, body: Any, *, tag: str | None = None, **kwargs: Any) -> Answer:
        return self._send("PATCH", path, body, tag, **kwargs)

    def _send(self, method: str, path: str, body: Any, tag: str | None, **kwargs: Any) -> Answer:
        headers = {"If-Match": tag} if tag else {}
        response = self.ask(method, path, headers=headers, json=body, **kwargs)
        if "ETag" in response.headers:
            record = response.headers.get("Location", path).removeprefix("/api/v1")
            record = _TO_RECORD.match(record)[0]  # type: ignore[index]
            assert response.headers["ETag"] == self.tag(record), f"{method} {path} answers what is not kept"
        return response

    def tag(self, path: str) -> str:
        """Return the ETag of a record as it stands now."""
        return str(self.get(path).headers["ETag"])


MakeProgram = Callable[..., Program]


@pytest.fixture
def program(client: StrictClient, make: Factory) -> MakeProgram:
    """A maker of programs, each of a person of its own."""

    def make_program(role: Role = Role.CHECKER, scope: Scope = Scope.SIGN) -> Program:
        person = make.person(role=role)
        return Program(client, person, make.token(person, scope=scope).secret)

    return make_program
