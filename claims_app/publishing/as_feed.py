"""The public checks for machines: an Atom feed, the Data Commons form of a feed, and the site's map."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from claims_app.language import gettext, in_language, speaking
from claims_app.publishing.as_claimreview import CONTEXT, page_of, write_review
from claims_app.publishing.facts import CheckFacts
from claims_app.publishing.imprint import Imprint
from claims_app.reports.plain import plain_moment

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"

# What XML 1.0 has no way to write, not even by number.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EMPTY = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, {name: _fit(value) for name, value in attributes.items()})
    if text is not None:
        element.text = _fit(text)
    return element


def _written(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def write_atom(checks: Sequence[CheckFacts], imprint: Imprint, *, code: str, here: str, after: str | None) -> bytes:
    """Return checks as an Atom feed; ``here`` is its own address, and ``after`` that of the older ones, if any."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")
    with speaking(code):
        _add(root, f"{{{ATOM}}}title", gettext("Fact checks of %(name)s", name=imprint.name(code)))
    _add(root, f"{{{ATOM}}}id", f"{imprint.address}/checks/feed.atom")
    _add(root, f"{{{ATOM}}}link", rel="self", type="application/atom+xml", href=here)
    _add(root, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=f"{imprint.address}/checks")
    if after:
        _add(root, f"{{{ATOM}}}link", rel="next", type="application/atom+xml", href=after)
    updated = max((check.page.modified_at for check in checks), default=_EMPTY)
    _add(root, f"{{{ATOM}}}updated", plain_moment(updated))
    author = _add(root, f"{{{ATOM}}}author")
    _add(author, f"{{{ATOM}}}name", imprint.name(code))
    _add(author, f"{{{ATOM}}}uri", imprint.address)
    for check in checks:
        _entry(root, check, imprint)
    return _written(root)


def _entry(root: ET.Element, check: CheckFacts, imprint: Imprint) -> None:
    own, *others = check.languages
    verdict, review = check.verdict, check.page
    entry = _add(root, f"{{{ATOM}}}entry")
    entry.set("{http://www.w3.org/XML/1998/namespace}lang", own)
    rating = imprint.scale.ratings[verdict.finding].words(own)
    # Plain text, whatever marks stand in it: a reader of the feed must not take it for HTML.
    _add(entry, f"{{{ATOM}}}title", in_language(check.claim, "statement", own)[0], type="text")
    _add(entry, f"{{{ATOM}}}id", page_of(check, imprint, own))
    _add(entry, f"{{{ATOM}}}link", rel="alternate", type="text/html", hreflang=own, href=page_of(check, imprint, own))
    for other in others:
        address = page_of(check, imprint, other)
        _add(entry, f"{{{ATOM}}}link", rel="alternate", type="text/html", hreflang=other, href=address)
    _add(entry, f"{{{ATOM}}}published", plain_moment(review.published_at))
    _add(entry, f"{{{ATOM}}}updated", plain_moment(review.modified_at))
    _add(entry, f"{{{ATOM}}}category", term=verdict.finding.value, label=rating)
    _add(entry, f"{{{ATOM}}}summary", f"{rating}. {in_language(verdict, 'rationale', own)[0]}", type="text")


def write_data_feed(checks: Sequence[CheckFacts], imprint: Imprint, *, code: str) -> dict[str, Any]:
    """Return checks as a DataFeed of schema.org, in the form of the Data Commons: each page an item with its review."""
    updated = max((check.page.modified_at for check in checks), default=None)
    return {
        "@context": CONTEXT,
        "@type": "DataFeed",
        "name": imprint.name(code),
        "url": f"{imprint.address}/checks",
        **({"dateModified": plain_moment(updated)} if updated else {}),
        "dataFeedElement": [_item(check, imprint, spoken) for check in checks for spoken in check.languages],
    }


def _item(check: CheckFacts, imprint: Imprint, code: str) -> dict[str, Any]:
    review = write_review(check, imprint, code)
    dates = {"dateCreated": review.get("datePublished"), "dateModified": review.get("dateModified")}
    return {
        "@type": "DataFeedItem",
        "url": review["url"],
        **{name: value for name, value in dates.items() if value},
        "item": [review],
    }


def write_sitemap(pages: Iterable[tuple[dict[str, str], datetime]]) -> bytes:
    """Return a map of pages: each its addresses by language, its own first, and when it was modified."""
    ET.register_namespace("", SITEMAP)
    ET.register_namespace("xhtml", XHTML)
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    for addresses, modified_at in pages:
        for address in addresses.values():
            url = _add(root, f"{{{SITEMAP}}}url")
            _add(url, f"{{{SITEMAP}}}loc", address)
            _add(url, f"{{{SITEMAP}}}lastmod", plain_moment(modified_at))
            if len(addresses) > 1:
                for code, other in addresses.items():
                    _add(url, f"{{{XHTML}}}link", rel="alternate", hreflang=code, href=other)
    return _written(root)


def write_sitemap_index(addresses: Iterable[str]) -> bytes:
    """Return a list of the maps that a site has."""
    ET.register_namespace("", SITEMAP)
    root = ET.Element(f"{{{SITEMAP}}}sitemapindex")
    for address in addresses:
        _add(_add(root, f"{{{SITEMAP}}}sitemap"), f"{{{SITEMAP}}}loc", address)
    return _written(root)
