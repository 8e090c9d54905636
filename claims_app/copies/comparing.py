"""Whether a page still says what it said: its text compared, not its bytes."""

import re
from dataclasses import dataclass
from itertools import accumulate

from claims_app.copies.kinds import HTML, tell_kind
from claims_app.copies.markup import article_text
from claims_app.copies.reading import read_copy
from claims_app.prose.compare import Change, Kind, compare_words
from claims_app.prose.order import match_in_order
from claims_app.prose.quotes import is_same_words
from claims_app.prose.sentences import Span
from claims_app.prose.tokens import fold_text

_MOST_BY_WORDS = 1_000_000
"""Code points of both texts that are compared word by word, which takes a second."""
_PARAGRAPH = re.compile(r"[^\n]+\n*|\n+")


@dataclass(frozen=True)
class Drift:
    """What became of a text; ``changes`` cover both texts without a gap, and are none where nothing changed."""

    is_same: bool
    changes: tuple[Change, ...] = ()


def compare_texts(old: str, new: str) -> Drift:
    """Return whether two texts differ in more than blanks, line breaks and the shape of quotation marks and dashes.

    The changes are word by word; of texts of more than a million code points together, paragraph by paragraph.
    """
    if is_same_words(old, new):
        return Drift(is_same=True)
    by_words = len(old) + len(new) <= _MOST_BY_WORDS
    return Drift(is_same=False, changes=tuple(compare_words(old, new) if by_words else _compare_paragraphs(old, new)))


def main_text(data: bytes, *, media_type: str | None, charset: str | None = None, address: str | None = None) -> str:
    """Return what a copy is about: the article of a page without its menus and boxes, else all its visible text.

    This is what is compared, so that a new headline in a box beside the article is no change. Never raises.
    """
    if tell_kind(data, media_type) == HTML:
        try:
            text = article_text(data, charset=charset, address=address)
        except Exception:  # noqa: BLE001 - a hostile page raises whatever its reader does; its words are read below
            text = ""
        if any(mark.isalnum() for mark in text):
            return text
    return read_copy(data, media_type=media_type, charset=charset, address=address).text


def _compare_paragraphs(old: str, new: str) -> list[Change]:
    ours, theirs = _PARAGRAPH.findall(old), _PARAGRAPH.findall(new)
    a, b = [0, *accumulate(map(len, ours))], [0, *accumulate(map(len, theirs))]
    changes: list[Change] = []
    left = right = 0
    for i, j in [*match_in_order([*map(fold_text, ours)], [*map(fold_text, theirs)]), (len(ours), len(theirs))]:
        if left < i or right < j:
            kind: Kind = "insert" if left == i else "delete" if right == j else "replace"
            changes.append(Change(kind, Span(a[left], a[i]), Span(b[right], b[j])))
        if i < len(ours):
            is_going_on = bool(changes) and changes[-1].kind == "equal"
            first = changes.pop() if is_going_on else Change("equal", Span(a[i], a[i]), Span(b[j], b[j]))
            changes.append(Change("equal", Span(first.old.start, a[i + 1]), Span(first.new.start, b[j + 1])))
        left, right = i + 1, j + 1
    return changes
