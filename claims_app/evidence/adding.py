"""Adding and withdrawing many pieces of evidence at once: each as it would be alone, with a few statements for all."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, CaptureState
from claims_app.claims.figure import set_figure
from claims_app.claims.model import Claim, Status
from claims_app.claims.opening import Naming
from claims_app.claims.queries import count_differing
from claims_app.claims.service import load_claim, move_claims, read_reason
from claims_app.db import now
from claims_app.errors import DomainError, NotFound
from claims_app.evidence.copying import check_copy
from claims_app.evidence.model import Evidence, Stance
from claims_app.evidence.rule import raise_unmet
from claims_app.evidence.service import read_details
from claims_app.files import Files
from claims_app.history.model import Action, Subject
from claims_app.history.service import Event, first_values, record_all
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.sources.model import Source

_AT_ONCE = 500
_COUNTS = {Stance.SUPPORTS: "supports", Stance.REFUTES: "refutes", Stance.CONTEXT: "contexts"}


@dataclass(frozen=True)
class NewEvidence:
    """A piece of evidence to be added: ``details`` is what ``add_evidence`` takes besides claim and source."""

    claim_id: int
    source: Source
    details: Mapping[str, Any]


_FIRST: Mapping[str, Any] = {"rank": None, "passage": None, "locator": None, "looked_on": None}


def add_all_evidence(
    session: Session,
    *,
    actor: Person | None,
    pieces: Sequence[NewEvidence],
    files: Files | None = None,
    naming: Naming = lambda _at: nullcontext(),
) -> list[Evidence]:
    """Add pieces of evidence in their order; unchecked claims are then being checked. All are added, or none.

    With ``files`` passages and figures are looked for in the copies that there are; none is asked for.
    """
    require(actor, Role.CHECKER)
    claims = {claim.id: claim for claim in _load_claims(session, {piece.claim_id for piece in pieces})}
    added: list[tuple[Evidence, dict[str, list[Any]]]] = []
    for at, piece in enumerate(pieces):
        with naming(at):
            claim = claims.get(piece.claim_id) or load_claim(session, piece.claim_id)
            added.append(_make(actor, claim, piece))
    evidence = [one for one, _told in added]
    session.add_all(evidence)
    session.flush()  # the history names the new evidence's numbers
    _count(session, claims, evidence)
    if files is not None:
        _check_copies(session, files, evidence)
    record_all(
        session,
        actor=actor,
        events=[
            Event(Action.CREATED, Subject.EVIDENCE, one.id, one.claim_id, claims[one.claim_id].article_id, told)
            for one, told in added
        ],
    )
    looked = {one.source_id for one in evidence if claims[one.claim_id].needs_look}
    if looked:
        raise_unmet(session, sorted(looked))  # they may be what the source rule asked for
    unchecked = [claim for claim in claims.values() if claim.status is Status.UNCHECKED]
    move_claims(session, unchecked, Status.CHECKING, actor=actor)
    return evidence


def _load_claims(session: Session, claim_ids: set[int]) -> Iterator[Claim]:
    numbers = sorted(claim_ids)
    for at in range(0, len(numbers), _AT_ONCE):
        wanted = select(Claim).where(Claim.id.in_(numbers[at : at + _AT_ONCE]), Claim.withdrawn_at.is_(None))
        yield from session.scalars(wanted.with_for_update())


def _make(actor: Person | None, claim: Claim, piece: NewEvidence) -> tuple[Evidence, dict[str, list[Any]]]:
    if piece.source.withdrawn_at is not None:
        raise NotFound("This source is withdrawn; restore it first.", field="address")
    details = {**_FIRST, **piece.details}
    row, figure_changes = set_figure(None, details.pop("figure", None))
    values = read_details(**details)
    evidence = Evidence(
        claim_id=claim.id,
        source=piece.source,
        created_by_id=actor.id if actor else None,
        revision=1,
        figure=row,
        **values,
    )
    return evidence, first_values(source=piece.source.title, **values) | figure_changes


def withdraw_all_evidence(
    session: Session, *, actor: Person | None, evidence: Sequence[Evidence], why: str | None
) -> None:
    """Take live pieces of evidence of live claims out of the count; one under a verdict is refused."""
    require(actor, Role.CHECKER)
    reason = read_reason(why)
    claims = {claim.id: claim for claim in _load_claims(session, {one.claim_id for one in evidence})}
    if any(claim.verdict_id is not None for claim in claims.values()):
        raise DomainError("A verdict rests on this evidence; reopen the claim before changing it.")
    for one in evidence:
        one.withdrawn_at = now()
    session.flush()  # what differs is counted without them
    _count(session, claims, evidence, step=-1)
    events = [
        Event(Action.WITHDRAWN, Subject.EVIDENCE, one.id, one.claim_id, claims[one.claim_id].article_id, why=reason)
        for one in evidence
    ]
    record_all(session, actor=actor, events=events)


def _count(session: Session, claims: Mapping[int, Claim], evidence: Sequence[Evidence], *, step: int = 1) -> None:
    """Have claims count evidence that came, or that went, and which of theirs states another figure."""
    for (claim_id, stance), number in Counter((one.claim_id, one.stance) for one in evidence).items():
        name = _COUNTS[stance]
        setattr(claims[claim_id], name, getattr(claims[claim_id], name) + step * number)
    for claim_id in dict.fromkeys(one.claim_id for one in evidence if one.figure is not None):
        claims[claim_id].differing = count_differing(session, claims[claim_id])
    for claim in claims.values():
        claim.updated_at = now()


def _check_copies(session: Session, files: Files, evidence: Sequence[Evidence]) -> None:
    source_ids = sorted({one.source_id for one in evidence})
    kept: set[int] = set()
    for at in range(0, len(source_ids), _AT_ONCE):
        part = source_ids[at : at + _AT_ONCE]
        wanted = select(Capture.source_id).where(Capture.source_id.in_(part), Capture.state == CaptureState.KEPT)
        kept |= set(session.scalars(wanted))
    for one in evidence:
        if one.source_id in kept:
            check_copy(session, files, one)
