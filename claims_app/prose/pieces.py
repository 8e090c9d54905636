"""The words, numbers and marks of a text, as the readers of figures and dates see them."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

HYPHENS = frozenset("-‐‑–—−־")
_PREFIX = re.compile("ו?(?:לכש|כש|מש|ש)?[בלמ]?כ?ה?")  # the letters that Hebrew glues to a word, in the order they take

FRACTIONS = "¼½¾⅐-⅞"
_SIGNS = "$€£¥₪₽₺₴₹₩₾₼"
_POINTS = "\u0591-\u05bd\u05bf-\u05c7"
# Addresses and telephone numbers come first: their digits state nothing. Each part is either consumed whole or bounded,
# so that no run of characters is gone through twice.
_PIECE = re.compile(
    rf"""
      (?P<skip> (?:https?://|www\.)\S+
              | (?<![\w.+-])[\w.+-]{{1,64}}@[\w-]+\.\S+
              | \+[0-9][0-9-]{{7,16}}
              | (?<![0-9])0[0-9]{{1,2}}-[0-9]{{6,7}}(?![0-9])
              | (?<![0-9])[0-9]{{1,4}}-[0-9]{{3}}-[0-9]{{4}}(?![0-9])
              | \*[0-9]{{4}}(?![0-9]) )
    | (?P<number> [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?![0-9]) | [0-9]+(?:[.,:/][0-9]+)*[{FRACTIONS}]? | [{FRACTIONS}] )
    | (?P<word> [א-ת][א-ת{_POINTS}]*(?:["'״׳’”“][א-ת][א-ת{_POINTS}]*)*['׳’]? | [^\W\d_א-ת]+(?:['’][^\W\d_א-ת]+)* )
    | (?P<mark> [-‐‑–—−־{_SIGNS}%+~≈<>≤≥'’()\n] | [^-‐‑–—−־{_SIGNS}%+~≈<>≤≥'’()\w\s]+ )
    """,
    re.VERBOSE,
)
_FOLDED = str.maketrans({"״": '"', "”": '"', "“": '"', "׳": "'", "’": "'"})
_POINT = re.compile(f"[{_POINTS}]")


class Piece(NamedTuple):
    """A piece of the text: ``text`` as it stands, ``word`` in small letters, without points, with plain quotes."""

    start: int
    end: int
    kind: str
    text: str
    word: str


def read_pieces(text: str) -> list[Piece]:
    """Return the pieces of ``text`` in order, and after them some that are empty, so that a reader may look ahead."""
    pieces = []
    for found in _PIECE.finditer(text):
        piece = found[0]
        word = piece.lower() if piece.isascii() else _POINT.sub("", piece.translate(_FOLDED)).lower()
        pieces.append(Piece(found.start(), found.end(), found.lastgroup or "", piece, word))
    nothing = Piece(len(text) + 1, len(text) + 1, "end", "", "")
    return pieces + [nothing] * 12


def touches(pieces: Sequence[Piece], at: int) -> bool:
    """Whether nothing stands between this piece and the one before it."""
    return at > 0 and pieces[at].start == pieces[at - 1].end


def is_hyphen(pieces: Sequence[Piece], at: int) -> bool:
    return pieces[at].text in HYPHENS


def words(text: str) -> frozenset[str]:
    """Return the words of a line, for tables that are read more easily as lines."""
    return frozenset(text.split())


def is_hebrew(word: str) -> bool:
    return "א" <= word[:1] <= "ת"


def is_prefix(piece: Piece) -> bool:
    """Whether a piece is nothing but letters that Hebrew glues to the front of a word or a number."""
    return piece.kind == "word" and _PREFIX.fullmatch(piece.word) is not None


def glued_prefix(pieces: Sequence[Piece], at: int) -> int | None:
    """Return the piece that is the Hebrew prefix of the number at ``at``: ``ב-40``, ``ב40``, ``ב- 40``, ``כ -40``."""
    if at and touches(pieces, at) and is_prefix(pieces[at - 1]):
        return at - 1
    is_joined = at > 1 and is_hyphen(pieces, at - 1) and (touches(pieces, at) or touches(pieces, at - 1))
    return at - 2 if is_joined and is_prefix(pieces[at - 2]) else None


@lru_cache(maxsize=8192)
def bare(word: str) -> tuple[str, ...]:
    """Return a word as it is and, where it is Hebrew, without the letters that may be glued to its front."""
    if not is_hebrew(word):
        return (word,)
    glued = (length for length in range(1, min(5, len(word) - 1)) if _PREFIX.fullmatch(word, 0, length))
    return (word, *(word[length:] for length in glued))
