"""A report for readers, chosen on its page, and one that is written while the editor goes on working."""

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from claims_app.config import Settings
from claims_app.db import open_engine, open_sessions
from claims_app.language import gettext, speaking, word
from claims_app.people.model import Role
from claims_app.worker.exports import Exports
from tests.journeys.conftest import Desk, Reader


@pytest.mark.browser
def test_a_report_is_chosen_and_a_long_one_waited_for(
    desk: Desk, browser: Browser, readers: list[Reader], tmp_path: Path
) -> None:
    with speaking("he"):
        report, make, write, disputed = (
            *(gettext("Report…"), gettext("Make the report"), gettext("Write it")),
            word("status", "disputed"),
        )
        part = gettext("Only claims with this status: %(names)s.", names=disputed)
        public = gettext("For readers: without people's names, notes and confidential sources.")
        written, away = gettext("Ready"), gettext("Take the file away")

    reader = Reader(browser)
    readers.append(reader)
    page = reader.page
    reader.enter(desk.newcomer(email="chief@example.org", name="Noa Barak", role=Role.READER, language="he"))
    page.goto(f"{desk.address}/articles/1")
    page.locator("details.menu summary").filter(has_text="דוח").first.click()
    page.get_by_role("link", name=report).click()

    # A public report of the disputed claims: its address says what it is, and so does the page.
    page.locator("[name=audience]").first.select_option("public")
    page.get_by_label(disputed, exact=True).check()
    page.get_by_role("button", name=make).click()
    expect(page.locator(".scope")).to_contain_text(part)
    expect(page.locator(".scope")).to_contain_text(public)
    assert "audience=public" in page.url
    assert "status=disputed" in page.url
    assert page.locator(".item").count() == page.locator(".item .st.s-disputed").count() > 0

    # A workbook in the background: nobody writes it yet, then a worker does, and the page finds out by itself.
    page.goto(f"{desk.address}/articles/1/report?claim=5")
    page.locator("[name=format]").first.select_option("xlsx")
    page.locator("[name=later]").check()
    page.get_by_role("button", name=make).click()
    page.get_by_role("button", name=write).click()
    expect(page.locator("#export-progress progress, #export-progress [role=status]").first).to_be_visible()
    engine = open_engine(desk.data / "claims.db")
    exports = Exports(Settings(data=desk.data), open_sessions(engine))
    taken = exports.take()
    assert taken is not None
    exports.write(taken)
    engine.dispose()
    expect(page.get_by_role("status")).to_contain_text(written)
    with page.expect_download() as waiting:
        page.get_by_role("link", name=away).click()
    target = tmp_path / "report.xlsx"
    waiting.value.save_as(target)
    assert waiting.value.suggested_filename.endswith(".xlsx")
    claims = openpyxl.load_workbook(target).worksheets[1]
    assert claims.sheet_view.rightToLeft
    assert [row[0] for row in claims.iter_rows(min_row=2, values_only=True)] == [5]
