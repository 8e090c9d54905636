"""The report as Markdown: nothing that people wrote becomes markup, in CommonMark or in GitHub's dialect."""

from dataclasses import replace
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from claims_app.articles.model import Article
from claims_app.reports.as_markdown import escape, write_markdown
from claims_app.reports.facts import Audience, Letterhead, Report, Scope
from tests.reports.conftest import Gather
from tests.reports.hostile import all_texts, with_text
from tests.reports.test_walk import plainly

ZONE = "Asia/Jerusalem"
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def write(report: Report) -> str:
    return write_markdown(report, zone=ZONE).decode("utf-8")


def rendered(text: str) -> Any:
    return html5lib.parse(READER.render(text), namespaceHTMLElements=False).find("body")


def items(root: Any) -> list[list[Any]]:
    """Return what stands under each heading of a claim, that heading first."""
    found: list[list[Any]] = []
    for element in root:
        if element.tag == "h4":
            found.append([])
        if found and element.tag in {"ul", "h2"}:  # what follows the last of them
            break
        if found:
            found[-1].append(element)
    return found


def test_whatever_people_wrote_is_shown_and_never_read_as_markup(busy: Article, gather: Gather) -> None:
    report = gather(busy)
    claim = replace(report.claims[3], queries=(), evidence=report.claims[0].evidence[:1], section=None)
    texts = ("plain", *all_texts())
    claims = tuple(replace(with_text(claim, text), number=number, section=None) for number, text in enumerate(texts, 1))
    plain, *others = items(rendered(write(replace(report, claims=claims, sources=()))))
    assert len(others) == len(texts) - 1
    # Some of the texts are addresses, and so links; a line of theirs may be several.
    tags = {part.tag for element in plain for part in element.iter()} | {"a", "br"}
    for text, found in zip(texts[1:], others, strict=True):
        assert {part.tag for element in found for part in element.iter()} <= tags, text
        assert plainly(text) in plainly("".join(found[0].itertext())), text
        assert [part for element in found for part in element.iter("a") if "example" in (part.text or "")] == [] or (
            text.startswith("http")
        )


@given(st.text(alphabet="a1 *_`<>[]()!#+-=|~&\\:/.@w$\"'{}^א", min_size=1, max_size=30))
def test_an_escaped_text_is_itself_again(text: str) -> None:
    inside = READER.renderInline(f"x{escape(text)}x")
    body: Any = html5lib.parse(inside, namespaceHTMLElements=False).find("body")
    assert len(body) == 0
    assert body.text == f"x{text}x"


@pytest.mark.parametrize(
    "text", ["# a", "- a", "+ a", "1. a", "2) a", "=== a", "> a", "    a", "---", "| a | b |", "``` a"]
)
def test_the_beginning_of_a_line_is_no_markup(busy: Article, gather: Gather, text: str) -> None:
    report = gather(busy)
    root = rendered(write(replace(report, article=replace(report.article, notes=f"{text}\n{text}"))))
    shown = [element for element in root if plainly("".join(element.itertext())) == plainly(text)]
    assert [element.tag for element in shown] == ["p", "p"]


def test_a_line_that_begins_with_the_other_direction_is_turned_round(busy: Article, gather: Gather) -> None:
    report = gather(busy, language="he")
    claim = replace(report.claims[0], statement_he="SOCAR היא חברת נפט.", number=77)
    assert "### 77. \u200fSOCAR היא חברת נפט." in write(replace(report, claims=(claim,)))


def test_the_copy_has_numbered_notes(marked: Article, gather: Gather) -> None:
    text = write(gather(marked))
    assert "אורך הגשר 110 מטרים \\[1\\]" in text
    assert "> 1 ● Verified, ✎ Words changed" in text.replace("**", "")


def test_the_letterhead_and_the_part_told_are_said(busy: Article, gather: Gather) -> None:
    letterhead = Letterhead(name="The Daily *Bridge*", closing="Corrections: desk@example.org")
    scope = Scope(audience=Audience.PUBLIC, claim=3)
    text = write(replace(gather(busy), letterhead=letterhead, scope=scope))
    assert text.startswith("\u2068The Daily \\*Bridge\\*\u2069 · Fact-check report")
    assert "**For readers: without people's names, notes and confidential sources.**" in text
    assert "**Only claim 3.**" in text
    assert text.rstrip().endswith("Corrections: desk\\@example.org")
