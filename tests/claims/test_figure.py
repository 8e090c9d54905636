"""Figures: how they are read, and when a source's figure agrees with the article's."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims_app.claims.figure import (
    CLOSE,
    NEAR,
    FigureValue,
    Match,
    as_words,
    compare,
    read_figure,
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
    ("the same value", FigureValue(40, 40), FigureValue(40, 40), Match.MATCH),
    ("the same unit in other letters", FigureValue(40, 40, "USD"), FigureValue(40, 40, "usd"), Match.MATCH),
    ("a value inside a range", FigureValue(4, 8), FigureValue(5, 5), Match.MATCH),
    ("a value at a range's end", FigureValue(4, 8), FigureValue(8, 8), Match.MATCH),
    ("ranges that touch", FigureValue(4, 8), FigureValue(8, 12), Match.MATCH),
    ("exact values 5 % apart", FigureValue(100, 100), FigureValue(95, 95), Match.NEAR),
    ("5 % apart, one is about", FigureValue(100, 100, is_about=True), FigureValue(95, 95), Match.MATCH),
    ("5 % apart, the other is about", FigureValue(100, 100), FigureValue(95, 95, is_about=True), Match.MATCH),
    ("10 % apart", FigureValue(100, 100), FigureValue(90, 90), Match.NEAR),
    ("10 % apart though about", FigureValue(100, 100, is_about=True), FigureValue(90, 90), Match.NEAR),
    ("more than 10 % apart", FigureValue(100, 100), FigureValue(89, 89), Match.MISMATCH),
    ("far apart though about", FigureValue(100, 100, is_about=True), FigureValue(50, 50), Match.MISMATCH),
    ("a value just past a range", FigureValue(90, 100), FigureValue(104, 104), Match.NEAR),
    ("a value far past a range", FigureValue(4, 8), FigureValue(80, 80), Match.MISMATCH),
    ("nothing against something", FigureValue(0, 0), FigureValue(1, 1), Match.MISMATCH),
    ("nothing twice", FigureValue(0, 0), FigureValue(0, 0), Match.MATCH),
    ("the other sign", FigureValue(5, 5), FigureValue(-5, -5), Match.MISMATCH),
    ("near below zero", FigureValue(-100, -100), FigureValue(-92, -92), Match.NEAR),
    ("another unit", FigureValue(40, 40, PERCENT), FigureValue(40, 40, TONNES), Match.OTHER_UNIT),
    ("a unit against none", FigureValue(40, 40, PERCENT), FigureValue(40, 40), Match.OTHER_UNIT),
    ("a percentage of something", FigureValue(40, 40, OIL), FigureValue(40, 40, PERCENT), Match.MATCH),
    ("percentages of two things", FigureValue(40, 40, OIL), FigureValue(20, 20, PERCENT), Match.MISMATCH),
    ("of two things", FigureValue(40, 40, "percent of Muslims"), FigureValue(40, 40, OIL), Match.OTHER_UNIT),
    ("of the same thing", FigureValue(40, 40, OIL), FigureValue(40, 40, OIL.upper()), Match.MATCH),
    ("another day", FigureValue(40, 40, as_of="2023"), FigureValue(40, 40, as_of="2024"), Match.MATCH),
]


@pytest.mark.parametrize(("case", "ours", "theirs", "match"), COMPARED, ids=[row[0] for row in COMPARED])
def test_two_figures_are_compared(case: str, ours: FigureValue, theirs: FigureValue, match: Match) -> None:
    assert compare(ours, theirs) is match, case


NUMBERS = st.floats(-1e12, 1e12, allow_subnormal=False)


@st.composite
def figures(draw: st.DrawFn) -> FigureValue:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    return FigureValue(
        low,
        draw(st.sampled_from([low, high])),
        draw(st.sampled_from([None, "percent", "percent of the vote", "tonnes"])),
        draw(st.booleans()),
    )


@given(figures(), figures())
def test_it_does_not_matter_whose_figure_comes_first(one: FigureValue, other: FigureValue) -> None:
    assert compare(one, other) is compare(other, one)


@given(figures(), st.floats(0, 1))
def test_a_range_contains_itself_and_what_lies_in_it(figure: FigureValue, share: float) -> None:
    assert compare(figure, figure) is Match.MATCH
    inside = min(max(figure.low + (figure.high - figure.low) * share, figure.low), figure.high)
    assert compare(figure, FigureValue(inside, inside, figure.unit)) is Match.MATCH


@given(figures(), figures())
def test_saying_about_never_makes_a_match_worse(one: FigureValue, other: FigureValue) -> None:
    order = [Match.MATCH, Match.NEAR, Match.MISMATCH, Match.OTHER_UNIT]
    exact = FigureValue(one.low, one.high, one.unit), FigureValue(other.low, other.high, other.unit)
    assert order.index(compare(one, other)) <= order.index(compare(*exact))


@given(st.integers(1, 10**9))
def test_the_bounds_are_those_that_are_named(value: int) -> None:
    def at(share: float, *, is_about: bool = False) -> Match:
        return compare(
            FigureValue(value, value, is_about=is_about), FigureValue(value * (1 - share), value * (1 - share))
        )

    tiny = 1e-6
    assert at(CLOSE - tiny, is_about=True) is Match.MATCH
    assert at(CLOSE + tiny, is_about=True) is Match.NEAR
    assert at(NEAR - tiny) is Match.NEAR
    assert at(NEAR + tiny) is Match.MISMATCH


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
