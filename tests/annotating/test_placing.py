"""Words are found as they stand; what only looks alike, or could be elsewhere, is left to a person."""

import hashlib

import pytest

from claims_app.annotating.form import Position, Quote, Target
from claims_app.annotating.placing import MOST_PLACES, Found, find_target

TEXT = (
    "The bridge is 120 metres long. It cost 4 million.\n\nA mast is 120 metres high. "
    'הגשר נפתח ב"ירושלים" 👩‍👩‍👧 ב-1998.'
)
SHA256 = hashlib.sha256(TEXT.encode()).hexdigest()


def find(quote: Quote | None = None, position: tuple[int, int] | None = None, digest: str | None = None) -> Found:
    target = Target("urn:x", quote, Position(*position) if position else None, digest)
    return find_target(TEXT, target, sha256=SHA256)


def words(found: Found) -> str | None:
    return found.span and TEXT[found.span.start : found.span.end]


def test_the_very_words_are_found() -> None:
    assert (words(find(Quote("It cost 4 million", "", ""))), find(Quote("It cost 4 million", "", "")).note) == (
        "It cost 4 million",
        None,
    )


def test_blanks_and_the_shape_of_marks_do_not_count() -> None:
    assert words(find(Quote("It  cost\n4 million", "", ""))) == "It cost 4 million"
    assert words(find(Quote("ב”ירושלים”", "", ""))) == 'ב"ירושלים"'


def test_other_words_are_not_found_however_alike() -> None:
    for near in ("It cost 5 million", "It cost 4 milion", "it cost 4 Million", "cost 4 million dollars"):
        found = find(Quote(near, "long. ", ""))
        assert found.span is None
        assert str(found.note) == f"These words are not in the text: {near}"


@pytest.mark.parametrize(
    ("prefix", "suffix", "behind"),
    [("bridge is ", "", " long"), ("", " high", " high"), ("A mast is ", " high.", " high"), ("mast  is", "", " high")],
)
def test_what_is_around_them_tells_which_are_meant(prefix: str, suffix: str, behind: str) -> None:
    found = find(Quote("120 metres", prefix, suffix))
    assert found.note is None
    assert found.span is not None
    assert TEXT[found.span.end :].startswith(behind)


def test_the_position_tells_which_are_meant_where_nothing_else_does() -> None:
    second = TEXT.rindex("120 metres")
    assert find(Quote("120 metres", "", ""), (second, second + 10)).span == (second, second + 10)
    found = find(Quote("120 metres", "", ""), (3, 13))
    assert found.span is None
    assert "stand 2 times in the text" in str(found.note)


def test_words_with_other_ones_around_them_need_a_look() -> None:
    found = find(Quote("It cost 4 million", "The tower was dear. ", " and more"))
    assert words(found) == "It cost 4 million"
    assert "with other words around them" in str(found.note)


def test_words_with_some_of_those_around_them_do_where_they_stand_once() -> None:
    assert find(Quote("It cost 4 million", "120 metres long. ", ".\n\nA tower")).note is None
    found = find(Quote("120 metres", "Our bridge is ", ""))
    assert found.span is not None
    assert TEXT[found.span.end :].startswith(" long")
    assert found.note is not None


def test_a_position_alone_needs_a_look_unless_the_text_is_the_same() -> None:
    found = find(position=(0, 10))
    assert (words(found), found.note is not None) == ("The bridge", True)
    found = find(position=(0, 10), digest=SHA256)
    assert (words(found), found.note) == ("The bridge", None)
    assert find(position=(0, 10), digest="ab" * 32).note is not None
    assert "ends before the position 5000" in str(find(position=(0, 5000), digest=SHA256).note)


def test_of_the_same_text_the_position_is_exact() -> None:
    """Where the words stand several times, and also where they cut a word."""
    second = TEXT.rindex("120 metres")
    for start, end in ((second, second + 10), (4, 9), (TEXT.index("👩") + 2, len(TEXT))):
        assert find(Quote(TEXT[start:end], "", ""), (start, end), SHA256) == Found((start, end))  # type: ignore[arg-type]


def test_positions_count_code_points() -> None:
    start = TEXT.index("1998")
    assert words(find(position=(start, start + 4), digest=SHA256)) == "1998"


def test_words_that_stand_everywhere_are_not_looked_around_each_time() -> None:
    text = "a b " * 2 * MOST_PLACES
    found = find_target(text, Target("urn:x", Quote("a", "b ", " b"), None, None), sha256="")
    assert found.span is None
    assert f"stand {2 * MOST_PLACES} times in the text" in str(found.note)
