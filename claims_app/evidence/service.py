"""Adding what a source says about a claim, and keeping the claim's counts of it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.captures.model import Trigger
from claims_app.captures.service import request_capture
from claims_app.claims.figure import FigureValue, set_figure
from claims_app.claims.model import Claim, Status
from claims_app.claims.queries import count_differing
from claims_app.claims.service import load_claim, move_claim, read_reason, record_on_claim
from claims_app.db import now, today
from claims_app.errors import DomainError, NotFound, Stale
from claims_app.evidence.copying import check_copy
from claims_app.evidence.model import Evidence, Rank, Stance
from claims_app.evidence.rule import raise_unmet
from claims_app.files import Files
from claims_app.history.model import Action, Subject
from claims_app.history.service import Event, change, first_values, record, record_all
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reading import clean, read_address
from claims_app.sources import service as sources
from claims_app.sources.address import canonical_address
from claims_app.sources.model import Source
from claims_app.sources.queries import find_at_address

_AT_ONCE = 500
"""Values that one statement asks for."""


def read_details(
    *,
    stance: Stance,
    rank: Rank | None,
    summary: str | None,
    passage: str | None,
    locator: str | None,
    looked_on: date | None,
) -> dict[str, Any]:
    """Return what is said of a piece of evidence as it is kept; what cannot be is refused."""
    looked_on = looked_on or today()
    values = {
        "stance": stance,
        "rank": rank,
        "summary": clean(summary),
        "passage": clean(passage),
        "locator": clean(locator),
        "looked_on": looked_on,
    }
    if values["summary"] is None:
        raise DomainError("Say in your own words what the source says about the claim.", field="summary")
    # East of Greenwich the day begins earlier than in UTC.
    if looked_on > today() + timedelta(days=1):
        raise DomainError("The day of looking cannot be in the future.", field="looked_on")
    return values


def _recount(session: Session, claim: Claim) -> None:
    session.flush()  # the counts read what was just added or withdrawn
    rows = session.execute(
        select(Evidence.stance, func.count())
        .where(Evidence.claim_id == claim.id, Evidence.withdrawn_at.is_(None))
        .group_by(Evidence.stance)
    )
    counts: dict[Stance, int] = {stance: number for stance, number in rows}  # noqa: C416 - rows are no pairs to mypy
    claim.supports = counts.get(Stance.SUPPORTS, 0)
    claim.refutes = counts.get(Stance.REFUTES, 0)
    claim.contexts = counts.get(Stance.CONTEXT, 0)
    claim.differing = count_differing(session, claim)


def add_evidence(
    session: Session,
    *,
    actor: Person | None,
    claim_id: int,
    source: Source,
    stance: Stance,
    summary: str | None,
    rank: Rank | None = None,
    passage: str | None = None,
    locator: str | None = None,
    looked_on: date | None = None,
    figure: FigureValue | None = None,
    files: Files | None = None,
    keeps_copy: bool = True,
) -> Evidence:
    """Add a piece of evidence; an unchecked claim is then being checked.

    With ``files`` its passage and figure are looked for in the newest copy of the source; where there is none, one is
    asked for if ``keeps_copy``.
    """
    require(actor, Role.CHECKER)
    claim = load_claim(session, claim_id)
    if source.withdrawn_at is not None:
        raise NotFound("This source is withdrawn; restore it first.", field="address")
    values = read_details(
        stance=stance, rank=rank, summary=summary, passage=passage, locator=locator, looked_on=looked_on
    )
    row, figure_changes = set_figure(None, figure)
    evidence = Evidence(
        claim=claim, source=source, created_by_id=actor.id if actor else None, revision=1, figure=row, **values
    )
    session.add(evidence)
    _recount(session, claim)
    if files is not None and check_copy(session, files, evidence) is None and keeps_copy:
        request_capture(session, actor=actor, source=source, trigger=Trigger.ADDED)
    record_on_claim(
        session,
        actor=actor,
        action=Action.CREATED,
        claim=claim,
        subject=Subject.EVIDENCE,
        subject_id=evidence.id,
        changes=first_values(source=source.title, **values) | figure_changes,
    )
    if claim.needs_look:
        raise_unmet(session, [source.id])  # it may be what the source rule asked for
    if claim.status is Status.UNCHECKED:
        move_claim(session, claim, Status.CHECKING, actor=actor)
    return evidence


def _load(session: Session, evidence_id: int) -> tuple[Evidence, Claim]:
    """Return the evidence and its claim for a change; what a verdict rests on stays as it was decided on."""
    evidence = session.get_one(Evidence, evidence_id, with_for_update=True)
    claim = load_claim(session, evidence.claim_id)
    if claim.verdict_id is not None:
        raise DomainError("A verdict rests on this evidence; reopen the claim before changing it.")
    return evidence, claim


def edit_evidence(
    session: Session,
    *,
    actor: Person,
    evidence_id: int,
    revision: int,
    figure: FigureValue | None = None,
    files: Files | None = None,
    **details: Any,
) -> Evidence:
    """Change a piece of evidence; another save since ``revision`` raises ``Stale``. ``files`` is as for adding."""
    require(actor, Role.CHECKER)
    evidence, claim = _load(session, evidence_id)
    if evidence.revision != revision:
        raise Stale(evidence)
    values = read_details(**details)
    old_row = evidence.figure
    row, figure_changes = set_figure(old_row, figure)
    evidence.figure = row
    if old_row is not None and row is None:
        session.delete(old_row)
    changes = change(evidence, values) | figure_changes
    if changes:
        evidence.revision += 1
        _recount(session, claim)
        if files is not None:
            check_copy(session, files, evidence)
        record_on_claim(
            session,
            actor=actor,
            action=Action.CHANGED,
            claim=claim,
            subject=Subject.EVIDENCE,
            subject_id=evidence.id,
            changes=changes,
        )
    return evidence


def withdraw_evidence(session: Session, *, actor: Person | None, evidence_id: int, why: str | None) -> Evidence:
    """Take a piece of evidence out of the count; it is kept and can be restored."""
    require(actor, Role.CHECKER)
    evidence, claim = _load(session, evidence_id)
    if evidence.withdrawn_at is not None:
        raise DomainError("This evidence is withdrawn already.")
    reason = read_reason(why)
    evidence.withdrawn_at = now()
    _recount(session, claim)
    record_on_claim(
        session,
        actor=actor,
        action=Action.WITHDRAWN,
        claim=claim,
        subject=Subject.EVIDENCE,
        subject_id=evidence.id,
        why=reason,
    )
    return evidence


def restore_evidence(session: Session, *, actor: Person, evidence_id: int) -> Evidence:
    """Bring back a withdrawn piece of evidence."""
    require(actor, Role.CHECKER)
    evidence, claim = _load(session, evidence_id)
    if evidence.withdrawn_at is None:
        raise DomainError("This evidence is not withdrawn.")
    if evidence.source.withdrawn_at is not None:
        raise DomainError("This source is withdrawn; restore it first.")
    evidence.withdrawn_at = None
    _recount(session, claim)
    record_on_claim(
        session, actor=actor, action=Action.RESTORED, claim=claim, subject=Subject.EVIDENCE, subject_id=evidence.id
    )
    return evidence


def edit_source(session: Session, *, actor: Person, source_id: int, revision: int, **details: Any) -> Source:
    """Change what is known about a source; where decided claims rest on it, its address and its kind stay."""
    source = session.get_one(Source, source_id, with_for_update=True)
    publisher_id, given = source.publisher_id, read_address(details["address"])
    is_there = source.address in ({given, canonical_address(given)} if given else {None})
    changed = [] if is_there else ["address"]
    if details["kind"] != source.kind:
        changed.append("kind")
    if changed and source.revision == revision and _is_decided_on(session, source_id):
        raise DomainError(
            "Decided claims rest on this source; reopen them before changing its address or its kind.",
            field=changed[0],
        )
    sources.edit_source(session, actor=actor, source_id=source_id, revision=revision, **details)
    session.flush()  # the rule reads who stands behind the source now
    if source.publisher_id != publisher_id:
        raise_unmet(session, [source_id])
    return source


def _is_decided_on(session: Session, source_id: int) -> bool:
    """Whether live evidence from the source belongs to a claim with a verdict."""
    wanted = (
        select(Evidence.id)
        .join(Evidence.claim)
        .where(Evidence.source_id == source_id, Evidence.withdrawn_at.is_(None), Claim.verdict_id.is_not(None))
    )
    return session.scalar(wanted.limit(1)) is not None


def withdraw_source(session: Session, *, actor: Person | None, source_id: int, why: str | None) -> Source:
    """Take a source out of the lists; one that evidence rests on stays."""
    require(actor, Role.CHECKER)
    source = session.get_one(Source, source_id, with_for_update=True)
    if source.withdrawn_at is not None:
        raise DomainError("This source is withdrawn already.")
    if session.scalar(
        select(Evidence.id).where(Evidence.source_id == source_id, Evidence.withdrawn_at.is_(None)).limit(1)
    ):
        raise DomainError("Evidence rests on this source; withdraw the evidence first.")
    reason = read_reason(why)
    source.withdrawn_at = now()
    record(session, actor=actor, action=Action.WITHDRAWN, subject=Subject.SOURCE, subject_id=source_id, why=reason)
    return source


def withdraw_sources(session: Session, *, actor: Person | None, sources: Sequence[Source], why: str | None) -> None:
    """Take many live sources out of the lists; one that evidence rests on is refused."""
    require(actor, Role.CHECKER)
    reason = read_reason(why)
    numbers = [source.id for source in sources]
    for at in range(0, len(numbers), _AT_ONCE):
        is_used = Evidence.source_id.in_(numbers[at : at + _AT_ONCE]) & Evidence.withdrawn_at.is_(None)
        if session.scalar(select(Evidence.id).where(is_used).limit(1)):
            raise DomainError("Evidence rests on this source; withdraw the evidence first.")
    for source in sources:
        source.withdrawn_at = now()
    events = [Event(Action.WITHDRAWN, Subject.SOURCE, number, why=reason) for number in numbers]
    record_all(session, actor=actor, events=events)


def restore_source(session: Session, *, actor: Person, source_id: int) -> Source:
    """Bring back a withdrawn source, unless its address is another source's by now."""
    require(actor, Role.CHECKER)
    source = session.get_one(Source, source_id, with_for_update=True)
    if source.withdrawn_at is None:
        raise DomainError("This source is not withdrawn.")
    if find_at_address(session, source.address):
        raise DomainError("The desk has a source with this address already.")
    source.withdrawn_at = None
    record(session, actor=actor, action=Action.RESTORED, subject=Subject.SOURCE, subject_id=source_id)
    return source
