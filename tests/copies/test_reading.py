"""The text of kept copies of every kind, and why there is none where there is none."""

import io
import json
import random
import unicodedata
from typing import Any

import pytest
from docx import Document
from fpdf import FPDF

from claims_app.copies import markup, reading
from claims_app.copies.reading import (
    CUT,
    EMPTY,
    MOST_TEXT,
    OTHER_KIND,
    PICTURE,
    UNREADABLE,
    UNREADABLE_PDF,
    Copy,
    read_copy,
)
from tests.copies.packages import open_document, slides, workbook

PAGE = """<!doctype html><html lang="he" dir="rtl"><head><title>ייצור החיטה עלה | העיתון</title>
<meta property="og:title" content="ייצור החיטה עלה"><meta property="article:published_time" content="2024-03-15T08:00">
<style>.a { color: red }</style><script>var unseen = "דבר";</script></head><body>
<nav><a href="/">ראשי</a> <a href="/sport">ספורט</a></nav>
<main><h1>ייצור החיטה עלה</h1><p>השנה נקצרו 1.58 מיליון טונות,<br>אמרה <b>Dana Levi</b>.</p>
<table><caption>לפי שנים</caption><tr><th>שנה</th><th>טונות</th></tr>
<tr><td>2023</td><td><p>1,200,000</p></td></tr></table>
<ul><li>צפון</li><li>South</li></ul><figure><img alt="x" src="a.png"><figcaption>שדה ליד הנהר</figcaption></figure>
<svg><title>unseen</title><style>unseen</style><text>38.7%</text><text>12%</text></svg>
<p hidden>unseen</p><p style="display:none">unseen</p><noscript>unseen</noscript><template>unseen</template>
<select><option>unseen</option></select><button>Share</button><button>Print</button></main>
<footer>כל הזכויות שמורות</footer></body></html>"""


def read_page(page: str) -> Copy:
    return read_copy(page.encode(), media_type="text/html")


def test_all_that_a_page_shows_is_its_text() -> None:
    copy = read_page(PAGE)
    assert copy.text == (
        "ראשי ספורט\n\nייצור החיטה עלה\n\nהשנה נקצרו 1.58 מיליון טונות, אמרה Dana Levi.\n\nלפי שנים\n\nשנה | טונות\n\n"
        "2023 | 1,200,000\n\nצפון\n\nSouth\n\nשדה ליד הנהר\n\n38.7%\n\n12%\n\nShare\n\nPrint\n\nכל הזכויות שמורות"
    )
    assert (copy.title, copy.published_on) == ("ייצור החיטה עלה", "2024-03-15")
    assert (copy.language, copy.note) == ("he", None)


def test_an_english_page_proposes_its_title_and_its_date() -> None:
    copy = read_page(
        '<html><head><title>Harvest up</title><script type="application/ld+json">{"@type": "NewsArticle", '
        '"headline": "Harvest up", "datePublished": "2023-11-02"}</script></head><body><p>Some 40 percent more.</p>'
    )
    assert copy == Copy("Some 40 percent more.", "Harvest up", "2023-11-02", "en")


def test_what_nobody_sees_is_taken_out_of_the_letters() -> None:
    copy = read_page("<html><body><p>\u202bשלו\u200bם\u202c caf\u0065\u0301 \u2066and\u2069\u00ad more\ufeff")
    assert copy.text == "שלום café and more"
    assert copy.text == unicodedata.normalize("NFC", copy.text)


def test_letters_in_the_order_they_are_seen_in_are_turned() -> None:
    seen = "<html><body>" + "".join(
        f"<p>{line[::-1]}</p>" for line in ["הגשר הישן נבנה לפני שנים", "ראש העיר אמר שלום"]
    )
    assert read_page(seen).text == "הגשר הישן נבנה לפני שנים\n\nראש העיר אמר שלום"


@pytest.mark.parametrize("charset", ["utf-8", "cp1255", "utf-16"])
def test_hebrew_is_read_in_its_character_sets(charset: str) -> None:
    page = f"<html><head><meta charset={charset}></head><body><p>הגשר החדש ייפתח בשנה הבאה, אמרה העירייה.</p>"
    copy = read_copy(page.encode(charset), media_type="text/html")
    assert copy.text == "הגשר החדש ייפתח בשנה הבאה, אמרה העירייה."


def test_a_broken_letter_does_not_spoil_a_page() -> None:
    page = ("<html><meta charset=utf-8><body><p>" + "הגשר החדש ייפתח. " * 10 + "</p>").encode()
    text = read_copy(page[:-20] + b"\xd7" + page[-20:], media_type="text/html").text
    assert text.startswith("הגשר החדש ייפתח. הגשר")
    assert text.count("\ufffd") == 1


def test_plain_text_is_its_paragraphs() -> None:
    copy = read_copy("הגשר החדש\n\nהעירייה אמרה כי הגשר ייפתח בשנה הבאה.\r\n".encode(), media_type="text/plain")
    assert copy == Copy("הגשר החדש\n\nהעירייה אמרה כי הגשר ייפתח בשנה הבאה.", "הגשר החדש", None, "he")


def test_markdown_is_read_without_its_marks() -> None:
    text = "---\ntitle: הגשר\ndate: 2024-03\n---\n# The *bridge*\n\n- one\n- two <script>no</script>\n"
    copy = read_copy(text.encode(), media_type="text/markdown")
    assert (copy.text, copy.title, copy.published_on) == ("The bridge\n\none\n\ntwo", "הגשר", "2024-03")


def test_markdown_with_very_many_tags_is_read_as_plain_text() -> None:
    assert read_copy(b"words " + b"<div>" * 3000, media_type="text/markdown").text.startswith("words <div><div>")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_of_plain_text_is_read_cell_by_cell(mark: str) -> None:
    rows = [["מחוז", "tonnes"], ["צפון", '"1,580,000"'], ["South", "12"]]
    copy = read_copy("\n".join(mark.join(row) for row in rows).encode(), media_type="text/csv")
    assert copy.text == "מחוז | tonnes\n\nצפון | 1,580,000\n\nSouth | 12"


def test_a_broken_table_is_read_as_plain_text() -> None:
    assert read_copy(b"a,b\n" + b'"' + b"x" * 200_000, media_type="text/csv").text.startswith("a,b")


def test_hebrew_in_json_is_hebrew() -> None:
    copy = read_copy(json.dumps({"שם": "הגשר", "cost": [1580000, 38.7]}).encode(), media_type="application/json")
    assert '"שם": "הגשר",' in copy.text
    assert "1580000," in copy.text
    assert read_copy(b"{broken words", media_type="application/json").text == "{broken words"
    assert read_copy(b"[" * 200_000 + b"1", media_type="application/json").text.startswith("[[[")


def test_a_word_document_is_read() -> None:
    document: Any = Document()
    document.core_properties.title = "הדוח"
    document.add_paragraph("המועצה אישרה 40 אחוז.")
    file = io.BytesIO()
    document.save(file)
    copy = read_copy(file.getvalue(), media_type=None, name="a.bin")
    assert (copy.text, copy.title, copy.language) == ("המועצה אישרה 40 אחוז.", "הדוח", "he")


def printed(*lines: str) -> bytes:
    made = FPDF()
    made.add_page()
    made.set_font("helvetica", size=12)
    for line in lines:
        made.cell(0, 10, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(made.output())


def test_a_pdf_is_read() -> None:
    copy = read_copy(printed("The council approved the budget.", "It is 40 percent larger."), media_type=None)
    assert copy.text.split() == ["The", "council", "approved", "the", "budget.", "It", "is", "40", "percent", "larger."]
    assert copy.language == "en"


def test_a_pdf_without_words_says_so() -> None:
    assert read_copy(printed(), media_type="application/pdf") == Copy("", note=UNREADABLE_PDF)
    assert read_copy(b"%PDF-1.7 broken", media_type="application/pdf") == Copy("", note=UNREADABLE_PDF)


@pytest.mark.parametrize(
    ("data", "declared", "note"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png", PICTURE),
        (b"GIF89a", None, PICTURE),
        (bytes(range(256)) * 8, "video/mp4", OTHER_KIND),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/msword", OTHER_KIND),
        (b"", "text/html", EMPTY),
        (b"<html><body><script>only</script></body></html>", "text/html", EMPTY),
        (b"<html><body>... *** ---</body></html>", "text/html", EMPTY),
        (b"<html><body " + b"a" * 4000 + b" x" * 1000 + b">words", "text/html", UNREADABLE),
        (b"PK\x03\x04", None, OTHER_KIND),
    ],
)
def test_where_there_is_no_text_a_note_says_why(data: bytes, declared: str | None, note: str) -> None:
    copy = read_copy(data, media_type=declared)
    assert (copy.text, copy.note, copy.language) == ("", note, None)


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "text/csv"])
def test_a_very_long_text_is_cut_between_paragraphs(kind: str) -> None:
    start, end, parting = ("<html><p>", "</p>", "<p>") if kind == "text/html" else ("", "", "\n\n")
    data = (start + parting.join(f"שורה {number} and more words" for number in range(120_000)) + end).encode()
    copy = read_copy(data, media_type=kind)
    assert MOST_TEXT - 100 < len(copy.text) <= MOST_TEXT
    assert copy.text.endswith("more words")
    assert copy.note == CUT


def test_a_very_long_page_is_read_as_far_as_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MOST_MARKUP", 60)
    copy = read_page("<html><body><p>הגשר נפתח</p><!--" + "x" * 100 + "--><p>unread")
    assert (copy.text, copy.note) == ("הגשר נפתח", CUT)


def test_the_date_of_a_very_large_page_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "_MOST_ASKED", 5)
    copy = read_page(PAGE)
    assert (copy.title, copy.published_on) == ("ייצור החיטה עלה | העיתון", None)
    assert "1.58 מיליון" in copy.text


@pytest.mark.parametrize(
    "page",
    [
        "<html>" + "<div>" * 1_000_000 + "words",
        "<html>" + "<table><tr><td>" * 300_000 + "words",
        "<html><p>" + "<b hidden></b>x" * 100_000,
        "<html>" + "<p><b>" * 300_000 + "words",
        "<html><body>" + "<" * 2_000_000,
        "<html>" + "<svg><math><style><!--</style>" * 30_000 + "words",
        "<html><meta property=article:published_time content='9999-99-99'><meta name=date content=''><p>words",
        "<html><script type=application/ld+json>{]</script><title>\0\ud800</title><p>words",
    ],
)
def test_hostile_pages_are_read_or_a_note_says_why(page: str) -> None:
    copy = read_copy(page.encode("utf-8", "surrogatepass"), media_type="text/html")
    assert bool(copy.text) == (copy.note is None)
    assert copy.published_on is None


def test_no_bytes_whatever_are_refused() -> None:
    dice = random.Random(7)  # noqa: S311 - damage, not secrets
    whole = [
        PAGE.encode(), workbook("<row><c><v>1</v></c></row>"), slides("<a:p><a:t>x</a:t></a:p>"),
        open_document("<text:p>שלום</text:p>"), printed("Some words of a page")[:900],
        b'{"a": [1, {"b": null}]}', "מילה,word\n1,2".encode("cp1255"),
    ]  # fmt: skip
    for _ in range(40):
        for sound in whole[:4] + whole[5:]:
            data = bytearray(sound)
            for _ in range(dice.randint(1, 12)):
                at = dice.randrange(len(data))
                data[at : at + dice.randint(0, 4)] = dice.randbytes(dice.randint(0, 4))
            copy = read_copy(bytes(data), media_type=dice.choice([None, "text/html", "text/csv", "image/png"]))
            assert copy.text or copy.note
    assert read_copy(whole[4], media_type=None).note == UNREADABLE_PDF


@pytest.mark.parametrize("around", ["<main>{}</main>", "<header>Site</header><p>{}</p>", "<nav></nav>{}"])
def test_a_page_that_says_neither_head_nor_body_has_its_words(around: str) -> None:
    page = f"<!doctype html><title>The bridge</title>{around.format('The bridge is 120 metres long.')}"
    copy = read_copy(page.encode(), media_type="text/html")
    assert "The bridge is 120 metres long." in copy.text
    assert (copy.title, copy.note) == ("The bridge", None)
