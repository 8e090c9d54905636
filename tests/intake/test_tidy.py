"""The rules of stored text, and which line breaks are for want of room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims_app.intake.tidy import main_language, tidy

WRAPPED = """The council met on Monday and heard for the first
time how much the new road will cost, which nobody
in the room had expected to be so high a sum, and
then went home.
On Tuesday it met again and asked for the papers on
the bridge, which had been promised for the spring."""


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("שלום\u200f עולם\u202a\u2066!\u2069", "שלום עולם!"),
        ("co\u00adop\u200beration \ufeff\u2060now\u061c", "cooperation now"),
        ("a\tb\u00a0c\u2003d  e", "a b c d e"),
        ("one\x00 \x1btwo\x7f\x9f", "one two"),
        ("e\u0301te\u0301", "été"),
        ("ש\u05c1לום", "ש\u05c1לום"),
        ("\ufb2aלום", "ש\u05c1לום"),
        ("first\r\n\r\n\r\nsecond\r\rthird", "first\n\nsecond\n\nthird"),
        ("one page\ftwo pages", "one page\n\ntwo pages"),
        ("first\u2029second", "first\n\nsecond"),
        ("one line\nand its rest\n\nanother", "one line and its rest\n\nanother"),
        ("  padded  \n \t \n  more ", "padded\n\nmore"),
        ("", ""),
        (" \n\u200b\n\t", ""),
    ],
)
def test_text_is_stored_by_the_rules(raw: str, stored: str) -> None:
    assert tidy(raw) == stored


def test_lines_without_blank_ones_between_are_paragraphs() -> None:
    assert tidy("A short one.\nAnother one, a good deal longer.\nThe last.") == (
        "A short one.\n\nAnother one, a good deal longer.\n\nThe last."
    )


def test_lines_broken_for_want_of_room_are_joined_up_to_a_short_one() -> None:
    paragraphs = tidy(WRAPPED).split("\n\n")
    assert [paragraph[:12] for paragraph in paragraphs] == ["The council ", "On Tuesday i"]
    assert "first time how" in paragraphs[0]
    assert paragraphs[1].endswith("for the spring.")


def test_items_of_a_list_stay_apart() -> None:
    assert tidy("Intro\n\n• one\ngoes on\n• two\n\n- a dash\ngoes on") == (
        "Intro\n\n• one goes on\n\n• two\n\n- a dash goes on"
    )


def test_lines_longer_than_anybody_breaks_them_are_paragraphs_of_their_own() -> None:
    long = "word " * 60
    assert tidy(f"Heading\n{long}\n\nEnd") == f"Heading\n\n{long.strip()}\n\nEnd"


def test_a_page_break_does_not_end_a_paragraph() -> None:
    assert tidy("one\n\ntwo goes\n\fon here") == "one\n\ntwo goes on here"


@given(st.text(alphabet="אבם ab.,\n\r\t\f\u2028\u2029\u200f\u00a0\u0301\u05b0•- ", max_size=200))
def test_tidy_text_stays_as_it_is(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(max_size=100))
def test_any_text_becomes_tidy_once(text: str) -> None:
    stored = tidy(text)
    assert tidy(stored) == stored
    assert all(part == part.strip(" ") and part and "  " not in part for part in stored.split("\n\n") if stored)


@pytest.mark.parametrize(
    ("text", "language"), [("שלום world", "en"), ("שלום לכם world", "he"), ("12", "en"), ("אב ab", "he"), ("", "en")]
)
def test_most_letters_tell_the_language(text: str, language: str) -> None:
    assert main_language(text) == language
