"""Hebrew whose words or letters stand in the wrong order, as readers of PDFs and old files leave them, put right.

*Reversed in chunks*: a justified line comes out as runs of words (chunks), the last run first. Each run but the line's
last has a blank of its own at its end, and one more stands between two runs: so two blanks part runs, one parts words,
the line ends with a blank, and between the line's last two runs, which come out first, there is one blank, the same
as between words. Only there the order has to be guessed, and what is guessed is marked.

*Visual order*: the letters of each line from left to right, as they are seen.
"""

import re
from collections.abc import Sequence

from claims_app.intake.bidi import to_logical
from claims_app.intake.reading import Line
from claims_app.intake.tidy import collapse
from claims_app.intake.wordorder import Likeness
from claims_app.language import lazy

#: What a person should know of a text that was put right.
MENDED = lazy("The words of some lines came in the wrong order and were put right. Look at the marked lines.").message
TURNED = lazy("The letters came in the order they are seen in and were turned. Look at the marked lines.").message

_GAP = re.compile(" {2,}")
_HEBREW = re.compile("[א-ת]")
_WORD = re.compile("[א-ת]{2,}")
#: A number, or a dash between words, is a run whose own blank comes out before it.
_NUMBER_RUN = re.compile(r" {3,}([^\sא-תA-Za-z]+) (?=\S)")
#: A number keeps its own direction, so that the mark after it comes out before it.
_MARKED_NUMBER = re.compile(r"(?<!\S)([:.,;!?]+)(\d[\d.,:/%-]*)(?!\S)")
#: A line whose likeness says so much against its new order is looked at; a little says nothing.
_AGAINST = -2.0


def is_visual(lines: Sequence[str]) -> bool:
    """Return whether the letters of the Hebrew words are in the order in which they are seen, the last one first."""
    words = _WORD.findall(" ".join(lines))
    first = sum(word[0] in "ךםןףץ" for word in words)
    last = sum(word[-1] in "ךםןףץ" for word in words)
    return first >= 2 and first > 4 * last


def turn(lines: Sequence[str]) -> list[Line]:
    """Return lines in visual order turned into logical order; one with Latin words or odd brackets is unsure."""
    turned = []
    for line in lines:
        is_hebrew = _HEBREW.search(line) is not None
        text = collapse(to_logical(line.strip(" "))) if is_hebrew else collapse(line)
        is_unsure = is_hebrew and (re.search("[A-Za-z]", line) is not None or not _is_balanced(text))
        turned.append(Line(line, text, is_unsure))
    return turned


def is_scrambled(lines: Sequence[str]) -> bool:
    """Return whether the lines with two blanks between some of their words read better from their end."""
    parted = [line for line in lines if _is_parted(line)]
    likeness = Likeness.of(line.split() for line in lines if not _is_parted(line))
    gain = sum(_gain(likeness, line) for line in parted)
    return bool(parted) and gain > 2 + 0.2 * len(parted)


def unscramble(lines: Sequence[str]) -> list[Line]:
    """Return lines reversed in chunks with their words in logical order, as many as came in.

    A line is unsure where its order was chosen by likeness, or where the likeness speaks against what the blanks say.
    """
    parted = [line for line in lines if _is_parted(line)]
    has_seam = sum(len(_runs(line)[0]) > 1 for line in parted) > 0.8 * len(parted)
    has_ends = 2 * sum(line.endswith(" ") for line in parted) > len(parted)
    turned = [_is_parted(line) or (has_ends and _is_pair(line)) for line in lines]
    likeness = Likeness.of(line.split() for line, is_turned in zip(lines, turned, strict=True) if not is_turned)
    repaired: list[Line] = []
    for at, line in enumerate(lines):
        if not turned[at]:
            repaired.append(Line(line, collapse(line)))
            continue
        before = repaired[-1].text.split()[-1:] if repaired else []
        after = _opening(lines[at + 1], is_turned=turned[at + 1]) if at + 1 < len(lines) else [""]
        words, is_guess = _in_order(likeness, line, before, after, has_seam=has_seam)
        repaired.append(Line(line, " ".join(words), is_guess or _gain(likeness, line) < _AGAINST))
    return repaired


def _in_order(
    likeness: Likeness, line: str, before: list[str], after: list[str], *, has_seam: bool
) -> tuple[list[str], bool]:
    """Return the words of a reversed line in order, and whether that was a guess."""
    head, *runs = _runs(line)
    start = [word for run in reversed(runs) for word in run]
    if not has_seam or len(head) < 2:
        return start + head, len(head) > 1
    orders = [start + head[cut:] + head[:cut] for cut in range(1, len(head))]
    best = max(orders, key=lambda order: likeness.of_words([*before, *order, *after]))
    return best, len(orders) > 1


def _runs(line: str) -> list[list[str]]:
    """Return the words of a line, run by run."""
    parts = _NUMBER_RUN.sub(r"  \1  ", line.strip(" "))
    return [[_MARKED_NUMBER.sub(r"\2\1", word) for word in run.split()] for run in _GAP.split(parts)]


def _opening(line: str, *, is_turned: bool) -> list[str]:
    """Return the first word of a line as it should be read, if that is known before the line is put in order."""
    runs = _runs(line)
    if is_turned and len(runs) == 1:
        return []
    return (runs[-1] if is_turned else runs[0])[:1]


def _is_parted(line: str) -> bool:
    return _GAP.search(line.strip(" ")) is not None and _HEBREW.search(line) is not None


def _is_pair(line: str) -> bool:
    """Return whether a line has the blank at its end that a line of two runs has; a whole line ends with a word."""
    return line.endswith(" ") and len(line.split()) > 1 and _HEBREW.search(line) is not None


def _gain(likeness: Likeness, line: str) -> float:
    """Return how much better the runs of a line read from the last to the first."""
    head, *runs = _runs(line)
    words = [word for run in reversed(runs) for word in run] + head
    return likeness.of_words(words) - likeness.of_words([word for run in [head, *runs] for word in run])


def _is_balanced(text: str) -> bool:
    depth = 0
    for mark in text:
        depth += (mark in "([{") - (mark in ")]}")
        if depth < 0:
            return False
    return depth == 0
