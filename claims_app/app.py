"""The web application, put together from the rooms."""

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy import Engine
from sqlalchemy.exc import NoResultFound
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from claims_app.anchors.routes import anchors
from claims_app.annotations.routes import annotations
from claims_app.api.problems import answer as answer_problem
from claims_app.api.routes import init_api
from claims_app.articles.routes import articles
from claims_app.bundles.routes import bundles
from claims_app.captures.routes import captures
from claims_app.claims.claimant_routes import claimants
from claims_app.claims.routes import claims
from claims_app.comments.routes import comments
from claims_app.config import Settings
from claims_app.coverage.routes import coverage
from claims_app.db import open_engine, open_sessions
from claims_app.desk.routes import desk
from claims_app.drafts.routes import drafts
from claims_app.earlier.routes import earlier
from claims_app.evidence.contact_routes import contacts
from claims_app.evidence.copy_routes import copies
from claims_app.evidence.routes import evidence
from claims_app.evidence.source_routes import sources
from claims_app.fetching import Guard
from claims_app.files import Files
from claims_app.importing.routes import importing
from claims_app.language import DIRECTIONS
from claims_app.looks.routes import looks
from claims_app.people.routes import people
from claims_app.people.session import init_sign_in
from claims_app.people.token_routes import tokens
from claims_app.publishing.imprint import read_imprint
from claims_app.publishing.reader_routes import readers
from claims_app.publishing.routes import publishing
from claims_app.reports.export_routes import exports
from claims_app.reports.letterhead import read_letterhead
from claims_app.reports.routes import reports
from claims_app.search.routes import search
from claims_app.signoff.routes import signoff
from claims_app.sources.confidential_routes import confidential
from claims_app.verdicts.routes import verdicts
from claims_app.watching.routes import watching
from claims_app.web.pages import init_pages
from claims_app.web.security import init_security, is_for_programs
from claims_app.web.transaction import init_sessions
from claims_app.webhooks.routes import init_webhooks, webhooks

ROOMS = (
    desk, search, articles, drafts, claims, claimants, anchors, coverage, comments, evidence, verdicts, looks, watching,
    signoff, sources, contacts, confidential, captures, copies, earlier, reports, exports, bundles, annotations,
    importing, publishing, readers, people, tokens, webhooks,
)  # fmt: skip


class RowNumber(IntegerConverter):
    """A record's number in an address; one greater than any that the database can hold is not found.

    It is the number of digits that tells: a number refused by its value would be taken for the wrong method.
    """

    regex = r"\d{1,18}"


def create_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """Return the desk as a WSGI application over the database of ``settings``."""
    app = Flask(__name__)
    app.url_map.converters["int"] = RowNumber
    app.extensions["files"] = Files(settings.captures)
    app.extensions["guard"] = Guard()
    app.extensions["imprint"] = read_imprint(settings)
    app.extensions["exports"] = settings.exports
    app.extensions["letterheads"] = {code: read_letterhead(settings, code) for code in DIRECTIONS}
    app.extensions["wake"] = lambda: None  # whoever runs workers beside the pages puts theirs here
    init_security(app, settings)
    init_sessions(app, open_sessions(engine or open_engine(settings.database)))
    init_pages(app, settings)
    init_sign_in(app, settings)
    init_webhooks(app)
    for room in ROOMS:
        app.register_blueprint(room)
    init_api(app, settings)
    init_errors(app)
    return app


KEPT_HEADERS = ("Allow", "Retry-After")


def init_errors(app: Flask) -> None:
    """Answer every error with a page of the desk's own, and a program's with a problem that it can read."""

    def answer(status: int) -> tuple[str, int]:
        return render_template("error.html", status=status, path=request.path), status

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        if is_for_programs(request.path):
            return answer_problem(error)
        if isinstance(error, CSRFError):
            return render_template("error.html", status=400, is_csrf=True, path=request.path), 400
        page, status = answer(error.code or 500)
        # What may be done instead, and when to come again, stand in the error's own headers.
        return page, status, [(name, value) for name, value in error.get_headers() if name in KEPT_HEADERS]

    @app.errorhandler(NoResultFound)
    def not_found(error: NoResultFound) -> ResponseReturnValue:
        return answer_problem(error) if is_for_programs(request.path) else answer(404)

    @app.errorhandler(500)
    def failed(error: Exception) -> ResponseReturnValue:
        if is_for_programs(request.path):
            return answer_problem(error)
        g.failed = True  # what failed may be the very thing that knows who is asking
        return answer(500)
