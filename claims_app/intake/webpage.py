"""Web pages: the article without what stands around it, and what the page says about it."""

from typing import Any

from lxml import html
from trafilatura import bare_extraction

from claims_app.intake.markup import blocks, parse, reading_of
from claims_app.intake.reading import Reading

#: What a page has beside its article; for pages where no article could be told from it.
_AROUND = ("script", "style", "template", "noscript", "iframe", "svg", "form", "nav", "header", "footer", "aside")


def read_page(text: str, *, language: str | None = None, address: str | None = None) -> Reading:
    """Return the article of an HTML page and what the page says about it; empty where it has no words."""
    tree = parse(text)
    if tree is None:
        return Reading((), language or "en")
    found: Any = bare_extraction(
        html.fromstring(html.tostring(tree)),
        url=address,
        with_metadata=True,
        include_links=True,
        include_comments=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    root = found.body if found is not None else None
    if root is None or len(list(blocks(root))) < 2:
        # Where it finds no article it makes one paragraph of all that the page has.
        root = _without_surroundings(tree)
    about = found.as_dict() if found is not None else {}
    return reading_of(
        root,
        language=language,
        title=about.get("title") or tree.findtext(".//title"),
        byline=about.get("author"),
        outlet=about.get("sitename"),
        published_on=about.get("date"),
        address=address or about.get("url"),
    )


def _without_surroundings(tree: Any) -> Any:
    for element in list(tree.iter(*_AROUND, "head")):
        if element.getparent() is not None:
            element.drop_tree()
    return tree
