"""Markup to paragraphs: the words of HTML and Markdown, block by block, and the addresses they link to."""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urljoin

from lxml import etree, html
from markdown_it import MarkdownIt

from claims_app.errors import DomainError
from claims_app.intake.reading import Paragraph, Reading
from claims_app.intake.scrambled import TURNED, is_visual, turn
from claims_app.intake.tidy import collapse, main_language, split_lines, tidy
from claims_app.language import lazy

_BLOCK_TAGS = (
    "address article aside blockquote body caption dd div dl dt fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 head header hr item li list main nav ol p pre quote section table tbody tfoot thead tr row ul"
    " center"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_ROWS = frozenset({"tr", "row"})
_CELLS = frozenset({"td", "th", "cell"})
_BREAKS = frozenset({"br", "lb"})
_CELL_END = "\x1f"
_HIDDEN = (
    "//*[@hidden or @aria-hidden='true' or contains(translate(@style, ' ', ''), 'display:none')"
    " or contains(translate(@style, ' ', ''), 'visibility:hidden')]"
)
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_LINE = re.compile(
    r"^(title|author|byline|date|outlet|publication)\s*:\s*[\"']?(.+?)[\"']?\s*$", re.IGNORECASE | re.MULTILINE
)
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{3000,}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_MOST_ATTRIBUTES = 500
_OF_HEAD = frozenset({"title", "base", "link", "meta", "style", "script", "noscript", "template", "object"})
_UNSHOWN = ("head", "script", "style", "template", "noscript", "iframe", "svg", "math", "textarea", "select", "title")
_CUT = lazy(
    "The page is nested too deep to be read to its end. Compare the text with the page before you save it."
).message
_XML_START = re.compile(r"\A\s*<\?xml[^>]*\?>")


def read_markdown(text: str, *, language: str | None = None) -> Reading:
    """Return the words of a Markdown text; its head lines (``title: …`` between ``---``) say what they say."""
    front = _FRONT.match(text)
    about = {key.lower(): value for key, value in _FRONT_LINE.findall(front[1])} if front else {}
    made = MarkdownIt("commonmark").enable("table").render(text[front.end() :] if front else text)
    return read_fragment(
        made,
        language=language,
        title=about.get("title"),
        byline=about.get("author") or about.get("byline"),
        outlet=about.get("outlet") or about.get("publication"),
        published_on=(re.findall(r"^\d{4}(?:-\d\d){0,2}", about.get("date", "")) or [None])[0],
    )


def read_fragment(made: str, *, language: str | None = None, **about: str | None) -> Reading:
    """Return the words of HTML that another reader made of a document; a first heading is its title."""
    root = parse(f"<div>{made}</div>")
    if root is None:
        return Reading((), language or "en")
    etree.strip_elements(root, *_UNSHOWN, with_tail=False)
    first = next((heading for heading in root.iter("h1", "h2")), None)
    title = about.pop("title", None) or (None if first is None else _text("".join(first.itertext())))
    return reading_of(root, language=language, title=title, **about)


def reading_of(
    root: Any,
    *,
    language: str | None,
    title: str | None,
    byline: str | None = None,
    outlet: str | None = None,
    published_on: str | None = None,
    address: str | None = None,
) -> Reading:
    """Return what stands in the blocks of a tree as an article."""
    paragraphs = _paragraphs(list(blocks(root)))
    return Reading(
        paragraphs,
        language or main_language("".join(paragraph.text for paragraph in paragraphs)),
        title=_text(title),
        byline=_text(byline),
        outlet=_text(outlet),
        published_on=published_on,
        address=address,
        links=links(root, address),
        notes=(
            *((TURNED,) if any(paragraph.lines for paragraph in paragraphs) else ()),
            *((_CUT,) if is_cut(root) else ()),
        ),
    )


def blocks(root: Any) -> Iterator[str]:
    """Yield the text of each block in order, its line breaks kept; a row of a table is one block."""
    words: list[str] = []
    rows = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if tag in _BLOCKS:
            opens_row = tag in _ROWS and event == "start"
            # What stands in a cell, paragraphs too, is part of its row.
            if rows == 0 or (tag in _ROWS and rows == 1 and event == "end"):
                yield from _block(words)
                words = []
            else:
                words.append(" ")
            rows += opens_row - (tag in _ROWS and event == "end")
        if event == "start":
            words.append("\n" if tag in _BREAKS else re.sub(r"\s+", " ", element.text or ""))
        else:
            words.append(_CELL_END if tag in _CELLS else "")
            words.append(re.sub(r"\s+", " ", element.tail or "") if element is not root else "")
    yield from _block(words)


def links(root: Any, address: str | None = None) -> tuple[str, ...]:
    """Return the web addresses that a tree links to, in order, each once."""
    found = []
    for element in root.iter("a", "ref"):
        target = (element.get("href") or element.get("target") or "").strip()
        try:
            target = urljoin(address, target) if address else target
        except ValueError:
            continue
        if re.match(r"https?://[^\s/]", target, re.IGNORECASE):
            found.append(target)
    return tuple(dict.fromkeys(found))


def _block(words: Sequence[str]) -> Iterator[str]:
    cells = [cell for cell in "".join(words).split(_CELL_END) if cell.strip()]
    if cells:
        yield " | ".join(cells) if len(cells) == 1 else " | ".join(map(collapse, cells))


def _paragraphs(texts: Sequence[str]) -> tuple[Paragraph, ...]:
    """Return blocks as paragraphs: two line breaks part them, one does not; visual order is turned line by line."""
    groups = [
        [line for line in part.split("\n") if collapse(line)]
        for text in texts
        for part in re.split(r"\n[ \t]*\n\s*", "\n".join(split_lines(text)))
    ]
    groups = [group for group in groups if group]
    if is_visual([line for group in groups for line in group]):
        turned = [tuple(turn(group)) for group in groups]
        return tuple(Paragraph(tidy_line(line.text for line in lines), lines) for lines in turned)
    return tuple(Paragraph(text) for group in groups if (text := tidy_line(group)))


def tidy_line(parts: Any) -> str:
    """Return parts of a paragraph as one, without a line break."""
    return tidy(" ".join(parts))


def refuse_crowded(text: str) -> None:
    """Raise ``DomainError`` for a page with a tag of too many attributes: a parser compares each with all others."""
    if any(len(_QUOTED.sub("", tag).split()) > _MOST_ATTRIBUTES for tag in _LONG_TAG.findall(text)):
        raise DomainError("The page cannot be read. Open it in a browser, copy the article and paste it.")


def parse(text: str) -> Any:
    """Return the tree of a page without what it hides, or None where there is none."""
    refuse_crowded(text)
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = html.document_fromstring(_XML_START.sub("", text).replace("\0", ""), parser=parser)
    except (etree.ParserError, ValueError):
        return None
    for element in tree.xpath(_HIDDEN):
        if element.getparent() is not None and element.tag != "body":
            element.tag = "hidden"
    # All at once: one by one, each would copy the text before it.
    etree.strip_elements(tree, "hidden", with_tail=False)
    _open_body(tree)
    return tree


def is_cut(tree: Any) -> bool:
    """Return whether the parser left out what stands deeper than it goes, and all after it."""
    parser = tree.getroottree().parser
    return parser is not None and bool(parser.error_log.filter_types([etree.ErrorTypes.ERR_RESOURCE_LIMIT]))


def _open_body(tree: Any) -> None:
    """Begin the body where a browser does: the parser leaves in the head all that came before an old block element."""
    head = tree.find("head")
    first = next((at for at, child in enumerate(() if head is None else head) if child.tag not in _OF_HEAD), None)
    if first is None:
        return
    body = tree.find("body")
    if body is None:
        body = etree.SubElement(tree, "body")
    moved = head[first:]
    body.text, before = None, body.text
    body[:0] = moved
    moved[-1].tail = (moved[-1].tail or "") + (before or "")


def _text(words: str | None) -> str | None:
    return tidy_line(split_lines(words)) or None if words else None
