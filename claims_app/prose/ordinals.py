"""Ordinals: the third, the 3rd, ``השלישי``, ``במקום ה-15``."""

from collections.abc import Sequence
from typing import NamedTuple

from claims_app.prose.numbers import begins_whole, read_amount
from claims_app.prose.numerals import PARTS, TENS, numbered
from claims_app.prose.pieces import Piece, bare, is_hebrew, is_hyphen, touches, words
from claims_app.prose.units import starts_unit

ORDINALS = numbered(
    "first ראשון ראשונה ראשונים ראשונות|second שני שנייה שניה שניים שניות|third שלישי שלישית שלישים|"
    "fourth רביעי רביעית|fifth חמישי חמישית|sixth שישי שישית ששי ששית|seventh שביעי שביעית|eighth שמיני שמינית|"
    "ninth תשיעי תשיעית|tenth עשירי עשירית|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|"
    "eighteenth|nineteenth|twentieth"
)
"""The ordinal words of both languages; the Hebrew ones without article."""
_WEEKDAYS = words("ראשון שני שלישי רביעי חמישי שישי")
_DAY_WORDS = words("יום ימי ליל בליל מוצאי אור היום אתמול מחר")
# "First" is an adverb unless something shows that it tells one thing from the others.
_FIRST_FOLLOWS = words("the a an this that these his her its their our my your whose very in")
_NO_NOUN = words("של את כל על עם בין אל עד מאז לפני אחרי רק גם כי או עוד למען בגלל לפי הוא היא הם זה")
_SENTENCE_ENDS = frozenset((".", "!", "?", ":", '"', '."', '("', "(", "\n", "“", "”"))


class Ordinal(NamedTuple):
    """An ordinal's number, the code point at which it starts, and the piece after it."""

    number: int
    start: int
    next: int


def read_ordinal(pieces: Sequence[Piece], at: int) -> Ordinal | None:
    """Return the ordinal that begins at piece ``at``; the Hebrew article belongs to it."""
    if pieces[at].kind == "number":
        return _read_digits(pieces, at)
    if pieces[at].kind != "word":
        return None
    return _read_hebrew(pieces, at) if is_hebrew(pieces[at].word) else _read_english(pieces, at)


def _read_digits(pieces: Sequence[Piece], at: int) -> Ordinal | None:
    """Read 69th; and ``ה-15`` after the noun of which it is the fifteenth."""
    word = pieces[at].word
    if not word.isdigit() or len(word) > 6:
        return None
    if touches(pieces, at + 1) and pieces[at + 1].word in ("st", "nd", "rd", "th"):
        return Ordinal(int(word), pieces[at].start, at + 2)
    has_article = at > 2 and is_hyphen(pieces, at - 1) and touches(pieces, at) and pieces[at - 2].word == "ה"
    if has_article and _is_noun(pieces[at - 3]) and not starts_unit(pieces, at + 1) and "%" not in pieces[at + 1].text:
        return Ordinal(int(word), pieces[at - 2].start, at + 1)
    return None


def _is_noun(piece: Piece) -> bool:
    """Whether a Hebrew word can be what an ordinal behind it tells from others."""
    return is_hebrew(piece.word) and not any(stem in _NO_NOUN for stem in bare(piece.word))


def _read_hebrew(pieces: Sequence[Piece], at: int) -> Ordinal | None:
    word = pieces[at].word
    stem = next((stem for stem in bare(word) if stem in ORDINALS), None)
    before = pieces[at - 1] if at else pieces[-1]
    if stem is None:
        return _read_compound(pieces, at, before)
    prefix = word[: len(word) - len(stem)]
    has_article = prefix.endswith("ה")
    if (stem in ("שניים", "שניות", "שלישים") and not has_article) or (stem == "ראשונה" and prefix[-1:] in ("ל", "ב")):
        return None
    if _is_weekday(pieces, at, stem, prefix) or _is_name(pieces, at):
        return None
    if stem in PARTS and not has_article and begins_whole(pieces[at + 1].word):
        return None  # a fifth of the money
    if not has_article and not (_is_noun(before) or stem not in _WEEKDAYS):
        return None
    if stem == "שני" and not has_article:
        return None
    return Ordinal(ORDINALS[stem], pieces[at].start + len(prefix) - has_article, at + 1)


def _is_weekday(pieces: Sequence[Piece], at: int, stem: str, prefix: str) -> bool:
    """Whether a word is the day of the week of that name, or the other of two."""
    before, after = (pieces[at - 1].word if at else ""), pieces[at + 1].text
    if stem not in _WEEKDAYS:
        return False
    if any(word in _DAY_WORDS for word in bare(before)) or prefix.endswith("ב") or (before == "(" and after[:1] == ")"):
        return True
    is_mutual = prefix == "ה" and before in ("את", "עם", "על", "של") and at > 1 and "אחד" in bare(pieces[at - 2].word)
    return is_mutual or (prefix == "" and before == "מצד") or "צד" in bare(before)


def _is_name(pieces: Sequence[Piece], at: int) -> bool:
    """Whether it is a part of a name: the World Wars, Rishon LeZion."""
    before = pieces[max(0, at - 2) : at]
    is_war = len(before) == 2 and before[1].word == "העולם" and "מלחמת" in bare(before[0].word)
    return is_war or pieces[at + 1].word == "לציון"


def _read_compound(pieces: Sequence[Piece], at: int, before: Piece) -> Ordinal | None:
    """Read ``התשע-עשרה`` and ``השלושים וארבע`` after the noun."""
    word = pieces[at].word
    if before.word == "," and at > 1:
        before = pieces[at - 2]
    if not word.startswith("ה") or not _is_noun(before):
        return None
    amount = read_amount(pieces, at)
    if amount is None or amount.prefix != "ה" or amount.is_vague or amount.is_part or not 10 < amount.value < 1000:
        return None
    if starts_unit(pieces, amount.next) or amount.scale > 1:
        return None
    return Ordinal(int(amount.value), pieces[at].start, amount.next)


def _read_english(pieces: Sequence[Piece], at: int) -> Ordinal | None:
    word, after = pieces[at].word, at + 1
    if word in TENS and is_hyphen(pieces, at + 1) and ORDINALS.get(pieces[at + 2].word, 10) < 10:
        return Ordinal(TENS[word] + ORDINALS[pieces[at + 2].word], pieces[at].start, at + 3)
    if word not in ORDINALS:
        return None
    before = pieces[at - 1] if at else pieces[-1]
    starts_sentence = not before.word or before.text[-1:] in _SENTENCE_ENDS
    if word == "second" and before.word in ("a", "one") and pieces[after].kind != "word":
        return None  # that is a moment
    is_name = pieces[at].text[0].isupper() and (not starts_sentence or pieces[at].text.isupper())
    if is_name or pieces[after].word == "," or (word == "second" and pieces[after].word in ("hand", "-")):
        return None
    has_owner = before.word in _FIRST_FOLLOWS or before.word.endswith(("'s", "s'"))
    if word == "first" and ((pieces[after].word == "of" and pieces[after + 1].word == "all") or not has_owner):
        return None
    return Ordinal(ORDINALS[word], pieces[at].start, after)
