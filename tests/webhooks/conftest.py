"""A receiver on this machine, under a name of its own."""

import json
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request

from claims_app.fetching import Guard


class Receiver:
    """What a receiver outside would be: it keeps what it is sent."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.guard = Guard(lambda *_: ["127.0.0.1"], frozenset({("hook.example", server.port)}))
        self.address = f"http://hook.example:{server.port}/hook"

    def answer(self, status: int, **headers: str) -> None:
        """Answer so from now on."""
        self.server.clear_all_handlers()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.server.expect_request("/hook", method="POST").respond_with_data("", status=status, headers=named)

    @property
    def requests(self) -> list[Request]:
        return [request for request, _response in self.server.log]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(request.get_data()) for request in self.requests]


@pytest.fixture
def receiver(httpserver: HTTPServer) -> Receiver:
    made = Receiver(httpserver)
    made.answer(204)
    return made
