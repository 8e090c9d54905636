"""What changed between two sign-offs."""

import csv
import io
import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.claims.withdrawing import withdraw_claim
from claims_app.comments.model import CommentKind
from claims_app.errors import DomainError, NotFound
from claims_app.evidence.service import withdraw_evidence
from claims_app.people.model import Role
from claims_app.reports.as_difference import AROUND, DIFFERENCES, shorten
from claims_app.reports.difference import Difference, TextChange, What, gather_difference
from claims_app.reports.facts import Audience
from claims_app.signoff.model import SignOff
from claims_app.verdicts.model import Finding
from claims_app.verdicts.service import confirm_verdict, reopen_claim
from tests.factories import Factory
from tests.reports.conftest import FIRST, SECOND


@pytest.fixture
def twice(make: Factory, session: Session) -> tuple[Article, SignOff, SignOff]:
    """An article that was signed, worked on, and signed again."""
    editor = make.person(name="Noa Barak", role=Role.EDITOR)
    article = make.article(title_he="הגשר", title_en="The bridge", text=FIRST)
    first, second, third = (make.claim(article) for _ in range(3))
    make.place(first, "אורך הגשר 120 מטרים")
    make.verdict(first, rationale_en="The plan says so.")
    hidden = make.confidential()
    proof = make.evidence(second, summary="An old map shows it.")
    make.evidence(second, source=hidden, summary="The neighbour says so.")
    make.verdict(third)
    make.waiver(article, "נעצרו 12 מפגינים", why="A secret reason.")
    before = make.sign_off(article, actor=editor, override_why="Late.")
    make.revision(article, SECOND)
    confirm_verdict(session, actor=editor, claim_id=first.id, why="It is 110 now.")
    withdraw_evidence(session, actor=editor, evidence_id=proof.id, why="Another bridge.")
    make.evidence(second, summary="A new map shows it.")
    withdraw_claim(session, actor=editor, claim_id=third.id, why="Not said.")
    session.commit()
    make.claim(article, statement_en="The bridge is red.")
    make.comment(second, kind=CommentKind.QUERY, text="Which map?")
    make.waiver(article, "9,000 cars", why="Counted.")
    reopen_claim(session, actor=editor, claim_id=first.id, why="New plan.")
    session.commit()
    make.verdict(first, finding=Finding.PARTLY, rationale_en="The plan says so, in part.", actor=editor)
    return article, before, make.sign_off(article, actor=editor, override_why="Now.")


def compare(
    session: Session, twice: tuple[Article, SignOff, SignOff], audience: Audience = Audience.INTERNAL
) -> Difference:
    article, before, after = twice
    return gather_difference(
        session, article.id, after.digest[:10], before.digest, made_by="Noa Barak", language="en", audience=audience
    )


def test_it_tells_what_came_went_and_changed(session: Session, twice: tuple[Article, SignOff, SignOff]) -> None:
    found = compare(session, twice)
    assert (found.before.digest, found.after.digest) == (twice[1].digest, twice[2].digest)
    assert {claim.number: claim.what for claim in found.claims} == {
        1: What.CHANGED,
        2: What.CHANGED,
        3: What.GONE,
        4: What.ADDED,
    }
    first, second = found.claims[:2]
    changed = {one.field: (one.before, one.after) for one in first.fields}
    assert changed["status"] == ("verified", "partly")
    assert changed["rationale_en"] == ("The plan says so.", "The plan says so, in part.")
    assert changed["words"] == ("אורך הגשר 120 מטרים", "אורך הגשר 110 מטרים")
    assert changed["proposed_by"] == ("Regular checker", "Noa Barak")
    assert [(one.what, one.says) for one in second.evidence] == [
        (What.ADDED, "A new map shows it."),
        (What.GONE, "An old map shows it."),
    ]
    assert [(one.what, one.says) for one in found.waivers] == [(What.ADDED, "Counted.")]
    assert [(one.what, one.says) for one in found.queries] == [(What.ADDED, "Which map?")]
    assert "".join(one.before for one in found.text) == FIRST
    assert "".join(one.after for one in found.text) == SECOND
    assert ("120 ", "110 ") in [(one.before, one.after) for one in found.text]


def test_what_is_not_for_readers_is_left_out(session: Session, twice: tuple[Article, SignOff, SignOff]) -> None:
    found = compare(session, twice, Audience.PUBLIC)
    secrets = (
        "Noa Barak",
        "Regular",
        "secret reason",
        "Counted",
        "Which map",
        "neighbour",
        "Confidential",
        "It is 110",
    )
    for name, (_type, write) in DIFFERENCES.items():
        told = write(found, "UTC").decode("utf-8-sig")
        assert [secret for secret in secrets if secret in told] == [], name
        assert "A new map shows it." in told


def test_each_file_tells_the_same(session: Session, twice: tuple[Article, SignOff, SignOff]) -> None:
    found = compare(session, twice)
    data = json.loads(DIFFERENCES["json"][1](found, "UTC"))
    assert data["schema"] == "claims-desk/difference/1"
    assert [(claim["number"], claim["what"]) for claim in data["claims"]] == [
        (claim.number, claim.what) for claim in found.claims
    ]
    assert "letterhead" not in data
    rows = list(csv.DictReader(io.StringIO(DIFFERENCES["csv"][1](found, "UTC").decode("utf-8-sig"), newline="")))
    assert {row["Number"] for row in rows if row["Part"] == "Claim"} == {"1", "2", "3", "4"}
    assert [(row["Before"], row["After"]) for row in rows if row["Field"] == "Status"] == [("Verified", "Partly")]
    page = DIFFERENCES["html"][1](found, "UTC").decode()
    assert page.count('class="item"') == 4
    assert "added: 1, dropped: 1, changed: 2" in page
    assert "<del>120 </del><ins>110 </ins>" in page


def test_the_same_twice_and_what_is_no_sign_off_are_refused(
    session: Session, twice: tuple[Article, SignOff, SignOff]
) -> None:
    article, before, _after = twice
    how: dict[str, Any] = {"made_by": "Noa Barak", "language": "en"}
    with pytest.raises(DomainError, match="The same was signed both times"):
        gather_difference(session, article.id, before.digest, before.digest[:7], **how)
    with pytest.raises(NotFound):
        gather_difference(session, article.id, before.digest, "", **how)


def test_what_stayed_is_shortened_around_what_changed() -> None:
    same = "a" * AROUND * 3
    changes = (TextChange("equal", same, same), TextChange("replace", "x", "y"), TextChange("equal", same, same))
    first, middle, last = shorten(changes)
    assert first.before.startswith("[…]")
    assert last.before.endswith("[…]")
    assert middle == changes[1]
    assert len(first.before) < AROUND + 10
