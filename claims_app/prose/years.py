"""Years, decades, centuries, and halves and quarters of a year."""

import re
from collections.abc import Sequence

from claims_app.prose.numbers import read_amount, scale_after
from claims_app.prose.numerals import TENS, numbered
from claims_app.prose.ordinals import ORDINALS
from claims_app.prose.pieces import Piece, bare, glued_prefix, is_hebrew, is_hyphen, touches, words
from claims_app.prose.units import read_money_sign, starts_unit

Found = tuple[str, str, int, int]
"""Low and high as ISO text, the letters at the start that do not belong to it, and the piece after it."""

_YEAR_FOLLOWS = words(
    "in since until till by before after from of during year years early late mid through end spring summer autumn "
    "fall winter pre post the elections election and to between or circa around about not is was than "
    "שנת בשנת לשנת משנת השנים בשנים מאז עד ועד לפני אחרי סוף בסוף מסוף תחילת בתחילת מתחילת אמצע באמצע מאמצע ראשית "
    "קיץ בקיץ חורף בחורף אביב באביב סתיו בסתיו בחירות של בין לבין ( תקציב"
)
_OLD_YEAR_FOLLOWS = words("in since until till by before after from year circa ( שנת בשנת לשנת משנת מאז")
_MANY = words("than over least above exceeding almost nearly some roughly approximately יותר פחות מעל לפחות כמעט בערך")
_TWO_YEARS = re.compile(r"((?:19|20)[0-9]{2})/([0-9]{2})")
_DIGITS = re.compile(r"[12][0-9]{3}")
_DECADES = numbered("twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties", start=1920, step=10)
BEGINNERS = frozenset({*_DECADES, *ORDINALS, "שנות", "מאה", "המאה", "מחצית", "רבעון", "q", "h"})
"""The words with which one of these may begin."""


def is_year_number(pieces: Sequence[Piece], at: int) -> bool:
    return pieces[at].kind == "number" and _DIGITS.fullmatch(pieces[at].word) is not None and pieces[at].word <= "2100"


def read_year(pieces: Sequence[Piece], at: int) -> Found | None:
    """Return a year of four digits where the words around it let it be one; '82 with the mark before it."""
    word = pieces[at].word
    if pieces[at].text in ("'", "’") and touches(pieces, at + 1) and re.fullmatch("[04-9][0-9]", pieces[at + 1].word):
        if at and touches(pieces, at):
            return None
        is_decade = pieces[at + 2].word == "s" and touches(pieces, at + 2)
        low = f"{20 if pieces[at + 1].word < '40' else 19}{pieces[at + 1].word}"
        return (low, str(int(low) + 9), 0, at + 3) if is_decade else (low, low, 0, at + 2)
    if (school_year := _TWO_YEARS.fullmatch(word)) is not None:
        low, high = school_year[1], school_year[1][:2] + school_year[2]
        return (low, high, 0, at + 1) if low < high else None
    if not is_year_number(pieces, at) or not _is_year(pieces, at):
        return None
    return word, word, 0, at + 1


def _is_year(pieces: Sequence[Piece], at: int) -> bool:
    prefix = glued_prefix(pieces, at)
    if (
        prefix is None
        and at
        and touches(pieces, at)
        and not is_hyphen(pieces, at - 1)
        and pieces[at - 1].kind != "mark"
    ):
        return False
    if _is_counted(pieces, at + 1) or (touches(pieces, at + 1) and pieces[at + 1].kind == "word"):
        return False
    if _is_pair(pieces, at):
        return True
    before = pieces[prefix if prefix is not None else at - 1] if at else pieces[-1]
    letters = before.word if prefix is not None else ""
    earlier = pieces[prefix - 1].word if prefix else before.word
    if letters.endswith("כ") or earlier in _MANY or (at > 1 and _has_money_sign(pieces, at)):
        return False
    is_noun = _is_plural(pieces[at + 1])
    if pieces[at].word >= "1900":
        return bool(letters) or not is_noun or earlier in _YEAR_FOLLOWS or is_hyphen(pieces, at + 1)
    return (letters in ("ב", "שב", "וב", "מ") or earlier in _OLD_YEAR_FOLLOWS) and not is_noun


def _is_pair(pieces: Sequence[Piece], at: int) -> bool:
    """Whether two years of our time stand with a hyphen between them."""
    is_later = is_hyphen(pieces, at + 1) and is_year_number(pieces, at + 2) and pieces[at].word < pieces[at + 2].word
    return is_later and pieces[at].word >= "1900" and not _is_counted(pieces, at + 3)


def _is_counted(pieces: Sequence[Piece], at: int) -> bool:
    return starts_unit(pieces, at) or scale_after(pieces, at) is not None


def _has_money_sign(pieces: Sequence[Piece], at: int) -> bool:
    return any((sign := read_money_sign(pieces, at - back)) is not None and sign[1] == at for back in (1, 2))


def _is_plural(piece: Piece) -> bool:
    """Whether a word looks like something that is counted."""
    word = piece.word
    if is_hebrew(word):
        return word.endswith(("ים", "ות")) and len(word) > 3
    return piece.kind == "word" and piece.text[0].islower() and len(word) > 3 and word.endswith("s") and "'" not in word


def read_decade(pieces: Sequence[Piece], at: int) -> Found | None:
    """Return the 1990s, the nineties, ``שנות ה-90``, the 21st century, ``המאה ה-20`` as their first and last year."""
    word = pieces[at].word
    if is_year_number(pieces, at) and word[3] == "0" and pieces[at + 1].word in ("s", "'s") and touches(pieces, at + 1):
        return word, str(int(word) + 9), 0, at + 2
    if word in _DECADES and at and pieces[at - 1].word in ("the", "late", "early", "mid"):
        low = _DECADES[word]
        return str(low), str(low + 9), 0, at + 1
    if (stem := next((stem for stem in bare(word) if stem == "שנות"), None)) is not None:
        return _read_hebrew_decade(pieces, at, len(word) - len(stem))
    return _read_century(pieces, at)


def _read_hebrew_decade(pieces: Sequence[Piece], at: int, skipped: int) -> Found | None:
    after = at + 1
    joined = after + 1 + is_hyphen(pieces, after + 1)
    if pieces[after].word == "ה" and re.fullmatch("[2-9]0", pieces[joined].word):
        low, after = 1900 + int(pieces[joined].word), joined + 1
    elif pieces[after].word[:1] == "ה" and pieces[after].word[1:] in TENS:
        low, after = 1900 + TENS[pieces[after].word[1:]], after + 1
    else:
        return None
    high = low
    if pieces[after].word.startswith("וה") and pieces[after].word[2:] in TENS:
        high, after = 1900 + TENS[pieces[after].word[2:]], after + 1
    return str(low), str(max(low, high) + 9), skipped, after


def _read_century(pieces: Sequence[Piece], at: int) -> Found | None:
    """Read a century: the twentieth has the years 1901 to 2000."""
    word, number, skipped, after = pieces[at].word, 0, 0, at
    if word.isdigit() and len(word) < 3 and touches(pieces, at + 1) and pieces[at + 1].word in ("st", "nd", "rd", "th"):
        number, after = int(word), at + 2
    elif word in ORDINALS:
        number, after = ORDINALS[word], at + 1
    if number and not is_hebrew(word):
        after += is_hyphen(pieces, after)
        is_century = pieces[after].word in ("century", "centuries")
        after += 1
    else:
        is_century = (stem := next((stem for stem in bare(word) if stem in ("מאה", "המאה")), None)) is not None
        skipped = len(word) - (len("המאה") if word.endswith("המאה") else len("מאה")) if stem else 0
        number, after = _read_count(pieces, at + 1) if is_century else (0, at)
    if not is_century or not 1 < number <= 21:
        return None
    return f"{100 * number - 99:04}", f"{100 * number:04}", skipped, after


def _read_count(pieces: Sequence[Piece], at: int) -> tuple[int, int]:
    """Return which century ``ה-20`` or ``העשרים`` is, and the piece after it."""
    if pieces[at].word == "ה" and is_hyphen(pieces, at + 1) and pieces[at + 2].word.isdigit():
        return int(pieces[at + 2].word[:4]), at + 3
    amount = read_amount(pieces, at)
    if amount is not None and amount.prefix == "ה" and amount.value.denominator == 1:
        return int(amount.value), amount.next
    return 0, at


def read_half(pieces: Sequence[Piece], at: int) -> Found | None:
    """Return the first half of 2024 as 2024-H1, the third quarter or Q3 of it as 2024-Q3."""
    word = pieces[at].word
    if word in ("q", "h") and touches(pieces, at + 1) and pieces[at + 1].word in ("1", "2", "3", "4"):
        return _part_of_year(pieces, at + 2, word.upper(), int(pieces[at + 1].word), 0)
    stem = next((stem for stem in bare(word) if stem in ("מחצית", "רבעון")), None)
    if stem is not None:
        number = next((ORDINALS[name] for name in bare(pieces[at + 1].word) if name in ORDINALS), 0)
        skipped = len(word) - len(stem)
        skipped -= skipped > 0 and word[skipped - 1] == "ה"
        return _part_of_year(pieces, at + 2, "H" if stem == "מחצית" else "Q", number, skipped)
    if word in ORDINALS and pieces[at + 1].word in ("half", "quarter"):
        return _part_of_year(pieces, at + 2, "H" if pieces[at + 1].word == "half" else "Q", ORDINALS[word], 0)
    return None


def _part_of_year(pieces: Sequence[Piece], at: int, letter: str, number: int, skipped: int) -> Found | None:
    while pieces[at].word in ("of", "של", "שנת", "ב", "ל", ",", "בשנת", "לשנת", "in") or is_hyphen(pieces, at):
        at += 1
    if not is_year_number(pieces, at) or not 1 <= number <= (2 if letter == "H" else 4):
        return None
    iso = f"{pieces[at].word}-{letter}{number}"
    return iso, iso, skipped, at + 1
