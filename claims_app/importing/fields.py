"""What a column can hold, for each kind of table, and how a heading in Hebrew or English is matched with it."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from claims_app.errors import DomainError
from claims_app.importing.model import ImportKind
from claims_app.importing.tables import Table, column_name
from claims_app.language import LazyText, catalogue, gettext, lazy

LINE, TEXT, ARTICLE = 1_000, 20_000, 500_000
"""Longest line, text and text of an article, in characters, as the forms take them."""


@dataclass(frozen=True)
class Field:
    """One thing that a column can hold.

    ``reads`` says how its cells are read; ``family`` names the stored words where it holds one of them. A field of the
    source is called so in its heading, as in the desk's own tables.
    """

    name: str
    label: LazyText
    reads: str = "text"
    most: int = LINE
    family: str = ""
    is_of_source: bool = False
    #: Other headings that mean it.
    also: tuple[str, ...] = ()
    #: What stands under it in the template, in Hebrew and in English.
    example: tuple[str, str] = ("", "")

    @property
    def heading(self) -> str:
        """The field's name in the language in force."""
        return f"{gettext('Source')}: {self.label}" if self.is_of_source else str(self.label)


def _figure(prefix: str, *, is_of_source: bool) -> tuple[Field, ...]:
    """Return the fields of a figure: in one cell as people write it, or in parts as the desk's tables have it."""
    dotted = "evidence.figure" if prefix else "figure"
    parts = (
        ("figure", lazy("Figure"), "figure", ("value", "amount", "ערך", "הנתון"), ("", "")),
        ("figure_low", lazy("Figure, from"), "figure", (f"{dotted}.low", "from"), ("", "")),
        ("figure_high", lazy("Figure, to"), "figure", (f"{dotted}.high", "to"), ("", "")),
        ("figure_unit", lazy("Unit"), "unit", (f"{dotted}.unit", "units", "יחידת מידה"), ("", "")),
        ("figure_about", lazy("About"), "yes", (f"{dotted}.is_about", "approximate"), ("", "")),
        ("figure_as_of", lazy("Date of the figure"), "partial", (f"{dotted}.as_of", "as of", "נכון ל"), ("", "")),
    )
    examples = (
        {"figure": ("כ-120 מטרים", "about 120 metres")} if not prefix else {"figure": ("118 מטרים", "118 metres")}
    )
    return tuple(
        Field(
            f"{prefix}{name}", label, reads,
            is_of_source=is_of_source, also=also, example=examples.get(name, example),
        )
        for name, label, reads, also, example in parts
    )  # fmt: skip


KEY = Field("key", lazy("Key"), also=("id", "record id", "origin_key", "מפתח", "מזהה"))
IN_ARTICLE = Field(
    "article", lazy("Article"), "article", also=("article title", "article key", "שם הכתבה", "כותרת הכתבה")
)
NUMBER = Field(
    "number", lazy("Number"), "whole", also=("no", "claim number", "claim no", "#", "מס", "מספר טענה", "מספר הטענה")
)
STATEMENTS = (
    Field(
        "statement", lazy("Statement"), most=TEXT,
        also=("claim", "claim text", "fact", "טענה", "הטענה", "נוסח הטענה", "ניסוח"),
        example=("אורך הגשר 120 מטרים.", "The bridge is 120 metres long."),
    ),
    Field("statement_he", lazy("Statement in Hebrew"), most=TEXT, also=("claim in hebrew", "טענה בעברית")),
    Field("statement_en", lazy("Statement in English"), most=TEXT, also=("claim in english", "טענה באנגלית")),
)  # fmt: skip
SOURCE = (
    Field("address", lazy("Address"), "address", 4_000, also=("url", "link", "source url", "קישור", "כתובת אינטרנט", "לינק"),
          example=("https://example.org/bridge", "https://example.org/bridge")),
    Field("title", lazy("Title"), also=("name", "source", "source title", "שם", "שם המקור", "מקור"),
          example=("תוכנית הגשר", "The plan of the bridge")),
    Field("source_kind", lazy("Kind"), "word", family="source_kind", also=("source kind", "source type", "type", "סוג המקור", "סוג מקור"),
          example=("מסמך", "Document")),
    Field("publisher", lazy("Publisher"), also=("published by", "outlet", "הוצאה", "גוף מפרסם")),
    Field("published_on", lazy("Published"), "partial", also=("published on", "publication date", "date", "תאריך", "תאריך פרסום")),
)  # fmt: skip
NOTES = Field("notes", lazy("Notes"), most=TEXT, also=("comments", "הערות"))


def _of_source(field: Field) -> Field:
    """Return a field of a source as a table of evidence has it, where its headings say whose it is."""
    plain = tuple(f"evidence.{also}" for also in ("source." + field.name, field.name.removeprefix("source_")))
    names = {
        "address": ("url", "link", "source url", "source link", "address", "קישור", "קישור למקור", "כתובת", "לינק"),
        "title": ("source", "source title", "source name", "מקור", "שם המקור"),
        "source_kind": ("source kind", "source type", "kind of source", "סוג המקור", "סוג מקור"),
        "publisher": ("publisher", "source publisher", "מפרסם"),
        "published_on": ("published", "source date", "published on", "תאריך המקור", "תאריך פרסום"),
    }
    name = field.name if field.name.startswith("source_") else f"source_{field.name}"
    return Field(
        name, field.label, field.reads, field.most, field.family,
        is_of_source=True, also=(*names[field.name], *plain), example=field.example,
    )  # fmt: skip


_STANCE = Field(
    "stance",
    lazy("Stance"),
    "word",
    family="stance",
    also=("evidence.stance", "עמדת המקור"),
    example=("תומכת", "Supports"),
)
EVIDENCE = (
    _STANCE,
    Field("rank", lazy("Rank"), "word", family="rank", also=("evidence.rank", "דירוג"), example=("מקור ראשוני", "Primary source")),
    *map(_of_source, SOURCE),
    Field(
        "summary", lazy("Summary"), most=TEXT,
        also=("evidence", "evidence.summary", "what the source says", "ראיה", "הראיה", "מה אומר המקור"),
        example=("בתוכנית האורך הוא 118 מטרים.", "The plan gives 118 metres."),
    ),
    Field("passage", lazy("Passage"), most=TEXT, also=("evidence.passage", "source quote", "ציטוט מהמקור")),
    Field("locator", lazy("Locator"), also=("evidence.locator", "page", "עמוד"), example=("עמ׳ 4", "p. 4")),
    Field("looked_on", lazy("Date looked"), "day", also=("evidence.looked_on", "accessed", "נבדק ביום"), example=("15.3.2026", "15/3/2026")),
    *_figure("evidence_", is_of_source=True),
)  # fmt: skip
CLAIM = (
    NUMBER,
    KEY,
    Field("section", lazy("Section"), also=("part", "מדור")),
    Field("paragraph", lazy("Paragraph"), "whole", example=("1", "1")),
    *STATEMENTS,
    Field("kind", lazy("Kind"), "word", family="kind", also=("type", "claim kind", "claim type", "סוג הטענה", "סוג טענה"), example=("נתון", "Figure")),
    Field("priority", lazy("Priority"), "word", family="priority", example=("רגילה", "Normal")),
    Field("quote", lazy("Words in the text"), most=TEXT, also=("quote", "anchors", "words", "ציטוט", "ציטוט מהכתבה", "המילים בטקסט")),
    Field("occurrence", lazy("Occurrence"), "whole", also=("מופע",)),
    *_figure("", is_of_source=False),
    Field("claimant", lazy("Claimant"), also=("who says so", "speaker", "said by", "דובר", "מי טוען")),
    Field("is_attributed", lazy("Attributed in the text"), "yes", also=("attributed",)),
    Field("citation", lazy("Cited link"), "address", 4_000, also=("cited_address", "link in the article")),
    Field("cited_basis", lazy("How the link is known"), "word", family="cited_basis"),
    Field("tags", lazy("Tags"), also=("tag", "labels", "תגית", "תוויות")),
    Field("status", lazy("Status"), also=("סטטוס", "מצב")),
    Field("finding", lazy("Finding"), also=("verdict", "verdict.finding", "rating", "conclusion", "הכרעה", "מסקנה", "דירוג אמינות")),
    Field("rationale", lazy("Rationale"), most=TEXT, also=("reason", "explanation", "נימוק", "הסבר")),
    Field("rationale_he", lazy("Rationale in Hebrew"), most=TEXT, also=("verdict.rationale_he",)),
    Field("rationale_en", lazy("Rationale in English"), most=TEXT, also=("verdict.rationale_en",)),
    Field("note", lazy("Note"), most=TEXT, also=("notes", "comment", "comments", "הערה", "הערות", "הערה לדסק")),
)  # fmt: skip
ARTICLES = (
    KEY,
    Field("title", lazy("Title"), also=("headline", "name", "שם", "שם הכתבה", "כתבה", "article"), example=("הגשר החדש", "The new bridge")),
    Field("title_he", lazy("Title in Hebrew")),
    Field("title_en", lazy("Title in English")),
    Field("outlet", lazy("Outlet"), also=("publication", "עיתון", "כלי התקשורת")),
    Field("byline", lazy("Byline"), also=("author", "authors", "writer", "כותב", "מחבר", "כתב", "מאת"), example=("דנה לוי", "Dana Levi")),
    Field("language", lazy("Language"), "word", family="language", example=("עברית", "English")),
    Field("address", lazy("Address"), "address", 4_000, also=("url", "link", "קישור", "לינק")),
    Field("published_on", lazy("Published"), "partial", also=("date", "published on", "תאריך", "תאריך פרסום"), example=("15.3.2026", "15/3/2026")),
    Field("second_check", lazy("Second check"), "word", family="second_check"),
    Field("source_rule", lazy("Source rule"), "word", family="source_rule"),
    NOTES,
    Field("text", lazy("Text"), most=ARTICLE, also=("body", "full text", "גוף הכתבה")),
)  # fmt: skip

_FIELDS: Mapping[ImportKind, tuple[Field, ...]] = {
    ImportKind.CLAIMS: (IN_ARTICLE, *CLAIM, *EVIDENCE),
    ImportKind.EVIDENCE: (IN_ARTICLE, NUMBER, KEY, *STATEMENTS, *EVIDENCE),
    ImportKind.SOURCES: (*SOURCE, NOTES),
    ImportKind.ARTICLES: ARTICLES,
}
#: What a table needs at least one of, with what to say where it has none.
_NEEDS: Mapping[ImportKind, Sequence[tuple[tuple[str, ...], Callable[[], DomainError]]]] = {
    ImportKind.CLAIMS: (
        (("statement", "statement_he", "statement_en"), lambda: DomainError("Say which column holds the claims' statements.")),
        (("article",), lambda: DomainError("Say which column names the article, or choose one article for all rows.")),
    ),
    ImportKind.EVIDENCE: (
        (("number", "key", "statement", "statement_he", "statement_en"), lambda: DomainError("Say which column names the claim: by its number, its key or its statement.")),
        (("summary",), lambda: DomainError("Say which column holds what the source says, in the desk's words.")),
        (("stance",), lambda: DomainError("Say which column holds the stance.")),
        (("source_address", "source_title"), lambda: DomainError("Say which column names the source: by its address or its title.")),
        (("article",), lambda: DomainError("Say which column names the article, or choose one article for all rows.")),
    ),
    ImportKind.SOURCES: ((("address", "title"), lambda: DomainError("Say which column holds the addresses or the titles.")),),
    ImportKind.ARTICLES: ((("title", "title_he", "title_en"), lambda: DomainError("Say which column holds the titles.")),),
}  # fmt: skip


def fields_of(kind: ImportKind, *, has_article: bool = False) -> tuple[Field, ...]:
    """Return the fields of a kind of table; with one article for all rows, none for the article."""
    return tuple(field for field in _FIELDS[kind] if not (has_article and field is IN_ARTICLE))


def find_field(kind: ImportKind, name: str) -> Field | None:
    """Return the field of this name."""
    return next((field for field in _FIELDS[kind] if field.name == name), None)


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
        for field in _FIELDS[kind]:
            labels = (field.label.message, *hebrew.get(field.label.message, ()))
            if field.is_of_source:
                sources = ("Source", *hebrew.get("Source", ()))
                labels = tuple(f"{source}: {label}" for source in sources for label in labels)
            for name in (field.name, *labels) if is_own else field.also:
                known.setdefault(plain_heading(name), field.name)
    if kind is ImportKind.EVIDENCE:  # no other figure can be meant there
        for field in _figure("", is_of_source=False):
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
                "“%(field)s” is chosen for the columns %(one)s and %(other)s; choose it once.",
                field=field.heading if field else name,
                one=column_name(known[name]),
                other=column_name(column),
            ) from None
        known[name] = column
    for names, refusal in _NEEDS[kind]:
        if not any(name in known for name in names) and not (has_article and names == ("article",)):
            raise refusal()
    return known
