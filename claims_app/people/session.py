"""Who is signed in, and the gate that every request for a page passes."""

import hmac
from typing import cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user

from claims_app.config import Settings
from claims_app.language import use_language
from claims_app.people.model import Person, Role
from claims_app.web.security import PUBLIC, access_of, is_for_programs
from claims_app.web.transaction import get_session


class SignedIn:
    """A person as the sign-in library sees one; a new session key of the person ends this identity."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, person: Person) -> None:
        self.person = person
        self.is_active = person.is_active

    def get_id(self) -> str:
        return f"{self.person.id}:{self.person.session_key}"


def _load(identity: str) -> SignedIn | None:
    number, _, key = identity.partition(":")
    person = get_session().get(Person, int(number)) if number.isdigit() else None
    if person is None or not person.is_active or not hmac.compare_digest(person.session_key, key):
        return None
    return SignedIn(person)


def visitor() -> Person | None:
    """Return the person of this request, or None for nobody; after a failure the database is not asked again."""
    if "failed" in g:
        return None
    return current_user.person if current_user.is_authenticated else None


def current_person() -> Person:
    """Return the person of this request; only for views that are not public."""
    return cast("Person", current_user.person)


def let_in(person: Person) -> None:
    """Begin a session for a person."""
    session.clear()  # nothing that a visitor left in the browser goes on into the account
    session.permanent = True
    login_user(SignedIn(person))


def let_out() -> None:
    """End this browser's session, keeping its language."""
    language = visitor_language()
    logout_user()
    session.clear()
    if language:
        session["language"] = language


def visitor_language() -> str | None:
    """Return the language chosen in this browser, by the person or before anybody signed in."""
    person = visitor()
    return person.language if person else session.get("language")


def init_sign_in(app: Flask, settings: Settings) -> None:
    """Put the gate before every request: a view's ``access`` decides, and a view without one is closed."""
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)  # templates know the person as ``me``
    manager.user_loader(_load)

    @app.before_request
    def gate() -> ResponseReturnValue | None:
        if is_for_programs(request.path):
            return None  # the API has a gate of its own, for tokens
        use_language(settings.language)  # should the database fail that knows the visitor's, its page speaks this
        use_language(visitor_language() or settings.language)
        if request.endpoint is None or request.endpoint == "static":
            return None
        level = access_of(current_app.view_functions[request.endpoint])
        if level == PUBLIC:
            return None
        person = visitor()
        if person is None:
            return redirect(url_for("people.sign_in", next=request.full_path if request.method == "GET" else None))
        if level is None or not person.may(Role(level)):
            abort(403)
        return None

    @app.context_processor
    def person() -> dict[str, object]:
        return {"me": visitor(), "Role": Role}
