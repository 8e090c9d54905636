"""Matching a table's headings, in Hebrew or in English, with what a column can hold."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from claims_app.errors import DomainError
from claims_app.importing.fields import fields_of, figure_fields, find_field
from claims_app.importing.model import ImportKind
from claims_app.importing.tables import Table, column_name
from claims_app.language import catalogue

#: What a table needs at least one of, with what to say where it has none.
_NEEDS: Mapping[ImportKind, Sequence[tuple[tuple[str, ...], Callable[[], DomainError]]]] = {
    ImportKind.CLAIMS: (
        (
            ("statement", "statement_he", "statement_en"),
            lambda: DomainError("Say which column holds the claims' statements."),
        ),
        (("article",), lambda: DomainError("Say which column names the article, or choose one article for all rows.")),
    ),
    ImportKind.EVIDENCE: (
        (
            ("number", "key", "statement", "statement_he", "statement_en"),
            lambda: DomainError("Say which column names the claim: by its number, its key or its statement."),
        ),
        (("summary",), lambda: DomainError("Say which column holds what the source says, in the desk's words.")),
        (("stance",), lambda: DomainError("Say which column holds the stance.")),
        (
            ("source_address", "source_title"),
            lambda: DomainError("Say which column names the source: by its address or its title."),
        ),
        (("article",), lambda: DomainError("Say which column names the article, or choose one article for all rows.")),
    ),
    ImportKind.SOURCES: (
        (("address", "title"), lambda: DomainError("Say which column holds the addresses or the titles.")),
    ),
    ImportKind.ARTICLES: (
        (("title", "title_he", "title_en"), lambda: DomainError("Say which column holds the titles.")),
    ),
}


def plain_heading(heading: str) -> str:
    """Return a heading without what is spelled differently: case, points, marks and blanks."""
    text = unicodedata.normalize("NFKD", heading).casefold().replace("_", " ")
    bare = "".join(mark for mark in text if unicodedata.category(mark) not in {"Mn", "Cf"})
    return " ".join(re.findall(r"\w+|#", re.sub("[\"'׳״]", "", bare)))


@cache
def _names(kind: ImportKind) -> Mapping[str, str]:
    """Return the fields of a kind by every heading that means them; where two claim one, the first has it."""
    hebrew = catalogue("he").forms
    known: dict[str, str] = {}
    for is_own in (True, False):  # what a field is called goes before what it may be called
        for field in fields_of(kind):
            labels = (field.label.message, *hebrew.get(field.label.message, ()))
            if field.is_of_source:
                sources = ("Source", *hebrew.get("Source", ()))
                labels = tuple(f"{source}: {label}" for source in sources for label in labels)
            for name in (field.name, *labels) if is_own else field.also:
                known.setdefault(plain_heading(name), field.name)
    if kind is ImportKind.EVIDENCE:  # no other figure can be meant there
        for field in figure_fields("", is_of_source=False):
            for name in (field.label.message, *hebrew.get(field.label.message, ()), *field.also):
                known.setdefault(plain_heading(name), f"evidence_{field.name}")
    return known


def is_heading(text: str) -> bool:
    """Whether a text is a heading of any kind of table."""
    plain = plain_heading(text)
    return bool(plain) and any(plain in _names(kind) for kind in ImportKind)


def propose_kind(headings: Sequence[str]) -> ImportKind:
    """Return the kind of table that most of these headings belong to."""
    plain = [plain_heading(heading) for heading in headings]
    known = {kind: sum(heading in _names(kind) for heading in plain) for kind in ImportKind}
    return max(ImportKind, key=lambda kind: known[kind])


def match_headings(kind: ImportKind, headings: Sequence[str], *, has_article: bool) -> list[str]:
    """Return the field of each column, "" for one that is not taken; no field is given to two columns."""
    allowed = {field.name for field in fields_of(kind, has_article=has_article)}
    found: list[str] = []
    for heading in headings:
        name = _names(kind).get(plain_heading(heading), "")
        found.append(name if name in allowed and name not in found else "")
    return found


def check_columns(kind: ImportKind, table: Table, columns: Sequence[str], *, has_article: bool) -> dict[str, int]:
    """Return the column of each field; a field twice, or one that is needed and missing, is refused."""
    allowed = {field.name for field in fields_of(kind, has_article=has_article)}
    known: dict[str, int] = {}
    for column, name in enumerate(columns[: len(table.headings)]):
        if name not in allowed:
            continue
        if name in known:
            field = find_field(kind, name)
            raise DomainError(
                "“%(name)s” is chosen for the columns %(one)s and %(other)s; choose it once.",
                name=field.heading if field else name,
                one=column_name(known[name]),
                other=column_name(column),
            ) from None
        known[name] = column
    for names, refusal in _NEEDS[kind]:
        if not any(name in known for name in names) and not (has_article and names == ("article",)):
            raise refusal()
    return known
