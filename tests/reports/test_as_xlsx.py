"""The report as a workbook, read back by a reader of another make."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.history.model import HistoryEntry
from claims_app.reports.as_xlsx import write_xlsx
from claims_app.reports.facts import Letterhead, Report, Scope
from claims_app.reports.scope import gather_scoped
from claims_app.reports.workbook import MOST_UNITS, fit_text
from tests.reports.hostile import OWN

ZONE = "Asia/Jerusalem"


def gather(session: Session, article: Article, language: str = "en", **details: Any) -> Report:
    return gather_scoped(
        session,
        article.id,
        Scope(**details),
        made_by="Noa Barak",
        language=language,
        letterhead=Letterhead(name="The Bridge", closing="Ask the desk."),
        has_history=True,
    )


def read(report: Report) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_xlsx(report, zone=ZONE)))


def rows(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    head, *lines = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


def test_the_sheets_tell_the_same_as_the_report(busy: Article, session: Session) -> None:
    report = gather(session, busy)
    book = read(report)
    assert book.sheetnames == ["Report", "Claims", "Evidence", "Sources", "History"]
    claims = rows(book, "Claims")
    assert [row["Number"] for row in claims] == [claim.number for claim in report.claims]
    assert [row["Statement in Hebrew"] for row in claims] == [claim.statement_he for claim in report.claims]
    assert [row["Evidence"] for row in claims] == [len(claim.evidence) for claim in report.claims]
    evidence = rows(book, "Evidence")
    told = [(claim.number, item.title, item.summary) for claim in report.claims for item in claim.evidence]
    assert [(row["Claim"], row["Title"], row["Summary"]) for row in evidence] == told
    assert {row["Title"] for row in rows(book, "Sources")} == {title for _number, title, _summary in told}
    happened = session.query(HistoryEntry).filter_by(article_id=busy.id).order_by(HistoryEntry.id).all()
    assert [row["Hash of the entry"] for row in rows(book, "History")] == [entry.hash for entry in happened]
    assert [row["Reason"] for row in rows(book, "History")] == [entry.why for entry in happened]


def test_numbers_are_numbers_and_days_are_days(busy: Article, session: Session) -> None:
    book = read(gather(session, busy))
    first = rows(book, "Claims")[0]
    assert (first["Figure, from"], first["Figure, to"]) == (40, 40)
    assert isinstance(first["Verdict at"], datetime)
    assert first["Date of the figure"] == "2022"
    atlas, other = rows(book, "Evidence")[:2]
    assert atlas["Figure, to"] == 41.5
    assert other["Figure, from"] == 0.3
    assert isinstance(atlas["Date looked"], date)
    assert atlas["Published"] == "2024-H1"
    assert ("Published", "2026-11") in list(book["Report"].iter_rows(max_col=2, values_only=True))


@pytest.mark.parametrize(("language", "is_rtl"), [("he", True), ("en", False)])
def test_a_sheet_runs_as_its_language_does(busy: Article, session: Session, language: str, is_rtl: bool) -> None:
    book = read(gather(session, busy, language))
    for sheet in book.worksheets:
        assert bool(sheet.sheet_view.rightToLeft) is is_rtl
    claims = book.worksheets[1]
    assert claims.freeze_panes == "B2"
    assert claims.auto_filter.ref == claims.dimensions
    assert claims["D2"].alignment.readingOrder == 2
    assert claims["E2"].alignment.readingOrder == 1
    assert claims["D2"].alignment.wrap_text
    if is_rtl:
        assert book.sheetnames == ["דוח", "טענות", "ראיות", "מקורות", "יומן שינויים"]


def test_no_text_becomes_anything_else(busy: Article, session: Session) -> None:
    report = gather(session, busy)
    hostile = [*OWN, "<r><t>raw</t></r>", "_x0041_", "  blanks  ", "http://example.org/a b", "1e5", "TRUE", "#N/A"]
    claims = tuple(replace(report.claims[0], number=number, statement_en=text) for number, text in enumerate(hostile))
    data = write_xlsx(replace(report, claims=claims), zone=ZONE)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [book["Claims"].cell(row, 5) for row in range(2, len(hostile) + 2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert {cell.hyperlink for cell in cells} == {None}
    for cell, text in zip(cells, hostile, strict=True):
        read_back = str(cell.value).replace("_x005F_", "_").removeprefix("\u2060" if text.startswith("<r>") else "")
        assert read_back.replace("\r\n", "\n") == text
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = b"".join(archive.read(name) for name in archive.namelist() if "worksheets/" in name)
        assert b"<f>" not in sheets
        assert not [
            name for name in archive.namelist() if name.endswith(".rels") and b"hyperlink" in archive.read(name)
        ]


def test_what_a_cell_cannot_hold_says_so() -> None:
    assert fit_text("a\x01b\ud800c\uffff") == "a\ufffdb\ufffdc\ufffd"
    whole = "😀" * (MOST_UNITS // 2)
    assert fit_text(whole) == whole
    cut = fit_text(whole + "😀")
    assert len(cut.encode("utf-16-le")) // 2 <= MOST_UNITS
    assert cut.endswith("has all of it.")
    assert "\ufffd" not in cut


def test_a_part_of_the_check_says_so_in_front(busy: Article, session: Session) -> None:
    book = read(gather(session, busy, claim=5))
    assert [row["Number"] for row in rows(book, "Claims")] == [5]
    assert "Only claim 5." in [row[1] for row in book["Report"].iter_rows(values_only=True)]
    assert "Only claim 5." in (book.properties.description or "")
    assert {row["Claim"] for row in rows(book, "History")} == {None, 5}


def test_whose_report_it_is_stands_in_it(busy: Article, session: Session) -> None:
    told = [row[1] for row in read(gather(session, busy))["Report"].iter_rows(values_only=True)]
    assert "The Bridge" in told
    assert "Ask the desk." in told


def test_progress_is_told_claim_by_claim(busy: Article, session: Session) -> None:
    heard: list[tuple[int, int]] = []
    write_xlsx(gather(session, busy), zone=ZONE, tell=lambda done, total: heard.append((done, total)))
    assert heard == [(number, 6) for number in range(1, 7)]


def test_the_same_facts_give_the_same_bytes(busy: Article, session: Session) -> None:
    report = gather(session, busy)
    assert write_xlsx(report, zone=ZONE) == write_xlsx(report, zone=ZONE)
