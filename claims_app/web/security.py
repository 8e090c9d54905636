"""Who may reach a page, and what a browser may do with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from claims_app.config import Settings

PUBLIC = "public"
API = "/api/"
"""What lies under this path is for programs, which come with a token: no cookie is read or set there."""
MANUAL = "/api/v1/docs"
"""The one page for people among it."""

View = TypeVar("View", bound=Callable[..., object])

limiter = Limiter(get_remote_address, storage_uri="memory://")
csrf = CSRFProtect()

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def access(level: str) -> Callable[[View], View]:
    """Say who may reach a view: ``public``, or the least role. A view without it is closed to all."""

    def mark(view: View) -> View:
        view.__access__ = level  # type: ignore[attr-defined]
        return view

    return mark


def access_of(view: Callable[..., object] | None) -> str | None:
    """Return what ``access`` said of a view."""
    return getattr(view, "__access__", None)


def is_for_programs(path: str) -> bool:
    """Whether a path is one of the API's, which knows tokens and no cookies."""
    return path.startswith(API) and path != MANUAL


class _PageSessions(SecureCookieSessionInterface):
    """Reads the session out of the cookie for pages only; a browser that is signed in is nobody to the API.

    No cookie goes with an answer that is the same for everybody, which others on the way may keep.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return self.session_class() if is_for_programs(request.path) else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not is_for_programs(request.path) and not response.cache_control.public:
            super().save_session(app, session, response)


def init_security(app: Flask, settings: Settings) -> None:
    """Set cookies, limits, CSRF protection and the headers of every answer."""
    app.config.update(
        SECRET_KEY=settings.secret_key(),
        MAX_CONTENT_LENGTH=settings.upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=settings.upload_mb * 1024 * 1024,
        SESSION_COOKIE_NAME="claims",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        SIGN_IN_RATE=settings.sign_in_rate,
        API_RATE=settings.api_rate,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    app.session_interface = _PageSessions()
    csrf.init_app(app)
    limiter.init_app(app)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.secure_cookies:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
