"""Tables made for the tests, and the few steps from a file to a plan and to the desk."""

import hashlib
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.articles.service import File
from claims_app.importing.matching import check_columns, is_heading, match_headings, propose_kind
from claims_app.importing.model import Import, ImportKind
from claims_app.importing.plan import Plan
from claims_app.importing.planning import plan_import
from claims_app.importing.service import save_import
from claims_app.importing.tables import Table, read_table
from claims_app.people.model import Person


def lines(*rows: str) -> bytes:
    """Return rows as a CSV file."""
    return "\r\n".join(rows).encode("utf-8")


def workbook(*rows: Sequence[Any]) -> bytes:
    """Return rows as an XLSX file as a spreadsheet would write it."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return file.getvalue()


def read(data: bytes, name: str = "table.csv", sheet: str | None = None) -> Table:
    return read_table(data, name=name, sheet=sheet, is_known=is_heading)


def plan(
    session: Session,
    data: bytes,
    kind: ImportKind | None = None,
    article: Article | None = None,
    name: str = "table.csv",
) -> Plan:
    """Plan a file whose columns are taken as their headings say."""
    table = read(data, name)
    kind = kind or propose_kind(table.headings)
    has_article = article is not None
    columns = check_columns(
        kind, table, match_headings(kind, table.headings, has_article=has_article), has_article=has_article
    )
    return plan_import(session, kind=kind, table=table, columns=columns, article_id=article.id if article else None)


def bring(
    session: Session, actor: Person | None, data: bytes, kind: ImportKind | None = None, article: Article | None = None,
    name: str = "table.csv",
) -> Import:  # fmt: skip
    """Bring a file in and save it."""
    file = File(hashlib.sha256(data).hexdigest(), len(data), name=name)
    planned = plan(session, data, kind, article, name)
    assert said(planned) == []
    article_id = article.id if article else None
    made = save_import(session, actor=actor, plan=planned, file=file, columns={}, article_id=article_id)
    session.commit()
    return made


def said(planned: Plan) -> list[tuple[str, str]]:
    """Return where each problem of a plan is, and what it says."""
    return [(problem.place, str(problem.error)) for problem in planned.problems]
