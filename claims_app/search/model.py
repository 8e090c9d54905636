"""What a person asks the queue for: filters, order and place, as they stand in its address."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from claims_app.claims.model import Kind, Priority, Status
from claims_app.reading import clean

PAGE = 50
"""Claims on one page of the queue."""
MOST_COUNTED = 2000
"""Up to so many claims found by text, tag or deadline are counted one by one; more are "more than"."""
MOST_OVERDUE = 100
"""The tab of overdue claims counts up to so many; more are "over"."""


SORTS = ("order", "changed", "opened", "urgency")
PROOFS = ("none", "some", "conflict")
PLACES = ("stale", "lost", "none")
"""What asks for a look at the text: changed words under a verdict, words that are gone, a claim never placed."""
FACETS = ("status", "kind", "priority", "assignee", "proof")
_NUMBER = re.compile(r"\d{1,18}")


def _known(values: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    wanted = set(values)
    return tuple(word for word in known if word in wanted)


def _numbers(values: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({int(value) for value in values if _NUMBER.fullmatch(value)}))[:50]


def usual_sort(article: int | None) -> str:
    """Return the order a list has when nobody chose one."""
    return "changed" if article is None else "order"


@dataclass(frozen=True)
class ClaimFilter:
    """One view of the queue; what an address holds that is not known is left out, not refused."""

    article: int | None = None
    status: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    #: People's numbers; 0 is nobody.
    assignee: tuple[int, ...] = ()
    proof: tuple[str, ...] = ()
    tag: str = ""
    text: str = ""
    place: tuple[str, ...] = ()
    is_overdue: bool = False
    #: Evidence states another figure than the article.
    is_differing: bool = False
    #: Something has to be looked at again.
    needs_look: bool = False
    is_withdrawn: bool = False
    sort: str = "changed"

    @classmethod
    def read(cls, arguments: Mapping[str, Sequence[str]]) -> "ClaimFilter":
        """Return the filter that an address's arguments, each a list of values, ask for."""

        def one(name: str) -> str:
            return clean(next(iter(arguments.get(name, ())), "")) or ""

        article = next(iter(_numbers([one("article")])), None)
        sort = one("sort")
        if sort not in SORTS or (sort == "order" and article is None):
            sort = usual_sort(article)
        return cls(
            article=article,
            status=_known(arguments.get("status", ()), (word.value for word in Status)),
            kind=_known(arguments.get("kind", ()), (word.value for word in Kind)),
            priority=_known(arguments.get("priority", ()), (word.value for word in Priority)),
            assignee=_numbers(arguments.get("assignee", ())),
            proof=_known(arguments.get("proof", ()), PROOFS),
            tag=one("tag")[:60],
            text=one("q")[:200],
            place=_known(arguments.get("place", ()), PLACES),
            is_overdue=one("overdue") == "yes",
            is_differing=one("figures") == "differ",
            needs_look=one("look") == "yes",
            is_withdrawn=one("withdrawn") == "yes",
            sort=sort,
        )

    def arguments(self, **changed: Any) -> dict[str, Any]:
        """Return the address's arguments of this filter, with ``changed`` fields in place of its own."""
        wanted = replace(self, **changed)
        values = {
            "article": wanted.article,
            "status": wanted.status,
            "kind": wanted.kind,
            "priority": wanted.priority,
            "assignee": wanted.assignee,
            "proof": wanted.proof,
            "tag": wanted.tag,
            "q": wanted.text,
            "place": wanted.place,
            "overdue": "yes" if wanted.is_overdue else "",
            "figures": "differ" if wanted.is_differing else "",
            "look": "yes" if wanted.needs_look else "",
            "withdrawn": "yes" if wanted.is_withdrawn else "",
            "sort": "" if wanted.sort == usual_sort(wanted.article) else wanted.sort,
        }
        return {name: value for name, value in values.items() if value not in (None, "", ())}

    def chosen(self, facet: str) -> tuple[Any, ...]:
        """Return the values chosen of one facet."""
        values: tuple[Any, ...] = getattr(self, facet)
        return values

    def without(self, facet: str) -> "ClaimFilter":
        """Return the same filter with nothing chosen of one facet."""
        changed: dict[str, Any] = {facet: ()}
        return replace(self, **changed)

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for what no counter knows: words, a tag, what few claims are, or withdrawn claims."""
        return bool(self.text or self.tag or self.is_of_few or self.is_withdrawn)

    @property
    def is_of_few(self) -> bool:
        """Whether it asks for what is true of few claims: a place, lateness, figures that differ, a look."""
        return bool(self.place or self.is_overdue or self.is_differing or self.needs_look)

    @property
    def is_plain(self) -> bool:
        """Whether nothing is filtered but the article."""
        return not self.is_narrow and not any(self.chosen(facet) for facet in FACETS)
