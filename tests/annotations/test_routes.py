"""An article's annotations in the browser: downloaded, and a file of them looked over before anything is saved."""

import io
import json
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from claims_app.articles.model import Article
from claims_app.claims.model import Claim
from claims_app.history.model import Action, HistoryEntry
from claims_app.people.model import Role
from tests.annotating.model import CONTEXT, faults
from tests.client import StrictClient
from tests.factories import Factory

TEXT = "The bridge is 120 metres long. It cost 4 million dollars."
UNSURE = {
    "@context": CONTEXT,
    "id": "urn:x:2",
    "type": "Annotation",
    "bodyValue": "</p><script>alert(1)</script>",
    "target": {"source": "urn:x:9", "selector": {"type": "TextPositionSelector", "start": 31, "end": 56}},
}
SURE = {
    **UNSURE,
    "id": "urn:x:1",
    "target": {
        "source": "urn:x:9",
        "selector": {"type": "TextQuoteSelector", "exact": "The bridge is 120 metres long"},
    },
}
PAGE = {"@context": CONTEXT, "id": "urn:x:p", "type": "AnnotationPage", "items": [SURE, UNSURE], "next": "urn:x:q"}


@pytest.fixture
def article(make: Factory, client: StrictClient) -> Article:
    client.sign_in(make.regular(Role.CHECKER))
    return make.article(title_en="The bridge", text=TEXT, language="en")


def send(client: StrictClient, article: Article, data: bytes) -> TestResponse:
    return client.post(
        f"/articles/{article.id}/annotations/import",
        data={"file": (io.BytesIO(data), "notes.json")},
        content_type="multipart/form-data",
    )


def seal_in(response: TestResponse) -> str:
    found = re.search(r'name="file" type="hidden" value="([^"]+)"', response.text)
    assert found is not None
    return found[1]


def bring(client: StrictClient, article: Article, seal: str, **values: Any) -> TestResponse:
    return client.post(f"/articles/{article.id}/annotations/bring-in", data={"file": seal, **values})


def test_the_download_is_valid_named_and_recorded(
    client: StrictClient, make: Factory, article: Article, session: Session
) -> None:
    make.place(make.claim(article), "The bridge is 120 metres long")
    client.sign_in(make.person(role=Role.READER))
    response = client.get(f"/articles/{article.id}/annotations.jsonld?version=1")
    assert response.headers["Content-Type"] == f'application/ld+json; profile="{CONTEXT}"'
    assert response.headers["Content-Disposition"] == f'attachment; filename="claims-annotations-{article.id}.jsonld"'
    told = json.loads(response.data)
    assert (told["total"], faults(told)) == (1, [])
    entry = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.article_id, entry.changes) == (
        Action.EXPORTED,
        article.id,
        {"format": [None, "annotations"]},
    )


@pytest.mark.parametrize("address", ["/articles/77/annotations.jsonld", "/articles/{}/annotations.jsonld?version=7"])
def test_what_is_not_there_is_not_found(client: StrictClient, article: Article, address: str) -> None:
    assert client.get(address.format(article.id)).status_code == 404


@pytest.mark.parametrize("version", ["x", "", "-1", "9" * 30, "١"])
def test_a_version_that_is_none_gives_the_newest(client: StrictClient, article: Article, version: str) -> None:
    assert client.get(f"/articles/{article.id}/annotations.jsonld?version={version}").status_code == 200


def test_a_file_is_shown_first_and_then_brought_in(client: StrictClient, article: Article, session: Session) -> None:
    shown = send(client, article, json.dumps(PAGE).encode())
    assert shown.status_code == 200
    for words in (
        *("There are 2 annotations in the file.", "Nothing is saved yet.", "More annotations are at urn:x:q"),
        *("New claims", "To be confirmed", "Only a position is told", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ):
        assert words in shown.text
    assert session.scalars(select(Claim)).all() == []
    response = bring(client, article, seal_in(shown))
    assert response.status_code == 303
    assert response.headers["Location"] == f"/articles/{article.id}/text"
    assert "One claim is opened." in client.get(response.headers["Location"]).text
    assert [claim.statement_en for claim in session.scalars(select(Claim))] == ["The bridge is 120 metres long"]
    response = bring(client, article, seal_in(shown), take="2")
    claims = session.scalars(select(Claim).order_by(Claim.id)).all()
    assert [claim.statement_en for claim in claims] == ["The bridge is 120 metres long", "It cost 4 million dollars"]
    response = bring(client, article, seal_in(shown), take="2")
    assert "Nothing was added" in client.get(response.headers["Location"]).text


def test_it_speaks_hebrew(client: StrictClient, make: Factory, article: Article) -> None:
    client.sign_in(make.person(role=Role.CHECKER, language="he"))
    shown = send(client, article, json.dumps(PAGE).encode())
    for words in ("בקובץ שני סימונים.", "טענות חדשות", "נמסר רק מיקום", "אלה המילים"):
        assert words in shown.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "It is not JSON"),
        (b"[]", "There is no annotation in the file."),
        (b"[" * 90_000, "inside each other too deeply"),
        (b"\xff\xfe", "It is not text in UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused_on_its_page(
    client: StrictClient, article: Article, session: Session, data: bytes, said: str
) -> None:
    response = send(client, article, data)
    assert response.status_code == 422
    assert said in response.text
    assert session.scalars(select(Claim)).all() == []


def test_without_a_file_one_is_asked_for(client: StrictClient, article: Article) -> None:
    response = client.post(f"/articles/{article.id}/annotations/import", data={})
    assert response.status_code == 422
    assert "Choose a file." in response.text


def test_a_seal_that_is_not_ours_or_of_another_article_is_refused(
    client: StrictClient, make: Factory, article: Article, session: Session
) -> None:
    seal = seal_in(send(client, article, json.dumps(SURE).encode()))
    for place, wrong in ((article, "forged"), (article, ""), (make.article(text=TEXT), seal)):
        response = bring(client, place, wrong)
        assert response.status_code == 422
        assert "is not known any more; bring it in again" in response.text
    assert session.scalars(select(Claim)).all() == []


def test_a_file_that_waited_too_long_or_for_another_version_is_refused(
    app: Flask, client: StrictClient, make: Factory, article: Article, session: Session
) -> None:
    seal = seal_in(send(client, article, json.dumps(SURE).encode()))
    make.revision(article, f"{TEXT} More.")
    assert "There is a newer version of the text" in bring(client, article, seal).text
    seal = seal_in(send(client, article, json.dumps({**SURE, "bodyValue": "gone"}).encode()))
    for path in (app.extensions["files"].path("ab" * 32).parents[1] / "incoming").iterdir():
        path.unlink()
    response = bring(client, article, seal)
    assert response.status_code == 422
    assert "waited too long" in response.text
    assert session.scalars(select(Claim)).all() == []
