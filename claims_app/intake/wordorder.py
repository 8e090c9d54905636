"""How well one Hebrew word stands before another, by rules of the language and by the rest of the same text."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: Words that need another after them: prepositions, counting and quantity words, conjunctions in front of a clause.
_LEADING_WORDS = (
    "של את על עם אל אצל בין לבין ובין מן עד לפי כפי מול נגד בשל בגלל לגבי כלפי ללא בלי תוך בתוך מתוך ליד לצד"
    " דרך לאחר אחרי לפני במהלך באמצעות בעקבות לקראת אודות עבור בעד מתחת מעל סביב לשם כדי כי אם כאשר אשר שבו שבה"
    " שבהם שאף כל רוב מרבית שני שתי שלושה שלוש ארבע ארבעה חמש חמישה בני בנות בעל בעלי בעלת חברי ראש יושב משרד"
    " לא אין יש אינו אינה אינם איננו היה הייתה היו יהיה תהיה יהיו הוא היא הם אנו אנחנו אני זהו זוהי גם רק אך"
    " אבל אולם אלא אף אפילו כמו כגון כולל לרבות למשל מאז לכן לפיכך ולכן וגם ואף וכי ואת ועל ועם ולא כאילו בזמן"
    " בשעה טרם"
)
_LEADING = frozenset(_LEADING_WORDS.split())
#: Words that begin a clause, and so stand well after a mark of punctuation.
_OPENING_WORDS = (
    "אבל אולם אך אלא כי כאשר אם למרות אף גם לפי לכן לפיכך מנגד בנוסף בנוגע כך אז מה מי איך מדוע האם אמנם אומנם"
    " לפני אחרי לאחר במקביל בעבר בשנים כולל למשל לעומת על עם יש אין לא הוא היא הם זה זו זאת"
)
_OPENING = frozenset(_OPENING_WORDS.split())
#: Words that never begin a clause.
_FOLLOWING_WORDS = "של ביותר מאוד אותו אותה אותם שלו שלה שלהם זו הזה הזאת הזו האלה הללו"
_FOLLOWING = frozenset(_FOLLOWING_WORDS.split())
_QUOTES = "\"'“”„«»׳״()[]"
_STOPS = ".?!…:"
_PAUSES = ",;–—-"
#: What a pair that stands elsewhere in the same text is worth.
_SEEN = 2.5


@dataclass(frozen=True)
class Likeness:
    """What stands beside what in the parts of a text whose order is known."""

    pairs: Counter[tuple[str, str]]

    @classmethod
    def of(cls, parts: Iterable[Sequence[str]]) -> "Likeness":
        """Return the likeness that runs of words in a known order speak for."""
        return cls(Counter(pair for words in parts for pair in pairwise(map(bare, words)) if all(pair)))

    def of_words(self, words: Sequence[str]) -> float:
        """Return how well words stand in this order; only to be compared with the same words in another."""
        return sum(self.of_pair(one, other) for one, other in pairwise(words))

    def of_pair(self, one: str, other: str) -> float:
        """Return how well ``one`` stands before ``other``, "" for the text's end: above 0 well, below 0 badly."""
        first, second = bare(one), bare(other)
        mark = one.rstrip(_QUOTES)[-1:]
        if not other:
            return -1.5 if _leads(first) else 1.0 if mark and mark in _STOPS else 0.0
        if not first or not second:
            return 0.0
        if mark in _STOPS or mark in _PAUSES:
            return _after_mark(second, is_stop=mark in _STOPS)
        seen = _SEEN if self.pairs[first, second] else 0.0
        return seen + _together(first, second)


def bare(word: str) -> str:
    """Return ``word`` without the marks around it."""
    return word.strip(_QUOTES + _STOPS + _PAUSES)


def _leads(word: str) -> bool:
    """Return whether a word, with "and" or "that" before it or without, needs another after it."""
    return word in _LEADING or (word[:1] in {"ו", "ש"} and word[1:] in _LEADING)


def _after_mark(word: str, *, is_stop: bool) -> float:
    """Return how well ``word`` begins a sentence, or goes on after a comma."""
    if word in _FOLLOWING:
        return -2.0
    is_joined = len(word) > 2 and word[0] == "ו"
    if is_stop:
        return -1.0 if is_joined else 0.7 if word in _OPENING else 0.2
    return 1.5 if is_joined else 1.0 if word in _OPENING else 0.7 if word[0] == "ש" else 0.0


def _together(first: str, second: str) -> float:
    """Return how well two words stand together with no mark between them."""
    score = 0.0
    is_joined = len(second) > 2 and second[0] == "ו"
    is_definite = len(second) > 2 and second[0] == "ה"
    if _leads(first):
        score += -1.5 if is_joined or second in _FOLLOWING else 0.7
    if first == "את" and not is_definite and second.endswith("ים"):
        # It wants something definite; a plural of this form without the article is not.
        score -= 1.5
    if second == "של":
        score += -1.0 if _leads(first) else 0.5
    if is_definite:
        if first in {"את", "של", "כל", "על", "עם", "בין", "לפי"}:
            score += 0.7
        elif len(first) > 3 and first[0] == "ה":
            score += 0.6
        elif first[-1] in "תי":
            score += 1.2
    elif len(first) > 3 and first[0] == "ה" and second not in _LEADING and second[0] not in "ושבלמכ":
        score -= 0.2
    return score
