"""The request's session, and the one place where a request commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy.orm import Session, sessionmaker

from claims_app.db import writing


def init_sessions(app: Flask, sessions: sessionmaker[Session]) -> None:
    """Give ``app`` a session for each request, closed at its end."""
    app.extensions["sessions"] = sessions

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        session = g.pop("session", None)
        if session is not None:
            session.close()


def get_session() -> Session:
    """Return this request's session; pages read through it."""
    if "session" not in g:
        g.session = current_app.extensions["sessions"]()
    return cast("Session", g.session)


@contextmanager
def transaction() -> Iterator[Session]:
    """Run one service call and commit it, before the answer leaves."""
    with writing(get_session()) as session:
        yield session
