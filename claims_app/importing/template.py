"""A table to fill in: the headings that are understood, as XLSX with notes and choices, or as CSV with an example."""

import io
from collections.abc import Callable, Sequence

import xlsxwriter

from claims_app.importing.fields import Field, fields_of
from claims_app.importing.model import ImportKind
from claims_app.importing.tables import MOST_ROWS
from claims_app.importing.values import KINDS
from claims_app.language import direction, gettext, language, word
from claims_app.reports.as_csv import BOM, write_rows

_WIDE = {"statement", "statement_he", "statement_en", "summary", "passage", "quote", "notes", "note", "text"}
_LEFT_OUT = {"status", "finding", "rationale", "rationale_he", "rationale_en", "statement_he", "statement_en"}
"""Columns that a table may have, and a template does without: what is filled in anew has no verdict yet."""
_LONGEST_LIST = 255
"""Characters that a spreadsheet takes for the choices of a cell."""


def template_fields(kind: ImportKind) -> Sequence[Field]:
    """Return the columns of a template, in their order: one for a statement in either language, one for a figure."""
    parts = ("figure_low", "figure_high", "figure_unit", "figure_about", "figure_as_of")
    return [
        field
        for field in fields_of(kind)
        if field.name.removeprefix("evidence_") not in parts
        and not (field.name in _LEFT_OUT and kind is not ImportKind.ARTICLES)
    ]


def _example(kind: ImportKind) -> list[str]:
    place = 0 if language() == "he" else 1
    examples = {"article": "1", "number": "1" if kind is ImportKind.EVIDENCE else ""}
    is_named_otherwise = {"statement"} if kind is ImportKind.EVIDENCE else set()
    return [
        "" if field.name in is_named_otherwise else examples.get(field.name, field.example[place])
        for field in template_fields(kind)
    ]


def write_csv(kind: ImportKind) -> bytes:
    """Return the template as CSV with one line of example, in the language in force."""
    headings = [field.heading for field in template_fields(kind)]
    return (BOM + write_rows([headings, _example(kind)])).encode("utf-8")


def write_xlsx(kind: ImportKind) -> bytes:
    """Return the template as a workbook, right to left in Hebrew: a sheet to fill in, and one that explains it."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        strong = book.add_format({"bold": True, "valign": "top"})
        sheet, notes = book.add_worksheet(_sheet_name(kind)), book.add_worksheet(gettext("Notes"))
        for each in (sheet, notes):
            if direction() == "rtl":
                each.right_to_left()
            each.freeze_panes(1, 0)
        for column, field in enumerate(template_fields(kind)):
            sheet.write_string(0, column, field.heading, head)
            sheet.set_column(column, column, 40 if field.name in _WIDE else 18, text)
            choices = _choices(field)
            if choices and len(",".join(choices)) <= _LONGEST_LIST:
                sheet.data_validation(
                    1, column, MOST_ROWS, column, {"validate": "list", "source": choices, "error_type": "warning"}
                )
        for column, title in enumerate((gettext("Heading"), gettext("What stands under it"), gettext("Example"))):
            notes.write_string(0, column, title, head)
            notes.set_column(column, column, (24, 70, 40)[column])
        for row, (field, example) in enumerate(zip(template_fields(kind), _example(kind), strict=True), 1):
            notes.write_string(row, 0, field.heading, strong)
            notes.write_string(row, 1, _explain(field), text)
            notes.write_string(row, 2, example, text)
    return file.getvalue()


def _sheet_name(kind: ImportKind) -> str:
    return {
        ImportKind.CLAIMS: gettext("Claims"),
        ImportKind.EVIDENCE: gettext("Evidence"),
        ImportKind.SOURCES: gettext("Sources"),
        ImportKind.ARTICLES: gettext("Articles"),
    }[kind]


def _choices(field: Field) -> list[str]:
    if field.reads == "yes":
        return [gettext("Yes"), gettext("No")]
    return [word(field.family, value) for value in KINDS[field.family]] if field.family else []


def _explain(field: Field) -> str:
    """Return what a column takes, in a sentence."""
    own = {
        "article": gettext("The article's number, title or key; not needed where one article is chosen for all rows."),
        "number": gettext(
            "The claim's number in the article. Rows with the same number are one claim, each with its evidence."
        ),
        "key": gettext("A name of your own, by which another table can refer to it."),
        "statement": gettext("One checkable statement, in the desk's own words, in Hebrew or in English."),
        "quote": gettext("Words of the article, as they stand there; the claim is marked on them."),
        "occurrence": gettext("Which one is meant, where the words stand in the text more than once."),
        "summary": gettext("What the source says about the claim, in the desk's words."),
        "source_title": gettext("With an address, it may be left empty. Never a confidential source."),
        "tags": gettext("Several tags, with commas between them."),
    }
    if field.name in own:
        return own[field.name]
    reads = {
        "figure": gettext("A number, a range or a percentage, with its unit: 1,580,000; 4-8 hours; about 40%."),
        "day": gettext("A day: 2026-03-15 or, the day first, 15.3.2026."),
        "partial": gettext("As much as is known: 2026-03-15, 15.3.2026, 2026-03, 2026-H1 or 2026."),
        "address": gettext("A web address that begins with http:// or https://."),
        "whole": gettext("A whole number from 1."),
    }
    choices = _choices(field)
    return ", ".join(choices) if choices else reads.get(field.reads, gettext("Free text."))


WRITERS: dict[str, tuple[str, Callable[[ImportKind], bytes]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "csv": ("text/csv", write_csv),
}
"""Every format that a template is written in, with its media type."""
