"""A text cut into paragraphs, and its marks into what HTML can hold: nested where they nest, split where they cross."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

BREAK = "\n\n"
"""What stands between the paragraphs of a stored text."""


class Mark(NamedTuple):
    """Words that state a claim, in code points of the text."""

    begins: int
    ends: int
    claim_id: int


class Gap(NamedTuple):
    """A passage that nobody has answered for, in code points of the text."""

    begins: int
    ends: int
    passage_id: int


class Step(NamedTuple):
    """One step of writing a paragraph: ``open`` and ``close`` a mark, ``words``, and after its last words a ``number``.

    ``gap`` is the open passage that words outside of all marks belong to; ``end`` closes such a passage.
    """

    kind: str
    claim_id: int | None = None
    words: str = ""
    gap: int | None = None


def split_paragraphs(text: str) -> list[tuple[int, int]]:
    """Return where each paragraph of a stored text begins and ends."""
    spans, begins = [], 0
    for paragraph in text.split(BREAK):
        spans.append((begins, begins + len(paragraph)))
        begins += len(paragraph) + len(BREAK)
    return spans


def write_paragraphs(
    text: str, paragraphs: Sequence[tuple[int, int]], marks: Iterable[Mark], gaps: Iterable[Gap]
) -> list[list[Step]]:
    """Return the steps that write each paragraph with its marks, in one pass over the text.

    Written one after the other, the words of the steps are the paragraph. A mark over several paragraphs is opened
    anew in each. Gaps do not overlap one another; where a mark lies over a gap, the mark is what is shown.
    """
    writer = _Writer(text, marks, gaps)
    return [_without_empty_marks(writer.write(begins, ends)) for begins, ends in paragraphs]


def _without_empty_marks(steps: Iterable[Step]) -> list[Step]:
    """Leave out the marks that would be closed as soon as they are opened: those that go on in the next paragraph."""
    kept: list[Step] = []
    for step in steps:
        if step.kind == "close" and kept[-1].kind == "open":
            kept.pop()
        else:
            kept.append(step)
    return kept


def _holds_words(text: str) -> bool:
    """Whether there is more than a stop or a blank to be drawn under."""
    return any(character.isalnum() for character in text)


class _Writer:
    """Goes through a text from its beginning to its end."""

    def __init__(self, text: str, marks: Iterable[Mark], gaps: Iterable[Gap]) -> None:
        self.text = text
        #: Outer marks before inner ones; turned round, so that the next one is the last.
        self.waiting = sorted(marks, key=lambda mark: (mark.begins, -mark.ends, mark.claim_id), reverse=True)
        self.gaps = sorted(gaps, reverse=True)
        self.open: list[Mark] = []
        edges = {edge for mark in self.waiting for edge in mark[:2]} | {edge for gap in self.gaps for edge in gap[:2]}
        self.edges = sorted(edges)

    def write(self, begins: int, ends: int) -> Iterator[Step]:
        """Yield the steps of the next paragraph."""
        inside = self.edges[bisect_left(self.edges, begins + 1) : bisect_left(self.edges, ends)]
        for mark in self.open:
            yield Step("open", mark.claim_id)
        place = begins
        for edge in [*inside, ends]:
            yield from self._open_at(place)
            if place < edge:
                words = self.text[place:edge]
                yield Step("words", words=words, gap=self._gap_at(place) if _holds_words(words) else None)
            place = edge
            yield from self._close_at(place)
        yield from (Step("close") for _ in self.open)

    def _open_at(self, place: int) -> Iterator[Step]:
        while self.waiting and self.waiting[-1].begins <= place:
            mark = self.waiting.pop()
            self.open.append(mark)
            yield Step("open", mark.claim_id)

    def _close_at(self, place: int) -> Iterator[Step]:
        """Close what ends here; what was opened inside of it and goes on is closed too and opened again."""
        ended = [mark for mark in self.open if mark.ends <= place]
        if ended:
            outermost = self.open.index(ended[0])
            going_on = [mark for mark in self.open[outermost:] if mark.ends > place]
            yield from (Step("close") for _ in self.open[outermost:])
            self.open[outermost:] = going_on
            for mark in ended:
                yield Step("number", mark.claim_id)
            yield from (Step("open", mark.claim_id) for mark in going_on)
        if self.gaps and self.gaps[-1].ends <= place:
            yield Step("end", gap=self.gaps.pop().passage_id)

    def _gap_at(self, place: int) -> int | None:
        if self.open or not self.gaps or not self.gaps[-1].begins <= place:
            return None
        return self.gaps[-1].passage_id
