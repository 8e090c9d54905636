"""Web pages: the article without what stands around it, and what the page says about it."""

import re
from dataclasses import replace
from typing import Any

from lxml import etree, html
from trafilatura import bare_extraction

from claims_app.intake.markup import blocks, is_cut, parse, reading_of
from claims_app.intake.reading import Reading
from claims_app.language import lazy

#: What a page has beside its article; for pages where no article could be told from it.
_AROUND = (
    "script", "style", "template", "noscript", "iframe", "svg", "button", "select", "nav", "header", "footer", "aside",
)  # fmt: skip
_MOST_SEARCHED, _MOST_ELEMENTS, _MOST_ATTRIBUTES = 3_000_000, 30_000, 150_000
"""Characters, elements and attributes of a page in which its article is looked for, which takes time and memory that
grow faster than the page; a long article of an encyclopedia has half as many."""
_MOST_COMPARED = 5_000
"""Elements of a page in which its article is looked for in more ways than one."""

_ALL_READ = lazy(
    "The page is too large or nested too deep to tell the article from what stands around it, so all was read. "
    "Take out what is not the article."
).message


def read_page(text: str, *, language: str | None = None, address: str | None = None) -> Reading:
    """Return the article of an HTML page and what the page says about it; empty where it has no words.

    Of a page too large to look for its article all is returned, with a note.
    """
    tree = parse(text)
    if tree is None:
        return Reading((), language or "en")
    title = tree.findtext(".//title")
    # By a second parser, which goes less deep: a search would lose the words that stand deepest.
    searched = html.document_fromstring(html.tostring(tree)) if can_be_searched(text) else None
    is_searched = searched is not None and not is_cut(searched)
    found = _find_article(searched, address) if is_searched else None
    root = found.body if found is not None else None
    if root is None or len(list(blocks(root))) < 2:
        # Where it finds no article it makes one paragraph of all that the page has.
        root = _without_surroundings(tree)
    about = found.as_dict() if found is not None else {}
    reading = reading_of(
        root,
        language=language,
        title=about.get("title") or title,
        byline=about.get("author"),
        outlet=about.get("sitename"),
        published_on=about.get("date"),
        address=address or about.get("url"),
    )
    return reading if is_searched else replace(reading, notes=(_ALL_READ, *reading.notes))


def can_be_searched(text: str) -> bool:
    """Return whether the article of a page can be looked for in a few seconds."""
    return (
        len(text) <= _MOST_SEARCHED
        and len(re.findall("<[a-zA-Z]", text)) <= _MOST_ELEMENTS
        and text.count("=") <= _MOST_ATTRIBUTES
    )


def _find_article(tree: Any, address: str | None) -> Any:
    """Return what is told to be the article of a page, None where nothing is."""
    return bare_extraction(
        tree,
        url=address,
        fast=sum(1 for _ in tree.iter()) > _MOST_COMPARED,
        with_metadata=True,
        include_links=True,
        include_comments=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )


def _without_surroundings(tree: Any) -> Any:
    etree.strip_elements(tree, *_AROUND, "head", with_tail=False)
    return tree
