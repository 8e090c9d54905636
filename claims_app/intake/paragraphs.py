"""The lines of a document in the order in which they are read -> its paragraphs.

What repeats on each page and the numbers of the pages are left out; a paragraph goes on over columns and pages.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from claims_app.intake.layout import Row

_PAGE_NUMBER = re.compile(
    r"^\W*(?:page|p\.|דומע|'מע)?\s*\d{1,4}\s*(?:(?:of|ךותמ|/|-)\s*\d{1,4})?\s*(?:page|דומע)?\W*$", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.?!:…][\"'”’״)\]]*$|^[\"'”’״(\[]*[.?!:…]")
_WORD = re.compile("[A-Za-zÀ-ɏ]+(?:-[A-Za-zÀ-ɏ]+)*")
#: What joins a word to the next though no blank follows: a hyphen, a dash between numbers.
_HYPHEN_END = re.compile(r"(\w+)[-\u2010\u05be]$|(?<=\d)–$")
#: A line that ends inside an address, or after a stroke or long dash without blanks.
_OPEN_END = re.compile(r"(?:https?://|www\.)\S*[/?&=_#%-]$|[^\W\d]/$|\w—$")
#: From these shares of lines on that end with a hyphen, words are cut there.
_LEAST_CUT = 2
_CUT_SHARE = 0.04
#: Words that make others with a hyphen far more often than they begin one that was cut.
_COMPOUNDS = frozenset({"five", "four", "full", "half", "high", "long", "self", "six", "three", "two", "well"})
#: Columns of more different places than these do not share their edges.
_MOST_EDGES = 12
#: Lines of one paragraph are seldom this far apart, in sizes of their letters.
_WIDE_STEP = 1.7
_BULLET = re.compile(r"^(?:[•●▪◦‣*]|[-–—]\s)|(?:[•●▪◦‣*]|\s[-–—])$")
#: The number of an item at the beginning of a line, from the left or from the right.
_ITEM = re.compile(r"^\d{1,3}[.)]\s|\s[.()]\d{1,3}$")
#: How many lines at the top and at the bottom of a page may be its header and footer.
_EDGE_LINES = 3


def group_rows(pages: Sequence[Sequence[Sequence[Row]]], *, rtl: bool) -> list[list[Row]]:
    """Return the lines of each paragraph; ``pages`` holds for each page its columns, for each column its lines."""
    rows = _number_columns(pages)
    leading = _leading(rows)
    furniture = _furniture(rows, pages=len(pages), leading=leading)
    rows = [row for row in rows if id(row) not in furniture]
    _find_edges(rows)
    paragraphs: list[list[Row]] = []
    for row in rows:
        previous = paragraphs[-1][-1] if paragraphs else None
        if previous is None or _is_new(previous, row, paragraphs[-1], leading=leading, rtl=rtl):
            paragraphs.append([])
        paragraphs[-1].append(row)
    return paragraphs


def _furniture(rows: Sequence[Row], *, pages: int, leading: float) -> set[int]:
    """Return what are headers, footers and page numbers, each by its ``id``."""
    edges = []
    for number in range(pages):
        down = sorted((row for row in rows if row.page == number), key=lambda row: -row.base)
        edges += [down, down[::-1]]
    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for edge in edges:
        for row in edge[:_EDGE_LINES]:
            seen[_place(row)].add(row.page)
    repeated = {place for place, where in seen.items() if len(where) > max(1, pages // 3)}
    return {id(row) for edge in edges for row in _outside(edge, repeated, leading)}


def _place(row: Row) -> tuple[str, int]:
    return re.sub(r"\d+", "0", row.visual), round(row.base / 4)


def _outside(edge: Sequence[Row], repeated: set[tuple[str, int]], leading: float) -> Sequence[Row]:
    """Return what stands apart from the text at one edge of a page; lines that only look alike are the text's own."""
    count = 0
    while count < min(_EDGE_LINES, len(edge)) and (
        _place(edge[count]) in repeated or _PAGE_NUMBER.match(edge[count].visual)
    ):
        count += 1
    while 0 < count < len(edge):
        last, first = edge[count - 1], edge[count]
        is_apart = abs(last.base - first.base) > 1.4 * leading * max(last.size, first.size)
        if is_apart or abs(last.size - first.size) > 0.08 * first.size:
            break
        count -= 1
    return edge[:count]


def _number_columns(pages: Iterable[Iterable[Sequence[Row]]]) -> list[Row]:
    rows: list[Row] = []
    for page, columns in enumerate(pages):
        for column in columns:
            number = rows[-1].column + 1 if rows else 0
            for row in column:
                row.page, row.column = page, number
                rows.append(row)
    return rows


def _find_edges(rows: Sequence[Row]) -> None:
    """Give each line the edges of its column; columns of one place on the page share theirs."""
    columns: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        columns[row.column].append(row)
    own = {number: (min(row.left for row in each), max(row.right for row in each)) for number, each in columns.items()}
    counts = Counter((round(left, -1), round(right, -1)) for left, right in own.values())
    usual = [(float(left), float(right)) for (left, right), _ in counts.most_common(_MOST_EDGES)]
    single = [each for each in usual if not _spans_two(each, usual)]
    for number, column in columns.items():
        left, right = own[number]
        for other in single:
            # A short column, such as a line above a picture, is as wide as the others that begin where it does.
            begins_alike = abs(other[0] - left) < column[0].size or abs(other[1] - right) < column[0].size
            if begins_alike and min(right, other[1]) - max(left, other[0]) > 0.9 * (right - left):
                left, right = min(left, other[0]), max(right, other[1])
        for row in column:
            row.edges = (left, right)


def _spans_two(edges: tuple[float, float], usual: Iterable[tuple[float, float]]) -> bool:
    """Whether two other columns stand side by side between these edges."""
    within = [each for each in usual if edges[0] - 10 <= each[0] and each[1] <= edges[1] + 10]
    return any(one[1] < other[0] for one in within for other in within)


def _leading(rows: Sequence[Row]) -> float:
    """Return the usual distance of lines, in sizes of their letters."""
    steps = Counter(
        round((above.base - below.base) / below.size, 2)
        for above, below in pairwise(rows)
        if above.column == below.column and abs(above.size - below.size) < 0.1 * below.size
    )
    usual = [step for step, count in steps.items() if step > 0 and count >= 0.5 * max(steps.values())]
    return min(usual, default=1.4)


def _is_new(previous: Row, row: Row, paragraph: Sequence[Row], *, leading: float, rtl: bool) -> bool:
    """Whether a line begins a paragraph."""
    if abs(previous.size - row.size) > 0.08 * max(previous.size, row.size):
        return True
    room = _room(previous, row, rtl=rtl)
    is_ended = _SENTENCE_END.search(previous.visual) is not None
    width = row.edges[1] - row.edges[0]
    if previous.column == row.column:
        step = (previous.base - row.base) / row.size
        # Letters of a second font move lines apart; in mid-sentence, that is no new paragraph.
        usual = leading * (1.28 if is_ended or room > 0 else 1.6)
        if step > usual or (step > 1.12 * leading and room > 0) or (step > _WIDE_STEP and is_ended):
            return True
    inset, previous_inset = _inset(row, rtl=rtl), _inset(previous, rtl=rtl)
    if inset > 0.8 * row.size and (previous_inset < 0.4 * row.size or (len(paragraph) == 1 and is_ended and room > 0)):
        return inset < 0.4 * width or room > 0
    if (_BULLET.search(row.visual) and room > 0) or (_ITEM.search(row.visual) and is_ended):
        return True
    return room > 0 and (is_ended or room > 0.2 * width)


def _room(previous: Row, row: Row, *, rtl: bool) -> float:
    """Return how much of a line was left empty though the first word of the next would have fit; 0 if it would not."""
    empty = previous.left - previous.edges[0] if rtl else previous.edges[1] - previous.right
    word = row.right_word if rtl else row.left_word
    return max(0.0, empty - word - 0.6 * previous.size)


def _inset(row: Row, *, rtl: bool) -> float:
    return row.edges[1] - row.right if rtl else row.left - row.edges[0]


@dataclass(frozen=True, slots=True)
class Words:
    """What a document tells about the hyphens at the ends of its lines."""

    #: How often it has each word, and each of two words with a hyphen, in the middle of a line.
    counts: Counter[str]
    #: Its words are cut at the ends of lines, not only at hyphens that they have anyway.
    is_hyphenated: bool


def count_words(paragraphs: Iterable[Sequence[str]]) -> Words:
    """Count the words of a document, without the halves at the ends of lines."""
    counts: Counter[str] = Counter()
    lines = cut = 0
    for paragraph in paragraphs:
        is_cut = False
        for line in paragraph:
            words = list(_WORD.finditer(line))
            lines += 1
            cut += is_cut and line[:1].islower()
            for number, word in enumerate(words):
                is_half = (number == 0 and is_cut) or line[word.end() :] == "-"
                if not is_half:
                    counts[word[0].lower()] += 1
                    counts.update(word[0].lower().split("-") if "-" in word[0] else ())
            is_cut = bool(words) and line[words[-1].end() :] == "-"
    return Words(counts, is_hyphenated=cut >= _LEAST_CUT and cut > _CUT_SHARE * lines)


def join_lines(lines: Sequence[str], words: Words) -> str:
    """Return the text of lines in the order of reading."""
    parts = []
    for line, following in pairwise([*lines, ""]):
        match = _HYPHEN_END.search(line)
        if match and following and _is_cut(match, following, words):
            parts.append(line[:-1])
        else:
            parts.append(line if match or _OPEN_END.search(line) else f"{line} ")
    return "".join(parts).strip()


def _is_cut(hyphen: re.Match[str], line: str, words: Words) -> bool:
    """Whether a hyphen at the end of a line only says that a word goes on in the next."""
    second = re.match(r"([a-zß-ɏ][A-Za-zÀ-ɏ]*)(-\w)?", line)
    if second is None or not re.fullmatch("[A-Za-zÀ-ɏ]{2,}", hyphen[1] or ""):
        return False
    one, other = hyphen[1].lower(), second[1].lower()
    if words.counts[f"{one}-{other}"] or words.counts[f"{one}{other}"]:
        return words.counts[f"{one}-{other}"] < words.counts[f"{one}{other}"]
    is_chain = second[2] is not None or hyphen.string[: hyphen.start()].endswith("-")
    if not words.is_hyphenated or is_chain or one in _COMPOUNDS:
        return False
    return not (words.counts[one] and words.counts[other])
