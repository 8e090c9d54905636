"""The report as a table: CSV that Excel, LibreOffice and a program read alike, one row for each piece of evidence.

UTF-8 with a byte order mark, lines ended by CR LF, header and stored words in the report's language. Values stand as
they are: numbers without thousands separators, days as ``2026-11-23``, moments in UTC. A claim's own columns repeat on
each of its rows, as the article's do on all; a claim without evidence has one row. What was found stands beside
"Words changed" and "Place in the text": under words that changed, or that are lost, it does not hold.

**Formulas.** A spreadsheet runs a cell that begins with ``=``, ``+``, ``-`` or ``@``. Such a cell gets an apostrophe
before it, also where the character is a full-width form, stands behind blanks, direction marks or apostrophes, or where
the cell begins with a tab or a line break. A plain number (``-40``, ``-40%``) stays a number. Who reads the file back
takes one leading apostrophe away where one of these follows it.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence

from claims_app.claims.figure import FigureValue
from claims_app.language import gettext, speaking, word
from claims_app.reports.facts import ClaimFacts, ConfirmationFacts, EvidenceFacts, QueryFacts, Report, VerdictFacts
from claims_app.reports.plain import plain_moment, plain_number
from claims_app.reports.scope import describe_scope

BOM = "\ufeff"
"""Tells Excel that the file is UTF-8."""

Cell = str | int | float | None

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+|(?=\.\d))(\.\d+)?([eE][+-]?\d{1,3})?%?", re.ASCII)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run ``text``: its first character that is seen begins a formula."""
    for mark in text:
        if mark in "\t\r\n":
            return True
        if mark != "'" and not mark.isspace() and unicodedata.category(mark) != "Cf":
            return unicodedata.normalize("NFKC", mark)[0] in "=+-@"
    return False


def guard(text: str) -> str:
    """Return ``text`` as a spreadsheet shows it and does not run it."""
    return f"'{text}" if is_formula(text) and not _NUMBER.fullmatch(text) else text


def write_csv(report: Report, *, zone: str = "UTC") -> bytes:
    """Return the report as a table; one that does not tell all says so in a first column, on the clock of ``zone``."""
    told = " ".join(describe_scope(report, zone))
    with speaking(report.language):
        rows = [_header(), *_rows(report)]
        if told:
            rows = [[gettext("Part of the check"), *rows[0]], *([told, *row] for row in rows[1:])]
        return (BOM + write_rows(rows)).encode("utf-8")


def write_rows(rows: Sequence[Sequence[Cell]]) -> str:
    """Return rows as lines of CSV, every text guarded."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([guard(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return file.getvalue()


def in_utc(heading: str) -> str:
    """Return the heading of a column of moments, which a table has in UTC whatever the desk's own zone."""
    return f"{heading} (UTC)"


def _header() -> list[Cell]:
    return [
        *(gettext("Article"), gettext("Version"), gettext("Signed off"), gettext("Open passages")),
        *(gettext("Number"), gettext("Section"), gettext("Paragraph")),
        *(gettext("Statement in Hebrew"), gettext("Statement in English")),
        *(gettext("Kind"), gettext("Priority"), gettext("Status")),
        *(gettext("Words changed"), gettext("Place in the text")),
        *(gettext("Words in the text"), gettext("Words decided on")),
        *_figure_header(),
        *(gettext("Claimant"), gettext("Attributed in the text")),
        *(gettext("Cited link"), gettext("How the link is known")),
        gettext("Assignee"),
        *(gettext("Finding"), gettext("Rationale in Hebrew"), gettext("Rationale in English")),
        *(gettext("Verdict by"), in_utc(gettext("Verdict at"))),
        *(gettext("Second check"), gettext("Second check by"), in_utc(gettext("Second check at"))),
        *(gettext("Override"), gettext("Verdict confirmed for the new words")),
        *(gettext("Open queries"), gettext("Answered queries")),
        *_evidence_header(),
    ]


def _evidence_header() -> list[Cell]:
    source = [gettext("Kind"), gettext("Title"), gettext("Publisher"), gettext("Published"), gettext("Address")]
    return [
        *(gettext("Evidence no."), gettext("Stance"), gettext("Rank")),
        *(f"{gettext('Source')}: {name}" for name in source),
        *(gettext("Summary"), gettext("Passage"), gettext("Locator"), gettext("Date looked")),
        *(f"{gettext('Source')}: {name}" for name in _figure_header()),
        gettext("Match with the article"),
    ]


def _figure_header() -> list[str]:
    return [
        *(gettext("Figure, from"), gettext("Figure, to"), gettext("Unit")),
        *(gettext("About"), gettext("Date of the figure")),
    ]


def _rows(report: Report) -> Iterator[list[Cell]]:
    article = report.article
    title = article.title_he or article.title_en if report.language == "he" else article.title_en or article.title_he
    open_passages = None if article.text is None else len(report.open_passages)
    whole: list[Cell] = [title, article.version, yes_or_no(report.is_signed_off), open_passages]
    for claim in report.claims:
        own = [*whole, *_claim(claim)]
        for number, evidence in enumerate(claim.evidence or [None], start=1):
            yield own + ([None] * 18 if evidence is None else [number, *_evidence(evidence)])


def _claim(claim: ClaimFacts) -> list[Cell]:
    return [
        claim.number,
        claim.section,
        claim.paragraph,
        claim.statement_he,
        claim.statement_en,
        word("kind", claim.kind),
        word("priority", claim.priority),
        word("status", claim.status),
        yes_or_no(claim.is_stale),
        word("place", claim.place),
        claim.words,
        claim.settled_words,
        *_figure(claim.figure),
        claim.claimant,
        yes_or_no(claim.is_attributed),
        claim.cited_address,
        word("cited_basis", claim.cited_basis),
        claim.assignee,
        *([None] * 9 if claim.verdict is None else _verdict(claim.verdict)),
        _confirmations(claim.confirmations),
        _queries(claim.open_queries),
        _queries(claim.answered_queries),
    ]


def yes_or_no(is_so: bool) -> str:
    """Return what people read for whether something is so."""
    return gettext("Yes") if is_so else gettext("No")


def _figure(figure: FigureValue | None) -> list[Cell]:
    if figure is None:
        return [None] * 5
    unit = word("unit", figure.unit) if figure.unit else None
    return [plain_number(figure.low), plain_number(figure.high), unit, yes_or_no(figure.is_about), figure.as_of]


def _verdict(verdict: VerdictFacts) -> list[Cell]:
    return [
        word("status", verdict.finding),
        verdict.rationale_he,
        verdict.rationale_en,
        verdict.proposed_by,
        plain_moment(verdict.proposed_at),
        checked_word(verdict),
        verdict.approved_by,
        plain_moment(verdict.approved_at) if verdict.approved_at else None,
        verdict.override_why,
    ]


def checked_word(verdict: VerdictFacts) -> str:
    """Return what people read for how a verdict stands to the second check."""
    return {
        "not_asked": gettext("not asked for"),
        "waiting": gettext("waiting"),
        "confirmed": gettext("confirmed"),
    }[verdict.second_check]


def _confirmations(confirmations: Sequence[ConfirmationFacts]) -> str | None:
    """Return confirmations as one text, each on a line: who, when, why."""
    return (
        "\n".join(f"{one.confirmed_by}, {plain_moment(one.confirmed_at)}: {one.why}" for one in confirmations) or None
    )


def _queries(queries: Sequence[QueryFacts]) -> str | None:
    """Return queries as one text, each with its answer on the next line."""
    return "\n\n".join(f"{item.text}\n{item.answer}" if item.answer else item.text for item in queries) or None


def _evidence(item: EvidenceFacts) -> list[Cell]:
    return [
        word("stance", item.stance),
        word("rank", item.rank) if item.rank else None,
        word("source_kind", item.kind),
        item.title,
        item.publisher,
        item.published_on,
        item.address,
        item.summary,
        item.passage,
        item.locator,
        item.looked_on.isoformat(),
        *_figure(item.figure),
        word("match", item.match) if item.match else None,
    ]
