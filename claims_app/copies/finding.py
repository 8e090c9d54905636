"""Whether a kept copy says it: where a passage or a figure stands in its text, and what is nearest where none does."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from claims_app.prose.figures import Figure, read_figures
from claims_app.prose.quotes import find_places, nearest
from claims_app.prose.sentences import Span
from claims_app.prose.tokens import shape_marks

#: What stands between the cells of a row; people who copy it out of a page have a blank there.
_CELL_MARK = str.maketrans("|", " ")
_ALIKE = 0.65
"""Least likeness of what is offered for comparing; chance finds less in nearly every long text."""
_LONGEST = 2_000
"""Code points of a passage that are compared; what is longer is compared by its beginning."""
_LEAST_PART = 1_500
_PARTS = 4
_CHUNK = 50_000

_ABOUT = 0.05
"""How far apart, relative to the larger, two values may lie where one is said to be "about"."""
_EXACT = 1e-9
_TELLING = 3
"""Digits that make a bare number tell by itself what it counts, as 1,580,000 in a table does and 40 does not."""


@dataclass(frozen=True)
class Found:
    """Where a passage stands in a text; ``nearest``, if it stands nowhere, is only for a person to compare it with."""

    spans: tuple[Span, ...]
    nearest: Span | None


def find_passage(text: str, passage: str) -> Found:
    """Return every place of ``text`` with exactly the words of ``passage``, else the stretch that is most like it.

    Blanks, line breaks, the marks between the cells of a row and the shape of quotation marks and dashes do not count;
    every other difference does. What is nearest is never the passage, and is None where nothing is like it.
    """
    spans = find_places(text.translate(_CELL_MARK), passage.translate(_CELL_MARK))
    return Found(tuple(spans), None if spans else _nearest(text, passage[:_LONGEST]))


def has_passage(text: str, passage: str) -> bool:
    """Say whether ``find_passage`` finds a passage, without looking for what is like it."""
    return bool(find_places(text.translate(_CELL_MARK), passage.translate(_CELL_MARK)))


def _nearest(text: str, passage: str) -> Span | None:
    """Return the stretch most like a passage: looked for where most of its words stand together."""
    words = Counter(_words(passage))
    size = max(_LEAST_PART, 3 * len(passage))
    weighed: list[tuple[int, int]] = []
    for start in range(0, max(1, len(text)), size // 2):
        shared = words.keys() & set(_words(text[start : start + size]))
        weighed.append((sum(map(len, shared)), -start))
    best: tuple[float, Span] | None = None
    for weight, place in sorted(weighed, reverse=True)[:_PARTS]:
        start = -place
        for one in nearest(text[start : start + size], passage, most=1) if weight else ():
            if one.score >= _ALIKE and (best is None or one.score > best[0]):
                best = one.score, Span(start + one.span.start, start + one.span.end)
    return best[1] if best else None


def _words(text: str) -> list[str]:
    return [word.strip(".,;:!?()[]\"'") for word in shape_marks(text).split() if len(word) > 1]


def find_figure(text: str, *, low: float, high: float, unit: str | None, is_about: bool) -> tuple[Span, ...]:
    """Return where ``text`` states a value, or a range from ``low`` to ``high``, in its unit; in order.

    - The same value however it is written: 1.58 million is 1,580,000, "מיליון וחצי" is 1,500,000; with ``is_about``,
      5 percent more or less too. A value that is a limit ("more than 400") states it. A range is found only as a range.
    - The unit is the same where the reader of figures calls both the same; of "percent of the vote" that is percent.
      "rank" is an ordinal. Currencies and units are never converted.
    - A bare number states it where ``unit`` is none or is not known to the reader ("schools"), or where it has three
      digits or more besides zeros at its ends: numbers of a table have their unit in the heading. 1,580,000 and 38.7
      do, 40 does not.

    The time grows as the text does: some 1.6 seconds for a million code points, the first time.
    """
    known = _known_unit(unit)
    return tuple(
        Span(start + figure.start, start + figure.end)
        for start, chunk in _chunks(text)
        for figure in _figures_of(chunk)
        if _is_unit(figure, unit, known) and _is_value(figure, low, high, is_about=is_about)
    )


@lru_cache(maxsize=256)  # the chunks of some texts of the longest that is kept
def _figures_of(chunk: str) -> tuple[Figure, ...]:
    return tuple(read_figures(chunk))


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Yield a text in parts, each from the beginning of a line; its pieces all at once would take much memory."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _CHUNK) + 1 or len(text)
        yield start, text[start:end]
        start = end


@lru_cache(maxsize=256)
def _known_unit(unit: str | None) -> str | None:
    """Return what the reader of figures calls a unit, None for one that it does not know."""
    return next((figure.unit for figure in read_figures(f"5 {unit}")), None) if unit else None


def _is_unit(figure: Figure, unit: str | None, known: str | None) -> bool:
    if unit == "rank":
        return figure.kind == "ordinal"
    if figure.kind in {"date", "ordinal"}:
        return False
    if figure.unit is not None:
        return figure.unit == known
    return known is None or _is_telling(figure)


def _is_telling(figure: Figure) -> bool:
    """Return whether a bare number has enough digits, zeros at its ends not counted."""
    digits = "".join(mark for mark in f"{figure.low if figure.low is not None else figure.high:.15g}" if mark.isdigit())
    return len(digits.strip("0")) >= _TELLING


def _is_value(figure: Figure, low: float, high: float, *, is_about: bool) -> bool:
    """Return whether a figure states the value or the range; one that is a limit states its one value."""
    first = figure.low if figure.low is not None else figure.high
    last = figure.high if figure.high is not None else figure.low
    if not isinstance(first, float) or not isinstance(last, float):
        return False
    most = _ABOUT if is_about else _EXACT
    return all(abs(one - other) <= most * max(abs(one), abs(other)) for one, other in ((first, low), (last, high)))
