"""Verdicts: proposing, the second check, reopening, and confirming one for new words.

Each is about a claim as somebody saw it, its evidence and its words included; so each asks for the claim's ETag.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session

from claims_app.api.claims import ClaimOut, show_claim
from claims_app.api.gate import me
from claims_app.api.operations import operation
from claims_app.api.paging import need_place
from claims_app.api.shapes import Number, Page, PageQuery, Shape, Text, Who, WhyBody, cut, who
from claims_app.api.tags import check_match
from claims_app.claims.queries import find_claim
from claims_app.people.model import Role
from claims_app.verdicts import service
from claims_app.verdicts.model import Finding, Verdict
from claims_app.verdicts.queries import list_verdicts
from claims_app.web.transaction import get_session, transaction

TAG = "verdicts"
Rationale = Annotated[str, Field(max_length=20_000, examples=["The plan and the measurement agree."])]


class VerdictOut(Shape):
    """What the desk concluded about a claim."""

    id: Number
    claim_id: Number
    finding: Finding
    rationale_he: str | None
    rationale_en: str | None
    proposed_by: Who
    needs_second_check: bool
    approved_by: Who | None
    approved_at: datetime | None
    override_why: str | None = Field(
        description="Why an editor let it stand without the evidence that the rule asks for."
    )
    ended_by: Who | None
    ended_at: datetime | None = Field(description="Null: it is the one in force, or waits for its second check.")
    ended_why: str | None
    created_at: datetime


def _show(verdict: Verdict) -> VerdictOut:
    people: dict[str, Any] = {name: who(getattr(verdict, name)) for name in ("proposed_by", "approved_by", "ended_by")}
    same = VerdictOut.model_fields.keys() - people.keys()
    return VerdictOut(**{name: getattr(verdict, name) for name in same}, **people)


@operation("GET", "/claims/<int:claim_id>/verdicts", tag=TAG, role=Role.READER)
def list_claim_verdicts(claim_id: int, query: PageQuery) -> Page[VerdictOut]:
    """List a claim's verdicts, the newest first."""
    session = get_session()
    find_claim(session, claim_id)
    need_place(query)
    found = list_verdicts(session, claim_id, before=query.behind, most=query.limit + 1)
    page, after = cut(found, query)
    return Page[VerdictOut](items=[_show(one) for one in page], next=after)


class NewVerdict(Shape):
    """What the desk concludes, and why: in Hebrew, in English, or both."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"finding": "opinion", "rationale_en": "It says what the author feels."}}
    )

    finding: Finding
    rationale_he: Rationale | None = None
    rationale_en: Rationale | None = None
    override_why: Text | None = Field(
        default=None, description="An editor's reason to let it stand without the evidence; it goes into the report."
    )


def _seen(session: Session, claim_id: int) -> ClaimOut:
    """Return the claim, which has to be what the caller saw."""
    claim = show_claim(session, claim_id)
    check_match(claim)
    return claim


@operation("POST", "/claims/<int:claim_id>/verdicts", tag=TAG, is_tagged=True, is_conditional=True)
def propose_verdict(claim_id: int, body: NewVerdict) -> ClaimOut:
    """Propose a verdict; where the article asks for no second check it is decided at once."""
    with transaction() as session:
        seen = _seen(session, claim_id)
        service.propose_verdict(
            session, actor=me(), claim_id=claim_id, revision=seen.revision, seen=seen.seen, **body.given()
        )
    return show_claim(get_session(), claim_id)


@operation("POST", "/claims/<int:claim_id>/approve", tag=TAG, is_tagged=True, is_conditional=True)
def approve_verdict(claim_id: int) -> ClaimOut:
    """Confirm a proposed verdict: the second check, by another person than the proposer, whatever the role."""
    with transaction() as session:
        seen = _seen(session, claim_id)
        service.approve_verdict(session, actor=me(), claim_id=claim_id, verdict_id=seen.verdict_id)
    return show_claim(get_session(), claim_id)


@operation("POST", "/claims/<int:claim_id>/return", tag=TAG, is_tagged=True, is_conditional=True)
def return_verdict(claim_id: int, body: WhyBody) -> ClaimOut:
    """Send a proposed verdict back to checking, with the reason."""
    with transaction() as session:
        seen = _seen(session, claim_id)
        service.return_verdict(session, actor=me(), claim_id=claim_id, why=body.why, verdict_id=seen.verdict_id)
    return show_claim(get_session(), claim_id)


@operation("POST", "/claims/<int:claim_id>/reopen", tag=TAG, is_tagged=True, is_conditional=True)
def reopen_claim(claim_id: int, body: WhyBody) -> ClaimOut:
    """Check a decided claim again, with the reason."""
    with transaction() as session:
        seen = _seen(session, claim_id)
        service.reopen_claim(session, actor=me(), claim_id=claim_id, why=body.why, verdict_id=seen.verdict_id)
    return show_claim(get_session(), claim_id)


@operation("POST", "/claims/<int:claim_id>/confirm", tag=TAG, is_tagged=True, is_conditional=True)
def confirm_verdict(claim_id: int, body: WhyBody) -> ClaimOut:
    """Let a stale verdict stand for the words as they now are, with the reason."""
    with transaction() as session:
        seen = _seen(session, claim_id)
        service.confirm_verdict(session, actor=me(), claim_id=claim_id, why=body.why, verdict_id=seen.verdict_id)
    return show_claim(get_session(), claim_id)
