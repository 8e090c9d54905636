"""Units of one quantity, and what turns a number of the one into a number of the other.

A small table of our own: a newsroom needs some thirty units, and has to see what a conversion takes for granted.
Currencies are not in it: what a dollar was worth depends on the day, and who says so is a source of its own.
"""

import calendar
import re
from dataclasses import dataclass

from claims_app.language import day, gettext, lazy, number

BARRELS = 7.33
"""So many barrels of crude oil weigh a tonne; light and heavy kinds are some five percent off."""
YEAR = 365.0
"""Days of a year that is not said to be a particular one."""

_LITRES = 158.987294928
"""Litres in an oil barrel of 42 US gallons."""
_DENSITY = 1000 / BARRELS / _LITRES
"""Kilograms in a litre of crude oil."""

# Under the singular of their name: kilograms, metres, square metres, litres and days are the measure of the others.
_SIZES = {
    "mass": {"gram": 0.001, "kg": 1.0, "kilogram": 1.0, "tonne": 1000.0, "pound": 0.45359237},
    "length": {
        "centimetre": 0.01,
        "metre": 1.0,
        "km": 1000.0,
        "kilometre": 1000.0,
        "feet": 0.3048,
        "foot": 0.3048,
        "mile": 1609.344,
    },
    "area": {
        "square metre": 1.0,
        "dunam": 1000.0,
        "hectare": 10_000.0,
        "acre": 4046.8564224,
        "square km": 1e6,
        "square kilometre": 1e6,
        "square mile": 2_589_988.110336,
    },
    "volume": {"litre": 1.0, "cubic metre": 1000.0, "gallon": 3.785411784, "barrel": _LITRES},
    "time": {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": YEAR / 12, "year": YEAR},
}
_KNOWN = {name: (quantity, size) for quantity, sizes in _SIZES.items() for name, size in sizes.items()}
_MULTIPLES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_CALENDAR = ("month", "year")
_ASSUMED = {
    "barrel": lazy("An oil barrel holds 159 litres."),
    "gallon": lazy("A gallon is a US gallon of 3.785 litres."),
}
_RATE = re.compile(r"(.+) (?:per|an?) (hour|day|week|month|year)")
_CURRENCY = re.compile(r"(?:(?:thousand|million|billion) )?[A-Z]{3}")


@dataclass(frozen=True)
class Unit:
    """A unit taken apart: a number of ``size`` of its quantity, and the days that a rate is said of."""

    name: str
    quantity: str
    size: float
    #: "Percent of the vote" is of the vote. None: that is not said.
    share: str | None
    days: float | None
    is_calendar: bool


@dataclass(frozen=True)
class Conversion:
    """By what a number is multiplied, and what was taken for granted, in the reader's language."""

    factor: float
    assumptions: tuple[str, ...]


def measure_of(unit: str) -> str:
    """Return a unit without what it is a share of: "percent" for "percent of the vote"."""
    return unit.split(" of ", maxsplit=1)[0].strip()


def is_currency(unit: str | None) -> bool:
    """Whether a unit is money, by its three letters."""
    return bool(unit and _CURRENCY.fullmatch(unit.strip()))


def _read(text: str | None) -> Unit:
    words = " ".join((text or "").casefold().split()).replace("meter", "metre").replace("liter", "litre")
    rate = _RATE.fullmatch(words)
    words, span = (rate[1], rate[2]) if rate else (words, None)
    measure, _, share = words.partition(" of ")
    multiple, _, rest = measure.partition(" ")
    size = _MULTIPLES.get(multiple, 1.0)
    name = (rest if multiple in _MULTIPLES else measure).removesuffix("s")
    quantity, own = _KNOWN.get(name, (name, 1.0))
    return Unit(
        name=name,
        quantity=quantity,
        size=size * own,
        share=share or None,
        days=_SIZES["time"][span] if span else None,
        is_calendar=(span or name) in _CALENDAR,
    )


def days_of(period: str | None) -> int | None:
    """Return how many days a year, half-year, quarter or month has; None for a day, and for no period."""
    found = re.fullmatch(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(\d{2})))?", period or "")
    if found is None:
        return None
    half, quarter, month = (int(part) if part else None for part in found.groups()[1:])
    months = range(1, 13)
    if half:
        months = range(6 * half - 5, 6 * half + 1)
    elif quarter:
        months = range(3 * quarter - 2, 3 * quarter + 1)
    elif month:
        months = range(month, month + 1)
    return sum(calendar.monthrange(int(found[1]), one)[1] for one in months)


def _of_oil(source: Unit, target: Unit) -> float | None:
    """Return what turns barrels into a mass of crude oil, or back; None for anything else."""
    if source.name == "barrel" and target.quantity == "mass":
        return _DENSITY
    if source.quantity == "mass" and target.name == "barrel":
        return 1 / _DENSITY
    return None


def _in_time(source: Unit, target: Unit, period: str | None) -> tuple[float, list[str]] | None:
    """Return what turns a rate into another rate, or into an amount of ``period``; None where nothing does."""
    if source.days is not None and target.days is not None:
        return target.days / source.days, []
    if source.days is None and target.days is None:
        return 1.0, []
    length = days_of(period)
    # A speed is no amount of length; what flows is weighed or measured.
    if length is None or source.quantity not in ("mass", "volume"):
        return None
    said = gettext("Counted over %(period)s, %(days)s days.", period=day(period), days=number(length))
    return (length / source.days if source.days else (target.days or 1) / length), [said]


def find_conversion(source: str | None, target: str | None, *, period: str | None = None) -> Conversion | None:
    """Return how a number of unit ``source`` becomes one of ``target``, or None where they measure different things.

    ``period`` is the year, half-year, quarter or month that an amount is said of: it stands between an amount and a
    rate such as barrels per day.
    """
    one, other = _read(source), _read(target)
    if one.share and other.share and one.share != other.share:
        return None
    of_oil = None if one.quantity == other.quantity else _of_oil(one, other)
    if one.quantity != other.quantity and of_oil is None:
        return None
    timed = _in_time(one, other, period)
    if timed is None:
        return None
    assumptions = []
    if of_oil is not None:
        assumptions.append(gettext("%(number)s barrels of crude oil weigh a tonne.", number=number(BARRELS)))
    elif one.name != other.name:
        assumptions += [str(_ASSUMED[unit.name]) for unit in (one, other) if unit.name in _ASSUMED]
    if one.is_calendar != other.is_calendar:
        assumptions.append(gettext("A year has %(days)s days.", days=number(YEAR)))
    return Conversion(one.size / other.size * (of_oil or 1.0) * timed[0], (*assumptions, *timed[1]))
