"""Reading a file as a table: every form and encoding that people send; what means harm is refused in a sentence."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from claims_app.copies import office
from claims_app.errors import DomainError
from claims_app.importing import tables
from claims_app.importing.lines import find_delimiter
from claims_app.importing.matching import check_columns, match_headings, propose_kind
from claims_app.importing.model import ImportKind
from claims_app.importing.tables import MOST_ROWS, column_name
from claims_app.reading import without_controls
from claims_app.reports.as_csv import BOM, write_rows
from tests.copies import packages
from tests.importing.tables import lines, read, workbook
from tests.reports.hostile import all_texts

HEBREW = "ניסוח הטענה,סוג\r\nאורך הגשר 120 מטרים,נתון\r\n"


def cells(data: bytes, name: str = "t.csv") -> list[tuple[str, ...]]:
    return [row.cells for row in read(data, name).rows]


class TestLines:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1255"])
    def test_in_every_encoding_of_the_desks_languages(self, encoding: str) -> None:
        table = read(HEBREW.encode(encoding))
        assert table.headings == ("ניסוח הטענה", "סוג")
        assert table.rows[0].cells == ("אורך הגשר 120 מטרים", "נתון")

    @pytest.mark.parametrize("mark", ",;\t|")
    def test_whatever_stands_between_the_cells(self, mark: str) -> None:
        assert cells(lines(f"Statement{mark}Kind", f'"a{mark} b"{mark}figure')) == [(f"a{mark} b", "figure")]

    def test_a_spreadsheets_own_word_for_it(self) -> None:
        assert cells(lines("sep=;", "Statement;Kind", "a, b, c;figure")) == [("a, b, c", "figure")]

    def test_rows_are_numbered_as_a_spreadsheet_does(self) -> None:
        table = read(lines("Statement,Kind", '"two', 'lines",figure', "", "b,date"))
        assert [(row.number, row.cells[0]) for row in table.rows] == [(2, "two\nlines"), (4, "b")]
        assert table.place(4, 1) == "B4"

    def test_headings_may_stand_under_a_title(self) -> None:
        table = read(lines("Our claims", "", "Statement,Kind", "a,figure"))
        assert table.headings == ("Statement", "Kind")
        assert table.rows[0].number == 4

    def test_what_a_spreadsheet_was_kept_from_running_comes_back(self) -> None:
        written = (BOM + write_rows([["Statement"], *([text] for text in all_texts())])).encode()
        expected = [text.replace("\r\n", "\n").replace("\r", "\n").strip() for text in all_texts()]
        assert [row[0] for row in cells(written)] == expected

    @settings(max_examples=40)
    @given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1), min_size=1))
    def test_every_guarded_text_comes_back(self, texts: list[str]) -> None:
        written = (BOM + write_rows([["Statement", "Kind"], *([text, "x"] for text in texts)])).encode()
        found = [row[0] for row in cells(written)]
        assert found == [without_controls(text.replace("\r\n", "\n").replace("\r", "\n")).strip() for text in texts]

    def test_a_formula_is_a_text(self) -> None:
        assert cells(lines("Statement,Kind", '"=HYPERLINK(""http://x"")",=1+1')) == [('=HYPERLINK("http://x")', "=1+1")]

    def test_controls_are_left_out(self) -> None:
        assert cells(f"Statement,Kind\r\na\x07b\x1b{'x' * 400},c\r\n".encode()) == [(f"ab{'x' * 400}", "c")]

    def test_two_headings_the_same_are_said(self) -> None:
        table = read(lines("Statement,Kind,Kind", "a,b,c"))
        assert table.notes == ("Two columns have the same heading; say which one is meant.",)
        assert match_headings(ImportKind.CLAIMS, table.headings, has_article=True) == ["statement", "kind", ""]

    def test_the_mark_that_parts_most_rows(self) -> None:
        assert find_delimiter("a;b\n1,5;2,5\n3,5;4\n") == ";"
        assert find_delimiter("one heading\nand, a sentence\n") in ",;\t|"


def sheet(fill: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], None]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        fill(book, book.add_worksheet("גיליון"))
    return file.getvalue()


class TestSheets:
    def test_values_are_read_as_they_are_kept(self) -> None:
        def fill(book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet) -> None:
            page.write_row(0, 0, ["Statement", "Published", "Figure", "About", "Summary", "Number"])
            page.write_string(1, 0, "=1+1")
            page.write_datetime(1, 1, datetime(2026, 3, 15), book.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001
            page.write_number(1, 2, 0.385, book.add_format({"num_format": "0%"}))
            page.write_boolean(1, 3, True)
            page.write_formula(1, 4, "=A1&B1", None, "worked out")
            page.write_number(1, 5, 1583421.7, book.add_format({"num_format": "#,##0"}))

        table = read(sheet(fill), "t.xlsx")
        assert table.rows[0].cells == ("=1+1", "2026-03-15", "38.5%", "yes", "worked out", "1583421.7")

    def test_a_formula_without_its_result_and_an_error_are_named(self) -> None:
        rows = (
            '<row r="1"><c r="A1" t="inlineStr"><is><t>Statement</t></is></c></row>'
            '<row r="2"><c r="A2"><f>1+1</f></c><c r="B2" t="e"><v>#REF!</v></c></row>'
        )
        table = read(packages.workbook(rows), "t.xlsx")
        assert sorted((key, str(error)[:26]) for key, error in table.faults.items()) == [
            ((2, 0), "This cell has a formula wi"),
            ((2, 1), "This cell shows an error i"),
        ]

    def test_a_merged_cell_stands_in_each_of_its_rows(self) -> None:
        def fill(_book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet) -> None:
            page.write_row(0, 0, ["Statement", "Summary"])
            page.merge_range("A2:A4", "One claim")
            page.write_column(1, 1, ["a", "b", "c"])

        table = read(sheet(fill), "t.xlsx")
        assert [row.cells for row in table.rows] == [("One claim", "a"), ("One claim", "b"), ("One claim", "c")]
        assert table.notes == ("Merged cells were read as if each of the rows had their value.",)

    def test_merged_cells_that_lie_over_each_other_are_refused_soon(self) -> None:
        rows = "".join(f'<row r="{at}"><c r="A{at}"><v>{at}</v></c></row>' for at in range(1, 2001))
        merged = "".join(f'<mergeCell ref="A1:A{5000 + at}"/>' for at in range(2000))
        data = changed(SHEET, b"</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>".encode(), rows)
        with pytest.raises(DomainError, match="damaged, locked or unusually large"):
            read(data, "t.xlsx")

    def test_hidden_sheets_are_not_read_and_others_may_be_chosen(self) -> None:
        file = io.BytesIO()
        with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
            for name, state in (("secret", "hide"), ("empty", ""), ("one", ""), ("two", "")):
                page = book.add_worksheet(name)
                if name != "empty":
                    page.write_column(0, 0, ["Statement", name])
                if state:
                    page.hide()
            book.get_worksheet_by_name("one").activate()
        table = read(file.getvalue(), "t.xlsx")
        assert (table.sheet, table.sheets, table.rows[0].cells) == ("one", ("empty", "one", "two"), ("one",))
        assert "hidden sheets" in table.notes[0]
        assert read(file.getvalue(), "t.xlsx", sheet="two").rows[0].cells == ("two",)
        assert read(file.getvalue(), "t.xlsx", sheet="secret").sheet == "one"

    def test_the_naughty_texts_come_back(self) -> None:
        texts = [text for text in all_texts() if len(text) < 2000]

        def fill(_book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet) -> None:
            page.write_string(0, 0, "Statement")
            for at, text in enumerate(texts, 1):
                page.write_string(at, 0, text)

        found = [row.cells[0] for row in read(sheet(fill), "t.xlsx").rows]
        assert found == [text.replace("\r\n", "\n").replace("\r", "\n").strip() for text in texts]


class TestRecords:
    def test_a_list_of_them(self) -> None:
        data = json.dumps(
            [{"statement": "a", "figure": {"low": 1.5e6, "unit": "people"}, "tags": ["x", "y"]}, {"kind": "date"}]
        )
        table = read(data.encode(), "t.json")
        assert table.headings == ("statement", "figure.low", "figure.unit", "tags", "kind")
        assert table.rows[0].cells == ("a", "1500000", "people", "x\ny", "")
        assert table.place(2, 1) == "2"

    def test_airtables_own_form(self) -> None:
        data = json.dumps({"records": [{"id": "rec1", "fields": {"Statement": "a"}}]})
        assert read(data.encode(), "t.json").rows[0].cells == ("a", "rec1")

    def test_one_record_a_line(self) -> None:
        assert cells(b'{"statement": "a"}\n{"statement": true}\n', "t.jsonl") == [("a",), ("yes",)]

    def test_what_is_json_by_another_name_is_read_and_said(self) -> None:
        table = read(b'[{"statement": "a"}]', "table.xlsx")
        assert table.form == "json"
        assert "it is JSON" in table.notes[0]


def changed(part: str, old: bytes, new: bytes, rows: str = "<row><c><v>1</v></c></row>") -> bytes:
    """Return a workbook, a small one if nothing is said, with something else in one of its parts."""
    good = zipfile.ZipFile(io.BytesIO(packages.workbook(rows)))
    parts: dict[str, str | bytes] = {name: good.read(name) for name in good.namelist()}
    parts[part] = good.read(part).replace(old, new, 1)
    return packages.package(parts)


SHEET, WORDS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
DECLARED = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'">]>'
ROOM = 3_000_000
"""Bytes that a part may unpack to in these tests."""


HOSTILE: dict[str, tuple[bytes | Callable[[], bytes], str, str]] = {
    "nothing": (b"", "t.csv", "The file is empty."),
    "blanks": (b" \r\n \r\n", "t.csv", "The file is empty."),
    "only marks": (b",,,\r\n,,,\r\n", "t.csv", "The table is empty"),
    "only headings": (lines("Statement,Kind"), "t.csv", "There is nothing under the headings"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "t.csv", "This is not a table"),
    "a page called a workbook": (b"<html><table><tr><td>a</td></tr></table>", "t.xls", "This is not a table"),
    "a letter": (packages.package({"word/document.xml": "<x/>"}), "t.docx", "This is not a table"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "t.xls", "This is an old or a locked Excel"),
    "noise": (bytes(range(1, 256)) * 9, "t.csv", "The letters of this file cannot be read."),
    "a workbook cut off": (lambda: workbook(["Statement"], ["a"])[:-200], "t.xlsx", "This workbook is damaged"),
    "half a workbook": (
        lambda: workbook(["Statement"], *[["a" * 90]] * 99)[:1500],
        "t.xlsx",
        "This workbook is damaged",
    ),
    "entities": (lambda: changed(SHEET, b"<worksheet", DECLARED + b"<worksheet"), "t.xlsx", "This workbook is damaged"),
    "a bomb in the sheet": (
        lambda: changed(SHEET, b"<row>", b"<row/>" * (ROOM // 6) + b"<row>"),
        "t.xlsx",
        "This workbook is damaged",
    ),
    "a bomb in the words": (
        lambda: changed(WORDS, b"</sst>", b"<si/>" * (ROOM // 5) + b"</sst>"),
        "t.xlsx",
        "This workbook is damaged",
    ),
    "a quotation that does not end": (
        b'Statement,Kind\r\na,b\r\n"c,d\r\ne,f\r\n',
        "t.csv",
        "Line 3 of the file is not",
    ),
    "too many columns": (
        lines(",".join(f"c{at}" for at in range(201)), ",".join("x" * 201)),
        "t.csv",
        "The table has more",
    ),
    "a cell too long": (lines("Statement,Kind", f"{'a' * 131_073},x"), "t.csv", "The table holds more text"),
    "deep records": (b"[" * 100_000, "t.json", "The records of this file lie deeper"),
    "records in records": (
        b'[{"a":' + b'{"a":' * 50 + b"1" + b"}" * 51 + b"]",
        "t.json",
        "The records of this file lie",
    ),
    "a key twice": (b'[{"statement": "a", "kind": 1, "statement": "b"}]', "t.json", "A record has the key “statement”"),
    "records cut off": (b'[{"statement": "a"}, {"statem', "t.json", "This is not whole JSON: line 1, column"),
    "not a number": (b'[{"statement": NaN}]', "t.json", "This is not a table"),
    "a number without end": (b'[{"a": ' + b"9" * 100_000 + b'}, {"a": 1e99999}]', "t.json", ""),
    "two lists": (b'{"a": [{}], "b": [{}]}', "t.json", "The file has to hold one list"),
    "a word": (b'["a"]', "t.json", "Record 1 is not a record"),
    "too many records": (
        lambda: json.dumps([{"a": 1}] * (MOST_ROWS + 1)).encode(),
        "t.json",
        "The table has more than",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_means_harm_is_refused_in_a_sentence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_MOST_STREAMED", ROOM)
    made, called, words = HOSTILE[name]
    data = made() if callable(made) else made
    if not words:
        assert read(data, called).rows
        return
    with pytest.raises(DomainError) as refusal:
        read(data, called)
    assert str(refusal.value).startswith(words)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_million_rows_are_refused_in_little_memory(form: str) -> None:
    if form == "csv":
        data = b"Statement,Kind\n" + b"a,b\n" * 1_000_000
    else:
        data = changed(SHEET, b"<row>", b"<row><c><v>1</v></c></row>" * 1_000_000 + b"<row>")
    tracemalloc.start()
    with pytest.raises(DomainError, match="more than 5000 rows; split it"):
        read(data, f"t.{form}")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000


def test_a_file_that_is_too_large_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_BYTES", 1_000_000)
    with pytest.raises(DomainError, match="larger than 1 MB"):
        read(b"a" * 1_000_001)


def test_columns_have_the_letters_of_a_spreadsheet() -> None:
    assert [column_name(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


class TestHeadings:
    @pytest.mark.parametrize(
        ("headings", "kind"),
        [
            (["כתובת", "כותרת", "מפרסם"], ImportKind.SOURCES),
            (["טענה", "סוג", "הערות"], ImportKind.CLAIMS),
            (["מספר", "עמדה", "תקציר", "מקור: כתובת"], ImportKind.CLAIMS),
            (["כותרת", "קרדיט כתיבה", "כלי תקשורת"], ImportKind.ARTICLES),
            (["claim", "source url", "what the source says", "stance"], ImportKind.CLAIMS),
        ],
    )
    def test_they_say_what_a_row_is(self, headings: list[str], kind: ImportKind) -> None:
        assert propose_kind(headings) is kind

    def test_spelling_makes_no_difference(self) -> None:
        headings = ["  STATEMENT in  hebrew", "Figure – from", "מס׳", "source: TITLE", "nothing of the kind"]
        found = match_headings(ImportKind.CLAIMS, headings, has_article=True)
        assert found == ["statement_he", "figure_low", "number", "source_title", ""]

    def test_a_field_twice_and_one_that_is_missing_are_refused(self) -> None:
        table = read(lines("Statement,Kind", "a,b"))
        with pytest.raises(DomainError, match="“Kind” is chosen for the columns A and B"):
            check_columns(ImportKind.CLAIMS, table, ["kind", "kind"], has_article=True)
        with pytest.raises(DomainError, match="which column holds the claims' statements"):
            check_columns(ImportKind.CLAIMS, table, ["", "kind"], has_article=True)
        with pytest.raises(DomainError, match="choose one article"):
            check_columns(ImportKind.CLAIMS, table, ["statement", ""], has_article=False)
        assert check_columns(ImportKind.CLAIMS, table, ["statement", "no such"], has_article=True) == {"statement": 0}
