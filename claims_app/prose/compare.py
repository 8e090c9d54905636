"""What became of passages when the next draft of their text arrives, and what differs between two drafts.

"Found" and "the words are the same" are two answers: a passage in which one figure changed is found at once, and its
words are not the same. Nothing is taken for a passage but what the comparison of both drafts says it became.
"""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from claims_app.prose.alignment import NOWHERE, align
from claims_app.prose.place import Place, Places
from claims_app.prose.quotes import is_same_words
from claims_app.prose.sentences import Span
from claims_app.prose.surroundings import Surroundings
from claims_app.prose.tokens import Tokens, read_tokens


class Outcome(enum.StrEnum):
    """What became of a passage."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of a passage, and where it stands now; nowhere if it is lost."""

    outcome: Outcome
    span: Span | None


Kind = Literal["equal", "insert", "delete", "replace"]


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of both drafts that is the same, or differs; the changes of two drafts cover both without a gap."""

    kind: Kind
    old: Span
    new: Span


def carry(old: str, new: str, spans: Sequence[Span]) -> list[Carried]:
    """Return for each passage of ``old`` what became of it in ``new``; the time grows as the texts and passages do.

    Unchanged are the same words in the same place of the order of the text, whatever stands around them but for a
    negation in their clause, quotation marks around them, and what is glued to them. Moved are the same words elsewhere
    in that order. Changed is a passage that differs in more than blanks and the shape of marks. No passage is ever
    taken for another one that was there before. Raises ``ValueError`` for a span that holds no word or mark of ``old``.
    """
    places = Places(read_tokens(old), read_tokens(new))
    passages = [_passage(places.old, span) for span in spans]
    found = [places.find(passage) for passage in passages]
    before = Surroundings(places.old, places.is_gone, passages)
    after = Surroundings(places.new, places.is_new, [one.tokens for one in found if one])
    carried: list[Carried] = []
    for span, passage, place in zip(spans, passages, found, strict=True):
        if place is None:
            carried.append(Carried(Outcome.LOST, None))
            continue
        there = _stretch(places, span, passage, place)
        is_same = (
            place.is_whole
            and is_same_words(old[span.start : span.end], new[there.start : there.end])
            and before.glued_to(passage) == after.glued_to(place.tokens)
            and not before.has_turned(passage)
            and not after.has_turned(place.tokens)
        )
        if is_same:
            carried.append(Carried(Outcome.MOVED if place.is_moved else Outcome.UNCHANGED, there))
        else:
            carried.append(Carried(Outcome.CHANGED, _whole(places.new, place.tokens)))
    return carried


def _passage(tokens: Tokens, span: Span) -> range:
    passage = tokens.within(span.start, span.end)
    if not 0 <= span.start < span.end <= len(tokens.text) or not passage:
        raise ValueError(f"no words from {span.start} to {span.end}")
    return passage


def _whole(tokens: Tokens, passage: range) -> Span:
    return Span(tokens.starts[passage.start], tokens.ends[passage.stop - 1])


def _stretch(places: Places, span: Span, passage: range, place: Place) -> Span:
    """Return where a passage stands now, cut inside its first and last word where it was cut there before."""
    was, now = _whole(places.old, passage), _whole(places.new, place.tokens)
    if not place.is_whole:
        return now
    start = now.start + max(0, span.start - was.start)
    end = now.end - max(0, was.end - span.end)
    return Span(start, end) if start < end else now


def compare_words(old: str, new: str) -> list[Change]:
    """Return what is the same and what differs between two drafts, word by word, in order.

    The changes cover both drafts without a gap; blanks go with the word before them. A passage that was put elsewhere
    is a deletion here and an insertion there.
    """
    ours, theirs = read_tokens(old), read_tokens(new)
    a_edges, b_edges = _edges(ours), _edges(theirs)
    changes: list[Change] = []
    for kind, i, j, i_end, j_end in _stretches(ours, theirs):
        before, after = Span(a_edges[i], a_edges[i_end]), Span(b_edges[j], b_edges[j_end])
        if kind == "equal" and changes and changes[-1].kind == "equal":
            last = changes.pop()
            before, after = Span(last.old.start, before.end), Span(last.new.start, after.end)
        changes.append(Change(kind, before, after))
    return changes


def _edges(tokens: Tokens) -> list[int]:
    """Return where each token's stretch begins, the blanks after it included, and at its end the length of the text."""
    return [0, *tokens.starts[1:], len(tokens.text)] if len(tokens) else [len(tokens.text)]


def _stretches(old: Tokens, new: Tokens) -> Iterator[tuple[Kind, int, int, int, int]]:
    """Yield what differs and, token by token, what is the same; two tokens that were joined or parted differ."""
    i = j = 0
    for at, there in [*enumerate(align(old, new).kept), (len(old), len(new))]:
        if there == NOWHERE:
            continue
        is_beside = i == at and j == there
        if i < at and j < there:
            yield "replace", i, j, at, there
        elif not is_beside:
            yield "delete" if i < at else "insert", i, j, at, there
        if at < len(old):
            is_same = not is_beside or at == 0 or there == 0 or old.is_glued(at) == new.is_glued(there)
            yield "equal" if is_same else "replace", at, there, at + 1, there + 1
        i, j = at + 1, there + 1
