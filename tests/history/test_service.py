"""Writing the record, and finding every way in which somebody could have tampered with it."""

import enum
from collections.abc import Sequence
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from claims_app.history.model import GENESIS, Action, HistoryEntry, HistoryHead, Subject
from claims_app.history.service import DESK, Fault, change, differences, first_values, plain, record, verify_history
from claims_app.people.service import edit_person
from tests.factories import Factory


class Colour(enum.StrEnum):
    RED = "red"


class TestChanges:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (Colour.RED, "red"),
            (date(2026, 1, 2), "2026-01-02"),
            (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00+00:00"),
            ("text", "text"),
            (1.5, 1.5),
            (True, True),
            (None, None),
        ],
    )
    def test_values_are_kept_as_json_can_hold_them(self, value: object, shown: object) -> None:
        assert plain(value) == shown
        assert type(plain(value)) is type(shown)

    def test_only_what_differs_is_told(self) -> None:
        before = {"kind": Colour.RED, "section": "A"}
        assert differences(before, {"kind": Colour.RED, "section": "B", "notes": "new"}) == {
            "section": ["A", "B"],
            "notes": [None, "new"],
        }

    def test_a_new_record_begins_with_what_is_filled_in(self) -> None:
        assert first_values(name="Dana", notes=None, section="", is_attributed=False, number=0) == {
            "name": [None, "Dana"],
        }

    def test_changing_a_record_sets_and_tells(self) -> None:
        record = SimpleNamespace(kind="old", section="A")
        assert change(record, {"kind": "new", "section": "A"}) == {"kind": ["old", "new"]}
        assert record == SimpleNamespace(kind="new", section="A")

    def test_changing_nothing_tells_nothing(self) -> None:
        assert change(SimpleNamespace(kind="old"), {"kind": "old"}) == {}


def write(session: Session, number: int = 1, **details: Any) -> list[HistoryEntry]:
    """Append entries as the desk itself."""
    entries = [
        record(
            session,
            **(
                {
                    "actor": None,
                    "action": Action.CHANGED,
                    "subject": Subject.CLAIM,
                    "subject_id": place,
                    "claim_id": place,
                    "article_id": 1,
                    "changes": {"kind": ["figure", "date"]},
                    "why": f"Reason {place}",
                }
                | details
            ),
        )
        for place in range(1, number + 1)
    ]
    session.commit()
    return entries


class TestWriting:
    def test_entries_are_chained_from_the_first(self, session: Session) -> None:
        first, second, third = write(session, 3)
        assert [first.id, second.id, third.id] == [1, 2, 3]
        assert first.previous_hash == GENESIS
        assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
        head = session.get_one(HistoryHead, 1)
        assert (head.last_id, head.last_hash) == (3, third.hash)

    def test_what_is_rolled_back_leaves_no_gap(self, session: Session) -> None:
        write(session)
        record(session, actor=None, action=Action.EXPORTED, subject=Subject.DESK)
        session.flush()
        session.rollback()
        assert [entry.id for entry in write(session)] == [2]
        assert list(verify_history(session)) == []

    def test_where_no_person_acted_the_desk_did(self, session: Session) -> None:
        (entry,) = write(session)
        assert (entry.actor_id, entry.actor_name) == (None, DESK)

    def test_a_later_name_does_not_rewrite_the_past(self, session: Session, make: Factory) -> None:
        person = make.person(name="Dana Levi")
        (entry,) = write(session, actor=person)
        edit_person(
            session,
            actor=None,
            person_id=person.id,
            revision=1,
            email=person.email,
            name="Dana Cohen",
            role=person.role,
        )
        session.commit()
        session.expire_all()
        assert (entry.actor_id, entry.actor_name) == (person.id, "Dana Levi")


def open_to_tampering(session: Session) -> None:
    """Take away what keeps even the database's owner from changing the record by accident."""
    for verb in ("update", "delete"):
        session.execute(text(f"DROP TRIGGER IF EXISTS history_no_{verb}"))


def faults(session: Session) -> list[tuple[int, str]]:
    session.commit()
    session.expire_all()
    return [(fault.entry, fault.problem) for fault in verify_history(session)]


def rehash(session: Session, number: int) -> None:
    """Do what a careful forger does: make the changed entry's digest right again."""
    session.expire_all()
    entry = session.get_one(HistoryEntry, number)
    session.execute(update(HistoryEntry).where(HistoryEntry.id == number).values(hash=entry.digest()))


def renumber(session: Session, moves: dict[int, int]) -> None:
    for old in moves:
        session.execute(text("UPDATE history SET id = -id WHERE id = :old"), {"old": old})
    for old, new in moves.items():
        session.execute(text("UPDATE history SET id = :new WHERE id = :old"), {"old": -old, "new": new})


BROKEN = "does not follow the entry before it"
END = "is not the entry that the record says it ends with"

TAMPERING: list[tuple[str, Sequence[str], list[tuple[int, str]]]] = [
    ("nothing was done", [], []),
    ("a reason was changed", ["UPDATE history SET why = 'x' WHERE id = 3"], [(3, "was changed")]),
    ("the first entry was changed", ["UPDATE history SET actor_name = 'x' WHERE id = 1"], [(1, "was changed")]),
    ("the last entry was changed", ["UPDATE history SET actor_name = 'x' WHERE id = 6"], [(6, "was changed")]),
    (
        "a word inside the changes was changed",
        ["UPDATE history SET changes = replace(changes, 'date', 'quote') WHERE id = 2"],
        [(2, "was changed")],
    ),
    (
        "a digest was changed",
        ["UPDATE history SET hash = replace(hex(zeroblob(32)), '0', 'a') WHERE id = 4"],
        [(4, "was changed"), (5, BROKEN)],
    ),
    ("one was taken out of the middle", ["DELETE FROM history WHERE id = 3"], [(3, "is missing")]),
    ("two were taken out", ["DELETE FROM history WHERE id IN (2, 5)"], [(2, "is missing"), (5, "is missing")]),
    ("the first was taken out", ["DELETE FROM history WHERE id = 1"], [(1, "is missing")]),
    ("the last was taken out", ["DELETE FROM history WHERE id = 6"], [(6, "is missing")]),
    ("the tail was taken out", ["DELETE FROM history WHERE id > 3"], [(n, "is missing") for n in (4, 5, 6)]),
    ("all were taken out", ["DELETE FROM history"], [(n, "is missing") for n in range(1, 7)]),
    (
        "the tail was taken out and the end set back by its number alone",
        ["DELETE FROM history WHERE id > 3", "UPDATE history_head SET last_id = 3"],
        [(3, END)],
    ),
    (
        "one was added past the end",
        [
            "CREATE TEMP TABLE copy AS SELECT * FROM history WHERE id = 6",
            "UPDATE copy SET id = 7, previous_hash = hash",
            "INSERT INTO history SELECT * FROM copy",
        ],
        [(7, "was changed"), (7, END)],
    ),
    (
        "the end points elsewhere",
        ["UPDATE history_head SET last_hash = replace(hex(zeroblob(32)), '0', 'b')"],
        [(6, END)],
    ),
]


@pytest.mark.parametrize(("tampering", "statements", "found"), TAMPERING, ids=[row[0] for row in TAMPERING])
def test_tampering_is_found(
    session: Session, tampering: str, statements: Sequence[str], found: list[tuple[int, str]]
) -> None:
    write(session, 6)
    open_to_tampering(session)
    for statement in statements:
        session.execute(text(statement))
    assert faults(session) == found, tampering


class TestCarefulForgers:
    def test_two_entries_that_changed_places_are_both_named(self, session: Session) -> None:
        write(session, 6)
        open_to_tampering(session)
        renumber(session, {2: 5, 5: 2})
        assert faults(session)[:1] == [(2, "was moved here from place 5")]
        assert (5, "was moved here from place 2") in faults(session)

    def test_closing_the_gap_by_renumbering_shows(self, session: Session) -> None:
        write(session, 4)
        open_to_tampering(session)
        session.execute(delete(HistoryEntry).where(HistoryEntry.id == 2))
        renumber(session, {3: 2, 4: 3})
        assert faults(session) == [
            (2, "was moved here from place 3"),
            (3, "was moved here from place 4"),
            (4, "is missing"),
        ]

    def test_a_changed_entry_with_its_digest_made_right_breaks_the_next(self, session: Session) -> None:
        write(session, 4)
        open_to_tampering(session)
        session.execute(update(HistoryEntry).where(HistoryEntry.id == 2).values(why="forged"))
        rehash(session, 2)
        assert faults(session) == [(3, BROKEN)]

    def test_a_changed_last_entry_with_its_digest_made_right_is_not_the_end(self, session: Session) -> None:
        write(session, 4)
        open_to_tampering(session)
        session.execute(update(HistoryEntry).where(HistoryEntry.id == 4).values(why="forged"))
        rehash(session, 4)
        assert faults(session) == [(4, END)]

    def test_a_whole_entry_slipped_in_before_the_first_shows(self, session: Session) -> None:
        write(session, 2)
        open_to_tampering(session)
        values = dict(session.execute(select(*HistoryEntry.__table__.columns)).mappings().first() or {})
        forged = HistoryEntry(**(values | {"id": 0}))
        session.execute(insert(HistoryEntry).values(values | {"id": 0, "hash": forged.digest()}))
        assert faults(session) == [(1, BROKEN)]

    def test_a_great_gap_is_told_briefly(self, session: Session) -> None:
        write(session, 260)
        open_to_tampering(session)
        session.execute(text("DELETE FROM history WHERE id BETWEEN 2 AND 250"))
        assert len(faults(session)) == 100


def test_faults_come_in_the_order_of_the_record(session: Session) -> None:
    write(session, 6)
    open_to_tampering(session)
    session.execute(text("UPDATE history SET why = 'x' WHERE id IN (1, 6)"))
    session.execute(text("DELETE FROM history WHERE id = 4"))
    assert list(verify_history(session)) == [
        Fault(1, "was changed"),
        Fault(4, "is missing"),
        Fault(6, "was changed"),
    ]


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
ANY_VALUE = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | ANY_TEXT
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "action": st.sampled_from(Action),
            "subject": st.sampled_from(Subject),
            "subject_id": st.none() | st.integers(1, 2**31),
            "claim_id": st.none() | st.integers(1, 2**31),
            "changes": st.dictionaries(ANY_TEXT, st.lists(ANY_VALUE, min_size=2, max_size=2), max_size=3),
            "why": st.none() | ANY_TEXT,
        }
    ),
    min_size=1,
    max_size=6,
)
MUTATIONS: dict[str, Any] = {
    "at": datetime(2001, 1, 1, tzinfo=UTC),
    "actor_name": "Somebody else",
    "action": "never",
    "subject": "nothing",
    "subject_id": 2**33,
    "claim_id": 2**33,
    "article_id": 2**33,
    "changes": {"never": [1, 2]},
    "why": "a reason that no example draws",
    "previous_hash": "c" * 64,
    "hash": "d" * 64,
}


def begin_anew(session: Session) -> None:
    open_to_tampering(session)
    session.execute(delete(HistoryEntry))
    session.execute(update(HistoryHead).values(last_id=0, last_hash=GENESIS))
    session.commit()


@given(entries=ENTRIES)
@settings(max_examples=40)
def test_whatever_is_written_holds(session: Session, entries: list[dict[str, Any]]) -> None:
    begin_anew(session)
    for details in entries:
        write(session, **details)
    assert faults(session) == []


@given(entries=ENTRIES, field=st.sampled_from(sorted(MUTATIONS)), place=st.integers(0, 5))
@settings(max_examples=60)
def test_any_single_change_is_found_where_it_was_made(
    session: Session, entries: list[dict[str, Any]], field: str, place: int
) -> None:
    begin_anew(session)
    for details in entries:
        write(session, **details)
    changed = place % len(entries) + 1
    session.execute(update(HistoryEntry).where(HistoryEntry.id == changed).values({field: MUTATIONS[field]}))
    assert faults(session)[0] == (changed, "was changed")


@given(entries=ENTRIES, place=st.integers(0, 5))
@settings(max_examples=30)
def test_any_single_loss_is_found_where_it_happened(
    session: Session, entries: list[dict[str, Any]], place: int
) -> None:
    begin_anew(session)
    for details in entries:
        write(session, **details)
    lost = place % len(entries) + 1
    session.execute(delete(HistoryEntry).where(HistoryEntry.id == lost))
    assert faults(session) == [(lost, "is missing")]
