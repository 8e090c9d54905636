"""Which words of a text stand in its next draft: in the same order, or in a sentence that was put elsewhere.

Sentences first: those that are the same in both drafts, those that were moved as they are, then pairs that are alike.
Only then words, in what is left between them. No step compares more at once than a set size, so that the time grows no
faster than the texts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from claims_app.prose.order import Block, Pair, gaps_between, heaviest_rising, match_in_order
from claims_app.prose.tokens import Tokens

NOWHERE = -1

_PAIRS, _PAIR_TOKENS = 4096, 16_000_000
"""How many pairs of sentences, and of their words, are compared between two that are the same."""
_ALIKE = 0.5
"""Two sentences that share half of their words may be one, edited; of two of one article 1 pair in 100 does."""
_EDITED = 0.75
"""A sentence that shares three quarters with what now stands in its place was edited there, wherever a copy was put."""
_MOVED_WORDS = 4
"""A shorter sentence has nothing by which it could be told from another one of the same words."""
_KEPT = 0.34
"""Where less than a third of a sentence is found again in place, it is chance: words any two sentences have."""

Row = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """For each token of the old draft where it stands in the new one, or ``NOWHERE``.

    ``kept`` only rises; ``moved`` has the tokens of whole sentences that stand elsewhere in the order of the text.
    """

    kept: list[int]
    moved: list[int]


class _Drafts:
    """Both drafts as rows of numbers, one number for each different word, and what is known of them so far."""

    def __init__(self, old: Tokens, new: Tokens) -> None:
        ids: dict[str, int] = {}
        self.old, self.new = old, new
        self.a = [ids.setdefault(key, len(ids)) for key in old.keys]
        self.b = [ids.setdefault(key, len(ids)) for key in new.keys]
        self.a_rows = [tuple(self.a[start:end]) for start, end in zip(old.bounds, old.bounds[1:], strict=False)]
        self.b_rows = [tuple(self.b[start:end]) for start, end in zip(new.bounds, new.bounds[1:], strict=False)]
        self.kept = [NOWHERE] * len(old)
        self.moved = [NOWHERE] * len(old)

    def join(self, found: list[int], i: int, j: int) -> None:
        """Note in ``found`` that sentence ``i`` of the old draft is sentence ``j`` of the new one."""
        start, end = self.old.bounds[i], self.old.bounds[i + 1]
        found[start:end] = range(self.new.bounds[j], self.new.bounds[j] + end - start)

    def old_tokens(self, sentences: Iterable[int]) -> list[int]:
        return [token for i in sentences for token in range(self.old.bounds[i], self.old.bounds[i + 1])]

    def new_tokens(self, sentences: Iterable[int]) -> list[int]:
        return [token for j in sentences for token in range(self.new.bounds[j], self.new.bounds[j + 1])]


def align(old: Tokens, new: Tokens) -> Alignment:
    """Return where the words and marks of ``old`` stand in ``new``; the time grows as the texts do."""
    drafts = _Drafts(old, new)
    numbers: dict[Row, int] = {}
    ours = [numbers.setdefault(row, len(numbers)) for row in drafts.a_rows]
    theirs = [numbers.setdefault(row, len(numbers)) for row in drafts.b_rows]
    lengths = [len(row) for row in numbers]
    same = match_in_order(ours, theirs, weigh=lengths.__getitem__)
    for i, j in same:
        drafts.join(drafts.kept, i, j)
    gaps = list(gaps_between(same, (0, len(drafts.a_rows), 0, len(drafts.b_rows))))
    shifted = _find_moved(drafts, gaps)
    for i, j in shifted.items():
        drafts.join(drafts.moved, i, j)
    taken = set(shifted.values())
    for gap in gaps:
        ours = [i for i in range(gap[0], gap[1]) if i not in shifted]
        theirs = [j for j in range(gap[2], gap[3]) if j not in taken]
        _align_words(drafts, ours, theirs)
        _forget_chance(drafts, ours)
    return Alignment(drafts.kept, drafts.moved)


def _find_moved(drafts: _Drafts, gaps: list[Block]) -> dict[int, int]:
    """Return the sentences that stand in another gap, or in another order, with the same words."""
    waiting: dict[Row, list[int]] = defaultdict(list)
    for gap in gaps:
        for j in range(gap[2], gap[3]):
            waiting[drafts.b_rows[j]].append(j)
    left = [(i, gap) for gap in gaps for i in range(gap[0], gap[1])]
    copies = {i: waiting[drafts.a_rows[i]] for i, _ in left if drafts.a_rows[i] in waiting}
    explained = {j for places in copies.values() for j in places}
    shifted: dict[int, int] = {}
    for i, gap in left:
        is_telling = sum(map(drafts.old.is_word, drafts.old_tokens([i]))) >= _MOVED_WORDS
        if copies.get(i) and is_telling and not _is_edited_in_place(drafts, i, gap, explained):
            shifted[i] = copies[i].pop(0)
    return shifted


def _is_edited_in_place(drafts: _Drafts, i: int, gap: Block, explained: set[int]) -> bool:
    """Return whether the gap has a sentence that is sentence ``i``, edited, and not another one's copy."""
    others = [j for j in range(gap[2], gap[3]) if j not in explained]
    if not _is_small(drafts, range(gap[0], gap[1]), others):
        return False
    return any(_likeness(drafts.a_rows[i], drafts.b_rows[j]) >= _EDITED for j in others)


def _is_small(drafts: _Drafts, ours: Sequence[int], theirs: Sequence[int]) -> bool:
    """Return whether each of the old sentences can be compared with each of the new ones."""
    if len(ours) * len(theirs) > _PAIRS:
        return False
    return sum(len(drafts.a_rows[i]) for i in ours) * sum(len(drafts.b_rows[j]) for j in theirs) <= _PAIR_TOKENS


def _likeness(one: Row, other: Row) -> float:
    return LCSseq.normalized_similarity(one, other)


def _align_words(drafts: _Drafts, ours: list[int], theirs: list[int]) -> None:
    """Find the words of some old sentences among those of some new ones."""
    if not ours or not theirs:
        return
    a, b = drafts.old_tokens(ours), drafts.new_tokens(theirs)
    pins: list[Pair] = []
    if _is_small(drafts, ours, theirs):
        pins += _find_inside(drafts.a_rows, ours, b, drafts.b, drafts.old.bounds)
        pins += [(i, j) for j, i in _find_inside(drafts.b_rows, theirs, a, drafts.a, drafts.new.bounds)]
        whole = {i for i, _ in pins}
        left = [i for i in ours if drafts.old.bounds[i] not in whole]
        for i, j in _pair_alike(drafts, left, theirs):
            pins += _match_tokens(drafts, drafts.old_tokens([i]), drafts.new_tokens([j]))
    pins = heaviest_rising([(i, j, 1) for i, j in sorted(pins, key=lambda pin: (pin[0], -pin[1]))])
    a_place = {token: place for place, token in enumerate(a)}
    b_place = {token: place for place, token in enumerate(b)}
    known = [(a_place[i], b_place[j]) for i, j in pins]
    for gap in gaps_between(known, (0, len(a), 0, len(b))):
        pins += _match_tokens(drafts, a[gap[0] : gap[1]], b[gap[2] : gap[3]])
    for i, j in pins:
        drafts.kept[i] = j


def _find_inside(
    rows: list[Row], sentences: list[int], others: list[int], ids: list[int], bounds: list[int]
) -> list[Pair]:
    """Return the tokens of sentences that stand as they are inside a longer one of the other draft, joined to it."""
    pins: list[Pair] = []
    text = " ".join(["", *(str(ids[at]) for at in others), ""])
    done = 0
    for sentence in sentences:
        row = rows[sentence]
        found = text.find(" ".join(["", *map(str, row), ""]), done)
        if len(row) > _MOVED_WORDS and found >= 0:
            place = text.count(" ", 0, found)
            pins += zip(range(bounds[sentence], bounds[sentence + 1]), others[place : place + len(row)], strict=True)
            done = found + 1
    return pins


def _match_tokens(drafts: _Drafts, ours: list[int], theirs: list[int]) -> list[Pair]:
    pairs = match_in_order([drafts.a[i] for i in ours], [drafts.b[j] for j in theirs])
    return [(ours[i], theirs[j]) for i, j in pairs]


def _pair_alike(drafts: _Drafts, ours: list[int], theirs: list[int]) -> list[Pair]:
    """Return the pairs of sentences that are alike, in order, so that their likeness is greatest in all."""
    best = [[0.0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    likeness = [[_likeness(drafts.a_rows[i], drafts.b_rows[j]) for j in theirs] for i in ours]
    for i in range(len(ours) - 1, -1, -1):
        for j in range(len(theirs) - 1, -1, -1):
            joined = best[i + 1][j + 1] + likeness[i][j] if likeness[i][j] >= _ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], joined)
    pairs: list[Pair] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((ours[i], theirs[j]))
            i, j = i + 1, j + 1
    return pairs


def _forget_chance(drafts: _Drafts, ours: list[int]) -> None:
    """Let go of the few words that a sentence has in common with what merely stands in its place."""
    for i in ours:
        tokens = drafts.old_tokens([i])
        whole = sum(weigh(drafts.old, token) for token in tokens)
        kept = sum(weigh(drafts.old, token) for token in tokens if drafts.kept[token] != NOWHERE)
        if kept < whole * _KEPT:
            for token in tokens:
                drafts.kept[token] = NOWHERE


def weigh(tokens: Tokens, token: int) -> int:
    """Return how much a token says: long words more than short ones, marks next to nothing; figures as long words."""
    key = tokens.keys[token]
    return max(4, len(key)) if key[0].isdigit() else len(key) if key[0].isalpha() else 0
