"""Figures in two units: what is converted, what that takes for granted, and what is never converted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims_app.claims.figure import Comparison, FigureValue, Match, compare, compare_figures
from claims_app.claims.units import days_of, find_conversion
from claims_app.language import speaking


def value(number: float, unit: str, as_of: str | None = None) -> FigureValue:
    return FigureValue(number, number, unit, as_of=as_of)


EXACT = [
    (value(1.58e6, "tonnes"), value(1_580_000_000, "kg"), 1_580_000),
    (value(1.58e6, "tonnes"), value(1580, "thousand tonnes"), 1_580_000),
    (value(2, "tonnes"), value(4409, "pounds"), 1.99989),
    (value(100, "km"), value(62, "miles"), 99.7793),
    (value(3000, "feet"), value(914, "metres"), 2998.69),
    (value(12, "dunams"), value(1.2, "hectares"), 12),
    (value(3, "acres"), value(1.2, "hectares"), 2.96526),
    (value(36, "hours"), value(1.5, "days"), 36),
    (value(1.5, "years"), value(18, "months"), 1.5),
    (value(2, "million USD"), value(2e6, "USD"), 2),
    (value(7000, "barrels per week"), value(1000, "barrels a day"), 7000),
    (value(3, "cubic meters"), value(3000, "liters"), 3),
]


@pytest.mark.parametrize(("ours", "theirs", "converted"), EXACT, ids=[f"{row[1].unit}" for row in EXACT])
def test_what_measures_the_same_is_converted_exactly(ours: FigureValue, theirs: FigureValue, converted: float) -> None:
    found = compare_figures(ours, theirs)
    assert (found.match, found.assumption, found.why_not) == (Match.CONVERTED, None, None)
    assert found.converted == FigureValue(converted, converted, ours.unit)


def test_what_does_not_agree_after_a_conversion_is_different_and_shows_it() -> None:
    found = compare_figures(value(1.58e6, "tonnes"), value(1_173_000_000, "kg"))
    assert (found.match, found.converted) == (Match.DIFFERENT, value(1_173_000, "tonnes"))
    assert found.gap == pytest.approx(-0.2576, abs=1e-4)


OIL = "7.33 barrels of crude oil weigh a tonne."
YEAR = "A year has 365 days."
HALF = "Counted over first half of 2024, 182 days."

ASSUMED = [
    (value(1.58e6, "tonnes"), value(11.6e6, "barrels"), 1_580_000, OIL),
    (value(11.6e6, "barrels"), value(1.58e6, "tonnes"), 11_600_000, OIL),
    (value(1.58e6, "tonnes", "2024-H1"), value(63_600, "barrels per day"), 1_580_000, f"{OIL} {HALF}"),
    (value(63_600, "barrels per day"), value(1.58e6, "tonnes", "2024-H1"), 63_600, f"{OIL} {HALF}"),
    (value(87_000, "barrels per day"), value(4.33e6, "tonnes per year"), 87_000, f"{OIL} {YEAR}"),
    (value(31_800_000, "barrels per year"), value(87_000, "barrels per day"), 31_800_000, YEAR),
    (value(160, "litres"), value(1, "barrel"), 159, "An oil barrel holds 159 litres."),
    (value(4, "litres"), value(1, "gallons"), 3.79, "A gallon is a US gallon of 3.785 litres."),
    (value(1, "years"), value(364, "days"), 0.997, YEAR),
    (value(3, "months"), value(13, "weeks"), 2.99, YEAR),
]


@pytest.mark.parametrize(("ours", "theirs", "converted", "assumption"), ASSUMED, ids=[str(row[1]) for row in ASSUMED])
def test_what_a_conversion_takes_for_granted_is_said(
    ours: FigureValue, theirs: FigureValue, converted: float, assumption: str
) -> None:
    found = compare_figures(ours, theirs)
    assert found.match is Match.CONVERTED
    assert found.converted is not None
    assert found.converted.low == pytest.approx(converted, rel=5e-3)
    assert found.converted.is_about
    assert found.assumption == assumption


def test_a_barrels_weight_is_not_taken_to_a_percent() -> None:
    assert compare(value(1.58e6, "tonnes"), value(11.1e6, "barrels")) is Match.CONVERTED
    assert compare(value(1.58e6, "tonnes"), value(8.6e6, "barrels")) is Match.DIFFERENT


NEVER = [
    (value(1e9, "USD"), value(1e9, "ILS"), "Currencies are never converted."),
    (value(1, "million USD"), value(1e6, "EUR"), "Currencies are never converted."),
    (value(40, "percent"), value(1e9, "USD"), "These units measure different things."),
    (value(40, "percent"), value(0.4, "times"), "These units measure different things."),
    (value(5, "litres"), value(5, "kg"), "These units measure different things."),
    (value(5, "tonnes of wheat"), value(5000, "kg of oil"), "These units measure different things."),
    (value(1e6, "tonnes"), value(87_000, "barrels per day"), "These units measure different things."),
    (value(1e6, "tonnes", "2024-03-01"), value(87_000, "barrels per day"), "These units measure different things."),
    (value(100, "km", "2024"), value(50, "km per hour"), "These units measure different things."),
]


@pytest.mark.parametrize(("ours", "theirs", "why"), NEVER, ids=[f"{row[0].unit}, {row[1].unit}" for row in NEVER])
def test_what_cannot_be_compared_says_why(ours: FigureValue, theirs: FigureValue, why: str) -> None:
    assert compare_figures(ours, theirs) == Comparison(Match.OTHER_UNIT, why_not=why)
    assert compare(theirs, ours) is Match.OTHER_UNIT


def test_one_and_many_of_a_unit_are_no_conversion() -> None:
    assert compare_figures(value(1, "tonnes"), value(1, "tonne")) == Comparison(Match.SAME, gap=0)
    assert compare(value(3, "rounds"), value(5, "round")) is Match.DIFFERENT


def test_the_sentences_follow_the_language() -> None:
    with speaking("he"):
        assert compare_figures(value(1, "USD"), value(1, "ILS")).why_not == "מטבעות אינם מומרים."


@pytest.mark.parametrize(
    ("period", "days"),
    [
        *(("2024", 366), ("2023", 365), ("2024-H1", 182), ("2023-H2", 184), ("2023-Q1", 90), ("2024-02", 29)),
        *(("2024-05-17", None), (None, None), ("", None)),
    ],
)
def test_a_period_has_its_days(period: str | None, days: int | None) -> None:
    assert days_of(period) == days


UNITS = ["kg", "tonnes", "pounds", "barrels", "barrels per day", "tonnes per year", "thousand tonnes", "grams per week"]


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.floats(1, 1e9))
def test_there_and_back_is_where_it_began(one: str, other: str, number: float) -> None:
    there, back = (find_conversion(*pair, period="2024") for pair in ((one, other), (other, one)))
    assert there is not None
    assert back is not None
    assert there.factor * back.factor == pytest.approx(1)
    assert sorted(there.assumptions) == sorted(back.assumptions)
    ours = value(number, one, "2024")
    theirs = FigureValue(number * there.factor, number * there.factor, other, as_of="2024")
    assert compare(ours, theirs) in (Match.SAME, Match.CONVERTED)
