"""The example newsroom's proof from end to end: captured with one command, compared, watched, and bundled."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from claims_app.captures.model import Capture, CaptureState
from claims_app.claims.figure import Match
from claims_app.claims.model import Claim
from claims_app.desk.ruler import compare_figures
from claims_app.evidence.model import CopyCheck, Evidence, InCopy
from claims_app.evidence.queries import list_evidence
from claims_app.looks.model import Look, LookReason
from claims_app.people.model import Person
from claims_app.sources.model import Source
from claims_app.watching.service import watch_source
from tests.cli.command import CHECKOUT, Desk
from tests.cli.newsroom_site import Sites, key_of, play_pages, playing
from tests.machine import need_openssl

QUICK = {"politeness": "0"}


@pytest.fixture
def sites(example: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sites]:
    need_openssl()
    with example.session() as session:
        pages = play_pages(session)
    with playing(pages, tmp_path, monkeypatch) as sites:
        yield sites


def test_every_address_is_captured_with_one_command_and_its_bundle_verifies_elsewhere(
    example: Desk, sites: Sites, tmp_path: Path
) -> None:
    told = json.loads(example.did("capture", "--json", **QUICK))
    assert len(told) == len(sites.pages)
    assert {one["state"] for one in told} == {"kept"}
    assert sorted(sites.asked) == sorted(sites.pages)
    assert example.did("captures", "verify") == "Every file that the desk names is there and whole.\n"

    with example.session() as session:
        kept = session.scalars(select(Capture)).all()
        assert [
            (capture.address, capture.media_type, capture.text_note) for capture in kept if not capture.text_sha256
        ] == []
        assert all(capture.warc_sha256 for capture in kept)
        figures = session.execute(select(CopyCheck.figure, func.count()).group_by(CopyCheck.figure))
        # What each page says of a figure, the desk finds there.
        assert {found: number for found, number in figures}.get(InCopy.MISSING, 0) == 0  # noqa: C416

    out = tmp_path / "proof.zip"
    example.did("bundle", "1", "--out", str(out))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(out, elsewhere / "proof.zip")
    done = subprocess.run(
        [sys.executable, "-m", "claims_app", "bundle", "verify", "proof.zip", "--json"],
        cwd=elsewhere,
        env={"PYTHONPATH": str(CHECKOUT), "PATH": ""},
        capture_output=True,
        check=True,
    )
    checked = json.loads(done.stdout)
    assert (checked["is_whole"], checked["copies"]) == (True, len(told))
    assert [path.name for path in elsewhere.iterdir()] == ["proof.zip"]


def test_a_claim_shows_the_articles_figure_beside_each_sources(example: Desk) -> None:
    with example.session() as session:
        claim = session.scalars(select(Claim).where(Claim.origin_key == "oil-imports-h1-2024-volume")).one()
        assert claim.figure is not None
        assert (claim.figure.low, claim.figure.unit) == (1_580_000, "tonnes")
        evidence = list_evidence(session, claim.id)
        rows = compare_figures(claim.figure, evidence)
        assert [row.evidence for row in rows] == [item for item in evidence if item.figure is not None]
        assert [(row.figure.low, row.match) for row in rows] == [
            (1_173_000, Match.DIFFERENT),
            (1_000_000, Match.DIFFERENT),
            (11_100_000, Match.DIFFERENT),
        ]


def test_a_page_that_changes_raises_exactly_its_own_claims(example: Desk, sites: Sites) -> None:
    with example.session() as session:
        source = session.scalars(
            select(Source)
            .join(Evidence, Evidence.source_id == Source.id)
            .join(Claim, Claim.id == Evidence.claim_id)
            .where(Source.address.is_not(None), Claim.status.not_in(("unchecked", "checking")))
            .group_by(Source.id)
            .order_by(func.count(Claim.id).desc(), Source.id)
        ).first()
        assert source is not None
        assert source.address is not None
        number, address = source.id, source.address
        wanted = set(
            session.scalars(
                select(Claim.id)
                .join(Evidence, Evidence.claim_id == Claim.id)
                .where(Evidence.source_id == number, Claim.status.not_in(("unchecked", "checking")))
            )
        )
        person = session.scalars(select(Person)).first()
        assert person is not None
        watch_source(session, actor=person, source_id=number, every_days=7)
        session.commit()
    example.did("capture", **QUICK)
    sites.pages[key_of(address)] = "<!doctype html><title>New</title><main><p>This story has been rewritten.</p></main>"
    example.did("capture", **QUICK)
    with example.session() as session:
        raised = session.execute(select(Look.claim_id, Look.reason, Look.source_id)).all()
        assert {claim_id for claim_id, _reason, _source in raised} == wanted
        assert {source_id for _claim, _reason, source_id in raised} == {number}
        assert {reason for _claim, reason, _source in raised} <= {LookReason.CHANGED, LookReason.PASSAGE_GONE}
        flagged = set(session.scalars(select(Claim.id).where(Claim.needs_look)))
        assert flagged == wanted
        states = session.execute(select(Capture.state, func.count()).group_by(Capture.state)).all()
        assert states == [(CaptureState.KEPT, 2 * len(sites.pages))]
