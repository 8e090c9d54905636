"""The words around a number that say how it is meant: about, more than, at most."""

from collections.abc import Sequence
from typing import NamedTuple

from claims_app.prose.pieces import Piece, bare, glued_prefix

ABOUT, MIN, MAX, TIMES = "about", "min", "max", "times"

_BEFORE = {
    MIN: "more than | over | well over | just over | slightly more than | at least | above | no less than | "
    "no fewer than | not less than | upwards of | in excess of | exceeding | exceeds | exceeded | a minimum of | "
    "minimum of | > | ≥ | יותר מ | למעלה מ | מעל | מעל ל | מעל ה | לפחות | לא פחות מ | מינימום | לכל הפחות",
    MAX: "less than | fewer than | under | just under | below | up to | at most | no more than | not more than | "
    "as many as | as much as | a maximum of | maximum of | < | ≤ | "
    "פחות מ | מתחת ל | עד | עד ל | עד ה | לכל היותר | לא יותר מ | מקסימום",
    ABOUT: "about | just about | around | roughly | approximately | approx | nearly | almost | close to | some | "
    "an estimated | estimated | circa | ca | ~ | ≈ | "
    "כ | כמעט | בערך | קרוב ל | בסביבות | בסביבות ה | סביב | סביב ה | לערך | משהו כמו | פחות או יותר",
    TIMES: "פי",
}
_AFTER = {
    MIN: "or more | at least | or above | and above | plus | + | לפחות | ויותר | ומעלה | או יותר | לכל הפחות",
    MAX: "or less | or fewer | at most | לכל היותר | או פחות | ופחות | ומטה",
    ABOUT: "or so | בערך | בקירוב | לערך",
}


def _read_table(table: dict[str, str]) -> dict[tuple[str, ...], str]:
    return {tuple(way.split()): meaning for meaning, ways in table.items() for way in ways.split(" | ")}


_KNOWN_BEFORE = _read_table(_BEFORE)
_KNOWN_AFTER = _read_table(_AFTER)
_FIRST_AFTER = frozenset(way[0] for way in _KNOWN_AFTER)
_LONGEST = 4


class Around(NamedTuple):
    """What stands around a number: where the words that belong to it begin or end, and what they say."""

    place: int
    bound: str
    is_about: bool
    is_times: bool
    before: str
    """The letter or word before all that, and where it begins."""
    before_place: int


def read_before(pieces: Sequence[Piece], at: int, prefix: str, *, since: int = 0) -> Around:
    """Return what the words from ``since`` to ``at`` say of the number there; ``prefix``: letters glued to it."""
    words = _words_before(pieces, at, prefix, since)
    place = pieces[at].start + len(prefix)
    meanings = set()
    while (found := _longest_ending(words)) is not None:
        length, meaning, place = found
        meanings.add(meaning)
        words = words[:-length]
    return Around(
        place,
        MIN if MIN in meanings else MAX if MAX in meanings else "exact",
        ABOUT in meanings,
        TIMES in meanings,
        *(words[-1] if words else ("", place)),
    )


def read_after(pieces: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """Return what the words from piece ``at`` on say of the number before them, and the piece after them."""
    if pieces[at].word not in _FIRST_AFTER:
        return None
    for length in range(_LONGEST, 0, -1):
        meaning = _KNOWN_AFTER.get(tuple(piece.word for piece in pieces[at : at + length]))
        if meaning is not None:
            return meaning, at + length
    return None


def _words_before(pieces: Sequence[Piece], at: int, prefix: str, since: int) -> list[tuple[str, int]]:
    """Return the words before a number with where they begin; letters that Hebrew glues to it each as a word."""
    letters = [(letter, pieces[at].start + place) for place, letter in enumerate(prefix)]
    before = glued_prefix(pieces, at) if not prefix else None
    if before is not None:
        letters = [(letter, pieces[before].start + place) for place, letter in enumerate(pieces[before].text)]
        at = before
    earlier = [(piece.word, piece.start) for piece in pieces[max(since, at - 8) : at]]
    return earlier + letters


def _longest_ending(words: list[tuple[str, int]]) -> tuple[int, str, int] | None:
    """Return how many of the last words say how the number is meant, what they say, and where they begin."""
    for length in range(min(_LONGEST, len(words)), 0, -1):
        first, *rest = [word for word, _ in words[-length:]]
        start = words[-length][1]
        for stem in bare(first):
            meaning = _KNOWN_BEFORE.get((stem, *rest))
            if meaning is not None and not (stem == "כ" and first != "כ") and first != "בקרוב":  # that is soon
                return length, meaning, start + len(first) - len(stem)
    return None
