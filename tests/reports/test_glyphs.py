"""What the fonts of a printed report can show, and where its long words break."""

import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from claims_app.reports import glyphs
from claims_app.reports.glyphs import FONTS, breakable, is_shown, shown


@pytest.mark.parametrize("path", sorted(FONTS.glob("*.ttf")), ids=lambda path: path.stem)
def test_a_fonts_characters_are_read_as_another_program_reads_them(path: Path) -> None:
    expected = {mark for mark in TTFont(path).getBestCmap() if mark <= 0xFFFF}
    assert set(glyphs._characters(path.read_bytes())) == expected


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("שלום, SOCAR (40%) – ₪5", "שלום, SOCAR (40%) – ₪5"),
        ("ш\u05b8 Привет سلام ə", "ш\u05b8 Привет سلام ə"),
        ("😀", "[U+1F600]"),
        ("a 中文 b", "a [U+4E2D U+6587] b"),
        ("\u202eabc\u2069\ufeff", "abc"),
        ("e\u0301 😀", "é [U+1F600]"),
        ("a\u1680b\u2028c", "a b\nc"),
        ("\u1e70", "T[U+032D]"),
        ("", ""),
    ],
)
def test_what_no_font_shows_stands_by_its_number(text: str, drawn: str) -> None:
    assert shown(text) == drawn


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=60))
def test_whatever_is_drawn_can_be_shown(text: str) -> None:
    assert is_shown(shown(text))


@given(st.text(alphabet="ab/?=.-%אב\u05b8 ", max_size=120))
def test_a_long_word_may_break_and_stays_the_same(text: str) -> None:
    broken = breakable(text)
    assert broken.replace("\u200b", "") == text
    assert all(len(piece) <= 29 for piece in broken.replace("\u200b", " ").replace("\u05b8", "").split())
    assert not any(unicodedata.combining(piece[0]) for piece in broken.split("\u200b")[1:] if piece)


def test_a_short_word_does_not() -> None:
    assert breakable("https://a.il/b, 1,200") == "https://a.il/b, 1,200"
