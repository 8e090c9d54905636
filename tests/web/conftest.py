"""Desks with other settings than the one that most tests share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from claims_app.app import create_app
from claims_app.config import Settings
from claims_app.web.security import limiter
from tests.client import StrictClient, make_strict


@pytest.fixture
def desk_with(engine: Engine, session: Session, tmp_path: Path, app: Flask) -> Callable[..., StrictClient]:
    """A browser on a desk that was started with the given settings; errors become pages, as when it runs."""

    def start(**settings: Any) -> StrictClient:
        other = create_app(Settings(data=tmp_path, **({"language": "en"} | settings)), engine)
        assert other is not app
        other.config["PROPAGATE_EXCEPTIONS"] = False
        make_strict(other)
        limiter.reset()
        browser = other.test_client()
        assert isinstance(browser, StrictClient)
        browser.beside = session
        return browser

    return start
