"""The report as Markdown that reads well as it stands, too: CommonMark, with one table.

What people wrote is escaped so that none of it becomes markup, HTML or a link, in CommonMark and in GitHub's dialect.
Words of another direction than their line's stand between isolates (U+2068, U+2069); a line whose first letter would
turn it begins with a mark of direction.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from claims_app.language import DIRECTIONS
from claims_app.reports import blocks as b
from claims_app.reports.blocks import LTR, RTL, first_strong
from claims_app.reports.drawings import MARKS
from claims_app.reports.facts import Report
from claims_app.reports.telling import tell

_MARKUP = re.compile(r"[\\`*_\[\]<>&|~$@]|:(?=//)|(?<=[wW]{3})\.")
_FIRST = re.compile(r"^(?:[#+=-]|\d{1,9}(?=[.)](?:\s|$)))")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BEGINNING = {RTL: "\u200f", LTR: "\u200e"}
BREAK = "\\\n"


def write_markdown(report: Report, *, zone: str) -> bytes:
    """Return the report as a Markdown file in UTF-8; moments are those of ``zone``."""
    told = tell(report, zone=zone)
    writer = _Writer(told.direction)
    title = b.alone(told.title, language=told.title_language)
    parts = [
        writer.said(b.Line((b.free(told.desk), b.Run(" · "), b.Run(told.kind)))),
        f"# {writer.words(title)}",
        *(part for block in told.blocks for part in writer.draw(block)),
    ]
    return ("\n\n".join(part for part in parts if part) + "\n").encode("utf-8", "replace")


def escape(text: str) -> str:
    """Return ``text`` on one line such that Markdown shows it and reads nothing into it."""
    return _MARKUP.sub(lambda found: f"\\{found.group()}", _TURNING.sub("", text))


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _at_start(words: str) -> str:
    """Return a line whose beginning makes neither a heading nor a list nor a rule."""
    found = _FIRST.match(words)
    if found is None:
        return words
    if found.group()[0].isdigit():
        return f"{found.group()}\\{words[found.end() :]}"
    return f"\\{words}"


class _Writer:
    """Writes one report's blocks."""

    def __init__(self, direction: str) -> None:
        self.direction = direction
        self._kinds: dict[type, Any] = {
            b.Heading: lambda block: [f"{'#' * (block.level + 1)} {self.words(block.line)}"],
            b.Line: lambda block: [self.said(block)],
            b.Facts: self._facts,
            b.Table: self._table,
            b.Chart: lambda _block: [],
            b.Ticks: lambda _block: [],
            b.Legend: lambda _block: [],
            b.Copied: self._copied,
            b.ClaimItem: self._claim,
            b.Items: lambda block: map(self._item, block.items),
            b.Signature: lambda block: [BREAK.join(map(self.said, block.lines))],
            b.SignHere: self._sign_here,
            b.Contents: lambda _block: [],
            b.Together: lambda block: [part for one in block.blocks for part in self.draw(one)],
        }

    def draw(self, block: b.Block) -> Iterable[str]:
        """Return a block as paragraphs."""
        drawn: Iterable[str] = self._kinds[type(block)](block)
        return drawn

    def words(self, line: b.Line) -> str:
        """Return the words of a line, escaped, on one line of the file for each of theirs."""
        direction = line.direction or self.direction
        alone = len(line.runs) == 1
        found = "".join([self._run(run, direction, is_alone=alone) for run in line.runs])
        lines = [_at_start(words) for words in _lines(found)]
        if lines and (first_strong(lines[0]) or direction) != direction:
            lines[0] = _BEGINNING[direction] + lines[0]
        return BREAK.join(lines)

    def said(self, line: b.Line) -> str:
        """Return a line as a paragraph; what a source or the article says is quoted."""
        words = self.words(line)
        return f"> {words.replace(BREAK, BREAK + '> ')}" if line.kind is b.Kind.QUOTE and words else words

    def _run(self, run: b.Run, direction: str, *, is_alone: bool) -> str:
        words = escape(run.text)
        if run.direction and not (is_alone and run.direction == direction):
            words = f"\u2068{words.strip()}\u2069"
        if run.mark:
            words = f"{MARKS[run.mark].sign} {words}"
        if b.GONE in run.style and words.strip():
            words = f"~~{words.strip()}~~"
        if (b.BOLD in run.style or b.NEW in run.style) and words.strip() and "\n" not in words:
            inside = words.strip()
            words = words.replace(inside, f"**{inside}**", 1)
        if run.target and not run.target.startswith("#"):
            words = f"[{' '.join(words.split())}](<{quote(run.target, safe=_SAFE)}>)"
        return words

    def _facts(self, block: b.Facts) -> list[str]:
        return ["\n".join(f"- {escape(label)}: {self._inline(line)}" for label, line in block.rows)]

    def _inline(self, line: b.Line) -> str:
        return self.words(line).replace(BREAK, " ")

    def _table(self, block: b.Table) -> list[str]:
        rows = [["; ".join(map(self._inline, cell)) for cell in row] for row in block.rows]
        if block.has_total:
            heads = [escape(head) for head in block.heads]
            lines = [heads, ["---"] * len(heads), *rows]
            return ["\n".join(f"| {' | '.join(row)} |" for row in lines)]
        return ["\n".join(self._row(block.heads, row) for row in rows)]

    def _row(self, heads: Iterable[str], row: Iterable[str]) -> str:
        cells = [f"{escape(head)}: {cell}" for head, cell in zip(heads, row, strict=True)]
        return f"- {(BREAK + '  ').join(cells)}"

    def _copied(self, block: b.Copied) -> Iterator[str]:
        paragraph = block.paragraph
        said = "".join(
            escape(stretch.words) + "".join(f" \\[{note.about.number}\\]" for note in stretch.notes)
            for stretch in paragraph.stretches
        )
        lines = [_at_start(line) for line in _lines(said)]
        direction = DIRECTIONS[paragraph.language]
        if lines and (first_strong(lines[0]) or direction) != direction:
            lines[0] = _BEGINNING[direction] + lines[0]
        if lines:
            yield f"**{BREAK.join(lines)}**" if paragraph.is_heading else BREAK.join(lines)
        if block.notes:
            yield f"> {self._inline(block.notes)}"

    def _claim(self, block: b.ClaimItem) -> Iterator[str]:
        yield f"#### {block.number}. {self._inline(block.statement)}"
        yield self.said(b.Line(tuple(_spaced(block.marks))))
        for part in block.parts:
            yield from self._compared(part) if isinstance(part, b.Compared) else [self.said(part)]
        yield from map(self._item, block.evidence)

    def _compared(self, block: b.Compared) -> Iterator[str]:
        for label, line in zip(block.labels, (block.before, block.after), strict=True):
            yield f"{escape(label)}: {self._inline(line)}"

    def _item(self, item: b.Item) -> str:
        lead = f"{item.number}. "
        indent = " " * len(lead)
        lines = [self.words(line).replace(BREAK, BREAK + indent) for line in item.lines]
        return lead + (BREAK + indent).join(line for line in lines if line)

    def _sign_here(self, block: b.SignHere) -> list[str]:
        return [
            "\n".join(f"- {escape(who)}: {self._inline(line)} \\_\\_\\_\\_\\_\\_\\_\\_" for who, line in block.columns)
        ]


def _spaced(runs: Iterable[b.Run]) -> Iterator[b.Run]:
    for place, run in enumerate(runs):
        if place:
            yield b.Run(" · ")
        yield run


#: What an address may hold between angle brackets; all else is written as its bytes.
_SAFE = "!#$%&'()*+,-./:;=?@[]_~"
