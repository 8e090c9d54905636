"""The report as a PDF: of its standard, in its own fonts, whatever people wrote, and never at the desk's cost."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from unicodedata import combining, normalize

import pytest
from pypdfium2 import PdfDocument, raw

from claims_app.articles.model import Article
from claims_app.db import now
from claims_app.errors import DomainError, NotFound
from claims_app.reports import as_pdf
from claims_app.reports.as_pdf import STANDARDS, write_pdf
from claims_app.reports.drawings import MARKS
from claims_app.reports.facts import Audience, Letterhead, Report, Scope
from claims_app.reports.glyphs import is_shown, shown
from tests.factories import Factory
from tests.reports.conftest import Gather
from tests.reports.hostile import all_texts, with_text
from tests.reports.test_walk import from_pdf, plainly

ZONE = "Asia/Jerusalem"
ROOM = Path(as_pdf.__file__).parent
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def is_drawn_otherwise(text: str) -> bool:
    """Whether a file has the signs of a text as they are drawn: words that run from the right, accents in heaps."""
    heaped = sum(combining(mark) > 0 for mark in text) > len(text) / 4
    return heaped or re.search("[\u0590-\u08ff\ufb1d-\ufeff\u202a-\u202e]", text) is not None


def words(data: bytes) -> str:
    """Return the characters of a PDF in the order of the file."""
    document = PdfDocument(data)
    text = "".join(document[number].get_textpage().get_text_range() for number in range(len(document)))
    document.close()
    # What stands for a hyphen at the end of a line.
    return re.sub("[\ufffe\x02]", "-", text)


class TestStandards:
    @pytest.mark.parametrize(
        ("standard", "said"),
        [(None, b"pdfuaid:part>1<"), ("a-2b", b"pdfaid:part>2<"), ("a-3b", b"pdfaid:part>3<")],
    )
    def test_a_file_says_of_which_standard_it_is(
        self, marked: Article, gather: Gather, standard: str | None, said: bytes
    ) -> None:
        data = write_pdf(gather(marked, language="he"), zone=ZONE, standard=standard)
        assert said in data
        assert b"/MarkInfo" in data
        assert b"/Lang" in data
        document = PdfDocument(data)
        known = document.get_metadata_dict()
        document.close()
        assert (known["Title"], known["Author"]) == ("הגשר", "Noa Barak")

    def test_of_another_there_is_none(self, busy: Article, gather: Gather) -> None:
        with pytest.raises(NotFound, match="ua-1, a-2b"):
            write_pdf(gather(busy), zone=ZONE, standard="x-4")
        assert "ua-1" in STANDARDS


class TestTexts:
    def test_numbers_brackets_and_names_come_out_in_the_order_of_reading(self, make: Factory, gather: Gather) -> None:
        said = [
            "הייבוא ירד בכ-40% לעומת 2022.",
            "היקף הייבוא היה (1.58 מיליון) טונות.",
            "החברה SOCAR קיבלה רישיון ב-17.3.2025.",
            "בין 1,200–1,500 מכליות ביום.",
            "לפי Sam Altman (OpenAI), המחיר הוא $3.7 מיליארד.",
            'ב-7.10.2023 אמר השר: "לא 15.8 מיליון".',
        ]
        article = make.article(title_he="מבחן", language="he")
        for text in said:
            make.claim(article, statement_he=text, statement_en=None)
        found = plainly(from_pdf(write_pdf(gather(article, language="he"), zone=ZONE)))
        assert [text for text in said if plainly(text) not in found] == []

    @pytest.mark.parametrize("standard", [None, "a-2b"])
    def test_whatever_people_wrote_is_set_as_it_stands(
        self, busy: Article, gather: Gather, standard: str | None
    ) -> None:
        report = gather(busy)
        claim = replace(report.claims[3], queries=(), evidence=())
        texts = all_texts() if standard is None else all_texts()[:60]
        claims = tuple(replace(with_text(claim, text), number=number) for number, text in enumerate(texts, 1))
        data = write_pdf(replace(report, claims=claims, sources=()), zone=ZONE, standard=standard)
        found = normalize("NFKC", plainly(words(data)))
        left = [text for text in texts if not is_drawn_otherwise(text)]
        assert len(left) > 0.7 * len(texts)
        assert [text for text in left if normalize("NFKC", plainly(shown(text))) not in found] == []
        assert ("[U+1F600]" in found) == any(not is_shown(text) for text in texts)

    def test_many_claims_on_the_same_words_are_no_deep_nest(self, marked: Article, gather: Gather) -> None:
        report = gather(marked)
        claims = tuple(replace(report.claims[1], number=number, evidence=()) for number in range(1, 80))
        assert write_pdf(replace(report, claims=claims), zone=ZONE).startswith(b"%PDF")

    def test_a_link_to_what_is_not_told_is_no_link(self, marked: Article, gather: Gather) -> None:
        report = gather(marked)
        assert write_pdf(replace(report, claims=report.claims[1:2], sources=()), zone=ZONE).startswith(b"%PDF")


def test_the_letterhead_and_the_part_told_are_said(busy: Article, gather: Gather) -> None:
    letterhead = Letterhead(name="The Daily Bridge", closing="Corrections: desk@example.org", logo=PIXEL)
    scope = Scope(audience=Audience.PUBLIC, claim=3, sign_off="ab" * 32, as_of=now())
    data = write_pdf(replace(gather(busy), letterhead=letterhead, scope=scope), zone=ZONE)
    text = plainly(words(data))
    for said in (
        "The Daily Bridge",
        "Corrections:",
        "For readers:",
        "Only claim 3.",
        "sha256:abab",
    ):
        assert plainly(said) in text
    document = PdfDocument(data)
    assert [item for item in document[0].get_objects() if item.type == raw.FPDF_PAGEOBJ_IMAGE]
    document.close()


class TestWhatItMayCost:
    def test_one_that_takes_too_long_is_given_up(
        self, busy: Article, gather: Gather, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(as_pdf, "SECONDS", 0.001)
        with pytest.raises(DomainError, match="could not be set"):
            write_pdf(gather(busy), zone=ZONE)

    def test_one_that_cannot_be_set_is_refused_and_logged(
        self, busy: Article, gather: Gather, caplog: pytest.LogCaptureFixture
    ) -> None:
        broken = replace(gather(busy), letterhead=Letterhead(logo=PIXEL[:40]))
        with pytest.raises(DomainError, match="could not be set"):
            write_pdf(broken, zone=ZONE)
        assert "A report could not be set" in caplog.text

    def test_no_more_than_two_are_set_at_a_time(
        self, busy: Article, gather: Gather, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        turns = BoundedSemaphore(1)
        turns.acquire()
        monkeypatch.setattr(as_pdf, "_turns", turns)
        monkeypatch.setattr(as_pdf, "SECONDS", 0.01)
        with pytest.raises(DomainError, match="Other reports are being set"):
            write_pdf(gather(busy), zone=ZONE)

    def test_it_is_set_without_the_desks_secrets(
        self, busy: Article, gather: Gather, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: dict[str, Any] = {}

        def run(_command: Any, **how: Any) -> Any:
            asked.update(how)
            return subprocess.CompletedProcess([], 0, b"%PDF", b"")

        monkeypatch.setenv("CLAIMS_SECRET_KEY", "hidden")
        monkeypatch.setattr(subprocess, "run", run)
        write_pdf(gather(busy), zone=ZONE)
        assert "hidden" not in str(asked["env"])
        assert asked["timeout"] == as_pdf.SECONDS


class TestTemplate:
    TEXT = (ROOM / "report.typ").read_text("utf-8")

    def test_it_reads_its_data_and_the_logo_and_nothing_else(self) -> None:
        code = re.sub(r"//.*", "", self.TEXT)
        assert set(re.findall(r'\b(?:json|image|read|csv|yaml|toml|xml|plugin|bibliography)\("([^"]*)"', code)) == {
            *("report.json", "logo"),
        }
        assert re.findall(r"#?\b(?:import|include|eval)\b", code) == []

    def test_its_colours_are_those_of_the_page(self) -> None:
        css = (ROOM.parent / "static" / "report.css").read_text("utf-8")
        known = set(re.findall(r"--[a-z0-9-]+: (#\w{6});", css))
        assert set(re.findall(r'rgb\("(#\w{6})"\)', self.TEXT)) <= known
        assert {f"#{mark.colour}" for mark in MARKS.values()} <= known

    def test_every_mark_has_its_colour(self) -> None:
        tones = self.TEXT.partition("#let tones")[2].partition("\n)")[0]
        assert {name for name in MARKS if not re.search(rf'\b{name}"?: ', tones)} == set()


def reports(gather: Gather, *articles: Article) -> Iterator[Report]:
    for article in articles:
        for language in ("he", "en"):
            yield gather(article, language=language)


def test_an_article_without_claims_or_text_has_one_too(make: Factory, gather: Gather) -> None:
    for report in reports(gather, make.article(title_en=None, title_he="כותרת")):
        assert write_pdf(report, zone=ZONE).startswith(b"%PDF")
