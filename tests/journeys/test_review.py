"""The day's work, by hand: from a disputed claim to the exported report, with two people."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from claims_app.language import gettext, speaking
from claims_app.people.model import Role
from tests.journeys.conftest import Desk, Reader

STATEMENT = {"he": "1.58 מיליון טונות", "en": "1.58 million tonnes"}


@pytest.mark.browser
@pytest.mark.parametrize(("desk", "language"), [("he", "he"), ("en", "en")], indirect=["desk"])
def test_a_claim_is_reviewed_by_two_people_and_exported(
    desk: Desk, browser: Browser, readers: list[Reader], language: str, tmp_path: Path
) -> None:
    def say(message: str) -> str:
        with speaking(language):
            return gettext(message)

    editor, colleague = Reader(browser), Reader(browser)
    readers += [editor, colleague]
    page = editor.page

    # The editor comes in by the link of the first start, and asks for a second check on everything.
    editor.enter(desk.first_link)
    page.goto(f"{desk.address}/articles/1/edit")
    page.locator("[name=second_check]").select_option("all")
    page.locator("#form p.row-line button").click()
    page.wait_for_url(re.compile(r"/articles/1$"))

    # The queue, only what is disputed, by ticking the filter.
    page.goto(f"{desk.address}/claims?article=1")
    page.locator(".facets input[name=status][value=disputed]").click()
    page.wait_for_url(re.compile(r"status=disputed"))
    expect(page.locator("[data-row]")).to_have_count(17)

    # The claim of 1.58 million tonnes, reopened with a reason.
    page.locator("[data-row] a", has_text=STATEMENT[language]).click()
    page.wait_for_url(re.compile(r"/claims/\d+$"))
    address = page.url
    expect(page.locator(".fig")).to_contain_text(say("Different"))
    page.goto(f"{address}/verdict/reopen")
    page.locator("[name=why]").fill("A new official figure was published.")
    page.locator("#form p.row-line button").click()
    page.wait_for_url(address)

    # Evidence, added by its key without leaving the page; a wrong address first.
    page.keyboard.press("e")
    form = page.locator("form[action$='/evidence/new']")
    form.locator("[name=address]").fill("javascript:alert(1)")
    form.locator("[name=summary]").fill("The ministry's table gives 1.58 million tonnes.")
    form.locator("[name=figure_low]").fill("1,580,000")
    form.locator("[name=figure_unit]").fill("tonnes")
    form.locator("[name=stance]").first.select_option("supports")
    form.locator("button.btn-primary").click()
    expect(form.locator(".sum")).to_be_visible()
    expect(form.locator("[name=summary]")).to_have_value("The ministry's table gives 1.58 million tonnes.")
    # A tag sent in between takes nothing of what is half written.
    page.locator("form#tag-form [name=tag]").fill("oil")
    page.locator("form#tag-form button").click()
    expect(page.locator("form[id^=tag-form-]", has_text="oil")).to_be_visible()
    expect(form.locator("[name=summary]")).to_have_value("The ministry's table gives 1.58 million tonnes.")
    form.locator("[name=address]").fill("https://example.org/ministry/table-7")
    form.locator("button.btn-primary").click()
    expect(page.locator(".ev", has_text="The ministry's table gives")).to_be_visible()
    assert page.url == address

    # The verdict, by its key.
    page.keyboard.press("p")
    rationale = page.locator(f"[name=rationale_{language}]")
    rationale.fill("The ministry's table agrees with the half-year; the customs series does not.")
    page.locator("form[action$='/verdict'] button.btn-primary").click()
    expect(page.locator(".st.s-awaiting").first).to_be_visible()
    expect(page.locator("form[action$='/verdict/approve']")).to_have_count(0)

    # Another person confirms it.
    colleague.enter(desk.newcomer(email="second@example.org", name="Rotem Segev", role=Role.CHECKER, language=language))
    colleague.page.goto(f"{desk.address}/claims?status=awaiting")
    colleague.page.keyboard.press("j")
    colleague.page.keyboard.press("Enter")
    colleague.page.wait_for_url(address)
    colleague.page.locator("form[action$='/verdict/approve'] button").click()
    expect(colleague.page.locator(".st.s-partly").first).to_be_visible()

    # The history shows who did what, and why.
    history = colleague.page.locator(".tl")
    for shown in ("Rotem Segev", "A new official figure was published.", say("Second check confirmed")):
        expect(history).to_contain_text(shown)

    # The report, in each format, holds the same.
    colleague.page.goto(f"{desk.address}/articles/1")
    for file_format, holds in FILES.items():
        with colleague.page.expect_download() as downloading:
            colleague.page.evaluate(
                "address => { const a = document.createElement('a'); a.href = address; a.download = ''; a.click(); }",
                f"/articles/1/report.{file_format}?language={language}&download=1",
            )
        file = tmp_path / f"report.{file_format}"
        downloading.value.save_as(file)
        holds(file.read_text(encoding="utf-8-sig"))


def _holds_words(text: str) -> None:
    for words in ("table-7", "Rotem Segev", "the customs series does not"):
        assert words in text, words


def _holds_facts(text: str) -> None:
    _holds_words(text)
    claims = json.loads(text)["claims"]
    (claim,) = (claim for claim in claims if "1.58 million tonnes" in (claim["statement_en"] or ""))
    assert claim["status"] == "partly"


FILES: dict[str, Callable[[str], None]] = {"html": _holds_words, "csv": _holds_words, "json": _holds_facts}
