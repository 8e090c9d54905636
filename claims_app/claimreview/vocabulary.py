"""The words of schema.org's ClaimReview, and how values are taken out of objects that use them.

An object is a dictionary in the shape of JSON-LD: ``@type`` and properties, each a text, a number, an object or a list.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

CONTEXT = "https://schema.org"
CLAIM_REVIEW, CLAIM, CREATIVE_WORK = "ClaimReview", "Claim", "CreativeWork"
RATING, PERSON, ORGANIZATION, DATA_FEED = "Rating", "Person", "Organization", "DataFeed"

FEED_ELEMENTS, FEED_ITEM = "dataFeedElement", "item"

_SPACE = re.compile(r"(?:https?://(?:www\.)?schema\.org/|schema:)", re.IGNORECASE)
_PREFIXES = ("", "schema:", "http://schema.org/", "https://schema.org/")


def bare(name: str) -> str:
    """Return a type's or a property's name without the vocabulary in front of it."""
    return _SPACE.sub("", name.strip(), count=1)


def types_of(node: Any) -> tuple[str, ...]:
    """Return the names of an object's types; of what is no object, none."""
    if not isinstance(node, Mapping):
        return ()
    found = node.get("@type", node.get("type"))
    names = found if isinstance(found, list) else [found]
    return tuple(bare(name) for name in names if isinstance(name, str))


def is_a(node: Any, kind: str) -> bool:
    """Say whether ``node`` is an object of this type, however its capitals are written."""
    return any(name.lower() == kind.lower() for name in types_of(node))


def is_organization(node: Any) -> bool:
    """Say whether ``node`` is an organization of any kind, such as ``NewsMediaOrganization``."""
    return any(name.endswith(ORGANIZATION) for name in types_of(node))


def values(node: Any, *names: str) -> list[Any]:
    """Return the values of the first of these properties that has any, always as a list."""
    if not isinstance(node, Mapping):
        return []
    for name in names:
        for prefix in _PREFIXES:
            found = node.get(prefix + name)
            filled = [value for value in _spread(found) if value not in (None, "", {})]
            if filled:
                return filled
    return []


def _spread(value: Any) -> Iterator[Any]:
    """Yield a value's members; JSON-LD writes a list also as ``@list`` or ``@set``."""
    if isinstance(value, Mapping) and ("@list" in value or "@set" in value):
        value = value.get("@list", value.get("@set"))
    if isinstance(value, list):
        for member in value:
            if isinstance(member, list):
                yield from (inner for inner in member if not isinstance(inner, list))
            else:
                yield member
    else:
        yield value
