"""The paragraphs of a copy with what was found in it: no word is lost, and a long text is shown where it matters."""

from hypothesis import given
from hypothesis import strategies as st

from claims_app.copies.marking import Mark, Piece, mark_text
from claims_app.prose.sentences import Span


def test_a_mark_stands_in_its_paragraph() -> None:
    text = "The bridge is long.\n\nIt is 120 metres, they say."
    shown = mark_text(text, [Mark(Span(27, 37), "figure")])
    assert [list(one.pieces) for one in shown.paragraphs] == [
        [Piece("The bridge is long.")],
        [Piece("It is "), Piece("120 metres", ("figure",)), Piece(", they say.")],
    ]
    assert not shown.begins_later
    assert not shown.ends_earlier


def test_a_figure_within_a_passage_is_both() -> None:
    shown = mark_text("It is 120 metres.", [Mark(Span(0, 17), "passage"), Mark(Span(6, 16), "figure")])
    assert list(shown.paragraphs[0].pieces) == [
        Piece("It is ", ("passage",)),
        Piece("120 metres", ("figure", "passage")),
        Piece(".", ("passage",)),
    ]


def test_a_passage_over_two_paragraphs_is_marked_in_both() -> None:
    shown = mark_text("One two.\n\nThree four.", [Mark(Span(4, 15), "passage")])
    assert [[piece.words for piece in one.pieces if piece.kinds] for one in shown.paragraphs] == [["two."], ["Three"]]


def test_a_row_of_numbers_has_no_direction_of_its_own() -> None:
    shown = mark_text("2024 | 118\n\nשנה | אורך", [])
    assert [one.has_letters for one in shown.paragraphs] == [False, True]


def test_of_a_long_text_the_part_with_the_first_mark_is_shown() -> None:
    paragraphs = [f"Paragraph number {number} of a long book." for number in range(2000)]
    text = "\n\n".join(paragraphs)
    place = text.index("number 1500 ")
    shown = mark_text(text, [Mark(Span(place, place + 11), "passage")], most=10_000)
    words = ["".join(piece.words for piece in one.pieces) for one in shown.paragraphs]
    assert shown.begins_later
    assert shown.ends_earlier
    assert "Paragraph number 1500 of a long book." in words
    assert set(words) <= set(paragraphs)
    assert sum(map(len, words)) <= 10_000


def test_without_a_mark_a_long_text_is_shown_from_its_beginning() -> None:
    shown = mark_text("words " * 5000, [], most=6000)
    assert not shown.begins_later
    assert shown.ends_earlier


@given(
    st.text(alphabet="אב ab1\n", max_size=80),
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80), st.sampled_from(["passage", "figure"]))),
    st.integers(5, 100),
)
def test_every_word_is_shown_once_and_marked_where_a_mark_is(
    text: str, places: list[tuple[int, int, str]], most: int
) -> None:
    marks = [Mark(Span(min(start, len(text)), min(end, len(text))), kind) for start, end, kind in places if start < end]
    marks = [one for one in marks if one.span.start < one.span.end]
    shown = mark_text(text, marks, most=most)
    pieces = [piece for one in shown.paragraphs for piece in one.pieces]
    words = "".join(piece.words for piece in pieces)
    if len(text) <= most:
        assert words == text.replace("\n", "")
        for kind in ("passage", "figure"):
            wanted = {at for one in marks if one.kind == kind for at in range(*one.span)}
            marked = "".join(piece.words for piece in pieces if kind in piece.kinds)
            assert marked == "".join(text[at] for at in sorted(wanted)).replace("\n", "")
    else:
        assert words in text.replace("\n", "")
        assert len(words) <= most
