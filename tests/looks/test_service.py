"""What has to be looked at again is raised once, for somebody, and stays open until a person says what follows."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import claims_app
from claims_app.articles.model import SecondCheck
from claims_app.claims.model import Claim, Status
from claims_app.claims.service import assign_claims
from claims_app.claims.withdrawing import withdraw_claim
from claims_app.errors import DomainError, NotAllowed
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.language import speaking, word
from claims_app.looks.model import Look, LookReason
from claims_app.looks.queries import list_looks, list_looks_for
from claims_app.looks.service import raise_look, settle_claim, settle_look, settle_source
from claims_app.people.model import Role
from claims_app.people.service import set_active
from claims_app.verdicts.service import reopen_claim, return_verdict
from claims_app.words import WORDS
from tests.client import StrictClient
from tests.factories import Factory


@pytest.fixture
def claim(make: Factory) -> Claim:
    claim = make.claim()
    make.verdict(claim)
    return claim


def last_entry(session: Session) -> HistoryEntry:
    return session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()


def test_a_look_is_for_who_has_the_claim_or_else_for_whoever_is_named(
    session: Session, make: Factory, claim: Claim
) -> None:
    dana, noa = make.person(), make.person()
    first = raise_look(session, claim=claim, reason=LookReason.RECHECK, person_id=noa.id)
    assign_claims(session, actor=dana, claim_ids=[claim.id], assignee_id=dana.id)
    second = raise_look(session, claim=claim, reason=LookReason.SOURCE_RULE, person_id=noa.id)
    assert first is not None
    assert second is not None
    assert (first.person_id, second.person_id) == (noa.id, dana.id)
    assert [look.id for look in list_looks(session, claim.id)] == [first.id, second.id]


def test_a_look_stands_in_the_list_of_who_has_the_claim_now(session: Session, make: Factory, claim: Claim) -> None:
    dana, noa, editor = make.person(), make.person(), make.person(role=Role.EDITOR)
    look = raise_look(session, claim=claim, reason=LookReason.RECHECK, person_id=noa.id)
    assert look is not None

    def lists() -> tuple[list[int], list[int], str | None]:
        session.flush()
        session.expire_all()
        of_dana, of_noa = ([one.id for one in list_looks_for(session, person.id)] for person in (dana, noa))
        return of_dana, of_noa, look.holder.name if look.holder else None

    assert lists() == ([], [look.id], noa.name)
    assign_claims(session, actor=editor, claim_ids=[claim.id], assignee_id=dana.id)
    assert lists() == ([look.id], [], dana.name)
    set_active(session, actor=None, person_id=dana.id, is_active=False)
    assert lists()[1:] == ([look.id], noa.name)


def test_no_look_is_for_who_left(session: Session, make: Factory, claim: Claim) -> None:
    dana, noa = make.person(), make.person()
    assign_claims(session, actor=dana, claim_ids=[claim.id], assignee_id=dana.id)
    found = []
    for reason, gone in ((LookReason.RECHECK, dana), (LookReason.DEAD, noa)):
        set_active(session, actor=None, person_id=gone.id, is_active=False)
        look = raise_look(session, claim=claim, reason=reason, person_id=noa.id)
        assert look is not None
        found.append(look.person_id)
    assert found == [noa.id, None]


def test_that_the_rule_is_not_met_is_an_editors_to_answer_for(session: Session, make: Factory, claim: Claim) -> None:
    look = raise_look(session, claim=claim, reason=LookReason.SOURCE_RULE)
    assert look is not None
    with pytest.raises(NotAllowed, match="Only an editor can let the verdict stand without the source rule"):
        settle_look(session, actor=make.person(), look_id=look.id, why="Fine.")
    settle_look(session, actor=make.person(role=Role.EDITOR), look_id=look.id, why="Seen in court.")
    assert not claim.needs_look


def test_every_reason_that_the_desk_itself_gives_is_translated() -> None:
    """The two functions that settle without a person are given their reason as it is, or by a name nearby."""
    reasons = set()
    for path in Path(claims_app.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            names = {
                target.id: node.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for call in calls:
                if isinstance(call.func, ast.Name) and call.func.id in {"settle_claim", "settle_source"}:
                    why = next(keyword.value for keyword in call.keywords if keyword.arg == "why")
                    value = names.get(why.id, why) if isinstance(why, ast.Name) else why
                    if isinstance(value, ast.Constant):
                        reasons.add(value.value)
    assert reasons == WORDS["settled"].keys()
    with speaking("he"):
        assert [reason for reason in reasons if word("settled", reason) == reason] == []


def test_the_history_says_it_in_the_language_of_the_reader(
    session: Session, make: Factory, claim: Claim, client: StrictClient
) -> None:
    raise_look(session, claim=claim, reason=LookReason.SOURCE_RULE)
    settle_claim(session, claim=claim, actor=None, why="The source rule is met again.")
    session.commit()
    client.sign_in(make.person(language="he"))
    for address in (f"/claims/{claim.id}", f"/history?claim={claim.id}"):
        page = client.get(address).text
        assert "כלל המקורות שוב מתקיים." in page
        assert "The source rule is met again." not in page


def test_the_same_is_raised_once_until_it_is_settled(session: Session, make: Factory, claim: Claim) -> None:
    source, other = make.source(), make.source()
    look = raise_look(session, claim=claim, reason=LookReason.DEAD, source=source)
    assert look is not None
    assert raise_look(session, claim=claim, reason=LookReason.DEAD, source=source) is None
    assert raise_look(session, claim=claim, reason=LookReason.DEAD, source=other) is not None
    assert raise_look(session, claim=claim, reason=LookReason.MOVED, source=source) is not None
    settle_look(session, actor=make.person(), look_id=look.id, why="The copy shows it.")
    assert raise_look(session, claim=claim, reason=LookReason.DEAD, source=source) is not None


def test_raising_changes_no_verdict_and_stands_in_the_claims_history(
    session: Session, make: Factory, claim: Claim
) -> None:
    source, verdict_id, revision = make.source(title="The ledger"), claim.verdict_id, claim.revision
    look = raise_look(session, claim=claim, reason=LookReason.DEAD, source=source)
    assert look is not None
    assert (claim.status, claim.verdict_id, claim.revision) == (Status.VERIFIED, verdict_id, revision)
    entry = last_entry(session)
    assert (entry.action, entry.subject, entry.subject_id, entry.claim_id) == (
        Action.RAISED,
        Subject.LOOK,
        look.id,
        claim.id,
    )
    assert entry.actor_id is None
    assert entry.changes == {"reason": [None, "dead"], "source": [None, "The ledger"]}


def test_a_claim_needs_a_look_until_its_last_one_is_settled(session: Session, make: Factory, claim: Claim) -> None:
    dana = make.person(name="Dana")
    looks = [raise_look(session, claim=claim, reason=reason) for reason in (LookReason.RECHECK, LookReason.MOVED)]
    for look, is_left in zip(looks, (True, False), strict=True):
        assert look is not None
        assert claim.needs_look
        settle_look(session, actor=dana, look_id=look.id, why="Nothing changed.")
        assert claim.needs_look is is_left
    entry = last_entry(session)
    assert (entry.action, entry.actor_name, entry.why) == (Action.SETTLED, "Dana", "Nothing changed.")
    assert claim.status is Status.VERIFIED


def test_settling_takes_a_reason_and_a_checker(session: Session, make: Factory, claim: Claim) -> None:
    look = raise_look(session, claim=claim, reason=LookReason.RECHECK)
    assert look is not None
    with pytest.raises(DomainError, match="Give the reason"):
        settle_look(session, actor=make.person(), look_id=look.id, why=" ")
    with pytest.raises(NotAllowed):
        settle_look(session, actor=make.person(role=Role.READER), look_id=look.id, why="Fine.")
    assert look.settled_at is None


def test_what_is_settled_stays_as_it_was_settled(session: Session, make: Factory, claim: Claim) -> None:
    look = raise_look(session, claim=claim, reason=LookReason.RECHECK)
    assert look is not None
    settle_look(session, actor=make.person(), look_id=look.id, why="First.")
    settle_look(session, actor=make.person(), look_id=look.id, why="Second.")
    assert look.settled_why == "First."


def test_a_withdrawn_claim_is_in_no_list_and_cannot_be_settled(session: Session, make: Factory, claim: Claim) -> None:
    noa = make.person()
    look = raise_look(session, claim=claim, reason=LookReason.RECHECK, person_id=noa.id)
    assert look is not None
    withdraw_claim(session, actor=make.person(role=Role.EDITOR), claim_id=claim.id, why="Twice.")
    assert list_looks_for(session, noa.id) == []
    with pytest.raises(DomainError, match="withdrawn"):
        settle_look(session, actor=noa, look_id=look.id, why="Fine.")


def test_reopening_settles_all_of_the_claim_by_whom_and_why(session: Session, make: Factory, claim: Claim) -> None:
    dana = make.person()
    for reason in (LookReason.RECHECK, LookReason.SOURCE_RULE):
        raise_look(session, claim=claim, reason=reason)
    reopen_claim(session, actor=dana, claim_id=claim.id, why="A new ledger.")
    assert not claim.needs_look
    assert {(look.settled_by_id, look.settled_why) for look in session.scalars(select(Look))} == {
        (dana.id, "A new ledger.")
    }


def test_sending_back_settles_too(session: Session, make: Factory) -> None:
    claim = make.claim(make.article(second_check=SecondCheck.ALL))
    make.verdict(claim)
    raise_look(session, claim=claim, reason=LookReason.RECHECK)
    return_verdict(session, actor=make.person(), claim_id=claim.id, why="Look at the ledger.")
    assert not claim.needs_look


def test_a_claim_can_be_settled_for_one_reason(session: Session, claim: Claim) -> None:
    for reason in (LookReason.RECHECK, LookReason.SOURCE_RULE):
        raise_look(session, claim=claim, reason=reason)
    settle_claim(session, claim=claim, actor=None, why="Met again.", reasons=[LookReason.SOURCE_RULE])
    assert [look.reason for look in list_looks(session, claim.id)] == [LookReason.RECHECK]
    assert claim.needs_look


def test_a_source_settles_what_it_raised_and_no_more(session: Session, make: Factory, claim: Claim) -> None:
    back, away, other = make.source(), make.source(), make.claim()
    for source in (back, away):
        raise_look(session, claim=claim, reason=LookReason.DEAD, source=source)
    raise_look(session, claim=other, reason=LookReason.DEAD, source=back)
    why = "The page is there again."
    settle_source(session, source=back, reasons=[LookReason.DEAD], why=why, claim_ids=[claim.id])
    assert other.needs_look
    settle_source(session, source=back, reasons=[LookReason.DEAD], why=why)
    assert [look.source_id for look in list_looks(session, claim.id)] == [away.id]
    assert claim.needs_look
    assert not other.needs_look
