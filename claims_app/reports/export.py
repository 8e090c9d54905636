"""Writing reports, and recording that they went out."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from claims_app.errors import NotFound
from claims_app.history.model import Action, Subject
from claims_app.history.service import DESK, first_values, record
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reports.as_csv import write_csv
from claims_app.reports.as_docx import write_docx
from claims_app.reports.as_html import write_html
from claims_app.reports.as_json import write_json
from claims_app.reports.as_markdown import write_markdown
from claims_app.reports.as_pdf import write_pdf
from claims_app.reports.facts import Report
from claims_app.reports.queries import gather_report

FORMATS: dict[str, Callable[[Report, str], bytes]] = {
    "html": lambda report, zone: write_html(report, zone=zone),
    "pdf": lambda report, zone: write_pdf(report, zone=zone),
    "docx": lambda report, zone: write_docx(report, zone=zone),
    "md": lambda report, zone: write_markdown(report, zone=zone),
    "csv": lambda report, _zone: write_csv(report),
    "json": lambda report, _zone: write_json(report),
}
"""Every format a report is written in, and how; the zone is that in which people read moments."""


def write_report(
    session: Session, *, article_id: int, file_format: str, language: str, actor: Person | None, zone: str
) -> bytes:
    """Return an article's report as a file; an unknown format raises ``NotFound``.

    This only reads, because a long report takes its time; ``record_export`` follows before the file leaves.
    """
    require(actor, Role.READER)
    if file_format not in FORMATS:
        raise NotFound("A report is written as one of: %(formats)s.", formats=", ".join(FORMATS))
    report = gather_report(session, article_id, made_by=actor.name if actor else DESK, language=language)
    return FORMATS[file_format](report, zone)


def record_export(
    session: Session, *, actor: Person | None, file_format: str, language: str, article_id: int | None = None
) -> None:
    """Record that an article's report went out, or, without an article, claims of the desk as a table."""
    require(actor, Role.READER)
    record(
        session,
        actor=actor,
        action=Action.EXPORTED,
        subject=Subject.DESK if article_id is None else Subject.ARTICLE,
        subject_id=article_id,
        article_id=article_id,
        changes=first_values(format=file_format, language=language),
    )
