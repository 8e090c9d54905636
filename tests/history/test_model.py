"""What makes an entry of the history whole, and that the database itself refuses to rewrite one."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from claims_app.history.model import GENESIS, Action, HistoryEntry, HistoryHead, Subject
from claims_app.history.service import record

CONTENT: dict[str, Any] = {
    "id": 1,
    "at": datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
    "actor_id": 7,
    "actor_name": "דנה",
    "action": "changed",
    "subject": "claim",
    "subject_id": 11,
    "claim_id": 11,
    "article_id": 3,
    "changes": {"kind": ["figure", "date"], "figure": [None, "about 40 percent"]},
    "why": "The table was misread.",
    "previous_hash": GENESIS,
}


def entry(**other: Any) -> HistoryEntry:
    return HistoryEntry(**(CONTENT | other))


def test_the_digest_of_an_entry_never_changes() -> None:
    """Records of desks that work already are checked against it."""
    assert entry().digest() == "86d30a3e390ab4a1d4eb96ec00cf0208917d25c6655eccb4a683705703374cc8"


OTHER: dict[str, Any] = {
    "id": 2,
    "at": CONTENT["at"] + timedelta(microseconds=1),
    "actor_id": None,
    "actor_name": "דנה ",
    "action": "created",
    "subject": "source",
    "subject_id": 12,
    "claim_id": None,
    "article_id": 4,
    "changes": {"kind": ["figure", "date"], "figure": ["about 40 percent", None]},
    "why": None,
    "previous_hash": "1" * 64,
}


@pytest.mark.parametrize("field", OTHER)
def test_every_field_counts(field: str) -> None:
    assert entry(**{field: OTHER[field]}).digest() != entry().digest()


def test_every_column_but_the_digest_itself_is_tried_above() -> None:
    assert set(OTHER) == set(CONTENT) == set(HistoryEntry.__table__.columns.keys()) - {"hash"}


def test_the_order_of_changed_fields_does_not_count() -> None:
    turned = dict(reversed(CONTENT["changes"].items()))
    assert entry(changes=turned).digest() == entry().digest()


def test_an_entry_reads_back_as_it_was_hashed(session: Session) -> None:
    written = record(
        session,
        actor=None,
        action=Action.CHANGED,
        subject=Subject.DESK,
        changes={"text": ["שורה\nשנייה", "“quoted” \u200f 1.5"], "number": [None, 0.1]},
        why="כי כך",
    )
    digest = written.hash
    session.commit()
    session.expire_all()
    assert session.get_one(HistoryEntry, written.id).digest() == digest


def test_a_moment_of_another_zone_is_hashed_as_it_will_be_read() -> None:
    """The database keeps UTC, and the one clock of the desk gives UTC; this is why that matters."""
    east = CONTENT["at"].astimezone(timezone(timedelta(hours=2)))
    assert entry(at=east).digest() != entry().digest()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET why = 'another reason'",
        "UPDATE history SET actor_name = actor_name",
        "UPDATE history SET id = id + 1",
        "DELETE FROM history",
        "INSERT OR REPLACE INTO history SELECT * FROM history",
        "DELETE FROM history WHERE id = (SELECT max(id) FROM history)",
    ],
)
def test_the_database_refuses_to_rewrite_the_record(session: Session, statement: str) -> None:
    record(session, actor=None, action=Action.EXPORTED, subject=Subject.DESK)
    session.commit()
    with pytest.raises(DatabaseError, match="history is append-only"):
        session.execute(text(statement))


def test_the_record_begins_empty_and_says_so(session: Session) -> None:
    head = session.get_one(HistoryHead, 1)
    assert (head.last_id, head.last_hash) == (0, GENESIS)
