"""The queue of reports that take long."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.db import now
from claims_app.errors import DomainError
from claims_app.people.model import Person, Role
from claims_app.reports import service
from claims_app.reports.facts import Scope
from claims_app.reports.model import Export, ExportState
from claims_app.reports.scope import pack_scope
from tests.factories import Factory

Ask = Callable[..., Export]


@pytest.fixture
def article(make: Factory) -> Article:
    return make.article()


@pytest.fixture
def ask(session: Session, make: Factory, article: Article) -> Ask:
    def ask(actor: Person | None = None, language: str = "en") -> Export:
        export = service.request_export(
            session,
            actor=actor or make.regular(Role.READER),
            article_id=article.id,
            file_format="xlsx",
            language=language,
            scope=pack_scope(Scope()),
        )
        session.commit()
        return export

    return ask


def test_who_asks_twice_waits_for_the_same(ask: Ask, make: Factory) -> None:
    first = ask()
    assert ask() is first
    assert ask(language="he") is not first
    assert ask(make.person()) is not first


def test_nobody_fills_the_queue(ask: Ask, make: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_OPEN", 1)
    ask()
    with pytest.raises(DomainError, match="1 of your reports are on their way"):
        ask(language="he")
    ask(make.person(), language="he")


def test_they_are_taken_in_turn_and_one_that_was_left_is_taken_again(session: Session, ask: Ask) -> None:
    first, second = ask(), ask(language="he")
    moment = now()
    taken = service.take_export(session, now=moment)
    assert taken == service.TakenExport(first.id, 1)
    assert service.count_before(session, second) == 1
    other = service.take_export(session, now=moment)
    assert other == service.TakenExport(second.id, 1)
    assert service.take_export(session, now=moment) is None
    assert service.renew_export(session, other, now=moment + timedelta(seconds=50), written=3, total=9)
    late = moment + service.LEASE
    again = service.take_export(session, now=late)
    assert again == service.TakenExport(first.id, 2)
    assert (second.written, second.total) == (3, 9)
    assert not service.finish_export(session, taken, now=late, sha256="a" * 64, size=1)
    assert service.finish_export(session, again, now=late, sha256="b" * 64, size=1)
    assert (first.state, first.sha256, first.file_name) == (ExportState.READY, "b" * 64, f"{first.id}-2")
    session.commit()


def test_one_that_ends_its_worker_each_time_fails(session: Session, ask: Ask) -> None:
    export, moment = ask(), now()
    for _ in range(service.MOST_ATTEMPTS):
        assert service.take_export(session, now=moment) is not None
        moment += service.LEASE
    assert service.take_export(session, now=moment) is None
    session.commit()
    assert export.state is ExportState.FAILED
    assert "stopped each time" in (export.failure or "")


def test_one_that_is_given_back_waits_again(session: Session, ask: Ask) -> None:
    export, moment = ask(), now()
    taken = service.take_export(session, now=moment)
    assert taken is not None
    service.release_export(session, taken)
    session.commit()
    assert export.state is ExportState.WAITING
    assert service.take_export(session, now=moment) == service.TakenExport(export.id, 2)


def test_a_file_waits_for_a_week(session: Session, ask: Ask) -> None:
    export, moment = ask(), now()
    taken = service.take_export(session, now=moment)
    assert taken is not None
    service.finish_export(session, taken, now=moment, sha256="a" * 64, size=1)
    service.expire_exports(session, now=moment + service.KEPT - timedelta(seconds=1))
    assert service.list_ready_files(session) == {export.file_name}
    service.expire_exports(session, now=moment + service.KEPT)
    session.commit()
    assert export.state is ExportState.EXPIRED
    assert service.list_ready_files(session) == set()
