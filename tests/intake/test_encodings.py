"""Bytes to text: every way to say a character set, and the ones that say nothing."""

import codecs
import random

import pytest

from claims_app.errors import DomainError
from claims_app.intake.encodings import decode

HEBREW = "מועצת העיר אישרה אתמול את התקציב, לאחר דיון ארוך של חמש שעות"
SHORT = "ראש העיר: ההוצאות עלו"
ENGLISH = "The café in Zürich said “no” – twice"
RUSSIAN = "Городской совет утвердил вчера бюджет после долгого обсуждения, которое длилось пять часов подряд"


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_the_mark_at_the_start_comes_first(mark: bytes, name: str) -> None:
    assert decode(mark + HEBREW.encode(name), charset="windows-1252") == HEBREW


@pytest.mark.parametrize("name", ["utf-8", "utf-16-le", "utf-16-be", "cp1255", "iso8859-8"])
@pytest.mark.parametrize("text", [HEBREW, SHORT, SHORT[:8], "זה טוב"])
def test_hebrew_is_found_without_a_word_about_it(name: str, text: str) -> None:
    assert decode(text.encode(name)) == text


def test_one_hebrew_word_is_hebrew() -> None:
    assert decode("שלום".encode("cp1255")) == "שלום"


def test_sixty_bytes_of_windows_hebrew_are_hebrew() -> None:
    assert len(HEBREW.encode("cp1255")[:60]) == 60
    assert decode(HEBREW.encode("cp1255")[:60]) == HEBREW[:60]


def test_hebrew_with_points_and_windows_quotation_marks_is_hebrew() -> None:
    text = "הוא אמר “שָׁלוֹם” – \u200fל־1,500 איש, 40% מהם ב„מעריב”"
    assert decode(text.encode("cp1255")) == text


def test_hebrew_in_visual_order_is_hebrew() -> None:
    assert decode(HEBREW[::-1].encode("iso8859-8")) == HEBREW[::-1]


def test_a_few_hebrew_words_among_english_are_hebrew() -> None:
    text = "The paper מעריב wrote of the שלום agreement that nobody signed"
    assert decode(text.encode("cp1255")) == text


@pytest.mark.parametrize("text", [ENGLISH, "“Quoted” and nothing else", "Il a été à Orléans, où il naît"])
def test_western_text_is_western(text: str) -> None:
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize("text", [RUSSIAN, RUSSIAN.lower()])
def test_russian_is_not_read_as_hebrew(text: str) -> None:
    assert decode(text.encode("cp1251")) == text


def test_russian_in_the_bytes_of_hebrew_letters_is_not_read_as_hebrew() -> None:
    text = "план работ на две недели: мост через канал и парк около него"
    assert {byte for byte in text.encode("cp1251") if byte > 127} <= {*range(0xE0, 0xFB)}
    assert not {*decode(text.encode("cp1251"))} & {*map(chr, range(0x5D0, 0x5EB))}


@pytest.mark.parametrize("said", ["windows-1255", "WINDOWS-1255", ' "cp1255" ', "iso-8859-8-i", "visual"])
def test_what_the_sender_says_is_taken(said: str) -> None:
    assert decode("אבג".encode("cp1255"), charset=said) == "אבג"


def test_a_sender_who_says_less_than_the_file_has_is_helped() -> None:
    assert decode("שלום “לך”".encode("cp1255"), charset="iso-8859-8") == "שלום “לך”"


@pytest.mark.parametrize("said", ["utf-8", "no-such-thing", "unicode_escape", "rot13", "zlib", "idna", "utf-7", "a\0b"])
def test_a_wrong_or_odd_charset_does_no_harm(said: str) -> None:
    assert decode(SHORT.encode("cp1255"), charset=said) == SHORT
    assert decode(rb"a \u05d0 +BdA- b", charset=said) == r"a \u05d0 +BdA- b"


@pytest.mark.parametrize(
    "start",
    [
        '<meta charset="windows-1251">',
        "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>",
        '<?xml version="1.0" encoding="windows-1251"?>',
    ],
)
def test_what_a_page_says_of_itself_is_taken(start: str) -> None:
    data = f"{start}<p>{RUSSIAN}".encode("cp1251")
    assert RUSSIAN in decode(data, is_markup=True)
    data = f"{start}<p>אבג דהו".encode("cp1255")
    assert "אבג" not in decode(data, is_markup=True)
    assert "אבג" in decode(data)


def test_what_cannot_be_two_bytes_a_letter_is_not_taken_for_it() -> None:
    assert decode('<meta charset="utf-16"><p>שלום'.encode(), is_markup=True).endswith("שלום")


@pytest.mark.parametrize(
    "data",
    [
        b"\0" * 100,
        random.Random(3).randbytes(5000),  # noqa: S311 - noise, no secret
        b"\xff\xfea\0b",
        bytes(range(128, 256)) * 5,
        bytes([0xB0, 0xB1, 0xB2, 0xDB, 0xCD, 0xBA]) * 50,
        b"\x00\x01\x02\x03 words",
    ],
    ids=["nuls", "noise", "half a letter", "all high bytes", "boxes", "controls"],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(DomainError, match="Save it as DOCX, PDF or plain text"):
        decode(data)


def test_a_stray_control_character_is_no_reason_to_refuse() -> None:
    assert decode(b"plain words " * 50 + b"\0").startswith("plain words")
