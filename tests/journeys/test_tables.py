"""A table on its way, in Hebrew: brought in, a column corrected, a problem mended, saved, and taken back."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from claims_app.people.model import Role
from tests.journeys.conftest import Desk, Reader

TABLE = (
    "ניסוח הטענה,סוג,מה נאמר,עמדה,מקור: כתובת\n"
    "אורך הגשר 120 מטרים.,ניחוש,בתוכנית 118 מטרים.,תומכת,https://example.org/plan\n"
    "הגשר נפתח בשנת 1998.,תאריך,בעיתון נכתב 1999.,סותרת,https://example.org/paper\n"
)


@pytest.mark.browser
def test_a_table_comes_in_and_goes_out_again(
    desk: Desk, browser: Browser, readers: list[Reader], tmp_path: Path
) -> None:
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_bytes(TABLE.encode("cp1255"))
    good.write_bytes(TABLE.replace("ניחוש", "נתון").encode("cp1255"))
    reader = Reader(browser)
    readers.append(reader)
    page = reader.page
    reader.enter(desk.newcomer(email="noa@example.org", name="נועה ברק", role=Role.EDITOR, language="he"))
    page.goto(f"{desk.address}/articles/1")
    page.locator("details.menu", has_text="פעולות נוספות").locator("summary").click()
    page.get_by_role("link", name="הכנסת טבלה").click()

    page.set_input_files("#table-file", bad)
    page.get_by_role("button", name="קריאה").click()
    expect(page.locator("#result-title")).to_have_text("3 בעיות: דבר לא נשמר")  # the summary's column is not known yet
    page.locator("#column-2").select_option("summary")
    page.get_by_role("button", name="רענון").click()
    expect(page.locator("#result-title")).to_have_text("בעיה אחת: דבר לא נשמר")
    problem = page.locator("table", has_text="מה לא בסדר").locator("tbody tr")
    expect(problem).to_contain_text(["B2"])
    expect(problem).to_contain_text("“ניחוש” אינו אחד מאלה: נתון, תאריך")

    page.get_by_role("link", name="קובץ אחר").click()
    page.set_input_files("#table-file", good)
    page.get_by_role("button", name="קריאה").click()
    page.locator("#column-2").select_option("summary")
    page.get_by_role("button", name="רענון").click()
    expect(page.locator("#result-title")).to_have_text("מוכן להכנסה; דבר עוד לא נשמר")
    assert Axe().run(page).response["violations"] == []
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    page.get_by_role("button", name="הכנסה", exact=True).click()
    page.wait_for_url(re.compile(r"/tables/1$"))
    expect(page.locator(".flash")).to_have_text("הטבלה הוכנסה.")
    page.get_by_role("link", name="לכתבה").click()
    expect(page.locator("#claims-title")).to_be_visible()
    expect(page.get_by_text("הגשר נפתח בשנת 1998.")).to_be_visible()

    page.goto(f"{desk.address}/tables/1")
    page.get_by_role("link", name="ביטול ההכנסה").click()
    page.get_by_label("הסיבה").fill("קובץ לא נכון.")
    page.get_by_role("button", name="ביטול ההכנסה").click()
    page.wait_for_url(re.compile(r"/tables/1$"))
    expect(page.locator(".note")).to_contain_text("קובץ לא נכון.")
    page.goto(f"{desk.address}/articles/1")
    expect(page.get_by_text("הגשר נפתח בשנת 1998.")).to_have_count(0)
