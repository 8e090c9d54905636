"""The text by its paragraphs, with its marks."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from claims_app.reports.paragraphs import Mark, Paragraph, Paragraphs, annotate

TEXT = "Heading\n\nOne two three four.\n\nFive six."


def place(words: str, text: str = TEXT) -> tuple[int, int]:
    return text.index(words), text.index(words) + len(words)


def draw(*marks: str, gaps: tuple[str, ...] = (), text: str = TEXT) -> list[Paragraph[str]]:
    spans = [Mark(*place(words, text), words) for words in marks]
    return annotate(Paragraphs(text), spans, [place(words, text) for words in gaps], language="he")


def shown(paragraph: Paragraph[str]) -> list[Any]:
    return [
        (stretch.words, [one.mark.about for one in stretch.marks], [note.about for note in stretch.notes])
        for stretch in paragraph.stretches
    ]


class TestParagraphs:
    def test_each_place_has_the_number_of_its_paragraph(self) -> None:
        paragraphs = Paragraphs(TEXT)
        numbers = [paragraphs.number_at(place(word)[0]) for word in ("Heading", "One", "four.", "Five", "six.")]
        assert numbers == [1, 2, 2, 3, 3]

    def test_a_text_without_words_has_one(self) -> None:
        assert Paragraphs("").spans == [(0, 0)]


class TestAnnotate:
    def test_words_stand_under_their_mark_and_the_note_after_them(self) -> None:
        assert shown(draw("two three")[1]) == [
            ("One ", [], []),
            ("two three", ["two three"], ["two three"]),
            (" four.", [], []),
        ]

    def test_marks_that_cross_have_lines_of_their_own(self) -> None:
        stretches = draw("One two three", "three four")[1].stretches
        assert [[(one.mark.about, one.line) for one in stretch.marks] for stretch in stretches] == [
            [("One two three", 0)],
            [("One two three", 0), ("three four", 1)],
            [("three four", 1)],
            [],
        ]

    def test_a_mark_over_several_paragraphs_has_one_note_at_its_end(self) -> None:
        drawn = draw("four.\n\nFive")
        assert shown(drawn[1])[-1] == ("four.", ["four.\n\nFive"], [])
        assert shown(drawn[2])[0] == ("Five", ["four.\n\nFive"], ["four.\n\nFive"])

    def test_the_note_of_a_mark_that_ends_between_paragraphs_is_not_lost(self) -> None:
        assert shown(draw("four.\n")[1])[-1] == ("", ["four.\n"], ["four.\n"])

    def test_an_open_passage_is_known_word_by_word(self) -> None:
        stretches = draw("two", gaps=("One two three four.",))[1].stretches
        assert [(stretch.words, stretch.is_open) for stretch in stretches] == [
            ("One ", True),
            ("two", True),
            (" three four.", True),
        ]
        assert not any(stretch.is_open for stretch in draw("two")[1].stretches)

    def test_a_short_line_that_is_no_sentence_is_a_heading(self) -> None:
        assert [paragraph.is_heading for paragraph in draw()] == [True, False, False]

    def test_each_paragraph_has_the_direction_of_its_own_letters(self) -> None:
        text = "SOCAR מכרה נפט לישראל.\n\nThe bridge.\n\n* * *"
        assert [paragraph.language for paragraph in draw(text=text)] == ["he", "en", "he"]

    @given(
        st.lists(st.text("אa 1", min_size=1, max_size=8), min_size=1, max_size=5).map("\n\n".join),
        st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6),
        st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=2),
    )
    def test_the_words_are_the_text_letter_by_letter_and_each_mark_has_one_note(
        self, text: str, spans: list[tuple[int, int]], gaps: list[tuple[int, int]]
    ) -> None:
        marks = [Mark(start, end, name) for name, (start, end) in enumerate(spans)]
        drawn = annotate(Paragraphs(text), marks, gaps, language="he")
        assert "\n\n".join("".join(stretch.words for stretch in one.stretches) for one in drawn) == text
        notes = [note.about for one in drawn for stretch in one.stretches for note in stretch.notes]
        inside = [mark.about for mark in marks if mark.start < min(mark.end, len(text))]
        assert sorted(notes) == inside
