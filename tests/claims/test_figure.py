"""Figures: how they are read, and when a source's figure agrees with the article's."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims_app.claims.figure import (
    CLOSE,
    Comparison,
    FigureValue,
    Match,
    as_words,
    compare,
    compare_figures,
    read_figure,
    read_words,
    set_figure,
    value_of,
)
from claims_app.claims.model import Figure
from claims_app.errors import DomainError


class TestReading:
    @pytest.mark.parametrize(
        ("typed", "value"),
        [
            ({"low": "40"}, FigureValue(40, 40)),
            ({"low": "1,580,000", "unit": " tonnes "}, FigureValue(1_580_000, 1_580_000, "tonnes")),
            ({"low": "4", "high": "8", "unit": "hours"}, FigureValue(4, 8, "hours")),
            ({"low": "-8", "high": "-4"}, FigureValue(-8, -4)),
            ({"low": "40", "is_about": True, "as_of": "2024-H1"}, FigureValue(40, 40, None, True, "2024-H1")),
            ({"low": "40", "high": " "}, FigureValue(40, 40)),
            ({"low": "0"}, FigureValue(0, 0)),
            ({"low": None}, None),
        ],
    )
    def test_a_form_states_a_value_a_range_or_nothing(self, typed: dict[str, Any], value: FigureValue | None) -> None:
        assert read_figure(**typed) == value

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"low": "forty"}, "figure_low"),
            ({"low": None, "high": "8"}, "figure_low"),
            ({"low": " ", "unit": "tonnes"}, "figure_low"),
            ({"low": None, "as_of": "2024"}, "figure_low"),
            ({"low": None, "is_about": True}, "figure_low"),
            ({"low": "4", "high": "eight"}, "figure_high"),
            ({"low": "8", "high": "4"}, "figure_high"),
            ({"low": "4", "as_of": "spring"}, "figure_as_of"),
        ],
    )
    def test_what_cannot_be_read_names_its_field(self, typed: dict[str, Any], field: str) -> None:
        with pytest.raises(DomainError) as refusal:
            read_figure(**typed)
        assert refusal.value.field == field


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (None, None),
        (FigureValue(40, 40), "40"),
        (FigureValue(1580000.5, 1580000.5, "tonnes"), "1580000.5 tonnes"),
        (FigureValue(4, 8, "hours", is_about=True), "about 4 to 8 hours"),
        (FigureValue(40, 40, "percent", as_of="2024-H1"), "40 percent (2024-H1)"),
        (FigureValue(0.1, 0.1, "percent"), "0.1 percent"),
    ],
)
def test_the_history_has_a_figure_as_one_line(value: FigureValue | None, line: str | None) -> None:
    assert as_words(value) == line


PERCENT, OIL, TONNES = "percent", "Percent of oil consumption", "tonnes"

COMPARED = [
    ("the same value", FigureValue(40, 40), FigureValue(40, 40), Match.SAME),
    ("the same unit in other letters", FigureValue(40, 40, "USD"), FigureValue(40, 40, "usd"), Match.SAME),
    ("the same, one is about", FigureValue(40, 40, is_about=True), FigureValue(40, 40), Match.SAME),
    ("a value inside the article's range", FigureValue(4, 8), FigureValue(5, 5), Match.SAME),
    ("a value at its end", FigureValue(4, 8), FigureValue(8, 8), Match.SAME),
    ("a range inside it", FigureValue(4, 8), FigureValue(5, 6), Match.SAME),
    ("a range that reaches out of it", FigureValue(4, 8), FigureValue(7, 12), Match.DIFFERENT),
    ("a range where the article has a value", FigureValue(5, 5), FigureValue(4, 8), Match.DIFFERENT),
    ("what rounds to 32", FigureValue(32, 32), FigureValue(31.7, 31.7), Match.ROUNDED),
    ("what does not", FigureValue(32, 32), FigureValue(31.4, 31.4), Match.DIFFERENT),
    ("a half, upwards", FigureValue(32, 32), FigureValue(31.5, 31.5), Match.ROUNDED),
    ("a half, downwards", FigureValue(32, 32), FigureValue(32.5, 32.5), Match.ROUNDED),
    ("two significant digits", FigureValue(1.6e6, 1.6e6), FigureValue(1_580_000, 1_580_000), Match.ROUNDED),
    ("three of them", FigureValue(1.58e6, 1.58e6), FigureValue(1_583_412, 1_583_412), Match.ROUNDED),
    ("not to 1.58 million", FigureValue(1.58e6, 1.58e6), FigureValue(1_588_000, 1_588_000), Match.DIFFERENT),
    ("not near 1.58 million", FigureValue(1.58e6, 1.58e6), FigureValue(1_173_000, 1_173_000), Match.DIFFERENT),
    ("a plain 40", FigureValue(40, 40, PERCENT), FigureValue(38.7, 38.7, PERCENT), Match.DIFFERENT),
    ("about 40", FigureValue(40, 40, PERCENT, True), FigureValue(38.7, 38.7, PERCENT), Match.ROUNDED),
    ("about 40 and a half of it", FigureValue(40, 40, PERCENT, True), FigureValue(19, 19, PERCENT), Match.DIFFERENT),
    ("about a billion", FigureValue(1e9, 1e9, "USD", True), FigureValue(1.25e9, 1.25e9, "USD"), Match.DIFFERENT),
    ("about two", FigureValue(2, 2, "years", True), FigureValue(1.6, 1.6, "years"), Match.ROUNDED),
    ("a rounder source", FigureValue(1.583e6, 1.583e6), FigureValue(1.6e6, 1.6e6), Match.DIFFERENT),
    ("one that says about", FigureValue(1.583e6, 1.583e6), FigureValue(1.6e6, 1.6e6, is_about=True), Match.ROUNDED),
    ("an end of a range that rounds", FigureValue(4, 8), FigureValue(8.3, 8.3), Match.ROUNDED),
    ("a value far past a range", FigureValue(4, 8), FigureValue(80, 80), Match.DIFFERENT),
    ("nothing against something", FigureValue(0, 0), FigureValue(0.3, 0.3), Match.DIFFERENT),
    ("nothing twice", FigureValue(0, 0), FigureValue(0, 0), Match.SAME),
    ("the other sign", FigureValue(5, 5), FigureValue(-5, -5), Match.DIFFERENT),
    ("near below zero", FigureValue(-100, -100), FigureValue(-97, -97), Match.ROUNDED),
    ("another unit", FigureValue(40, 40, PERCENT), FigureValue(40, 40, TONNES), Match.OTHER_UNIT),
    ("a unit against none", FigureValue(40, 40, PERCENT), FigureValue(40, 40), Match.OTHER_UNIT),
    ("a percentage of something", FigureValue(40, 40, OIL), FigureValue(40, 40, PERCENT), Match.SAME),
    ("percentages of two things", FigureValue(40, 40, OIL), FigureValue(20, 20, PERCENT), Match.DIFFERENT),
    ("of two things", FigureValue(40, 40, "percent of Muslims"), FigureValue(40, 40, OIL), Match.OTHER_UNIT),
    ("of the same thing", FigureValue(40, 40, OIL), FigureValue(40, 40, OIL.upper()), Match.SAME),
    ("a percentage and a share", FigureValue(50, 50, PERCENT), FigureValue(0.5, 0.5, "times"), Match.OTHER_UNIT),
]


@pytest.mark.parametrize(("case", "ours", "theirs", "match"), COMPARED, ids=[row[0] for row in COMPARED])
def test_two_figures_are_compared(case: str, ours: FigureValue, theirs: FigureValue, match: Match) -> None:
    assert compare(ours, theirs) is match, case


def test_another_time_is_told_and_is_no_difference() -> None:
    half, year = FigureValue(40, 40, as_of="2024-H1"), FigureValue(40, 40, as_of="2024")
    assert compare_figures(half, year) == Comparison(Match.SAME, gap=0, is_other_time=True)
    assert not compare_figures(half, FigureValue(40, 40)).is_other_time


def test_a_gap_is_a_share_of_the_nearer_end() -> None:
    ours = FigureValue(0.95, 1)
    gaps = [compare_figures(ours, FigureValue(at, at)).gap for at in (1.25, 0.5, 0.97)]
    assert gaps == [pytest.approx(0.25), pytest.approx(-0.45 / 0.95), 0]
    assert compare_figures(FigureValue(0, 0), FigureValue(3, 3)).gap is None
    assert compare_figures(ours, FigureValue(0.9, 1.1)).gap is None, "it reaches out at both ends"


NUMBERS = st.floats(-1e12, 1e12, allow_subnormal=False)


@st.composite
def figures(draw: st.DrawFn) -> FigureValue:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    return FigureValue(
        low,
        draw(st.sampled_from([low, high])),
        draw(st.sampled_from([None, "percent", "percent of the vote", "tonnes", "kg", "barrels"])),
        draw(st.booleans()),
    )


@given(figures(), figures())
def test_whether_figures_can_be_compared_does_not_depend_on_whose_comes_first(
    one: FigureValue, other: FigureValue
) -> None:
    assert (compare(one, other) is Match.OTHER_UNIT) is (compare(other, one) is Match.OTHER_UNIT)


@given(figures(), st.floats(0, 1))
def test_a_range_contains_itself_and_what_lies_in_it(figure: FigureValue, share: float) -> None:
    assert compare(figure, figure) is Match.SAME
    inside = min(max(figure.low + (figure.high - figure.low) * share, figure.low), figure.high)
    assert compare(figure, FigureValue(inside, inside, figure.unit)) is Match.SAME


@given(figures(), figures())
def test_saying_about_never_makes_a_match_worse(one: FigureValue, other: FigureValue) -> None:
    order = [Match.SAME, Match.ROUNDED, Match.CONVERTED, Match.DIFFERENT, Match.OTHER_UNIT]
    exact = FigureValue(one.low, one.high, one.unit), FigureValue(other.low, other.high, other.unit)
    assert order.index(compare(one, other)) <= order.index(compare(*exact))


@given(st.integers(1, 10**6))
def test_the_bound_of_about_is_the_one_that_is_named(value: int) -> None:
    number = value * 10.0 + 1000

    def at(share: float) -> Match:
        return compare(FigureValue(number, number, is_about=True), FigureValue(number * share, number * share))

    assert at(1 - CLOSE + 1e-6) is at(1 + CLOSE - 1e-6) is Match.ROUNDED
    assert at(1 - CLOSE - 1e-6) is at(1 + CLOSE + 1e-6) is Match.DIFFERENT


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("percent", "percent"),
        ("Percent", "percent"),
        ("אחוז", "percent"),
        (" דולר ", "USD"),
        ("dollars", "USD"),
        ("usd", "USD"),
        ("אחוז מהקולות", "percent of the vote"),
        ("parsecs", "parsecs"),
        ("פרסאות", "פרסאות"),
        (" ", None),
    ],
)
def test_a_unit_typed_as_the_page_says_it_is_stored_by_its_word(typed: str, stored: str | None) -> None:
    figure = read_figure(low="40", unit=typed)
    assert figure is not None
    assert figure.unit == stored


class TestKeeping:
    OLD, NEW = FigureValue(40, 40, "percent"), FigureValue(4, 8, "hours", True, "2024")

    @pytest.mark.parametrize(("before", "after"), list(itertools.permutations([None, OLD, NEW], 2)))
    def test_a_change_is_told_in_words(self, before: FigureValue | None, after: FigureValue | None) -> None:
        row, _ = set_figure(None, before)
        kept, changes = set_figure(row, after)
        assert value_of(kept) == after
        assert changes == {"figure": [as_words(before), as_words(after)]}

    @pytest.mark.parametrize("value", [None, OLD, NEW])
    def test_the_same_value_changes_nothing(self, value: FigureValue | None) -> None:
        row, _ = set_figure(None, value)
        assert set_figure(row, value) == (row, {})

    def test_a_row_is_changed_in_its_place(self) -> None:
        row = Figure(low=1, high=2, is_about=False)
        assert set_figure(row, self.NEW)[0] is row


@pytest.mark.parametrize(
    "value",
    [
        FigureValue(40, 40),
        FigureValue(-0.5, 1e21, "tonnes per year", True, "2024-H1"),
        FigureValue(4, 8, "hours"),
        FigureValue(3, 3, "percent of the vote", False, "2024"),
        FigureValue(3, 3, "points (of 100)", False, "2024-03-15"),
        FigureValue(1580000, 1580000, None, True, "2022"),
        FigureValue(5, 5, "to"),
    ],
)
def test_what_the_history_says_of_a_figure_is_read_back(value: FigureValue) -> None:
    assert read_words(as_words(value)) == value


def test_no_words_are_no_figure() -> None:
    assert read_words(None) is None
    assert read_words("a few") is None
