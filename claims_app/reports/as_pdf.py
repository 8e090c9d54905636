"""The report as a PDF: A4, tagged for readers who do not see it, each text in its own direction, with its own fonts.

By default it is of the standard PDF/UA-1; ``standard`` asks for an archival one. What people wrote reaches the
typesetter as data, never as markup. Characters that no font of the file shows are written by their numbers.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from claims_app.errors import DomainError, NotFound
from claims_app.language import DIRECTIONS, speaking
from claims_app.reports import blocks as b
from claims_app.reports.drawings import MARKS, svg_of
from claims_app.reports.facts import ClaimFacts, Report
from claims_app.reports.glyphs import FONTS, breakable, is_shown, shown
from claims_app.reports.paragraphs import Drawn
from claims_app.reports.telling import tell

STANDARDS = {"ua-1": ["ua-1"], "a-2b": ["a-2b"], "a-3b": ["a-3b"], "a-2a": ["a-2a"]}
"""The kinds of PDF that can be asked for, as the typesetter calls them."""
ARCHIVAL = ("a-2b", "a-3b", "a-2a")
"""Those of them that are for archives: PDF/A."""
SECONDS = 300
"""No report may take longer; one of four thousand claims takes a seventh of it on a quiet machine."""
KEPT_TOGETHER = 1600
"""Characters of a claim or an item that is not broken over pages; a longer one may not fit on any."""
_LINE = 90

MOST_SAID = 500
"""Characters of the typesetter's last words that are logged."""

_log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[2]
# Each may take a gigabyte for the moment: two at a time, and the others wait, but not for ever.
_turns = BoundedSemaphore(2)


def write_pdf(report: Report, *, zone: str, standard: str | None = None) -> bytes:
    """Return the report as a PDF file; moments are those of ``zone``.

    ``standard`` is one of ``STANDARDS``, else ``NotFound``. A report that cannot be set is a ``DomainError``.
    """
    if standard is not None and standard not in STANDARDS:
        raise NotFound("A PDF is of one of these standards: %(standards)s.", standards=", ".join(STANDARDS))
    with speaking(report.language):
        told = tell(report, zone=zone)
    wanted = {
        "content": json.dumps(_content(told), ensure_ascii=False, separators=(",", ":")),
        "logo": told.logo.hex() if told.logo and image_kind(told.logo) else "",
        "fonts": str(FONTS),
        "standards": STANDARDS[standard or "ua-1"],
    }
    return _set_in_type(json.dumps(wanted, ensure_ascii=False).encode("utf-8", "replace"))


def image_kind(data: bytes) -> str | None:
    """Return ``png`` or ``jpg`` for a picture of these kinds, by its first bytes."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "jpg" if data.startswith(b"\xff\xd8\xff") else None


def _set_in_type(wanted: bytes) -> bytes:
    # Nothing of the desk's secrets goes with it, and no way to the outside.
    surroundings = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ}
    surroundings["PYTHONPATH"] = os.pathsep.join([str(_ROOT), *sys.path])
    surroundings |= dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    if not _turns.acquire(timeout=SECONDS):
        raise DomainError("Other reports are being set just now. Ask for the PDF again in a few minutes.")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "claims_app.reports.typesetter"],
            input=wanted, capture_output=True, check=True, timeout=SECONDS, env=surroundings,
        )  # fmt: skip
    except subprocess.SubprocessError as error:
        said = getattr(error, "stderr", None) or b""
        _log.error("A report could not be set: %s", said.decode("utf-8", "replace")[-MOST_SAID:].strip() or error)
        raise DomainError(
            "The PDF of this report could not be set. Ask for fewer claims, or take the report as a page or for Word."
        ) from error
    finally:
        _turns.release()
    return done.stdout


def _content(told: b.Told) -> dict[str, Any]:
    names = set(_names(told.blocks))
    texts = _Texts(told.direction, names)
    drawn = [_DRAWN[type(block)](block, texts) for block in told.blocks]
    return {
        "language": told.language,
        "direction": told.direction,
        "title": texts.text(told.title),
        "title-language": told.title_language,
        "title-direction": DIRECTIONS[told.title_language],
        "desk": texts.isolated(told.desk),
        "kind": told.kind,
        "folio": texts.isolated(told.folio),
        "author": told.author,
        "made": told.made_at,
        "page": told.page,
        "logo": bool(told.logo and image_kind(told.logo)),
        "unknown": told.unknown if texts.has_unknown else "",
        "svg": _drawings(),
        "blocks": drawn,
    }


@cache
def _drawings() -> Mapping[str, str]:
    return {mark: svg_of(mark) for mark in MARKS}


def _names(blocks: Iterable[b.Block]) -> Iterable[str]:
    """Yield the places of a report that links may lead to."""
    for block in blocks:
        if isinstance(block, b.Together):
            yield from _names(block.blocks)
        elif isinstance(block, b.Heading | b.ClaimItem) and block.name:
            yield block.name
        elif isinstance(block, b.Items):
            yield from (item.name for item in block.items if item.name)
        elif isinstance(block, b.Copied):
            yield f"paragraph-{block.paragraph.number}"
            for stretch in block.paragraph.stretches:
                yield from (f"text-{note.about.number}-{note.number}" for note in stretch.notes)


#: Begins words that run in a direction of their own; U+2069 ends them.
_ISOLATES = {b.RTL: "\u2067", b.LTR: "\u2066"}


class _Texts:
    """Brings texts into the form in which they are set."""

    def __init__(self, direction: str, names: set[str]) -> None:
        self.direction = direction
        self._names = names
        self.has_unknown = False

    def text(self, text: str) -> str:
        drawn = shown(text)
        if drawn is not text and not self.has_unknown:
            self.has_unknown = not is_shown(text)
        return breakable(drawn)

    def isolated(self, text: str) -> str:
        """Return somebody's words such that they have no part in the order of the words around them."""
        return f"\u2068{self.text(text)}\u2069"

    def laid(self, line: b.Line) -> list[Any]:
        """Return ``[runs, kind, direction, language]``; a run is a text, or ``[text, style, target, mark]``."""
        direction = line.direction or self.direction
        runs: list[Any] = []
        for run in line.runs:
            text = self.text(run.text)
            if run.direction and (len(line.runs) > 1 or run.direction != direction):
                text = f"{_ISOLATES[run.direction]}{text}\u2069"
            target = run.target
            if target and target.startswith("#") and target[1:] not in self._names:
                target = None
            if not (run.style or target or run.mark):
                if runs and isinstance(runs[-1], str):
                    runs[-1] += text
                else:
                    runs.append(text)
            else:
                runs.append([text, run.style, target or "", run.mark or ""])
        return [runs, line.kind, direction, line.language or ""]


def _heading(block: b.Heading, texts: _Texts) -> dict[str, Any]:
    # In the contents it stands in a line of the report.
    title = b.Line(block.line.runs)
    return {"is": "heading", "level": block.level, "line": texts.laid(title), "name": block.name or ""}


def _line(block: b.Line, texts: _Texts) -> dict[str, Any]:
    return {"is": "line", "line": texts.laid(block)}


def _facts(block: b.Facts, texts: _Texts) -> dict[str, Any]:
    return {"is": "facts", "rows": [[label, texts.laid(line)] for label, line in block.rows]}


def _table(block: b.Table, texts: _Texts) -> dict[str, Any]:
    rows = [[[texts.laid(line) for line in cell] for cell in row] for row in block.rows]
    return {"is": "table", "heads": block.heads, "rows": rows, "widths": block.widths, "total": block.has_total}


def _chart(block: b.Chart, _texts: _Texts) -> dict[str, Any]:
    alt = ", ".join(f"{words}: {number}" for _status, words, number in block.parts)
    return {"is": "chart", "parts": block.parts, "alt": alt}


def _ticks(block: b.Ticks, _texts: _Texts) -> dict[str, Any]:
    return {"is": "ticks", "statuses": block.statuses, "note": block.note}


def _legend(block: b.Legend, _texts: _Texts) -> dict[str, Any]:
    return {"is": "legend", "statuses": block.statuses, "stale": block.stale or "", "open": block.open or ""}


def _copied(block: b.Copied, texts: _Texts) -> dict[str, Any]:
    paragraph = block.paragraph
    stretches = [
        [
            texts.text(stretch.words),
            [[one.mark.about.status, one.line, one.mark.about.is_stale] for one in _by_line(stretch.marks)],
            stretch.is_open and not stretch.marks,
            [[note.about.number, note.number, note.about.status] for note in stretch.notes],
        ]
        for stretch in paragraph.stretches
    ]
    return {
        "is": "copied",
        "number": paragraph.number,
        "language": paragraph.language,
        "direction": DIRECTIONS[paragraph.language],
        "heading": paragraph.is_heading,
        "stretches": stretches,
        "notes": texts.laid(block.notes) if block.notes else None,
    }


def _by_line(marks: Iterable[Drawn[ClaimFacts]]) -> Iterable[Drawn[ClaimFacts]]:
    """Return one mark for each line below the text: of those that share one, only the first could be seen."""
    return {drawn.line: drawn for drawn in reversed(list(marks))}.values()


def _claim(block: b.ClaimItem, texts: _Texts) -> dict[str, Any]:
    drawn = {
        "is": "claim",
        "number": block.number,
        "name": block.name,
        "statement": texts.laid(block.statement),
        "marks": texts.laid(b.Line(block.marks))[0],
        "parts": [_compared(part, texts) if isinstance(part, b.Compared) else texts.laid(part) for part in block.parts],
        "evidence": [[item.number, *_kept(item, texts)] for item in block.evidence],
    }
    is_brief = _length([drawn["statement"], drawn["parts"]]) < KEPT_TOGETHER
    return drawn | {"brief": is_brief, "whole": _length(drawn) < KEPT_TOGETHER}


def _kept(item: b.Item, texts: _Texts) -> tuple[list[Any], bool]:
    """Return the lines of an item, and whether it is not broken over pages."""
    lines = [texts.laid(line) for line in item.lines]
    return lines, _length(lines) < KEPT_TOGETHER


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value) + _LINE * value.count("\n")
    if isinstance(value, dict):
        value = value.values()
    return sum(map(_length, value)) if not isinstance(value, int) else 0


def _compared(block: b.Compared, texts: _Texts) -> dict[str, Any]:
    return {"before": texts.laid(block.before), "after": texts.laid(block.after), "labels": block.labels}


def _items(block: b.Items, texts: _Texts) -> dict[str, Any]:
    items = [[item.number, item.name or "", *_kept(item, texts)] for item in block.items]
    return {"is": "items", "items": items}


def _signature(block: b.Signature, texts: _Texts) -> dict[str, Any]:
    return {"is": "signature", "lines": [texts.laid(line) for line in block.lines], "holds": block.holds}


def _sign_here(block: b.SignHere, texts: _Texts) -> dict[str, Any]:
    return {"is": "sign", "columns": [[who, texts.laid(line)] for who, line in block.columns]}


def _contents(block: b.Contents, _texts: _Texts) -> dict[str, Any]:
    return {"is": "contents", "title": block.title}


def _together(block: b.Together, texts: _Texts) -> dict[str, Any]:
    return {"is": "together", "blocks": [_DRAWN[type(one)](one, texts) for one in block.blocks]}


_DRAWN: dict[type, Any] = {
    b.Together: _together,
    b.Heading: _heading,
    b.Line: _line,
    b.Facts: _facts,
    b.Table: _table,
    b.Chart: _chart,
    b.Ticks: _ticks,
    b.Legend: _legend,
    b.Copied: _copied,
    b.ClaimItem: _claim,
    b.Items: _items,
    b.Signature: _signature,
    b.SignHere: _sign_here,
    b.Contents: _contents,
}
