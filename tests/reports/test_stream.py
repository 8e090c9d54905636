"""The table of all claims."""

import csv
import io
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from claims_app.claims.figure import FigureValue
from claims_app.claims.model import Claim, Status
from claims_app.evidence.model import Stance
from claims_app.language import gettext, speaking
from claims_app.people.model import Role
from claims_app.reports.as_csv import guard
from claims_app.reports.plain import plain_moment
from claims_app.reports.stream import CHUNK, stream_claims
from claims_app.verdicts.model import Finding
from tests.factories import Factory
from tests.reports.hostile import OWN, all_texts


def read(session: Session, *details: Any) -> list[dict[str, str]]:
    text = b"".join(stream_claims(session, *details)).decode("utf-8")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:], newline=""), strict=True))
    assert {len(row) for row in rows} == {28}
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.mark.usefixtures("busy")
def test_a_claim_is_told_in_one_line(session: Session) -> None:
    claim = session.get_one(Claim, 1)
    row = read(session)[0]
    assert {name: row[name] for name in list(row)[:23]} == {
        "Number": "1",
        "Article": "The new bridge",
        "Status": "Verified",
        "Words changed": "No",
        "Place in the text": "Not placed in the text",
        "Kind": "Figure",
        "Priority": "Normal",
        "Statement in Hebrew": "הגשר הוא 40 אחוז מן הדרך.",
        "Statement in English": "The bridge is 40% of the way.",
        "Figure, from": "40",
        "Figure, to": "40",
        "Unit": "percent",
        "About": "Yes",
        "Date of the figure": "2022",
        "Claimant": "משרד התחבורה",
        "Assignee": "",
        "Supporting evidence": "1",
        "Refuting evidence": "1",
        "Context evidence": "0",
        "Finding": "Verified",
        "Rationale in Hebrew": "המקורות מסכימים.",
        "Rationale in English": "The sources agree.",
        "Verdict by": "רותם שגב",
    }
    assert (row["Second check by"], row["Second check at (UTC)"], row["Override"]) == ("", "", "")
    assert row["Last change (UTC)"] == plain_moment(claim.updated_at)
    assert datetime.fromisoformat(row["Verdict at (UTC)"]).tzinfo is not None


@pytest.mark.usefixtures("busy")
def test_verdicts_of_all_kinds_are_told(session: Session) -> None:
    rows = {row["Number"]: row for row in read(session)}
    assert list(rows) == ["1", "2", "3", "4", "5", "7"]
    assert (rows["2"]["Second check by"], rows["3"]["Status"]) == ("Noa Barak", "Awaiting second check")
    assert rows["3"]["Finding"] == "Disputed"
    assert rows["4"]["Override"] == "The witness is known to the desk."
    assert (rows["7"]["Finding"], rows["7"]["Verdict at (UTC)"], rows["7"]["Figure, from"]) == ("", "", "")


@pytest.mark.usefixtures("marked")
def test_a_verdict_under_words_that_changed_or_are_lost_is_not_told_alone(session: Session) -> None:
    rows = {row["Number"]: (row["Status"], row["Words changed"], row["Place in the text"]) for row in read(session)}
    assert rows["1"] == ("Verified", "Yes", "Placed in the text")
    assert rows["3"] == ("Verified", "No", "Placed in the text")
    assert rows["4"] == ("Verified", "No", "Lost from the text")
    with speaking("he"):
        text = b"".join(stream_claims(session)).decode("utf-8")
        assert text.splitlines()[0].split(",")[3:5] == [gettext("Words changed"), gettext("Place in the text")]


@pytest.mark.usefixtures("busy")
def test_headings_and_words_are_in_the_language_in_force(session: Session) -> None:
    with speaking("he"):
        pieces = stream_claims(session)
    # What follows may run in another request's language.
    text = b"".join(pieces).decode("utf-8")
    with speaking("he"):
        assert gettext("Statement in Hebrew") in text
        assert f'"{gettext("Awaiting second check")}"' in text
    assert "הגשר החדש" in text
    assert "Verified" not in text


def test_a_condition_and_an_order_are_kept(make: Factory, session: Session) -> None:
    first, second = make.article(), make.article()
    for article, paragraph in ((first, 5), (second, 1), (first, 3)):
        make.claim(article, paragraph=paragraph)
    make.verdict(session.get_one(Claim, 3), finding=Finding.OPINION)
    assert [row["Number"] for row in read(session)] == ["2", "1", "1"]
    assert [row["Number"] for row in read(session, Claim.article_id == first.id)] == ["2", "1"]
    assert [row["Number"] for row in read(session, Claim.status == Status.OPINION)] == ["2"]
    assert [row["Article"] for row in read(session, None, (Claim.id.desc(),))] == [
        first.title_en,
        second.title_en,
        first.title_en,
    ]


def test_hostile_texts_come_back_as_the_report_writes_them(make: Factory, session: Session) -> None:
    editor = make.regular(Role.EDITOR)
    article = make.article(title_en=OWN[0], title_he=None)
    texts = [text for text in all_texts() if len(text) < 2000][:120]
    for text in texts:
        claim = make.claim(
            article, statement_he=text, statement_en=text, claimant=text, figure=FigureValue(-40.5, 1.0, text)
        )
        make.verdict(claim, finding=Finding.OPINION, rationale_he=text, rationale_en=None, actor=editor)
    rows = read(session)
    assert [row["Statement in Hebrew"] for row in rows] == [guard(text) for text in texts]
    for name in ("Statement in English", "Claimant", "Unit", "Rationale in Hebrew"):
        assert [row[name] for row in rows] == [row["Statement in Hebrew"] for row in rows]
    assert {(row["Figure, from"], row["Figure, to"]) for row in rows} == {("-40.5", "1")}


@pytest.mark.parametrize("number", [0, CHUNK, CHUNK + 1])
def test_it_comes_in_pieces_from_one_query(make: Factory, session: Session, count_queries: Any, number: int) -> None:
    claim = make.claim()
    columns = [column.name for column in Claim.__table__.columns if not column.computed and column.name != "id"]
    copied = ", ".join({"number": "value + 1"}.get(name, name) for name in columns)
    statement = (
        "WITH RECURSIVE counted(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM counted LIMIT ?) "
        f"INSERT INTO claim ({', '.join(columns)}) SELECT {copied} FROM claim, counted WHERE claim.id = 1"
    )
    if number:
        session.connection().exec_driver_sql(statement, (number,))
    session.commit()
    with count_queries() as queries:
        pieces = list(stream_claims(session))
    assert queries.number == 1
    assert len(pieces) == 1 + -(-(number + 1) // CHUNK)
    assert sum(piece.count(b"\r\n") for piece in pieces) == number + 2
    assert claim.number == 1


def test_nothing_is_sorted_for_the_whole_desk(session: Session, make: Factory) -> None:
    make.claim()
    seen: list[str] = []
    driver: Any = session.connection().connection.driver_connection
    driver.set_trace_callback(seen.append)
    list(stream_claims(session))
    driver.set_trace_callback(None)
    (statement,) = [text for text in seen if "printf" in text]
    plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert plan[0] == "SCAN claim USING INDEX ix_claim_order"
    assert [step for step in plan if not step.startswith(("SCAN claim ", "SEARCH "))] == []


def test_stances_are_counted(make: Factory, session: Session) -> None:
    claim = make.claim()
    for stance in (Stance.SUPPORTS, Stance.REFUTES, Stance.CONTEXT, Stance.CONTEXT):
        make.evidence(claim, stance=stance)
    row = read(session)[0]
    assert (row["Supporting evidence"], row["Refuting evidence"], row["Context evidence"]) == ("1", "1", "2")
