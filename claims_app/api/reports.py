"""An article's report as a file, in every format that it is written in."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Annotated, Literal

from flask import current_app
from pydantic import Field

from claims_app.api.gate import me
from claims_app.api.operations import File, operation
from claims_app.api.problems import Problem
from claims_app.api.shapes import WHOLE, Number, Query
from claims_app.articles.model import Article
from claims_app.claims.model import Status
from claims_app.language import gettext, language
from claims_app.people.model import Role
from claims_app.reports.export import FORMATS, record_export, write_report
from claims_app.reports.facts import Audience
from claims_app.reports.routes import content_type, file_names, weigh
from claims_app.reports.scope import choose_scope
from claims_app.web.transaction import get_session, transaction


class ReportQuery(Query):
    """How the report is written, and what part of the check it tells."""

    language: Literal["he", "en"] | None = Field(
        default=None, description="Left out, it is the one that the header Accept-Language asks for."
    )
    audience: Audience = Field(default=Audience.INTERNAL, description="Who is meant to read it.")
    status: list[Status] = Field(default=[], description="Only claims of these statuses.")
    claim: Annotated[Number, WHOLE] | None = Field(default=None, description="Only the claim of this number.")
    sign_off: str | None = Field(
        default=None, max_length=64, description="As of the sign-off whose digest begins so.", examples=["3fa9c1d2"]
    )


_LONG = BoundedSemaphore(1)
"""A long report holds a thread of the server for a minute: one at a time, so that the desk stays there for people."""


@contextmanager
def _in_turn(*, is_long: bool) -> Iterator[None]:
    """Let a long report be written while no other is; meanwhile the next one is told to come again."""
    if is_long and not _LONG.acquire(blocking=False):
        detail = gettext("Another long report is being written; ask again when that is done.")
        raise Problem(429, detail, headers={"Retry-After": "10"})
    try:
        yield
    finally:
        if is_long:
            _LONG.release()


def _add_format(file_format: str) -> None:
    """Make the operation that writes reports in one format; each has a media type of its own."""

    def write(article_id: int, query: ReportQuery) -> File:
        code = query.language or language()
        session = get_session()
        session.get_one(Article, article_id)
        scope = choose_scope(
            session,
            article_id,
            audience=query.audience,
            statuses=query.status,
            claim=query.claim,
            sign_off=query.sign_off,
        )
        with _in_turn(is_long=FORMATS[file_format].is_long(weigh(article_id, scope))):
            content = write_report(
                session,
                article_id=article_id,
                file_format=file_format,
                language=code,
                actor=me(),
                zone=current_app.config["TIMEZONE"],
                scope=scope,
                letterhead=current_app.extensions["letterheads"][code],
            )
        with transaction() as session:
            record_export(
                session, actor=me(), file_format=file_format, language=code, article_id=article_id, scope=scope
            )
        return File(content, content_type(file_format), file_names(article_id, file_format, code, scope))

    write.__name__ = f"get_report_{file_format}"
    write.__doc__ = f"Write an article's report as {file_format}; that it went out stands in the history."
    operation(
        "GET",
        f"/articles/<int:article_id>/report.{file_format}",
        tag="reports",
        role=Role.READER,
        media_types=(FORMATS[file_format].media_type,),
    )(write)


for _format in FORMATS:
    _add_format(_format)
