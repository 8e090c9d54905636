"""Where words stand in a text: their selector, their exact places, and the passages most like them."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from rapidfuzz import fuzz

from claims_app.prose.sentences import Span
from claims_app.prose.tokens import Folded, Tokens, WordEdges, fold_text, read_tokens, shape_marks

_CONTEXT = 32
_LONG = 80
"""A passage of more words than any sentence should have is offered in parts."""
_HIDDEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_JOINERS = "\u200c\u200d"


class Selector(NamedTuple):
    """Where a passage stands, as the Web Annotation model says it: by its words, by those around it and by position."""

    quote: str
    prefix: str
    suffix: str
    start: int


class Candidate(NamedTuple):
    """A passage that may be meant; ``score`` runs from 0 to 1 for the same words."""

    span: Span
    score: float


def select(text: str, start: int, end: int) -> Selector:
    """Return the selector of ``text[start:end]``, with up to 32 code points before and after it, no character cut.

    Raises ``ValueError`` where there is no such passage.
    """
    if not 0 <= start < end <= len(text):
        raise ValueError(f"no passage from {start} to {end} in a text of {len(text)}")
    first, last = max(0, start - _CONTEXT), min(len(text), end + _CONTEXT)
    while first < start and _is_inside_character(text, first):
        first += 1
    while last > end and _is_inside_character(text, last):
        last -= 1
    return Selector(text[start:end], text[first:start], text[end:last], start)


def _is_inside_character(text: str, place: int) -> bool:
    """Return whether what people see as one character reaches over ``place``."""
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if unicodedata.category(after).startswith("M") or after in _JOINERS or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    if before == "\u200d" or "\U000e0020" <= after <= "\U000e007f" or (before, after) == ("\r", "\n"):
        return True
    flags = re.search("[\U0001f1e6-\U0001f1ff]*$", text[max(0, place - _CONTEXT) : place])
    return "\U0001f1e6" <= after <= "\U0001f1ff" and flags is not None and len(flags.group()) % 2 == 1


def is_same_words(one: str, other: str) -> bool:
    """Return whether two passages differ at most in blanks, line breaks and the shape of quotation marks and dashes."""
    return fold_text(one) == fold_text(other)


def find_places(text: str, quote: str) -> list[Span]:
    """Return every place of ``text`` with exactly the words of ``quote``, in order; no word or figure is cut.

    Blanks, line breaks and the shape of quotation marks and dashes do not count. The time grows as the text does.
    """
    wanted = fold_text(_HIDDEN.sub("", quote))
    if not wanted:
        return []
    folded, edges = Folded(text), WordEdges(text)
    found: list[Span] = []
    at = folded.text.find(wanted)
    while at >= 0:
        span = Span(folded.place(at), folded.place(at + len(wanted)))
        is_cut = edges.is_inside_word(span.start) or edges.is_inside_word(span.end)
        if not is_cut:
            found.append(span)
        at = folded.text.find(wanted, at + (1 if is_cut else len(wanted)))
    return found


def find_quoted(text: str, quote: str) -> list[Span]:
    """Return the places of a quote in ``text``, in order: those of whole words or, where it has none, all others.

    A quote that begins inside a word, such as one without its Hebrew prefix, stands there too.
    """
    words = quote.strip()
    if not words:
        return []
    return find_places(text, words) or [Span(*found.span()) for found in re.finditer(re.escape(words), text)]


def nearest(text: str, words: str, *, most: int = 3) -> list[Candidate]:
    """Return up to ``most`` passages of ``text`` that are most like ``words``, best first, for a person to choose."""
    wanted = shape_marks(words).strip()
    if not wanted:
        return []
    tokens = read_tokens(text)
    shaped = shape_marks(text)
    candidates = [_judge(tokens, shaped, wanted, passage) for passage in _passages(tokens, read_tokens(words))]
    best = sorted((one for one in candidates if one.score > 0), key=lambda one: (-one.score, one.span))
    chosen: list[Candidate] = []
    for one in best:
        if len(chosen) == most:
            break
        if all(one.span.end <= other.span.start or other.span.end <= one.span.start for other in chosen):
            chosen.append(one)
    return chosen


def _passages(tokens: Tokens, words: Tokens) -> Iterator[range]:
    """Yield the tokens of every run of as many sentences as the words have; parts of those that are very long."""
    count = len(words.bounds) - 1
    size = max(_LONG, 2 * len(words))
    for first in range(max(1, len(tokens.bounds) - count)):
        start, end = tokens.bounds[first], tokens.bounds[min(first + count, len(tokens.bounds) - 1)]
        for part in range(start, max(start + 1, end - size // 2), size // 2) if end - start > size else [start]:
            if start < end:
                yield range(part, min(end, part + size))


def _judge(tokens: Tokens, shaped: str, wanted: str, passage: range) -> Candidate:
    """Return how like the words a passage is, or where it has more of them, its part that is most like."""
    start, end = tokens.starts[passage.start], tokens.ends[passage.stop - 1]
    whole = Candidate(Span(start, end), fuzz.ratio(wanted, shaped[start:end]) / 100)
    if end - start < len(wanted):
        return whole
    part = fuzz.partial_ratio_alignment(wanted, shaped[start:end])
    if part is None:
        return whole
    inside = tokens.within(start + part.dest_start, start + part.dest_end)
    span = Span(tokens.starts[inside.start], tokens.ends[inside.stop - 1]) if inside else whole.span
    narrowed = Candidate(span, fuzz.ratio(wanted, shaped[span.start : span.end]) / 100)
    return max(whole, narrowed, key=lambda one: one.score)
