"""A saved page: its ClaimReviews in JSON-LD, microdata and RDFa, and what it says of itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree, html

from claims_app.claimreview.finding import Form, Found, find_reviews, name_objects
from claims_app.claimreview.lenient import NotJson, read_json
from claims_app.claimreview.microdata import read_microdata
from claims_app.claimreview.rdfa import read_rdfa
from claims_app.claimreview.review import Note, Surroundings, as_address, plain, read_language
from claims_app.errors import DomainError
from claims_app.intake.markup import refuse_crowded
from claims_app.language import lazy

BAD_SCRIPT = lazy("Script %(number)s of the page is no JSON that can be read: it goes wrong in line %(line)s.")
DOUBLED = lazy("“%(name)s” is given twice in one object; the last one counts.")
_XML_START = re.compile(r"\A\s*<\?xml[^>]*\?>")
_SPEAKS_OF = re.compile(r"claim_?review", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """What a page holds."""

    found: tuple[Found, ...]
    around: Surroundings
    notes: tuple[Note, ...]


def read_page(text: str) -> Page:
    """Return what a page in HTML holds; ``DomainError`` where it is none."""
    tree = _parse(text)
    around = _surroundings(tree)
    if not _SPEAKS_OF.search(text):
        return Page((), around, ())
    notes: list[Note] = []
    named: dict[str, Any] = {}
    found: list[Found] = []
    for number, script in enumerate(_scripts(tree), start=1):
        try:
            read = read_json(script)
        except NotJson as fault:
            if _SPEAKS_OF.search(script):
                notes.append(Note(BAD_SCRIPT.message, {"number": number, "line": fault.line}))
            continue
        reviews = [one for document in read.documents for one in find_reviews(document)]
        found += reviews
        named |= name_objects(read.documents)
        if reviews:
            notes += [Note(DOUBLED.message, {"name": name[:60]}) for name in read.doubled[:3]]
    found += [Found(Form.MICRODATA, node, node) for node in read_microdata(tree)]
    found += [Found(Form.RDFA, node, node) for node in read_rdfa(tree)]
    return Page(tuple(found), replace(around, named=named), tuple(notes))


def _parse(text: str) -> Any:
    refuse_crowded(text)
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return html.document_fromstring(_XML_START.sub("", text).replace("\0", ""), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise DomainError("There is nothing on this page.") from None


def _scripts(tree: Any) -> Iterator[str]:
    for script in tree.iter("script"):
        kind = (script.get("type") or "").partition(";")[0].strip().lower()
        if kind == "application/ld+json":
            yield script.text_content()


def _surroundings(tree: Any) -> Surroundings:
    """Return what the page says of itself, for what its reviews leave out."""
    addresses = [*tree.xpath("//link[@rel='canonical']/@href"), *_meta(tree, "og:url")]
    titles = [*_meta(tree, "og:title"), *tree.xpath("//head/title/text()")]
    return Surroundings(
        address=next((read for one in addresses if (read := as_address(one.strip()))), None),
        title=next((read[:1000] for one in titles if (read := plain(one))), None),
        language=next((read for one in tree.xpath("/html/@lang") if (read := read_language(one))), None),
    )


def _meta(tree: Any, name: str) -> list[str]:
    return [str(one) for one in tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name)]
