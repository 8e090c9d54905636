"""Finding public checks: one page, an article's claims with what readers may know of each, and lists of pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.claims.model import DECIDED, Claim, Claimant, ClaimantKind, Place
from claims_app.evidence.model import Evidence
from claims_app.publishing.facts import CheckFacts, CorrectionFacts, PublicArticle, ReviewFacts, State
from claims_app.publishing.imprint import Imprint
from claims_app.publishing.model import ClaimReview, Correction
from claims_app.publishing.rules import find_problems, is_publishable
from claims_app.reports.public import make_public_claim
from claims_app.reports.queries import gather_claims
from claims_app.verdicts.model import Verdict

PAGE = 100
"""Checks on one page of a list or a feed, and claims on one page of what can be published."""
MAP = 20_000
"""Checks in one file of the site's map, which may hold 50,000 addresses: each check has up to two."""

_AT_ONCE = 1000


def state_of(check: CheckFacts, imprint: Imprint) -> State:
    """Return what a check's page shows; the verdict only while nothing blocks it and it is the one published."""
    review = check.review
    if review is None or review.withdrawn_at or check.is_withdrawn or check.article.withdrawn_at:
        return State.WITHDRAWN
    if review.is_current and is_publishable(find_problems(check, imprint)):
        return State.SHOWN
    return State.REDONE


def find_review(session: Session, review_id: int) -> ClaimReview:
    """Return a public page by its number; one that never was raises ``NoResultFound``."""
    return session.get_one(ClaimReview, review_id)


def gather_check(session: Session, review_id: int, *, language: str) -> CheckFacts:
    """Return what a public page tells; one that never was raises ``NoResultFound``."""
    review = find_review(session, review_id)
    claim = session.get_one(Claim, review.claim_id)
    return gather_checks(session, [(claim.article_id, claim.id)], language=language)[0]


@dataclass(frozen=True)
class CheckPage:
    """One page of an article's claims; ``after`` is where the next one begins. None: there is none."""

    checks: Sequence[CheckFacts]
    after: int | None


def list_article_checks(
    session: Session, article_id: int, *, language: str, offset: int = 0, limit: int | None = PAGE
) -> CheckPage:
    """Return the live claims of an article, and those that have a page, in its order; None for ``limit`` is all."""
    has_page = select(ClaimReview.id).where(ClaimReview.claim_id == Claim.id).exists()
    wanted = (
        select(Claim.article_id, Claim.id)
        .where(Claim.article_id == article_id, or_(Claim.withdrawn_at.is_(None), has_page))
        .order_by(Claim.position, Claim.id)
        .offset(offset)
    )
    rows = session.execute(wanted if limit is None else wanted.limit(limit + 1)).all()
    shown = rows if limit is None else rows[:limit]
    checks = gather_checks(session, [(row[0], row[1]) for row in shown], language=language)
    return CheckPage(checks, offset + len(shown) if len(shown) < len(rows) else None)


def gather_checks(session: Session, wanted: Sequence[tuple[int, int]], *, language: str) -> list[CheckFacts]:
    """Return what readers may know of claims, given as numbers of article and claim, in that order.

    The queries are a fixed number for each article among them, and for each thousand of its claims.
    """
    found: dict[int, CheckFacts] = {}
    for article_id, pairs in groupby(sorted(wanted), key=lambda pair: pair[0]):
        claim_ids = [claim_id for _article_id, claim_id in pairs]
        for start in range(0, len(claim_ids), _AT_ONCE):  # a statement takes so many numbers and no more
            found |= _of_article(session, article_id, claim_ids[start : start + _AT_ONCE], language)
    return [found[claim_id] for _article_id, claim_id in wanted]


def _of_article(session: Session, article_id: int, claim_ids: Sequence[int], language: str) -> dict[int, CheckFacts]:
    names = PublicArticle.__dataclass_fields__
    row = session.execute(select(*(getattr(Article, name) for name in names)).where(Article.id == article_id)).one()
    article = PublicArticle(*row)
    origins = {row.id: row for row in session.execute(_origins(claim_ids))}
    corrections = _by_claim(
        session.execute(
            select(ClaimReview.claim_id, Correction.text_he, Correction.text_en, Correction.created_at)
            .join(Correction, Correction.claim_review_id == ClaimReview.id)
            .where(ClaimReview.claim_id.in_(claim_ids))
            .order_by(ClaimReview.claim_id, Correction.id.desc())
        )
    )
    return {
        claim.id: CheckFacts(
            article=article,
            claim=make_public_claim(claim, language),
            is_withdrawn=origins[claim.id].withdrawn_at is not None,
            claimant_id=origins[claim.id].claimant_id,
            claimant_kind=origins[claim.id].claimant_kind,
            same_as=origins[claim.id].same_as,
            said_on=origins[claim.id].said_on,
            first_appearance=origins[claim.id].first_appearance,
            appearances=tuple((origins[claim.id].appearances or "").splitlines()),
            needs_look=origins[claim.id].needs_look,
            review=_review(origins[claim.id], corrections.get(claim.id, ())),
        )
        for claim in gather_claims(session, article_id, claim_ids, language=language, is_shown=~_is_later())
    }


def _is_later() -> ColumnElement[bool]:
    """Whether evidence came under a verdict that was public already: no editor has seen it on the page."""
    return (
        exists()
        .where(
            ClaimReview.claim_id == Claim.id,
            ClaimReview.verdict_id == Claim.verdict_id,
            ClaimReview.withdrawn_at.is_(None),
            ClaimReview.modified_at < Evidence.created_at,
        )
        .correlate(Claim, Evidence)
    )


def _origins(claim_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """Return where claims come from and what page they have."""
    return (
        select(
            *(Claim.id, Claim.withdrawn_at, Claim.said_on, Claim.first_appearance, Claim.appearances),
            Claim.needs_look,
            *(Claim.claimant_id, Claim.verdict_id, Claimant.kind.label("claimant_kind"), Claimant.same_as),
            ClaimReview.id.label("review_id"),
            ClaimReview.verdict_id.label("published_verdict_id"),
            *(ClaimReview.published_at, ClaimReview.modified_at, ClaimReview.withdrawn_at.label("page_withdrawn_at")),
            Verdict.ended_at,
        )
        .outerjoin(Claimant, Claimant.id == Claim.claimant_id)
        .outerjoin(ClaimReview, ClaimReview.claim_id == Claim.id)
        .outerjoin(Verdict, Verdict.id == ClaimReview.verdict_id)
        .where(Claim.id.in_(claim_ids))
    )


def _review(row: Row[*tuple[Any, ...]], corrections: Iterable[Any]) -> ReviewFacts | None:
    if row.review_id is None:
        return None
    return ReviewFacts(
        id=row.review_id,
        published_at=row.published_at,
        modified_at=row.modified_at,
        withdrawn_at=row.page_withdrawn_at,
        is_current=row.published_verdict_id == row.verdict_id,
        ended_at=row.ended_at,
        corrections=tuple(CorrectionFacts(one.text_he, one.text_en, one.created_at) for one in corrections),
    )


def _by_claim(rows: Iterable[Any]) -> dict[int, list[Any]]:
    return {claim_id: list(found) for claim_id, found in groupby(rows, key=lambda row: row.claim_id)}


def _is_shown() -> list[ColumnElement[bool]]:
    """Return what the rows of a page have to be for it to show a verdict; the rules may still object to the words."""
    return [
        ClaimReview.withdrawn_at.is_(None),
        ClaimReview.verdict_id == Claim.verdict_id,
        Claim.withdrawn_at.is_(None),
        Claim.status.in_(DECIDED),
        ~Claim.is_stale,
        Claim.place != Place.LOST,
        Claim.is_attributed.is_(True),
        Claimant.kind.in_((ClaimantKind.PERSON, ClaimantKind.ORGANISATION)),
        Article.withdrawn_at.is_(None),
    ]


def _shown(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(ClaimReview)
        .join(Claim, Claim.id == ClaimReview.claim_id)
        .join(Article, Article.id == Claim.article_id)
        .join(Claimant, Claimant.id == Claim.claimant_id)
        .where(*_is_shown())
    )


@dataclass(frozen=True)
class Shown:
    """One page of the checks that readers can read, the last modified first; ``after`` is where the next begins."""

    checks: Sequence[CheckFacts]
    after: str | None


def list_shown(
    session: Session, imprint: Imprint, *, language: str, article_id: int | None = None, after: str = ""
) -> Shown:
    """Return one page of the checks that show a verdict, of one article or of all."""
    wanted = _shown(Claim.article_id, Claim.id, ClaimReview.id.label("review_id"), ClaimReview.modified_at)
    if article_id is not None:
        wanted = wanted.where(Claim.article_id == article_id)
    place = _read_place(after)
    if place is not None:
        at, number = place
        earlier = and_(ClaimReview.modified_at == at, ClaimReview.id < number)
        wanted = wanted.where(or_(ClaimReview.modified_at < at, earlier))
    rows = session.execute(wanted.order_by(ClaimReview.modified_at.desc(), ClaimReview.id.desc()).limit(PAGE + 1)).all()
    checks = gather_checks(session, [(row.article_id, row.id) for row in rows[:PAGE]], language=language)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Shown(
        checks=[check for check in checks if state_of(check, imprint) is State.SHOWN],
        after=_write_place(last.modified_at, last.review_id) if last else None,
    )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _write_place(at: datetime, number: int) -> str:
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}-{number}"


def _read_place(text: str) -> tuple[datetime, int] | None:
    """Return where a page begins; what an address says that is no such place is left out."""
    moment, _, number = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 18 for part in (moment, number)):
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(moment)), int(number)
    except OverflowError:
        return None


def has_pages(session: Session, article_id: int) -> bool:
    """Whether an article has, or once had, public checks."""
    wanted = select(ClaimReview.id).join(Claim, Claim.id == ClaimReview.claim_id)
    return session.scalar(wanted.where(Claim.article_id == article_id).limit(1)) is not None


def list_live_reviews(session: Session, article_id: int) -> Sequence[ClaimReview]:
    """Return the pages of an article that are not withdrawn, whatever they show."""
    return session.scalars(
        select(ClaimReview)
        .join(Claim, Claim.id == ClaimReview.claim_id)
        .where(Claim.article_id == article_id, ClaimReview.withdrawn_at.is_(None))
        .order_by(Claim.position, Claim.id)
    ).all()


def count_maps(session: Session) -> int:
    """Return how many files the map of the site has; one at least."""
    last = session.scalar(select(func.max(ClaimReview.id))) or 0
    return max(1, -(-last // MAP))


def list_mapped(session: Session, imprint: Imprint, part: int) -> Iterable[tuple[dict[str, str], datetime]]:
    """Yield the pages of one file of the map, from 1: their addresses by language, and when each was modified."""
    columns = [getattr(Claim, f"statement_{code}") for code in ("he", "en")]
    columns += [getattr(Verdict, f"rationale_{code}") for code in ("he", "en")]
    # By number and not by place: a page stays in its file while others come and go.
    wanted = (
        _shown(ClaimReview.id, ClaimReview.modified_at, Article.language, *columns)
        .join(Verdict, Verdict.id == Claim.verdict_id)
        .where(ClaimReview.id > (part - 1) * MAP, ClaimReview.id <= part * MAP)
        .order_by(ClaimReview.id)
        .execution_options(yield_per=1000)
    )
    for row in session.execute(wanted):
        whole = [
            code for code in ("he", "en") if getattr(row, f"statement_{code}") and getattr(row, f"rationale_{code}")
        ]
        own, *others = sorted(whole, key=lambda code: code != row.language) or [row.language]
        addresses = {own: imprint.page(row.id)} | {code: imprint.page(row.id, code) for code in others}
        yield addresses, row.modified_at
