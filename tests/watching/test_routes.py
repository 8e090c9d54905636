"""Having sources watched, from the page of a source and from that of an article."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from claims_app.people.model import Person, Role
from claims_app.sources.model import Source
from claims_app.watching.queries import find_watch
from tests.client import StrictClient
from tests.factories import Factory


@pytest.fixture
def calls(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each time that the workers were called."""
    called: list[str] = []
    monkeypatch.setitem(app.extensions, "wake", lambda: called.append("wake"))
    return called


@pytest.fixture
def source(make: Factory) -> Source:
    return make.source()


@pytest.fixture
def noa(client: StrictClient, make: Factory) -> Person:
    noa = make.person(name="Noa Barak")
    client.sign_in(noa)
    return noa


@pytest.mark.usefixtures("noa")
def test_a_source_is_watched_and_the_workers_are_called(
    session: Session, client: StrictClient, source: Source, calls: list[str]
) -> None:
    assert "Nobody has this source watched" in client.get(f"/sources/{source.id}").text
    answer = client.post(f"/sources/{source.id}/watch", data={"every_days": "2"})
    assert (answer.location, calls) == (f"/sources/{source.id}", ["wake"])
    shown = client.get(answer.location).text
    assert "every 2 days" in shown
    assert "Not checked yet" in shown
    assert "none yet" in shown
    client.post(f"/sources/{source.id}/unwatch")
    session.expire_all()
    assert find_watch(session, source.id) is None
    assert client.post(f"/sources/{source.id}/unwatch").status_code == 422


@pytest.mark.usefixtures("noa")
@pytest.mark.parametrize("days", ["", "0", "367", "often"])
def test_a_number_of_days_that_makes_no_sense_comes_back(
    client: StrictClient, source: Source, calls: list[str], days: str
) -> None:
    answer = client.post(f"/sources/{source.id}/watch", data={"every_days": days})
    assert (answer.status_code, calls) == (422, [])


@pytest.mark.usefixtures("noa")
def test_how_a_watched_source_stands_is_told(session: Session, client: StrictClient, make: Factory) -> None:
    source = make.source()
    client.post(f"/sources/{source.id}/watch", data={"every_days": "1"})
    watch = find_watch(session, source.id)
    assert watch is not None
    make.failed_capture(source)
    watch.health, watch.since = type(watch.health)("dead"), watch.due_at
    session.commit()
    shown = client.get(f"/sources/{source.id}").text
    assert "every day" in shown
    assert "Gone" in shown
    assert "none yet" not in shown


def test_readers_see_how_it_stands_and_change_nothing(client: StrictClient, make: Factory, source: Source) -> None:
    client.sign_in(make.person(role=Role.READER))
    shown = client.get(f"/sources/{source.id}").text
    assert "Nobody has this source watched" in shown
    assert f"/sources/{source.id}/watch" not in shown


def test_a_confidential_source_is_not_spoken_of_as_watched(client: StrictClient, make: Factory) -> None:
    reader = make.person()
    source = make.confidential(actor=reader)
    client.sign_in(reader)
    assert 'id="watch"' not in client.get(f"/sources/{source.id}").text


@pytest.mark.usefixtures("noa")
def test_an_articles_sources_are_watched_together(
    session: Session, client: StrictClient, make: Factory, calls: list[str]
) -> None:
    claim = make.claim()
    pieces = [make.evidence(claim), make.evidence(claim)]
    address = f"/articles/{claim.article_id}/watch"
    assert "0 of 2 sources" in client.get(address).text
    answer = client.post(address, data={"every_days": "30"})
    assert (answer.location, calls) == (f"/articles/{claim.article_id}", ["wake"])
    assert all(find_watch(session, piece.source_id) for piece in pieces)
    assert "2 of 2 sources" in client.get(address).text
    assert client.post(address, data={"every_days": "0"}).status_code == 422
