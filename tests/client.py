"""The test client is a colleague: it refuses pages and requests that no reader or reviewer should have to find."""

import json
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import html5lib
from flask import Flask, current_app, g, request
from flask import session as browser_session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from claims_app.people.model import Person
from claims_app.people.session import let_in
from claims_app.web.security import access_of, is_for_programs

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
REFERENCES = {"for", "form", "list", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "headers"}


class BadPage(AssertionError):
    """What came back is not fit to be sent."""


class _Inspector(HTMLParser):
    """Collects what the parsers of browsers forgive and we do not."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.wanted_ids: list[str] = []
        self._open: list[str] = []
        self._posts = 0
        self._tokens = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if "id" in values:
            self.ids.append(values["id"])
        self.wanted_ids += [name for key in REFERENCES & values.keys() for name in values[key].split()]
        self.faults += [f"<{tag}> has {name}, which the policy forbids" for name in values if _is_inline(name)]
        if values.get("href", values.get("src", "")).strip().lower().startswith(("javascript:", "vbscript:")):
            self.faults.append(f"<{tag}> runs a script from its address")
        if tag == "img" and "alt" not in values:
            self.faults.append("<img> has no alt")
        if tag == "form" and values.get("method", "").lower() == "post":
            self._posts += 1
        if values.get("name") == "csrf_token":
            self._tokens += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            line, _ = self.getpos()
            self.faults.append(f"line {line}: </{tag}> closes {self._open[-1:] or 'nothing'}")
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def report(self, *, is_whole: bool) -> list[str]:
        """Return everything wrong with the page that was fed."""
        faults = [*self.faults, *(f"<{tag}> is not closed" for tag in self._open)]
        faults += [f"two elements have the id {name}" for name in sorted(set(self.ids)) if self.ids.count(name) > 1]
        if is_whole:
            faults += [f"nothing has the id {name}" for name in sorted(set(self.wanted_ids) - set(self.ids))]
        if self._posts > self._tokens:
            faults.append(f"{self._posts} forms are posted, {self._tokens} carry a token")
        return faults


def _is_inline(attribute: str) -> bool:
    return attribute == "style" or attribute.startswith(("on", "hx-on"))


def check_html(text: str) -> None:
    """Refuse a page, or a part of one, that a validator would."""
    is_whole = text.lstrip().lower().startswith("<!doctype")
    inspector = _Inspector()
    inspector.feed(text)
    inspector.close()
    faults = inspector.report(is_whole=is_whole)
    parser = html5lib.HTMLParser()
    parser.parse(text) if is_whole else parser.parseFragment(text)
    lines = text.splitlines()
    faults += [f"line {at[0]}: {code} {about} in {lines[at[0] - 1]!r}" for at, code, about in parser.errors]
    if faults:
        raise BadPage("; ".join(faults))


def check_program_answer(response: TestResponse) -> None:
    """Refuse an answer to a program that it could not read, or that a browser's session has a part in."""
    faults = []
    if response.status_code >= 400 and response.mimetype != "application/problem+json":
        faults.append(f"a problem is told as {response.mimetype}")
    if response.mimetype in ("application/json", "application/problem+json") and response.request.method != "HEAD":
        content = json.loads(response.get_data(), parse_constant=lambda word: faults.append(f"{word} is no JSON"))
        if response.status_code >= 400 and content["status"] != response.status_code:
            faults.append("the problem names another status")
    if "Set-Cookie" in response.headers or "cookie" in response.headers.get("Vary", "").lower():
        faults.append("a cookie has a part in it")
    if response.status_code == 304 and (response.get_data() or "ETag" not in response.headers):
        faults.append("not modified, but with a body or without its ETag")
    if faults:
        raise BadPage("; ".join(faults))


def make_strict(app: Flask) -> None:
    """Have ``app`` notice what requests leave behind, and give it the strict client."""
    app.test_client_class = StrictClient
    faults: list[str] = app.extensions.setdefault("faults", [])

    @app.after_request
    def check_access(response: Any) -> Any:
        endpoint = request.endpoint
        if endpoint not in (None, "static") and access_of(current_app.view_functions[endpoint]) is None:
            faults.append(f"the view {endpoint} has no access rule")
        return response

    # Registered after the application's own, so that it runs before the session is closed.
    @app.teardown_appcontext
    def check_session(_error: BaseException | None) -> None:
        session: Session | None = g.get("session")
        if session is None:
            return
        unsaved = [*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))]
        if unsaved:
            faults.append(f"the request left unsaved: {unsaved}")
        if session.info.get("written"):
            faults.append("the request wrote and did not commit")


def _mark_written(session: Session, *_: Any) -> None:
    session.info["written"] = True


def _mark_settled(session: Session, *_: Any) -> None:
    session.info.pop("written", None)


def _mark_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        _mark_written(state.session)


event.listen(Session, "after_flush", _mark_written)
event.listen(Session, "do_orm_execute", _mark_statement)
event.listen(Session, "after_commit", _mark_settled)
event.listen(Session, "after_soft_rollback", _mark_settled)


class StrictClient(FlaskClient):
    """A browser that carries the CSRF token by itself and refuses bad pages."""

    #: The test's own session: saved before each request, and reading afresh after it.
    beside: Session | None = None

    def sign_in(self, person: Person) -> None:
        """Begin a session for a person, without the sign-in page."""
        with self.application.test_request_context(environ_base=self.environ_base):
            let_in(person)
            values = dict(browser_session)
        with self.session_transaction() as kept:
            kept.clear()
            kept.update(values)

    def sign_out(self) -> None:
        """Forget who is signed in."""
        with self.session_transaction() as kept:
            kept.clear()

    def token(self) -> str:
        """Return a CSRF token that this browser's next form may carry."""
        with self.session_transaction() as kept:
            secret = kept.setdefault("csrf_token", "c" * 40)
        with self.application.test_request_context():
            browser_session["csrf_token"] = secret
            return str(generate_csrf())

    def post(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        """Send a form; ``csrf=False`` leaves the token out."""
        data = kwargs.get("data") or {}
        if csrf and isinstance(data, MultiDict):
            kwargs["data"] = MultiDict([*data.items(multi=True), ("csrf_token", self.token())])
        elif csrf and isinstance(data, Mapping):
            kwargs["data"] = {"csrf_token": self.token(), **data}
        return super().post(*args, **kwargs)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make a request and refuse an answer that breaks a promise of the desk."""
        if self.beside is not None:
            self.beside.commit()
        faults: list[str] = self.application.extensions["faults"]
        faults.clear()
        kwargs.setdefault("buffered", True)  # a file is read to its end and closed
        response = super().open(*args, **kwargs)
        if self.beside is not None:
            self.beside.expire_all()
        if faults:
            raise BadPage("; ".join(faults))
        self._check_location(response)
        if is_for_programs(response.request.path):
            check_program_answer(response)
        is_ours = not 300 <= response.status_code < 400  # the few words beside a redirect are the library's
        if response.mimetype == "text/html" and response.data and is_ours:
            check_html(response.get_data(as_text=True))
        return response

    def _check_location(self, response: TestResponse) -> None:
        target = response.headers.get("Location")
        if target is None:
            return
        parts = urlsplit(target)
        own = {"", response.request.host}
        if parts.netloc not in own or parts.scheme not in {"", "http", "https"} or "\\" in target:
            raise BadPage(f"the answer leads out of the desk, to {target}")
