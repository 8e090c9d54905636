"""Microdata: the items that a page marks with ``itemscope``, as objects in the shape of JSON-LD."""

from collections.abc import Iterator
from typing import Any

from claims_app.claimreview.vocabulary import CLAIM_REVIEW, bare

MOST_DEPTH, MOST_NODES = 20, 2000
"""How deep items may lie in each other, and how many are read of one page: they may refer to each other in circles."""

_ADDRESSES = {
    "a": "href", "area": "href", "link": "href", "audio": "src", "embed": "src", "iframe": "src", "img": "src",
    "source": "src", "track": "src", "video": "src", "object": "data",
}  # fmt: skip


def read_microdata(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield the ClaimReviews of a page."""
    reader = _Reader(tree)
    for element in tree.iter():
        if isinstance(element.tag, str) and element.get("itemscope") is not None and _is_review(element):
            yield reader.item(element, 0)


def add(made: dict[str, Any], name: str, value: Any) -> None:
    """Give an object one more value of a property."""
    if name not in made:
        made[name] = value
    elif isinstance(made[name], list):
        made[name].append(value)
    else:
        made[name] = [made[name], value]


def value_of(element: Any) -> str:
    """Return what an element says: what it is marked with, what it leads to, or its words."""
    tag = element.tag.lower()
    if element.get("content") is not None:
        return str(element.get("content"))
    if tag in _ADDRESSES:
        return (element.get(_ADDRESSES[tag]) or "").strip()
    if tag in ("data", "meter"):
        return element.get("value") or ""
    if tag == "time" and element.get("datetime"):
        return str(element.get("datetime"))
    return " ".join("".join(element.itertext()).split())


def _types(element: Any) -> list[str]:
    return [bare(name) for name in (element.get("itemtype") or "").split()]


def _is_review(element: Any) -> bool:
    return any(name.lower() == CLAIM_REVIEW.lower() for name in _types(element))


class _Reader:
    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self._left = MOST_NODES

    def item(self, element: Any, depth: int) -> dict[str, Any]:
        names = _types(element)
        made: dict[str, Any] = {"@type": names[0] if len(names) == 1 else names} if names else {}
        if element.get("itemid"):
            made["@id"] = element.get("itemid")
        for owner in self._properties(element):
            value = self._value(owner, depth)
            for name in dict.fromkeys((owner.get("itemprop") or "").split()):
                add(made, bare(name), value)
        return made

    def _properties(self, element: Any) -> Iterator[Any]:
        """Yield the elements that carry the item's properties, not those of items inside it."""
        seen = {element}
        waiting = list(reversed(element))
        for name in (element.get("itemref") or "").split()[:100]:
            waiting += self._tree.xpath("//*[@id=$name]", name=name)[:1]
        while waiting:
            one = waiting.pop()
            if one in seen or not isinstance(one.tag, str):
                continue
            seen.add(one)
            if one.get("itemprop") is not None:
                yield one
            if one.get("itemscope") is None:
                waiting += reversed(one)

    def _value(self, element: Any, depth: int) -> Any:
        if element.get("itemscope") is None:
            return value_of(element)
        self._left -= 1
        return self.item(element, depth + 1) if depth < MOST_DEPTH and self._left > 0 else {}
