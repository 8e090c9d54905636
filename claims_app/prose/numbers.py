"""Amounts: digits and number words of both languages, with the magnitude words that belong to them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from claims_app.prose.numerals import COUNTED_PARTS, ONES, PARTS, SCALES, SEVERAL, VAGUE, Sum, starts_number
from claims_app.prose.pieces import FRACTIONS, Piece, bare, is_hyphen, touches

_LONGEST = 16
_PLAIN = re.compile(r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?|[0-9]{1,3}(?:,[0-9]{3}){1,5}(?:\.[0-9]{1,15})?")
_DECIMAL_COMMA = re.compile(r"[0-9]{1,3},[0-9]{1,2}")
_PART = re.compile(r"([1-9][0-9]?)/([1-9][0-9]?)")

SUFFIXES = {"k": 1000, "m": 10**6, "mn": 10**6, "mln": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12}
"""What is written against the digits; "m" is a million only beside a currency."""
_HALF_AFTER = {"וחצי": Fraction(1, 2), "ורבע": Fraction(1, 4), "ושליש": Fraction(1, 3)}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it was said; ``mantissa`` is what was said before the magnitude word, ``scale`` that word's value."""

    value: Fraction
    mantissa: Fraction
    scale: int
    start: int
    end: int
    first: int
    next: int
    prefix: str = ""
    is_vague: bool = False
    is_part: bool = False
    is_word: bool = False


def read_amount(pieces: Sequence[Piece], at: int, *, is_money: bool = False) -> Amount | None:
    """Return the amount that begins at piece ``at``; beside a currency the suffix "m" is a million, else metres."""
    if pieces[at].kind == "number":
        return _read_digits(pieces, at, is_money=is_money)
    if pieces[at].kind != "word":
        return None
    return _read_part(pieces, at) or _read_vague(pieces, at) or _read_words(pieces, at)


def scale_after(pieces: Sequence[Piece], at: int, *, is_money: bool = False) -> int | None:
    """Return the value of the magnitude word at ``at``, if one stands there."""
    word = pieces[at].word
    if touches(pieces, at) and word in SUFFIXES and (word != "m" or is_money):
        return SUFFIXES[word]
    return SUFFIXES[word] if word in ("bn", "mn", "tn") else SCALES.get(word)


def half_after(pieces: Sequence[Piece], at: int) -> tuple[Fraction, int] | None:
    """Return the part that "and a half" adds at ``at``, and the piece after it."""
    if (added := _HALF_AFTER.get(pieces[at].word)) is not None:
        return added, at + 1
    if pieces[at].word == "and" and pieces[at + 1].word in ("a", "one") and pieces[at + 2].word in ("half", "quarter"):
        return PARTS[pieces[at + 2].word], at + 3
    return None


def _amount(pieces: Sequence[Piece], at: int, until: int, value: Fraction, **known: object) -> Amount:
    prefix = str(known.pop("prefix", ""))
    start, end = pieces[at].start + len(prefix), pieces[until - 1].end
    made = Amount(value, value, 1, start, end, at, until, prefix)
    return replace(made, **known)  # type: ignore[arg-type]


def _read_digits(pieces: Sequence[Piece], at: int, *, is_money: bool) -> Amount | None:
    if (said := _read_number(pieces, at)) is None:
        return None
    value = mantissa = said
    at_next, scale = at + 1, 1
    if (half := half_after(pieces, at_next)) is not None:
        mantissa, at_next = value + half[0], half[1]
        value = mantissa
    joined = at_next + 1 if is_hyphen(pieces, at_next) and touches(pieces, at_next) else at_next
    if (found := scale_after(pieces, joined, is_money=is_money)) is not None:
        scale, at_next, value = found, joined + 1, value * found
        more = _read_rest(pieces, at_next, below=scale)
        value, at_next = value + more[0], more[1]
    return _amount(pieces, at, at_next, value, mantissa=mantissa, scale=scale)


def _read_number(pieces: Sequence[Piece], at: int) -> Fraction | None:
    """Return what digits say: 1,200, 2.5, 2½, 1,5 million, or three quarters in digits where a whole follows."""
    word = pieces[at].word
    if is_part_in_digits(pieces, at):
        return Fraction(word)
    if _DECIMAL_COMMA.fullmatch(word) and scale_after(pieces, at + 1, is_money=True):
        return Fraction(word.replace(",", "."))
    part = Fraction(0)
    if re.match(f"[{FRACTIONS}]", word[-1]):
        part = Fraction(unicodedata.numeric(word[-1])).limit_denominator(10)
        word = word[:-1] or "0"
    return Fraction(word.replace(",", "")) + part if _PLAIN.fullmatch(word) else None


def is_part_in_digits(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a piece is a fraction and no day: 3/4 of them, ``2/3 מהם``."""
    found = _PART.fullmatch(pieces[at].word)
    return found is not None and int(found[1]) < int(found[2]) and begins_whole(pieces[at + 1].word)


def begins_whole(word: str) -> bool:
    """Whether what follows is that of which something is a part."""
    return word == "of" or word.startswith(("מה", "מכל", "מתוך"))


def _read_rest(pieces: Sequence[Piece], at: int, *, below: int) -> tuple[Fraction, int]:
    """Return what is added after a magnitude word: "and a half", or a smaller count of a smaller magnitude."""
    if (half := half_after(pieces, at)) is not None:
        return half[0] * below, half[1]
    if pieces[at].word == "ו" and is_hyphen(pieces, at + 1):
        scale = scale_after(pieces, at + 3)
        if pieces[at + 2].kind == "number" and _PLAIN.fullmatch(pieces[at + 2].word) and scale and scale < below:
            return Fraction(pieces[at + 2].word.replace(",", "")) * scale, at + 4
    return Fraction(0), at


def _look_up(word: str, table: dict[str, int]) -> tuple[str, int] | None:
    """Return the prefix and the value of a word of ``table``, whatever Hebrew letters are glued to its front."""
    for stem in bare(word):
        if stem in table:
            return word[: len(word) - len(stem)], table[stem]
    return None


def _read_part(pieces: Sequence[Piece], at: int) -> Amount | None:
    """Read half, a third, three quarters; of a million too."""
    start, count = at, 1
    if pieces[at].word in ("a", "an"):
        at += 1
    elif (found := _look_up(pieces[at].word, ONES)) is not None:
        count, at = found[1], at + 1
        at += is_hyphen(pieces, at)
    stem = next((stem for stem in bare(pieces[at].word) if stem in PARTS), None)
    if stem is None or (at > start and len(stem) != len(pieces[at].word)):
        return None
    word = pieces[start].word
    prefix = word[: len(word) - len(stem)] if at == start else (_look_up(word, ONES) or ("", 0))[0]
    if start == at and stem in COUNTED_PARTS:
        return None
    value, at = count * PARTS[stem], at + 1
    after = at
    while pieces[after].word in ("of", "a", "an") and after < at + 2:
        after += 1
    if (scale := scale_after(pieces, after)) is not None:
        return _amount(
            pieces, start, after + 1, value * scale, mantissa=value, scale=scale, prefix=prefix, is_word=True
        )
    until = at + (pieces[at].word in ("a", "an"))
    return _amount(pieces, start, until, value, prefix=prefix, is_part=True, is_word=True)


def _read_vague(pieces: Sequence[Piece], at: int) -> Amount | None:
    """Read hundreds, tens of thousands, several hundred."""
    start, prefix, value = at, "", 1
    several = next((stem for stem in bare(pieces[at].word) if stem in SEVERAL), None)
    if several is not None:
        start = at - 1 if several == "few" and at and pieces[at - 1].word == "a" else at
        prefix = pieces[at].word[: len(pieces[at].word) - len(several)]
        at += 1
        scale = 100 if pieces[at].word == "hundred" else VAGUE.get(pieces[at].word) or scale_after(pieces, at)
        if scale is None:
            return None
        return _amount(pieces, start, at + 1, Fraction(scale), prefix=prefix, is_vague=True, is_word=True)
    until = at
    while at < start + 6:
        word = pieces[at].word
        found = _look_up(word, VAGUE) if at == start else ("", VAGUE[word]) if word in VAGUE else None
        if found is None:
            break
        prefix, value = (found[0] if at == start else prefix), value * found[1]
        until = at + 1
        at = until + (pieces[until].word == "of")
    if until == start or (
        pieces[start].word in ("tens", "scores") and pieces[until].word != "of" and until == start + 1
    ):
        return None
    return _amount(pieces, start, until, Fraction(value), prefix=prefix, is_vague=True, is_word=True)


def _read_words(pieces: Sequence[Piece], at: int) -> Amount | None:
    start, prefix, stem, total = at, "", None, Sum()
    if pieces[at].word in ("a", "an") and (pieces[at + 1].word == "hundred" or pieces[at + 1].word in SCALES):
        total.current, at = Fraction(1), at + 1
    elif (stem := next(filter(starts_number, bare(pieces[at].word)), None)) is not None:
        prefix, at = pieces[at].word[: -len(stem)], at + 1
        total.add(stem, is_joined=False)
    if at == start or (stem == "שני" and prefix.endswith("ה")):
        return None  # that is the second, or the other
    while at < start + _LONGEST and (half_after(pieces, at)) is None:
        word, after, is_joined = _next_word(pieces, at)
        if not word or not total.add(word, is_joined=is_joined):
            break
        at = after
    if (half := half_after(pieces, at)) is not None:
        total.add_part(half[0])
        at = half[1]
        at += total.add(pieces[at].word, is_joined=False)  # two and a half million
    mantissa, scale = total.said
    more, at = _read_rest(pieces, at, below=scale) if scale > 1 else (Fraction(0), at)
    return _amount(pieces, start, at, total.value + more, mantissa=mantissa, scale=scale, prefix=prefix, is_word=True)


def _next_word(pieces: Sequence[Piece], at: int) -> tuple[str, int, bool]:
    """Return the next number word without what joins it to the one before, the piece after it, and if it is joined."""
    word = pieces[at].word
    is_joined = word in ("and", ",") or is_hyphen(pieces, at)
    if is_joined:
        if word == "," and not (pieces[at - 1].word in SCALES and _has_magnitude(pieces, at + 2)):
            return "", at, False
        at += 1
        word = pieces[at].word
    if word.startswith("ו"):
        return word[1:], at + 1, True
    return word, at + 1, is_joined


def _has_magnitude(pieces: Sequence[Piece], at: int) -> bool:
    """Whether "five hundred thousand" goes on at its second word."""
    return any(piece.word == "hundred" or piece.word in SCALES for piece in pieces[at : at + 2])
