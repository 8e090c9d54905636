"""Writing a report as a file."""

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.errors import NotAllowed, NotFound
from claims_app.history.model import HistoryEntry
from claims_app.history.service import verify_history
from claims_app.people.model import Role
from claims_app.people.service import set_active
from claims_app.reports.export import FORMATS, record_export, write_report
from tests.factories import Factory
from tests.reports.test_walk import READ, plainly

HOW: dict[str, Any] = {"language": "he", "zone": "Asia/Jerusalem"}


def last_entry(session: Session) -> HistoryEntry:
    session.flush()
    entry = session.scalar(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1))
    assert entry is not None
    return entry


@pytest.mark.parametrize("file_format", list(FORMATS))
def test_a_report_that_goes_out_is_in_the_history(
    busy: Article, make: Factory, session: Session, file_format: str
) -> None:
    reader = make.regular(Role.READER)
    content = write_report(session, article_id=busy.id, file_format=file_format, actor=reader, **HOW)
    assert plainly("הגשר החדש") in plainly(READ[file_format](content))
    record_export(session, actor=reader, file_format=file_format, language="he", article_id=busy.id)
    entry = last_entry(session)
    assert (entry.action, entry.subject, entry.article_id, entry.actor_id) == (
        "exported",
        "article",
        busy.id,
        reader.id,
    )
    assert entry.changes == {"format": [None, file_format], "language": [None, "he"]}
    assert list(verify_history(session)) == []


def test_the_command_line_signs_as_the_desk(busy: Article, session: Session) -> None:
    content = write_report(session, article_id=busy.id, file_format="json", actor=None, **HOW)
    assert json.loads(content)["made_by"] == "Claims Desk"
    record_export(session, actor=None, file_format="json", language="he", article_id=busy.id)
    assert last_entry(session).actor_name == "Claims Desk"


def test_writing_one_only_reads(busy: Article, session: Session) -> None:
    """A long report takes its time, and meanwhile others write."""
    before = last_entry(session).id
    session.rollback()
    session.connection().exec_driver_sql("PRAGMA query_only=ON")
    write_report(session, article_id=busy.id, file_format="csv", actor=None, **HOW)
    session.connection().exec_driver_sql("PRAGMA query_only=OFF")
    assert last_entry(session).id == before


def test_an_unknown_format_or_article_is_not_found(busy: Article, session: Session) -> None:
    with pytest.raises(NotFound, match="html, pdf, docx, md, xlsx, csv, json"):
        write_report(session, article_id=busy.id, file_format="odt", actor=None, **HOW)
    with pytest.raises(NoResultFound):
        write_report(session, article_id=12345, file_format="csv", actor=None, **HOW)


def test_who_does_not_work_here_any_more_gets_no_report(busy: Article, make: Factory, session: Session) -> None:
    reader = make.person(role=Role.READER)
    set_active(session, actor=None, person_id=reader.id, is_active=False)
    with pytest.raises(NotAllowed):
        write_report(session, article_id=busy.id, file_format="csv", actor=reader, **HOW)
    with pytest.raises(NotAllowed):
        record_export(session, actor=reader, file_format="csv", language="he")
