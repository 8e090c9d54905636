"""How words are folded so that search finds a claim however it is spelled, pointed or prefixed."""

import re
import unicodedata

# Points and cantillation go; the maqaf joins two words and so becomes a blank.
_POINTS = re.compile("[֑-ֽֿ-ׇ]")
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_INNER_MARKS = re.compile("(?<=\\w)[\"'״׳“”‘’](?=\\w)")
_WORD = re.compile(r"\w+")
_PREFIX_LETTERS = frozenset("ושמהכלב")


def _tokens(text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", text).lower().replace("־", " ")
    text = _HIDDEN.sub("", _POINTS.sub("", text))
    return _WORD.findall(_INNER_MARKS.sub("", text))


def _stems(word: str) -> list[str]:
    """Return ``word`` without one, two and three of the letters that Hebrew glues to its front."""
    stems: list[str] = []
    while len(stems) < 3 and len(word) > 3 and word[0] in _PREFIX_LETTERS:
        word = word[1:]
        stems.append(word)
    return stems


def fold(text: str) -> str:
    """Return the words of ``text`` for the index: folded, each once, prefixed Hebrew words also without prefix."""
    found: dict[str, None] = {}
    for word in _tokens(text):
        found[word] = None
        found.update(dict.fromkeys(_stems(word)))
    return " ".join(found)


def fold_query(text: str, *, most: int = 8) -> list[str]:
    """Return the words to look for, folded as the index is; at most ``most`` of them."""
    return list(dict.fromkeys(_tokens(text)))[:most]
