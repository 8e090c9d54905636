"""Writing reports from the command line."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from claims_app.history.model import HistoryEntry
from tests.cli.command import CHECKOUT, Desk


def test_a_report_is_a_page_by_default(example: Desk) -> None:
    page = example.did("report", "1")
    assert page.lower().startswith("<!doctype html>")
    assert 'lang="en"' in page


def test_a_report_speaks_the_language_it_is_asked_for(example: Desk) -> None:
    assert 'lang="he"' in example.did("report", "1", "--language", "he")


@pytest.mark.parametrize("file_format", ["html", "csv", "json"])
def test_every_format_holds_every_claim(example: Desk, tmp_path: Path, file_format: str) -> None:
    out = tmp_path / f"report.{file_format}"
    assert example.did("report", "1", "--format", file_format, "--out", str(out)) == ""
    text = out.read_bytes().decode("utf-8-sig")
    if file_format == "json":
        assert len(json.loads(text)["claims"]) == 104
    if file_format == "csv":
        assert len({row["Number"] for row in csv.DictReader(io.StringIO(text))}) == 104
    assert "Azerbaijan was the first country to award Israel 12 points at Eurovision" in text


def test_standard_output_gets_the_same_bytes_as_a_file(example: Desk, tmp_path: Path) -> None:
    out = tmp_path / "report.csv"
    example.did("report", "1", "--format", "csv", "--out", str(out))
    done = subprocess.run(
        [sys.executable, "-m", "claims_app", "report", "1", "--format", "csv"],
        cwd=CHECKOUT,
        env=example.environment(),
        capture_output=True,
        check=True,
    )
    assert done.stdout == out.read_bytes()


def test_a_file_that_is_there_is_overwritten_only_by_force(example: Desk, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    out.write_text("mine")
    assert example.refused("report", "1", "--out", str(out)) == f"{out} is there already; --force overwrites it."
    assert out.read_text() == "mine"
    example.did("report", "1", "--out", str(out), "--force")
    assert out.read_text() != "mine"


def test_an_article_that_is_not_there_is_refused(example: Desk) -> None:
    assert example.refused("report", "99") == "There is no article 99."


def test_that_it_went_out_is_in_the_history(example: Desk) -> None:
    example.did("report", "1", "--format", "csv")
    with example.session() as session:
        entry = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_name, entry.article_id) == ("exported", "Claims Desk", 1)


def test_a_part_of_the_check_can_be_asked_for(example: Desk, tmp_path: Path) -> None:
    asked = ("--format", "json", "--audience", "public", "--status", "disputed")
    told = json.loads(example.did("report", "1", *asked))
    assert {claim["status"] for claim in told["claims"]} == {"disputed"}
    assert told["scope"]["audience"] == "public"
    out = tmp_path / "report.xlsx"
    example.did("report", "1", "--format", "xlsx", "--claim", "5", "--out", str(out))
    assert out.read_bytes().startswith(b"PK")
    assert example.refused("report", "1", "--claim", "999") == "The article has no claim 999."
    assert example.refused("report", "1", "--as-of", "2001-01-01") == (
        "The article was not at the desk yet at that time."
    )
    assert example.refused("report", "1", "--as-of", "2999-01-01T10:00") == "This moment has not come yet."
    assert example.refused("report", "1", "--since-sign-off", "abcdef") == (
        "The article has no sign-off with this digest."
    )
    assert example.refused("report", "1", "--pdf-standard", "a-2b") == (
        "No file of this format keeps the standard a-2b."
    )
