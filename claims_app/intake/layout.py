"""Where the letters of a page stand -> its lines as they are seen, in the order in which a person reads them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

#: A gap this wide, in sizes of the letters beside it, is a blank; so is a narrower one that has a blank of its own.
BLANK = 0.12
NARROW_BLANK = 0.06
#: A gap this wide may lie between two columns.
GUTTER = 0.85
#: Fewer lines than these beside each other are no columns, and lines of fewer letters are a table.
COLUMN_LINES = 5
COLUMN_LETTERS = 8
#: What share of the lines of a column begin where the others do; first lines of paragraphs may not.
ALIGNED = 0.6
#: How far the gap may move, in points, from one page to the next.
KNOWN = 6
#: Signs smaller than this, beside a letter, may be raised or lowered.
SMALL = 0.85
#: Places tried for the gap between columns, and columns found within columns.
MOST_PLACES = 300
MOST_DEPTH = 6

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Glyph(NamedTuple):
    """A character and its place: points, y upwards; ``base`` is the height of the line it stands on.

    One without a character only takes its room.
    """

    char: str
    left: float
    right: float
    base: float
    size: float


@dataclass(slots=True)
class Row:
    """A line, or the part of one that stands in one column, as it is seen from left to right."""

    visual: str
    left: float
    right: float
    base: float
    size: float
    #: The widths of its words at either end.
    left_word: float
    right_word: float
    page: int = 0
    #: The column that it stands in, numbered in reading order through the document, and the edges of that column.
    column: int = 0
    edges: tuple[float, float] = (0.0, 0.0)


def read_rows(glyphs: Iterable[Glyph], *, rtl: bool, gutters: list[float]) -> list[list[Row]]:
    """Return the lines of a page, column by column, in the order in which they are read.

    ``gutters`` are the places between the columns of the pages before, where fewer lines are columns too; those of
    this page are added.
    """
    pieces = [piece for line in _lines(glyphs) for piece in _pieces(line)]
    columns = []
    for column in _columns(pieces, gutters, rtl=rtl):
        rows = [_row(line) for line in _joined(column)]
        rows = [row for row in rows if row.visual]
        if rows:
            columns.append(rows)
    return columns


def _lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Return the glyphs line by line from the top, each line from left to right."""
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda each: -each.base):
        if lines and abs(lines[-1][0].base - glyph.base) <= 0.25 * min(glyph.size, lines[-1][0].size):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return _with_raised(lines)


def _with_raised(lines: list[list[Glyph]]) -> list[list[Glyph]]:
    """Put small raised and lowered signs into the line they belong to; a digit stays told from those beside it."""
    whole: list[list[Glyph]] = []
    for number, line in enumerate(lines):
        neighbours = ([whole[-1]] if whole else []) + lines[number + 1 : number + 2]
        for other in neighbours:
            size = max(glyph.size for glyph in other)
            is_small = max(glyph.size for glyph in line) < SMALL * size and len(line) < len(other)
            if is_small and -0.35 * size < line[0].base - other[0].base < 0.6 * size and _beside(line, other, size):
                other.extend(line)
                break
        else:
            whole.append(line)
    return [_level(line) for line in whole]


def _level(line: list[Glyph]) -> list[Glyph]:
    """Return a line from left to right, all of it on the base of its largest letters."""
    size = max(glyph.size for glyph in line)
    base = median(glyph.base for glyph in line if glyph.size > SMALL * size)
    level: list[Glyph] = []
    letter: Glyph | None = None
    for glyph in sorted(line, key=lambda each: each.left + each.right):
        offset = glyph.base - base
        is_shifted = glyph.size < SMALL * size and abs(offset) > 0.04 * size
        char = glyph.char.translate(_RAISED if offset > 0 else _LOWERED) if is_shifted else glyph.char
        if letter is not None and _is_again(glyph, letter):
            continue
        letter = glyph if char else letter
        level.append(Glyph(char, glyph.left, glyph.right, base, glyph.size))
    return level


def _is_again(glyph: Glyph, letter: Glyph) -> bool:
    """Whether this is a Hebrew letter that its vowel points name once more, in the same place."""
    if glyph.char != letter.char or not "א" <= glyph.char <= "ת":
        return False
    shared = min(glyph.right, letter.right) - max(glyph.left, letter.left)
    return shared > 0.8 * min(glyph.right - glyph.left, letter.right - letter.left)


def _beside(line: Sequence[Glyph], other: Sequence[Glyph], size: float) -> bool:
    """Whether a small sign stands right beside a letter of the other line."""
    return any(
        abs(glyph.left - letter.right) < 0.4 * size or abs(glyph.right - letter.left) < 0.4 * size
        for glyph in line[:8]
        for letter in other
    )


def _pieces(line: Sequence[Glyph]) -> list[list[Glyph]]:
    """Cut a line where columns may lie apart."""
    pieces: list[list[Glyph]] = []
    reached = 0.0
    for glyph in line:
        if glyph.char == " ":
            if pieces:
                pieces[-1].append(glyph)
            continue
        if not pieces or glyph.left - reached > GUTTER * glyph.size:
            pieces.append([])
            reached = glyph.right
        pieces[-1].append(glyph)
        reached = max(reached, glyph.right)
    return pieces


@dataclass(slots=True)
class _Box:
    piece: list[Glyph]
    left: float
    right: float
    base: float
    size: float


def _columns(
    pieces: Sequence[list[Glyph]], gutters: list[float], *, rtl: bool, depth: int = 0
) -> list[list[list[Glyph]]]:
    """Return the pieces column by column: what is above columns, each of them from its reading side, what is below."""
    boxes = [_box(piece) for piece in pieces]
    found = _gutter(boxes, gutters, rtl=rtl) if depth < MOST_DEPTH else None
    if found is None:
        return [list(pieces)] if pieces else []
    place, top, bottom = found
    gutters.append(place)
    within = [box for box in boxes if bottom <= box.base <= top]
    left = [box.piece for box in within if box.left < place]
    right = [box.piece for box in within if box.left >= place]
    parts = [[box.piece for box in boxes if box.base > top], *((right, left) if rtl else (left, right))]
    parts.append([box.piece for box in boxes if box.base < bottom])
    return [column for part in parts for column in _columns(part, gutters, rtl=rtl, depth=depth + 1)]


def _box(piece: list[Glyph]) -> _Box:
    inked = [glyph for glyph in piece if glyph.char != " "]
    return _Box(
        piece, min(each.left for each in inked), max(each.right for each in inked), piece[0].base, piece[0].size
    )


def _gutter(boxes: Sequence[_Box], known: Sequence[float], *, rtl: bool) -> tuple[float, float, float] | None:
    """Return where the right one of two columns begins, and the highest and lowest line beside the gap."""
    best: tuple[int, tuple[float, float, float]] | None = None
    ordered = sorted(boxes, key=lambda box: -box.base)
    known = known[-MOST_PLACES:]
    for place in sorted({round(box.left) - 1 for box in boxes})[1 : MOST_PLACES + 1]:
        is_known = any(abs(each - place) < KNOWN for each in known)
        run: list[_Box] = []
        for box in [*ordered, None]:
            if box is not None and (box.left >= place or box.right <= place - GUTTER * box.size + 2):
                run.append(box)
                continue
            height = _beside_each_other(run, place, least=1 if is_known else COLUMN_LINES, rtl=rtl)
            if height and (best is None or height > best[0]):
                best = height, (place, run[0].base, run[-1].base)
            run = []
    return best[1] if best else None


def _beside_each_other(run: Sequence[_Box], place: float, *, least: int, rtl: bool) -> int:
    """Return how many lines stand on both sides of a place, or 0 if they are no columns."""
    left, right = _by_line(box for box in run if box.left < place), _by_line(box for box in run if box.left >= place)
    lines = min(len(left), len(right))
    # Where one column is long, the other may end early.
    if not lines or (lines < least and max(len(left), len(right)) < 3 * COLUMN_LINES):
        return 0
    shared = min(max(left), max(right)) - max(min(left), min(right))
    shorter = min(max(left) - min(left), max(right) - min(right))
    letters = min(sum(len(box.piece) for line in side.values() for box in line) / len(side) for side in (left, right))
    if shared < 0.5 * shorter or letters < COLUMN_LETTERS:
        return 0
    # The blanks between words may lie below each other by chance; where the lines of a column begin is no chance.
    starts = [max(box.right for box in line) for line in left.values()] if rtl else []
    starts = starts or [min(box.left for box in line) for line in right.values()]
    first = max(starts) if rtl else min(starts)
    aligned = sum(abs(start - first) < 0.2 * run[0].size for start in starts)
    return lines if aligned >= ALIGNED * len(starts) else 0


def _by_line(boxes: Iterable[_Box]) -> dict[float, list[_Box]]:
    lines: dict[float, list[_Box]] = defaultdict(list)
    for box in boxes:
        lines[box.base].append(box)
    return lines


def _joined(pieces: Iterable[list[Glyph]]) -> list[list[Glyph]]:
    """Put pieces of one line that no column separates together again."""
    lines: list[list[Glyph]] = []
    for piece in pieces:
        if lines and lines[-1][0].base == piece[0].base:
            lines[-1].extend(piece)
        else:
            lines.append(list(piece))
    return lines


def _row(line: Sequence[Glyph]) -> Row:
    words: list[list[Glyph]] = []
    reached = 0.0
    has_blank = True
    for glyph in line:
        if glyph.char == " ":
            has_blank = True
            continue
        gap = glyph.left - reached
        is_apart = not words or gap > (NARROW_BLANK if has_blank else BLANK) * glyph.size
        if is_apart and not glyph.char:
            continue
        if is_apart:
            words.append([])
            reached = glyph.right
        words[-1].append(glyph)
        reached = max(reached, glyph.right)
        has_blank = False
    widths = [max(each.right for each in word) - word[0].left for word in words]
    sizes = sorted(glyph.size for glyph in line)
    return Row(
        visual=" ".join("".join(glyph.char for glyph in word) for word in words),
        left=words[0][0].left,
        right=reached,
        base=line[0].base,
        size=sizes[len(sizes) // 2],
        left_word=widths[0],
        right_word=widths[-1],
    )
