"""Checking sources again: asking for copies that are due, judging what came, and having claims looked at."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, CaptureState, Trigger
from claims_app.captures.service import Kept, request_capture
from claims_app.claims.model import Claim
from claims_app.claims.service import load_claim, record_on_claim
from claims_app.db import now, today
from claims_app.errors import DomainError
from claims_app.evidence.model import Evidence
from claims_app.fetching import Fault
from claims_app.files import Files
from claims_app.history.model import Action, Subject
from claims_app.history.service import change, differences, record
from claims_app.looks.model import LookReason
from claims_app.looks.queries import list_raised
from claims_app.looks.service import raise_look, settle_source
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.sources.model import Source
from claims_app.sources.queries import find_source
from claims_app.verdicts.model import Verdict
from claims_app.watching.comparing import Comparison, Seen, is_other_page
from claims_app.watching.model import Health, Watch
from claims_app.watching.queries import (
    find_fetched,
    find_watch,
    is_vanished,
    list_due,
    list_rechecks,
    list_resting,
    list_watchable,
)

MOST_DAYS = 366
"""The longest time between two checks."""


# ---------------------------------------------------------------- What is watched


def _check_days(every_days: int | None) -> int:
    if every_days is None or not 1 <= every_days <= MOST_DAYS:
        raise DomainError("Check a source every 1 to 366 days.", field="every_days")
    return every_days


def _watch(session: Session, source: Source, *, actor: Person, every_days: int) -> bool:
    """Have a source watched so often; return whether that is new."""
    watch = session.get(Watch, source.id)
    before = watch.every_days if watch else None
    if before == every_days:
        return False
    next_at = now() + timedelta(days=every_days)
    if watch is None:
        base = find_fetched(session, source.id)
        watch = Watch(source_id=source.id, every_days=every_days, due_at=next_at, health=Health.UNKNOWN, base=base)
        session.add(watch)
        # What the desk has of the source may have changed by now.
        request_capture(session, actor=actor, source=source, trigger=Trigger.WATCH)
    watch.due_at = min(watch.due_at, next_at)
    watch.every_days, watch.asked_by_id = every_days, actor.id
    record(
        session,
        actor=actor,
        action=Action.CREATED if before is None else Action.CHANGED,
        subject=Subject.WATCH,
        subject_id=source.id,
        changes=differences({"every_days": before}, {"every_days": every_days}),
    )
    return True


def watch_source(session: Session, *, actor: Person, source_id: int, every_days: int | None) -> None:
    """Have a source captured again every so many days (1 to 366), the first time at once."""
    require(actor, Role.CHECKER)
    days = _check_days(every_days)
    source = find_source(session, source_id)
    if source.address is None:
        raise DomainError("Only a source with an address can be watched.")
    _watch(session, source, actor=actor, every_days=days)


def watch_article(session: Session, *, actor: Person, article_id: int, every_days: int | None) -> int:
    """Have every source with an address that an article rests on watched; return how many it changed for."""
    require(actor, Role.CHECKER)
    days = _check_days(every_days)
    return sum(_watch(session, source, actor=actor, every_days=days) for source in list_watchable(session, article_id))


def unwatch_source(session: Session, *, actor: Person, source_id: int) -> None:
    """Stop watching a source; what was raised stays open, and the copies stay."""
    require(actor, Role.CHECKER)
    watch = session.get(Watch, source_id)
    if watch is None:
        raise DomainError("This source is not watched.")
    session.delete(watch)
    record(
        session,
        actor=actor,
        action=Action.WITHDRAWN,
        subject=Subject.WATCH,
        subject_id=source_id,
        changes=differences({"every_days": watch.every_days}, {"every_days": None}),
    )


def request_due(session: Session, at: datetime) -> int:
    """Ask for a new copy of every watched source that is due; return how many were asked for."""
    asked = 0
    for watch in list_due(session, at):
        capture = request_capture(session, actor=watch.asked_by, source=watch.source, trigger=Trigger.WATCH)
        watch.due_at = at + timedelta(days=watch.every_days)
        asked += capture is not None
    return asked


# ---------------------------------------------------------------- What a new copy shows


def compare_ahead(session: Session, files: Files, source_id: int, kept: Kept) -> Comparison | None:
    """Find out what ``judge_capture`` will ask about a copy, before the transaction in which everybody else waits.

    None: the source is not watched, or there is no copy before.
    """
    watch = find_watch(session, source_id)
    if watch is None or watch.base is None:
        return None
    comparison = Comparison(files, watch.base, kept)
    comparison.read_ahead(list_resting(session, source_id))
    return comparison


def judge_capture(session: Session, files: Files, capture: Capture, ahead: Comparison | None = None) -> None:
    """Compare a finished capture of a watched source with the copy before, and raise what has to be looked at.

    Only claims whose own passage or figure is gone are raised where the evidence names one; no verdict changes.
    Where the copy before cannot be read, those are raised whose passage or figure the newer one does not have.
    ``ahead`` is what ``compare_ahead`` returned; where it is of other copies by now, these are compared anew.
    """
    watch = session.get(Watch, capture.source_id)
    # What a person brought along is not what the address leads to.
    if watch is None or capture.is_open or capture.trigger is Trigger.UPLOAD:
        return
    resting = list_resting(session, capture.source_id)
    if capture.state is CaptureState.FAILED:
        _judge_failure(session, watch, capture, resting)
        return
    base, watch.base = watch.base, capture
    settle_source(session, source=watch.source, reasons={LookReason.DEAD}, why="The page is there again.")
    if base is None:
        _stand(watch, Health.SAME)
        return
    seen = ahead if ahead is not None and ahead.is_of(base, capture) else Comparison(files, base, capture)
    for evidence in resting:
        if reason := seen.find_loss(evidence):
            _raise(session, [evidence], reason, capture, base)
    if not seen.is_same_file:
        _settle_passages(session, watch.source, resting, seen.after)
    if is_other_page(base, capture):
        _raise(session, resting, LookReason.MOVED, capture, base)
        _stand(watch, Health.MOVED)
    else:
        _stand(watch, Health.CHANGED if seen.has_changed else Health.SAME)


def _judge_failure(session: Session, watch: Watch, capture: Capture, resting: Sequence[Evidence]) -> None:
    is_gone = capture.fault == Fault.GONE or (
        capture.fault == Fault.NO_SITE and is_vanished(session, capture.source_id)
    )
    if not is_gone:
        _stand(watch, Health.SILENT)
        return
    _stand(watch, Health.DEAD)
    # Whoever looked at it since the last copy knows; that it is gone still is nothing new.
    known = list_raised(session, LookReason.DEAD, source_id=watch.source_id, before_id=watch.base_id)
    new = [evidence for evidence in resting if evidence.claim_id not in known]
    _raise(session, new, LookReason.DEAD, capture, watch.base)


def _stand(watch: Watch, health: Health) -> None:
    if watch.health is not health:
        watch.health, watch.since = health, now()


def _settle_passages(session: Session, source: Source, resting: Sequence[Evidence], after: Seen) -> None:
    """Settle what was raised because of passages on the claims all of whose passages are in the newer copy."""
    quoted = [evidence for evidence in resting if evidence.passage]
    gone = {evidence.claim_id for evidence in quoted if not after.has_passage(evidence)}
    there = {evidence.claim_id for evidence in quoted} - gone
    why = "The passage is there again."
    settle_source(session, source=source, reasons={LookReason.PASSAGE_GONE}, why=why, claim_ids=there)


def _raise(
    session: Session, resting: Sequence[Evidence], reason: LookReason, capture: Capture, base: Capture | None
) -> None:
    for evidence in resting:
        raise_look(
            session,
            claim=evidence.claim,
            reason=reason,
            source=capture.source,
            capture=capture,
            before=base,
            person_id=_answers_for(session, evidence.claim) or evidence.created_by_id,
        )


def _answers_for(session: Session, claim: Claim) -> int | None:
    """Return who proposed the claim's verdict: whoever concluded from a source looks at it again."""
    return session.scalar(select(Verdict.proposed_by_id).where(Verdict.id == claim.verdict_id))


# ---------------------------------------------------------------- Facts that do not last


def set_recheck(session: Session, *, actor: Person, claim_id: int, on: date | None) -> Claim:
    """Say on which day a claim has to be checked again, or on none; it is then raised, whatever its sources do."""
    require(actor, Role.CHECKER)
    claim = load_claim(session, claim_id)
    if on is not None and on <= today():
        raise DomainError("The day to check again lies in the future.", field="recheck_on")
    changes = change(claim, {"recheck_on": on})
    if changes:
        record_on_claim(session, actor=actor, action=Action.CHANGED, claim=claim, changes=changes)
    return claim


def raise_rechecks(session: Session, day: date) -> int:
    """Raise every claim with a verdict whose day to check again has come; return how many.

    The day is let go, also where the claim is being checked anyway.
    """
    raised = 0
    for claim in list_rechecks(session, day):
        if claim.verdict_id is not None:
            proposer_id = _answers_for(session, claim)
            raised += raise_look(session, claim=claim, reason=LookReason.RECHECK, person_id=proposer_id) is not None
        changes = change(claim, {"recheck_on": None})
        record_on_claim(session, actor=None, action=Action.CHANGED, claim=claim, changes=changes)
    return raised
