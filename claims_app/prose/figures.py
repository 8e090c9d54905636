"""Figures in Hebrew and English text: numbers, percentages, money, measures, ordinals and dates.

What is read, and how it is stated:

- A magnitude word belongs to the value: 1.58 million is 1580000. Half and thirds of a whole are numbers: "two-thirds
  of" is 0.667; 40 percent is 40 with the unit "percent". A unit follows its number; nouns that are no unit
  ("40 schools") leave it bare. "One" and "half" count only with a unit or a magnitude; "twice" is two times.
- A plural that names no number ("dozens", "tens of thousands", ``מאות``, "several hundred") is its magnitude, bound
  "min" and approximate.
- A range has ``low`` below ``high`` however it is printed, and unit and magnitude of its second number are those of the
  first too. From A to B where something changed is two figures; as a period (from 2019 to 2021) it is one date.
- "More than" has bound "min" and no high, "at most" has "max" and no low. "Until 2020" and "since 2019" are dates.
- Dates are ISO text as fine as they were said: ``2022``, ``2021-03``, ``2024-07-15``, ``--03-04``, ``--03``,
  ``2024-H1``, ``2024-Q3``; a decade or a century is its first and last year. 4/7/2024 is a day in July in Hebrew, in
  April in English.
- Not read: times of day, telephone numbers, addresses, versions, scores ("2-1"), numbers of things (section 5, F-35,
  channel 12), days of the week, dates relative to today, dates of the Hebrew calendar.

A figure begins with the word or letter that says how it is meant (about, more than, between, ``כ-``), the sign of a
currency or the number, and ends with its unit or with what says more about it ("or more"). Other letters that Hebrew
glues to its front are outside: in ``בכ-40%`` it begins at ``כ``. The article belongs to a Hebrew ordinal (``השלישי``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from claims_app.prose import dates, numerals, units
from claims_app.prose.around import Around, read_after, read_before
from claims_app.prose.dates import DateSpan, read_date
from claims_app.prose.ordinals import read_ordinal
from claims_app.prose.pieces import Piece, bare, read_pieces
from claims_app.prose.quantities import Quantity, read_quantity
from claims_app.prose.ranges import between_place, is_score, second_of, share
from claims_app.prose.units import Unit, read_dual

_BEGINNERS = dates.BEGINNERS | numerals.BEGINNERS | units.BEGINNERS
_SIGNS = units.SIGNS | frozenset("%'")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a text: where it stands in code points, and what it states."""

    start: int
    end: int
    text: str
    kind: str
    low: float | str | None
    high: float | str | None
    bound: str
    unit: str | None
    approximate: bool


class _Found(NamedTuple):
    figure: Figure | None
    next: int


def read_figures(text: str) -> list[Figure]:
    """Return the figures of ``text`` in order, none overlapping another; the time grows as the text does."""
    pieces = read_pieces(text)
    reader = _Reader(text, pieces)
    at, figures = 0, []
    while pieces[at].kind != "end":
        found = reader.read_at(at) if _may_begin(pieces[at].kind, pieces[at].word) else None
        if found is None:
            at += 1
            continue
        at = reader.since = found.next
        if found.figure is not None:
            figures.append(found.figure)
    return figures


@lru_cache(maxsize=8192)
def _may_begin(kind: str, word: str) -> bool:
    """Whether a figure can begin with such a piece; most cannot, and need no closer look."""
    if kind == "word":
        return any(stem in _BEGINNERS for stem in bare(word)) or read_dual(word) is not None
    return kind == "number" or word in _SIGNS


class _Reader:
    """Reads the figure that begins at a piece; ``since`` is the piece after the figure before it."""

    def __init__(self, text: str, pieces: Sequence[Piece]) -> None:
        self.text = text
        self.pieces = pieces
        self.since = 0

    def read_at(self, at: int) -> _Found | None:
        if (span := read_date(self.pieces, at)) is not None:
            return self._date(span)
        if (ordinal := read_ordinal(self.pieces, at)) is not None:
            end = self.pieces[ordinal.next - 1].end
            return _Found(self._figure(ordinal.start, end, "ordinal", ordinal.number, ordinal.number), ordinal.next)
        quantity = read_quantity(self.pieces, at)
        return self._quantity(quantity) if quantity is not None else None

    def _figure(
        self,
        start: int,
        end: int,
        kind: str,
        low: Fraction | float | str | None,
        high: Fraction | float | str | None,
        **more: object,
    ) -> Figure:
        said = {"bound": "exact", "unit": None, "approximate": False} | more
        return Figure(start, end, self.text[start:end], kind, _plain(low), _plain(high), **said)  # type: ignore[arg-type]

    def _date(self, span: DateSpan) -> _Found:
        """Make a date's figure; of the words before it only "about" and "between" belong to it."""
        prefix = self.text[self.pieces[span.first].start : span.start]
        around = read_before(self.pieces, span.first, prefix, since=self.since)
        is_about = around.is_about and around.bound == "exact"
        start = around.place if is_about else span.start
        if span.low != span.high and (place := between_place(around)) is not None:
            start = place
        return _Found(self._figure(start, span.end, "date", span.low, span.high, approximate=is_about), span.next)

    def _quantity(self, first: Quantity) -> _Found | None:
        around = read_before(self.pieces, first.first, first.prefix, since=self.since)
        if around.is_times:
            first = replace(first, unit=Unit("times"))
        joint = second_of(self.pieces, first, around)
        if joint is None:
            return self._state(first, around, first.value, first.value, first)
        second, is_range = joint
        first, second = share(first, second)
        if is_range and (first.value == second.value or is_score(first, second)):
            return _Found(None, second.next)
        if is_range:
            low, high = sorted((first.value, second.value))
            return self._state(first, around, low, high, second)
        return self._state(first, around, first.value, first.value, first)

    def _state(self, first: Quantity, around: Around, low: Fraction, high: Fraction, last: Quantity) -> _Found:
        """Make the figure of a quantity or, where ``last`` is another, of a range."""
        end, after, bound, is_about = last.end, last.next, around.bound, around.is_about or first.is_vague
        if (said := read_after(self.pieces, after)) is not None:
            end, after = self.pieces[said[1] - 1].end, said[1]
            bound, is_about = (said[0], is_about) if said[0] != "about" else (bound, True)
        if (first.is_vague or first.is_least) and bound == "exact":
            bound = "min"
        start = min(around.place, first.start)
        if first is not last:
            place = between_place(around)
            start = start if place is None else place
        unit = first.unit
        return _Found(
            self._figure(
                start,
                end,
                unit.kind if unit else "number",
                None if bound == "max" and first is last else low,
                None if bound == "min" and first is last else high,
                bound=bound if first is last else "exact",
                unit=unit.name if unit else None,
                approximate=is_about,
            ),
            after,
        )


def _plain(value: Fraction | float | str | None) -> float | str | None:
    return float(value) if isinstance(value, Fraction | int) else value
