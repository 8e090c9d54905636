"""What stands beside a passage and turns its meaning: a negation, quotation marks, something glued to its words."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from claims_app.prose.tokens import Tokens

_NEGATIONS = frozenset(
    (  # noqa: SIM905  a row of words reads better than a list of strings
        "לא אין אינו אינה אינם אינן אינני אינך איננו איננה איננם איננן בלי מבלי בלא בלתי הבלתי ללא טרם בטרם "
        "מעולם לעולם אף שום אי שקר כזב היעדר בהיעדר העדר בהעדר מופרך מופרכת מופרכים מופרכות "
        "שלל שללה שללו שולל שוללת שוללים ישלול תשלול ישללו לשלול "
        "not cannot never no none nobody nothing nowhere neither nor without hardly barely deny denies denied denying "
        "denial denials refute refutes refuted reject rejects rejected rejecting false falsely untrue unfounded"
    ).split()
)
_DENIAL = "כחיש", "כחש"
_GLUED = ("ו", "ש", "וש", "כש", "וכש", "לכש", "מש")
_BREAKS = frozenset(",;:()[]{}")
_STOPS = frozenset(",;:()[]{}.!?…")
_QUOTES = ('"', "'")
_PREFIX_LETTERS = frozenset("ושהמכלב")
_LONG_DASHES = "—―"
_GLUE = 8
"""Nothing people write without a blank has more parts."""


def is_negation(key: str) -> bool:
    """Return whether a word denies what stands beside it, also with the letters that Hebrew glues to its front."""
    word = key.lower()
    if word in _NEGATIONS or word.endswith("n't") or any(stem in word for stem in _DENIAL):
        return True
    return any(word.removeprefix(glued) in _NEGATIONS for glued in _GLUED if word.startswith(glued) and word >= "א")


class Surroundings:
    """One draft as it is looked at around its passages; ``is_new`` says which tokens the other draft does not have."""

    def __init__(self, tokens: Tokens, is_new: list[bool], anchored: list[range]) -> None:
        self._tokens = tokens
        self._breaks = [-1, *(at for at in range(len(tokens)) if self._is_break(at)), len(tokens)]
        self._negations = [at for at, key in enumerate(tokens.keys) if is_new[at] and is_negation(key)]
        self._quoted = [0]
        self._quoted += accumulate(self._find_quoted(is_new))
        self._ends = [len(tokens) + 1] * len(tokens)
        self._starts = [-1] * len(tokens)
        for passage in anchored:
            for at in passage:
                self._ends[at] = min(self._ends[at], passage.stop)
                self._starts[at] = max(self._starts[at], passage.start)

    def _is_break(self, at: int) -> bool:
        """Return whether a clause ends at a mark; a hyphen inside a word ends none."""
        tokens, key = self._tokens, self._tokens.keys[at]
        if key != "-":
            return key in _BREAKS
        is_glued = 0 < at < len(tokens) - 1 and tokens.is_glued(at) and tokens.is_glued(at + 1)
        return not is_glued or tokens.text[tokens.starts[at]] in _LONG_DASHES

    def has_turned(self, passage: range) -> bool:
        """Return whether a negation or a quotation mark that only this draft has bears on the passage."""
        start = max(passage.start - 1, self._tokens.sentence_of(passage.start).start)
        stop = min(passage.stop + 1, self._tokens.sentence_of(passage.stop - 1).stop)
        return self._quoted[start] < self._quoted[stop] or self._has_negation(passage)

    def _has_negation(self, passage: range) -> bool:
        """Return whether one stands in the same clause, outside every passage that stands apart from this one."""
        start = max(
            self._tokens.sentence_of(passage.start).start,
            self._breaks[bisect_left(self._breaks, passage.start) - 1] + 1,
        )
        end = min(
            self._tokens.sentence_of(passage.stop - 1).stop, self._breaks[bisect_left(self._breaks, passage.stop)]
        )
        before = self._negations[bisect_left(self._negations, start) : bisect_left(self._negations, passage.start)]
        after = self._negations[bisect_left(self._negations, passage.stop) : bisect_left(self._negations, end)]
        return any(self._ends[at] > passage.start for at in before) or any(
            self._starts[at] < passage.stop for at in after
        )

    def _find_quoted(self, is_new: list[bool]) -> list[bool]:
        """Return which tokens stand in a quotation of which a mark is new, its marks included.

        A sentence that came or went takes its marks along: they say nothing of the words that stay.
        """
        tokens = self._tokens
        quoted = [False] * len(tokens)
        opened: dict[str, list[int]] = {mark: [] for mark in _QUOTES}
        for sentence in map(range, tokens.bounds, tokens.bounds[1:]):
            is_whole_new = all(is_new[at] for at in sentence if tokens.is_word(at))
            for at in () if is_whole_new else sentence:
                waiting = opened.get(tokens.keys[at])
                if waiting is None:
                    continue
                quoted[at] = quoted[at] or is_new[at]
                if waiting and self._is_line_between(waiting[-1], at):
                    waiting.clear()
                if self._is_opening(at):
                    waiting.append(at)
                elif waiting:
                    first = waiting.pop()
                    if is_new[first] or is_new[at]:
                        quoted[first : at + 1] = [True] * (at + 1 - first)
        return quoted

    def _is_line_between(self, first: int, last: int) -> bool:
        return self._tokens.text.find("\n", self._tokens.starts[first], self._tokens.starts[last]) >= 0

    def _is_opening(self, at: int) -> bool:
        """Return whether a word follows the mark at once, and none stands before it but what Hebrew glues to a word."""
        tokens = self._tokens
        if tokens.is_glued(at) and tokens.is_word(at - 1) and not _PREFIX_LETTERS.issuperset(tokens.keys[at - 1]):
            return False
        return tokens.is_glued(at + 1)

    def glued_to(self, passage: range) -> tuple[list[str], list[str]]:
        """Return the parts that stand without a blank before and after the passage: of a word, a figure, its sign."""
        return list(self._glued(passage.start, -1)), list(self._glued(passage.stop, 1))

    def _glued(self, edge: int, step: int) -> Iterator[str]:
        """Yield the keys from ``edge`` outwards; quotation marks are judged apart, and a long dash joins nothing."""
        tokens = self._tokens
        for _ in range(_GLUE):
            at = edge if step > 0 else edge - 1
            if not 0 <= at < len(tokens) or not tokens.is_glued(edge):
                return
            key = tokens.keys[at]
            if key in _STOPS or tokens.text[tokens.starts[at]] in _LONG_DASHES:
                return
            if key not in _QUOTES:
                yield key
            edge += step
