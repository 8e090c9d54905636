"""Downloading: an article's report, and the claims of the queue as a table."""

import re
from tempfile import TemporaryFile
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, request, send_file, url_for
from flask.typing import ResponseReturnValue

from claims_app.articles.model import Article
from claims_app.errors import DomainError
from claims_app.language import DIRECTIONS, gettext, in_language, language
from claims_app.people.session import current_person
from claims_app.reports.as_html import POLICY
from claims_app.reports.export import record_export, write_report
from claims_app.reports.stream import stream_claims
from claims_app.search.model import ClaimFilter
from claims_app.search.queries import conditions_of
from claims_app.web.pages import done
from claims_app.web.security import access
from claims_app.web.transaction import get_session, transaction

reports = Blueprint("reports", __name__)

TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
}

_UNFIT = re.compile(r'[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\\/:*?"<>|\s]+')


@reports.get("/articles/<int:article_id>/report.<file_format>")
@access("reader")
def article_report(article_id: int, file_format: str) -> ResponseReturnValue:
    if file_format not in TYPES:
        abort(404)
    wanted = request.args.get("language", "")
    code = wanted if wanted in DIRECTIONS else language()
    try:
        content = write_report(
            get_session(),
            article_id=article_id,
            file_format=file_format,
            language=code,
            actor=current_person(),
            zone=current_app.config["TIMEZONE"],
        )
    except DomainError as error:
        return done(gettext(error.message, **error.values), url_for("desk.article", article_id=article_id))
    title, _code = in_language(get_session().get_one(Article, article_id), "title", code)
    with transaction() as session:
        record_export(session, actor=current_person(), file_format=file_format, language=code, article_id=article_id)
    is_shown = file_format == "html" and not request.args.get("download")
    response = Response(content, content_type=TYPES[file_format])
    response.headers["Content-Disposition"] = disposition(
        f"claims-report-{article_id}.{file_format}", f"{title}.{file_format}", is_shown=is_shown
    )
    if file_format == "html":
        response.headers["Content-Security-Policy"] = (
            f"{POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    return response


@reports.get("/claims.csv")
@access("reader")
def queue_csv() -> ResponseReturnValue:
    wanted = ClaimFilter.read(request.args.to_dict(flat=False))
    # Through a file that has no name and goes when it is closed: whoever reads slowly keeps neither a thread of the
    # server nor the database's snapshot waiting.
    file = TemporaryFile()  # noqa: SIM115 - the server closes it after the last byte
    file.writelines(stream_claims(get_session(), conditions_of(wanted)))
    with transaction() as session:
        record_export(session, actor=current_person(), file_format="csv", language=language())
    size = file.tell()
    file.seek(0)
    response = send_file(file, mimetype="text/csv")
    response.content_length = size
    response.headers["Content-Disposition"] = disposition("claims.csv", "claims.csv", is_shown=False)
    return response


def disposition(plain_name: str, name: str, *, is_shown: bool) -> str:
    """Return the header that names a file: for every browser in ASCII, for those of today with its title."""
    stem, _, ending = name.rpartition(".")
    fitting = f"{_UNFIT.sub(' ', stem).strip(' .')[:80] or 'report'}.{ending}"
    kind = "inline" if is_shown else "attachment"
    return f"{kind}; filename=\"{plain_name}\"; filename*=UTF-8''{quote(fitting, safe='')}"
