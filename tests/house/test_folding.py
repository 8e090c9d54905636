"""How words are folded, so that a claim is found however it is spelled, pointed or prefixed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims_app.folding import fold, fold_query

FOLDED = [
    ("letters of any size", "The BRIDGE", "the bridge"),
    ("points", "שָׁלוֹם", "שלום לום"),
    ("cantillation", "בְּרֵאשִׁ֖ית", "בראשית ראשית"),
    ("an abbreviation with gershayim", "צה״ל", "צהל"),
    ("an abbreviation with quotation marks", 'צה"ל', "צהל"),
    ("an abbreviation with curly marks", "צה”ל", "צהל"),
    ("a geresh inside a word", "צ׳ילה", "צילה"),
    ("an apostrophe inside a word", "צ'ילה don't", "צילה dont"),
    ("a geresh at the end", "וכו׳", "וכו"),
    ("words joined by a maqaf", "אי־אפשר", "אי אפשר"),
    ("words joined by a hyphen", "תל-אביב", "תל אביב"),
    ("one prefix", "המדינה", "המדינה מדינה דינה"),
    ("several prefixes", "ושבבית", "ושבבית שבבית בבית בית"),
    ("at most three prefixes", "ושכשהלכנו", "ושכשהלכנו שכשהלכנו כשהלכנו שהלכנו"),
    ("a short word keeps its letters", "של לב", "של לב"),
    ("final letters stay as they are", "ירושלים אדם", "ירושלים אדם"),
    ("a word twice", "גשר גשר", "גשר"),
    ("direction marks", "a\u200fb \u202ac\u202c", "ab c"),
    ("a soft hyphen and a joiner", "bri\u00addge \u2060x", "bridge x"),
    ("letters of full width", "\uff22\uff52", "br"),
    ("numbers", "1,580 40%", "1 580 40"),
    ("nothing", " -- ״ ", ""),
]


@pytest.mark.parametrize(("case", "written", "folded"), FOLDED, ids=[row[0] for row in FOLDED])
def test_words_are_folded(case: str, written: str, folded: str) -> None:
    assert fold(written) == folded, case


FOUND = [
    ("the bare word finds the prefixed", "הממשלה החליטה", "ממשלה"),
    ("the prefixed word finds itself", "הממשלה החליטה", "הממשלה"),
    ("the pointed finds the plain", "שלום", "שָׁלוֹם"),
    ("the plain finds the pointed", "שָׁלוֹם", "שלום"),
    ("marks of an abbreviation do not matter", "ארה״ב", 'ארה"ב'),
    ("nor does leaving them out", "ארה״ב", "ארהב"),
    ("a prefixed abbreviation is found", "בארה״ב", 'ארה"ב'),
    ("size of letters does not matter", "The World Bank", "world BANK"),
    ("a part of a joined word", "בין־לאומי", "לאומי"),
]


@pytest.mark.parametrize(("case", "written", "asked"), FOUND, ids=[row[0] for row in FOUND])
def test_a_question_meets_what_is_written(case: str, written: str, asked: str) -> None:
    assert set(fold_query(asked)) <= set(fold(written).split()), case


def test_a_question_does_not_lose_its_prefixes() -> None:
    """Else asking for a word would find all that merely end like it."""
    assert fold_query("המדינה") == ["המדינה"]


def test_a_question_has_each_word_once_and_not_too_many() -> None:
    assert fold_query("b a b") == ["b", "a"]
    assert fold_query(" ".join("abcdefghij")) == list("abcdefgh")
    assert fold_query("c b a", most=2) == ["c", "b"]
    assert fold_query("—") == []


TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from("ושמהכלבאגד\u05b0\u05b7\"'״׳־ "), max_size=40)


@given(TEXT)
def test_whatever_is_written_is_found_by_its_own_words(written: str) -> None:
    assert set(fold_query(written, most=1000)) <= set(fold(written).split())


@given(TEXT)
def test_the_index_holds_words_only(written: str) -> None:
    """The search hands these words on as they are: none may mean anything else there."""
    assert all(mark.isalnum() or mark in " _" for mark in fold(written))
