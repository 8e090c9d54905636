"""What a report is made of for people who read it: headings, lines, tables and marked words, before any file format.

``telling`` makes them of the facts; the writers of PDF, Word and Markdown draw them. A text knows its direction here,
so that every format lays it out alike; no text is markup anywhere.
"""

import enum
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from claims_app.claims.model import Status
from claims_app.language import DIRECTIONS
from claims_app.reports.facts import ClaimFacts
from claims_app.reports.paragraphs import Paragraph

RTL, LTR = "rtl", "ltr"

BOLD = "b"
MUTED = "m"
SAID = "s"
"""The article's own words, in a face of their own."""
CODE = "c"
"""A digest or an address: no language, left to right, broken anywhere."""
GONE = "g"
NEW = "n"


class Run(NamedTuple):
    """Words in one style; with a ``direction`` of its own a run has no part in the order of the words around it."""

    text: str
    style: str = ""
    #: None: the desk's own words, which run with their line.
    direction: str | None = None
    #: A web address, or ``#name`` for a place of the report. None: no link.
    target: str | None = None
    #: What the words stand for, drawn before them: a status, ``stale``, ``lost``, a stance, a match or a warning.
    mark: str | None = None


class Kind(enum.StrEnum):
    """How a line is set."""

    PLAIN = "plain"
    SMALL = "small"
    WARNING = "warning"
    QUOTE = "quote"
    QUERY = "query"


class Line(NamedTuple):
    """Words that stand on lines of their own."""

    runs: tuple[Run, ...]
    kind: Kind = Kind.PLAIN
    #: None: that of the report.
    direction: str | None = None
    #: The language of its words where it is known to be another than the report's.
    language: str | None = None


@dataclass(frozen=True)
class Heading:
    """A heading of the first to the third level; ``name`` is what links to it say."""

    level: int
    line: Line
    name: str | None = None


@dataclass(frozen=True)
class Facts:
    """Labels and what stands beside them."""

    rows: tuple[tuple[str, Line], ...]


@dataclass(frozen=True)
class Table:
    """Rows under headings; ``widths`` are shares of the whole, and the first cell heads its row."""

    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[Line, ...], ...], ...]
    widths: tuple[float, ...]
    #: The last row is a sum.
    has_total: bool = False


@dataclass(frozen=True)
class Chart:
    """Shares of a whole by status, the findings first; a share of none is left out."""

    parts: tuple[tuple[Status, str, int], ...]


@dataclass(frozen=True)
class Ticks:
    """The statuses of all claims in the order of the article, and what is said of them."""

    statuses: tuple[Status, ...]
    note: str


@dataclass(frozen=True)
class Legend:
    """What the lines under the words of the annotated copy mean."""

    statuses: tuple[tuple[Status, str], ...]
    stale: str | None
    open: str | None


@dataclass(frozen=True)
class Copied:
    """A paragraph of the annotated copy, with a line that says what became of the claims that end in it."""

    paragraph: Paragraph[ClaimFacts]
    notes: Line | None


@dataclass(frozen=True)
class Compared:
    """Words before and after, side by side."""

    before: Line
    after: Line
    labels: tuple[str, str]


@dataclass(frozen=True)
class Item:
    """One of a list, with its number."""

    number: int
    lines: tuple[Line, ...]
    name: str | None = None


@dataclass(frozen=True)
class ClaimItem:
    """A claim: its number, its statement as a heading, how it stands, and all that it rests on."""

    number: int
    name: str
    statement: Line
    marks: tuple[Run, ...]
    parts: tuple[Line | Compared, ...]
    evidence: tuple[Item, ...]


@dataclass(frozen=True)
class Items:
    """A numbered list."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Signature:
    """Who signed off and what became of it; or that nobody did."""

    lines: tuple[Line, ...]
    holds: bool


@dataclass(frozen=True)
class SignHere:
    """Lines for signatures on paper: who signs, and below it the name, or what is to be written there."""

    columns: tuple[tuple[str, Line], ...]


@dataclass(frozen=True)
class Contents:
    """The place for a list of the headings of the first two levels."""

    title: str


@dataclass(frozen=True)
class Together:
    """Blocks that stand on one page."""

    blocks: tuple["Block", ...]


Block = (
    Heading
    | Line
    | Facts
    | Table
    | Chart
    | Ticks
    | Legend
    | Copied
    | ClaimItem
    | Items
    | Signature
    | SignHere
    | Contents
    | Together
)


@dataclass(frozen=True)
class Told:
    """A whole report as people read it."""

    language: str
    title: str
    title_language: str
    #: Whose report it is, what kind of paper, and what stands at the foot of each page.
    desk: str
    kind: str
    folio: str
    logo: bytes | None
    author: str
    made_at: tuple[int, int, int, int, int, int]
    blocks: tuple[Block, ...]
    #: How the number of a page is said, with %(page)s and %(pages)s.
    page: str
    #: What is said where a text has characters that a format cannot show.
    unknown: str

    @property
    def direction(self) -> str:
        return DIRECTIONS[self.language]


def first_strong(text: str) -> str | None:
    """Return the direction of the first letter that has one; None: there is none."""
    if text[:1].isascii() and text[:1].isalpha():
        return LTR  # as most foreign texts begin
    for mark in text:
        kind = unicodedata.bidirectional(mark)
        if kind == "L":
            return LTR
        if kind in {"R", "AL"}:
            return RTL
    return None


def free(text: str, style: str = "", *, target: str | None = None, mark: str | None = None) -> Run:
    """Return what somebody wrote, in whatever language: it takes the direction of its first letter."""
    return Run(text, style, first_strong(text) or LTR, target, mark)


def spoken(text: str, code: str, style: str = "") -> Run:
    """Return a text whose language is known: a Hebrew sentence may well begin with a Latin name."""
    return Run(text, style, DIRECTIONS[code])


def joined(parts: Iterable[Iterable[Run]], kind: Kind = Kind.SMALL) -> Line:
    """Return parts of a line with a dot between them."""
    runs: list[Run] = []
    for part in parts:
        if runs:
            runs.append(Run(" · ", MUTED))
        runs += part
    return Line(tuple(runs), kind)


def alone(text: str, kind: Kind = Kind.PLAIN, style: str = "", *, language: str | None = None) -> Line:
    """Return a line of one text, which runs as the text does."""
    run = spoken(text, language, style) if language else free(text, style)
    return Line((run,), kind, run.direction, language)


def address(text: str) -> Run:
    """Return an address, a link where it is one of the web."""
    return Run(text, CODE, LTR, text if text.startswith(("http://", "https://")) else None)


def digest(sha256: str) -> Run:
    """Return a SHA-256 as the desk writes it."""
    return Run(f"sha256:{sha256}", CODE, LTR)
