"""Where the sentences of a text begin and end, in Hebrew and in English."""

import re
from collections.abc import Iterator
from typing import NamedTuple


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Titles that stand before a name, and references that stand before a number, with the stop they are written with.
_BEFORE_NAMES = _words(
    "adm amb brig capt cmdr col cpl dr fr gen gov hon lt maj messrs mr mrs ms mt mx pres prof rep revd rev sen sgt sr "
    "st supt vs cf e.g i.e viz פרופ גב עי"
)
_BEFORE_NUMBERS = _words(
    "no nos vol vols fig figs eq sec sect art arts ch chap p pp par para ca approx est jan feb mar apr jun jul aug sep "
    "sept oct nov dec מס טל עמ"
)
# What ends a sentence only when the next word could not go on with it.
_MAY_END = _words("inc ltd co corp jr bros dept univ ave blvd rd ed eds ph.d")
_CLOSES_LOWER = _words("etc al a.m p.m b.c a.d")
_STARTERS = _words(
    "a according after all also although an and another as at because before both but by critics despite during each "
    "earlier even experts few for from he her here his how however i if in instead it its last later many meanwhile "
    "more most my nearly no nobody none not now of officials on once one only other others our over people police she "
    "since so some still such that the their then there these they this those though to today two under until we "
    "what when where whether which while who why with yesterday yet you your"
)
# After these words a single letter is a thing's name and not an initial: "Plan B." may end a sentence.
_LETTERED = _words(
    "plan type class grade group section vitamin hepatitis route line block gate world part appendix exhibit and than "
    "קבוצה כיתה סעיף שלב ליגה תוכנית תכנית רמה ערוץ דרגה נספח חלק פרק חטיבה ויטמין שיטה"
)
_SPEECH = _words(
    "אמר אמרה אמרו שאל שאלה שאלו תהה תהתה קרא קראה קראו צעק צעקה צעקו השיב השיבה השיבו ענה ענתה כתב כתבה הוסיף הוסיפה "
    "סיפר סיפרה הסביר הסבירה טען טענה זעק זעקה לחש לחשה פסק פסקה סיכם סיכמה הכריז הכריזה"
)

_QUOTES = "\"'”’“»›״׳"
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
# One run takes every mark that ends a sentence and every one that closes after it, so that none is looked at twice.
_ENDING = re.compile(rf"[.!?…‽؟][.!?…‽؟{_QUOTES})\]}}]*|[-–—](?: [-–—]){{2,}}(?!\S)")
_PARTS = re.compile(r"\S+")
_OUTSIDE = "\"'“”„«»()[]{}‘’״•*–—־-"
_INITIALS = re.compile(r"(?:[A-Z]\.)+|(?:[א-ת]['׳’]?\.)+")
_HEBREW_LETTER = re.compile(r"[א-ת]['׳’]\.")
_DOTTED = re.compile(r"[^\W\d_]['׳’]?(?:\.[^\W\d_]['׳’]?)+\.")
_ENUMERATOR = re.compile(r"[(\[]?(?:\d{1,3}|[a-zA-Zא-ת]['׳]?|[ivxIVX]{1,5})\.")
_DAY = re.compile(r"\d{1,2}\.(?:\d{1,2}\.)?")
_DATE_GOES_ON = re.compile(r"\d{1,2}\.|\d{4}\b")
_PAUSE = re.compile(rf"(?:\.{{2,}}|…)[{_QUOTES}]*")
_WORD = re.compile(r"\w")
_NEAR = 48  # no word that matters here is longer, and without a limit a text of one word would be read again and again


class Span(NamedTuple):
    """A passage of a text in code points: ``start`` included, ``end`` excluded."""

    start: int
    end: int


def split_sentences(text: str) -> list[Span]:
    """Return the sentences of ``text`` in order, without the blanks around them, never across a line break.

    A line without a full stop (a heading, an item of a list) is a sentence; a line without a word is none.
    The time grows as the text does.
    """
    return [span for line in _LINE.finditer(text) for span in _split_line(text, line.start(), line.end())]


def _split_line(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the sentences between ``start`` and ``end``, where no line breaks."""
    sentence: Span | None = None
    for stop in [*_stops(text, start, end), end]:
        first, last = _strip(text, start, stop)
        if _WORD.search(text, first, last):
            if sentence is not None:
                yield sentence
            sentence = Span(first, last)
        elif sentence is not None and first < last:
            sentence = Span(sentence.start, last)  # marks alone belong to what they follow
        start = stop
    if sentence is not None:
        yield sentence


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    passage = text[start:end]
    return start + len(passage) - len(passage.lstrip()), start + len(passage.rstrip())


def _stops(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where a sentence ends before the end of its line."""
    begin = start
    for ending in _ENDING.finditer(text, start, end):
        if _ends(text, begin, ending, end):
            yield ending.end()
            begin = ending.end()


def _ends(text: str, begin: int, ending: re.Match[str], end: int) -> bool:
    """Return whether the sentence that began at ``begin`` ends with the marks of ``ending``."""
    after = text[ending.end() : min(end, ending.end() + _NEAR)]
    if not after.strip():
        return len(after) == _NEAR  # a long gap inside the line; at its end there is nothing to divide
    before = text[max(begin, ending.start() - _NEAR) : ending.start() + 1]
    if not after[0].isspace():
        return _is_blank_forgotten(before, ending.group(), after)
    following = _PARTS.findall(after)
    marks = ending.group()
    if following[0][0] in ",;:)]}%" or _goes_on(following, marks):
        return False
    is_first = ending.start() - begin <= _NEAR
    return marks[0] != "." or marks.startswith("..") or not _is_abbreviation(before, following, is_first=is_first)


def _is_blank_forgotten(before: str, marks: str, after: str) -> bool:
    """Return whether two sentences stand together without a blank: "…נסגר.הוא", "…closed.The"."""
    if len(marks) != 1 or marks[0] not in ".?!":
        return False
    left, right = before[-3:-1], after[:2]
    if re.fullmatch("[א-ת]{2}", left) and re.fullmatch("[א-ת]{2}", right):
        return True
    is_address = not {"@", "/", "."}.isdisjoint(before.rsplit(maxsplit=1)[-1][:-1])
    return bool(re.fullmatch("[a-z]{2}", left) and re.fullmatch("[A-Z][a-z]", right)) and not is_address


def _goes_on(following: list[str], marks: str) -> bool:
    """Return whether the next word shows that the sentence is not over."""
    word = following[0].lstrip(_OUTSIDE)
    if not word and len(following) > 1 and following[0][0] in "–—-":
        # A dash after the marks joins, unless it opens a line of speech.
        word = following[1].lstrip(_OUTSIDE)
        return bool(word) and word[0].islower()
    if word and word[0].islower():
        return True
    is_quoted = any(mark in _QUOTES for mark in marks)
    if is_quoted and marks[0] in "!?…" and word.rstrip(".,:") in _SPEECH:
        return True
    if is_quoted and following[0][0] in "–—-":
        return True  # who said it follows the dash
    # Three dots in Hebrew are a pause more often than an end: no capital letter tells the two apart.
    return bool(_PAUSE.fullmatch(marks)) and "א" <= word[:1] <= "ת"


def _is_abbreviation(before: str, following: list[str], *, is_first: bool) -> bool:
    """Return whether the full stop at the end of ``before`` belongs to the word that it follows."""
    words = before.split()
    if not words or words[-1] == ".":
        return False
    word = words[-1].lstrip(_OUTSIDE)
    if is_first and len(words) == 1 and _ENUMERATOR.fullmatch(words[0]):
        return True
    if _DAY.fullmatch(word) and _DATE_GOES_ON.match(following[0]):
        return True
    if _INITIALS.fullmatch(word):
        return _is_initial(word, words, following)
    name = word.rstrip(".").rstrip("'׳’").lower()
    upcoming = following[0].lstrip(_OUTSIDE)
    if name in _BEFORE_NAMES:
        return True
    if name in _BEFORE_NUMBERS:
        return upcoming[:1].isdigit()
    if name in _CLOSES_LOWER:
        return not upcoming[:1].isupper() and not "א" <= upcoming[:1] <= "ת"
    return (name in _MAY_END or bool(_DOTTED.fullmatch(word))) and not _starts(upcoming)


def _is_initial(word: str, words: list[str], following: list[str]) -> bool:
    """Return whether letters with stops ("J.", "U.S.", "ג'.") go on into a name or a further word."""
    upcoming = following[0].lstrip(_OUTSIDE)
    previous = words[-2].lstrip(_OUTSIDE).lower() if len(words) > 1 else ""
    if word.count(".") > 1:
        return word.lower().rstrip(".") in {"e.g", "i.e"} or not _starts(upcoming)
    if previous.removeprefix("ה").removeprefix("ב") in _LETTERED or previous in _LETTERED:
        return False
    if _HEBREW_LETTER.fullmatch(word):
        # "כיתה ט'." ends more sentences than "ג'." begins names: a second initial has to show it.
        return bool(_INITIALS.fullmatch(upcoming) or _INITIALS.fullmatch(previous.upper()) or not previous)
    return word != "I." or not _starts(upcoming)


def _starts(word: str) -> bool:
    """Return whether ``word`` is one that begins sentences more often than it goes on with a name."""
    return word.rstrip(",.;:!?\"'”’").lower() in _STARTERS
