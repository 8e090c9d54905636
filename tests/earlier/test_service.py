"""Bringing in what was published before: once, anew, withdrawn and restored, with its history."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.claimreview.reading import read_reviews
from claims_app.db import today
from claims_app.earlier.model import EarlierCheck, EarlierImport, EarlierReading
from claims_app.earlier.service import File, Outcome, import_reviews, plan_import, restore_check, withdraw_check
from claims_app.errors import DomainError, NotAllowed
from claims_app.history.model import HistoryEntry, Subject
from claims_app.history.service import verify_history
from claims_app.people.model import Role
from tests.factories import Factory

NODE: dict[str, Any] = {
    "@type": "ClaimReview",
    "claimReviewed": "The bridge is 300 metres long.",
    "url": "https://www.checkers.example/bridge?utm_source=feed",
    "author": "The Checkers",
    "datePublished": "2024-03-05",
    "reviewRating": {"ratingValue": 1, "bestRating": 5, "worstRating": 1, "alternateName": "False"},
}


def file(*nodes: dict[str, Any], name: str = "page.json") -> File:
    return File(name, read_reviews(json.dumps(list(nodes)).encode(), today=today()))


def count(session: Session, kind: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def bring(session: Session, make: Factory, *files: File) -> list[Outcome]:
    _brought, planned = import_reviews(session, actor=make.regular(Role.EDITOR), files=files)
    session.commit()
    return [one.outcome for one in planned]


def entries(session: Session, subject: Subject) -> list[HistoryEntry]:
    return list(session.scalars(select(HistoryEntry).where(HistoryEntry.subject == subject).order_by(HistoryEntry.id)))


def test_a_review_is_kept_with_the_object_as_it_was_read(session: Session, make: Factory) -> None:
    assert bring(session, make, file(NODE, name="C:\\saved\\../page.json")) == [Outcome.ADDED]
    check = session.scalars(select(EarlierCheck)).one()
    assert (check.claim, check.publisher, check.site, check.rating, check.rating_best) == (
        "The bridge is 300 metres long.",
        "The Checkers",
        "checkers.example",
        "False",
        "5",
    )
    (reading,) = check.readings
    assert (reading.raw, reading.file_name, reading.form) == (NODE, "page.json", "json_ld")
    assert reading.brought.person_id == make.regular(Role.EDITOR).id


def test_the_same_twice_adds_nothing(session: Session, make: Factory) -> None:
    bring(session, make, file(NODE))
    before = count(session, HistoryEntry)
    assert bring(session, make, file(NODE), file(dict(reversed(NODE.items())), name="other.json")) == [
        Outcome.KNOWN,
        Outcome.KNOWN,
    ]
    numbers = [count(session, kind) for kind in (EarlierCheck, EarlierReading, EarlierImport, HistoryEntry)]
    assert numbers == [1, 1, 1, before]


def test_a_new_reading_replaces_what_it_says_and_loses_nothing(session: Session, make: Factory) -> None:
    bring(session, make, file(NODE))
    newer = {
        "@type": "ClaimReview",
        "claimReviewed": "The bridge is 300 METRES long",
        "url": "http://checkers.example/bridge",
        "reviewRating": {"alternateName": "Mostly false"},
        "itemReviewed": {"@type": "Claim", "appearance": ["https://a.example/1", "https://a.example/2"]},
    }
    assert bring(session, make, file(newer), file(NODE)) == [Outcome.RENEWED, Outcome.KNOWN]
    session.expire_all()
    check = session.scalars(select(EarlierCheck)).one()
    assert (check.rating, check.rating_value, check.reviewed_on) == ("Mostly false", "1", "2024-03-05")
    assert [reading.raw for reading in check.readings] == [newer, NODE]
    changes = entries(session, Subject.EARLIER_CHECK)[-1].changes
    assert changes["rating"] == ["False", "Mostly false"]
    assert changes["appearances"] == ["", "https://a.example/1, https://a.example/2"]


def test_another_claim_of_the_page_is_another_check(session: Session, make: Factory) -> None:
    other = {**NODE, "claimReviewed": ["The bridge is new.", "The bridge is closed."]}
    assert bring(session, make, file(NODE, other)) == [Outcome.ADDED] * 3


def test_a_review_without_an_address_is_known_by_its_publisher(session: Session, make: Factory) -> None:
    bare = {name: value for name, value in NODE.items() if name != "url"}
    bring(session, make, file(bare))
    assert bring(session, make, file({**bare, "inLanguage": "en"})) == [Outcome.RENEWED]
    assert bring(session, make, file({**bare, "author": "Others"})) == [Outcome.ADDED]


def test_the_history_has_one_entry_for_the_import_and_one_for_each_record(session: Session, make: Factory) -> None:
    bring(session, make, file(NODE, {**NODE, "claimReviewed": "It is new."}, {"@type": "ClaimReview"}))
    (brought,) = entries(session, Subject.EARLIER_IMPORT)
    assert brought.changes == {"files": [None, "page.json"], "added": [None, 2], "refused": [None, 1]}
    assert [entry.changes["claim"][1] for entry in entries(session, Subject.EARLIER_CHECK)] == [
        "The bridge is 300 metres long.",
        "It is new.",
    ]
    assert list(verify_history(session)) == []


def test_planning_changes_nothing(session: Session) -> None:
    before = count(session, HistoryEntry)
    assert [one.outcome for one in plan_import(session, [file(NODE)])] == [Outcome.ADDED]
    assert (count(session, EarlierCheck), count(session, HistoryEntry)) == (0, before)


def test_withdrawn_it_stays_withdrawn_when_it_is_read_again(session: Session, make: Factory) -> None:
    bring(session, make, file(NODE))
    editor, check = make.regular(Role.EDITOR), session.scalars(select(EarlierCheck)).one()
    withdraw_check(session, actor=editor, check_id=check.id, why="Satire.")
    assert bring(session, make, file(NODE)) == [Outcome.KNOWN]
    assert check.withdrawn_at is not None
    with pytest.raises(DomainError, match="withdrawn already"):
        withdraw_check(session, actor=editor, check_id=check.id, why="Again.")
    assert restore_check(session, actor=editor, check_id=check.id).withdrawn_at is None
    with pytest.raises(DomainError, match="is not withdrawn"):
        restore_check(session, actor=editor, check_id=check.id)
    with pytest.raises(DomainError, match="Give the reason"):
        withdraw_check(session, actor=editor, check_id=check.id, why=" ")


def test_it_needs_an_editor(session: Session, make: Factory) -> None:
    checker = make.person(role=Role.CHECKER)
    with pytest.raises(NotAllowed):
        import_reviews(session, actor=checker, files=[file(NODE)])
    with pytest.raises(NotAllowed):
        withdraw_check(session, actor=checker, check_id=make.earlier_check().id, why="No.")
