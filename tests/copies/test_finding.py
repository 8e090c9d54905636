"""Whether a kept copy says it: passages and figures, found, nearest or not there."""

import pytest

from claims_app.copies.finding import Found, find_figure, find_passage
from claims_app.prose.sentences import Span

HEBREW = (
    'עיריית הצפון פרסמה דוח.\n\nלפי הדוח, 38.7% מהתושבים נוסעים ב"רכבת הקלה" בכל בוקר.\n\n'
    "שנה | טונות | שיעור\n\n2023 | 1,580,000 | 38.7\n\nראש העיר סירב להגיב."
)
ENGLISH = (
    "The town published a report. It says that about 40 percent of the people take the train – every morning.\n\n"
    "The harvest was 1.58 million tonnes, more than 400 flights were cut, and 4 to 8 hours were lost."
)
FILLER = "\n\n".join(f"בפסקה {number} אין דבר שקשור לנושא, and nothing in English either." for number in range(2000))


def words(text: str, spans: tuple[Span, ...]) -> list[str]:
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "passage", "found"),
    [
        (HEBREW, "38.7% מהתושבים נוסעים ב״רכבת הקלה״", '38.7% מהתושבים נוסעים ב"רכבת הקלה"'),
        (HEBREW, "  ראש העיר\n סירב  להגיב", "ראש העיר סירב להגיב"),
        (HEBREW, "2023\t1,580,000\t38.7", "2023 | 1,580,000 | 38.7"),
        (HEBREW, "2023 | 1,580,000", "2023 | 1,580,000"),
        (ENGLISH, "take the train - every morning.\nThe harvest", "take the train – every morning.\n\nThe harvest"),
    ],
)
def test_a_passage_is_found_but_for_blanks_cells_and_the_shape_of_marks(text: str, passage: str, found: str) -> None:
    result = find_passage(text, passage)
    assert words(text, result.spans) == [found]
    assert result.nearest is None


def test_each_place_of_a_passage_is_found() -> None:
    text = f"{HEBREW}\n\n{FILLER}\n\n{HEBREW}"
    assert words(text, find_passage(text, "ראש העיר סירב להגיב").spans) == ["ראש העיר סירב להגיב"] * 2


@pytest.mark.parametrize(
    ("text", "passage", "nearest"),
    [
        (HEBREW, "לפי הדוח, 38.9% מהתושבים נוסעים ברכבת הקלה בכל בוקר", "38.7%"),
        (HEBREW, "ראש העיר לא סירב להגיב", "ראש העיר סירב להגיב"),
        (ENGLISH, "It says that about 45 percent of people take the train every morning", "about 40 percent"),
        (ENGLISH, "the harvest was 1.58 million tonnes, more than 400 flights were cut", "The harvest"),
    ],
)
def test_other_words_are_not_found_but_the_nearest_stretch_is_offered(text: str, passage: str, nearest: str) -> None:
    for whole in (text, f"{FILLER}\n\n{text}", f"{text}\n\n{FILLER}", f"{FILLER}\n\n{text}\n\n{FILLER}"):
        result = find_passage(whole, passage)
        assert result.spans == ()
        assert result.nearest is not None
        assert nearest in whole[result.nearest.start : result.nearest.end]


def test_what_the_text_says_nothing_like_has_nothing_nearest() -> None:
    for text in (HEBREW, ENGLISH, FILLER):
        for passage in ("המהנדס קבע כי הגשר הישן ייהרס עד סוף השנה", "An engineer ruled that the old bridge will go"):
            assert find_passage(text, passage) == Found((), None)


@pytest.mark.parametrize("passage", ["", "  ", "...", "\u200b"])
def test_no_words_are_found_nowhere(passage: str) -> None:
    assert find_passage("", passage) == Found((), None)
    assert find_passage(HEBREW, passage).nearest is None


def test_a_very_long_passage_is_compared_by_its_beginning() -> None:
    passage = "לפי הדוח, 38.7% מהתושבים נוסעים ברכבת הקלה בכל בוקר. " * 500
    assert find_passage(HEBREW, passage).spans == ()


def figures(
    text: str, low: float, high: float | None = None, unit: str | None = None, *, is_about: bool = False
) -> list[str]:
    return words(text, find_figure(text, low=low, high=low if high is None else high, unit=unit, is_about=is_about))


@pytest.mark.parametrize(
    ("text", "value", "unit", "found"),
    [
        ("נקצרו 1.58 מיליון טונות", 1_580_000, "tonnes", ["1.58 מיליון טונות"]),
        ("1,580,000 tonnes, or 1.58 million tons", 1_580_000, "tonnes", ["1,580,000 tonnes", "1.58 million tons"]),
        ("עלה ל-38.7%, כלומר 38.7 אחוזים", 38.7, "percent", ["38.7%", "38.7 אחוזים"]),
        ("38.7 percent of the vote", 38.7, "percent of the vote", ["38.7 percent"]),
        ("עלה 2.5 מיליארד ₪ או $2.5 billion", 2.5e9, "ILS", ["2.5 מיליארד ₪"]),
        ("עלה 2.5 מיליארד ₪ או $2.5 billion", 2.5e9, "USD", ["$2.5 billion"]),
        ("מיליון וחצי שקלים", 1_500_000, "ILS", ["מיליון וחצי שקלים"]),
        ("more than 400 flights", 400, "flights", ["more than 400 flights"]),
        ("up to 400 flights", 400, "flights", ["up to 400 flights"]),
        ("in 40 schools", 40, "schools", ["40"]),
        ("ב-40 בתי ספר", 40, "בתי ספר", ["40"]),
        ("40 of them", 40, None, ["40"]),
        ("צפון | 1,580,000 | 38.7", 1_580_000, "tonnes", ["1,580,000"]),
        ("צפון | 1,580,000 | 38.7", 38.7, "percent", ["38.7"]),
        ("they came third", 3, "rank", ["third"]),
    ],
)
def test_a_figure_is_found_however_it_is_written(text: str, value: float, unit: str | None, found: list[str]) -> None:
    assert figures(text, value, unit=unit) == found


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1.59 מיליון טונות", 1_580_000, "tonnes"),
        ("1.58 million barrels", 1_580_000, "tonnes"),
        ("40%", 40, None),
        ("40 percentage points", 40, "percent"),
        ("צפון | 40 | 1500", 40, "percent"),
        ("a table with 1500 in it", 1500, "percent"),
        ("40 to 60 percent", 40, "percent"),
        ("in 2019", 2019, "people"),
        ("place 3", 3, "rank"),
        ("40 dollars", 40, "schools"),
    ],
)
def test_another_value_or_unit_is_no_such_figure(text: str, value: float, unit: str | None) -> None:
    assert figures(text, value, unit=unit) == []


def test_about_a_value_is_within_five_percent() -> None:
    text = "38.7%, 42.1 אחוזים, 37.9 percent, 45%"
    assert figures(text, 40, unit="percent") == []
    assert figures(text, 40, unit="percent", is_about=True) == ["38.7%", "42.1 אחוזים"]


def test_a_range_is_found_only_as_a_range() -> None:
    text = "4 to 8 hours; 4 hours and 8 hours; בין 4 ל-8 שעות"
    assert figures(text, 4, 8, "hours") == ["4 to 8 hours", "בין 4 ל-8 שעות"]
    assert figures(text, 4, unit="hours") == ["4 hours"]


def test_figures_of_a_long_text_stand_where_they_are_said_to() -> None:
    text = f"{FILLER}\n\n{HEBREW}\n\n{FILLER}\n\n{ENGLISH}\n\n{FILLER}"
    assert len(text) > 300_000
    assert figures(text, 1_580_000, unit="tonnes") == ["1,580,000", "1.58 million tonnes"]


def test_a_text_without_line_breaks_is_read_too() -> None:
    text = "some words " * 10_000 + "40 percent"
    assert figures(text, 40, unit="percent") == ["40 percent"]
    assert figures("", 40, unit="percent") == []
