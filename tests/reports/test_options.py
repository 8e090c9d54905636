"""The page on which a report is chosen, and the pages of one that is written in the background."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.db import now
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Role
from claims_app.reports.export import FORMATS
from claims_app.reports.facts import Letterhead
from claims_app.reports.model import Export, ExportState
from claims_app.reports.service import finish_export, take_export
from tests.client import StrictClient
from tests.factories import Factory


@pytest.fixture
def reader(client: StrictClient, make: Factory) -> StrictClient:
    client.sign_in(make.regular(Role.READER))
    return client


def last_entry(session: Session) -> HistoryEntry:
    session.rollback()
    return session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()


class TestChoosing:
    def test_the_page_offers_every_format(self, reader: StrictClient, busy: Article) -> None:
        page = reader.get(f"/articles/{busy.id}/report").text
        for name in FORMATS:
            assert f'<option value="{name}"' in page or f'<option selected value="{name}"' in page

    def test_a_status_that_is_none_is_refused_in_the_readers_language(
        self, reader: StrictClient, busy: Article
    ) -> None:
        reader.post("/language", data={"language": "he"})
        response = reader.get(f"/articles/{busy.id}/report?format=html&language=he&audience=public&status=weird")
        assert response.status_code == 422
        assert "הבחירה אינה ברשימה." in response.text

    def test_the_history_says_in_words_which_part_was_told(self, reader: StrictClient, busy: Article) -> None:
        reader.get(f"/articles/{busy.id}/report.html?language=en&audience=public&status=disputed")
        page = reader.get(f"/history?article={busy.id}").text
        assert re.search(r"For whom:</span>\s*For readers outside", page)
        assert re.search(r"Statuses:</span>\s*Disputed", page)

    def test_what_was_chosen_leads_to_the_file_and_stands_in_its_address(
        self, reader: StrictClient, busy: Article
    ) -> None:
        sent = "format=html&language=he&audience=public&status=disputed&status=partly&claim=&as_of=&sign_off="
        response = reader.get(f"/articles/{busy.id}/report?{sent}")
        assert response.status_code == 302
        address = urlsplit(response.location)
        assert address.path == f"/articles/{busy.id}/report.html"
        assert parse_qs(address.query) == {
            "language": ["he"],
            "audience": ["public"],
            "status": ["disputed", "partly"],
        }
        page = reader.get(response.location)
        assert '<ul class="scope">' in page.text
        name = unquote(page.headers["Content-Disposition"].rpartition("''")[2])
        assert name == "הגשר החדש – לקוראים, נכונה חלקית, במחלוקת.html"

    def test_a_choice_that_is_not_made_yet_fills_the_page(self, reader: StrictClient, busy: Article) -> None:
        page = reader.get(f"/articles/{busy.id}/report?claim=5&status=disputed").text
        assert 'value="5"' in page
        assert re.search(r'value="disputed" id="status-disputed" checked', page)

    @pytest.mark.parametrize(
        "query",
        [
            "format=odt",
            "format=html&claim=nine",
            "format=html&claim=" + "9" * 30,
            "format=html&as_of=yesterday",
            "format=html&as_of=9999-12-31T23:59",
            "format=html&as_of=2001-01-01T00:00",
            "format=html&sign_off=abcdef0",
            "format=html&status=solved",
            "format=html&status=opinion",
            "format=html&audience=nobody",
            "format=html&standard=a-9z",
            "format=csv&claim=0",
        ],
    )
    def test_what_cannot_be_is_said_on_the_page(self, reader: StrictClient, busy: Article, query: str) -> None:
        response = reader.get(f"/articles/{busy.id}/report?{query}", follow_redirects=True)
        assert response.status_code == 422
        assert 'role="alert"' in response.text
        assert 'name="format"' in response.text

    def test_the_history_says_what_part_went_out(self, reader: StrictClient, busy: Article, session: Session) -> None:
        reader.get(f"/articles/{busy.id}/report.json?audience=public&claim=2")
        assert last_entry(session).changes == {
            "format": [None, "json"],
            "language": [None, "en"],
            "audience": [None, "public"],
            "claim": [None, 2],
        }

    def test_a_report_as_of_a_sign_off(self, reader: StrictClient, marked: Article, make: Factory) -> None:
        signed = make.sign_off(marked, override_why="It is late.")
        make.claim(marked, statement_en="The bridge is red.")
        page = reader.get(f"/articles/{marked.id}/report.html?sign_off={signed.digest}").text
        assert "The bridge is red." not in page
        assert f"sha256:{signed.digest}" in page
        assert "cannot be put together" not in page

    def test_the_desk_puts_its_own_name_on_it(self, reader: StrictClient, busy: Article, app: Flask) -> None:
        own = Letterhead("The Bridge <Daily>", "Ask\nus.", b"\x89PNG\r\n\x1a\n")
        before = app.extensions["letterheads"]["en"]
        app.extensions["letterheads"]["en"] = own
        try:
            page = reader.get(f"/articles/{busy.id}/report.html").text
        finally:
            app.extensions["letterheads"]["en"] = before
        assert "The Bridge &lt;Daily&gt;" in page
        assert 'src="data:image/png;base64,iVBORw0KGgo="' in page
        assert "Ask\nus." in page


class TestDifference:
    def test_it_is_offered_where_two_signed_something_else(
        self, reader: StrictClient, marked: Article, make: Factory, session: Session
    ) -> None:
        first = make.sign_off(marked, override_why="It is late.")
        assert "difference-form" not in reader.get(f"/articles/{marked.id}/report").text
        make.claim(marked, statement_en="The bridge is red.")
        second = make.sign_off(marked, override_why="It is later.")
        assert "difference-form" in reader.get(f"/articles/{marked.id}/report").text
        address = f"/articles/{marked.id}/difference?first={first.digest}&second={second.digest}&audience=internal"
        response = reader.get(f"{address}&language=en&format=html")
        assert "The bridge is red." in response.text
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert last_entry(session).changes["sign_off"] == [None, f"{first.digest}, {second.digest}"]
        assert reader.get(f"{address}&language=en&format=csv").content_type == "text/csv; charset=utf-8"
        for wrong in ("&language=fr&format=html", "&language=en&format=pdf"):
            assert reader.get(f"{address}{wrong}").status_code == 422
        same = f"/articles/{marked.id}/difference?first={first.digest}&second={first.digest}&audience=internal"
        response = reader.get(f"{same}&language=en&format=html")
        assert response.status_code == 422
        assert "The same was signed both times" in response.text


class TestInTheBackground:
    CHOSEN: dict[str, Any] = {"format": "csv", "language": "en", "audience": "public", "later": "y"}  # noqa: RUF012

    def ask(self, reader: StrictClient, article: Article, session: Session) -> Export:
        response = reader.post(f"/articles/{article.id}/report", data=self.CHOSEN)
        assert response.status_code == 303
        session.rollback()
        export = session.scalars(select(Export)).one()
        assert response.location == f"/exports/{export.id}"
        return export

    def test_a_long_report_is_not_written_while_somebody_waits(
        self, reader: StrictClient, busy: Article, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, known in FORMATS.items():
            monkeypatch.setitem(FORMATS, name, type(known)(known.media_type, known.write, long_from=6))
        response = reader.get(f"/articles/{busy.id}/report.csv?audience=public")
        assert response.status_code == 302
        page = reader.get(response.location).text
        assert 'id="later-form"' in page
        assert '<input type="hidden" name="audience" value="public">' in page
        assert reader.get(f"/articles/{busy.id}/report.csv?claim=1").status_code == 200

    def test_one_is_asked_for_and_taken_away(
        self, reader: StrictClient, busy: Article, session: Session, app: Flask
    ) -> None:
        export = self.ask(reader, busy, session)
        page = reader.get(f"/exports/{export.id}").text
        assert f'hx-get="/exports/{export.id}/progress"' in page
        assert 'id="export-again"' in page  # without scripts
        assert reader.get(f"/exports/{export.id}/file").location == f"/exports/{export.id}"
        taken = take_export(session, now=now())
        assert taken is not None
        session.commit()
        assert "its facts are gathered" in reader.get(f"/exports/{export.id}/progress").text
        export.written, export.total = 2, 6
        session.commit()
        assert "2 of 6 claims" in reader.get(f"/exports/{export.id}/progress").text
        data = b"Number\r\n1\r\n"
        folder: Path = app.extensions["exports"]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / export.file_name).write_bytes(data)
        finish_export(session, taken, now=now(), sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        session.commit()
        assert "hx-get" not in reader.get(f"/exports/{export.id}/progress").text
        response = reader.get(f"/exports/{export.id}/file")
        assert response.data == data
        assert unquote(response.headers["Content-Disposition"]).endswith("The new bridge – public.csv")
        assert last_entry(session).changes["audience"] == [None, "public"]
        (folder / export.file_name).write_bytes(b"altered")
        assert reader.get(f"/exports/{export.id}/file").status_code == 303
        assert "CSV" in reader.get(f"/articles/{busy.id}/report").text

    def test_what_failed_and_what_expired_says_so(self, reader: StrictClient, busy: Article, session: Session) -> None:
        export = self.ask(reader, busy, session)
        export.state, export.finished_at = ExportState.FAILED, datetime(2026, 1, 1, tzinfo=UTC)
        export.failure = "The article has no claim %(number)s."
        export.failure_values = {"number": "9"}
        session.commit()
        assert "The article has no claim 9." in reader.get(f"/exports/{export.id}").text
        export.state, export.failure, export.sha256 = ExportState.EXPIRED, None, "a" * 64
        session.commit()
        assert "Not kept any more" in reader.get(f"/exports/{export.id}").text

    def test_a_wrong_one_is_not_asked_for(self, reader: StrictClient, busy: Article, session: Session) -> None:
        response = reader.post(f"/articles/{busy.id}/report", data={**self.CHOSEN, "as_of": "soon"})
        assert response.status_code == 422
        assert session.scalars(select(Export)).all() == []
