"""Kept pages: their markup as letters and as a tree, all that they show, and what they say of themselves."""

import copy
from typing import Any, NamedTuple

from lxml import etree
from trafilatura.metadata import extract_metadata

from claims_app.errors import DomainError
from claims_app.intake.encodings import decode
from claims_app.intake.markup import reading_of
from claims_app.intake.webpage import can_be_searched, read_page
from claims_app.reading import clean, read_partial_date

_MOST_ASKED = 100_000
"""Elements of a page whose title and date are looked for everywhere, which takes a second for so many."""

UNSEEN = (
    "head", "title", "script", "style", "template", "noscript", "noembed", "noframes", "iframe", "frame", "object",
    "embed", "applet", "audio", "video", "canvas", "select", "datalist", "defs", "desc", "metadata", "rp",
)  # fmt: skip
"""Elements of which a page shows nothing, or only what is chosen."""
_APART = ("button", "summary", "label", "legend", "optgroup", "text", "foreignobject")
"""Elements that are seen apart from what stands beside them, as the labels of a chart are."""


class About(NamedTuple):
    """What a page says of itself; None: nothing that can be told."""

    title: str | None = None
    published_on: str | None = None


def letters(data: bytes, *, charset: str | None = None, is_markup: bool = False) -> str:
    """Return the text of bytes, those left out that are broken in a text that is else UTF-8.

    Raises ``DomainError`` for what is no text.
    """
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken and len(text) - len(text.encode("ascii", "ignore")) > 10 * broken:
        return text
    return decode(data, charset=charset, is_markup=is_markup)


def visible_text(tree: Any) -> str:
    """Return all that the tree of a page shows, menus and tables included; uses up the tree.

    Paragraphs are parted by a blank line, the cells of a row by " | ".
    """
    etree.strip_elements(tree, *UNSEEN, with_tail=False)
    for element in tree.iter(*_APART):
        element.tag = "div"
    return reading_of(tree, language=None, title=None).text


def about(tree: Any, *, address: str | None = None) -> About:
    """Return the title and the date that a page proposes; the tree stays as it is."""
    title = tree.findtext(".//title")
    if sum(1 for _ in tree.iter()) > _MOST_ASKED:
        return About(_line(title))
    try:
        found = extract_metadata(
            copy.deepcopy(tree), default_url=address, date_config={"extensive_search": False, "original_date": True}
        ).as_dict()
    except Exception:  # noqa: BLE001 - what the page says of itself may be anything, and its text is still there
        found = {}
    return About(_line(found.get("title") or title), read_date(found.get("date")))


def article_text(data: bytes, *, charset: str | None = None, address: str | None = None) -> str:
    """Return the article of a page without what stands around it, "" where none is told from the rest."""
    text = letters(data, charset=charset, is_markup=True)
    if not can_be_searched(text):
        return ""
    return read_page(text, address=address).text


def read_date(text: str | None) -> str | None:
    """Return a date as fine as it is known, None for what is no date."""
    try:
        return read_partial_date(text, field="published_on")
    except DomainError:
        return None


def _line(text: str | None) -> str | None:
    return clean(" ".join(text.split())[:1000]) if text else None
