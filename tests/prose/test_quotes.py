"""Words are found where they stand, exactly or nearly, however blanks, marks and dashes are written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims_app.prose.quotes import Candidate, find_places, is_same_words, nearest, select
from claims_app.prose.sentences import Span

TEXT = (
    'ראש העיר אמר כי "הגשר החדש" יעלה 1,580 שקלים – כ-40% פחות מהצפוי.\n\n'
    "The mayor said the bridge was “nearly done”. The mayor said it would cost 40% less."
)


def found(text: str, quote: str) -> list[str]:
    return [text[span.start : span.end] for span in find_places(text, quote)]


SAME = [
    ("the same", "the bridge", "the bridge"),
    ("a line break for a blank", "the\n\nbridge", "the bridge"),
    ("several blanks", "the \t bridge", "the\u00a0bridge"),
    ("blanks around", " the bridge ", "the bridge"),
    ("double marks", '"the bridge"', "“the bridge”"),
    ("low and angled marks", "„the bridge“", "«the bridge»"),
    ("two single marks", "''the bridge''", '"the bridge"'),
    ("gershayim", 'צה"ל', "צה״ל"),
    ("geresh", "צ'ילה", "צ׳ילה"),
    ("an apostrophe", "don't", "don’t"),
    ("a backtick", "`the bridge'", "‘the bridge’"),
    ("a maqaf", "תל־אביב", "תל-אביב"),
    ("dashes", "2019–2020 — about", "2019-2020 - about"),
    ("a minus sign", "−5", "-5"),
    ("letters composed otherwise", "cafe\u0301", "caf\u00e9"),
]
OTHER = [
    ("a figure", "40%", "60%"),
    ("capital letters", "The bridge", "the bridge"),
    ("a comma", "the bridge, new", "the bridge new"),
    ("a full stop", "the bridge.", "the bridge"),
    ("a blank that joins words", "the bridge", "thebridge"),
    ("a blank before a mark", "40 %", "40%"),
    ("a Hebrew prefix", "הגשר", "גשר"),
    ("single marks for double ones", '"the bridge"', "'the bridge'"),
    ("points", "שָׁלוֹם", "שלום"),
    ("a dash for a comma", "the bridge, new", "the bridge - new"),
]


@pytest.mark.parametrize(("case", "one", "other"), SAME, ids=[row[0] for row in SAME])
def test_the_same_words_written_otherwise(case: str, one: str, other: str) -> None:
    assert is_same_words(one, other), case


@pytest.mark.parametrize(("case", "one", "other"), OTHER, ids=[row[0] for row in OTHER])
def test_other_words(case: str, one: str, other: str) -> None:
    assert not is_same_words(one, other), case


def test_every_place_is_found_in_order() -> None:
    assert find_places(TEXT, "The mayor said") == [Span(67, 81), Span(112, 126)]


@pytest.mark.parametrize(
    ("quote", "there"),
    [
        ("״הגשר החדש״", '"הגשר החדש"'),
        ("''nearly done''", "“nearly done”"),
        ("1,580 שקלים - כ־40%", "1,580 שקלים – כ-40%"),
        ("מהצפוי. The mayor", "מהצפוי.\n\nThe mayor"),
        ("\u202bהגשר\u202c החדש", "הגשר החדש"),
        ("  the \n bridge ", "the bridge"),
    ],
)
def test_marks_and_blanks_do_not_hide_a_place(quote: str, there: str) -> None:
    assert found(TEXT, quote) == [there]


def test_two_single_marks_in_the_text_are_found_by_a_double_one() -> None:
    assert found("He said ''yes'' twice.", '"yes"') == ["''yes''"]
    assert found("He said  ''yes'' twice.", 'said "yes"') == ["said  ''yes''"]


@pytest.mark.parametrize(
    "quote", ["580", "580 שקלים", "0%", "ראש הע", "ridge", "mayor say", "the Bridge", "", "  ", "צפוי"]
)
def test_no_word_or_figure_is_cut(quote: str) -> None:
    assert find_places(TEXT, quote) == []


def test_a_hyphen_parts_words() -> None:
    assert len(find_places(TEXT, "40%")) == 2


def test_a_place_that_cuts_a_word_does_not_hide_the_next_one() -> None:
    assert find_places("a aa aaa aa", "aa") == [Span(2, 4), Span(9, 11)]


class TestSelect:
    def test_it_holds_the_words_and_what_stands_around_them(self) -> None:
        quote = TEXT.index("1,580")
        selector = select(TEXT, quote, quote + 5)
        assert selector == ("1,580", TEXT[quote - 32 : quote], TEXT[quote + 5 : quote + 37], quote)

    def test_at_the_edges_there_is_less(self) -> None:
        assert select("one two", 0, 7) == ("one two", "", "", 0)
        assert select("one two", 4, 7) == ("two", "one ", "", 4)

    @pytest.mark.parametrize(
        "character",
        ["e\u0301\u0302", "שׁ\u05b8", "👩‍👩‍👧", "👍🏽", "🇮🇱", "\r\n", "🏴\U000e0067\U000e0062\U000e007f", "❤\ufe0f"],
    )
    def test_no_character_is_cut(self, character: str) -> None:
        size = len(character)
        for cut in range(1, size):
            before = character + "x" * (32 - size + cut)
            after = "x" * (32 - cut) + character
            selector = select(f"{before}word{after}", len(before), len(before) + 4)
            assert selector.prefix == "x" * (32 - size + cut)
            assert selector.suffix == "x" * (32 - cut)

    def test_two_flags_side_by_side_are_two_characters(self) -> None:
        before = "🇮🇱🇫🇷" + "x" * 30
        assert select(f"{before}word", len(before), len(before) + 4).prefix == "🇫🇷" + "x" * 30

    @pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 2), (-1, 2), (0, 99)])
    def test_no_passage_is_an_error(self, start: int, end: int) -> None:
        with pytest.raises(ValueError, match="no passage"):
            select("one two", start, end)


class TestNearest:
    def test_the_best_comes_first(self) -> None:
        text = "The port was sold in 2019. The mayor bought 40 buses in spring. Rain fell all night."
        best, *rest = nearest(text, "The mayor bought 60 buses in spring.")
        assert text[best.span.start : best.span.end] == "The mayor bought 40 buses in spring."
        assert 0.9 < best.score < 1
        assert [one.score for one in rest] == sorted((one.score for one in rest), reverse=True)
        assert all(one.score < 0.6 for one in rest)

    def test_of_a_longer_passage_only_the_part_is_offered(self) -> None:
        text = (
            "On Monday, after long debate in the council, the mayor bought 40 buses for the city, and left for lunch."
        )
        (best,) = nearest(text, "the mayor bought 60 buses")
        assert text[best.span.start : best.span.end] == "the mayor bought 40 buses"

    def test_words_of_two_sentences_meet_two(self) -> None:
        text = "Rain fell. The mayor left at noon. The council stayed until night. The port was sold."
        best = nearest(text, "The mayor left at ten. The council stayed until night.", most=1)[0]
        assert text[best.span.start : best.span.end] == "The mayor left at noon. The council stayed until night."

    def test_the_same_words_in_other_marks_are_all_there(self) -> None:
        assert nearest("הוא אמר ״כן״ אתמול.", 'הוא אמר "כן" אתמול.') == [Candidate(Span(0, 19), 1.0)]

    def test_passages_do_not_overlap_and_are_not_too_many(self) -> None:
        text = " ".join(f"The mayor bought {number} buses in spring." for number in range(10, 30))
        chosen = sorted(one.span for one in nearest(text, "The mayor bought 9 buses. In spring.", most=4))
        assert len(chosen) == 4
        assert all(one.end <= other.start for one, other in pairwise(chosen))

    def test_a_passage_without_an_end_is_offered_in_parts(self) -> None:
        text = f"{'rain ' * 500}the mayor bought 40 buses {'rain ' * 500}"
        best = nearest(text, "the mayor bought 40 buses", most=1)[0]
        assert text[best.span.start : best.span.end] == "the mayor bought 40 buses"

    @pytest.mark.parametrize(("text", "words"), [("", "word"), ("word", " "), ("\n\n", "word"), ("אבג", "xyz")])
    def test_nothing_is_like_nothing(self, text: str, words: str) -> None:
        assert nearest(text, words) == []


MIXED = st.text(st.sampled_from("ab גד1.,\"״'’-–\n "), max_size=60)


@given(MIXED, st.data())
def test_whole_words_are_found_where_they_were_taken(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    for span in find_places(text, text[start:end]):
        assert is_same_words(text[span.start : span.end], text[start:end])
    if text.strip():
        places = find_places(text, text)
        assert [text[span.start : span.end] for span in places] == [text.strip()]
