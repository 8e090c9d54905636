"""Tables on the command line: ``claims import table`` and ``claims import undo``."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from claims_app.articles.service import add_article
from claims_app.claims.model import Claim, Priority
from claims_app.claims.service import prioritise_claims
from claims_app.comments.model import Comment
from claims_app.importing.model import Import
from claims_app.people.queries import list_people
from tests.cli.command import Desk

TABLE = (
    "ניסוח הטענה,סוג,שלי,עמדה,מקור: כתובת,תקציר\n"
    "אורך הגשר 120 מטרים.,נתון,לבדוק,תומכת,https://example.org/1,כך כתוב.\n"
    "הגשר ישן.,רקע,,,,\n"
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "table.csv"
    file.write_text(TABLE, encoding="utf-8")
    return file


@pytest.fixture
def bridge(empty: Desk) -> Desk:
    """A desk with one article."""
    with empty.session() as session:
        add_article(session, actor=None, title_en="The bridge")
        session.commit()
    return empty


def claims_of(desk: Desk) -> list[bool]:
    """Return of each claim whether it is in the work."""
    with desk.session() as session:
        return [claim.withdrawn_at is None for claim in session.scalars(select(Claim).order_by(Claim.id))]


def test_it_says_what_it_would_bring_brings_it_and_takes_it_back(bridge: Desk, table: Path) -> None:
    arguments = ("import", "table", "claims", str(table), "--article", "1")
    would = bridge.did(*arguments, "--dry-run")
    assert would == "It would bring: 2 claims, 1 evidence, 1 sources.\n"
    assert claims_of(bridge) == []
    told = json.loads(bridge.did(*arguments, "--json"))
    assert told == {
        "import": 1, "rows": 2, "articles": 0, "claims": 2, "evidence": 1, "sources": 1, "rows_here_already": 0,
        "problems": [],
    }  # fmt: skip
    assert "nothing new" not in bridge.did(*arguments, "--json")
    assert claims_of(bridge) == [True, True]
    assert bridge.did("import", "undo", "1", "--why", "The wrong file.") == "Import 1 is undone.\n"
    assert claims_of(bridge) == [False, False]
    assert "whole" in bridge.did("history", "verify")
    assert "there and whole" in bridge.did("captures", "verify")


def test_the_same_again_adds_nothing(bridge: Desk, table: Path) -> None:
    arguments = ("import", "table", "claims", str(table), "--article", "1")
    bridge.did(*arguments)
    assert bridge.did(*arguments) == "It would bring: 2 rows here already.\n"
    assert claims_of(bridge) == [True, True]


def test_problems_are_named_by_their_cells(bridge: Desk, table: Path) -> None:
    table.write_text(TABLE.replace("נתון", "ניחוש").replace("רקע,", "?,"), encoding="utf-8")
    result = bridge.claims("import", "table", "claims", str(table), "--article", "1")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].startswith("    B2  סוג: “ניחוש” is none of: Figure")
    assert result.stderr == "Nothing was brought in: 2 problems.\n"
    assert claims_of(bridge) == []
    told = bridge.claims("import", "table", "claims", str(table), "--article", "1", "--json")
    assert [one["place"] for one in json.loads(told.stdout)["problems"]] == ["B2", "B3"]


def test_columns_are_mapped_by_heading_and_by_letter(bridge: Desk, table: Path) -> None:
    arguments = ("import", "table", "claims", str(table), "--article", "1", "--map", "שלי=note", "--map", "d=")
    assert "--by EMAIL" in bridge.refused("import", "table", "claims", str(table), "--article", "1", "--map", "C=note")
    result = bridge.claims(*arguments, "--by", "editor@localhost")
    assert "stance" not in result.output
    assert result.exit_code == 1  # evidence without its stance
    with_stance = bridge.claims(*arguments[:-2], "--by", "editor@localhost")
    assert with_stance.exit_code == 0
    with bridge.session() as session:
        comment = session.scalars(select(Comment)).one()
        assert (comment.text, comment.author.email) == ("לבדוק", "editor@localhost")
        assert session.scalars(select(Import)).one().person_id == comment.author_id


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("--map", "nothing=kind"), "has no column “nothing”"),
        (("--map", "סוג=kinds"), "There is no field “kinds”"),
        (("--article", "9"), "There is no article 9."),
        (("--by", "nobody@example.org"), "There is no person"),
    ],
)
def test_what_is_not_there_is_said(bridge: Desk, table: Path, wrong: tuple[str, str], words: str) -> None:
    assert words in bridge.refused("import", "table", "claims", str(table), "--article", "1", *wrong)


def test_what_was_worked_on_since_is_named(bridge: Desk, table: Path) -> None:
    bridge.did("import", "table", "claims", str(table), "--article", "1")
    with bridge.session() as session:
        actor = list_people(session)[0]
        prioritise_claims(session, actor=actor, claim_ids=[1], priority=Priority.HIGH)
        session.commit()
    result = bridge.claims("import", "undo", "1", "--why", "x")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[0] == "claim 1: אורך הגשר 120 מטרים."
    bridge.did("import", "undo", "1", "--why", "x", "--keep-worked")
    assert claims_of(bridge) == [True, False]
    assert "There is no import 7." in bridge.refused("import", "undo", "7", "--why", "x")


def test_the_example_newsrooms_own_report_comes_back_in(example: Desk, tmp_path: Path) -> None:
    """Into a desk of its own, without the text: all claims and evidence, under the article's new number."""
    report = tmp_path / "report.csv"
    report.write_bytes(example.did("report", "1", "--format", "csv", "--language", "he").encode())
    with example.session() as session:
        add_article(session, actor=None, title_he="עותק")
        session.commit()
    left_out = [
        word
        for name in ("הנוסח בטקסט", "סטטוס", "הכרעה", "נימוק בעברית", "נימוק באנגלית")
        for word in ("--map", f"{name}=")
    ]
    told = json.loads(example.did("import", "table", "claims", str(report), "--article", "2", "--json", *left_out))
    assert (told["claims"], told["evidence"], told["sources"]) == (104, 182, 0)
