"""A kept page as a still picture: what it said and how it was built, and nothing that loads, runs or leads away.

Three walls, each enough by itself: only listed elements and attributes are left, the document's own policy lets nothing
be loaded, and whoever shows it puts it into a frame with an empty ``sandbox``.
"""

import re
from html import escape
from typing import Any

import nh3
from lxml import etree, html

from claims_app.copies.kinds import MARKUP, tell_kind
from claims_app.copies.markup import UNSEEN, letters
from claims_app.errors import DomainError
from claims_app.intake.markup import parse

_MOST_MARKUP = 5_000_000
"""Characters of a page that are shown; the text of the copy has more."""

_BLOCKS = frozenset(
    (  # noqa: SIM905  a row of words reads better than a list of strings
        "address article aside blockquote caption col colgroup dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 "
        "header hgroup hr li main nav ol p pre section table tbody td tfoot th thead tr ul"
    ).split()
)
_FORMATS = frozenset({"b", "code", "em", "i", "s", "small", "strike", "strong", "u"})
_WORDS = frozenset(
    {"abbr", "bdi", "bdo", "br", "cite", "del", "dfn", "ins", "kbd", "mark", "q", "rt", "ruby", "samp", "span", "sub"}
    | {"sup", "time", "var", "wbr"}
)
_ATTRIBUTES = {"*": {"dir", "lang"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}}
_VALUES = {
    "dir": re.compile("ltr|rtl|auto", re.IGNORECASE),
    "lang": re.compile("[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}"),
    "colspan": re.compile("[1-9][0-9]?"),
    "rowspan": re.compile("[1-9][0-9]{0,2}"),
    "start": re.compile("[0-9]{1,6}"),
}
#: Elements that are gone with all that is in them; the others that are not listed leave their words behind.
_GONE = (*UNSEEN, "svg", "math", "textarea", "xmp", "plaintext", "listing", "frameset", "input", "base", "meta", "link")
#: Elements that stand apart but would open, send or lead somewhere; as plain blocks they show what is in them.
_AS_BLOCKS = ("details", "summary", "form", "fieldset", "legend", "button", "dialog", "center", "menu", "label")
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'"


def still_page(data: bytes, *, media_type: str | None, charset: str | None = None) -> str | None:
    """Return a page as an HTML document for the ``srcdoc`` of a frame with ``sandbox=""``; it can load and run nothing.

    Its structure, tables, words and their direction are kept; pictures, forms and the addresses of links are not.
    None for what is no markup, or none that can be read. A very long page is shown as far as 5,000,000 characters go.
    """
    if tell_kind(data, media_type) not in MARKUP:
        return None
    try:
        tree = parse(letters(data, charset=charset, is_markup=True)[:_MOST_MARKUP])
    except DomainError:
        return None
    if tree is None:
        return None
    body = tree.find(".//body")
    about = _about(tree, body)
    etree.strip_elements(tree, *_GONE, with_tail=False)
    for element in tree.iter(*_AS_BLOCKS):
        element.tag = "div"
    # A format that is left open is repeated in every block after it; only equal ones are not without end.
    for element in tree.iter(*_FORMATS):
        element.attrib.clear()
    kept = "" if body is None else _clean(html.tostring(body, encoding="unicode"))
    return (
        f'<!doctype html><html{about}><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="referrer" content="no-referrer"><title></title></head><body>{kept}</body></html>'
    )


def _about(tree: Any, body: Any) -> str:
    """Return the direction and the language of a page as attributes, the body's before the root's."""
    said = ""
    for name in ("dir", "lang"):
        value = next((each.get(name) for each in (body, tree) if each is not None and each.get(name)), "")
        if _VALUES[name].fullmatch(value):
            said += f' {name}="{escape(value.lower())}"'
    return said


def _filter(_element: str, name: str, value: str) -> str | None:
    """Return the value of an attribute that is kept; whatever is raised here would be swallowed."""
    known = _VALUES.get(name)
    return value if known is not None and known.fullmatch(value) else None


def _clean(made: str) -> str:
    return nh3.clean(
        made,
        tags=set(_BLOCKS | _FORMATS | _WORDS),
        clean_content_tags=set(_GONE) - {"input", "base", "meta", "link"},
        attributes=_ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes=set(),
        link_rel=None,
        strip_comments=True,
    )
