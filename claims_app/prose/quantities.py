"""Quantities: an amount with what it counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from claims_app.prose.numbers import Amount, begins_whole, half_after, read_amount
from claims_app.prose.ordinals import ORDINALS
from claims_app.prose.pieces import HYPHENS, Piece, bare, glued_prefix, is_hebrew, is_hyphen, is_prefix, touches, words
from claims_app.prose.units import Unit, read_dual, read_money_sign, read_unit, read_unit_word

# What a number after these words names is a thing, not how many there are.
_NAMED = words(
    "article articles section sections chapter page pages route highway channel room flight version resolution "
    "proposition no number formula class grade phase title line gate volume vol figure table item question psalm level "
    "explorer firefox windows area unit # "
    "סעיף סעיפים תקנה פרק עמוד עמ' ערוץ כביש קו מספר מס' חדר דירה כיתה שער יחידה החלטה גרסה גרסת מוקד פקטור טבלה "
    "תרשים איור נספח כרך גיליון שעה בשעה"
)


_THIS_CENTURY = words("הזו הזאת הנוכחית הקודמת האחרונה הבאה שעברה")
_NAMED_IN_WORDS = frozenset(("יום", "ימי", "באר", "מצד", "number", "day", "chapter", "article", "section", "phase"))


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value and its unit; code points and pieces of the words, without what stands around them."""

    value: Fraction
    unit: Unit | None
    start: int
    end: int
    first: int
    next: int
    prefix: str = ""
    mantissa: Fraction = Fraction(0)
    scale: int = 1
    is_vague: bool = False
    is_word: bool = False
    is_least: bool = False

    @property
    def is_bare_digits(self) -> bool:
        return self.unit is None and self.scale == 1 and not self.is_word


def read_quantity(pieces: Sequence[Piece], at: int, *, is_second: bool = False) -> Quantity | None:
    """Return the quantity that begins at piece ``at``; ``is_second``: as the other end of a range."""
    if pieces[at].kind in ("skip", "end"):
        return None
    sign = read_money_sign(pieces, at) or _read_percent_sign(pieces, at)
    if sign is not None:
        return _read_signed(pieces, at, *sign)
    return _read_dual(pieces, at) or _read_one_of(pieces, at) or _read_counted(pieces, at, is_second=is_second)


def _read_percent_sign(pieces: Sequence[Piece], at: int) -> tuple[Unit, int] | None:
    """Return the percent sign that a line of Hebrew has before the number."""
    is_before = pieces[at].text == "%" and touches(pieces, at + 1) and pieces[at + 1].kind == "number"
    return (Unit("percent"), at + 1) if is_before and not (at and pieces[at - 1].kind == "number") else None


def _read_signed(pieces: Sequence[Piece], at: int, unit: Unit, after: int) -> Quantity | None:
    amount = read_amount(pieces, after, is_money=True) if pieces[after].kind == "number" else None
    if amount is None:
        return None
    until = amount.next
    if (again := read_unit(pieces, until)) is not None and again[0].kind == unit.kind:
        until = again[1]  # $40 dollars
    return _quantity(pieces, amount, unit, until, at=at)


def _quantity(
    pieces: Sequence[Piece], amount: Amount, unit: Unit | None, until: int, *, at: int | None = None
) -> Quantity:
    factor = unit.factor if unit else Fraction(1)
    return Quantity(
        amount.value * factor,
        unit,
        amount.start if at is None else pieces[at].start,
        pieces[until - 1].end,
        amount.first if at is None else at,
        until,
        amount.prefix,
        amount.mantissa * factor,
        amount.scale,
        amount.is_vague,
        amount.is_word,
    )


def _read_dual(pieces: Sequence[Piece], at: int) -> Quantity | None:
    """Read ``שנתיים``, ``שעתיים וחצי``, twice."""
    dual = read_dual(pieces[at].word) if pieces[at].kind == "word" else None
    if dual is None:
        return None
    before = pieces[at - 1].word if at else ""
    if not dual[1] and dual[0].name != "times" and before.endswith(("ים", "ות")) and not before.startswith("ה"):
        return None  # monthly reports
    half, until = half_after(pieces, at + 1) or (Fraction(0), at + 1)
    value, skipped = 2 + half, dual[1]
    start = pieces[at].start + skipped
    prefix = pieces[at].word[:skipped]
    return Quantity(value, dual[0], start, pieces[until - 1].end, at, until, prefix, value, is_word=True)


def _read_one_of(pieces: Sequence[Piece], at: int) -> Quantity | None:
    """Read ``שנה וחצי``, ``יום אחד``, a year and a half: the unit first."""
    word, skipped, after = pieces[at].word, 0, at + 1
    if is_hebrew(word):
        known = read_unit_word(word)
        if known is None:
            return None
        unit, skipped = known
    elif word in ("a", "an", "one") and (named := read_unit(pieces, after)) is not None:
        unit, after = named
    else:
        return None
    if (half := half_after(pieces, after)) is not None:
        value, until = 1 + half[0], half[1]
    elif is_hebrew(word) and pieces[after].word in ("אחד", "אחת"):
        value, until = Fraction(1), after + 1
    else:
        return None
    place = pieces[at].start + skipped
    return Quantity(value, unit, place, pieces[until - 1].end, at, until, word[:skipped], value, is_word=True)


def _read_counted(pieces: Sequence[Piece], at: int, *, is_second: bool) -> Quantity | None:
    """Read an amount and its unit, and what follows the unit: three years and a half."""
    amount = read_amount(pieces, at)
    if amount is None:
        return None
    if (whole := _read_whole(pieces, amount)) is not None:
        value = amount.value / whole.value
        return replace(_quantity(pieces, amount, None, whole.next), value=value, mantissa=value)
    is_least = pieces[amount.next].text == "+" and touches(pieces, amount.next)
    until = amount.next + is_least
    of = amount.is_vague and pieces[until].word == "of"  # millions of dollars
    unit, until = read_unit(pieces, until + of) or (None, until)
    if amount.is_word and not unit and not _is_count(pieces, amount):
        return None
    if amount.first == at and not is_second and not unit and _is_named(pieces, amount):
        return None
    quantity = replace(_quantity(pieces, amount, unit, until), is_least=is_least)
    quantity = _with_sign(pieces, quantity)
    if unit is not None and (half := half_after(pieces, until)) is not None:
        value = quantity.value + half[0] * unit.factor
        quantity = replace(quantity, value=value, mantissa=value, end=pieces[half[1] - 1].end, next=half[1])
    return quantity


def _read_whole(pieces: Sequence[Piece], amount: Amount) -> Amount | None:
    """Return the whole of which a small number is a part: one in three, two out of five, ``אחד מכל עשרה``."""
    if amount.scale > 1 or amount.value >= 10 or amount.is_part:
        return None
    at, words = amount.next, [piece.word for piece in pieces[amount.next : amount.next + 2]]
    if words[0] in ("מכל", "מתוך") or (words[0] == "in" and amount.value == 1 and amount.is_word):
        at += 1
    elif words == ["out", "of"]:
        at += 2
    else:
        return None
    whole = read_amount(pieces, at)
    is_whole = whole is not None and amount.value < whole.value <= 1000 and not whole.is_vague and not whole.is_part
    return whole if is_whole and whole is not None and read_unit(pieces, whole.next) is None else None


def _with_sign(pieces: Sequence[Piece], quantity: Quantity) -> Quantity:
    """Take the minus before a number, if it is one: a hyphen may as well join, or begin a line of a list."""
    at = quantity.first - 1
    if at < 0 or glued_prefix(pieces, quantity.first) is not None or quantity.prefix:
        return quantity
    is_degree = quantity.unit is not None and quantity.unit.name in ("percent", "degrees")
    is_sign = touches(pieces, at + 1) and not touches(pieces, at) and pieces[at].text in ("-–−" if is_degree else "−")
    if not (is_sign or pieces[at].word in ("minus", "מינוס")):
        return quantity
    return replace(quantity, value=-quantity.value, mantissa=-quantity.mantissa, start=pieces[at].start, first=at)


def _is_count(pieces: Sequence[Piece], amount: Amount) -> bool:
    """Whether a number in words counts something though no unit follows; "one" and "half" are used for much else."""
    after = pieces[amount.next].word
    before = pieces[amount.first - 1].word if amount.first else ""
    if not amount.is_part:
        if amount.value == 1 and amount.scale == 1:
            return after in ("or", "או") and read_amount(pieces, amount.next + 1) is not None
        if bare(pieces[amount.next - 1].word)[-1] == "מאה" and after in _THIS_CENTURY:
            return False
        is_name = any(stem in _NAMED_IN_WORDS for stem in bare(before)) and amount.next == amount.first + 1
        return not is_name and not (before == "-" and touches(pieces, amount.first) and not is_hebrew(after))
    stem = bare(pieces[amount.next - 1].word)
    if "חצי" in stem or "מחצית" in stem:
        is_of = after.startswith("מ") or ("מחצית" in stem and after.startswith("ה"))
        return (is_of and after.removeprefix("ה") not in ORDINALS) or amount.prefix.endswith("כ")
    if stem[0] in ORDINALS or stem[-1] in ORDINALS:
        return begins_whole(after) or amount.next - amount.first > 2
    if is_hebrew(after) or is_hebrew(stem[0]):
        return after not in ("גמר", "הגמר")
    return after == "of" or amount.next - amount.first > 2 or (stem[0] == "half" and after == "the")


def _is_named(pieces: Sequence[Piece], amount: Amount) -> bool:
    """Whether digits are a part of a name or of an address: F-35, section 5, ``קוביד-19``, 5G, Boeing 737."""
    at = amount.first
    if amount.is_word:
        return False
    before = glued_prefix(pieces, at)
    if before is None and at and touches(pieces, at):
        if pieces[at - 1].kind == "word" or pieces[at - 1].text in ("#", "_"):
            return True
        is_joined = at > 1 and is_hyphen(pieces, at - 1) and touches(pieces, at - 1)
        if is_joined and pieces[at - 2].kind == "word" and not is_prefix(pieces[at - 2]):
            return True
    if touches(pieces, amount.next) and pieces[amount.next].kind == "word":
        return True
    return _is_result(pieces, at) or _is_clock(pieces, amount.next) or _follows_name(pieces, at, before)


def _is_result(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a digit and another one with a dash and blanks between them are the result of a game."""
    for step in (1, -1):
        dash, other = pieces[at + step], pieces[at + 2 * step] if at + 2 * step >= 0 else pieces[-1]
        is_near = touches(pieces, max(at, at + step)) or touches(pieces, max(at + step, at + 2 * step))
        is_digit = len(pieces[at].word) == 1 and other.kind == "number" and len(other.word) == 1
        if is_digit and dash.text in HYPHENS and not is_near:
            return True
    return False


def _is_clock(pieces: Sequence[Piece], at: int) -> bool:
    word, after = pieces[at].word, pieces[at + 2].word
    return word in ("am", "pm", "o'clock") or (word in ("a", "p") and pieces[at + 1].text == "." and after == "m")


def _follows_name(pieces: Sequence[Piece], at: int, prefix: int | None) -> bool:
    """Whether the word before a number makes it the number of a thing."""
    if not at:
        return False
    before = pieces[at - 1]
    if prefix is not None:
        return "שעה" in bare(pieces[prefix - 1].word) if prefix else False
    if before.text == "." and at > 1 and pieces[at - 2].word in ("no", "vol", "fig"):
        return True
    if any(stem in _NAMED for stem in bare(before.word)):
        return True
    if at > 1 and "רחוב" in bare(pieces[at - 2].word):
        return True
    is_capital = before.kind == "word" and before.text != before.word and at > 1 and pieces[at - 2].kind == "word"
    counts = pieces[at + 1].kind == "word" and pieces[at + 1].text[0].islower() and pieces[at + 1].word.endswith("s")
    return is_capital and not counts and "," not in pieces[at].word
