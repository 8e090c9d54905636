"""One article with everything in it, walked through every format: each tells the facts that it promises."""

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import html5lib
import pytest
from lxml import etree
from markdown_it import MarkdownIt
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, SecondCheck
from claims_app.captures.model import Deposit, DepositState
from claims_app.claims.figure import FigureValue
from claims_app.comments.model import CommentKind
from claims_app.comments.service import answer_query
from claims_app.evidence.model import Rank, Stance
from claims_app.intake.pdf import read_pdf
from claims_app.language import DIRECTIONS, figure_words, source_name, speaking, word
from claims_app.people.model import Role
from claims_app.reports.blocks import first_strong
from claims_app.reports.export import FORMATS, Options
from claims_app.reports.facts import ClaimFacts, EvidenceFacts, Report
from claims_app.verdicts.model import Finding
from claims_app.verdicts.service import confirm_verdict
from tests.factories import Factory
from tests.reports.conftest import FIRST, SECOND, Gather

ZONE = "Asia/Jerusalem"
HOSTILE = '<b>"bold"</b> & *stars* | [a](b) #{7*7} =1+1'
MIXED = "הייבוא ירד בכ-40% (1.58 מיליון טונות) לעומת 1,200–1,500 ב-2023, לפי SOCAR (Baku)."


@pytest.fixture
def rich(make: Factory, session: Session) -> Article:
    """A stale claim, a lost one, a confirmed one, an override, queries, a confidential source, ranges, a signature."""
    article = make.article(
        title_he="הגשר",
        title_en="The bridge",
        outlet="יומון",
        byline="ד' כהן",
        text=FIRST,
        notes=HOSTILE,
        second_check=SecondCheck.HIGH,
        published_on="2026-11",
    )
    quotes = [
        "אורך הגשר 120 מטרים",
        "והוא נחנך ב-2021 בטקס בחיפה",
        "בטקס בחיפה. העלות הייתה 40 מיליון שקל",
        'השר כהן אמר: "הגשר יחסוך שעה בכל יום"',
    ]
    figure = FigureValue(1200.0, 1500.0, "tonnes", as_of="2023")
    statements = [(MIXED, "Imports fell by about 40%."), ("הגשר נחנך.", HOSTILE), *[("העלות.", "The cost.")] * 3]
    claims = [
        make.claim(article, statement_he=he, statement_en=en, figure=figure, claimant="משרד התחבורה", section="פתיחה")
        for he, en in statements
    ]
    for claim, quote in zip(claims, quotes, strict=False):
        make.place(claim, quote)
    atlas = make.source(title="Road atlas (2nd ed.)", publisher="Ministry", published_on="2024-H1")
    kept = make.copy(atlas)
    memento = "https://archive.example.org/atlas"
    session.add(Deposit(capture_id=kept.id, state=DepositState.KEPT, memento=memento, due_at=kept.due_at))
    make.evidence(
        claims[0], source=atlas, figure=FigureValue(1158.0, 1158.0, "tonnes"), rank=Rank.PRIMARY,
        summary=MIXED, passage="Forty per cent (of 1,158)", locator="p. 12",
    )  # fmt: skip
    make.evidence(claims[1], source=make.confidential(), locator="שיחה", summary=HOSTILE, stance=Stance.REFUTES)
    for claim in claims[2:4]:
        make.evidence(claim, source=atlas)
    findings = [Finding.VERIFIED, Finding.PARTLY, *[Finding.VERIFIED] * 2]
    for claim, finding in zip(claims, findings, strict=False):
        make.verdict(claim, finding=finding, rationale_he="המקורות מסכימים (ברובם).", rationale_en="Sources agree.")
    editor = make.person(name="Noa Barak", role=Role.EDITOR)
    make.verdict(claims[4], actor=editor, finding=Finding.VERIFIED, override_why="העד מוכר לדסק (SOCAR).")
    asked = make.comment(claims[4], kind=CommentKind.QUERY, text="מה המקור ל-40%?")
    answer_query(session, actor=editor, comment_id=asked.id, answer="דוח המשרד.")
    make.comment(claims[4], kind=CommentKind.QUERY, text="איזה עמוד?")
    make.waiver(article, "נעצרו 12 מפגינים", why="ידוע מתיק בית המשפט.")
    make.revision(article, SECOND)
    confirm_verdict(session, actor=editor, claim_id=claims[2].id, why="The tender says 45.")
    make.sign_off(article, override_why="יורד לדפוס בשמונה.")
    session.commit()
    return article


def facts_of(report: Report) -> Iterator[tuple[str, str]]:
    """Yield every fact of a report as people read it, with what kind of fact it is."""
    article = report.article
    yield from (("article", text) for text in (article.title_he, article.title_en) if text)
    yield from (
        ("front", text) for text in (article.outlet, article.byline, article.notes, article.text_sha256) if text
    )
    for claim in report.claims:
        yield from _of_claim(claim)
    for source in report.sources:
        yield "source", source.title
        if source.copy:
            yield from (
                ("copy", text) for text in (source.copy.sha256, source.copy.warc_sha256, source.copy.memento) if text
            )
    for passage in (*report.open_passages, *report.waived_passages):
        yield "passage", passage.quote
        yield from (("passage", text) for text in (passage.why, passage.waived_by) if text)
    for one in report.sign_offs:
        yield from (("sign-off", text) for text in (one.signed_by, one.digest, one.override_why) if text)


def _of_claim(claim: ClaimFacts) -> Iterator[tuple[str, str]]:
    texts = (claim.statement_he, claim.statement_en, claim.claimant)
    yield from (("claim", text) for text in texts if text)
    yield "word", word("status", claim.status)
    yield from (("words", anchor.quote) for anchor in claim.anchors)
    if claim.figure:
        yield "figure", figure_words(claim.figure)
    if claim.is_stale and claim.settled_words:
        yield from (("words", part) for part in claim.settled_words.split())
    if claim.is_lost:
        yield "word", word("place", "lost")
    if claim.verdict:
        one = claim.verdict
        said = (one.rationale_he, one.rationale_en, one.proposed_by, one.approved_by, one.override_why)
        yield from (("verdict", text) for text in said if text)
    yield from (("verdict", text) for one in claim.confirmations for text in (one.why, one.confirmed_by))
    yield from (("query", text) for query in claim.queries for text in (query.text, query.answer) if text)
    for item in claim.evidence:
        yield from _of_evidence(item)


def _of_evidence(item: EvidenceFacts) -> Iterator[tuple[str, str]]:
    texts = (item.title, item.publisher, item.address, item.summary, item.passage, item.locator)
    yield from (("evidence", text) for text in texts if text)
    yield "word", word("stance", item.stance)
    if item.match:
        yield "word", word("match", item.match)
    if item.figure:
        yield "figure", figure_words(item.figure)


ALL = {
    *("article", "front", "claim", "word", "words", "figure", "verdict", "query", "evidence", "source", "copy"),
    *("passage", "sign-off"),
}
PROMISED: dict[str, set[str]] = {
    "html": ALL,
    "pdf": ALL,
    "docx": ALL,
    "md": ALL,
    "xlsx": ALL - {"figure", "passage"},
    # A spreadsheet has a figure's two numbers and its unit in cells of their own, and one title; data has stored words.
    "csv": {"claim", "word", "words", "verdict", "query", "evidence"},
    "json": ALL - {"word", "figure"},
}
"""What each format promises to tell."""


def from_html(data: bytes) -> str:
    root = html5lib.parse(data.decode("utf-8"), namespaceHTMLElements=False)
    body = root.find("body")
    assert body is not None
    return "\n".join(body.itertext())


def from_csv(data: bytes) -> str:
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return "\n".join(cell.removeprefix("'") for row in rows for cell in row)


def from_json(data: bytes) -> str:
    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, dict | list):
            for item in value.values() if isinstance(value, dict) else value:
                yield from texts(item)
        elif isinstance(value, str):
            yield value

    return "\n".join(texts(json.loads(data)))


def from_markdown(data: bytes) -> str:
    return from_html(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(data.decode()).encode())


WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def from_docx(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    lines = []
    for paragraph in root.iter(f"{WORD}p"):
        marks = {f"{WORD}br": "\n", f"{WORD}tab": "\t"}
        lines.append(
            "".join(
                marks.get(str(part.tag), part.text or "") for part in paragraph.iter() if part.tag != f"{WORD}instrText"
            )
        )
    return "\n".join(lines)


def from_pdf(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in read_pdf(data).paragraphs)


def from_xlsx(data: bytes) -> str:
    book = load_workbook(io.BytesIO(data), read_only=True)
    cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return "\n".join(cell for cell in cells if isinstance(cell, str))


READ: dict[str, Callable[[bytes], str]] = {
    "html": from_html, "csv": from_csv, "json": from_json, "md": from_markdown, "docx": from_docx, "pdf": from_pdf,
    "xlsx": from_xlsx,
}  # fmt: skip
"""How the words come out of each format."""

_UNSEEN = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]|[-‐](?=\\n)")


def plainly(text: str) -> str:
    """Return a text without what lines and directions put into it."""
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text))


def told_on_paper(fact: str, text: str, language: str) -> bool:
    """Whether a PDF's text has a fact: word for word, or each of its words where they run against the page.

    Where letters stand on paper does not tell whether a full stop is the line's or belongs to words of the other
    direction within it, nor which of two such words comes first.
    """
    if first_strong(fact) in {None, DIRECTIONS[language]}:
        return plainly(fact) in text
    return all(plainly(part).strip(".,") in text for part in re.findall(r"[\w.,]+%?", fact))


def test_every_format_is_walked() -> None:
    assert set(FORMATS) == set(PROMISED) == set(READ)


@pytest.mark.parametrize("language", ["he", "en"])
def test_every_format_tells_what_it_promises(rich: Article, gather: Gather, language: str) -> None:
    report = gather(rich, language=language, made_at=datetime(2026, 11, 29, 12, tzinfo=UTC))
    with speaking(language):
        facts = list(facts_of(report))
    assert {kind for kind, _text in facts} == ALL
    states = [(claim.is_stale, claim.is_lost, bool(claim.confirmations)) for claim in report.claims]
    assert states[:4] == [(True, False, False), (False, False, False), (False, False, True), (False, True, False)]
    for name, one in FORMATS.items():
        text = plainly(READ[name](one.write(report, Options(ZONE))))
        is_told = told_on_paper if name == "pdf" else (lambda fact, text, _language: plainly(fact) in text)
        missing = {fact for kind, fact in facts if kind in PROMISED[name] and not is_told(fact, text, language)}
        assert (name, missing) == (name, set())


def test_a_confidential_source_is_its_number_in_every_format(rich: Article, gather: Gather) -> None:
    report = gather(rich, language="he")
    with speaking("he"):
        name = source_name("Confidential source 1")
    for file_format, one in FORMATS.items():
        text = READ[file_format](one.write(report, Options(ZONE)))
        assert plainly(name) in plainly(text), file_format
        assert "neighbour" not in text, file_format
