"""The report for Word: real headings, tables and links, right to left wherever Word asks for it, and clean to open."""

import io
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from claims_app.articles.model import Article
from claims_app.reports.as_docx import write_docx
from claims_app.reports.blocks import LTR, RTL, Line, address
from claims_app.reports.docx_package import picture_size
from claims_app.reports.docx_words import Words, pieces
from claims_app.reports.facts import Audience, Letterhead, Report, Scope
from tests.factories import Factory
from tests.machine import need_office
from tests.reports.conftest import Gather
from tests.reports.hostile import all_texts, spoiled, with_text
from tests.reports.test_as_pdf import PIXEL
from tests.reports.test_walk import WORD, from_docx, from_pdf, plainly

ZONE = "Asia/Jerusalem"


def write(report: Report) -> bytes:
    return write_docx(report, zone=ZONE)


def part(data: bytes, name: str = "word/document.xml") -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(name))


def opened(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def test_it_has_real_headings_in_their_order(marked: Article, gather: Gather) -> None:
    document = opened(write(gather(marked)))
    named = [(one.style.name, one.text) for one in document.paragraphs if one.style.name.startswith(("Title", "Head"))]
    assert named[0] == ("Title", "The bridge")
    first = [text for name, text in named if name == "Heading 1"]
    assert first == [
        *("In brief", "Needs a decision before print", "Coverage of the text", "The text with its claims"),
        *("The claims, in the order of the article", "Sources", "Appendix: passages that need no claim"),
    ]
    assert len([text for name, text in named if name == "Heading 3"]) == 5
    assert document.core_properties.title == "The bridge"
    assert document.core_properties.author == "Noa Barak"


def test_right_to_left_is_said_wherever_word_asks(rich_he: bytes) -> None:
    root = part(rich_he)
    assert root.find(f".//{WORD}sectPr/{WORD}bidi") is not None
    for table in root.iter(f"{WORD}tbl"):
        assert table.find(f"{WORD}tblPr/{WORD}bidiVisual") is not None
    for paragraph in root.iter(f"{WORD}p"):
        text = "".join(paragraph.itertext(f"{WORD}t"))
        strong = re.search(r"[^\W\d_]", text)
        if strong and "\u0590" <= strong.group() <= "\u05ff":
            assert paragraph.find(f"{WORD}pPr/{WORD}bidi") is not None, text
    hebrew = [run for run in root.iter(f"{WORD}r") if re.search("[א-ת]", "".join(run.itertext(f"{WORD}t")))]
    assert len(hebrew) > 50
    assert [run for run in hebrew if run.find(f"{WORD}rPr/{WORD}rtl") is None] == []
    styles = part(rich_he, "word/styles.xml")
    assert styles.find(f".//{WORD}lang").get(f"{WORD}bidi") == "he-IL"
    assert all(fonts.get(f"{WORD}cs") for fonts in styles.iter(f"{WORD}rFonts"))


@pytest.fixture
def rich_he(busy: Article, gather: Gather) -> bytes:
    return write(gather(busy, language="he"))


def test_an_english_report_runs_from_the_left(busy: Article, gather: Gather) -> None:
    root = part(write(gather(busy)))
    assert root.find(f".//{WORD}sectPr/{WORD}bidi") is None
    assert root.find(f".//{WORD}bidiVisual") is None


@pytest.mark.parametrize(
    ("text", "direction", "cut"),
    [
        ("כ-40% של SOCAR (BP) וניו-מד", RTL, ["כ-40% של ", "SOCAR (BP)", " וניו-מד"]),
        ("של SOCAR (חברת נפט)", RTL, ["של ", "SOCAR", " (חברת נפט)"]),
        ("(1.58 מיליון) ב-2023", RTL, ["(1.58 מיליון) ב-2023"]),
        ("לפי OpenAI (וגם Kpler)", RTL, ["לפי ", "OpenAI", " (וגם ", "Kpler", ")"]),
        ("Kpler 2023: ירד", RTL, ["Kpler 2023", ": ירד"]),
        ("The paper מבט (2024) says", LTR, ["The paper ", "מבט", " (2024) says"]),
        ("1,200–1,500", RTL, ["1,200–1,500"]),
    ],
)
def test_a_bracket_stays_with_the_words_it_belongs_to(text: str, direction: str, cut: list[str]) -> None:
    assert [words for words, _way in pieces(text, direction)] == cut


@given(st.text(alphabet="abאב 12().,%-[]", max_size=40), st.sampled_from([RTL, LTR]))
def test_cut_words_are_the_text_again(text: str, direction: str) -> None:
    assert "".join(words for words, _way in pieces(text, direction)) == text


def test_the_end_of_an_address_stays_at_its_end() -> None:
    words = Words(RTL)
    assert '/</w:t></w:r><w:r><w:t xml:space="preserve">\u200e</w:t>' in words.write(
        Line((address("https://a.example/b/"),))
    )
    assert "\u200e" not in words.write(Line((address("https://a.example/b"),)))
    assert "\u200e" not in Words(LTR).write(Line((address("https://a.example/b/"),)))


def test_only_addresses_of_the_web_are_links(busy: Article, gather: Gather) -> None:
    for report in (gather(busy), spoiled(gather(busy), "javascript:alert(1)")):
        relations = part(write(report), "word/_rels/document.xml.rels")
        links = [one.get("Target") for one in relations if one.get("TargetMode") == "External"]
        assert all(link.startswith(("http://", "https://")) for link in links)
    assert links == []


def test_every_link_inside_leads_somewhere(marked: Article, gather: Gather) -> None:
    root = part(write(gather(marked)))
    places = [one.get(f"{WORD}name") for one in root.iter(f"{WORD}bookmarkStart")]
    assert len(places) == len(set(places))
    assert {one.get(f"{WORD}anchor") for one in root.iter(f"{WORD}hyperlink")} - {None} <= set(places)


def test_whatever_people_wrote_is_there_as_it_stands(busy: Article, gather: Gather) -> None:
    report = gather(busy)
    claim = replace(report.claims[3], queries=(), evidence=())
    texts = all_texts()
    claims = tuple(replace(with_text(claim, text), number=number) for number, text in enumerate(texts, 1))
    data = write(replace(report, claims=claims))
    found = plainly(from_docx(data))
    assert [text for text in texts if plainly(text) not in found] == []
    assert len([one for one in opened(data).paragraphs if one.style.name == "Heading 3"]) == len(texts)


def test_what_xml_cannot_hold_is_left_out(busy: Article, gather: Gather) -> None:
    data = write(spoiled(gather(busy), 'a\x00b\x0b\ufffe\ud800c\n& <d> "e" ]]>'))
    assert plainly('abc& <d> "e" ]]>') in plainly(from_docx(data))


def test_the_letterhead_and_the_part_told_are_said(busy: Article, gather: Gather) -> None:
    letterhead = Letterhead(name="The Daily Bridge", closing="Corrections: desk@example.org", logo=PIXEL)
    scope = Scope(audience=Audience.PUBLIC, claim=3)
    data = write(replace(gather(busy), letterhead=letterhead, scope=scope))
    for said in ("The Daily Bridge", "Corrections: desk@example.org", "Only claim 3."):
        assert plainly(said) in plainly(from_docx(data))
    assert len(opened(data).inline_shapes) == 1
    header, footer = opened(data).sections[0].header, opened(data).sections[0].footer
    assert header.paragraphs[0].text == "The Daily Bridge\tFact-check report"
    assert [one.get(f"{WORD}instr").strip() for one in part(data, "word/footer1.xml").iter(f"{WORD}fldSimple")] == [
        *("PAGE", "NUMPAGES"),
    ]
    assert footer is not None


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (PIXEL, (1, 1)),
        (bytes.fromhex("ffd8ffe000044a46ffc0000b080010002001011100"), (32, 16)),
        (PIXEL[:20], None),
        (b"<svg/>", None),
        (b"\xff\xd8\xff", None),
    ],
)
def test_a_picture_tells_its_size(data: bytes, size: tuple[int, int] | None) -> None:
    assert picture_size(data) == size


def test_the_same_report_is_the_same_file(busy: Article, gather: Gather) -> None:
    report = gather(busy)
    assert write(report) == write(report)


def test_libreoffice_opens_it_and_prints_it_in_the_order_of_reading(
    make: Factory, gather: Gather, tmp_path: Path
) -> None:
    need_office()
    article = make.article(title_he="מבחן", language="he")
    said = ["הייבוא ירד בכ-40% לעומת 2022.", "היקף הייבוא היה (1.58 מיליון) טונות.", "החברה SOCAR (BP) קיבלה רישיון."]
    for text in said:
        make.claim(article, statement_he=text, statement_en=None)
    (tmp_path / "report.docx").write_bytes(write(gather(article, language="he")))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "report.docx"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    found = plainly(from_pdf((tmp_path / "report.pdf").read_bytes()))
    assert [text for text in said if plainly(text) not in found] == []
