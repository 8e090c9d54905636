"""Finding the words that an annotation is about in a text: by their very words, never by likeness."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from claims_app.annotating.form import Position, Quote, Remark, Target
from claims_app.annotating.shapes import short
from claims_app.prose.quotes import find_quoted
from claims_app.prose.sentences import Span
from claims_app.prose.tokens import fold_text

MOST_PLACES = 1000
"""Words that stand in a text more often than this name no place, whatever is told of what is around them."""


@dataclass(frozen=True)
class Found:
    """Where the words are. A place with a ``note`` needs a person's word; without a place the note says why."""

    span: Span | None
    note: Remark | None = None


def find_target(text: str, target: Target, *, sha256: str) -> Found:
    """Return the place in ``text``, whose digest is ``sha256``, that a target is about."""
    if target.note is not None:
        return Found(None, target.note)
    is_same_text = target.digest == sha256
    if target.quote is None:
        assert target.position is not None  # noqa: S101 - what has neither has a note
        return _by_position(text, target.position, is_same_text=is_same_text)
    position = target.position
    if is_same_text and position is not None and text[position.start : position.end] == target.quote.exact:
        return Found(Span(*position))
    return _by_quote(text, target.quote, position)


def _by_position(text: str, position: Position, *, is_same_text: bool) -> Found:
    if position.end > len(text):
        return Found(None, Remark("The text ends before the position %(end)s that it names.", end=position.end))
    if is_same_text:
        return Found(Span(*position))
    note = Remark("Only a position is told, and nothing says that it was counted in this text: are these the words?")
    return Found(Span(*position), note)


def _by_quote(text: str, quote: Quote, position: Position | None) -> Found:
    places = find_quoted(text, quote.exact)
    if not places:
        return Found(None, Remark("These words are not in the text: %(words)s", words=short(quote.exact)))
    if len(places) > MOST_PLACES:
        return Found(None, _unclear(places, quote))
    scores = [_agreement(text, place, quote) for place in places]
    highest = max(scores)
    best = [place for place, score in zip(places, scores, strict=True) if score == highest]
    if len(best) > 1 and position is not None:
        best = [place for place in best if place.start == position.start] or best
    if len(best) > 1:
        return Found(None, _unclear(places, quote))
    is_told = bool(_words(quote.prefix) or _words(quote.suffix))
    # Of one place a word beside it is enough; among several all that is told has to fit.
    is_sure = not is_told or (highest.is_whole if len(places) > 1 else highest.words > 0)
    note = Remark("The words are there, but with other words around them: are these the ones?")
    return Found(best[0], None if is_sure else note)


def _unclear(places: Sequence[Span], quote: Quote) -> Remark:
    return Remark(
        "These words stand %(times)s times in the text, and nothing says which are meant: %(words)s",
        times=len(places),
        words=short(quote.exact),
    )


class _Agreement(NamedTuple):
    """How far what stands around a place is what a quote tells; more of it is greater."""

    is_whole: bool
    #: How many words next to it are the same, one after the other.
    words: int


def _agreement(text: str, place: Span, quote: Quote) -> _Agreement:
    before = fold_text(text[max(0, place.start - 2 * len(quote.prefix) - 40) : place.start])
    behind = fold_text(text[place.end : place.end + 2 * len(quote.suffix) + 40])
    prefix, suffix = fold_text(quote.prefix), fold_text(quote.suffix)
    same = _count_same(_words(before)[::-1], _words(prefix)[::-1]) + _count_same(_words(behind), _words(suffix))
    return _Agreement(before.endswith(prefix) and behind.startswith(suffix), same)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _count_same(ours: list[str], theirs: list[str]) -> int:
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs, strict=False)))
