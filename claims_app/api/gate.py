"""The gate that every request to the API passes: a token, its person's role, what it may be used for, how often."""

import math
import re
import time
from typing import cast

from flask import Flask, current_app, g, request
from limits import RateLimitItem, parse

from claims_app.api.problems import Problem
from claims_app.api.reading import MOST_BYTES
from claims_app.config import Settings
from claims_app.db import today
from claims_app.language import DIRECTIONS, gettext, use_language
from claims_app.people.model import Person, Role, Scope, Token
from claims_app.people.tokens import PREFIX, find_token, note_use
from claims_app.web.security import PUBLIC, access_of, is_for_programs, limiter
from claims_app.web.transaction import get_session, transaction

_SECRET = re.compile(re.escape(PREFIX) + "[A-Za-z0-9_-]{40}")
REALM = 'Bearer realm="Claims Desk"'


def me() -> Person:
    """Return the person in whose name this request acts."""
    return current_token().person


def current_token() -> Token:
    """Return the token that this request came with."""
    return cast("Token", g.token)


def _count(rate: str, *of: str) -> None:
    """Count a request, and refuse it once there were too many."""
    item: RateLimitItem = parse(rate)
    if not limiter.limiter.hit(item, *of):
        resets_at, _left = limiter.limiter.get_window_stats(item, *of)
        raise Problem(429, headers={"Retry-After": str(max(1, math.ceil(resets_at - time.time())))})


def _refuse(detail: str | None, **parameters: str) -> Problem:
    """Return the answer to a request that nobody stands behind, and count it against where it came from."""
    _count(current_app.config["SIGN_IN_RATE"], "token", request.remote_addr or "")
    header = ", ".join([REALM, *(f'{name}="{value}"' for name, value in parameters.items())])
    return Problem(401, detail, headers={"WWW-Authenticate": header})


def _check_address() -> None:
    """Refuse a token in the address, good or not: addresses stand in logs, histories and referrers."""
    if "access_token" in request.args or _SECRET.search(request.full_path):
        raise Problem(
            400, gettext("A token does not belong into an address, where logs keep it. Revoke it and make a new one.")
        )


def _authenticate() -> Token:
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token:
        raise _refuse(None)
    token = find_token(get_session(), sent.token)
    if token is None:
        raise _refuse(gettext("This token does not work, or not any more."), error="invalid_token")
    _count(current_app.config["API_RATE"], "api", str(token.id))
    return token


def _authorise(token: Token, level: str | None, scope: Scope) -> None:
    if level is None or not token.person.may(Role(level)):
        raise Problem(403)
    if not token.scope.covers(scope):
        raise Problem(
            403,
            gettext("This token may not be used for that; it needs another one."),
            headers={"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{scope.value}"'},
        )


def init_gate(app: Flask, settings: Settings) -> None:
    """Put the gate before every request under the API's path; a view that says nothing of access is closed."""

    @app.before_request
    def api_gate() -> None:
        if not is_for_programs(request.path):
            return
        use_language(request.accept_languages.best_match(DIRECTIONS) or settings.language)
        request.max_content_length = min(MOST_BYTES, current_app.config["MAX_CONTENT_LENGTH"])
        if request.endpoint is None:
            return
        view = current_app.view_functions[request.endpoint]
        level = access_of(view)
        if level == PUBLIC:
            return
        _check_address()
        token = _authenticate()
        g.token = token
        _authorise(token, level, getattr(view, "scope", Scope.SIGN))
        if token.used_on != today():
            with transaction() as session:
                note_use(session, token_id=token.id)
