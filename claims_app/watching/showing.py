"""What changed between two copies, for people to read: word by word, without the paragraphs that stayed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from claims_app.copies.comparing import compare_texts
from claims_app.copies.finding import find_figure, find_passage
from claims_app.evidence.model import Evidence
from claims_app.prose.quotes import is_same_words
from claims_app.prose.sentences import Span
from claims_app.watching.comparing import Seen, choose_texts

MOST_SHOWN = 200
"""Paragraphs of a comparison that are shown; whoever wants more reads the copies."""
_BREAK = re.compile(r"\n+")


@dataclass(frozen=True)
class Piece:
    """Words that stayed, went ("delete") or came ("insert"); sought are those that the evidence names."""

    kind: str
    words: str
    is_sought: bool


@dataclass(frozen=True)
class Stretch:
    """A paragraph of the two copies, or, without pieces, so many that are the same in both."""

    pieces: Sequence[Piece] = ()
    same: int = 0

    @property
    def matters(self) -> bool:
        return any(piece.kind != "equal" or piece.is_sought for piece in self.pieces)


def show_change(before: Seen, after: Seen, evidence: Sequence[Evidence]) -> list[Stretch]:
    """Return what differs between two copies that have text, with what the evidence names; none: nothing differs."""
    old, new = _choose_texts(before, after, evidence)
    changes = compare_texts(old, new).changes
    there, here = _find_sought(old, evidence), _find_sought(new, evidence)
    pieces: list[Piece] = []
    for change in changes:
        if change.kind in ("delete", "replace"):
            pieces += _cut(old, change.old, there, "delete")
        if change.kind in ("insert", "replace"):
            pieces += _cut(new, change.new, here, "insert")
        if change.kind == "equal":
            pieces += _cut(new, change.new, here, "equal")
            if old[: change.old.end].endswith("\n"):  # what follows was a paragraph of its own
                pieces.append(Piece("equal", "\n", is_sought=False))
    return list(_fold([Stretch(one) for one in _paragraphs(pieces)]))


def _choose_texts(before: Seen, after: Seen, evidence: Sequence[Evidence]) -> tuple[str, str]:
    """Return what both pages are about, or all their text where that is where the difference or the evidence stands."""
    old, new = choose_texts(before, after)
    is_elsewhere = len(_find_sought(before.text, evidence)) > len(_find_sought(old, evidence))
    return (before.text, after.text) if is_elsewhere or is_same_words(old, new) else (old, new)


def _find_sought(text: str, evidence: Sequence[Evidence]) -> list[Span]:
    found: set[Span] = set()
    for one in evidence:
        if one.passage:
            found.update(find_passage(text, one.passage).spans)
        if one.figure:
            figure = one.figure
            found.update(
                find_figure(text, low=figure.low, high=figure.high, unit=figure.unit, is_about=figure.is_about)
            )
    return sorted(found)


def _cut(text: str, span: Span, sought: Sequence[Span], kind: str) -> Iterator[Piece]:
    """Yield a stretch of a text in pieces that are sought or not."""
    edges = {span.start, span.end}
    edges.update(edge for one in sought for edge in one if span.start < edge < span.end)
    ordered = sorted(edges)
    for start, end in pairwise(ordered):
        yield Piece(kind, text[start:end], any(one.start <= start and end <= one.end for one in sought))


def _paragraphs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    paragraph: list[Piece] = []
    for piece in pieces:
        first, *rest = _BREAK.split(piece.words)
        for number, words in enumerate((first, *rest)):
            if number and paragraph:
                yield paragraph
                paragraph = []
            if words:
                paragraph.append(Piece(piece.kind, words, piece.is_sought))
    if paragraph:
        yield paragraph


def _fold(paragraphs: Sequence[Stretch]) -> Iterator[Stretch]:
    """Yield the paragraphs that matter with their neighbours, and between them how many there are that do not."""
    matter = [number for number, one in enumerate(paragraphs) if one.matters][:MOST_SHOWN]
    shown = {near for number in matter for near in (number - 1, number, number + 1)}
    same = 0
    for number, one in enumerate(paragraphs):
        if number not in shown:
            same += 1
            continue
        if same:
            yield Stretch(same=same)
        same = 0
        yield one
    if same:
        yield Stretch(same=same)
