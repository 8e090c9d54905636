"""Every claim under a filter as a table: CSV for as many claims as there are, in the memory of a few hundred.

The form is that of ``as_csv``: UTF-8 with a byte order mark, CR LF, plain values, formulas guarded. SQLite itself
writes each line, because that is twice as fast as fetching its cells; Python sees whole lines, and of the texts only
those that do not plainly begin with a letter or a digit.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, literal_column, select
from sqlalchemy.orm import Session, aliased

from claims_app.articles.model import Article
from claims_app.claims.model import Claim, Claimant, Figure
from claims_app.language import gettext, language, speaking, word
from claims_app.people.model import Person
from claims_app.reports.as_csv import BOM, guard, in_utc, write_rows, yes_or_no
from claims_app.verdicts.model import Verdict
from claims_app.words import WORDS

CHUNK = 500
"""Lines that are fetched and handed on at once."""
ORDER = (Claim.article_id, Claim.position, Claim.id)
"""Article by article, as each is read."""

_assignee, _proposer, _approver = (aliased(Person, name=name) for name in ("assignee", "proposer", "approver"))


def stream_claims(
    session: Session, where: ColumnElement[bool] | None = None, order: Sequence[Any] = ORDER
) -> Iterator[bytes]:
    """Return the CSV of the claims for which ``where`` holds, in pieces; without it, of all that are not withdrawn.

    They come article by article, or in the ``order`` asked for. Where an index holds the order and no other index is
    better for ``where``, nothing is sorted: the first line comes at once, and the memory is the same for any number.
    Headings and stored words are in the language in force.
    """
    headings, line = _table(language())
    lines = (
        select(literal_column(line, LargeBinary))
        .select_from(Claim)
        # Outer joins throughout, so that the claims lead and their order is the order of the lines.
        .outerjoin(Article, Claim.article_id == Article.id)
        .outerjoin(Figure, Figure.claim_id == Claim.id)
        .outerjoin(Claimant, Claim.claimant_id == Claimant.id)
        .outerjoin(_assignee, Claim.assignee_id == _assignee.id)
        .outerjoin(Verdict, Claim.verdict_id == Verdict.id)
        .outerjoin(_proposer, Verdict.proposed_by_id == _proposer.id)
        .outerjoin(_approver, Verdict.approved_by_id == _approver.id)
        .where(Claim.withdrawn_at.is_(None) if where is None else where)
        .order_by(*order)
    )
    return _pieces(session, lines, headings)


def _pieces(session: Session, lines: Any, headings: Sequence[str]) -> Iterator[bytes]:
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    driver.create_function("guard_mark", 1, _guard_mark, deterministic=True)
    yield (BOM + write_rows([headings])).encode("utf-8")
    with connection.execute(lines) as result:
        # Past SQLAlchemy's rows, which would cost as much again.
        cursor: Any = result.cursor
        while rows := cursor.fetchmany(CHUNK):
            yield b"".join([line for (line,) in rows])


def _guard_mark(text: str) -> str:
    return "'" if guard(text) != text else ""


@cache
def _table(code: str) -> tuple[list[str], str]:
    """Return the headings, and the SQL that writes a claim as one line, in a language."""
    with speaking(code):
        columns = _columns(code)
    forms = ",".join(form for _heading, (form, _cells) in columns)
    cells = ", ".join(cell for _heading, (_form, cells) in columns for cell in cells)
    return [heading for heading, _cell in columns], f"CAST(printf('{forms}' || char(13, 10), {cells}) AS BLOB)"


# A cell is its form in SQLite's ``printf``, where %w doubles quotes, and the SQL of what fills it.
Cell = tuple[str, list[str]]


def _columns(code: str) -> list[tuple[str, Cell]]:
    title = "coalesce(article.title_he, article.title_en)"
    return [
        (gettext("Number"), _plain("claim.number")),
        (gettext("Article"), _text(title if code == "he" else "coalesce(article.title_en, article.title_he)")),
        (gettext("Status"), _words("status", "claim.status")),
        (gettext("Words changed"), _plain(_yes_or_no("claim.is_stale"))),
        (gettext("Place in the text"), _words("place", "claim.place")),
        (gettext("Kind"), _words("kind", "claim.kind")),
        (gettext("Priority"), _words("priority", "claim.priority")),
        (gettext("Statement in Hebrew"), _text("claim.statement_he")),
        (gettext("Statement in English"), _text("claim.statement_en")),
        (gettext("Figure, from"), _number("figure.low")),
        (gettext("Figure, to"), _number("figure.high")),
        (gettext("Unit"), _words("unit", "figure.unit")),
        (gettext("About"), _plain(_yes_or_no("figure.is_about"))),
        (gettext("Date of the figure"), _plain("figure.as_of")),
        (gettext("Claimant"), _text("claimant.name")),
        (gettext("Assignee"), _text("assignee.name")),
        (gettext("Supporting evidence"), _plain("claim.supports")),
        (gettext("Refuting evidence"), _plain("claim.refutes")),
        (gettext("Context evidence"), _plain("claim.contexts")),
        (gettext("Finding"), _words("status", "verdict.finding")),
        (gettext("Rationale in Hebrew"), _text("verdict.rationale_he")),
        (gettext("Rationale in English"), _text("verdict.rationale_en")),
        (gettext("Verdict by"), _text("proposer.name")),
        (in_utc(gettext("Verdict at")), _moment("verdict.created_at")),
        (gettext("Second check by"), _text("approver.name")),
        (in_utc(gettext("Second check at")), _moment("verdict.approved_at")),
        (gettext("Override"), _text("verdict.override_why")),
        (in_utc(gettext("Last change")), _moment("claim.updated_at")),
    ]


def _plain(value: str) -> Cell:
    return "%s", [value]


def _text(value: str, shown: str | None = None) -> Cell:
    """Return a text in quotes, with the apostrophe that keeps a spreadsheet from running it."""
    # A range of first letters that surely need none; all others are looked at closely.
    is_harmless = f"{value} GLOB '[א-תA-~0-<]*' OR {value} IS NULL"
    mark = f"CASE WHEN {is_harmless} THEN '' ELSE guard_mark({value}) END"
    return '"%s%w"', [mark, f"coalesce({shown or value}, '')"]


def _words(family: str, column: str) -> Cell:
    """Return what people read for the stored words of a column; one that is not known is a text."""
    return _text(column, _case(column, {value: word(family, value) for value in WORDS[family]}, column))


def _yes_or_no(column: str) -> str:
    return _case(f"CAST({column} AS TEXT)", {"1": yes_or_no(True), "0": yes_or_no(False)})


def _case(column: str, texts: dict[str, str], otherwise: str = "NULL") -> str:
    whens = " ".join(f"WHEN '{_escaped(value)}' THEN '{_escaped(text)}'" for value, text in texts.items())
    return f"CASE {column} {whens} ELSE {otherwise} END"


def _escaped(text: str) -> str:
    return text.replace("'", "''")


def _number(column: str) -> Cell:
    """Return a number, whole where it is whole."""
    whole = f"CAST({column} AS INTEGER)"
    return _plain(f"CASE WHEN {column} = {whole} THEN {whole} ELSE {column} END")


def _moment(column: str) -> Cell:
    """Return a moment in UTC to the second, as ISO 8601 writes it."""
    return _plain(f"replace(substr({column}, 1, 19), ' ', 'T') || 'Z'")
