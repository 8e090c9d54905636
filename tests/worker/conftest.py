"""A desk with files and a site on this machine, and the workshop that captures the one for the other."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine

from claims_app.config import Settings
from claims_app.db import open_sessions
from claims_app.fetching import Guard
from claims_app.worker import Workshop

PAGE = (
    "<!doctype html><html lang=en><title>The bridge</title><p>The bridge is 120 metres long, and it is old.</p></html>"
)


class Site:
    """A server on this machine under many names."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.guard = Guard(
            lambda *_: ["127.0.0.1"], frozenset((f"{name}.example", server.port) for name in ("a", "b", "c", "d"))
        )

    def address(self, path: str = "/", name: str = "a") -> str:
        return f"http://{name}.example:{self.server.port}{path}"

    def serve(self, path: str = "/", *, name: str = "a", text: str = PAGE, status: int = 200) -> str:
        """Answer at a path of every name from now on, and return its address under one of them."""
        self.server.expect_request(path).respond_with_data(text, status=status, content_type="text/html; charset=utf-8")
        return self.address(path, name)


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    return Site(httpserver)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, language="en", politeness=0)


@pytest.fixture
def workshop(engine: Engine, settings: Settings, site: Site) -> Workshop:
    return Workshop(settings, open_sessions(engine), site.guard)


@pytest.fixture
def until() -> Iterator[Callable[[Callable[[], bool]], None]]:
    """Wait for something that other threads do; what never comes fails the test."""
    pause = Event()

    def wait(is_so: Callable[[], bool]) -> None:
        for _ in range(600):
            if is_so():
                return
            pause.wait(0.05)
        pytest.fail("It did not come about in half a minute.")

    yield wait
    pause.set()
