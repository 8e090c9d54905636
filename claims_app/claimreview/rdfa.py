"""RDFa, as far as ClaimReview is written in it: ``vocab``, ``typeof``, ``property``, ``resource``, ``content``."""

import re
from collections.abc import Iterator
from typing import Any

from claims_app.claimreview.microdata import MOST_DEPTH, MOST_NODES, add, value_of
from claims_app.claimreview.vocabulary import CLAIM_REVIEW, bare

_PREFIX = re.compile(r"([\w-]{1,40}):\s+https?://(?:www\.)?schema\.org/?(?=\s|$)", re.IGNORECASE)


def read_rdfa(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield the ClaimReviews of a page."""
    reader = _Reader(tree)
    for element in tree.iter():
        if isinstance(element.tag, str) and element.get("typeof") is not None:
            names = reader.types(element)
            if any(name.lower() == CLAIM_REVIEW.lower() for name in names):
                yield reader.node(element, 0)


class _Reader:
    def __init__(self, tree: Any) -> None:
        found = [_PREFIX.findall(each) for each in tree.xpath("//@prefix")]
        spaces = [(name[6:], space) for name, space in tree.attrib.items() if name.startswith("xmlns:")]
        #: What stands in front of the vocabulary's words on this page.
        self._prefixes = {"schema", *(name.lower() for each in found for name in each)}
        self._prefixes |= {name.lower() for name, space in spaces if "schema.org" in space}
        self._left = MOST_NODES
        #: Nodes that others refer to.
        self._named = {
            name: element for element in tree.xpath("//*[@typeof]") if (name := self._name(element)) is not None
        }

    @staticmethod
    def _name(element: Any) -> str | None:
        name: str | None = element.get("resource") or element.get("about")
        return name

    def _word(self, text: str) -> str:
        prefix, colon, rest = text.partition(":")
        return rest if colon and prefix.lower() in self._prefixes else bare(text)

    def types(self, element: Any) -> list[str]:
        return [self._word(name) for name in (element.get("typeof") or "").split()]

    def node(self, element: Any, depth: int) -> dict[str, Any]:
        names = self.types(element)
        made: dict[str, Any] = {"@type": names[0] if len(names) == 1 else names} if names else {}
        if name := self._name(element):
            made["@id"] = name
        waiting = list(reversed(element))
        while waiting:
            one = waiting.pop()
            if not isinstance(one.tag, str):
                continue
            names = f"{one.get('property') or ''} {one.get('rel') or ''}".split()
            is_node = one.get("typeof") is not None
            if names and not (one.tag == "link" and one.get("property") is None):
                value = self._value(one, is_node, depth)
                for name in dict.fromkeys(names):
                    add(made, self._word(name), value)
            if not is_node:
                waiting += reversed(one)
        return made

    def _value(self, element: Any, is_node: bool, depth: int) -> Any:
        name = element.get("resource")
        other = element if is_node else self._named.get(name) if name is not None else None
        if other is not None:
            self._left -= 1
            return self.node(other, depth + 1) if depth < MOST_DEPTH and self._left > 0 else {}
        if name is not None:
            return {"@id": name}
        if element.get("content") is None and element.get("href"):
            return str(element.get("href")).strip()
        return value_of(element)
