"""The generated desk is one that the product itself could have made."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.generate import generate
from benchmarks.words import FEW, HEBREW, RARE
from claims_app import schema
from claims_app.articles.model import Article
from claims_app.claims.model import Claim, Priority
from claims_app.claims.service import prioritise_claims
from claims_app.db import open_engine, writing
from claims_app.folding import fold
from claims_app.history.service import verify_history
from claims_app.people.model import Person
from claims_app.search.counts import count_claims, count_scope
from claims_app.search.model import ClaimFilter
from claims_app.search.queries import list_page

CLAIMS = 500


def _silent(_line: str) -> None:
    pass


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated desk; to be read only."""
    folder = tmp_path_factory.mktemp("generated")
    generate(folder, CLAIMS, say=_silent)
    return folder / "claims.db"


@pytest.fixture
def reader(desk: Path) -> Iterator[Session]:
    engine = open_engine(desk)
    with Session(engine) as session:
        yield session
    engine.dispose()


def _rows(database: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(statement).fetchall()


def test_it_has_as_many_claims_as_were_asked_for(desk: Path) -> None:
    assert _rows(desk, "SELECT count(*), count(DISTINCT article_id) FROM claim") == [(CLAIMS, -(-CLAIMS // 40))]


def test_the_file_is_whole(desk: Path) -> None:
    assert _rows(desk, "PRAGMA integrity_check") == [("ok",)]
    assert _rows(desk, "PRAGMA foreign_key_check") == []


def test_it_stands_at_the_newest_schema_with_every_trigger_and_index(desk: Path, migrated: Path) -> None:
    made = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
    order = "SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid"
    assert _rows(desk, made) == _rows(migrated, made)
    assert _rows(desk, order) == _rows(migrated, order)
    engine = open_engine(desk)
    assert schema.standing(engine) is schema.Standing.CURRENT
    engine.dispose()


def test_its_history_holds(reader: Session) -> None:
    assert list(verify_history(reader)) == []


def test_its_history_has_two_entries_for_each_claim(desk: Path) -> None:
    entries = "SELECT claim_id, count(*) AS entries FROM history WHERE claim_id IS NOT NULL GROUP BY claim_id"
    assert _rows(desk, f"SELECT count(*), min(entries), max(entries) FROM ({entries})") == [(CLAIMS, 2, 2)]


def test_the_counters_equal_a_full_count(reader: Session) -> None:
    claims = reader.scalars(select(Claim).where(Claim.withdrawn_at.is_(None))).all()
    for article in (None, 3):
        scope = count_scope(reader, article)
        here = [claim for claim in claims if article in (None, claim.article_id)]
        for facet in ("status", "kind", "priority", "proof"):
            assert scope[facet] == Counter(str(getattr(claim, facet)) for claim in here)
        assert scope["assignee"] == Counter(str(claim.assignee_id or 0) for claim in here)
        wanted = ClaimFilter(article=article, status=("verified",), proof=("some",))
        hits = [claim for claim in here if claim.status == "verified" and claim.proof == "some"]
        assert count_claims(reader, wanted, scope).total == len(hits)


def test_every_kind_of_proof_occurs(reader: Session) -> None:
    assert set(count_scope(reader, None)["proof"]) == {"none", "some", "conflict"}


def test_the_counts_of_evidence_are_right(desk: Path) -> None:
    counted = (
        "SELECT count(*) FROM claim WHERE (supports, refutes, contexts) <> (SELECT count(*) FILTER (WHERE stance = "
        "'supports'), count(*) FILTER (WHERE stance = 'refutes'), count(*) FILTER (WHERE stance = 'context') "
        "FROM evidence WHERE claim_id = claim.id)"
    )
    assert _rows(desk, counted) == [(0,)]


def test_decided_claims_rest_on_a_verdict_of_the_same_finding(desk: Path) -> None:
    other = "SELECT count(*) FROM claim JOIN verdict v ON v.id = claim.verdict_id WHERE finding <> status"
    assert _rows(desk, f"{other} AND status <> 'awaiting'") == [(0,)]
    assert _rows(desk, f"{other} AND status = 'awaiting' AND approved_at IS NOT NULL") == [(0,)]


def test_search_reads_what_the_product_would_have_folded(reader: Session) -> None:
    for claim in reader.scalars(select(Claim)):
        assert claim.search_text == fold(f"{claim.statement_he or ''} {claim.statement_en or ''}")


@pytest.mark.parametrize("word", [RARE, FEW, HEBREW, "government"])
def test_search_finds_what_a_full_scan_finds(reader: Session, word: str) -> None:
    wanted = ClaimFilter(text=word)
    counts = count_claims(reader, wanted, count_scope(reader, None))
    said = reader.scalars(select(Claim).where(Claim.withdrawn_at.is_(None))).all()
    hits = {claim.id for claim in said if word in f"{claim.statement_he} {claim.statement_en}".lower()}
    assert hits
    assert set(counts.found or ()) == hits


def test_the_queue_shows_a_page_of_it(reader: Session) -> None:
    scope = count_scope(reader, None)
    counts = count_claims(reader, ClaimFilter(), scope)
    page = list_page(reader, ClaimFilter(), found=None, sizes=counts.sizes)
    assert len(page.rows) == 50
    assert page.after


def test_it_is_the_same_on_every_run(desk: Path, tmp_path: Path) -> None:
    generate(tmp_path, CLAIMS, say=_silent)
    for table in ("person", "article", "claim", "evidence", "verdict", "figure", "claim_tag", "comment", "history"):
        rows = f"SELECT * FROM {table} ORDER BY 1, 2"
        assert _rows(desk, rows) == _rows(tmp_path / "claims.db", rows)


def test_the_desk_can_be_worked_on(tmp_path: Path) -> None:
    generate(tmp_path, 40, say=_silent)
    engine = open_engine(tmp_path / "claims.db")
    with Session(engine, expire_on_commit=False) as session:
        before = count_scope(session, None)["priority"]["high"]
        claim = session.scalars(select(Claim).where(Claim.priority == Priority.LOW, Claim.verdict_id.is_(None))).first()
        actor = session.get_one(Person, 1)
        assert claim is not None
        with writing(session):
            prioritise_claims(session, actor=actor, claim_ids=[claim.id], priority=Priority.HIGH)
        assert count_scope(session, None)["priority"]["high"] == before + 1
        assert list(verify_history(session)) == []
        assert session.get_one(Article, 1).next_number == 41
    engine.dispose()


def test_a_desk_that_is_there_is_left_alone(desk: Path) -> None:
    with pytest.raises(FileExistsError):
        generate(desk.parent, 40, say=_silent)
