"""What two rows of things have in common in the same order."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from rapidfuzz.distance import LCSseq

Item = TypeVar("Item", bound=Hashable)
Pair = tuple[int, int]
Block = tuple[int, int, int, int]
"""From where to where in the one row, from where to where in the other."""

_ROUNDS = 16
"""Each round looks at every item once; an ordinary text needs three or four."""
_PIECE = 1024
"""Rows without a rare item are compared piece by piece: the cost of a piece grows with the square of its size."""


def _weigh_alike(_: object) -> int:
    return 1


def match_in_order(a: Sequence[Item], b: Sequence[Item], *, weigh: Callable[[Item], int] = _weigh_alike) -> list[Pair]:
    """Return pairs of places with equal items, rising in both rows; rare items decide, and among them the heavier.

    The time grows as the rows do.
    """
    pairs: list[Pair] = []
    waiting: list[tuple[Block, int]] = [((0, len(a), 0, len(b)), 0)]
    while waiting:
        whole, rounds = waiting.pop()
        block = _strip_equal_ends(a, b, whole, pairs)
        if block[0] == block[1] or block[2] == block[3]:
            continue
        pins = _pin_rare(a, b, block, weigh) if rounds < _ROUNDS else []
        if pins:
            pairs += pins
            waiting += [(gap, rounds + 1) for gap in gaps_between(pins, block)]
        else:
            pairs += _match_pieces(a, b, block)
    return sorted(pairs)


def gaps_between(pairs: Sequence[Pair], block: Block) -> Iterator[Block]:
    """Yield what lies before, between and after the pairs, where there is anything on either side."""
    left, right = block[0], block[2]
    for i, j in [*pairs, (block[1], block[3])]:
        if left < i or right < j:
            yield left, i, right, j
        left, right = i + 1, j + 1


def _strip_equal_ends(a: Sequence[Item], b: Sequence[Item], block: Block, pairs: list[Pair]) -> Block:
    """Put the equal items at both ends into ``pairs``; return what is left between."""
    a_start, a_end, b_start, b_end = block
    while a_start < a_end and b_start < b_end and a[a_start] == b[b_start]:
        pairs.append((a_start, b_start))
        a_start, b_start = a_start + 1, b_start + 1
    while a_start < a_end and b_start < b_end and a[a_end - 1] == b[b_end - 1]:
        a_end, b_end = a_end - 1, b_end - 1
        pairs.append((a_end, b_end))
    return a_start, a_end, b_start, b_end


def _pin_rare(a: Sequence[Item], b: Sequence[Item], block: Block, weigh: Callable[[Item], int]) -> list[Pair]:
    """Return the heaviest rising row of pairs of items that stand once on each side of the block."""
    a_start, a_end, b_start, b_end = block
    ours, theirs = Counter(a[a_start:a_end]), Counter(b[b_start:b_end])
    places = {b[j]: j for j in range(b_start, b_end) if theirs[b[j]] == 1}
    points = [(i, places[a[i]], weigh(a[i])) for i in range(a_start, a_end) if ours[a[i]] == 1 and a[i] in places]
    return heaviest_rising(points)


def heaviest_rising(points: list[tuple[int, int, int]]) -> list[Pair]:
    """Return those of the points (place, place, weight), given in order of the first, that rise in the second too."""
    heights: list[int] = []
    best: list[tuple[int, int]] = []  # for each height the weight of the heaviest row that ends there, and its point
    previous: list[int] = []
    for number, (_, height, weight) in enumerate(points):
        at = bisect_left(heights, height)
        total = weight + (best[at - 1][0] if at else 0)
        previous.append(best[at - 1][1] if at else -1)
        stop = at
        while stop < len(best) and best[stop][0] <= total:
            stop += 1
        heights[at:stop] = [height]
        best[at:stop] = [(total, number)]
    row: list[Pair] = []
    number = best[-1][1] if best else -1
    while number >= 0:
        row.append(points[number][:2])
        number = previous[number]
    return row[::-1]


def _match_pieces(a: Sequence[Item], b: Sequence[Item], block: Block) -> Iterator[Pair]:
    """Yield the longest common row of the block, or of pieces of it that lie side by side where it is large."""
    a_start, a_end, b_start, b_end = block
    count = -(-max(a_end - a_start, b_end - b_start) // _PIECE)
    for piece in range(count):
        left = a_start + (a_end - a_start) * piece // count
        right = b_start + (b_end - b_start) * piece // count
        ours = a[left : a_start + (a_end - a_start) * (piece + 1) // count]
        theirs = b[right : b_start + (b_end - b_start) * (piece + 1) // count]
        for same in LCSseq.opcodes(ours, theirs):
            if same.tag == "equal":
                yield from zip(
                    range(left + same.src_start, left + same.src_end),
                    range(right + same.dest_start, right + same.dest_end),
                    strict=True,
                )
