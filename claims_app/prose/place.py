"""Where a passage stands in the next draft by what its words and their neighbours became."""

from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz

from claims_app.prose.alignment import NOWHERE, align, weigh
from claims_app.prose.elsewhere import NewText, beside
from claims_app.prose.tokens import Tokens

_WINDOW = 5
_TELLING = 4
"""A whole sentence of so many words needs no neighbours to be known."""
_BESIDE = 3
"""How many words on either side are asked whether this is the passage."""
_SHIFT = 2 * _WINDOW
_NEAR, _SENTENCES, _LETTERS = 60, 16, 4000
"""How many tokens of the sentence, how many sentences and letters are looked at for what replaced a passage."""
_MARKS = frozenset(",;:.!?…-()[]{}\"'")
_CONFIRMED = 0.5
"""Half of a short passage and the words beside it have to stand together still; else it may be a look-alike."""
_KEPT = 0.5
"""A passage of which half is there still, by weight of its words, was edited; of which less is, was replaced."""
_SPELLED_ALIKE = 0.65
"""Least likeness letter by letter; of two sentences of one news article 99 pairs in 100 stay at or below 0.62."""
_STRETCH = 3
"""What an edit puts in the place of some words is at most so many times as long, and a few words more."""


class Place(NamedTuple):
    """Where a passage stands now, as tokens of the new draft, and whether its tokens are all there, side by side."""

    tokens: range
    is_whole: bool
    is_moved: bool = False


class Places:
    """The comparison of two drafts, asked for one passage after another."""

    def __init__(self, old: Tokens, new: Tokens) -> None:
        self.old, self.new = old, new
        found = align(old, new)
        self._kept, self._moved = found.kept, found.moved
        self.is_gone = [one == two == NOWHERE for one, two in zip(self._kept, self._moved, strict=True)]
        self.is_new = [True] * len(new)
        for at in [*self._kept, *self._moved]:
            if at != NOWHERE:
                self.is_new[at] = False
        self._new_text = NewText(new, self.is_new)
        self._ambiguous = self._find_ambiguous()
        self._before, self._after = self._neighbours()

    def find(self, passage: range) -> Place | None:
        """Return what became of a passage: first where it stood, then elsewhere in new text; None where it is lost."""
        kept = self._kept[passage.start : passage.stop]
        moved = self._moved[passage.start : passage.stop]
        if _is_run(kept) and self._is_confirmed(passage):
            return Place(range(kept[0], kept[-1] + 1), is_whole=not all(self._ambiguous[at] for at in passage))
        if _is_run(moved):
            return Place(range(moved[0], moved[-1] + 1), is_whole=True, is_moved=True)
        for row in (kept, moved):
            if not _is_run(row) and self._share(passage, row) >= _KEPT:
                return Place(self._hull(passage, row), is_whole=False)
        same = self._new_text.find_same(self.old, passage)
        if same is not None:
            return Place(same, is_whole=not self._is_in_sentence(passage, same), is_moved=True)
        found = self._new_text.find_alike(self.old, passage) or self._replaced(passage)
        return Place(found, is_whole=False) if found else None

    def _is_in_sentence(self, passage: range, found: range) -> bool:
        """Return whether words were put elsewhere within their own sentence: that changes it."""
        first, last = self._sentence_near(passage)
        there = self.new.sentence_of(found.start)
        return any(at in there for at in self._kept[first:last])

    def _sentence_near(self, passage: range) -> tuple[int, int]:
        """Return the first and last token of the sentence of a passage, as far as they are near it."""
        first = max(self.old.sentence_of(passage.start).start, passage.start - _NEAR)
        return first, min(self.old.sentence_of(passage.stop - 1).stop, passage.stop + _NEAR)

    def _share(self, tokens: range, row: list[int]) -> float:
        """Return how much of a passage, by weight, is found again."""
        found = sum(weigh(self.old, at) for at, there in zip(tokens, row, strict=True) if there != NOWHERE)
        return found / max(1, sum(weigh(self.old, at) for at in tokens))

    def _is_confirmed(self, passage: range) -> bool:
        """Return whether enough words stand together for this to be the passage and not one of the same words."""
        words = sum(map(self.old.is_word, passage))
        start = self._kept[passage.start] - passage.start
        before, after = ([at for at in side if self.old.is_word(at)] for side in beside(self.old, passage))
        sides = [before[-_BESIDE:], after[:_BESIDE]]
        met = [
            sum(self._kept[at] != NOWHERE and abs(self._kept[at] - at - start) <= _SHIFT for at in side)
            for side in sides
        ]
        if self._is_sentence(passage):
            return words >= _TELLING or any(
                there >= _CONFIRMED * len(side) for side, there in zip(sides, met, strict=True)
            )
        return words + sum(met) >= _CONFIRMED * (words + len(sides[0]) + len(sides[1]))

    def _is_sentence(self, passage: range) -> bool:
        """Return whether a passage has all words of the sentences it stands in; a closing mark may be left out."""
        first, last = self.old.sentence_of(passage.start), self.old.sentence_of(passage.stop - 1)
        outside = (*range(first.start, passage.start), *range(passage.stop, last.stop))
        return not any(map(self.old.is_word, outside[: 2 * _NEAR]))

    def _hull(self, passage: range, row: list[int]) -> range:
        """Return the new passage from its first to its last word, with what replaced words at its ends."""
        first = next(at for at, there in zip(passage, row, strict=True) if there != NOWHERE)
        last = next(at for at, there in zip(reversed(passage), reversed(row), strict=True) if there != NOWHERE)
        start, stop = row[first - passage.start], row[last - passage.start] + 1
        lowest = max(self.new.sentence_of(start).start, start - _STRETCH * (first - passage.start))
        while start > lowest and self.is_new[start - 1]:
            start -= 1
        highest = min(self.new.sentence_of(stop - 1).stop, stop + _STRETCH * (passage.stop - 1 - last))
        while stop < highest and self.is_new[stop]:
            stop += 1
        return self._trim(passage, range(start, stop))

    def _trim(self, passage: range, found: range) -> range:
        """Return the new passage without marks at its ends that the old one does not have there."""
        start, stop = found.start, found.stop
        if self.old.keys[passage.start] not in _MARKS:
            while start < stop - 1 and self.new.keys[start] in _MARKS:
                start += 1
        if self.old.keys[passage.stop - 1] not in _MARKS:
            while stop > start + 1 and self.new.keys[stop - 1] in _MARKS:
                stop -= 1
        return range(start, stop)

    def _replaced(self, passage: range) -> range | None:
        """Return what stands in the place of a passage of which little or nothing is left, in a sentence that is."""
        sentence = range(*self._sentence_near(passage))
        kept = self._kept[passage.start : passage.stop]
        if _is_run(kept):
            is_there = self._share(sentence, self._kept[sentence.start : sentence.stop]) >= _KEPT
            return range(kept[0], kept[-1] + 1) if is_there else None
        gap = range(self._before[passage.start] + 1, self._after[passage.stop])
        rest = [at for at in sentence if at not in passage]
        whole = sum(weigh(self.old, at) for at in rest)
        if whole and sum(weigh(self.old, at) for at in rest if self._kept[at] != NOWHERE) >= _KEPT * whole:
            return self._exchanged(passage, sentence, gap)
        return self._respelled(passage, gap)

    def _exchanged(self, passage: range, sentence: range, gap: range) -> range | None:
        """Return what a sentence that is still there has in the place of a passage, if that is not simply gone."""
        start, stop = gap.start, gap.stop
        if start > 0 and passage.start > sentence.start:
            stop = min(stop, max(start, self.new.sentence_of(start - 1).stop))
        elif stop < len(self.new):
            start = max(start, self.new.sentence_of(stop).start)
        first, last = passage.start, passage.stop
        while first > sentence.start and self._kept[first - 1] == NOWHERE:
            first -= 1
        while last < sentence.stop and self._kept[last] == NOWHERE:
            last += 1
        if last - first == stop - start:
            start, stop = start + passage.start - first, stop - (last - passage.stop)
        if not 0 < stop - start <= _STRETCH * len(passage) + _WINDOW:
            return None
        found = self._trim(passage, range(start, stop))
        return found if any(map(self.new.is_word, found)) or not any(map(self.old.is_word, passage)) else None

    def _respelled(self, passage: range, gap: range) -> range | None:
        """Return the new sentence in the place of a passage that is like it letter by letter."""
        text = self._text(self.old, passage)
        best, found = _SPELLED_ALIKE, None
        if len(text) > _LETTERS:
            return None
        start = gap.start
        for _ in range(_SENTENCES):
            if start >= gap.stop:
                break
            sentence = self.new.sentence_of(start)
            there = range(start, min(sentence.stop, gap.stop))
            candidate = self._text(self.new, there)
            if self.is_new[start] and len(candidate) <= _STRETCH * len(text):
                likeness = fuzz.ratio(text, candidate) / 100
                if likeness >= best:
                    best, found = likeness, self._trim(passage, there)
            start = sentence.stop
        return found

    def _text(self, tokens: Tokens, passage: range) -> str:
        return tokens.text[tokens.starts[passage.start] : tokens.ends[passage.stop - 1]]

    def _neighbours(self) -> tuple[list[int], list[int]]:
        """Return for each place between two old tokens where the nearest one that was kept stands, before and after."""
        before, after = [-1], [len(self.new)]
        for there in self._kept:
            before.append(there if there != NOWHERE else before[-1])
        for there in reversed(self._kept):
            after.append(there if there != NOWHERE else after[-1])
        return before, after[::-1]

    def _find_ambiguous(self) -> list[bool]:
        """Return the old tokens that equal words cut out or put in beside them: it cannot be told which ones stayed.

        Of "10% in Haifa and 10% in Acre" cut to "10% in Acre", the first "10%" is no more there than the second.
        """
        flags = [False] * len(self.old)
        a_bounds, b_bounds = set(self.old.bounds), set(self.new.bounds)
        for one, other in pairwise([at for at, there in enumerate(self._kept) if there != NOWHERE]):
            cut = range(one + 1, other), self.old.keys, a_bounds
            put = range(self._kept[one] + 1, self._kept[other]), self.new.keys, b_bounds
            if bool(cut[0]) == bool(put[0]):
                continue
            gone, keys, bounds = cut if cut[0] else put
            if gone.start in bounds and gone.stop in bounds:
                continue
            left = self._slide(one, -1, gone[::-1], keys)
            right = self._slide(other, 1, gone, keys)
            if left + right < len(gone):
                flags[one - left + 1 : one + 1] = [True] * left
                flags[other : other + right] = [True] * right
        return flags

    def _slide(self, edge: int, step: int, gone: range, keys: list[str]) -> int:
        """Return how many kept tokens from ``edge`` outwards are the same as those that were cut out or put in."""
        count = 0
        for at in gone:
            here = edge + count * step
            if not 0 <= here < len(self.old) or self._kept[here] != self._kept[edge] + count * step:
                break
            if self.old.keys[here] != keys[at]:
                break
            count += 1
        return count


def _is_run(row: list[int]) -> bool:
    """Return whether tokens stand side by side, none missing and none between."""
    return row[0] != NOWHERE and row == list(range(row[0], row[0] + len(row)))
