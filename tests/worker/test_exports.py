"""Reports that the workers write."""

import hashlib
import io
import os
import time
from collections.abc import Callable

import openpyxl
import pytest
import time_machine
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.config import Settings
from claims_app.db import now, open_sessions
from claims_app.people.model import Role
from claims_app.people.service import set_active
from claims_app.reports.facts import Scope
from claims_app.reports.model import Export, ExportState
from claims_app.reports.scope import pack_scope
from claims_app.reports.service import KEPT, LEASE, request_export
from claims_app.worker import Jobs, Workshop
from claims_app.worker import exports as exports_module
from claims_app.worker.exports import Exports
from tests.factories import Factory

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def exports(engine: Engine, settings: Settings) -> Exports:
    return Exports(settings, open_sessions(engine))


@pytest.fixture
def export(session: Session, make: Factory) -> Export:
    article: Article = make.article(title_en="The bridge")
    make.verdict(make.claim(article))
    asked = request_export(
        session,
        actor=make.regular(Role.READER),
        article_id=article.id,
        file_format="xlsx",
        language="en",
        scope=pack_scope(Scope()),
    )
    session.commit()
    return asked


def test_a_report_that_was_asked_for_is_written_by_the_workers(
    session: Session, export: Export, workshop: Workshop, settings: Settings, until: Until
) -> None:
    def is_ready() -> bool:
        session.rollback()
        session.refresh(export)
        return not export.is_open

    jobs = Jobs(workshop)
    with jobs.running(1):
        until(is_ready)
    assert export.state is ExportState.READY, export.failure
    data = (settings.exports / export.file_name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == export.sha256
    assert openpyxl.load_workbook(io.BytesIO(data))["Claims"]["A2"].value == 1
    assert os.stat(settings.exports).st_mode & 0o077 == 0  # noqa: PTH116 - the mode is what is asked for


def test_a_worker_that_was_killed_loses_none(
    session: Session, export: Export, exports: Exports, settings: Settings
) -> None:
    killed = exports.take()
    assert killed is not None
    assert exports.take() is None
    with time_machine.travel(now() + LEASE, tick=False):
        again = exports.take()
        assert again is not None
        exports.write(again)
    exports.write(killed)  # it was not dead after all
    session.rollback()
    session.refresh(export)
    assert (export.state, export.attempts) == (ExportState.READY, 2)
    assert [path.name for path in settings.exports.iterdir()] == [export.file_name]


def test_what_is_under_way_at_a_stop_is_given_back(session: Session, export: Export, exports: Exports) -> None:
    exports.take()
    exports.give_back()
    session.rollback()
    session.refresh(export)
    assert export.state is ExportState.WAITING


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (RuntimeError("A secret of the program."), "A fault of the program"),
        (OperationalError("", {}, Exception("locked")), "its disk or its database failed"),
    ],
)
def test_a_fault_is_said_and_ends_it(
    session: Session,
    export: Export,
    exports: Exports,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    told: str,
) -> None:
    def fail(*_arguments: object, **_named: object) -> bytes:
        raise fault

    monkeypatch.setattr(exports_module, "write_report", fail)
    taken = exports.take()
    assert taken is not None
    exports.write(taken)
    session.rollback()
    session.refresh(export)
    assert export.state is ExportState.FAILED
    assert told in (export.failure or "")


def test_who_left_the_desk_gets_no_report(session: Session, export: Export, exports: Exports) -> None:
    set_active(session, actor=None, person_id=export.person_id, is_active=False)
    session.commit()
    taken = exports.take()
    assert taken is not None
    exports.write(taken)
    session.rollback()
    session.refresh(export)
    assert export.state is ExportState.FAILED


def test_files_that_waited_long_enough_go(
    session: Session, export: Export, exports: Exports, settings: Settings
) -> None:
    taken = exports.take()
    assert taken is not None
    exports.write(taken)
    stray = settings.exports / "99-1.part"
    stray.write_bytes(b"left behind")
    exports.sweep()
    assert len(list(settings.exports.iterdir())) == 2  # somebody may be writing it
    for path in settings.exports.iterdir():
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    exports.sweep()
    assert [path.name for path in settings.exports.iterdir()] == [f"{export.id}-1"]
    with time_machine.travel(now() + KEPT, tick=False):
        exports.sweep()
    assert list(settings.exports.iterdir()) == []
    session.rollback()
    session.refresh(export)
    assert export.state is ExportState.EXPIRED
