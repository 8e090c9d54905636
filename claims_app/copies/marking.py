"""The text of a kept copy in paragraphs, with what was found in it marked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from claims_app.prose.sentences import Span

MOST_SHOWN = 200_000
"""Code points of a text that one page shows."""
_BEFORE = 2_000
"""Code points that stand before what was found first, where the page does not begin at the beginning."""


@dataclass(frozen=True)
class Mark:
    """A stretch of a text, and what it is: ``passage``, ``figure`` or ``nearest``."""

    span: Span
    kind: str


@dataclass(frozen=True)
class Piece:
    """Words of a paragraph that are marked alike; ``kinds`` are in alphabetical order, none where nothing was found."""

    words: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    pieces: Sequence[Piece]

    @property
    def has_letters(self) -> bool:
        """Whether its own words tell which way it runs; a row of numbers runs as the text around it does."""
        return any(mark.isalpha() for piece in self.pieces for mark in piece.words)


@dataclass(frozen=True)
class Marked:
    """What a page shows of a text: its paragraphs, and whether some were left out before and after them."""

    paragraphs: Sequence[Paragraph]
    begins_later: bool
    ends_earlier: bool


def mark_text(text: str, marks: Sequence[Mark], *, most: int = MOST_SHOWN) -> Marked:
    """Return the paragraphs of a text with the marks that stand in them, at most ``most`` code points of them.

    Of a longer text it is the beginning, or else the part that the first mark stands in.
    """
    start, end = _choose(text, marks, most)
    shown = [one for one in marks if one.span.start < end and one.span.end > start]
    begins = Counter((max(start, one.span.start), one.kind) for one in shown)
    ends = Counter((min(end, one.span.end), one.kind) for one in shown)
    edges = sorted({start, end, *(place for place, _ in begins), *(place for place, _ in ends)})
    kinds = sorted({one.kind for one in shown})
    active: Counter[str] = Counter()
    paragraphs: list[list[Piece]] = [[]]
    for begin, finish in pairwise(edges):
        for kind in kinds:
            active[kind] += begins[begin, kind] - ends[begin, kind]
        first, *rest = text[begin:finish].split("\n")
        now = tuple(kind for kind in kinds if active[kind])
        for number, words in enumerate((first, *rest)):
            if number:
                paragraphs.append([])
            if words:
                paragraphs[-1].append(Piece(words, now))
    return Marked([Paragraph(one) for one in paragraphs if one], start > 0, end < len(text))


def _choose(text: str, marks: Sequence[Mark], most: int) -> tuple[int, int]:
    """Return the part of a text that is shown, from the beginning of a paragraph to the end of one."""
    if len(text) <= most:
        return 0, len(text)
    first = marks[0].span.start if marks else 0
    # As long as the first mark is well inside of the beginning, that is what is shown.
    start = 0 if first < most - _BEFORE else text.rfind("\n", 0, first - _BEFORE) + 1
    start = max(start, first - most // 2)
    if len(text) - start <= most:
        return start, len(text)
    end = text.rfind("\n", start, start + most)
    return start, end if end > first else start + most
