"""Figures: reading what a form or an import states, and comparing two of them."""

import enum
import re
from dataclasses import dataclass
from decimal import Decimal

from claims_app.claims.model import Figure
from claims_app.claims.units import Conversion, find_conversion, is_currency, measure_of
from claims_app.errors import DomainError
from claims_app.language import catalogue, gettext
from claims_app.reading import clean, read_number, read_partial_date
from claims_app.words import WORDS

CLOSE = 0.05
"""A number that is said to be "about" covers those this far from it; so does one that was converted by assumption."""
_TINY = 1e-9
"""What arithmetic may add to a number."""


@dataclass(frozen=True)
class FigureValue:
    """What a figure says; ``low`` and ``high`` are the same for a plain value."""

    low: float
    high: float
    unit: str | None = None
    is_about: bool = False
    as_of: str | None = None


class Match(enum.StrEnum):
    SAME = "same"
    ROUNDED = "rounded"
    CONVERTED = "converted"
    DIFFERENT = "different"
    OTHER_UNIT = "other_unit"


@dataclass(frozen=True)
class Comparison:
    """How a source's figure stands to the article's; its sentences are in the reader's language."""

    match: Match
    #: The source's figure in the article's unit, as it is shown. None: it is stated in that unit, or cannot be.
    converted: FigureValue | None = None
    #: What the conversion takes for granted, with its values. None: it is exact, or there is none.
    assumption: str | None = None
    #: How far it is from the nearer end of the article's, as a share of that end. None: there is none to give.
    gap: float | None = None
    #: Why the units cannot be compared. None: they can.
    why_not: str | None = None
    #: The two are said to hold for different times.
    is_other_time: bool = False


def read_figure(
    *,
    low: str | None,
    high: str | None = None,
    unit: str | None = None,
    is_about: bool = False,
    as_of: str | None = None,
) -> FigureValue | None:
    """Return the figure that a form's fields state, or None where no number is given."""
    value = read_number(low, field="figure_low")
    top = read_number(high, field="figure_high")
    if value is None:
        if top is not None:
            raise DomainError("Write the lower end of the range too.", field="figure_low")
        if clean(unit) or clean(as_of) or is_about:
            raise DomainError("A figure needs its number.", field="figure_low")
        return None
    return make_figure(value, top, unit=unit, is_about=is_about, as_of=as_of)


def make_figure(
    low: float, high: float | None = None, *, unit: str | None = None, is_about: bool = False, as_of: str | None = None
) -> FigureValue:
    """Return the figure of these numbers; without ``high`` it is a plain value."""
    top = low if high is None else high
    if top < low:
        raise DomainError("The upper end of a range is not below the lower one.", field="figure_high")
    return FigureValue(low, top, read_unit(unit), is_about, read_partial_date(as_of, field="figure_as_of"))


def read_unit(text: str | None) -> str | None:
    """Return a unit as it is stored, where it is typed as the desk's pages call it, in Hebrew or in English."""
    unit = clean(text)
    if unit is None:
        return None
    hebrew = catalogue("he").forms
    known: dict[str, str] = {}
    for key, english in WORDS["unit"].items():
        for name in (key, english, *hebrew.get(english, ())):
            known.setdefault(name.casefold(), key)
    return known.get(unit.casefold(), unit)


def value_of(figure: Figure | None) -> FigureValue | None:
    """Return what a stored figure says."""
    if figure is None:
        return None
    return FigureValue(figure.low, figure.high, figure.unit, figure.is_about, figure.as_of)


def as_words(value: FigureValue | None) -> str | None:
    """Return a figure as one plain line for the history."""
    if value is None:
        return None
    number = f"{value.low:.15g}" if value.low == value.high else f"{value.low:.15g} to {value.high:.15g}"
    parts = ["about" if value.is_about else None, number, value.unit, f"({value.as_of})" if value.as_of else None]
    return " ".join(part for part in parts if part)


_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:e[+-][0-9]+)?"
_WORDS = re.compile(
    rf"(?P<about>about )?(?P<low>{_NUMBER})(?: to (?P<high>{_NUMBER}))?(?: (?P<unit>.+?))??(?: \((?P<as_of>[^()]+)\))?",
    re.DOTALL,
)


def read_words(words: str | None) -> FigureValue | None:
    """Return the figure that ``as_words`` wrote as this line."""
    found = _WORDS.fullmatch(words) if words else None
    if found is None:
        return None
    low, high = float(found["low"]), float(found["high"] or found["low"])
    return FigureValue(low, high, found["unit"], found["about"] is not None, found["as_of"])


def _is_same_unit(one: str | None, other: str | None) -> bool:
    """Whether two units can be compared: they are equal, or one leaves unsaid what the other is a share of."""
    first, second = ((unit or "").casefold().strip() for unit in (one, other))
    return first == second or first == measure_of(second) or second == measure_of(first)


def _reach(value: float, *, is_about: bool) -> float:
    """Return how far from a number another one may be and still be called by it: half of its last place.

    The last place is that of the last digit which is not a nought, but two digits at least are taken at their word:
    40 is not 38.7, and 1,600,000 may be 1,580,000. "About" reaches ``CLOSE`` at least. Nothing is nothing.
    """
    if value == 0:
        return 0.0
    _, digits, exponent = Decimal(repr(abs(value))).normalize().as_tuple()
    last = int(exponent)
    if last > 0:
        last = max(0, min(last, last + len(digits) - 2))
    half = 10.0**last / 2
    return (max(half, abs(value) * CLOSE) if is_about else half) + abs(value) * _TINY


def _widen(figure: FigureValue | Figure, *, is_about: bool) -> FigureValue:
    return FigureValue(
        figure.low - _reach(figure.low, is_about=is_about), figure.high + _reach(figure.high, is_about=is_about)
    )


def _scale(figure: FigureValue | Figure, factor: float) -> FigureValue:
    return FigureValue(figure.low * factor, figure.high * factor, None, figure.is_about, figure.as_of)


def _lies_in(inner: FigureValue | Figure, outer: FigureValue | Figure) -> bool:
    return outer.low <= inner.low and inner.high <= outer.high


def _judge(ours: FigureValue | Figure, theirs: FigureValue | Figure) -> Match:
    """Compare two figures of one unit."""
    if _lies_in(theirs, ours):
        return Match.SAME
    if _lies_in(theirs, _widen(ours, is_about=ours.is_about)):
        return Match.ROUNDED
    # A source that is rounder than the article bears out its finer number only where it says "about" itself.
    is_near = theirs.is_about and _lies_in(ours, _widen(theirs, is_about=True))
    return Match.ROUNDED if is_near else Match.DIFFERENT


def _judge_converted(ours: FigureValue | Figure, theirs: FigureValue | Figure, conversion: Conversion) -> Match:
    """Compare figures of two units; a conversion shows other digits, so that the rounding of either is enough."""
    is_loose = bool(conversion.assumptions)
    wide = _widen(ours, is_about=ours.is_about or is_loose)
    wide_theirs = _scale(_widen(theirs, is_about=theirs.is_about or is_loose), conversion.factor)
    agrees = _lies_in(_scale(theirs, conversion.factor), wide) or _lies_in(ours, wide_theirs)
    return Match.CONVERTED if agrees else Match.DIFFERENT


def _gap(ours: FigureValue | Figure, theirs: FigureValue | Figure) -> float | None:
    """Return how far a figure is from the nearer end of the article's, as a share of that end."""
    if theirs.low > ours.high:
        return (theirs.low - ours.high) / abs(ours.high) if ours.high else None
    if theirs.high < ours.low:
        return (theirs.high - ours.low) / abs(ours.low) if ours.low else None
    return 0.0 if _lies_in(theirs, ours) else None


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")


def compare_figures(ours: FigureValue | Figure, theirs: FigureValue | Figure) -> Comparison:
    """Say how a source's figure stands to the article's, whose unit the source's is converted to where it can be.

    Same: equal, or within the range that the article states. Rounded: the article's number is what the source's rounds
    to. Converted: that after a conversion; within ``CLOSE`` where the conversion takes something for granted.
    """
    is_other_time = bool(ours.as_of and theirs.as_of and ours.as_of != theirs.as_of)
    if _is_same_unit(ours.unit, theirs.unit):
        return Comparison(_judge(ours, theirs), gap=_gap(ours, theirs), is_other_time=is_other_time)
    conversion = find_conversion(theirs.unit, ours.unit, period=ours.as_of or theirs.as_of)
    if conversion is None:
        both = is_currency(ours.unit) and is_currency(theirs.unit)
        why = gettext("Currencies are never converted.") if both else gettext("These units measure different things.")
        return Comparison(Match.OTHER_UNIT, why_not=why, is_other_time=is_other_time)
    if conversion.factor == 1 and not conversion.assumptions:
        return Comparison(_judge(ours, theirs), gap=_gap(ours, theirs), is_other_time=is_other_time)
    digits = 3 if conversion.assumptions else 6
    exact = _scale(theirs, conversion.factor)
    converted = FigureValue(
        _rounded(exact.low, digits),
        _rounded(exact.high, digits),
        ours.unit,
        theirs.is_about or bool(conversion.assumptions),
        theirs.as_of,
    )
    return Comparison(
        _judge_converted(ours, theirs, conversion),
        converted=converted,
        assumption=" ".join(conversion.assumptions) or None,
        gap=_gap(ours, converted),
        is_other_time=is_other_time,
    )


def compare(ours: FigureValue | Figure, theirs: FigureValue | Figure) -> Match:
    """Say in a word how a source's figure stands to the article's."""
    return compare_figures(ours, theirs).match


def set_figure(
    owner_figure: Figure | None, value: FigureValue | None
) -> tuple[Figure | None, dict[str, list[str | None]]]:
    """Return the row that states ``value``, made or changed from ``owner_figure``, and what changed for the history."""
    before = value_of(owner_figure)
    if before == value:
        return owner_figure, {}
    changes = {"figure": [as_words(before), as_words(value)]}
    if value is None:
        return None, changes
    row = owner_figure or Figure()
    row.low, row.high, row.unit, row.is_about, row.as_of = (
        value.low,
        value.high,
        value.unit,
        value.is_about,
        value.as_of,
    )
    return row, changes
