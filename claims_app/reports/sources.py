"""What a check rests on as a whole: each source once, with its number, the claims on it and the copy the desk keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, CaptureState, Deposit, Trigger
from claims_app.claims.model import Claim
from claims_app.evidence.model import Evidence
from claims_app.reports.facts import ClaimFacts, CopyFacts, EvidenceFacts, Report, SourceFacts
from claims_app.sources.model import Source


def gather_copies(session: Session, article_id: int, is_live: ColumnElement[bool]) -> dict[int, CopyFacts]:
    """Return the newest kept copy of each source of an article's evidence that has one, in one query.

    Those brought of confidential sources stay with the few who may know whose they are.
    """
    newest = (
        select(func.max(Capture.id))
        .join(Evidence, Evidence.source_id == Capture.source_id)
        .join(Claim, Claim.id == Evidence.claim_id)
        .join(Source, Source.id == Capture.source_id)
        .where(
            *(Claim.article_id == article_id, is_live, Evidence.withdrawn_at.is_(None)),
            *(Capture.state == CaptureState.KEPT, Source.confidential_number.is_(None)),
        )
        .group_by(Capture.source_id)
    )
    rows = session.execute(
        select(
            Capture.source_id,
            Capture.finished_at.label("captured_at"),
            *(Capture.sha256, Capture.warc_sha256, Capture.final_address),
            (Capture.trigger == Trigger.UPLOAD).label("was_brought"),
            *(Deposit.memento, Deposit.memento_at),
        )
        .outerjoin(Deposit, Deposit.capture_id == Capture.id)
        .where(Capture.id.in_(newest))
    )
    return {row.source_id: CopyFacts(**{name: getattr(row, name) for name in _COPY}) for row in rows}


_COPY = tuple(CopyFacts.__dataclass_fields__)


@dataclass
class _Listed:
    """A source on its way into the list: the first evidence that names it, and the claims on it so far."""

    number: int
    evidence: EvidenceFacts
    claims: dict[int, None]


def list_sources(claims: tuple[ClaimFacts, ...], copies: Mapping[int, CopyFacts | None]) -> tuple[SourceFacts, ...]:
    """Return the sources of claims in the order of their numbers; ``copies`` are by that number."""
    found: dict[int, _Listed] = {}
    for claim in claims:
        for item in claim.evidence:
            found.setdefault(item.source, _Listed(item.source, item, {})).claims[claim.number] = None
    return tuple(_source(found[number], copies.get(number)) for number in sorted(found))


def _source(listed: _Listed, copy: CopyFacts | None) -> SourceFacts:
    shared: dict[str, Any] = {name: getattr(listed.evidence, name) for name in _SHARED}
    return SourceFacts(number=listed.number, claims=tuple(listed.claims), copy=copy, **shared)


_SHARED = ("kind", "title", "has_composed_title", "is_confidential", "publisher", "published_on", "address")


def number_anew(report: Report) -> Report:
    """Return a report from which claims or evidence were taken, its sources those that are left, numbered from 1.

    A number that is missing would tell that something was left out.
    """
    numbers: dict[int, int] = {}
    for claim in report.claims:
        for item in claim.evidence:
            numbers.setdefault(item.source, len(numbers) + 1)
    claims = tuple(
        replace(claim, evidence=tuple(replace(item, source=numbers[item.source]) for item in claim.evidence))
        for claim in report.claims
    )
    copies = {numbers[one.number]: one.copy for one in report.sources if one.number in numbers}
    return replace(report, claims=claims, sources=list_sources(claims, copies))
