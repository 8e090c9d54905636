"""Writing reports, and recording that they went out."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from claims_app.errors import DomainError, NotFound
from claims_app.history.model import Action, Subject
from claims_app.history.service import DESK, first_values, record
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reports.as_csv import write_csv
from claims_app.reports.as_docx import write_docx
from claims_app.reports.as_html import write_html
from claims_app.reports.as_json import write_json
from claims_app.reports.as_markdown import write_markdown
from claims_app.reports.as_pdf import ARCHIVAL, write_pdf
from claims_app.reports.as_xlsx import write_xlsx
from claims_app.reports.difference import Difference
from claims_app.reports.facts import Letterhead, Report, Scope
from claims_app.reports.scope import gather_scoped, tell_scope


@dataclass(frozen=True)
class Options:
    """How a report is written; a writer takes of it what it needs."""

    #: The zone in which people read moments.
    zone: str
    #: The archival standard that a PDF has to keep. None: none.
    standard: str | None = None
    #: Hears how many of the claims are written, and of how many.
    tell: Callable[[int, int], None] | None = None


@dataclass(frozen=True)
class Format:
    """A format of reports: what a file of it is, how one is written, and from how many claims on that takes long."""

    media_type: str
    write: Callable[[Report, Options], bytes]
    #: So many claims take longer than somebody waits before a page. None: no number does.
    long_from: int | None = None
    #: The archival standards that can be asked for.
    standards: tuple[str, ...] = ()
    has_history: bool = False
    #: A browser shows it.
    is_shown: bool = False

    def is_long(self, claims: int) -> bool:
        """Whether a report of so many claims is written while nobody waits for it."""
        return self.long_from is not None and claims >= self.long_from


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: dict[str, Format] = {
    "html": Format("text/html", lambda report, how: write_html(report, zone=how.zone), long_from=1500, is_shown=True),
    "pdf": Format(
        "application/pdf",
        lambda report, how: write_pdf(report, zone=how.zone, standard=how.standard),
        long_from=300,
        standards=ARCHIVAL,
    ),
    "docx": Format(
        f"{_OFFICE}.wordprocessingml.document",
        lambda report, how: write_docx(report, zone=how.zone),
        long_from=2000,
    ),
    "md": Format("text/markdown", lambda report, how: write_markdown(report, zone=how.zone), long_from=2000),
    "xlsx": Format(
        f"{_OFFICE}.spreadsheetml.sheet",
        lambda report, how: write_xlsx(report, zone=how.zone, tell=how.tell),
        long_from=600,
        has_history=True,
    ),
    "csv": Format("text/csv", lambda report, how: write_csv(report, zone=how.zone), long_from=4000),
    "json": Format("application/json", lambda report, _how: write_json(report), long_from=4000),
}
"""Every format a report is written in."""


def check_format(file_format: str, standard: str | None = None) -> Format:
    """Return a format; an unknown one raises ``NotFound``, and a standard that it cannot keep is refused."""
    if file_format not in FORMATS:
        raise NotFound("A report is written as one of: %(formats)s.", field="format", formats=", ".join(FORMATS))
    wanted = FORMATS[file_format]
    if standard is not None and standard not in wanted.standards:
        raise DomainError("No file of this format keeps the standard %(name)s.", field="standard", name=standard)
    return wanted


def write_report(
    session: Session,
    *,
    article_id: int,
    file_format: str,
    language: str,
    actor: Person | None,
    zone: str,
    scope: Scope | None = None,
    letterhead: Letterhead | None = None,
    standard: str | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> bytes:
    """Return a report of an article, or of the part of its check that ``scope`` says, as a file.

    An unknown format raises ``NotFound``. This only reads, because a long report takes its time; ``record_export``
    follows before the file leaves.
    """
    require(actor, Role.READER)
    wanted = check_format(file_format, standard)
    report = gather_scoped(
        session,
        article_id,
        scope or Scope(),
        made_by=actor.name if actor else DESK,
        language=language,
        letterhead=letterhead,
        has_history=wanted.has_history,
    )
    return wanted.write(report, Options(zone, standard, tell))


def record_export(
    session: Session,
    *,
    actor: Person | None,
    file_format: str,
    language: str,
    article_id: int | None = None,
    scope: Scope | None = None,
) -> None:
    """Record that an article's report went out, and what part of it, or, without an article, claims as a table."""
    require(actor, Role.READER)
    record(
        session,
        actor=actor,
        action=Action.EXPORTED,
        subject=Subject.DESK if article_id is None else Subject.ARTICLE,
        subject_id=article_id,
        article_id=article_id,
        changes=first_values(format=file_format, language=language, **tell_scope(scope or Scope())),
    )


def record_difference(session: Session, *, actor: Person | None, file_format: str, difference: Difference) -> None:
    """Record that what changed between two sign-offs of an article went out."""
    require(actor, Role.READER)
    record(
        session,
        actor=actor,
        action=Action.EXPORTED,
        subject=Subject.ARTICLE,
        subject_id=difference.article_id,
        article_id=difference.article_id,
        changes=first_values(
            format=f"difference, {file_format}",
            language=difference.language,
            **tell_scope(Scope(difference.audience)),
            sign_off=f"{difference.before.digest}, {difference.after.digest}",
        ),
    )
