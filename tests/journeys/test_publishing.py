"""Publishing, by hand: a claimant is named, a check goes to readers, who find it in both languages with its markup."""

import json
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from claims_app.language import gettext, speaking
from claims_app.people.model import Role
from tests.journeys.conftest import Desk, Reader

CLAIM = "48"  # of the example: a president is quoted, and he said it


def read_markup(page: Page) -> list[dict[str, Any]]:
    """Return the data of the page as a browser has it, each block parsed."""
    texts = page.locator("script").evaluate_all("all => all.map(one => [one.type, one.textContent])")
    assert {kind for kind, _ in texts} <= {"application/ld+json"}
    return [json.loads(text) for _, text in texts]


def check_page(page: Page) -> None:
    """Fail on what keeps a reader from the page."""
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    assert found == []
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")


@pytest.mark.browser
def test_a_check_is_published_read_and_withdrawn(desk: Desk, browser: Browser, readers: list[Reader]) -> None:
    def say(message: str, **values: object) -> str:
        with speaking("he"):
            return gettext(message, **values)

    editor, outside = Reader(browser), Reader(browser, width=390, scheme="dark")
    readers += [editor, outside]
    page = editor.page
    editor.enter(desk.newcomer(email="publish@example.org", name="Noa Barak", role=Role.EDITOR, language="he"))

    # Who said it is noted where the list of what can be published says that it is missing.
    page.goto(f"{desk.address}/articles/1/checks")
    row = page.locator("tr", has=page.get_by_role("link", name=CLAIM, exact=True))
    expect(row).to_contain_text(say("Say of its claimant whether it is a person, an organisation or the author."))
    row.locator("th .muted a").click()
    page.locator("[name=kind]").select_option("person")
    page.locator("#form p.row-line .btn-primary").click()
    page.wait_for_url(re.compile(r"/articles/1/checks$"))
    expect(row).to_contain_text(say("Can be published"))

    # Nothing goes out that nobody signed.
    expect(page.locator("input[name=claim]")).to_have_count(0)
    page.goto(f"{desk.address}/articles/1/sign-off")
    page.locator("#form summary").click()
    page.locator("[name=override_why]").fill("דוגמה.")
    page.locator("#form .btn-primary").click()
    expect(page.get_by_text(say("The article is signed off."))).to_be_visible()
    page.goto(f"{desk.address}/articles/1/checks")
    offered = page.locator("input[name=claim]:checked")
    while offered.count():
        offered.first.uncheck()
    row.locator("input[name=claim]").check()
    page.get_by_role("button", name=say("Publish what is selected")).click()
    expect(row).to_contain_text(say("Public"))
    check_page(page)
    public = row.get_by_role("link", name=say("Its page")).get_attribute("href")

    # Readers have it in the article's language and in the other, each with its own review.
    page = outside.page
    page.goto(f"{desk.address}{public}")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    (hebrew,) = read_markup(page)
    check_page(page)
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    (english,) = read_markup(page)
    check_page(page)
    assert (hebrew["inLanguage"], english["inLanguage"]) == ("he", "en")
    assert english["url"] == f"https://checks.example.org{public}/en"
    for path in ("/checks/he", "/checks/articles/1/en"):
        page.goto(f"{desk.address}{path}")
        expect(page.locator(".checks a")).to_have_count(1)
        check_page(page)
    assert outside.complaints == []

    # What is withdrawn says so, and nothing else.
    editor.page.goto(f"{desk.address}/articles/1/checks/withdraw")
    editor.page.locator("[name=why]").fill("טעות.")
    editor.page.locator("#form p.row-line .btn-danger").click()
    editor.page.wait_for_url(re.compile(r"/articles/1/checks$"))
    answer = page.goto(f"{desk.address}{public}")
    assert answer is not None
    assert answer.status == 410
    expect(page.locator("h1")).to_have_text(say("This check was withdrawn"))
    assert read_markup(page) == []
    check_page(page)
    outside.complaints = [text for text in outside.complaints if "410" not in text]
