"""Cutting a text where marks begin and end."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from claims_app.reports.segments import Segment, cut, share_lines

LENGTH = 30
SPANS = st.lists(st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)).map(sorted).map(tuple), max_size=8)


class TestCut:
    def test_a_text_without_marks_is_one_segment(self) -> None:
        assert cut(5, []) == [Segment(0, 5, (), ())]

    def test_an_empty_text_has_none(self) -> None:
        assert cut(0, [(0, 3)]) == []

    def test_where_marks_cross_a_segment_names_both(self) -> None:
        assert cut(10, [(1, 6), (4, 8)]) == [
            Segment(0, 1, (), ()),
            Segment(1, 4, (0,), ()),
            Segment(4, 6, (0, 1), (0,)),
            Segment(6, 8, (1,), (1,)),
            Segment(8, 10, (), ()),
        ]

    def test_the_longer_of_two_that_begin_together_is_named_first(self) -> None:
        assert [segment.over for segment in cut(9, [(0, 4), (0, 9)])] == [(1, 0), (1,)]

    def test_the_same_words_twice_are_two_marks(self) -> None:
        assert cut(3, [(0, 3), (0, 3)]) == [Segment(0, 3, (0, 1), (0, 1))]

    def test_it_is_cut_at_breaks_too(self) -> None:
        assert cut(6, [(0, 6)], breaks=(2, 6, 9)) == [Segment(0, 2, (0,), ()), Segment(2, 6, (0,), (0,))]

    def test_what_lies_outside_is_passed_over(self) -> None:
        assert cut(4, [(2, 9), (7, 9), (3, 3)]) == [Segment(0, 2, (), ()), Segment(2, 4, (0,), (0,))]

    @given(SPANS)
    def test_each_place_is_under_the_marks_that_hold_it_and_each_mark_ends_once(
        self, spans: list[tuple[int, int]]
    ) -> None:
        segments = cut(LENGTH, spans)
        assert [segment.start for segment in segments] == [0, *(segment.end for segment in segments[:-1])]
        assert segments[-1].end == LENGTH
        for segment in segments:
            for place in range(segment.start, segment.end):
                assert set(segment.over) == {name for name, (start, end) in enumerate(spans) if start <= place < end}
        ended = [name for segment in segments for name in segment.ending]
        assert sorted(ended) == [name for name, (start, end) in enumerate(spans) if start < end]


class TestShareLines:
    def test_marks_that_do_not_meet_are_all_on_the_first(self) -> None:
        assert share_lines([(0, 3), (3, 5), (9, 12)]) == [0, 0, 0]

    def test_marks_that_overlap_lie_below_each_other(self) -> None:
        assert share_lines([(0, 9), (2, 4), (3, 8), (4, 6), (9, 10)]) == [0, 1, 2, 1, 0]

    @given(SPANS)
    def test_no_two_that_overlap_share_a_line(self, spans: list[tuple[int, int]]) -> None:
        lines = share_lines(spans)
        for one, other in combinations(range(len(spans)), 2):
            overlap = min(spans[one][1], spans[other][1]) - max(spans[one][0], spans[other][0])
            assert overlap <= 0 or lines[one] != lines[other]
