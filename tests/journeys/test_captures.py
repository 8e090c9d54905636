"""Keeping copies, by hand: a page is quoted, kept, shown without running, and then says something else."""

import re
import socket

import pytest
from playwright.sync_api import Browser, Request, expect

from claims_app.config import Settings
from claims_app.db import open_engine, open_sessions
from claims_app.language import gettext, speaking
from claims_app.people.model import Role
from claims_app.worker import Workshop
from tests.faults.site import answer, serving
from tests.journeys.conftest import Desk, Reader

PASSAGE = "אורך הגשר 120 מטרים, והוא הארוך במחוז"


def page_of(length: int) -> bytes:
    """Return a page that would run scripts and load pictures if it could."""
    return f"""<!doctype html><html lang="he" dir="rtl"><head><title>תוכנית הגשר</title>
<script>document.title = "ran"; new Image().src = "/ran";</script><link rel="stylesheet" href="/style.css"></head>
<body onload="document.title = 'ran'"><h1>תוכנית הגשר</h1><p>אורך הגשר {length} מטרים, והוא הארוך במחוז.</p>
<img src="/picture.png" onerror="document.title = 'ran'"><a href="javascript:document.title='ran'">קישור</a>
<script>document.body.textContent = "ran";</script></body></html>""".encode()


@pytest.mark.browser
def test_a_page_is_quoted_kept_and_changes(desk: Desk, browser: Browser, readers: list[Reader]) -> None:
    def say(message: str) -> str:
        with speaking("he"):
            return gettext(message)

    checker = Reader(browser)
    readers.append(checker)
    page = checker.page
    asked: list[str] = []
    length = 120

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(answer(page_of(length)))

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    with serving(serve) as site:
        engine = open_engine(desk.data / "claims.db")
        workshop = Workshop(Settings(data=desk.data, politeness=0), open_sessions(engine), site.guard)

        def work() -> None:
            while (taken := workshop.take()) is not None:
                workshop.capture(taken)

        # The checker adds what the page says, in its own words.
        checker.enter(desk.newcomer(email="copy@example.org", name="Noa Barak", role=Role.CHECKER, language="he"))
        page.goto(f"{desk.address}/claims/1/evidence/new")
        page.locator("[name=address]").fill(site.address)
        page.locator("[name=stance]").select_option("supports")
        page.locator("[name=summary]").fill("התוכנית מוסרת את אורך הגשר.")
        page.locator("[name=passage]").fill(PASSAGE)
        page.locator("#form p.row-line .btn-primary").click()
        page.wait_for_url(re.compile(r"/claims/1$"))
        card = page.locator(".ev", has_text=PASSAGE)
        expect(card.locator(".copy").last).to_contain_text(say("being captured"))

        # The copy comes while its own page is open, which follows it without being asked.
        card.get_by_role("link", name=say("being captured")).click()
        expect(page.locator("#capture-state")).to_be_visible()
        work()
        expect(page.locator("mark.passage")).to_have_text(PASSAGE)

        # The page as it looked: its words are there, and nothing of it ran or was asked for.
        page.get_by_role("link", name=say("Page"), exact=True).click()
        frame = page.frame_locator("iframe.kept-page")
        expect(frame.locator("h1")).to_have_text("תוכנית הגשר")
        expect(frame.locator("p")).to_contain_text(PASSAGE)
        expect(page).not_to_have_title("ran")
        assert len(site.requests) == 1

        # From the evidence to the passage in the copy.
        page.goto(f"{desk.address}/claims/1")
        expect(card.locator(".copy").last).to_contain_text(say("passage found in the copy"))
        card.get_by_role("link", name=say("copy kept")).click()
        expect(page.locator("#found")).to_be_in_viewport()
        expect(page.locator("#found")).to_have_text(PASSAGE)

        # The page says something else; a second copy is kept from the page of the source, whose list follows it.
        length = 140
        page.locator(".head a").first.click()
        page.locator("#capture-form button").click()
        expect(page.locator("#copies-list")).to_have_attribute("hx-trigger", "every 2s")
        work()
        expect(page.locator("#copies-list")).not_to_have_attribute("hx-trigger", "every 2s")
        expect(page.locator("#copies-list .captures li")).to_have_count(2)

        # The evidence warns, and its link shows what stands there now.
        page.goto(f"{desk.address}/claims/1")
        expect(card.locator(".copy .warn")).to_have_text(re.compile(say("passage not found in the copy")))
        card.get_by_role("link", name=say("copy kept")).click()
        expect(page.locator("mark.nearest")).to_contain_text("140")
        expect(page.locator(".words-compared")).to_contain_text("120")
        engine.dispose()
    assert [url for url in asked if not url.startswith((f"{desk.address}/", "about:", "data:"))] == []
