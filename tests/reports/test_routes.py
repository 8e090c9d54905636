"""Downloading."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import Engine, QueuePool, func, select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.claims.withdrawing import withdraw_article
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Role
from claims_app.reports import as_pdf
from claims_app.reports.export import FORMATS, Options
from claims_app.reports.facts import Report
from claims_app.reports.routes import disposition
from tests.client import StrictClient
from tests.factories import Factory
from tests.reports.test_as_csv import read


@pytest.fixture
def reader(client: StrictClient, make: Factory) -> StrictClient:
    client.sign_in(make.regular(Role.READER))
    return client


def count_entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(HistoryEntry)) or 0


class TestArticleReport:
    def test_a_reader_sees_the_page(self, reader: StrictClient, busy: Article) -> None:
        response = reader.get(f"/articles/{busy.id}/report.html")
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].startswith("inline; ")
        assert '<html lang="en" dir="ltr">' in response.text
        assert "Regular reader" in response.text

    def test_the_page_may_load_nothing(self, reader: StrictClient, busy: Article) -> None:
        policy = reader.get(f"/articles/{busy.id}/report.html").headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:;")
        assert "script-src" not in policy
        assert "'self'" not in policy

    def test_the_other_files_come_with_the_desks_own_policy(self, reader: StrictClient, busy: Article) -> None:
        for file_format in ("csv", "json"):
            response = reader.get(f"/articles/{busy.id}/report.{file_format}")
            assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"]
            assert response.headers["X-Content-Type-Options"] == "nosniff"

    def test_a_file_is_named_for_the_article(self, reader: StrictClient, busy: Article) -> None:
        response = reader.get(f"/articles/{busy.id}/report.csv?language=he")
        header = response.headers["Content-Disposition"]
        assert header.startswith(f"attachment; filename=\"claims-report-{busy.id}.csv\"; filename*=UTF-8''")
        assert unquote(header.rpartition("''")[2]) == "הגשר החדש.csv"
        assert header.isascii()
        assert response.content_type == "text/csv; charset=utf-8"
        assert len(read(response.data)) == 7

    def test_the_page_can_be_downloaded_too(self, reader: StrictClient, busy: Article) -> None:
        response = reader.get(f"/articles/{busy.id}/report.html?language=he&download=1")
        assert response.headers["Content-Disposition"].startswith("attachment; ")
        assert '<html lang="he" dir="rtl">' in response.text

    @pytest.mark.parametrize(
        ("file_format", "begins", "kind"),
        [
            ("pdf", b"%PDF-", "application/pdf"),
            ("docx", b"PK", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ("md", "דסק הטענות".encode(), "text/markdown; charset=utf-8"),
        ],
    )
    def test_a_document_is_downloaded_as_what_it_is(
        self, reader: StrictClient, busy: Article, file_format: str, begins: bytes, kind: str
    ) -> None:
        response = reader.get(f"/articles/{busy.id}/report.{file_format}?language=he")
        assert response.content_type == kind
        assert response.headers["Content-Disposition"].startswith("attachment; ")
        assert begins in response.data[:40]

    def test_a_report_that_cannot_be_written_is_said_where_it_is_chosen(
        self, reader: StrictClient, busy: Article, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(as_pdf, "SECONDS", 0.001)
        response = reader.get(f"/articles/{busy.id}/report.pdf")
        assert response.status_code == 422
        assert "The PDF of this report could not be set." in response.text

    def test_json_is_json(self, reader: StrictClient, busy: Article) -> None:
        response = reader.get(f"/articles/{busy.id}/report.json")
        assert response.mimetype == "application/json"
        assert json.loads(response.data)["made_by"] == "Regular reader"

    def test_each_report_is_in_the_history(self, reader: StrictClient, busy: Article, session: Session) -> None:
        before = count_entries(session)
        reader.get(f"/articles/{busy.id}/report.json")
        assert count_entries(session) == before + 1

    def test_nobody_waits_while_one_is_written(
        self, reader: StrictClient, busy: Article, database: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def write(_report: Report, _how: Options) -> bytes:
            with closing(sqlite3.connect(database, timeout=0)) as other:
                other.execute("BEGIN IMMEDIATE")
            return b"written"

        monkeypatch.setitem(FORMATS, "csv", replace(FORMATS["csv"], write=write))
        assert reader.get(f"/articles/{busy.id}/report.csv").data == b"written"

    @pytest.mark.parametrize("path", ["/articles/1/report.odt", "/articles/1/report.", "/articles/99/report.html"])
    def test_what_is_not_there_is_not_found(
        self, reader: StrictClient, busy: Article, session: Session, path: str
    ) -> None:
        before = count_entries(session)
        assert reader.get(path).status_code == 404
        assert count_entries(session) == before

    def test_a_language_nobody_speaks_here_is_passed_over(self, reader: StrictClient, busy: Article) -> None:
        assert '<html lang="en"' in reader.get(f"/articles/{busy.id}/report.html?language=fr").text

    def test_a_visitor_signs_in_first(self, client: StrictClient, busy: Article) -> None:
        assert client.get(f"/articles/{busy.id}/report.html").status_code == 302
        assert client.get("/claims.csv").status_code == 302


class TestQueueTable:
    def rows(self, client: StrictClient, query: str = "") -> list[dict[str, str]]:
        response = client.get(f"/claims.csv{query}")
        assert response.status_code == 200
        assert response.content_type == "text/csv; charset=utf-8"
        assert response.headers["Content-Disposition"].startswith('attachment; filename="claims.csv"')
        return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))

    def test_it_holds_what_the_queue_shows(self, reader: StrictClient, busy: Article, make: Factory) -> None:
        other = make.claim()
        assert [row["Number"] for row in self.rows(reader)] == ["1", "2", "3", "4", "5", "7", "1"]
        assert [row["Number"] for row in self.rows(reader, f"?article={busy.id}")] == ["1", "2", "3", "4", "5", "7"]
        assert [row["Number"] for row in self.rows(reader, "?status=disputed&status=verified")] == ["1", "4"]
        assert [row["Number"] for row in self.rows(reader, f"?article={other.article_id}&status=verified")] == []

    def test_it_is_a_file_read_to_its_end_before_the_answer_leaves(
        self, reader: StrictClient, busy: Article, engine: Engine
    ) -> None:
        """Whoever reads it slowly keeps no snapshot of the database."""
        pool = engine.pool
        assert isinstance(pool, QueuePool)
        before = pool.checkedout()
        response = reader.get("/claims.csv", buffered=False)
        assert pool.checkedout() == before
        assert response.content_length == len(response.data)
        response.close()

    def test_it_speaks_the_readers_language(self, client: StrictClient, busy: Article, make: Factory) -> None:
        client.sign_in(make.person(role=Role.READER, language="he"))
        assert "Number" not in self.rows(client)[0]

    def test_it_is_in_the_history(self, reader: StrictClient, busy: Article, session: Session) -> None:
        self.rows(reader)
        entry = session.scalar(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1))
        assert entry is not None
        assert (entry.action, entry.subject, entry.changes["format"]) == ("exported", "desk", [None, "csv"])


class TestDisposition:
    @pytest.mark.parametrize(
        ("title", "name"),
        [
            ("הגשר: מה נמצא?", "הגשר מה נמצא.csv"),
            ('a/b\\c"d\r\ne', "a b c d e.csv"),
            ("\u202egnp.exe", "gnp.exe.csv"),
            ("...", "report.csv"),
            ("א" * 200, "א" * 80 + ".csv"),
        ],
    )
    def test_a_title_becomes_a_name_that_every_system_takes(self, title: str, name: str) -> None:
        header = disposition("plain.csv", f"{title}.csv", is_shown=False)
        assert unquote(header.partition("UTF-8''")[2]) == name
        assert header.isascii()
        assert header.startswith('attachment; filename="plain.csv"; ')


def test_a_withdrawn_article_can_still_be_reported(
    reader: StrictClient, busy: Article, make: Factory, session: Session
) -> None:
    withdraw_article(session, actor=make.regular(Role.EDITOR), article_id=busy.id, why="Not printed.")
    assert "This article was withdrawn" in reader.get(f"/articles/{busy.id}/report.html").text
    assert len(json.loads(reader.get(f"/articles/{busy.id}/report.json").data)["claims"]) == 6
