"""Whether the passage and the figure of evidence stand in the newest copy of its source."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture
from claims_app.captures.queries import newest_copy
from claims_app.captures.reading import read_upload
from claims_app.captures.service import keep_upload
from claims_app.claims.figure import FigureValue
from claims_app.claims.withdrawing import withdraw_claim
from claims_app.evidence.copying import Looked, check_copy, check_source, list_capturable, list_unchecked, look_for
from claims_app.evidence.model import CopyCheck, Evidence, InCopy, Stance
from claims_app.evidence.service import edit_evidence, withdraw_evidence, withdraw_source
from claims_app.files import Files
from claims_app.people.model import Role
from tests.factories import Factory

TEXT = "The bridge is 120 metres long. It was opened by the mayor."


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "captures")


def found(evidence: Evidence) -> tuple[InCopy, InCopy] | None:
    check = evidence.copy_check
    return None if check is None else (check.passage, check.figure)


def look(session: Session, files: Files, source_id: int) -> Looked:
    copy = newest_copy(session, source_id)
    return look_for(session, files, source_id, copy.text_sha256 if copy else None)


def check(session: Session, files: Files, source_id: int) -> None:
    check_source(session, look(session, files, source_id))


def test_without_a_copy_there_is_nothing_to_say(make: Factory, session: Session, files: Files) -> None:
    evidence = make.evidence(passage="opened by the mayor")
    assert check_copy(session, files, evidence) is None
    check(session, files, evidence.source_id)
    assert found(evidence) is None


@pytest.mark.parametrize(
    ("passage", "metres", "expected"),
    [
        ("It was opened by the mayor", 120, (InCopy.FOUND, InCopy.FOUND)),
        ("It was opened by the king", 130, (InCopy.MISSING, InCopy.MISSING)),
        (None, None, (InCopy.NONE, InCopy.NONE)),
    ],
)
def test_what_evidence_names_is_looked_for(
    make: Factory,
    files: Files,
    passage: str | None,
    metres: float | None,
    expected: tuple[InCopy, InCopy],
) -> None:
    source = make.source()
    copy = make.copy(source, text=TEXT, files=files)
    figure = None if metres is None else FigureValue(metres, metres, "metres")
    evidence = make.evidence(source=source, passage=passage, figure=figure, files=files)
    assert found(evidence) == expected
    assert evidence.copy_check is not None
    assert evidence.copy_check.capture is copy


def test_a_newer_copy_replaces_what_was_found(make: Factory, session: Session, files: Files) -> None:
    source = make.source()
    make.copy(source, text=TEXT, files=files)
    evidence = make.evidence(source=source, passage="opened by the mayor", files=files)
    newer = make.copy(source, text="The bridge is closed.", files=files)
    assert list_unchecked(session) == [source.id]
    check(session, files, source.id)
    assert evidence.copy_check is not None
    assert (found(evidence), evidence.copy_check.capture) == ((InCopy.MISSING, InCopy.NONE), newer)
    assert list_unchecked(session) == []


def test_a_copy_without_text_says_nothing(make: Factory, session: Session, files: Files) -> None:
    source = make.source()
    copy = make.copy(source, files=files)
    copy.text_sha256 = None
    session.commit()
    assert found(make.evidence(source=source, passage="The bridge", files=files)) == (InCopy.NONE, InCopy.NONE)


def test_what_was_changed_since_it_was_looked_for_waits_for_the_next_time(
    make: Factory, session: Session, files: Files
) -> None:
    source = make.source()
    changed, kept = (make.evidence(source=source, passage="opened by the mayor") for _ in range(2))
    make.copy(source, text=TEXT, files=files)
    looked = look(session, files, source.id)
    edit_evidence(
        session,
        actor=make.regular(Role.CHECKER),
        evidence_id=changed.id,
        revision=changed.revision,
        stance=Stance.SUPPORTS,
        rank=None,
        summary="What the mayor did.",
        passage="closed by the mayor",
        locator=None,
        looked_on=date(2026, 1, 1),
    )
    added = make.evidence(source=source, passage="120 metres")
    check_source(session, looked)
    assert [found(one) for one in (changed, kept, added)] == [None, (InCopy.FOUND, InCopy.NONE), None]
    assert list_unchecked(session) == [source.id]
    check(session, files, source.id)
    assert (found(changed), found(added)) == ((InCopy.MISSING, InCopy.NONE), (InCopy.FOUND, InCopy.NONE))


def test_what_was_found_in_an_older_text_is_not_said_of_the_newest(
    make: Factory, session: Session, files: Files
) -> None:
    source = make.source()
    evidence = make.evidence(source=source, passage="opened by the mayor")
    make.copy(source, text=TEXT, files=files)
    looked = look(session, files, source.id)
    make.copy(source, text="The bridge is closed.", files=files)
    check_source(session, looked)
    assert (found(evidence), list_unchecked(session)) == (None, [source.id])


def keep_secret(make: Factory, session: Session, files: Files) -> Capture:
    """A copy of a confidential source, brought by one of those who may know it."""
    reader = make.person()
    source = make.confidential(actor=reader)
    kept = read_upload(files, data=TEXT.encode(), name="memo.txt", media_type="text/plain")
    copy = keep_upload(session, actor=reader, source_id=source.id, kept=kept)
    session.commit()
    return copy


class TestConfidential:
    """Whoever may add evidence could else try words out on a copy that only a few may read."""

    def test_its_copy_answers_nobody(self, make: Factory, session: Session, files: Files) -> None:
        source = keep_secret(make, session, files).source
        evidence = make.evidence(source=source, passage="opened by the mayor", files=files)
        assert check_copy(session, files, evidence) is None
        assert look(session, files, source.id).found == {}
        check(session, files, source.id)
        assert (found(evidence), list_unchecked(session)) == (None, [])

    def test_what_was_said_before_is_dropped(self, make: Factory, session: Session, files: Files) -> None:
        copy = keep_secret(make, session, files)
        source = copy.source
        pieces = [make.evidence(source=source, passage="opened by the mayor") for _ in range(2)]
        for evidence in pieces:
            evidence.copy_check = CopyCheck(capture=copy, passage=InCopy.FOUND, figure=InCopy.NONE)
        session.commit()
        assert check_copy(session, files, pieces[0]) is None
        assert found(pieces[0]) is None
        assert list_unchecked(session) == [source.id]
        check(session, files, source.id)
        assert (found(pieces[1]), list_unchecked(session)) == (None, [])


def test_withdrawn_evidence_is_not_looked_for(make: Factory, session: Session, files: Files) -> None:
    evidence = make.evidence(passage="The bridge")
    withdraw_evidence(session, actor=make.regular(Role.CHECKER), evidence_id=evidence.id, why="Misread.")
    session.commit()
    make.copy(evidence.source, files=files)
    check(session, files, evidence.source_id)
    assert (found(evidence), list_unchecked(session)) == (None, [])


class TestWhatCanBeCaptured:
    def test_live_sources_with_an_address(self, make: Factory, session: Session) -> None:
        one, withdrawn = make.source(), make.source()
        make.source(address=None, title="A book")
        make.confidential()
        withdraw_source(session, actor=make.regular(Role.CHECKER), source_id=withdrawn.id, why="A double.")
        assert list_capturable(session) == [one]
        assert list_capturable(session, source_id=withdrawn.id) == []

    def test_of_an_article_those_that_its_live_claims_rest_on(self, make: Factory, session: Session) -> None:
        article = make.article()
        used, other = make.evidence(make.claim(article)), make.evidence()
        gone = make.evidence(make.claim(article))
        withdraw_claim(session, actor=make.regular(Role.CHECKER), claim_id=gone.claim_id, why="Opened twice.")
        assert list_capturable(session, article_id=article.id) == [used.source]
        assert other.source in list_capturable(session)

    def test_those_without_a_copy(self, make: Factory, session: Session) -> None:
        kept, failed = make.source(), make.source()
        make.copy(kept)
        make.failed_capture(failed)
        assert list_capturable(session, only_missing=True) == [failed]
