"""Where words that are gone from their place may stand in the next draft: only ever in text that is new there."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from claims_app.prose.alignment import weigh
from claims_app.prose.order import match_in_order
from claims_app.prose.tokens import Tokens

_TRIES = 64
"""A word that stands more often in the new text is no help in finding a place."""
_WINDOW = 5
_NEAR = 2 * _WINDOW
_TELLING = 4
"""Fewer words may stand anywhere by chance: those around them have to agree too."""
_AGREEING = 0.5
_ALIKE = 0.6
"""Least likeness, by weight of words, of an edited passage that stands elsewhere.

Of two sentences of one news article 99 pairs in 100 stay at or below 0.5, half of them below 0.05; what lies above is
mostly a headline and the sentence that repeats it.
"""


class NewText:
    """The tokens of a draft that have no counterpart in the draft before, by word."""

    def __init__(self, tokens: Tokens, is_new: Sequence[bool]) -> None:
        self._tokens, self._is_new = tokens, is_new
        self._places: dict[str, list[int]] = defaultdict(list)
        for at, key in enumerate(tokens.keys):
            if is_new[at]:
                self._places[key].append(at)

    def find_same(self, old: Tokens, passage: range) -> range | None:
        """Return where exactly the words of a passage stand in new text, as far as they can be told from others."""
        keys = old.keys[passage.start : passage.stop]
        rarest = min(range(len(keys)), key=lambda at: len(self._places.get(keys[at], ())))
        places = self._places.get(keys[rarest], [])
        is_telling = sum(old.is_word(at) for at in passage) >= _TELLING
        best: tuple[float, range] | None = None
        for place in places[:_TRIES]:
            found = range(place - rarest, place - rarest + len(keys))
            if found.start < 0 or self._tokens.keys[found.start : found.stop] != keys:
                continue
            agreeing = agree(old, passage, self._tokens, found)
            is_new = all(self._is_new[found.start : found.stop])
            if is_new and (is_telling or agreeing >= _AGREEING) and (best is None or agreeing > best[0]):
                best = agreeing, found
        return best[1] if best else None

    def find_alike(self, old: Tokens, passage: range) -> range | None:
        """Return the new text that is most like a passage, if any is like it enough."""
        if sum(old.is_word(at) for at in passage) < _TELLING:
            return None
        size = max(len(passage) // 2, _WINDOW)
        votes: Counter[int] = Counter()
        for at in passage:
            places = self._places.get(old.keys[at], [])
            if old.is_word(at) and len(places) <= _TRIES:
                votes.update({(place - at + passage.start) // size for place in places})
        found = [self._compare(old, passage, number * size, size) for number, _ in votes.most_common(3)]
        likeness, best = max(filter(None, found), key=lambda one: one[0], default=(0.0, None))
        return best if likeness >= _ALIKE else None

    def _compare(self, old: Tokens, passage: range, start: int, size: int) -> tuple[float, range] | None:
        """Return the passage of new text around ``start`` with the same words in the same order, and its likeness."""
        window = range(max(0, start - size), min(len(self._tokens), start + len(passage) + 3 * size))
        theirs = [at for at in window if self._is_new[at]]
        pairs = match_in_order(old.keys[passage.start : passage.stop], [self._tokens.keys[at] for at in theirs])
        if not pairs:
            return None
        found = range(theirs[pairs[0][1]], theirs[pairs[-1][1]] + 1)
        same = sum(weigh(old, passage.start + at) for at, _ in pairs)
        whole = max(sum(weigh(old, at) for at in passage), sum(weigh(self._tokens, at) for at in found))
        return same / max(1, whole), found


def beside(tokens: Tokens, passage: range) -> Iterator[range]:
    """Yield the tokens before and after a passage, of its sentence; for a whole sentence those of its neighbours."""
    start = max(tokens.sentence_of(passage.start).start, passage.start - _NEAR)
    stop = min(tokens.sentence_of(passage.stop - 1).stop, passage.stop + _NEAR)
    before, after = range(start, passage.start), range(passage.stop, stop)
    if not any(map(tokens.is_word, before)) and not any(map(tokens.is_word, after)):
        before = range(max(0, passage.start - _NEAR), passage.start)
        after = range(passage.stop, min(len(tokens), passage.stop + _NEAR))
    yield before
    yield after


def agree(old: Tokens, passage: range, new: Tokens, found: range) -> float:
    """Return what share of the words beside a passage stands beside the other one too."""
    asked = met = 0
    for ours, theirs in zip(beside(old, passage), beside(new, found), strict=True):
        there = {new.keys[at] for at in theirs}
        words = [old.keys[at] for at in ours if old.is_word(at)]
        asked += len(words)
        met += sum(key in there for key in words)
    return met / asked if asked else 0.0
