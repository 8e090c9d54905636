"""Whether what a piece of evidence quotes stands in the newest kept copy of its source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from claims_app.captures.model import Capture, CaptureState
from claims_app.captures.queries import newest_copy
from claims_app.claims.model import Claim
from claims_app.copies.finding import find_figure, has_passage
from claims_app.evidence.model import CopyCheck, Evidence, InCopy
from claims_app.files import Files
from claims_app.sources.model import Source


@dataclass(frozen=True, slots=True)
class Looked:
    """What a text says of the evidence from a source: by the evidence's number its revision, passage and figure."""

    source_id: int
    text_sha256: str | None
    found: Mapping[int, tuple[int, InCopy, InCopy]]


def check_copy(session: Session, files: Files, evidence: Evidence) -> CopyCheck | None:
    """Look for the passage and the figure of evidence in the newest copy of its source and keep what was found.

    None: there is no copy, or the source is confidential: whoever may not read its copy could guess at its words.
    """
    if evidence.source.is_confidential:
        _forget(session, evidence)
        return None
    copy = newest_copy(session, evidence.source_id)
    if copy is None:
        return None
    text = _read_text(files, copy.text_sha256)
    return _keep(session, evidence, copy, _find_passage(evidence, text), _find_figure(evidence, text))


def look_for(session: Session, files: Files, source_id: int, text_sha256: str | None) -> Looked:
    """Look for all live evidence from a source in a text of it, for ``check_source``; of a confidential one for none.

    It takes seconds for a long text, and belongs before the transaction in which everybody else waits.
    """
    found = {}
    pieces = _list_live(session, source_id)
    if pieces and not pieces[0].source.is_confidential:
        text = _read_text(files, text_sha256)
        for evidence in pieces:
            found[evidence.id] = evidence.revision, _find_passage(evidence, text), _find_figure(evidence, text)
    return Looked(source_id, text_sha256, found)


def check_source(session: Session, looked: Looked) -> None:
    """Keep what was found of the evidence from a source in the text of its newest copy, and nothing where that is none.

    Evidence that was changed since then and a copy with another text are left; ``list_unchecked`` names the source.
    """
    pieces = _list_live(session, looked.source_id)
    if pieces and pieces[0].source.is_confidential:
        for evidence in pieces:
            _forget(session, evidence)
        return
    copy = newest_copy(session, looked.source_id)
    if copy is None or copy.text_sha256 != looked.text_sha256:
        return
    for evidence in pieces:
        revision, passage, figure = looked.found.get(evidence.id, (None, InCopy.NONE, InCopy.NONE))
        if revision == evidence.revision:
            _keep(session, evidence, copy, passage, figure)


def list_unchecked(session: Session) -> Sequence[int]:
    """Return the sources with evidence that was not looked for in their newest copy.

    So are confidential sources with evidence that was looked for, which it never should be.
    """
    newer = exists().where(
        Capture.source_id == Evidence.source_id,
        Capture.state == CaptureState.KEPT,
        Capture.id > func.coalesce(CopyCheck.capture_id, 0),
    )
    is_confidential = Source.confidential_number.is_not(None)
    return session.scalars(
        select(Evidence.source_id)
        .join(Evidence.source)
        .outerjoin(Evidence.copy_check)
        .where(
            Evidence.withdrawn_at.is_(None),
            or_(and_(~is_confidential, newer), and_(is_confidential, CopyCheck.evidence_id.is_not(None))),
        )
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


def _list_live(session: Session, source_id: int) -> Sequence[Evidence]:
    return session.scalars(
        select(Evidence)
        .options(joinedload(Evidence.source), joinedload(Evidence.figure), joinedload(Evidence.copy_check))
        .where(Evidence.source_id == source_id, Evidence.withdrawn_at.is_(None))
    ).all()


def _read_text(files: Files, sha256: str | None) -> str | None:
    return None if sha256 is None else files.read(sha256).decode()


def _forget(session: Session, evidence: Evidence) -> None:
    if evidence.copy_check is not None:
        session.delete(evidence.copy_check)
        session.flush()
        session.expire(evidence, ["copy_check"])


def _keep(session: Session, evidence: Evidence, copy: Capture, passage: InCopy, figure: InCopy) -> CopyCheck:
    check = evidence.copy_check
    if check is None:
        check = evidence.copy_check = CopyCheck()
    check.capture, check.passage, check.figure = copy, passage, figure
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
