"""The text of an article by its paragraphs, and drawn with its marks: the annotated copy."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from claims_app.intake.tidy import main_language
from claims_app.reports.segments import Segment, cut, share_lines

BREAK = "\n\n"
"""What stands between the paragraphs of a stored text."""
MOST_LINES = 4
"""Lines below the text that can be told apart; what lies deeper shares the last."""
LONGEST_HEADING = 80

T = TypeVar("T")


class Paragraphs:
    """A text and where its paragraphs stand in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: list[tuple[int, int]] = []
        start = 0
        for paragraph in text.split(BREAK):
            self.spans.append((start, start + len(paragraph)))
            start += len(paragraph) + len(BREAK)
        self._starts = [start for start, _end in self.spans]

    def number_at(self, place: int) -> int:
        """Return the number of the paragraph in which a place of the text stands, from 1."""
        return bisect_right(self._starts, place)


@dataclass(frozen=True)
class Mark(Generic[T]):
    """Words of the text that something is said about: the ``number``-th place of ``about``."""

    start: int
    end: int
    about: T
    number: int = 1


class Drawn(NamedTuple, Generic[T]):
    """A mark and the line below the text on which it is drawn, from 0."""

    mark: Mark[T]
    line: int


@dataclass(frozen=True)
class Stretch(Generic[T]):
    """Words under the same marks, those of the highest line first, and the marks whose note follows them."""

    words: str
    marks: Sequence[Drawn[T]]
    is_open: bool
    notes: Sequence[Mark[T]]


@dataclass(frozen=True)
class Paragraph(Generic[T]):
    """A paragraph of the annotated copy; the words of its stretches are its words, letter by letter."""

    number: int
    #: The language that most of its letters are of.
    language: str
    is_heading: bool
    stretches: Sequence[Stretch[T]]


def annotate(
    paragraphs: Paragraphs, marks: Sequence[Mark[T]], gaps: Iterable[tuple[int, int]], *, language: str
) -> list[Paragraph[T]]:
    """Return the text with its marks and the passages, ``gaps``, that nobody answers for, in one pass over it.

    ``language`` is that of paragraphs without letters.
    """
    spans = [(mark.start, mark.end) for mark in marks]
    lines = [min(line, MOST_LINES - 1) for line in share_lines(spans)]
    edges = [edge for span in paragraphs.spans for edge in span]
    segments = iter(cut(len(paragraphs.text), [*spans, *gaps], edges))
    segment = next(segments, None)
    drawn = []
    for number, (start, end) in enumerate(paragraphs.spans, start=1):
        stretches = []
        following = paragraphs.spans[number][0] if number < len(paragraphs.spans) else end
        while segment is not None and segment.start < following:
            # Of what stands between two paragraphs only the notes are shown.
            words = paragraphs.text[segment.start : segment.end] if segment.end <= end else ""
            stretches.append(_stretch(words, segment, marks, lines))
            segment = next(segments, None)
        said = paragraphs.text[start:end]
        drawn.append(Paragraph(number, _language(said, language), _is_heading(said), tuple(_filled(stretches))))
    return drawn


def _stretch(words: str, segment: Segment, marks: Sequence[Mark[T]], lines: Sequence[int]) -> Stretch[T]:
    over = [Drawn(marks[name], lines[name]) for name in segment.over if name < len(marks)]
    return Stretch(
        words=words,
        marks=sorted(over, key=lambda one: one.line),
        is_open=len(over) < len(segment.over),
        notes=[marks[name] for name in segment.ending if name < len(marks)],
    )


def _filled(stretches: Iterable[Stretch[T]]) -> Iterator[Stretch[T]]:
    return (stretch for stretch in stretches if stretch.words or stretch.notes)


def _language(words: str, default: str) -> str:
    return main_language(words) if any(letter.isalpha() for letter in words) else default


def _is_heading(words: str) -> bool:
    """Whether a paragraph looks like a heading: one short line that is no sentence."""
    return 0 < len(words) <= LONGEST_HEADING and "\n" not in words and words[-1].isalnum()
