"""The moves a claim's status can make, and what a claim keeps about itself."""

import itertools

import pytest
from sqlalchemy.orm import Session

from claims_app.claims.model import DECIDED, MOVES, UNDECIDED, Claim, Priority, Status
from claims_app.comments.model import Comment, CommentKind
from claims_app.db import now
from claims_app.errors import IllegalMove
from claims_app.evidence.model import Stance
from tests.factories import Factory

LEGAL: dict[tuple[str, str], str] = {
    ("unchecked", "checking"): "somebody begins",
    ("checking", "unchecked"): "it is put back",
    ("checking", "awaiting"): "a verdict waits for a second person",
    **dict.fromkeys(itertools.product(["checking"], DECIDED), "a verdict needs no second person"),
    ("awaiting", "checking"): "the second person sends it back",
    **dict.fromkeys(itertools.product(["awaiting"], DECIDED), "the second person confirms"),
    **dict.fromkeys(itertools.product(DECIDED, ["checking"]), "it is opened again"),
}
TABLE = list(itertools.product(Status, Status))


def ids(pairs: list[tuple[Status, Status]]) -> list[str]:
    return [f"{before}-{after}" for before, after in pairs]


@pytest.mark.parametrize(("before", "after"), TABLE, ids=ids(TABLE))
def test_a_move_is_legal_or_refused_by_name(before: Status, after: Status) -> None:
    claim = Claim(status=before)
    if (before, after) in LEGAL:
        claim.check_move(after)
    else:
        with pytest.raises(IllegalMove) as refusal:
            claim.check_move(after)
        assert refusal.value.values == {"from": before, "to": after}
        assert str(refusal.value) == f"A claim cannot go from {before} to {after}."
    assert claim.status is before


def test_every_status_is_decided_or_not_and_can_be_left() -> None:
    assert sorted([*DECIDED, *UNDECIDED]) == sorted(Status)
    assert all(MOVES[status] for status in Status)
    assert [Claim(status=status).is_decided for status in Status] == [status in DECIDED for status in Status]


class TestSearchText:
    def test_follows_both_statements(self) -> None:
        claim = Claim(statement_he="הגשר ארוך.", statement_en="The bridge is long.")
        assert set(claim.search_text.split()) == {"הגשר", "גשר", "ארוך", "the", "bridge", "is", "long"}
        claim.statement_en = None
        assert claim.search_text == "הגשר גשר ארוך"
        claim.statement_he = "הגשר קצר."
        assert claim.search_text == "הגשר גשר קצר"

    def test_does_not_care_which_statement_came_first(self) -> None:
        one, other = Claim(), Claim()
        one.statement_he, one.statement_en = "גשר", "bridge"
        other.statement_en, other.statement_he = "bridge", "גשר"
        assert set(one.search_text.split()) == set(other.search_text.split()) == {"גשר", "bridge"}


class TestWhatTheDatabaseWorksOut:
    @pytest.mark.parametrize(("priority", "urgency"), [(Priority.LOW, 0), (Priority.NORMAL, 1), (Priority.HIGH, 2)])
    def test_urgency_follows_the_priority(
        self, session: Session, make: Factory, priority: Priority, urgency: int
    ) -> None:
        claim = make.claim(priority=priority)
        session.refresh(claim)
        assert claim.urgency == urgency

    @pytest.mark.parametrize(
        ("stances", "proof"),
        [
            ([], "none"),
            ([Stance.CONTEXT], "some"),
            ([Stance.SUPPORTS, Stance.CONTEXT], "some"),
            ([Stance.REFUTES], "some"),
            ([Stance.SUPPORTS, Stance.REFUTES], "conflict"),
        ],
    )
    def test_proof_follows_the_evidence(
        self, session: Session, make: Factory, stances: list[Stance], proof: str
    ) -> None:
        claim = make.claim()
        for stance in stances:
            make.evidence(claim, stance=stance)
        session.refresh(claim)
        assert claim.proof == proof


@pytest.mark.parametrize(
    ("comment", "is_open"),
    [
        (Comment(kind=CommentKind.QUERY), True),
        (Comment(kind=CommentKind.QUERY, answer="Yes."), False),
        (Comment(kind=CommentKind.QUERY, withdrawn_at=now()), False),
        (Comment(kind=CommentKind.NOTE), False),
    ],
    ids=["a query", "an answered query", "a withdrawn query", "a note"],
)
def test_a_query_is_open_until_it_is_answered_or_withdrawn(comment: Comment, is_open: bool) -> None:
    assert comment.is_open is is_open
