"""The report as a workbook: sheets of claims, evidence, sources and history behind a summary, to filter and to sort.

Numbers are numbers, days and moments are real dates (moments on the clock of the desk's zone), and a date that is known
only to its month or year is a text. Texts are written as texts and as nothing else: no formula, no link and no number
comes of one, so that none needs a guard. What a sheet cannot hold is not lost in silence: a text that is longer than a
cell ends with a sentence that says so, and a character that no XML file may carry is shown as U+FFFD.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from claims_app.claims.figure import FigureValue
from claims_app.language import direction, gettext, in_language, speaking, word
from claims_app.reading import without_controls
from claims_app.reports.as_csv import checked_word, yes_or_no
from claims_app.reports.facts import Audience, ClaimFacts, EvidenceFacts, Report
from claims_app.reports.happenings import HistoryFacts, describe_changes
from claims_app.reports.plain import plain_number
from claims_app.reports.scope import describe_scope
from claims_app.reports.summary import summary_rows

MOST_UNITS = 32_767
"""So many UTF-16 units a cell holds."""

Cell = str | int | float | date | None
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its heading, how wide it is in characters, and the way its text runs."""

    heading: str
    width: int
    runs: str = "auto"


def write_xlsx(report: Report, *, zone: str, tell: Progress | None = None) -> bytes:
    """Return the report as a workbook in the report's language; ``tell`` hears how many of its claims are written."""
    target = io.BytesIO()
    options = {
        "constant_memory": True,  # rows go to the disk as they are written
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": False,
    }
    with speaking(report.language), xlsxwriter.Workbook(target, options) as book:
        book.set_properties(_properties(report, zone))
        sheets = _Sheets(book, ZoneInfo(zone))
        sheets.add(gettext("Report"), None, summary_rows(report, zone))
        sheets.add(gettext("Claims"), _claim_columns(), _told(report, tell))
        sheets.add(gettext("Evidence"), _evidence_columns(), _evidence_rows(report))
        sheets.add(gettext("Sources"), _source_columns(), _source_rows(report))
        is_public = report.scope.audience is Audience.PUBLIC
        happened = map(_bare if is_public else _history, report.history)
        sheets.add(gettext("History"), _history_columns(is_public), happened)
    return target.getvalue()


def _properties(report: Report, zone: str) -> dict[str, Any]:
    title, _code = in_language(report.article, "title")
    return {
        "title": _fitting(f"{gettext('Fact-check report')}: {title}")[:255],
        "author": _fitting(report.made_by)[:255],
        "company": _fitting(report.letterhead.name or "")[:255],
        "comments": _fitting(" ".join(describe_scope(report, zone)))[:255],
        "created": report.made_at.replace(tzinfo=None),
    }


def _told(report: Report, tell: Progress | None) -> Iterator[list[Cell]]:
    for number, claim in enumerate(report.claims, start=1):
        yield _claim(claim)
        if tell is not None:
            tell(number, len(report.claims))


# ---------------------------------------------------------------- Sheets and cells


class _Sheets:
    """The sheets of a workbook, written one after the other."""

    def __init__(self, book: xlsxwriter.Workbook, zone: ZoneInfo) -> None:
        self._book, self._zone = book, zone
        self._is_hebrew = direction() == "rtl"
        look = {"valign": "top", "text_wrap": True, "font_size": 10}
        self._text = {
            "auto": book.add_format(look),
            "rtl": book.add_format({**look, "reading_order": 2, "align": "right"}),
            "ltr": book.add_format({**look, "reading_order": 1, "align": "left"}),
        }
        day, clock = ("d.m.yyyy", "d.m.yyyy h:mm") if self._is_hebrew else ("d mmm yyyy", "d mmm yyyy h:mm")
        self._day = book.add_format({**look, "num_format": day, "align": "right" if self._is_hebrew else "left"})
        self._moment = book.add_format({**look, "num_format": clock, "align": "right" if self._is_hebrew else "left"})
        self._head = book.add_format({**look, "bold": True, "bg_color": "#E6E9EB", "bottom": 1})

    def add(self, name: str, columns: Sequence[Column] | None, rows: Iterable[Sequence[Cell]]) -> None:
        """Write a sheet; one without columns is a list of names and values, and has neither header nor filter."""
        sheet: Worksheet = self._book.add_worksheet(name)
        if self._is_hebrew:
            sheet.right_to_left()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")
        shown = columns or [Column("", 26), Column("", 60), Column("", 18), Column("", 18)]
        for place, column in enumerate(shown):
            sheet.set_column(place, place, column.width)
        first = 0
        if columns is not None:
            sheet.set_landscape()
            sheet.freeze_panes(1, 1)
            sheet.repeat_rows(0)
            for place, column in enumerate(columns):
                sheet.write_string(0, place, column.heading, self._head)
            first = 1
        last = first
        for last, row in enumerate(rows, start=first):
            for place, cell in enumerate(row):
                heads = columns is None and place == 0
                self._write(sheet, last, place, cell, self._head if heads else self._text[shown[place].runs])
        if columns is not None:
            sheet.autofilter(0, 0, last, len(columns) - 1)

    def _write(self, sheet: Worksheet, row: int, place: int, cell: Cell, look: Format) -> None:
        if cell is None:
            return
        if isinstance(cell, datetime):
            sheet.write_datetime(row, place, cell.astimezone(self._zone).replace(tzinfo=None), self._moment)
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, cell, self._day)
        elif isinstance(cell, str):
            sheet.write_string(row, place, _fitting(cell), look)
        else:
            sheet.write_number(row, place, cell, look)


def _fitting(text: str) -> str:
    """Return a text as a cell can hold it."""
    allowed = without_controls(text)
    if allowed != text:
        allowed = "".join(mark if without_controls(mark) else "\ufffd" for mark in text)
    if allowed.startswith("<r>") and allowed.endswith("</r>"):
        allowed = f"\u2060{allowed}"  # the library would take it for markup of its own
    if len(allowed) <= MOST_UNITS // 2 or _units(allowed) <= MOST_UNITS:
        return allowed
    rest = "\n" + gettext("… The rest does not fit into a cell; the report as HTML or JSON has all of it.")
    whole = allowed.encode("utf-16-le")[: 2 * (MOST_UNITS - _units(rest))]
    return whole.decode("utf-16-le", "ignore") + rest


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


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


def _figure_columns(of: str = "") -> list[Column]:
    headings = ("Figure, from", "Figure, to", "Unit", "About", "Date of the figure")
    return [Column(f"{of}{gettext(heading)}", 11) for heading in headings]


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


def _source(item: EvidenceFacts) -> list[Cell]:
    return [word("source_kind", item.kind), item.title, item.publisher, _date(item.published_on), item.address]


def _evidence(item: EvidenceFacts) -> list[Cell]:
    return [
        *(word("stance", item.stance), word("rank", item.rank) if item.rank else None),
        *_source(item),
        *(item.summary, item.passage, item.locator, item.looked_on),
        *_figure(item.figure),
        word("match", item.match) if item.match else None,
    ]


def _source_columns() -> list[Column]:
    return [
        Column(gettext("No."), 7),
        *_own_source_columns(),
        *(Column(gettext("Pieces of evidence"), 11), Column(gettext("Claims that rest on it"), 22)),
    ]


def _source_rows(report: Report) -> Iterator[list[Cell]]:
    """Yield the sources that the evidence rests on, each once, in the order of the claims."""
    resting: dict[tuple[Any, ...], tuple[EvidenceFacts, list[int]]] = {}
    for claim in report.claims:
        for item in claim.evidence:
            key = (item.kind, item.title, item.publisher, item.published_on, item.address)
            resting.setdefault(key, (item, []))[1].append(claim.number)
    for number, (item, numbers) in enumerate(resting.values(), start=1):
        yield [number, *_source(item), len(numbers), ", ".join(map(str, dict.fromkeys(numbers)))]


# ---------------------------------------------------------------- History


def _history_columns(is_public: bool) -> list[Column]:
    told = [Column(gettext("Number"), 9), Column(gettext("When"), 16), Column(gettext("What happened"), 22)]
    told.append(Column(gettext("To what"), 14))
    if not is_public:
        told += [Column(gettext("Claim"), 8), Column(gettext("By"), 16)]
        told += [Column(gettext("What changed"), 60), Column(gettext("Reason"), 36)]
    return [*told, Column(gettext("Hash of the entry"), 24, "ltr")]


def _bare(entry: HistoryFacts) -> list[Cell]:
    return [entry.id, entry.at, word("action", entry.action), word("subject", entry.subject), entry.hash]


def _history(entry: HistoryFacts) -> list[Cell]:
    told: list[Cell] = [entry.claim, entry.actor, describe_changes(entry) or None, entry.why]
    bare = _bare(entry)
    return [*bare[:-1], *told, bare[-1]]
