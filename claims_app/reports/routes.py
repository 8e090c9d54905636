"""Choosing a report and downloading it, and the claims of the queue as a table."""

import re
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from claims_app.articles.model import Article
from claims_app.claims.model import Claim, Status
from claims_app.errors import DomainError
from claims_app.language import DIRECTIONS, in_language, language, speaking
from claims_app.people.session import current_person
from claims_app.reports.as_difference import DIFFERENCES
from claims_app.reports.as_html import POLICY
from claims_app.reports.difference import gather_difference
from claims_app.reports.export import FORMATS, check_format, record_difference, record_export, write_report
from claims_app.reports.facts import Scope
from claims_app.reports.forms import DifferenceForm, ReportForm
from claims_app.reports.scope import choose_scope, name_scope, pack_scope
from claims_app.reports.service import list_exports, request_export
from claims_app.reports.stream import stream_claims
from claims_app.search.model import ClaimFilter
from claims_app.search.queries import conditions_of
from claims_app.signoff.queries import list_sign_offs
from claims_app.web.forms import saving
from claims_app.web.pages import page, place
from claims_app.web.security import access
from claims_app.web.transaction import get_session, transaction

reports = Blueprint("reports", __name__)

_UNFIT = re.compile(r'[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\\/:*?"<>|\s]+')
_TITLE = 48
"""So much of a title stands in the name of a file that has to say more."""


@dataclass(frozen=True)
class Wish:
    """The report that somebody chose."""

    file_format: str
    language: str
    scope: Scope
    standard: str | None
    is_long: bool


def _form(article_id: int, sent: MultiDict[str, str] | None) -> ReportForm:
    sign_offs = list_sign_offs(get_session(), article_id)
    return ReportForm(sent, sign_offs, current_app.config["TIMEZONE"], data={"language": language()})


def _read(form: ReportForm, article_id: int) -> Wish | None:
    """Return what the form chose; what cannot be is said on it."""
    if not form.validate():
        return None
    try:
        wanted = check_format(form.format.data, form.standard.data)
        scope = choose_scope(
            get_session(),
            article_id,
            audience=form.audience.data,
            statuses=[Status(value) for value in form.status.data or ()],
            claim=form.claim.data,
            as_of=form.as_of.data,
            sign_off=form.sign_off.data,
        )
    except DomainError as error:
        form.refuse(error)
        return None
    is_long = wanted.is_long(weigh(article_id, scope))
    return Wish(form.format.data, form.language.data, scope, form.standard.data, is_long or form.later.data)


def weigh(article_id: int, scope: Scope) -> int:
    """Return of how many claims' length a report is; the past takes as long again to find as to tell."""
    if scope.claim is not None and scope.as_of is None:
        return 1
    claims = select(func.count()).where(Claim.article_id == article_id, Claim.withdrawn_at.is_(None))
    return (get_session().scalar(claims) or 0) * (1 if scope.as_of is None else 2)


def _page(article_id: int, form: ReportForm, status: int = 200, **values: Any) -> Response:
    session = get_session()
    sign_offs = list_sign_offs(session, article_id)
    compared: Any = values.pop("compared", None) or DifferenceForm(
        None, sign_offs, current_app.config["TIMEZONE"], data={"language": language()}
    )
    return page(
        "reports/options.html",
        status,
        article=session.get_one(Article, article_id),
        form=form,
        compared=place(compared, "difference"),
        can_compare=len({one.digest for one in sign_offs}) > 1,
        has_standards=any(one.standards for one in FORMATS.values()),
        exports=list_exports(session, article_id),
        **values,
    )


@reports.get("/articles/<int:article_id>/report")
@access("reader")
def report_options(article_id: int) -> ResponseReturnValue:
    get_session().get_one(Article, article_id)
    form = _form(article_id, request.args or None)
    if "format" not in request.args:
        return _page(article_id, form)
    wish = _read(form, article_id)
    if wish is None:
        return _page(article_id, form, 422)
    if wish.is_long:
        return _page(article_id, form, sent=request.args)
    others: dict[str, Any] = {name: values for name, values in request.args.to_dict(flat=False).items() if any(values)}
    others.pop("format")
    return redirect(url_for("reports.article_report", article_id=article_id, file_format=wish.file_format, **others))


@reports.post("/articles/<int:article_id>/report")
@access("reader")
def report_request(article_id: int) -> ResponseReturnValue:
    form = _form(article_id, request.form)
    wish = _read(form, article_id)
    if wish is not None:
        with saving(form) as session:
            export = request_export(
                session,
                actor=current_person(),
                article_id=article_id,
                file_format=wish.file_format,
                language=wish.language,
                scope=pack_scope(wish.scope),
                standard=wish.standard,
            )
        if form.is_saved:
            current_app.extensions["wake"]()
            return redirect(url_for("exports.export", export_id=export.id), 303)
    return _page(article_id, form, 422)


@reports.get("/articles/<int:article_id>/report.<file_format>")
@access("reader")
def article_report(article_id: int, file_format: str) -> ResponseReturnValue:
    if file_format not in FORMATS:
        abort(404)
    get_session().get_one(Article, article_id)
    sent = request.args.copy()
    sent["format"] = file_format
    if sent.get("language") not in DIRECTIONS:
        sent["language"] = language()
    form = _form(article_id, sent)
    wish = _read(form, article_id)
    if wish is None:
        return _page(article_id, form, 422)
    if wish.is_long:
        chosen: dict[str, Any] = sent.to_dict(flat=False)
        return redirect(url_for("reports.report_options", article_id=article_id, **chosen))
    try:
        content = write_report(
            get_session(),
            article_id=article_id,
            file_format=file_format,
            language=wish.language,
            actor=current_person(),
            zone=current_app.config["TIMEZONE"],
            scope=wish.scope,
            letterhead=current_app.extensions["letterheads"][wish.language],
            standard=wish.standard,
        )
    except DomainError as error:
        form.refuse(error)
        return _page(article_id, form, 422)
    with transaction() as session:
        record_export(
            session,
            actor=current_person(),
            file_format=file_format,
            language=wish.language,
            article_id=article_id,
            scope=wish.scope,
        )
    response = Response(content, content_type=content_type(file_format))
    is_shown = FORMATS[file_format].is_shown and not request.args.get("download")
    name_file(response, article_id, file_format, wish.language, wish.scope, is_shown=is_shown)
    return response


def content_type(file_format: str) -> str:
    """Return the type of a report's file as a header has it."""
    media_type = FORMATS[file_format].media_type
    is_text = media_type.startswith("text/") or media_type == "application/json"
    return f"{media_type}; charset=utf-8" if is_text else media_type


def file_names(article_id: int, file_format: str, code: str, scope: Scope, *, is_shown: bool = False) -> str:
    """Return the header that names a report's file, which says what part of the check it tells."""
    title, _code = in_language(get_session().get_one(Article, article_id), "title", code)
    with speaking(code):
        part = name_scope(scope)
    name = f"{title[:_TITLE]} – {part}" if part else title
    return disposition(f"claims-report-{article_id}.{file_format}", f"{name}.{file_format}", is_shown=is_shown)


def name_file(
    response: Response, article_id: int, file_format: str, code: str, scope: Scope, *, is_shown: bool = False
) -> None:
    """Give an answer its file's name, and say what a page of it may load."""
    response.headers["Content-Disposition"] = file_names(article_id, file_format, code, scope, is_shown=is_shown)
    if file_format == "html":
        response.headers["Content-Security-Policy"] = (
            f"{POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )


@reports.get("/articles/<int:article_id>/difference")
@access("reader")
def difference(article_id: int) -> ResponseReturnValue:
    session = get_session()
    session.get_one(Article, article_id)
    zone = current_app.config["TIMEZONE"]
    form = DifferenceForm(request.args, list_sign_offs(session, article_id), zone, data={"language": language()})
    if not form.validate():
        return _page(article_id, _form(article_id, None), 422, compared=form)
    code = form.language.data
    try:
        found = gather_difference(
            session,
            article_id,
            form.first.data or "",
            form.second.data or "",
            made_by=current_person().name,
            language=code,
            audience=form.audience.data,
            letterhead=current_app.extensions["letterheads"][code],
        )
    except DomainError as error:
        form.refuse(error)
        return _page(article_id, _form(article_id, None), 422, compared=form)
    media_type, write = DIFFERENCES[form.format.data]
    content = write(found, zone)
    with transaction() as writing:
        record_difference(writing, actor=current_person(), file_format=form.format.data, difference=found)
    response = Response(content, content_type=f"{media_type}; charset=utf-8")
    is_shown = form.format.data == "html"
    name_file(response, article_id, form.format.data, code, Scope(found.audience), is_shown=is_shown)
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
