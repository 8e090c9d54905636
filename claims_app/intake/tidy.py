"""The one place of the rules for stored text: which characters it has, and what a paragraph is."""

import re
import unicodedata
from collections.abc import Sequence
from statistics import median

from claims_app.reading import without_controls

#: Zero-width marks, joiners, soft hyphens and direction controls: nobody sees them, and they keep equal words apart.
_UNSEEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BLANKS = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_PAGE_BREAKS = re.compile("\n?\f\n?")
_LINE_BREAKS = re.compile("\r\n|[\r\v\x85\u2028]")
_SENTENCE_END = re.compile(r"""[.!?…:]["'”’»)\]]*$""")
_BULLET = re.compile("[•◦▪‣●■*-] ")

#: Nobody breaks lines by hand, or by a mail program, wider than this.
_WIDEST = 120
#: A line this much shorter than the full ones was not broken for want of room.
_SHORT = 0.86


def tidy(text: str) -> str:
    """Return ``text`` as it is stored: paragraphs of plain text in NFC, a blank line between them.

    A paragraph has no line break, no run of blanks, no unseen or control character. Doing it again changes nothing.
    """
    lines = [collapse(line) for line in split_lines(text)]
    blocks = _blocks(lines)
    if len(blocks) == 1 and not is_wrapped(blocks[0]):
        blocks = [[line] for line in blocks[0]]
    elif len(blocks) == 1:
        blocks = [[blocks[0][at] for at in group] for group in group_wrapped(blocks[0])]
    return "\n\n".join(" ".join(part) for block in blocks for part in _parts(block))


def split_lines(text: str) -> list[str]:
    """Return the lines of a text without unseen and control characters; runs of blanks stay as long as they are."""
    text = _UNSEEN.sub("", text.replace("\u2029", "\n\n"))
    text = _LINE_BREAKS.sub("\n", _PAGE_BREAKS.sub("\n", text))
    # By way of NFC first: it makes other blanks out of some of the blanks.
    return _BLANKS.sub(" ", without_controls(unicodedata.normalize("NFC", text))).split("\n")


def collapse(line: str) -> str:
    """Return ``line`` with one blank for each run of them, and none around it."""
    return re.sub(" {2,}", " ", line).strip(" ")


def main_language(text: str) -> str:
    """Return ``he`` or ``en``, whichever most letters of ``text`` are of."""
    hebrew = len(re.findall("[א-ת]", text))
    return "he" if hebrew and hebrew >= len(re.findall("[A-Za-z]", text)) else "en"


def is_wrapped(lines: Sequence[str]) -> bool:
    """Return whether the breaks between ``lines`` are for want of room: near one width, and in mid-sentence."""
    full = lines[:-1]
    if len(full) < 2 or max(map(len, lines)) > _WIDEST:
        return False
    width = full_width(lines)
    near = sum(len(line) >= _SHORT * width for line in full)
    ended = sum(_SENTENCE_END.search(line) is not None for line in full)
    return width >= 30 and near >= 0.6 * len(full) and ended < 0.5 * len(full)


def is_spaced_out(lines: Sequence[str]) -> bool:
    """Return whether a text of broken lines has a blank line after nearly each, as some PDF readers leave it."""
    blocks = _blocks([collapse(line) for line in lines])
    single = sum(len(block) == 1 for block in blocks)
    return len(blocks) >= 6 and single >= 0.8 * len(blocks) and is_wrapped([line for block in blocks for line in block])


def group_wrapped(lines: Sequence[str]) -> list[list[int]]:
    """Return which of the ``lines`` stand in one paragraph: each ends with a line too short to be broken for room."""
    width = full_width(lines)
    groups: list[list[int]] = []
    is_open = False
    for at, line in enumerate(lines):
        if is_open:
            groups[-1].append(at)
        else:
            groups.append([at])
        is_open = len(line) >= _SHORT * width
    return groups


def full_width(lines: Sequence[str]) -> float:
    """Return how long a full line is: the middle of the longer half, in characters."""
    longer = sorted(map(len, lines))[len(lines) // 2 :]
    return median(longer) if longer else 0


def _blocks(lines: Sequence[str]) -> list[list[str]]:
    """Return the runs of lines between blank ones."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _parts(block: Sequence[str]) -> list[list[str]]:
    """Return the paragraphs of a block: one, but for lists, and for lines longer than anybody breaks them."""
    if max(map(len, block)) > 2 * _WIDEST:
        return [[line] for line in block]
    # One line that starts with a dash may be a broken sentence; two are a list.
    is_list = sum(_BULLET.match(line) is not None for line in block) > 1
    parts: list[list[str]] = []
    for line in block:
        if not parts or (is_list and _BULLET.match(line)):
            parts.append([line])
        else:
            parts[-1].append(line)
    return parts
