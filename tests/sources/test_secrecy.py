"""What must not get out does not: every page, report, export, command, table and log is searched for it."""

import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from claims_app.captures.model import Capture
from claims_app.captures.service import Kept, keep_upload
from claims_app.claims.model import Claim
from claims_app.evidence.model import Evidence
from claims_app.people.model import Person, Role
from claims_app.reports.export import FORMATS
from claims_app.sources.model import Contact, Source, SourceKind, Terms
from tests.cli.command import Desk
from tests.client import StrictClient
from tests.factories import Factory
from tests.house.test_access import addresses, calls
from tests.reports.test_walk import READ

NAME, REACH, NOTES = "Zerubavel Qintar", "qintar-by-the-well", "under the fig tree of Qxv"
FILE, TITLE = "minutes-of-qintar.pdf", "Qxminutes of the secret meeting"
QUESTION, ANSWER = "Qxquestion of the mayor", "Qxanswer of the mayor"
DETAILS = {"name": NAME, "reach": REACH, "notes": NOTES}
SECRETS = (NAME, REACH, NOTES, QUESTION, ANSWER, FILE, TITLE)
TEXTS = ("html", "csv", "json", "md")
"""The formats that a terminal shows."""


def content(response: TestResponse) -> str:
    """Return all that an answer says, what is packed or set in it included."""
    if response.data.startswith(b"%PDF"):
        return READ["pdf"](response.data)
    if not response.data.startswith(b"PK"):
        return response.text
    with ZipFile(BytesIO(response.data)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist())


def told(text: str, secrets: tuple[str, ...] = SECRETS) -> list[str]:
    """Return what a text gives away."""
    return [secret for secret in secrets if secret in text]


@dataclass(frozen=True)
class Story:
    """A confidential source with everything that can come to rest on it."""

    owner: Person
    source: Source
    contact: Contact
    capture: Capture
    evidence: Evidence
    claim: Claim
    records: dict[str, Any]


@pytest.fixture
def story(client: StrictClient, make: Factory, session: Session) -> Story:
    """Record the source through the pages, as a checker does, and let a verdict rest on it."""
    records = make.everything()
    owner, second = make.person(name="Dana Levi"), make.person(name="Avi Cohen")
    client.sign_in(owner)
    location = client.post("/sources/new/confidential", data={**DETAILS, "kind": "person"}).location
    source = session.get_one(Source, int(location.rsplit("/", 1)[1]))
    path = f"/sources/{source.id}/confidential"
    changed = {**DETAILS, "notes": f"{NOTES}, at noon", "revision": "1"}
    form = {"asked_by": owner.id, "channel": "meeting", "question": QUESTION, "answer": ANSWER, "terms": "record"}
    for address, data in (
        (path, {}),
        (f"{path}/details", changed),
        (f"{path}/readers", {"person": second.id}),
        (f"/sources/{source.id}/contacts/new", form),
        (f"/sources/{source.id}/contacts/new", form),
    ):
        assert client.post(address, data=data).status_code in (200, 303)
    first, last = session.query(Contact).where(Contact.source_id == source.id).order_by(Contact.id)
    assert client.post(f"/contacts/{first.id}/withdraw").status_code == 303
    kept = Kept("ab" * 32, 90, "application/pdf", "Claims Desk", file_name=FILE, title=TITLE)
    capture = keep_upload(session, actor=owner, source_id=source.id, kept=kept)
    claim = make.claim(session.get_one(Evidence, records["evidence_id"]).claim.article)
    evidence = make.evidence(claim, source=source, actor=owner)
    make.verdict(claim, actor=owner)
    client.sign_out()
    return Story(owner, source, last, capture, evidence, claim, records)


def both(story: Story) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the example's records and those of the story, by their names in addresses."""
    own = {
        "source_id": story.source.id,
        "contact_id": story.contact.id,
        "capture_id": story.capture.id,
        "evidence_id": story.evidence.id,
        "claim_id": story.claim.id,
        "article_id": story.claim.article_id,
    }
    return story.records, story.records | own


def pages(app: Flask, story: Story) -> Iterator[str]:
    """Yield every address of the desk, each for the example's records and for those of the story."""
    for records in both(story):
        for file_format in FORMATS:
            for _rule, method, address in addresses(app, records | {"file_format": file_format}):
                if method == "GET":
                    yield address


MORE_PAGES = (
    "/sources?q=confidential",
    "/claims?q=source",
    "/history?subject=source",
    "/history?subject=contact",
    "/history?action=looked",
    "/nothing-here",
)


MORE_ANSWERS = (
    "/sources?q=confidential",
    "/sources?q=qintar",
    "/search?q=source",
    "/history?subject=source",
    "/history?subject=contact&limit=200",
    "/history?action=looked",
)


class TestAConfidentialSource:
    @pytest.mark.parametrize("language", ["en", "he"])
    def test_no_page_tells_an_administrator_who_it_is(
        self, app: Flask, client: StrictClient, make: Factory, story: Story, language: str
    ) -> None:
        client.sign_in(make.person(role=Role.ADMIN, language=language))
        wrong, seen = {}, 0
        for path in (*dict.fromkeys(pages(app, story)), *MORE_PAGES):
            text = content(client.get(path))
            if told(text):
                wrong[path] = told(text)
            is_data = path.endswith("bundle.zip")  # its manifest and its data speak English
            if language == "he" and "Confidential source" in text and "/confidential" not in path and not is_data:
                wrong[path] = ["in English"]
            seen += ("Confidential source 2" if language == "en" else "מקור חסוי 2") in text
        assert wrong == {}
        assert seen >= 10

    @pytest.mark.parametrize("who", ["administrator", "owner"])
    def test_no_answer_to_a_program_tells_it(
        self, app: Flask, client: StrictClient, make: Factory, story: Story, who: str
    ) -> None:
        """Not even to one of somebody who may know: who looks at the name does so on its page, where it is recorded."""
        person = story.owner if who == "owner" else make.person(role=Role.ADMIN)
        headers = {"Authorization": f"Bearer {make.token(person).secret}"}
        paths = {
            address
            for records in both(story)
            for _, method, address in addresses(app, records, of=calls(app))
            if method == "GET"
        }
        paths |= {f"/api/v1{path}" for path in MORE_ANSWERS}
        wrong, seen = {}, 0
        for path in sorted(paths):
            response = client.get(path, headers=headers)
            assert response.status_code == 200 or path == "/api/v1/search", path  # which asks for its words
            said = content(response)
            if told(said):
                wrong[path] = told(said)
            seen += "Confidential source 2" in said
        assert wrong == {}
        assert seen >= 8

    def test_no_refusal_to_a_program_tells_it(self, client: StrictClient, make: Factory, story: Story) -> None:
        """A change to the source is refused, to whoever is named on it too, and the record that comes back is bare."""
        headers = {"Authorization": f"Bearer {make.token(story.owner).secret}"}
        path = f"/api/v1/sources/{story.source.id}"
        for tag, status in (('"other"', 412), (client.get(path, headers=headers).headers["ETag"], 409)):
            body = {"notes": "Known to the desk."}
            response = client.open(path, method="PATCH", headers={**headers, "If-Match": tag}, json=body)
            assert (response.status_code, told(response.text)) == (status, [])

    @pytest.mark.parametrize(("language", "words"), [("en", "confidential source 2"), ("he", "מקור חסוי 2")])
    def test_is_found_by_its_number(
        self, client: StrictClient, make: Factory, story: Story, language: str, words: str
    ) -> None:
        client.sign_in(make.person(role=Role.READER, language=language))
        found = client.get("/sources", query_string={"q": words}).text
        assert f'href="/sources/{story.source.id}"' in found

    def test_nothing_is_sent_there_by_others(self, client: StrictClient, make: Factory, story: Story) -> None:
        client.sign_in(make.person(role=Role.ADMIN))
        source, contact = story.source.id, story.contact.id
        for path in (
            f"/sources/{source}/confidential",
            f"/sources/{source}/confidential/details",
            f"/sources/{source}/confidential/readers",
            f"/sources/{source}/confidential/readers/{story.owner.id}/remove",
            f"/sources/{source}/contacts/new",
            f"/contacts/{contact}/read-back",
            f"/contacts/{contact}/withdraw",
        ):
            response = client.post(path, data={"why": "x"})
            assert (response.status_code, told(response.text)) == (403, [])
            assert "open only to the people named on the source" in response.text

    def test_who_is_named_sees_it_after_a_recorded_look(self, client: StrictClient, story: Story) -> None:
        client.sign_in(story.owner)
        path = f"/sources/{story.source.id}"
        before = client.get(f"{path}/confidential").text
        assert told(before) == []
        assert before.count('Dana Levi</bdi><bdi class="muted num">') == 1
        assert told(client.get(path).text)[:2] == [QUESTION, ANSWER]  # and what was uploaded; not who it is
        shown = client.post(f"{path}/confidential")
        assert told(shown.text) == [NAME, REACH, NOTES]
        assert shown.headers["Cache-Control"] == "no-store"
        after = client.get(f"{path}/confidential").text
        assert after.count('Dana Levi</bdi><bdi class="muted num">') == 2

    def test_no_table_but_its_own_holds_it(self, database: Path, session: Session, story: Story) -> None:
        """The search's index, the history's JSON and whatever comes later are tables too."""
        session.commit()
        holds = set()
        with sqlite3.connect(database) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for name in names:
                rows = connection.execute(f"SELECT * FROM {name}").fetchall()
                if told(repr(rows)):
                    holds.add(name)
        assert holds == {"source_secret", "contact", "capture"}

    def test_no_log_tells_it_when_something_breaks(
        self,
        app: Flask,
        client: StrictClient,
        make: Factory,
        session: Session,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A database that refuses a statement says which, and could say with what."""
        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
        client.sign_in(make.person())
        breaks = "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        session.execute(text(f"CREATE TRIGGER full BEFORE INSERT ON source_secret {breaks}"))
        with caplog.at_level(logging.DEBUG):
            response = client.post("/sources/new/confidential", data={**DETAILS, "kind": "person"})
        assert response.status_code == 500
        assert "the disk is full" in caplog.text
        assert told(caplog.text + response.text) == []

    def test_no_command_tells_it(self, database: Path, session: Session, story: Story, tmp_path: Path) -> None:
        session.commit()
        desk = Desk(tmp_path / "desk", {"language": "he"})
        desk.data.mkdir()
        with sqlite3.connect(database) as one, sqlite3.connect(desk.database) as copy:
            one.backup(copy)
        article = str(story.claim.article_id)
        commands = [["report", article, "--format", file_format] for file_format in TEXTS]
        commands += [["status"], ["history", "verify"], ["articles", "list"], ["captures", "verify"]]
        printed = [desk.claims(*command) for command in commands]
        assert told("".join(result.output for result in printed)) == []
        assert ["מקור חסוי 2" in result.output for result in printed[: len(TEXTS)]] == [True] * len(TEXTS)


class TestTheContactLog:
    """It is the desk's own: what was said stands in reports only as far as a checker made evidence of it."""

    @pytest.mark.parametrize("file_format", FORMATS)
    def test_no_report_holds_an_answer(
        self, client: StrictClient, make: Factory, story: Story, file_format: str
    ) -> None:
        person = make.source(kind=SourceKind.PERSON, address=None, title="The mayor")
        make.evidence(story.claim if story.claim.verdict_id is None else make.claim(story.claim.article), source=person)
        said = {terms: f"Qz{terms} said the mayor" for terms in Terms}
        for terms, answer in said.items():
            make.contact(person, question=f"Qz{terms}?", answer=answer, terms=terms)
        client.sign_in(make.person(role=Role.ADMIN))
        assert all(answer in client.get(f"/sources/{person.id}").text for answer in said.values())
        for path in (f"/articles/{story.claim.article_id}/report.{file_format}", "/claims.csv"):
            text = content(client.get(path))
            assert "The mayor" in text or path == "/claims.csv"
            assert told(text, ("Qzrecord", "Qzbackground", "Qzoff")) == []
