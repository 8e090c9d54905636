"""Spreadsheets, presentations and OpenDocument files: what they show, and packages that mean harm."""

import zipfile

import pytest

from claims_app.copies import office
from claims_app.copies.reading import CUT, EMPTY, UNREADABLE, Copy, read_copy
from tests.copies.packages import ODF, open_document, package, slides, workbook

STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="#,##0.0,,&quot; M&quot;;[Red]-0"/>'
    '<numFmt numFmtId="171" formatCode="[$-40D]dd/mm/yyyy"/><numFmt numFmtId="172" formatCode="0.0%"/></numFmts>'
    "<cellXfs>" + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 3, 9, 10, 170, 171, 2, 172)) + "</cellXfs>"
)


def read(data: bytes) -> Copy:
    return read_copy(data, media_type=None)


def cell(value: str, *, style: int = 0, kind: str = "n") -> str:
    return f'<c s="{style}" t="{kind}"><v>{value}</v></c>'


def test_the_rows_of_each_sheet_are_read_with_its_name() -> None:
    shared = (
        "<si><t>מחוז</t></si><si><r><t>ייצור </t></r><r><t>(טונות)</t></r></si><si><t>צפון</t><rPh><t>no</t></rPh></si>"
    )
    first = (
        f"<row>{cell('0', kind='s')}{cell('1', kind='s')}</row><row/>"
        f"<row>{cell('2', kind='s')}<c/>{cell('1580000')}{cell('9', kind='s')}</row>"
    )
    second = (
        f"<row><c t='inlineStr'><is><t>South</t></is></c>{cell('a formula', kind='str')}{cell('1', kind='b')}</row>"
    )
    assert read(workbook(first, second, shared=shared)).text == (
        "גיליון 1\n\nמחוז | ייצור (טונות)\n\nצפון | 1580000\n\nגיליון 2\n\nSouth | a formula | 1"
    )


@pytest.mark.parametrize(
    ("value", "style", "shown"),
    [
        ("1580000", 0, "1580000"),
        ("0.1", 0, "0.1"),
        ("0.30000000000000004", 0, "0.3"),
        ("1580000.4", 1, "1,580,000"),
        ("0.387", 2, "39%"),
        ("0.387", 3, "38.70%"),
        ("0.387", 7, "38.7%"),
        ("1580000", 4, "1.6"),
        ("45366", 5, "2024-03-15"),
        ("38.7", 6, "38.70"),
        ("1E+300", 1, "1E+300"),
        ("-99999999", 5, "-99999999"),
        ("words", 1, "words"),
        ("7", 99, "7"),
    ],
)
def test_a_number_is_read_as_its_cell_shows_it(value: str, style: int, shown: str) -> None:
    text = read(workbook(f"<row>{cell(value, style=style)}</row>", styles=STYLES)).text
    assert text == f"גיליון 1\n\n{shown}"


def test_a_hidden_sheet_is_left_out() -> None:
    row = "<row><c t='str'><v>words</v></c></row>"
    assert read(workbook(row, row, states=("hidden", "visible"))).text == "גיליון 2\n\nwords"


def test_slides_are_read_in_the_order_they_are_shown_in() -> None:
    table = "<a:tbl><a:tr><a:tc><a:p><a:t>שנה</a:t></a:p></a:tc><a:tc><a:p><a:t>40%</a:t></a:p></a:tc></a:tr></a:tbl>"
    deck = slides(
        "<a:p><a:r><a:t>ראש</a:t></a:r><a:r><a:t>ונה</a:t></a:r><a:br/><a:r><a:t>line</a:t></a:r></a:p>" + table,
        "<a:p><a:r><a:t>hidden</a:t></a:r></a:p>",
        "<a:p><a:r><a:t>Last</a:t></a:r></a:p><a:Fallback><a:p><a:t>again</a:t></a:p></a:Fallback>",
        attributes=("", 'show="0"', ""),
    )
    assert read(deck).text == "ראשונה line\n\nשנה | 40%\n\nLast"


def test_an_open_document_is_read_without_what_stands_beside_it() -> None:
    body = (
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes><text:h>כותרת</text:h>"
        "<text:p>הגשר<text:s/>החדש<office:annotation><text:p>comment</text:p></office:annotation><text:line-break/>נפתח"
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>הערת שוליים</text:p>"
        "</text:note-body></text:note>.</text:p>"
        "<text:list><text:list-item><text:p>one</text:p></text:list-item></text:list>"
    )
    copy = read(open_document(body, title="הדוח"))
    assert copy == Copy("כותרת\n\nהגשר החדש נפתח.\n\none\n\nהערת שוליים", "הדוח", "2024-05-06", "he")


def test_an_open_spreadsheet_is_read_row_by_row() -> None:
    styles = (
        '<style:style style:name="away"><style:table-properties table:display="false"/></style:style>'
        '<style:style style:name="here"><style:table-properties table:display="true"/></style:style>'
    )
    row = "<table:table-row>{}</table:table-row>"
    cells = row.format(
        "<table:table-cell><text:p>צפון</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="1000000000"><text:p>1,580,000</text:p></table:table-cell>'
    )
    body = (
        f'<table:table table:style-name="here">{cells}</table:table><table:table table:style-name="away">{cells}'
        "</table:table>"
    )
    assert read(open_document(body, kind="spreadsheet", styles=styles)).text == "צפון | 1,580,000"


def test_an_open_presentation_is_read_without_the_speakers_notes() -> None:
    box = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    notes = f"<presentation:notes>{box.format('note')}</presentation:notes>"
    pages = "".join(f"<draw:page>{box.format(words)}{notes}</draw:page>" for words in ("ראשון", "Second"))
    assert read(open_document(pages, kind="presentation")).text == "ראשון\n\nSecond"


LAUGHS = '<!DOCTYPE l [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (open_document("<text:p>&b;</text:p>", before=LAUGHS), UNREADABLE),
        (open_document("<text:p>words</text:p>", before=LAUGHS), UNREADABLE),
        (open_document("<text:p>&b;</text:p>", before='<!DOCTYPE a SYSTEM "file:///etc/passwd">'), UNREADABLE),
        (open_document("<text:p>"), UNREADABLE),
        (open_document(f"<text:p>{'a' * 21_000_000}</text:p>"), UNREADABLE),
        (open_document("<text:p/>"), EMPTY),
        (workbook("<row><c>"), UNREADABLE),
        (package({"xl/workbook.xml": "<a/>"}), EMPTY),
        (package({"ppt/presentation.xml": "words"}), UNREADABLE),
        (package({"mimetype": "application/vnd.oasis.opendocument.text"}), EMPTY),
    ],
)
def test_a_package_that_is_damaged_or_means_harm_has_no_text(data: bytes, note: str) -> None:
    copy = read(data)
    assert (copy.text, copy.note) == ("", note)


def test_a_locked_part_has_no_text() -> None:
    data = bytearray(open_document("<text:p>words</text:p>"))
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[at + 8] |= 1
    assert read(bytes(data)).note == UNREADABLE


def test_no_more_is_unpacked_than_a_file_may_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    row = "<row><c t='inlineStr'><is><t>words</t></is></c></row>"
    data = workbook(row, row)
    assert read(data).note is None
    monkeypatch.setattr(office, "_MOST_UNPACKED", 500)
    assert read(data).note == UNREADABLE


def test_a_very_long_sheet_is_read_as_far_as_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_MOST_BYTES", 5_000)
    rows = "".join(f"<row><c t='str'><v>שורה {number}</v></c></row>" for number in range(1000))
    copy = read(workbook(rows))
    assert copy.text.startswith("גיליון 1\n\nשורה 0\n\nשורה 1")
    assert copy.note == CUT


def test_one_shared_word_in_very_many_cells_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_MOST_ROW", 1_000)
    row = f"<row>{cell('0', kind='s') * 10_000}</row>"
    assert len(read(workbook(row * 3, shared=f"<si><t>{'א' * 100}</t></si>")).text) < 4_000


def test_a_package_of_very_many_parts_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    data = open_document("<text:p>words</text:p>")
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("opened"))
    monkeypatch.setattr(office, "_MOST_PARTS", 1)
    with pytest.raises(office.Unreadable):
        office.read_office(data, "application/vnd.oasis.opendocument.text")


def test_what_a_file_says_of_itself_may_be_broken() -> None:
    content = f"<o:d {ODF} xmlns:o='o'><office:body><text:p>words</text:p></office:body></o:d>"
    mimetype = "application/vnd.oasis.opendocument.text"
    data = package({"mimetype": mimetype, "content.xml": content, "meta.xml": "<broken"})
    assert read(data) == Copy("words", None, None, "en")
