"""Finding ClaimReviews in data, wherever they lie: alone, in lists, in ``@graph``, in feeds, inside other objects."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from claims_app.claimreview.fact_check_tools import is_claim, is_page, reviews_of_claim, reviews_of_page
from claims_app.claimreview.vocabulary import CLAIM_REVIEW, FEED_ELEMENTS, FEED_ITEM, is_a

MOST_DEPTH = 100
"""How deep in the data a review may lie."""


class Form(enum.StrEnum):
    """What a review was read from."""

    JSON_LD = "json_ld"
    MICRODATA = "microdata"
    RDFA = "rdfa"
    FEED = "feed"
    FACT_CHECK_TOOLS = "fact_check_tools"


@dataclass(frozen=True)
class Found:
    """An object that is a review: as it was read, and in the words of schema.org."""

    form: Form
    raw: Mapping[str, Any]
    node: Mapping[str, Any]


def find_reviews(data: Any, *, form: Form = Form.JSON_LD) -> Iterator[Found]:
    """Yield the reviews in data as JSON has it, in the order in which they stand there."""
    waiting: list[tuple[Any, int, Form]] = [(data, 0, form)]
    while waiting:
        one, depth, inside = waiting.pop()
        if depth > MOST_DEPTH:
            continue
        if isinstance(one, list):
            waiting += [(member, depth + 1, inside) for member in reversed(one)]
        elif isinstance(one, Mapping):
            found = list(_reviews_of(one, inside))
            yield from found
            if not found:
                within = Form.FEED if FEED_ELEMENTS in one else inside
                waiting += [(member, depth + 1, within) for member in reversed(list(one.values())) if _is_wide(member)]


def _is_wide(value: Any) -> bool:
    return isinstance(value, Mapping | list)


def _reviews_of(node: Mapping[str, Any], inside: Form) -> Iterator[Found]:
    if is_a(node, CLAIM_REVIEW):
        yield Found(inside, node, node)
    elif is_claim(node):
        yield from (Found(Form.FACT_CHECK_TOOLS, raw, made) for raw, made in reviews_of_claim(node))
    elif is_page(node):
        yield from (Found(Form.FACT_CHECK_TOOLS, raw, made) for raw, made in reviews_of_page(node))


def count_empty(data: Any) -> int:
    """Return how many elements of a feed hold no item at all."""
    elements = data.get(FEED_ELEMENTS) if isinstance(data, Mapping) else None
    return sum(not _item_of(one) for one in elements) if isinstance(elements, list) else 0


def _item_of(element: Any) -> Any:
    return element.get(FEED_ITEM) if isinstance(element, Mapping) else None


def name_objects(data: Any) -> dict[str, Any]:
    """Return the objects of the data that have a name, ``@id``, and say more than it."""
    named: dict[str, Any] = {}
    waiting: list[tuple[Any, int]] = [(data, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MOST_DEPTH:
            continue
        if isinstance(one, Mapping) and isinstance(one.get("@id"), str) and len(one) > 1:
            named.setdefault(one["@id"], one)
        members = one.values() if isinstance(one, Mapping) else one if isinstance(one, list) else ()
        waiting += [(member, depth + 1) for member in members if _is_wide(member)]
    return named
