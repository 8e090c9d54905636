"""Whether what a piece of evidence quotes stands in the newest kept copy of its source."""

from collections.abc import Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from claims_app.captures.model import Capture, CaptureState
from claims_app.captures.queries import newest_copy
from claims_app.claims.model import Claim
from claims_app.copies import finding
from claims_app.copies.finding import find_figure, has_passage
from claims_app.evidence.model import CopyCheck, Evidence, InCopy
from claims_app.files import Files
from claims_app.sources.model import Source


def check_copy(session: Session, files: Files, evidence: Evidence) -> CopyCheck | None:
    """Look for the passage and the figure of evidence in the newest copy of its source and keep what was found.

    None: there is no copy.
    """
    copy = newest_copy(session, evidence.source_id)
    return None if copy is None else _check(session, evidence, copy, _text_of(files, copy))


def check_source(session: Session, files: Files, source_id: int) -> None:
    """Do what ``check_copy`` does for all live evidence from a source."""
    copy = newest_copy(session, source_id)
    if copy is None:
        return
    text = _text_of(files, copy)
    for evidence in session.scalars(
        select(Evidence)
        .options(joinedload(Evidence.figure), joinedload(Evidence.copy_check))
        .where(Evidence.source_id == source_id, Evidence.withdrawn_at.is_(None))
    ):
        _check(session, evidence, copy, text)


def read_ahead(session: Session, files: Files, source_id: int, text_sha256: str | None) -> None:
    """Read what ``check_source`` will look for figures in, before the transaction in which everybody else waits."""
    with_figure = select(Evidence.id).where(
        Evidence.source_id == source_id, Evidence.withdrawn_at.is_(None), Evidence.figure.has()
    )
    if text_sha256 is not None and session.scalar(with_figure.limit(1)) is not None:
        finding.read_ahead(files.read(text_sha256).decode())


def list_unchecked(session: Session) -> Sequence[int]:
    """Return the sources with evidence that was not looked for in their newest copy."""
    newer = exists().where(
        Capture.source_id == Evidence.source_id,
        Capture.state == CaptureState.KEPT,
        Capture.id > func.coalesce(CopyCheck.capture_id, 0),
    )
    return session.scalars(
        select(Evidence.source_id)
        .outerjoin(Evidence.copy_check)
        .where(Evidence.withdrawn_at.is_(None), newer)
        .distinct()
    ).all()


def list_capturable(
    session: Session, *, article_id: int | None = None, source_id: int | None = None, only_missing: bool = False
) -> Sequence[Source]:
    """Return the live sources with an address, in the order they were added.

    Of an article, those that its live claims rest on; with ``only_missing``, those of which no copy is kept.
    """
    wanted = select(Source).where(Source.address.is_not(None), Source.withdrawn_at.is_(None)).order_by(Source.id)
    if source_id is not None:
        wanted = wanted.where(Source.id == source_id)
    if article_id is not None:
        used = select(Evidence.source_id).join(Evidence.claim)
        wanted = wanted.where(
            Source.id.in_(
                used.where(
                    Claim.article_id == article_id, Claim.withdrawn_at.is_(None), Evidence.withdrawn_at.is_(None)
                )
            )
        )
    if only_missing:
        is_kept = exists().where(Capture.source_id == Source.id, Capture.state == CaptureState.KEPT)
        wanted = wanted.where(~is_kept)
    return session.scalars(wanted).all()


def _text_of(files: Files, copy: Capture) -> str | None:
    return None if copy.text_sha256 is None else files.read(copy.text_sha256).decode()


def _check(session: Session, evidence: Evidence, copy: Capture, text: str | None) -> CopyCheck:
    check = evidence.copy_check
    if check is None:
        check = evidence.copy_check = CopyCheck()
    check.capture = copy
    check.passage = _find_passage(evidence, text)
    check.figure = _find_figure(evidence, text)
    session.flush()
    return check


def _find_passage(evidence: Evidence, text: str | None) -> InCopy:
    if text is None or evidence.passage is None:
        return InCopy.NONE
    return InCopy.FOUND if has_passage(text, evidence.passage) else InCopy.MISSING


def _find_figure(evidence: Evidence, text: str | None) -> InCopy:
    figure = evidence.figure
    if text is None or figure is None:
        return InCopy.NONE
    found = find_figure(text, low=figure.low, high=figure.high, unit=figure.unit, is_about=figure.is_about)
    return InCopy.FOUND if found else InCopy.MISSING
