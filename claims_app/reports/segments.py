"""A text cut where marks begin and end, so that marks that overlap can be drawn."""

from bisect import insort
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple


class Segment(NamedTuple):
    """A stretch of a text over which nothing changes; marks are named by their place among those given."""

    start: int
    end: int
    #: The marks that lie over it, the one that began first before the others.
    over: tuple[int, ...]
    #: Those of them that end with it.
    ending: tuple[int, ...]


def cut(length: int, spans: Sequence[tuple[int, int]], breaks: Iterable[int] = ()) -> list[Segment]:
    """Cut a text of ``length`` at the edges of the spans, and at ``breaks``, into segments that follow each other.

    Together they are the whole text. What of a span lies outside of the text is passed over, and so is an empty one.
    """
    inside = [(max(start, 0), min(end, length)) for start, end in spans]
    marks = [name for name, (start, end) in enumerate(inside) if start < end]
    edges = {0, length, *(place for place in breaks if 0 < place < length)}
    edges.update(edge for name in marks for edge in inside[name])
    # Turned round, so that the next one is the last.
    waiting = sorted(marks, key=lambda name: (inside[name][0], -inside[name][1], name), reverse=True)
    over: list[int] = []
    segments = []
    for start, end in pairwise(sorted(edges)):
        over = [name for name in over if inside[name][1] > start]
        while waiting and inside[waiting[-1]][0] <= start:
            over.append(waiting.pop())
        segments.append(Segment(start, end, tuple(over), tuple(name for name in over if inside[name][1] == end)))
    return segments


def share_lines(spans: Sequence[tuple[int, int]]) -> list[int]:
    """Return for each span the line below the text on which it is drawn: the highest, 0, that none before it holds."""
    lines = [0] * len(spans)
    held: list[tuple[int, int]] = []
    free: list[int] = []
    for name in sorted(range(len(spans)), key=lambda name: (spans[name][0], -spans[name][1], name)):
        start, end = spans[name]
        while held and held[0][0] <= start:
            insort(free, heappop(held)[1])
        lines[name] = free.pop(0) if free else len(held)
        heappush(held, (end, lines[name]))
    return lines
