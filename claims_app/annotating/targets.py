"""What an annotation is about: the source, and the words in it by quote or by position."""

from collections.abc import Iterator, Mapping
from typing import Any

from claims_app.annotating.form import Position, Quote, Remark, Target, digest_in
from claims_app.annotating.shapes import GROUPS, as_list, name_of, short, text_of, types_of


def read_targets(value: Any) -> list[Target]:
    """Return the targets of an annotation, each with how its words are found or why they cannot be."""
    return list(_read(value))


def _read(value: Any) -> Iterator[Target]:
    if isinstance(value, list):
        for one in value:
            yield from _read(one)
    elif isinstance(value, dict) and types_of(value) & (GROUPS | {"Choice"}):
        yield from _read(as_list(value.get("items")))
    elif isinstance(value, dict) and "source" in value:
        source = name_of(value["source"])
        yield _specific(value, source) if as_list(value.get("selector")) else _whole(source)
    elif name_of(value) is not None:
        yield _whole(name_of(value))


def _whole(source: str | None) -> Target:
    return Target(
        source, note=Remark("It is about the whole of %(address)s, not about words in it.", address=short(source))
    )


def _specific(told: Mapping[str, Any], source: str | None) -> Target:
    found = _Selectors()
    for one in as_list(told["selector"]):
        found.add(one)
    digests = (digest_in(text_of(state.get("cached"))) for state in _states(told.get("state")))
    return Target(
        source, found.quote, found.position, digest=next((one for one in digests if one), None), note=found.note()
    )


def _states(value: Any) -> Iterator[Mapping[str, Any]]:
    for one in as_list(value):
        if isinstance(one, dict):
            yield one
            yield from _states(one.get("refinedBy"))


class _Selectors:
    """The ways in which one target names its words; each is meant to lead to the same ones."""

    def __init__(self) -> None:
        self.quote: Quote | None = None
        self.position: Position | None = None
        self._unread: dict[str, None] = {}

    def add(self, told: Any, *, is_inner: bool = False) -> None:
        """Take one selector over; an inner one chooses among what another one chose."""
        if not isinstance(told, dict):
            self._unread[short(told)] = None
            return
        refined = as_list(told.get("refinedBy"))
        kinds = types_of(told)
        quote, position = _quote(told), _position(told)
        if refined:
            # What is meant is the inner part: what is around it does not stand for it.
            for one in refined:
                self.add(one, is_inner=True)
        elif "TextQuoteSelector" in kinds and quote is not None:
            self.quote = self.quote or quote
        elif "TextPositionSelector" in kinds and position is not None and not is_inner:
            self.position = self.position or position
        else:
            # An inner position counts from where the outer selector begins, which only the page can tell.
            self._unread[short(", ".join(sorted(kinds)) or name_of(told) or told)] = None

    def note(self) -> Remark | None:
        """Return why nothing leads to the words, or None where something does."""
        if self.quote is not None or self.position is not None:
            return None
        return Remark("Its place is told as %(kinds)s, by which no words can be found.", kinds=", ".join(self._unread))


def _quote(told: Mapping[str, Any]) -> Quote | None:
    exact, prefix, suffix = (told.get(name) for name in ("exact", "prefix", "suffix"))
    if not isinstance(exact, str) or not exact.strip():
        return None
    return Quote(exact, prefix if isinstance(prefix, str) else "", suffix if isinstance(suffix, str) else "")


def _position(told: Mapping[str, Any]) -> Position | None:
    start, end = told.get("start"), told.get("end")
    if type(start) is int and type(end) is int and 0 <= start < end:
        return Position(start, end)
    return None
