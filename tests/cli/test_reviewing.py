"""``claims import``: what was understood, what was not and why, and that twice adds nothing."""

import json
import os
from pathlib import Path

import pytest

from claims_app.cli import reviewing
from tests.cli.command import Desk
from tests.earlier.test_service import NODE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a page, a page without a review, a feed in which one object says no claim, and other things."""
    pages = tmp_path / "pages"
    (pages / "deep").mkdir(parents=True)
    script = f'<script type="application/ld+json">{json.dumps(NODE)}</script>'
    (pages / "deep" / "page.html").write_text(f"<title>T</title>{script}", encoding="utf-8")
    (pages / "none.htm").write_text("<p>Nothing", encoding="utf-8")
    other = {**NODE, "claimReviewed": "הגשר חדש.", "datePublished": "20204-08-02"}
    feed = {"dataFeedElement": [{"item": [other]}, {"item": {"@type": "ClaimReview"}}, {"item": []}]}
    (pages / "feed.json").write_text(json.dumps(feed), encoding="utf-8")
    (pages / "LICENSE").write_text("not looked at", encoding="utf-8")
    (pages / "link.html").symlink_to("/etc/hostname")
    os.mkfifo(pages / "pipe.json")
    return pages


def test_says_what_was_understood_and_what_was_not(empty: Desk, folder: Path) -> None:
    assert empty.did("import", "claimreview", str(folder)).splitlines() == [
        "feed.json: 2 reviews",
        "  Elements of the feed without an item: 1.",
        "  added: הגשר חדש. (The Checkers, False)",
        "    “20204-08-02” is no date that can be believed; left empty.",
        "  NOT UNDERSTOOD (feed): It does not say which claim it reviews.",
        "none.htm: 0 reviews",
        "deep/page.html: 1 review",
        "  added: The bridge is 300 metres long. (The Checkers, False, 2024-03-05)",
        "3 files: 2 added, 0 read anew, 0 known already, 1 not understood.",
    ]
    assert empty.did("import", "claimreview", str(folder)).splitlines()[-1] == (
        "3 files: 0 added, 0 read anew, 2 known already, 1 not understood."
    )
    empty.did("history", "verify")


def test_a_dry_run_changes_nothing_and_programs_get_the_objects(empty: Desk, folder: Path) -> None:
    before = empty.did("status", "--json")
    told = json.loads(empty.did("import", "claimreview", str(folder), "--dry-run", "--json"))
    assert (told["added"], told["known"], told["not_understood"], told["dry_run"], told["import"]) == (
        2, 0, 1, True, None,
    )  # fmt: skip
    page = next(file for file in told["files"] if file["file"] == "deep/page.html")
    assert page["objects"][0]["raw"] == NODE
    assert page["objects"][0]["reviews"][0]["claim"] == "The bridge is 300 metres long."
    assert empty.did("status", "--json") == before
    assert "2 would be added" in empty.did("import", "claimreview", str(folder), "--dry-run")


def test_a_file_that_cannot_be_read_is_named_and_the_others_come_in(
    empty: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = folder.parent / "broken.json"
    broken.write_bytes(b'{"@type": "ClaimReview", "claimReviewed": "Half')
    result = empty.claims("import", "claimreview", str(broken), str(folder / "pipe.json"), str(folder / "deep"))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:2] == [
        "broken.json: NOT READ: This JSON breaks off or goes wrong in line 1; nothing of it was taken.",
        "pipe.json: NOT READ: This is no file.",
    ]
    assert "1 added" in result.stdout
    assert result.stderr == "2 files could not be read.\n"
    monkeypatch.setattr(reviewing, "MOST_BYTES", 5)
    assert "larger than 0 MB" in empty.claims("import", "claimreview", str(folder / "none.htm")).stdout


def test_wrong_usage_ends_with_2(empty: Desk) -> None:
    assert empty.claims("import", "claimreview").exit_code == 2
    assert empty.claims("import", "claimreview", "/no/such/file").exit_code == 2
