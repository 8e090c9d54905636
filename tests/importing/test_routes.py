"""The pages of a table: read, its columns corrected, looked over, saved as a whole, and taken back."""

import io
import re
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from claims_app.claims.model import Claim
from claims_app.db import now
from claims_app.files import WAITING
from claims_app.importing.model import Import, ImportKind
from claims_app.people.model import Role
from tests.client import StrictClient
from tests.factories import Factory
from tests.importing.tables import lines, plan, read

GOOD = lines("Statement,Kind,My notes", "The bridge is long.,figure,ask again", "It is old.,date,")


@pytest.fixture
def editor(client: StrictClient, make: Factory) -> StrictClient:
    client.sign_in(make.person(role=Role.EDITOR))
    return client


def send(client: StrictClient, data: bytes, name: str = "table.csv", **fields: Any) -> TestResponse:
    return client.post("/tables/read", data={"table": (io.BytesIO(data), name), **fields})


def carried(response: TestResponse) -> MultiDict[str, str]:
    """Return what the page's form would send as it stands."""
    html = response.get_data(as_text=True)
    form = html[html.index('<form id="form"') :]
    found: list[tuple[str, str]] = []
    for name, value in re.findall(r'<input[^>]*?name="(file|was_\w+|sheet)"[^>]*?value="([^"]*)"', form):
        found.append((name, value))
    for name, options in re.findall(r'<select[^>]*?name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"|<option value="([^"]*)" selected', options)
        found.append((name, (chosen[1] or chosen[2] or "") if chosen else ""))
    return MultiDict(found)


def test_a_table_is_read_shown_and_saved(editor: StrictClient, session: Session, make: Factory, app: Flask) -> None:
    article = make.article()
    response = send(editor, GOOD, "../folder/טבלה.csv", article_id=str(article.id))
    html = response.get_data(as_text=True)
    assert response.status_code == 200
    assert "Ready to be brought in; nothing is saved yet" in html
    assert "2 new claims" in html
    assert session.scalar(select(func.count()).select_from(Claim)) == 0
    form = carried(response)
    assert form.getlist("column") == ["statement", "kind", ""]
    form.setlist("column", ["statement", "kind", "note"])
    looked = editor.post("/tables/read", data=form)
    assert "with a note" in looked.get_data(as_text=True)
    saved = editor.post("/tables", data=carried(looked))
    assert saved.status_code == 303
    imported = session.scalars(select(Import)).one()
    assert saved.headers["Location"] == f"/tables/{imported.id}"
    assert (imported.file_name, imported.rows, imported.kind) == ("טבלה.csv", 2, ImportKind.CLAIMS)
    assert imported.columns == {"Statement": "statement", "Kind": "kind", "My notes": "note"}
    assert app.extensions["files"].holds(imported.sha256)
    assert "The table is brought in." in editor.get(f"/tables/{imported.id}").get_data(as_text=True)
    assert "Table 1" in editor.get("/tables").get_data(as_text=True)
    assert "Table 1" in editor.get("/history").get_data(as_text=True)


def test_problems_are_named_and_nothing_can_be_saved(editor: StrictClient, session: Session, make: Factory) -> None:
    article = make.article()
    response = send(editor, GOOD.replace(b"figure", b"<b>guess"), article_id=str(article.id))
    html = response.get_data(as_text=True)
    assert "1 problem: nothing is saved" in html
    assert "<bdi>B2</bdi>" in html
    assert "“&lt;b&gt;guess” is none of: Figure, Date" in html
    assert "formaction" not in html
    refused = editor.post("/tables", data=carried(response))
    assert refused.status_code == 422
    assert "The table has problems, so nothing was brought in." in refused.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Claim)) == 0


def test_another_kind_or_article_matches_the_headings_anew(editor: StrictClient, make: Factory) -> None:
    response = send(editor, lines("Title,Address", "A,https://example.org/a"))
    assert carried(response)["kind"] == "sources"
    form = carried(response)
    form["kind"] = "articles"
    again = editor.post("/tables/read", data=form)
    assert carried(again).getlist("column") == ["title", "address"]
    assert "1 new article" in again.get_data(as_text=True)
    first = send(editor, lines("Article,Statement", "x,A."))
    assert "There is no article “x”" in first.get_data(as_text=True)
    form = carried(first)
    form["article_id"] = str(make.article().id)
    assert "1 new claim" in editor.post("/tables/read", data=form).get_data(as_text=True)


def test_columns_that_make_no_table_are_said(editor: StrictClient) -> None:
    response = send(editor, lines("One,Two", "a,b"), kind="claims")
    assert response.status_code == 422
    assert "Say which column holds the claims&#39; statements." in response.get_data(as_text=True)
    form = carried(response)
    form.setlist("column", ["statement", "statement"])
    assert "is chosen for the columns A and B" in editor.post("/tables", data=form).get_data(as_text=True)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [(b"", "t.csv", "The file is empty."), (b"PK\x03\x04junk", "t.xlsx", "This workbook is damaged")],
)
def test_what_cannot_be_read_is_said_where_it_was_sent(
    editor: StrictClient, data: bytes, name: str, words: str
) -> None:
    response = send(editor, data, name, kind="evidence")
    assert response.status_code == 422
    html = response.get_data(as_text=True)
    assert words in html
    assert re.search(r'<option selected value="evidence"', html)


def test_without_a_file_there_is_nothing_to_read(editor: StrictClient) -> None:
    assert "Choose a file first." in editor.post("/tables/read", data={}).get_data(as_text=True)
    response = editor.post("/tables", data={"file": "forged"})
    assert response.status_code == 422
    assert "not known any more" in response.get_data(as_text=True)


def test_what_waited_too_long_is_asked_for_again(editor: StrictClient, app: Flask, make: Factory) -> None:
    response = send(editor, GOOD.replace(b"long", b"late"), article_id=str(make.article().id))
    app.extensions["files"].stage(b"another", now() + WAITING + timedelta(minutes=1))
    late = editor.post("/tables", data=carried(response))
    assert late.status_code == 422
    assert "waited too long" in late.get_data(as_text=True)


def test_the_same_file_again_is_said_and_brings_nothing(editor: StrictClient, make: Factory) -> None:
    article = make.article()
    editor.post("/tables", data=carried(send(editor, GOOD, article_id=str(article.id))))
    html = send(editor, GOOD, article_id=str(article.id)).get_data(as_text=True)
    assert "This very file was brought in before:" in html
    assert "The desk has all of this already" in html


def test_an_import_is_undone_with_a_reason(editor: StrictClient, session: Session, make: Factory) -> None:
    article = make.article()
    editor.post("/tables", data=carried(send(editor, GOOD, article_id=str(article.id))))
    imported = session.scalars(select(Import)).one()
    address = f"/tables/{imported.id}/undo"
    assert "2 claims" in editor.get(address).get_data(as_text=True)
    assert editor.post(address, data={"why": ""}).status_code == 422
    claim = session.scalars(select(Claim).order_by(Claim.id)).first()
    assert claim is not None
    make.comment(claim)
    refused = editor.post(address, data={"why": "Wrong file."})
    assert refused.status_code == 422
    assert "1 record was worked on since" in refused.get_data(as_text=True)
    done = editor.post(address, data={"why": "Wrong file.", "keeps_worked": "y"})
    assert done.status_code == 303
    assert [one.withdrawn_at is None for one in session.scalars(select(Claim).order_by(Claim.id))] == [True, False]
    html = editor.get(f"/tables/{imported.id}").get_data(as_text=True)
    assert "Wrong file." in html
    assert "Undo the import" not in html


@pytest.mark.parametrize("code", ["he", "en"])
@pytest.mark.parametrize("kind", ImportKind)
def test_a_template_is_what_its_own_reader_understands(
    editor: StrictClient, session: Session, make: Factory, code: str, kind: ImportKind
) -> None:
    make.claim(make.article())
    editor.post("/language", data={"language": code, "next": "/"})
    written = editor.get(f"/tables/template/{kind}.csv")
    assert written.mimetype == "text/csv"
    planned = plan(session, written.data, kind)
    assert planned.problems == []
    assert planned.kind is kind
    sheet = editor.get(f"/tables/template/{kind}.xlsx")
    with ZipFile(io.BytesIO(sheet.data)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
        assert ('rightToLeft="1"' in page) is (code == "he")
        assert b"<f>" not in b"".join(parts.read(name) for name in parts.namelist() if "sheet" in name)
        words = parts.read("xl/sharedStrings.xml").decode()
    for heading in read(written.data).headings:
        assert words.count(f"<t>{heading}</t>") == 1  # kept once, and used by the sheet and by the notes


def test_there_is_no_template_of_anything_else(editor: StrictClient) -> None:
    assert editor.get("/tables/template/people.csv").status_code == 404
    assert editor.get("/tables/template/claims.pdf").status_code == 404
