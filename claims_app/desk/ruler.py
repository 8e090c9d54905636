"""How the figures of a claim's sources stand to the article's: as rows, and as places on a ruler."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from claims_app.claims.figure import Comparison, FigureValue, Match
from claims_app.claims.figure import compare_figures as compare
from claims_app.claims.model import Figure
from claims_app.evidence.model import Evidence
from claims_app.language import figure_words, gettext, number, word

LEFT, RIGHT = 60.0, 660.0
"""Where the ruler begins and ends in its drawing, which is 720 wide."""
_MAGNITUDES = ((1_000_000_000, "billion"), (1_000_000, "million"))


@dataclass(frozen=True)
class Row:
    """What one source states beside the article's figure. ``gap`` is written out; None: there is none to give."""

    evidence: Evidence
    figure: Figure
    comparison: Comparison
    gap: str | None

    @property
    def match(self) -> Match:
        """How the two figures stand to each other, in a word."""
        return self.comparison.match

    @property
    def comparable(self) -> Figure | FigureValue:
        """The source's figure in the article's unit, as far as it can be had."""
        return self.comparison.converted or self.figure


@dataclass(frozen=True)
class Mark:
    """A source's figure on the ruler: its middle and its ends."""

    x: float
    start: float
    end: float
    match: Match
    is_converted: bool


@dataclass(frozen=True)
class Ruler:
    """A drawing of comparable figures: the article's as a band, each source's as a mark."""

    start: float
    end: float
    marks: Sequence[Mark]
    ticks: Sequence[tuple[float, str]]
    unit: str
    words: str


def _percent(share: float | None) -> str | None:
    """Return a gap as it is written: the sign always, a place behind the point for small ones only."""
    if share is None:
        return None
    percent = 100 * share
    if abs(percent) < 0.05:
        return "0%"
    return f"{percent:+,.0f}%" if abs(percent) >= 10 else f"{percent:+.1f}%".replace(".0%", "%")


def compare_figures(ours: Figure | None, evidence: Iterable[Evidence]) -> list[Row]:
    """Return the sources that state a figure, each compared with the article's; none where the article states none."""
    if ours is None:
        return []
    rows = []
    for item in evidence:
        if item.figure is not None:
            comparison = compare(ours, item.figure)
            rows.append(Row(item, item.figure, comparison, _percent(comparison.gap)))
    return rows


def _step(span: float) -> float:
    """Return a round distance of which about eight make up ``span``."""
    rough = span / 8
    power = 10.0 ** math.floor(math.log10(rough))
    return next((power * factor for factor in (1, 2, 2.5, 5) if rough <= power * factor), power * 10)


def _unit_words(unit: str | None, scale: float) -> str:
    magnitude = next((name for size, name in _MAGNITUDES if size == scale), None)
    return " ".join(part for part in (gettext(magnitude) if magnitude else "", word("unit", unit or "")) if part)


def draw_ruler(ours: Figure | None, rows: Sequence[Row]) -> Ruler | None:
    """Return the ruler of the figures that are, or were brought, in the article's unit; None where there is none."""
    comparable = [row for row in rows if row.match is not Match.OTHER_UNIT]
    if ours is None or not comparable:
        return None
    values = [
        value for figure in (ours, *(row.comparable for row in comparable)) for value in (figure.low, figure.high)
    ]
    low, high = min(values), max(values)
    step = _step((high - low) or abs(high) or 1)
    first, last = math.floor(low / step) - 1, math.ceil(high / step) + 1
    # A number of things that cannot be negative does not get a negative end.
    first = max(first, 0) if low >= 0 else first
    last = max(last, first + 4)

    def place(value: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * (value / step - first) / (last - first), 1)

    largest = max(abs(low), abs(high))
    scale = next((size for size, _name in _MAGNITUDES if largest >= size), 1)
    return Ruler(
        start=place(ours.low),
        end=place(ours.high),
        marks=[_mark(row, place(row.comparable.low), place(row.comparable.high)) for row in comparable],
        ticks=[(place(at * step), number(at * step / scale)) for at in range(first, last + 1)],
        unit=_unit_words(ours.unit, scale),
        words="; ".join(
            [
                gettext("Ruler: the article %(figure)s", figure=figure_words(ours)),
                *(f"{figure_words(row.comparable)} ({word('match', row.match)})" for row in comparable),
            ]
        ),
    )


def _mark(row: Row, start: float, end: float) -> Mark:
    return Mark(round((start + end) / 2, 1), start, end, row.match, row.comparison.converted is not None)
