"""The words and marks of a text, each with a key that is the same however blanks, quotation marks and dashes look."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from claims_app.prose.sentences import split_sentences

_DOUBLE = '"״“”„‟«»″'
_SINGLE = "'׳’‘‚‛`´′"
_DASHES = "-–—־‐‑‒―−"
_GLYPHS = str.maketrans(dict.fromkeys(_DOUBLE, '"') | dict.fromkeys(_SINGLE, "'") | dict.fromkeys(_DASHES, "-"))
_POINTS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
_LETTER = rf"[\w{_POINTS}]"
_MARK = rf"[{_DOUBLE}{_SINGLE}]"
_TOKEN = re.compile(
    # What Hebrew glues to a quoted word is a word by itself: the mark opens a quotation, it is no gershayim.
    rf"[ושהמכלב]{{1,3}}(?={_MARK}{_LETTER}{{2}})"
    rf"|{_LETTER}+(?:(?:{_MARK}|(?<=\d)[.,:/](?=\d)){_LETTER}+)*"
    rf"|[{_SINGLE}]{{2}}|\S"
)
_BLANKS = re.compile(r"\s+")
_SHORTENED = re.compile(r"\s{2,}|''")


def shape_marks(text: str) -> str:
    """Return ``text`` with one shape for all quotation marks and one for all dashes, each character in its place."""
    return text.translate(_GLYPHS)


def fold_marks(text: str) -> str:
    """Return ``text`` with one shape for all marks, and two single marks as the double one they stand for."""
    return shape_marks(text).replace("''", '"')


def fold_text(text: str) -> str:
    """Return what texts of the same words have in common: one blank for each gap, one shape for each mark."""
    return fold_marks(_BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip())


class Folded:
    """A text as ``fold_text`` gives it, but for the composing of letters, with the way back to its own places."""

    def __init__(self, text: str) -> None:
        parts: list[str] = []
        self._ends = [0]
        self._gained = [0]
        done = size = 0
        for found in _SHORTENED.finditer(shape_marks(text)):
            parts += text[done : found.start()], " " if found.group()[0].isspace() else '"'
            size += found.start() - done + 1
            done = found.end()
            self._ends.append(size)
            self._gained.append(done - size)
        self.text = _BLANKS.sub(" ", shape_marks("".join([*parts, text[done:]])))

    def place(self, at: int) -> int:
        """Return where the folded character ``at`` starts in the text, which is where the one before it ends."""
        return at + self._gained[bisect_right(self._ends, at) - 1]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words and marks of a text in order; ``bounds`` is where each sentence starts, and at its end their number."""

    text: str
    starts: list[int]
    ends: list[int]
    keys: list[str]
    bounds: list[int]

    def __len__(self) -> int:
        return len(self.keys)

    def within(self, start: int, end: int) -> range:
        """Return the tokens that have a character between ``start`` and ``end``."""
        return range(bisect_right(self.ends, start), bisect_left(self.starts, end))

    def is_glued(self, token: int) -> bool:
        """Return whether the token stands without a blank behind the one before it."""
        return 0 < token < len(self.keys) and self.ends[token - 1] == self.starts[token]

    def sentence_of(self, token: int) -> range:
        """Return the tokens of the sentence in which ``token`` stands."""
        place = bisect_right(self.bounds, token)
        return range(self.bounds[place - 1], self.bounds[place])

    def is_word(self, token: int) -> bool:
        """Return whether the token is a word or a figure, not a mark."""
        return self.keys[token][0].isalnum()


class WordEdges:
    """Says where a text may be cut; it reads only the lines that it is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line = range(0)
        self._words: list[tuple[int, int]] = []

    def is_inside_word(self, place: int) -> bool:
        """Return whether a cut at ``place`` goes through a word or a figure."""
        if not self._line.start < place < self._line.stop:
            start, end = self._text.rfind("\n", 0, place) + 1, self._text.find("\n", place)
            self._line = range(start, end if end >= 0 else len(self._text))
            self._words = [found.span() for found in _TOKEN.finditer(self._text, self._line.start, self._line.stop)]
        at = bisect_left(self._words, (place, 0)) - 1
        return at >= 0 and self._words[at][0] < place < self._words[at][1]


def read_tokens(text: str) -> Tokens:
    """Return the words and marks of ``text``; the time grows as the text does."""
    starts: list[int] = []
    ends: list[int] = []
    keys: list[str] = []
    for found in _TOKEN.finditer(text):
        starts.append(found.start())
        ends.append(found.end())
        keys.append(fold_marks(found.group()))
    firsts = {bisect_left(starts, sentence.start) for sentence in split_sentences(text)}
    return Tokens(text, starts, ends, keys, sorted(firsts | {0, len(keys)}))
