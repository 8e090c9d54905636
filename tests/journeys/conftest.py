"""A real browser in front of a real server: the product's own process over the example newsroom."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from claims_app.db import open_engine, open_sessions, writing
from claims_app.people.model import Role
from claims_app.people.service import add_person, make_link

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 15_000
"""Milliseconds a page may take on a busy machine before the journey fails."""


def find_chromium() -> str:
    """Return the browser of this machine, or skip aloud; where it is required, fail instead."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    if "browser" in os.environ.get("DESK_TEST_REQUIRE", ""):
        pytest.fail("Chromium is required here and is not on this machine.")
    pytest.skip("no Chromium on this machine: the browser journeys did not run")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Desk:
    """A desk that is running: where it answers, and where its data lies."""

    address: str
    data: Path
    first_link: str

    def newcomer(self, *, email: str, name: str, role: Role, language: str) -> str:
        """Add a person and return the address of their one-time link."""
        engine = open_engine(self.data / "claims.db")
        with open_sessions(engine)() as session, writing(session):
            person = add_person(session, actor=None, email=email, name=name, role=role, language=language)
            token = make_link(session, actor=None, person_id=person.id)
        engine.dispose()
        return f"{self.address}/sign-in/{token}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[str]") -> None:
    """Return when the server listens."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"the desk ended with code {process.wait(timeout=0.2)}")
    pytest.fail("the desk did not answer within a minute")


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk of the test's own, in the test's language, with the example newsroom in it."""
    find_chromium()
    port, log = free_port(), tmp_path / "desk.log"
    language = getattr(request, "param", "he")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMS_")}
    environment |= {
        "CLAIMS_DATA": str(tmp_path / "data"), "CLAIMS_PORT": str(port), "CLAIMS_LANGUAGE": language,
        "CLAIMS_SIGN_IN_RATE": "1000 per minute", "PYTHONUNBUFFERED": "1",
        "CLAIMS_WORKERS": "0",  # a journey captures nothing but what it serves itself
        "CLAIMS_PUBLIC_ADDRESS": "https://checks.example.org", "CLAIMS_NAME_HE": "הדסק", "CLAIMS_NAME_EN": "The desk",
    }  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "claims_app", "run"], env=environment, stdout=output, stderr=output, text=True
        )
        try:
            wait_for(port, process)
            found = re.search(r"http://\S+/sign-in/\S+", log.read_text())
            assert found, log.read_text()
            yield Desk(address, tmp_path / "data", found[0])
        finally:
            process.terminate()
            process.wait(timeout=20)


class Reader:
    """One person at one browser window, who notices what the console says."""

    def __init__(self, browser: Browser, *, width: int = 1440, scheme: Any = "light") -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, said: ConsoleMessage) -> None:
        # A refused form is no fault of the page, though the browser reports its status.
        if said.type == "error" and "422" not in said.text:
            self.complaints.append(said.text)

    def enter(self, link: str) -> None:
        """Sign in through a one-time link."""
        self.page.goto(link)
        self.page.locator("#form button").click()
        self.page.wait_for_url(re.compile(r"/account|/$"))


@pytest.fixture
def readers() -> Iterator[list[Reader]]:
    """The people at their windows; a complaint of any console fails the test."""
    present: list[Reader] = []
    yield present
    complaints = [text for reader in present for text in reader.complaints]
    for reader in present:
        reader.context.close()
    assert not complaints, complaints
