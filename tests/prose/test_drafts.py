"""What holds of any two drafts: the same words are the same, nothing is left out, and the way back leads back."""

from hypothesis import given
from hypothesis import strategies as st

from claims_app.prose.compare import Carried, Outcome, carry, compare_words
from claims_app.prose.quotes import is_same_words
from claims_app.prose.sentences import Span, split_sentences
from tests.prose.texts import ENGLISH, HEBREW

UNCHANGED, MOVED, LOST = Outcome.UNCHANGED, Outcome.MOVED, Outcome.LOST
TEXTS = st.lists(st.sampled_from([*"ab,.-\"'", "\n\n", " ", " לא ", " not ", "10%", ". A"]), max_size=40).map("".join)


def spans_of(text: str) -> list[Span]:
    return [Span(start, end) for start in range(0, len(text), 3) for end in range(start + 1, len(text) + 1, 4)]


def with_words(text: str) -> list[Span]:
    return [span for span in spans_of(text) if text[span.start : span.end].strip()]


@given(TEXTS)
def test_in_the_same_text_nothing_changes(text: str) -> None:
    spans = with_words(text)
    for span, found in zip(spans, carry(text, text, spans), strict=True):
        assert found.outcome == UNCHANGED
        assert found.span is not None
        assert is_same_words(text[found.span.start : found.span.end], text[span.start : span.end])


@given(TEXTS, TEXTS)
def test_the_same_words_are_the_same_and_every_place_is_inside(old: str, new: str) -> None:
    spans = with_words(old)
    for span, found in zip(spans, carry(old, new, spans), strict=True):
        assert (found.span is None) == (found.outcome == LOST)
        if found.span is not None:
            assert 0 <= found.span.start < found.span.end <= len(new)
        if found.span is not None and found.outcome in {UNCHANGED, MOVED}:
            assert is_same_words(new[found.span.start : found.span.end], old[span.start : span.end])


@given(st.sampled_from([HEBREW, ENGLISH]), st.data())
def test_forth_and_back_a_passage_is_where_it_was(text: str, data: st.DataObject) -> None:
    sentences = split_sentences(text)
    dropped = data.draw(st.sampled_from(sentences))
    added = data.draw(st.sampled_from(sentences)).end
    new = text[:added] + " Zzyx qwp vfk." + text[added:]
    if dropped.start >= added:
        dropped = Span(dropped.start + 14, dropped.end + 14)
    new = new[: dropped.start] + new[dropped.end :]
    forth = carry(text, new, sentences)
    kept = [(was, now.span) for was, now in zip(sentences, forth, strict=True) if now.span is not None]
    assert len(kept) == len(sentences) - 1
    back = carry(new, text, [now for _, now in kept])
    assert back == [Carried(UNCHANGED, was) for was, _ in kept]


class TestCompareWords:
    def test_it_shows_what_differs(self) -> None:
        old, new = "The mayor bought 40 new buses today.", "The mayor bought 60 buses in spring today."
        shown = [
            (one.kind, old[one.old.start : one.old.end], new[one.new.start : one.new.end])
            for one in compare_words(old, new)
        ]
        assert shown == [
            ("equal", "The mayor bought ", "The mayor bought "),
            ("replace", "40 new ", "60 "),
            ("equal", "buses ", "buses "),
            ("insert", "", "in spring "),
            ("equal", "today.", "today."),
        ]

    def test_a_blank_that_joins_or_parts_is_shown(self) -> None:
        assert [one.kind for one in compare_words("rose 40%", "rose 40 %")] == ["equal", "replace"]

    def test_shapes_of_marks_and_line_breaks_are_not(self) -> None:
        assert [one.kind for one in compare_words('a "b" c', "a “b”\n\nc")] == ["equal"]

    def test_from_and_to_nothing(self) -> None:
        assert compare_words("", "") == []
        assert [one.kind for one in compare_words("", "one two")] == ["insert"]
        assert [one.kind for one in compare_words("one two", "")] == ["delete"]

    @given(TEXTS, TEXTS)
    def test_both_drafts_are_covered_and_what_is_equal_is_the_same(self, old: str, new: str) -> None:
        changes = compare_words(old, new)
        assert "".join(old[one.old.start : one.old.end] for one in changes) == (old if old.strip() else "")
        assert "".join(new[one.new.start : one.new.end] for one in changes) == (new if new.strip() else "")
        for one in changes:
            if one.kind == "equal":
                assert is_same_words(old[one.old.start : one.old.end], new[one.new.start : one.new.end])
