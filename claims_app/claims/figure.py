"""Figures: reading what a form or an import states, and comparing two of them."""

import enum
from dataclasses import dataclass

from claims_app.claims.model import Figure
from claims_app.errors import DomainError
from claims_app.language import catalogue
from claims_app.reading import clean, read_number, read_partial_date
from claims_app.words import WORDS

CLOSE = 0.05
"""Two values this far apart, relative to the larger, still match when one of them is said to be "about"."""
NEAR = 0.10
"""Two values this far apart are near; beyond it they do not match."""


@dataclass(frozen=True)
class FigureValue:
    """What a figure says; ``low`` and ``high`` are the same for a plain value."""

    low: float
    high: float
    unit: str | None = None
    is_about: bool = False
    as_of: str | None = None


class Match(enum.StrEnum):
    MATCH = "match"
    NEAR = "near"
    MISMATCH = "mismatch"
    OTHER_UNIT = "other_unit"


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
    top = value if top is None else top
    if top < value:
        raise DomainError("The upper end of a range is not below the lower one.", field="figure_high")
    return FigureValue(value, top, read_unit(unit), is_about, read_partial_date(as_of, field="figure_as_of"))


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


def _is_same_unit(one: str | None, other: str | None) -> bool:
    """Whether two units can be compared: they are equal, or one leaves unsaid what the other is a share of."""
    first, second = ((unit or "").casefold().strip() for unit in (one, other))
    return first == second or first == _measure(second) or second == _measure(first)


def _measure(unit: str) -> str:
    """Return a unit without what it is a share of: "percent" for "percent of the vote"."""
    return unit.split(" of ", maxsplit=1)[0].strip()


def compare(ours: FigureValue | Figure, theirs: FigureValue | Figure) -> Match:
    """Say how a source's figure stands to the article's; units are compared, never converted."""
    if not _is_same_unit(ours.unit, theirs.unit):
        return Match.OTHER_UNIT
    if ours.low <= theirs.high and theirs.low <= ours.high:
        return Match.MATCH
    gap = theirs.low - ours.high if theirs.low > ours.high else ours.low - theirs.high
    share = gap / max(abs(ours.low), abs(ours.high), abs(theirs.low), abs(theirs.high))
    if share <= CLOSE and (ours.is_about or theirs.is_about):
        return Match.MATCH
    return Match.NEAR if share <= NEAR else Match.MISMATCH


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
