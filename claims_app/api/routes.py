"""The API put together, its description, and the page that shows it to people."""

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue

from claims_app.api import articles, claims, closing, comments, evidence, history, queue, reports, sources, verdicts
from claims_app.api.gate import init_gate
from claims_app.api.operations import api
from claims_app.api.showing import gather_manual
from claims_app.api.spec import describe
from claims_app.config import Settings
from claims_app.web.pages import page
from claims_app.web.security import MANUAL, access, csrf

# Each makes its operations as it is read.
SUBJECTS = (queue, claims, articles, evidence, sources, verdicts, comments, closing, reports, history)

manual = Blueprint("manual", __name__)


@manual.get("/api/v1/openapi.json")
@access("public")
def openapi() -> ResponseReturnValue:
    return jsonify(describe())


@manual.get(MANUAL)
@access("public")
def docs() -> ResponseReturnValue:
    return page("api/docs.html", manual=gather_manual())


def init_api(app: Flask, settings: Settings) -> None:
    """Put the API into the application: its gate, its operations, its description."""
    init_gate(app, settings)
    csrf.exempt(api)  # what protects forms guards a cookie, and none is read here
    app.register_blueprint(api)
    app.register_blueprint(manual)
