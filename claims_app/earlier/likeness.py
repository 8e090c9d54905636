"""How like two statements are: their words without endings and without what every statement has, weighed by rarity."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from claims_app.folding import fold, fold_query
from claims_app.prose.pieces import words

MOST_WORDS = 80
"""So many words of a text are looked at."""
FRESH, LENGTH, USUAL_LENGTH = 1.2, 0.75, 16.0
"""BM25: how soon a word said again stops to count, how much a long record counts less, and what is long."""
LIKELY, LIKELY_SHARE, LEAST = 2.7, 0.6, 1.2
"""Likely is what shares the weight of so many rare words; or, of a short text, such a part of what it tells."""

#: Words that say nothing about what a statement is about.
_COMMON = words(
    "a about after all also am an and any are as at be because been before being but by can could did do does for from "
    "get got had has have he her here him his how i if in into is it its just like may me more most my no not now of "
    "off on one only or other our out over s said say says she should so some such t than that the their them then "
    "there these they this those through to under up us via was we were what when where which while who why will with "
    "would you your "
    "של את על הוא היא הם הן זה זו זאת אלה אלו לא כן כי אם גם רק עוד כל כבר אין יש היה היתה הייתה היו יהיה או אך אבל "
    "אל עם בין עד אחרי לפני תחת מן מה מי אשר כמו כך לכן אז שם פה כאן אני אתה אנחנו אתם שלו שלה שלהם שלנו אותו אותה "
    "אותם לו לה להם לנו בו בה בהם ידי כדי יותר פחות מאוד"
)
_NOISE = re.compile(r"https?://\S+|\bpic\.twitter\.com/\S+|(?<!\w)@\w+")
_ENDINGS = (
    ("ational", "ate"), ("ization", "ize"), ("fulness", "ful"), ("iveness", "ive"), ("ously", "ous"), ("ations", "at"),
    ("ation", "at"), ("ating", "at"), ("ated", "at"), ("ates", "at"), ("ments", "ment"), ("ness", ""), ("ies", "y"),
    ("sses", "ss"), ("ings", ""), ("ing", ""), ("ed", ""), ("ly", ""), ("es", ""), ("s", ""), ("e", ""),
)  # fmt: skip
_ASCII = re.compile("[a-z]+")


def stem(word: str) -> str:
    """Return an English word without its commonest endings; any other word as it is."""
    if not _ASCII.fullmatch(word) or len(word) < 4:
        return word
    for ending, instead in _ENDINGS:
        root = word.removesuffix(ending)
        if root != word and len(root) + len(instead) >= 3 and not (ending == "s" and root.endswith("s")):
            root += instead
            return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz" else root
    return word


def word_groups(text: str) -> list[tuple[str, ...]]:
    """Return the words of ``text`` that tell what it is about, folded, each once and with its forms without prefix."""
    groups: dict[tuple[str, ...], None] = {}
    for word in fold_query(_NOISE.sub(" ", text), most=MOST_WORDS):
        forms = [form for form in fold(word).split() if form not in _COMMON]
        if word not in _COMMON and forms:
            groups[tuple(dict.fromkeys(stem(form) for form in forms))] = None
    return list(groups)


def telling_words(text: str) -> list[str]:
    """Return all forms of the words that tell what ``text`` is about, as a record is compared by them."""
    return list(dict.fromkeys(form for group in word_groups(text) for form in group))


class Weights:
    """How much each word tells, by how many of all records have it."""

    def __init__(self, spread: Mapping[str, int], number: int) -> None:
        self._spread, self._number = spread, max(number, 1)
        self._weights = {word: self._weigh(held) for word, held in spread.items()}
        self._most = self._weigh(0)
        #: What a word weighs that a single record has.
        self.one = self._weigh(1)

    def _weigh(self, held: int) -> float:
        held = min(held, self._number)
        return max(0.05, math.log(1 + (self._number - held + 0.5) / (held + 0.5)))

    def of(self, word: str) -> float:
        """Return what a word weighs; one that no record has weighs most."""
        return self._weights.get(word, self._most)

    def rarest(self, groups: Iterable[Sequence[str]], most_places: int) -> list[str]:
        """Return the rarest forms that records have: as many as stand in ``most_places`` together, and at least one."""
        forms = {form for group in groups for form in group if self._spread.get(form)}
        chosen: list[str] = []
        for form in sorted(forms, key=lambda form: (self._spread[form], form)):
            most_places -= self._spread[form]
            if chosen and most_places < 0:
                break
            chosen.append(form)
        return chosen


@dataclass(frozen=True)
class Likeness:
    """How like a record is to a text."""

    #: BM25, counted in words that a single record has.
    strength: float
    #: From 0 to 1: the part of what the text tells that the record tells, too.
    share: float

    @property
    def is_likely(self) -> bool:
        """Whether a person should be shown the record beside the text."""
        return self.strength >= LIKELY or (self.share >= LIKELY_SHARE and self.strength >= LEAST)


def compare(groups: Sequence[Sequence[str]], known: Sequence[str], weights: Weights) -> Likeness:
    """Return how like a record with these ``known`` words is to the words of a text."""
    counts = Counter(known)
    thinned = FRESH * (1 - LENGTH + LENGTH * len(known) / USUAL_LENGTH)
    gained = shared = told = 0.0
    for group in groups:
        gains = [
            weights.of(form) * counts[form] * (FRESH + 1) / (counts[form] + thinned) for form in group if counts[form]
        ]
        worth = min(weights.of(form) for form in group)
        told += worth
        if gains:
            gained += max(gains)
            shared += worth
    return Likeness(gained / weights.one, shared / told if told else 0.0)
