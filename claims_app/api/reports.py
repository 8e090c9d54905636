"""An article's report as a file, in every format that it is written in."""

from typing import Literal

from flask import current_app
from pydantic import Field

from claims_app.api.gate import me
from claims_app.api.operations import File, operation
from claims_app.api.shapes import Query
from claims_app.articles.model import Article
from claims_app.language import in_language, language
from claims_app.people.model import Role
from claims_app.reports.export import FORMATS, record_export, write_report
from claims_app.reports.routes import TYPES, disposition
from claims_app.web.transaction import get_session, transaction


class ReportQuery(Query):
    """How the report is written."""

    language: Literal["he", "en"] | None = Field(
        default=None, description="Left out, it is the one that the header Accept-Language asks for."
    )


def _add_format(file_format: str) -> None:
    """Make the operation that writes reports in one format; each has a media type of its own."""

    def write(article_id: int, query: ReportQuery) -> File:
        code = query.language or language()
        session = get_session()
        article = session.get_one(Article, article_id)
        title, _code = in_language(article, "title", code)
        content = write_report(
            session,
            article_id=article_id,
            file_format=file_format,
            language=code,
            actor=me(),
            zone=current_app.config["TIMEZONE"],
        )
        with transaction() as session:
            record_export(session, actor=me(), file_format=file_format, language=code, article_id=article_id)
        name = disposition(f"claims-report-{article_id}.{file_format}", f"{title}.{file_format}", is_shown=False)
        media_type = TYPES[file_format]
        return File(content, f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type, name)

    write.__name__ = f"get_report_{file_format}"
    write.__doc__ = f"Write an article's report as {file_format}; that it went out stands in the history."
    operation(
        "GET",
        f"/articles/<int:article_id>/report.{file_format}",
        tag="reports",
        role=Role.READER,
        media_types=(TYPES[file_format],),
    )(write)


for _format in FORMATS:
    _add_format(_format)
