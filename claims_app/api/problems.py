"""What is answered when something does not go through: problem+json (RFC 9457), in the language that was asked for."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, g, request
from pydantic import BaseModel
from sqlalchemy.exc import NoResultFound
from werkzeug.exceptions import HTTPException

from claims_app.errors import DomainError, NotAllowed, Stale
from claims_app.language import gettext, language, lazy, word
from claims_app.web.security import MANUAL

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: lazy("The desk could not read this request"),
    401: lazy("A token is needed"),
    403: lazy("This is not open to you"),
    404: lazy("There is nothing here"),
    405: lazy("This address does something else"),
    406: lazy("This is not answered in a form that you take"),
    409: lazy("A rule of the desk refuses this"),
    412: lazy("The record is not the one you saw"),
    413: lazy("This is too large"),
    415: lazy("This is not sent in a form that the desk reads"),
    422: lazy("This does not have the shape that is described"),
    428: lazy("Say which state of the record you saw"),
    429: lazy("Too many requests"),
    500: lazy("Something broke on our side"),
}
"""What every status of a problem means here; each means one thing."""
ADVICE = {
    400: lazy("Look at the description of the API and send it again."),
    401: lazy("Send a token in the header: Authorization: Bearer claims_…"),
    403: lazy("The token or your role does not permit it."),
    404: lazy("The address may be mistyped, or what was here has another number."),
    405: lazy("The header Allow names what can be done here."),
    406: lazy("The header Accept asks for none of the forms that this is answered in."),
    409: lazy("The errors say why."),
    412: lazy("Look at the record as it stands now, and send the change again with its ETag."),
    413: lazy("Send a smaller text or file."),
    415: lazy("Send the body as application/json."),
    422: lazy("The errors name each field."),
    428: lazy("Send the record's ETag in the header If-Match."),
    429: lazy("The header Retry-After says when to come again."),
    500: lazy("Nothing was half saved. Try again; if it stays, tell whoever runs the desk."),
}
KEPT_HEADERS = ("Allow", "Retry-After")


class Problem(HTTPException):
    """An answer that says what is wrong, in words a person can act on.

    ``errors`` say it for each field of the body (``pointer``) or of the address (``parameter``); ``current`` is the
    record as it stands now, where the caller saw an older state of it.
    """

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        current: BaseModel | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = status
        self.errors, self.current, self.headers = errors, current, dict(headers or {})


def _pointer(field: str) -> str:
    """Return where in the body a rule's field stands: at its top, in its figure, or in what it holds of that name."""
    sent: Any = g.get("body")
    if field.startswith("figure_"):
        return f"#/figure/{field.removeprefix('figure_')}"
    if isinstance(sent, dict) and field not in sent:
        for name, value in sent.items():
            if isinstance(value, dict) and (field in value or name == "source"):
                return f"#/{name}/{field}"
    return f"#/{field}"


def _said(error: DomainError) -> str:
    values = {name: _word(value) for name, value in error.values.items()}
    return gettext(error.message, **values)


def _word(value: object) -> object:
    """Return a value of a refusal as people read it."""
    for family in ("status", "role"):
        known = word(family, value)
        if known != str(value):
            return known
    return value


def _of_rule(error: DomainError) -> Problem:
    """Return the answer to what a rule refused: 403 for the person, 409 for the state of the desk."""
    detail = _said(error)
    errors = [{"pointer": _pointer(error.field), "detail": detail}] if error.field else []
    return Problem(403 if isinstance(error, NotAllowed) else 409, detail, errors=errors)


def problem_of(error: Exception) -> Problem:
    """Return what is answered to any error."""
    match error:
        case Problem():
            return error
        case Stale():
            return Problem(409, gettext("Somebody else saved this in the meantime."))
        case DomainError():
            return _of_rule(error)
        case NoResultFound():
            return Problem(404)
        case HTTPException(code=int(code)) if code in TITLES:
            return Problem(code, headers={name: value for name, value in error.get_headers() if name in KEPT_HEADERS})
        case HTTPException(code=int(code)) if 400 <= code < 500:
            return Problem(400)
    return Problem(500)


def answer(error: Exception) -> Response:
    """Return the answer to an error of a request under the API's path."""
    problem = problem_of(error)
    status = problem.code or 500
    content: dict[str, Any] = {
        "type": f"{MANUAL}#problem-{status}",
        "title": str(TITLES[status]),
        "status": status,
        "detail": problem.description or str(ADVICE[status]),
    }
    if problem.errors:
        content["errors"] = list(problem.errors)
    if problem.current is not None:
        content["current"] = problem.current.model_dump(mode="json")
    response = Response(json.dumps(content, ensure_ascii=False), status, content_type=MEDIA_TYPE)
    response.headers.update(problem.headers)
    response.headers["Content-Language"] = language()
    response.vary.add("Accept-Language")
    if request.method == "HEAD":
        response.data = b""
    return response
