"""The report as a workbook: sheets of claims, evidence, sources and history behind a summary, to filter and to sort.

Numbers are numbers, days and moments are real dates (moments on the clock of the desk's zone), and a date that is known
only to its month or year is a text.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from claims_app.claims.figure import FigureValue
from claims_app.language import gettext, in_language, speaking, word
from claims_app.reports.as_csv import checked_word, yes_or_no
from claims_app.reports.facts import Audience, ClaimFacts, EvidenceFacts, Report, SourceFacts
from claims_app.reports.happenings import HistoryFacts, describe_changes
from claims_app.reports.plain import plain_number
from claims_app.reports.scope import describe_scope
from claims_app.reports.summary import summary_rows
from claims_app.reports.workbook import OPTIONS, Cell, Column, Sheets, fit_text

Progress = Callable[[int, int], None]


def write_xlsx(report: Report, *, zone: str, tell: Progress | None = None) -> bytes:
    """Return the report as a workbook in the report's language; ``tell`` hears how many of its claims are written."""
    target = io.BytesIO()
    with speaking(report.language), xlsxwriter.Workbook(target, OPTIONS) as book:
        book.set_properties(_properties(report, zone))
        sheets = Sheets(book, ZoneInfo(zone))
        sheets.add(gettext("Report"), _SUMMARY, _summary(report, zone), pages=1)
        sheets.add(gettext("Claims"), _claim_columns(), _told(report, tell), pages=3)
        sheets.add(gettext("Evidence"), _evidence_columns(), _evidence_rows(report), pages=2)
        sheets.add(gettext("Sources"), _source_columns(), _source_rows(report), pages=1)
        is_public = report.scope.audience is Audience.PUBLIC
        happened = map(_bare if is_public else _history, report.history)
        sheets.add(gettext("History"), _history_columns(is_public), happened, pages=1)
    return target.getvalue()


def _properties(report: Report, zone: str) -> dict[str, Any]:
    title, _code = in_language(report.article, "title")
    return {
        "title": fit_text(f"{gettext('Fact-check report')}: {title}")[:255],
        "author": fit_text(report.made_by)[:255],
        "company": fit_text(report.letterhead.name or "")[:255],
        "comments": fit_text(" ".join(describe_scope(report, zone)))[:255],
        "created": report.made_at.replace(tzinfo=None),
    }


_SUMMARY = [Column("", 26), Column("", 64), Column("", 18), Column("", 18)]


def _summary(report: Report, zone: str) -> Iterator[list[Cell]]:
    article_day = report.article.published_on
    for row in summary_rows(report, zone):
        yield [row[0], _date(article_day) if row[1] == article_day else row[1], *row[2:]]


def _told(report: Report, tell: Progress | None) -> Iterator[list[Cell]]:
    for number, claim in enumerate(report.claims, start=1):
        yield _claim(claim)
        if tell is not None:
            tell(number, len(report.claims))


def _date(text: str | None) -> Cell:
    """Return a date that is known to the day as one; what is known only roughly, or is before 1900, stays a text."""
    if text is None or len(text) != 10:
        return text
    day = date.fromisoformat(text)
    return day if day.year >= 1900 else text


# ---------------------------------------------------------------- Claims


def _claim_columns() -> list[Column]:
    return [
        *(Column(gettext("Number"), 8), Column(gettext("Section"), 14), Column(gettext("Paragraph"), 9)),
        Column(gettext("Statement in Hebrew"), 40, "rtl"),
        Column(gettext("Statement in English"), 40, "ltr"),
        *(Column(gettext("Kind"), 11), Column(gettext("Priority"), 10), Column(gettext("Status"), 15)),
        *(Column(gettext("Words changed"), 10), Column(gettext("Place in the text"), 15)),
        *(Column(gettext("Words in the text"), 36), Column(gettext("Words decided on"), 36)),
        *_figure_columns(),
        *(Column(gettext("Claimant"), 16), Column(gettext("Attributed in the text"), 11)),
        *(Column(gettext("Cited link"), 30, "ltr"), Column(gettext("How the link is known"), 18)),
        Column(gettext("Assignee"), 14),
        Column(gettext("Finding"), 14),
        *(Column(gettext("Rationale in Hebrew"), 44, "rtl"), Column(gettext("Rationale in English"), 44, "ltr")),
        *(Column(gettext("Verdict by"), 14), Column(gettext("Verdict at"), 16)),
        *(Column(gettext("Second check"), 12), Column(gettext("Second check by"), 14)),
        *(Column(gettext("Second check at"), 16), Column(gettext("Override"), 24)),
        Column(gettext("Verdict confirmed for the new words"), 28),
        *(Column(gettext("Open queries"), 28), Column(gettext("Answered queries"), 28)),
        Column(gettext("Evidence"), 9),
    ]


def _figure_columns() -> list[Column]:
    return [
        *(Column(gettext("Figure, from"), 11), Column(gettext("Figure, to"), 11), Column(gettext("Unit"), 10)),
        *(Column(gettext("About"), 8), Column(gettext("Date of the figure"), 11)),
    ]


def _figure(figure: FigureValue | None) -> list[Cell]:
    if figure is None:
        return [None] * 5
    unit = word("unit", figure.unit) if figure.unit else None
    return [plain_number(figure.low), plain_number(figure.high), unit, yes_or_no(figure.is_about), _date(figure.as_of)]


def _claim(claim: ClaimFacts) -> list[Cell]:
    return [
        *(claim.number, claim.section, claim.paragraph, claim.statement_he, claim.statement_en),
        *(word("kind", claim.kind), word("priority", claim.priority), word("status", claim.status)),
        *(yes_or_no(claim.is_stale), word("place", claim.place), claim.words, claim.settled_words),
        *_figure(claim.figure),
        *(claim.claimant, yes_or_no(claim.is_attributed)),
        *(claim.cited_address, word("cited_basis", claim.cited_basis), claim.assignee),
        *_verdict(claim),
        "\n".join(f"{one.confirmed_by}: {one.why}" if one.why else one.confirmed_by for one in claim.confirmations)
        or None,
        "\n\n".join(query.text for query in claim.open_queries) or None,
        "\n\n".join(f"{query.text}\n{query.answer}" for query in claim.answered_queries) or None,
        len(claim.evidence),
    ]


def _verdict(claim: ClaimFacts) -> list[Cell]:
    verdict = claim.verdict
    if verdict is None:
        return [None] * 9
    return [
        *(word("status", verdict.finding), verdict.rationale_he, verdict.rationale_en),
        *(verdict.proposed_by, verdict.proposed_at, checked_word(verdict)),
        *(verdict.approved_by, verdict.approved_at, verdict.override_why),
    ]


# ---------------------------------------------------------------- Evidence and sources


def _evidence_columns() -> list[Column]:
    return [
        *(Column(gettext("Claim"), 8), Column(gettext("Evidence no."), 9)),
        *(Column(gettext("Stance"), 11), Column(gettext("Rank"), 14)),
        Column(gettext("Source no."), 8),
        *_own_source_columns(),
        *(Column(gettext("Summary"), 44), Column(gettext("Passage"), 44), Column(gettext("Locator"), 14)),
        Column(gettext("Date looked"), 12),
        *_figure_columns(),
        Column(gettext("Match with the article"), 14),
    ]


def _own_source_columns() -> list[Column]:
    return [
        *(Column(gettext("Kind"), 13), Column(gettext("Title"), 34), Column(gettext("Publisher"), 18)),
        *(Column(gettext("Published"), 12), Column(gettext("Address"), 36, "ltr")),
    ]


def _evidence_rows(report: Report) -> Iterator[list[Cell]]:
    for claim in report.claims:
        for number, item in enumerate(claim.evidence, start=1):
            yield [claim.number, number, *_evidence(item)]


def _source(item: EvidenceFacts | SourceFacts) -> list[Cell]:
    return [word("source_kind", item.kind), item.title, item.publisher, _date(item.published_on), item.address]


def _evidence(item: EvidenceFacts) -> list[Cell]:
    return [
        *(word("stance", item.stance), word("rank", item.rank) if item.rank else None),
        item.source,
        *_source(item),
        *(item.summary, item.passage, item.locator, item.looked_on),
        *_figure(item.figure),
        word("match", item.match) if item.match else None,
    ]


def _source_columns() -> list[Column]:
    return [
        Column(gettext("Source no."), 8),
        *_own_source_columns(),
        *(Column(gettext("Pieces of evidence"), 11), Column(gettext("Claims that rest on it"), 22)),
        *(Column(gettext("Copy kept at"), 16), Column(gettext("Digest of the copy"), 36, "ltr")),
        Column(gettext("Digest of the exchange"), 36, "ltr"),
        *(Column(gettext("Found at in the end"), 36, "ltr"), Column(gettext("Copy in the public archive"), 36, "ltr")),
    ]


def _source_rows(report: Report) -> Iterator[list[Cell]]:
    """Yield the sources that the evidence rests on, each with the newest copy that the desk keeps of it."""
    pieces = Counter(item.source for claim in report.claims for item in claim.evidence)
    for source in report.sources:
        own = [source.number, *_source(source), pieces[source.number], ", ".join(map(str, source.claims))]
        copy = source.copy
        if copy is None:
            yield [*own, *[None] * 5]
        else:
            yield [*own, copy.captured_at, copy.sha256, copy.warc_sha256, copy.final_address, copy.memento]


# ---------------------------------------------------------------- History


def _history_columns(is_public: bool) -> list[Column]:
    told = [Column(gettext("Number"), 9), Column(gettext("When"), 16), Column(gettext("What happened"), 22)]
    told.append(Column(gettext("To what"), 14))
    if not is_public:
        told += [Column(gettext("Claim"), 8), Column(gettext("Person"), 16)]
        told += [Column(gettext("What changed"), 60), Column(gettext("Reason"), 36)]
    return [*told, Column(gettext("Hash of the entry"), 24, "ltr")]


def _bare(entry: HistoryFacts) -> list[Cell]:
    return [entry.id, entry.at, word("action", entry.action), word("subject", entry.subject), entry.hash]


def _history(entry: HistoryFacts) -> list[Cell]:
    told: list[Cell] = [entry.claim, entry.actor, describe_changes(entry) or None, entry.why]
    bare = _bare(entry)
    return [*bare[:-1], *told, bare[-1]]
