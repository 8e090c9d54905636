"""Deciding a claim: propose, second check, send back, reopen."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from claims_app.anchors.queries import present_words, words_mark
from claims_app.articles.queries import find_version
from claims_app.claims.model import Claim, Place, Status
from claims_app.claims.service import hand_over, load_claim, move_claim, read_reason, record_on_claim, settle_words
from claims_app.db import now
from claims_app.errors import DomainError, NotAllowed, Stale, Unproven
from claims_app.evidence import rule
from claims_app.evidence.model import Evidence
from claims_app.evidence.queries import evidence_mark, list_evidence
from claims_app.evidence.rule import Missing
from claims_app.history.model import Action, Subject
from claims_app.history.service import first_values
from claims_app.looks.service import settle_claim
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reading import clean
from claims_app.verdicts.model import Confirmation, Finding, Verdict, asks_second_check
from claims_app.verdicts.proof import find_lack


def seen_mark(evidence: Sequence[Evidence], words: str | None) -> str:
    """Return a mark of what a verdict is given on, by which a form says what it showed."""
    return evidence_mark(evidence) + (f".{words_mark(words)}" if words else "")


def needs_second_check(claim: Claim) -> bool:
    """Whether the article's policy asks for a second person on this claim."""
    return asks_second_check(claim.article.second_check, claim.priority)


def _check_proof(
    actor: Person, claim: Claim, finding: Finding, evidence: Sequence[Evidence], override_why: str | None
) -> str | None:
    """Return the reason for an override, or None where the evidence carries the finding and none is needed."""
    lack = find_lack(finding, evidence, claim.article.source_rule)
    if lack is None:
        return None
    if override_why is None:
        raise lack
    if not actor.may(Role.EDITOR):
        raise NotAllowed("Only an editor may override the rule.", field="override_why")
    return override_why


def find_unmet(claim: Claim, verdict: Verdict, evidence: Sequence[Evidence]) -> Missing | None:
    """Return what "verified" in force lacks of evidence that carries it; None where an editor let it through."""
    if verdict.finding is not Finding.VERIFIED or verdict.override_why is not None:
        return None
    return rule.find_unmet(claim.article.source_rule, evidence)


def propose_verdict(
    session: Session,
    *,
    actor: Person,
    claim_id: int,
    revision: int,
    finding: Finding,
    seen: str | None = None,
    rationale_he: str | None = None,
    rationale_en: str | None = None,
    override_why: str | None = None,
) -> Verdict:
    """Propose what the desk concludes; without a second-check policy it is decided at once.

    Evidence that does not carry the finding raises ``Unproven``; an editor may override it with a reason.
    A claim edited since ``revision`` raises ``Stale``, and so do evidence and words of the text that are not what
    ``seen`` marks (None: the caller has shown none to anybody).
    """
    require(actor, Role.CHECKER)
    claim = load_claim(session, claim_id)
    evidence = list_evidence(session, claim_id)
    words = present_words(session, claim)
    if claim.revision != revision or seen not in (None, seen_mark(evidence, words)):
        raise Stale(claim)
    if claim.place is Place.LOST:
        raise DomainError("The words of this claim are not in the text; place it first, or withdraw it.")
    rationale_he, rationale_en, override_why = clean(rationale_he), clean(rationale_en), clean(override_why)
    if rationale_he is None and rationale_en is None:
        raise DomainError("A verdict needs its rationale.", field="rationale_he")
    if claim.status is Status.AWAITING:
        raise DomainError("A verdict on this claim waits for its second check already.")
    if claim.status is Status.UNCHECKED:
        move_claim(session, claim, Status.CHECKING, actor=actor)
    to = Status.AWAITING if needs_second_check(claim) else Status(finding.value)
    claim.check_move(to)
    override_why = _check_proof(actor, claim, finding, evidence, override_why)
    verdict = Verdict(
        claim_id=claim.id,
        finding=finding,
        rationale_he=rationale_he,
        rationale_en=rationale_en,
        proposed_by_id=actor.id,
        needs_second_check=to is Status.AWAITING,
        override_why=override_why,
    )
    session.add(verdict)
    session.flush()  # the claim points at the new verdict
    record_on_claim(
        session,
        actor=actor,
        action=Action.DECIDED,
        claim=claim,
        subject=Subject.VERDICT,
        subject_id=verdict.id,
        changes=first_values(
            finding=finding, rationale_he=rationale_he, rationale_en=rationale_en, override=override_why
        ),
        why=override_why,
    )
    move_claim(session, claim, to, actor=actor, why=rationale_he or rationale_en, verdict_id=verdict.id)
    settle_words(claim, words)
    return verdict


def _load(session: Session, claim_id: int, verdict_id: int | None) -> Claim:
    """Return the claim, locked for a change; one that rests on another verdict than was looked at raises ``Stale``."""
    claim = load_claim(session, claim_id)
    if verdict_id not in (None, claim.verdict_id):
        raise Stale(claim)
    return claim


def _current(session: Session, claim: Claim) -> Verdict:
    if claim.verdict_id is None:
        raise DomainError("This claim has no verdict.")
    return session.get_one(Verdict, claim.verdict_id, with_for_update=True)


def approve_verdict(session: Session, *, actor: Person, claim_id: int, verdict_id: int | None = None) -> Verdict:
    """Confirm a proposed verdict; the second person is another than the proposer, whatever the role.

    ``verdict_id`` is the verdict that was looked at (None: the one in force); where another is, it raises ``Stale``.
    """
    require(actor, Role.CHECKER)
    claim = _load(session, claim_id, verdict_id)
    verdict = _current(session, claim)
    if not verdict.awaits_second_check:
        raise DomainError("This verdict does not wait for a second check.")
    if verdict.proposed_by_id == actor.id:
        raise NotAllowed("The second check is another person's.")
    if claim.place is Place.LOST:
        raise DomainError("The words of this claim are not in the text; place it first, or withdraw it.")
    if claim.is_stale:
        raise DomainError("The words changed since this verdict was proposed; confirm it for the new words first.")
    lack = find_unmet(claim, verdict, list_evidence(session, claim_id))
    if lack is not None:
        raise Unproven(
            "The source rule is not met any more: %(missing)s. Add evidence, or send the verdict back.", missing=lack
        )
    verdict.approved_by_id, verdict.approved_at = actor.id, now()
    record_on_claim(
        session,
        actor=actor,
        action=Action.APPROVED,
        claim=claim,
        subject=Subject.VERDICT,
        subject_id=verdict.id,
        changes=first_values(approved_by=actor.name),
    )
    move_claim(session, claim, Status(verdict.finding.value), actor=actor, verdict_id=verdict.id)
    return verdict


def confirm_verdict(
    session: Session,
    *,
    actor: Person,
    claim_id: int,
    why: str | None,
    verdict_id: int | None = None,
    seen: str | None = None,
) -> Confirmation:
    """Let a verdict stand for the words as they now are, with the reason; only this or reopening ends being stale.

    ``verdict_id`` and ``seen`` are the verdict and the mark of the words that were looked at (None: those in force);
    where others are, it raises ``Stale``. Where the verdict needs a second check, another person than its proposer
    does this.
    """
    require(actor, Role.CHECKER)
    claim = _load(session, claim_id, verdict_id)
    verdict = _current(session, claim)
    if not claim.is_stale:
        raise DomainError("The words of this claim are those that its verdict was given on.")
    words = present_words(session, claim)
    if words is None:
        raise DomainError("The words of this claim are not in the text; place it first, or reopen it.")
    if seen not in (None, words_mark(words)):
        raise Stale(claim)
    is_for_two = verdict.needs_second_check or needs_second_check(claim)
    if is_for_two and verdict.proposed_by_id == actor.id:
        raise NotAllowed("The second check is another person's.")
    lack = find_unmet(claim, verdict, list_evidence(session, claim_id))
    if lack is not None:
        raise Unproven(
            "The source rule is not met any more: %(missing)s. Add evidence, or reopen the claim, which an editor can "
            "decide with a reason.",
            missing=lack,
        )
    reason = read_reason(why)
    before = claim.settled_words or ""
    confirmation = Confirmation(
        verdict_id=verdict.id,
        version_id=find_version(session, claim.article_id).id,
        person_id=actor.id,
        words_before=before,
        words_after=words,
        why=reason,
    )
    session.add(confirmation)
    settle_words(claim, words)
    record_on_claim(
        session,
        actor=actor,
        action=Action.CONFIRMED,
        claim=claim,
        subject=Subject.VERDICT,
        subject_id=verdict.id,
        changes={"words": [before, words]},
        why=reason,
    )
    return confirmation


def _end(session: Session, claim: Claim, actor: Person, why: str | None) -> Verdict:
    reason = read_reason(why)
    verdict = _current(session, claim)
    verdict.ended_at, verdict.ended_by_id, verdict.ended_why = now(), actor.id, reason
    settle_claim(session, claim=claim, actor=actor, why=reason)
    move_claim(session, claim, Status.CHECKING, actor=actor, why=reason)
    return verdict


def return_verdict(
    session: Session, *, actor: Person, claim_id: int, why: str | None, verdict_id: int | None = None
) -> Verdict:
    """Send a proposed verdict back to checking, with the reason; a claim that nobody has goes to its proposer.

    ``verdict_id`` is the verdict that was looked at (None: the one in force); where another is, it raises ``Stale``.
    """
    require(actor, Role.CHECKER)
    claim = _load(session, claim_id, verdict_id)
    if claim.status is not Status.AWAITING:
        raise DomainError("This verdict does not wait for a second check.")
    proposer = _current(session, claim).proposed_by
    if claim.assignee_id is None and proposer.may(Role.CHECKER):
        hand_over(session, actor, claim, proposer)  # so that it stands among the proposer's work
    return _end(session, claim, actor, why)


def reopen_claim(
    session: Session, *, actor: Person, claim_id: int, why: str | None, verdict_id: int | None = None
) -> Verdict:
    """Check a decided claim again, with the reason.

    ``verdict_id`` is the verdict that was looked at (None: the one in force); where another is, it raises ``Stale``.
    """
    require(actor, Role.CHECKER)
    claim = _load(session, claim_id, verdict_id)
    if not claim.is_decided:
        raise DomainError("This claim is not decided.")
    return _end(session, claim, actor, why)
