"""What the desk holds, and whether its history does."""

import json

import pytest
from sqlalchemy import select

from claims_app.claims.withdrawing import withdraw_claim
from claims_app.db import writing
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Person
from tests.cli.command import Desk

OPEN = ("DROP TRIGGER history_no_update", "DROP TRIGGER history_no_delete")


class TestStatus:
    def test_counts_what_is_there(self, example: Desk) -> None:
        found = json.loads(example.did("status", "--json"))
        assert (found["articles"], found["claims"], found["evidence"], found["sources"]) == (1, 104, 182, 118)
        assert found["claims_by_status"]["verified"] == 52
        assert sum(found["claims_by_status"].values()) == 104
        assert found["people"] == 1
        assert found["history_entries"] > 500
        assert found["data"] == str(example.data)

    def test_leaves_out_what_is_withdrawn(self, example: Desk) -> None:
        with example.session() as session, writing(session):
            withdraw_claim(session, actor=session.get_one(Person, 1), claim_id=1, why="Twice here.")
        found = json.loads(example.did("status", "--json"))
        assert (found["claims"], found["evidence"], found["claims_by_status"]["partly"]) == (103, 179, 26)

    def test_can_be_read_by_people(self, example: Desk) -> None:
        lines = [line.split() for line in example.did("status").splitlines()]
        assert ["claims", "104"] in lines
        assert ["disputed", "17"] in lines
        assert ["history", "entries"] in [line[:2] for line in lines]


class TestHistory:
    def test_a_whole_history_is_said_to_be(self, example: Desk) -> None:
        with example.session() as session:
            last = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc())).first()
        assert last is not None
        assert example.did("history", "verify") == (
            f"The history is whole: {last.id} entries; the last one is {last.id} with hash {last.hash}.\n"
        )

    @pytest.mark.parametrize(
        ("damage", "told"),
        [
            (["UPDATE history SET why = 'Another reason' WHERE id = 20"], ["Entry 20 was changed."]),
            (["UPDATE history SET at = '2020-01-01 00:00:00.000000' WHERE id = 7"], ["Entry 7 was changed."]),
            (["DELETE FROM history WHERE id IN (30, 31)"], ["Entry 30 is missing.", "Entry 31 is missing."]),
            (["DELETE FROM history WHERE id = (SELECT max(id) FROM history)"], ["is missing."]),
            (
                [
                    "UPDATE history SET id = 100000 WHERE id = 40",
                    "UPDATE history SET id = 40 WHERE id = 41",
                    "UPDATE history SET id = 41 WHERE id = 100000",
                ],
                [
                    "Entry 40 was moved here from place 41.",
                    "Entry 41 was moved here from place 40.",
                    "Entry 42 does not follow the entry before it.",
                ],
            ),
        ],
        ids=["changed", "backdated", "missing", "cut off", "moved"],
    )
    def test_every_fault_is_named(self, example: Desk, damage: list[str], told: list[str]) -> None:
        example.execute(*OPEN, *damage)
        result = example.claims("history", "verify")
        assert result.exit_code == 1
        lines = result.stdout.splitlines()
        assert len(lines) == len(told)
        assert all(line.endswith(end) for line, end in zip(lines, told, strict=True))
        number = "1 fault" if len(told) == 1 else f"{len(told)} faults"
        assert result.stderr == f"The history does not hold: {number}.\n"

    def test_the_database_itself_refuses_a_change(self, example: Desk) -> None:
        with pytest.raises(Exception, match="history is append-only"):
            example.execute("UPDATE history SET why = 'x' WHERE id = 1")
