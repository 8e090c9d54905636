"""Words of a Word document: runs cut by direction, links, places, and what XML cannot hold left out.

Word lays a run out from right to left if the run says so, and guesses for none: a Hebrew line with a Latin name in it
is three runs, and a bracket belongs to the run of the words that it stands with.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from claims_app.reports.blocks import BOLD, CODE, GONE, LTR, MUTED, NEW, RTL, SAID, Line, Run
from claims_app.reports.drawings import INK_2, MARKS

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_R = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u200f"
_LETTER = f"[^\\W\\d_{_R}]"
_LEFT = re.compile(f"{_LETTER}(?:[^{_R}]*(?:{_LETTER}|[\\d%]))?")
_RIGHT = re.compile(f"[{_R}](?:(?:(?!{_LETTER}).)*[{_R}])?", re.DOTALL)
_HAS_LEFT, _HAS_RIGHT = re.compile(_LETTER), re.compile(f"[{_R}]")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_MARKS = {RTL: "\u200f", LTR: "\u200e"}

UI_FONT, SAID_FONT, CODE_FONT = "Arial", "Times New Roman", "Consolas"
UNDERLINES = {"verified": "single", "partly": "dash", "disputed": "wave", "unverifiable": "double", "opinion": "dotted"}
LINK_COLOUR = "1c4fa0"


def xml(text: str) -> str:
    """Return ``text`` as XML has it, without the characters that it cannot have."""
    return escape(without_illegal(text))


def without_illegal(text: str) -> str:
    """Return ``text`` without the characters that XML cannot have."""
    return _ILLEGAL.sub("", text)


def attribute(text: str) -> str:
    """Return ``text`` as the quoted value of an attribute."""
    return quoteattr(_ILLEGAL.sub("", text))


def pieces(text: str, direction: str) -> Iterator[tuple[str, str]]:
    """Cut ``text`` of a line that runs in ``direction`` where its words turn round: ``(words, direction)``."""
    other = LTR if direction == RTL else RTL
    if not (_HAS_LEFT if direction == RTL else _HAS_RIGHT).search(text):
        yield text, direction
        return
    at = 0
    for found in (_LEFT if direction == RTL else _RIGHT).finditer(text):
        start, end = found.start(), _balanced(text, found.start(), found.end())
        if start < at:
            continue
        if start > at:
            yield text[at:start], direction
        yield text[start:end], other
        at = end
    if at < len(text):
        yield text[at:], direction


def _balanced(text: str, start: int, end: int) -> int:
    """Return where a stretch ends that takes no bracket without its other half."""
    waiting: list[int] = []
    for place in range(start, end):
        if text[place] in _CLOSING:
            waiting.append(place)
        elif waiting and text[place] == _CLOSING[text[waiting[-1]]]:
            waiting.pop()
    while waiting and end < len(text) and text[end] == _CLOSING[text[waiting[-1]]]:
        waiting.pop()
        end += 1
    return len(text[start : waiting[0]].rstrip()) + start if waiting else end


@lru_cache(maxsize=512)
def properties(
    style: str, direction: str, colour: str = "", line: str = "", extra: str = "", line_colour: str = ""
) -> str:
    """Return the properties of a run: its style, its colour, the line under it."""
    line_colour = f' w:color="{line_colour}"' if line_colour else ""
    face = SAID_FONT if SAID in style else CODE_FONT if CODE in style else ""
    colour = colour or ("ac1d2d" if GONE in style else "0d6b3e" if NEW in style else INK_2 if MUTED in style else "")
    line = line or ("single" if NEW in style else "")
    is_bold = BOLD in style or NEW in style
    found = [
        f'<w:rFonts w:ascii="{face}" w:hAnsi="{face}" w:cs="{face}"/>' if face else "",
        "<w:b/><w:bCs/>" if is_bold else "",
        "<w:strike/>" if GONE in style else "",
        f'<w:color w:val="{colour}"/>' if colour else "",
        '<w:sz w:val="17"/><w:szCs w:val="17"/>' if CODE in style else "",
        f'<w:u w:val="{line}"{line_colour}/>' if line else "",
        extra,
        '<w:rtl/><w:lang w:bidi="he-IL"/>' if direction == RTL else "",
    ]
    inside = "".join(found)
    return f"<w:rPr>{inside}</w:rPr>" if inside else ""


_TEXT = re.compile(r"[\n\t]")


def text_run(text: str, look: str) -> str:
    """Return words with the properties ``look`` as one run; the whole part still goes ``without_illegal``."""
    safe = escape(text)
    if _TEXT.search(safe):
        safe = safe.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">').replace(
            "\t", '</w:t><w:tab/><w:t xml:space="preserve">'
        )
    return f'<w:r>{look}<w:t xml:space="preserve">{safe}</w:t></w:r>'


class Words:
    """Writes runs, and keeps which addresses they lead to and which places they name."""

    def __init__(self, direction: str) -> None:
        self.direction = direction
        self.addresses: dict[str, str] = {}
        self._bookmarks = 0

    def write(self, line: Line) -> str:
        """Return the words of a line."""
        direction = line.direction or self.direction
        if len(line.runs) == 1:
            return self.run(line.runs[0], direction, is_alone=True)
        return "".join([self.run(run, direction) for run in _joined(line.runs)])

    def run(self, run: Run, direction: str, *, is_alone: bool = False) -> str:
        """Return one run of a line that runs in ``direction``."""
        written = self._written(run, direction, is_alone=is_alone)
        if run.mark:
            mark = MARKS[run.mark]
            look = properties(run.style, direction, mark.colour)
            written = text_run(f"{mark.sign} ", look) + written
        if not run.target:
            return written
        if run.target.startswith("#"):
            return f'<w:hyperlink w:anchor="{place(run.target[1:])}">{written}</w:hyperlink>'
        number = self.addresses.setdefault(run.target, f"link{len(self.addresses) + 1}")
        return f'<w:hyperlink r:id="{number}">{written}</w:hyperlink>'

    def _written(self, run: Run, direction: str, *, is_alone: bool) -> str:
        colour = MARKS[run.mark].colour if run.mark else LINK_COLOUR if run.target else ""
        line = UNDERLINES.get(run.mark or "", "")
        own = run.direction or direction
        found = "".join(
            [text_run(words, properties(run.style, way, colour, line)) for words, way in pieces(run.text, own)]
        )
        if run.direction is None:
            return found
        if own != direction and not is_alone and self._turns(run.text, direction):
            # Both directions in words of their own direction: they are embedded as a whole.
            return f'<w:dir w:val="{own}">{found}</w:dir>'
        if own != direction and not run.text[-1:].isalnum():
            # So that the stroke at the end of an address stays at its end.
            found += text_run(_MARKS[own], properties("", own))
        if is_alone:
            return found
        # So that a name and the number or the bracket after it do not run together.
        side = text_run(_MARKS[direction], properties("", direction))
        return side + found + side

    def _turns(self, text: str, direction: str) -> bool:
        return bool((_HAS_RIGHT if direction == RTL else _HAS_LEFT).search(text))

    def bookmark(self, name: str) -> str:
        """Return a place that links lead to."""
        self._bookmarks += 1
        number = self._bookmarks
        return f'<w:bookmarkStart w:id="{number}" w:name="{place(name)}"/><w:bookmarkEnd w:id="{number}"/>'


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield the runs of a line, the desk's own words that follow each other in one style as one."""
    waiting: Run | None = None
    for run in runs:
        is_own = run.direction is None and run.target is None and run.mark is None
        if is_own and waiting is not None and waiting.style == run.style:
            waiting = Run(waiting.text + run.text, run.style)
            continue
        if waiting is not None:
            yield waiting
        waiting = run if is_own else None
        if not is_own:
            yield run
    if waiting is not None:
        yield waiting


def place(name: str) -> str:
    """Return the name of a place as Word takes it."""
    return name.replace("-", "_")
