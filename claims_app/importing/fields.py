"""What a column can hold, for each kind of table, and the headings that mean it."""

from collections.abc import Mapping
from dataclasses import dataclass

from claims_app.importing.model import ImportKind
from claims_app.language import LazyText, gettext, lazy

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


def figure_fields(prefix: str, *, is_of_source: bool) -> tuple[Field, ...]:
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
            f"{prefix}{name}",
            label,
            reads,
            is_of_source=is_of_source,
            also=also,
            example=examples.get(name, example),
        )
        for name, label, reads, also, example in parts
    )


KEY = Field("key", lazy("Key"), also=("id", "record id", "origin_key", "מפתח", "מזהה"))
IN_ARTICLE = Field(
    "article", lazy("Article"), "article", also=("article title", "article key", "שם הכתבה", "כותרת הכתבה")
)
NUMBER = Field(
    "number", lazy("Number"), "whole", also=("no", "claim number", "claim no", "#", "מס", "מספר טענה", "מספר הטענה")
)
STATEMENTS = (
    Field(
        "statement",
        lazy("Statement"),
        most=TEXT,
        also=("claim", "claim text", "fact", "טענה", "הטענה", "נוסח הטענה", "ניסוח"),
        example=("אורך הגשר 120 מטרים.", "The bridge is 120 metres long."),
    ),
    Field("statement_he", lazy("Statement in Hebrew"), most=TEXT, also=("claim in hebrew", "טענה בעברית")),
    Field("statement_en", lazy("Statement in English"), most=TEXT, also=("claim in english", "טענה באנגלית")),
)
SOURCE = (
    Field(
        "address",
        lazy("Address"),
        "address",
        4_000,
        also=("url", "link", "source url", "קישור", "כתובת אינטרנט", "לינק"),
        example=("https://example.org/bridge", "https://example.org/bridge"),
    ),
    Field(
        "title",
        lazy("Title"),
        also=("name", "source", "source title", "שם", "שם המקור", "מקור"),
        example=("תוכנית הגשר", "The plan of the bridge"),
    ),
    Field(
        "source_kind",
        lazy("Kind"),
        "word",
        family="source_kind",
        also=("source kind", "source type", "type", "סוג המקור", "סוג מקור"),
        example=("מסמך", "Document"),
    ),
    Field("publisher", lazy("Publisher"), also=("published by", "outlet", "הוצאה", "גוף מפרסם")),
    Field(
        "published_on",
        lazy("Published"),
        "partial",
        also=("published on", "publication date", "date", "תאריך", "תאריך פרסום"),
    ),
)
NOTES = Field("notes", lazy("Notes"), most=TEXT, also=("comments", "הערות"))


def _of_source(field: Field) -> Field:
    """Return a field of a source as a table of evidence has it, where its headings say whose it is."""
    plain = tuple(f"evidence.{also}" for also in ("source." + field.name, field.name.removeprefix("source_")))
    names = {
        "address": (
            *("url", "link", "source url", "source link", "address"),
            *("קישור", "קישור למקור", "כתובת", "כתובת המקור", "לינק"),
        ),
        "title": ("source", "source title", "source name", "מקור", "כותרת המקור", "שם המקור"),
        "source_kind": ("source kind", "source type", "kind of source", "סוג המקור", "סוג מקור"),
        "publisher": ("publisher", "source publisher", "מפרסם"),
        "published_on": ("published", "source date", "published on", "תאריך המקור", "תאריך פרסום"),
    }
    name = field.name if field.name.startswith("source_") else f"source_{field.name}"
    return Field(
        name,
        field.label,
        field.reads,
        field.most,
        field.family,
        is_of_source=True,
        also=(*names[field.name], *plain),
        example=field.example,
    )


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
    Field(
        "rank",
        lazy("Rank"),
        "word",
        family="rank",
        also=("evidence.rank", "דירוג"),
        example=("מקור ראשוני", "Primary source"),
    ),
    *map(_of_source, SOURCE),
    Field(
        "summary",
        lazy("Summary"),
        most=TEXT,
        also=("evidence", "evidence.summary", "what the source says", "ראיה", "הראיה", "מה אומר המקור"),
        example=("בתוכנית האורך הוא 118 מטרים.", "The plan gives 118 metres."),
    ),
    Field("passage", lazy("Passage"), most=TEXT, also=("evidence.passage", "source quote", "ציטוט מהמקור")),
    Field("locator", lazy("Locator"), also=("evidence.locator", "page", "עמוד"), example=("עמ׳ 4", "p. 4")),
    Field(
        "looked_on",
        lazy("Date looked"),
        "day",
        also=("evidence.looked_on", "accessed", "נבדק ביום"),
        example=("15.3.2026", "15/3/2026"),
    ),
    *figure_fields("evidence_", is_of_source=True),
)
CLAIM = (
    NUMBER,
    KEY,
    Field("section", lazy("Section"), also=("part", "מדור")),
    Field("paragraph", lazy("Paragraph"), "whole", example=("1", "1")),
    *STATEMENTS,
    Field(
        "kind",
        lazy("Kind"),
        "word",
        family="kind",
        also=("type", "claim kind", "claim type", "סוג הטענה", "סוג טענה"),
        example=("נתון", "Figure"),
    ),
    Field("priority", lazy("Priority"), "word", family="priority", example=("רגילה", "Normal")),
    Field(
        "quote",
        lazy("Words in the text"),
        most=TEXT,
        also=("quote", "anchors", "words", "ציטוט", "ציטוט מהכתבה", "המילים בטקסט"),
    ),
    Field("occurrence", lazy("Occurrence"), "whole", also=("מופע",)),
    *figure_fields("", is_of_source=False),
    Field("claimant", lazy("Claimant"), also=("who says so", "speaker", "said by", "דובר", "מי טוען")),
    Field("is_attributed", lazy("Attributed in the text"), "yes", also=("attributed",)),
    Field("citation", lazy("Cited link"), "address", 4_000, also=("cited_address", "link in the article")),
    Field("cited_basis", lazy("How the link is known"), "word", family="cited_basis"),
    Field("tags", lazy("Tags"), also=("tag", "labels", "תגית", "תוויות")),
    Field("status", lazy("Status"), also=("סטטוס", "מצב")),
    Field(
        "finding",
        lazy("Finding"),
        also=("verdict", "verdict.finding", "rating", "conclusion", "הכרעה", "מסקנה", "דירוג אמינות"),
    ),
    Field("rationale", lazy("Rationale"), most=TEXT, also=("reason", "explanation", "נימוק", "הסבר")),
    Field("rationale_he", lazy("Rationale in Hebrew"), most=TEXT, also=("verdict.rationale_he",)),
    Field("rationale_en", lazy("Rationale in English"), most=TEXT, also=("verdict.rationale_en",)),
    Field("note", lazy("Note"), most=TEXT, also=("notes", "comment", "comments", "הערה", "הערות", "הערה לדסק")),
)
ARTICLES = (
    KEY,
    Field(
        "title",
        lazy("Title"),
        also=("headline", "name", "שם", "שם הכתבה", "כתבה", "article"),
        example=("הגשר החדש", "The new bridge"),
    ),
    Field("title_he", lazy("Title in Hebrew")),
    Field("title_en", lazy("Title in English")),
    Field("outlet", lazy("Outlet"), also=("publication", "עיתון", "כלי התקשורת")),
    Field(
        "byline",
        lazy("Byline"),
        also=("author", "authors", "writer", "כותב", "מחבר", "כתב", "מאת"),
        example=("דנה לוי", "Dana Levi"),
    ),
    Field("language", lazy("Language"), "word", family="language", example=("עברית", "English")),
    Field("address", lazy("Address"), "address", 4_000, also=("url", "link", "קישור", "לינק")),
    Field(
        "published_on",
        lazy("Published"),
        "partial",
        also=("date", "published on", "תאריך", "תאריך פרסום"),
        example=("15.3.2026", "15/3/2026"),
    ),
    Field("second_check", lazy("Second check"), "word", family="second_check"),
    Field("source_rule", lazy("Source rule"), "word", family="source_rule"),
    NOTES,
    Field("text", lazy("Text"), most=ARTICLE, also=("body", "full text", "גוף הכתבה")),
)

_FIELDS: Mapping[ImportKind, tuple[Field, ...]] = {
    ImportKind.CLAIMS: (IN_ARTICLE, *CLAIM, *EVIDENCE),
    ImportKind.EVIDENCE: (IN_ARTICLE, NUMBER, KEY, *STATEMENTS, *EVIDENCE),
    ImportKind.SOURCES: (*SOURCE, NOTES),
    ImportKind.ARTICLES: ARTICLES,
}


def fields_of(kind: ImportKind, *, has_article: bool = False) -> tuple[Field, ...]:
    """Return the fields of a kind of table; with one article for all rows, none for the article."""
    return tuple(field for field in _FIELDS[kind] if not (has_article and field is IN_ARTICLE))


def find_field(kind: ImportKind, name: str) -> Field | None:
    """Return the field of this name."""
    return next((field for field in _FIELDS[kind] if field.name == name), None)
