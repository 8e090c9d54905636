"""Publishing checks, withdrawing them, and correcting them; an editor's work, each with its entry in the history."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.claims.model import Claim
from claims_app.claims.service import read_reason, record_on_claim
from claims_app.db import now
from claims_app.errors import DomainError
from claims_app.history.model import Action, Subject
from claims_app.history.service import first_values, record
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.publishing.facts import CheckFacts
from claims_app.publishing.imprint import Imprint
from claims_app.publishing.model import ClaimReview, Correction
from claims_app.publishing.queries import PAGE, gather_checks, list_live_reviews
from claims_app.publishing.rules import find_problems, is_publishable, list_refusals
from claims_app.reading import clean
from claims_app.signoff.queries import gather_closing


def _check_ready(session: Session, article_id: int, imprint: Imprint) -> Article:
    """Return the article, if the desk can publish and somebody answers for what would be published."""
    for refusal in list_refusals(imprint):
        raise refusal
    article = session.get_one(Article, article_id, with_for_update=True)
    if article.withdrawn_at is not None:
        raise DomainError("This article is withdrawn; restore it first.")
    if not gather_closing(session, article).is_closed:
        raise DomainError("Nothing is published before the article is signed off as it stands now.")
    return article


def publish_checks(
    session: Session, *, actor: Person, article_id: int, claim_ids: Sequence[int], imprint: Imprint
) -> list[ClaimReview]:
    """Make public what was found about claims of an article, or bring their pages up to date; return those pages.

    The article has to be signed off as it stands. A claim that the rules block is refused, and with it all the others.
    """
    require(actor, Role.EDITOR)
    article = _check_ready(session, article_id, imprint)
    if not claim_ids:
        raise DomainError("Select at least one claim.")
    if len(claim_ids) > PAGE:
        raise DomainError("Select at most %(most)s claims at once.", most=PAGE)
    claims = [session.get(Claim, claim_id) for claim_id in dict.fromkeys(claim_ids)]
    own = [claim for claim in claims if claim is not None and claim.article_id == article_id]
    if len(own) < len(claims):
        raise DomainError("One of the claims is not here any more; look at the list again.")
    checks = gather_checks(session, [(article_id, claim.id) for claim in own], language=article.language)
    blocked = [str(check.claim.number) for check in checks if not is_publishable(find_problems(check, imprint))]
    if blocked:
        raise DomainError("These claims cannot be published: %(numbers)s. Nothing was.", numbers=", ".join(blocked))
    reviews = [_publish(session, actor, claim, check) for claim, check in zip(own, checks, strict=True)]
    changed = [review for review in reviews if review is not None]
    if changed:
        _record_on_article(session, actor, article_id, Action.PUBLISHED, [review.claim.number for review in changed])
    return changed


def _publish(session: Session, actor: Person, claim: Claim, check: CheckFacts) -> ClaimReview | None:
    """Publish the verdict in force; None where its page shows it already."""
    verdict_id, moment = claim.verdict_id or 0, now()  # what has no verdict was refused
    if check.review is None:
        review = ClaimReview(claim=claim, verdict_id=verdict_id, published_at=moment, modified_at=moment)
        session.add(review)
        session.flush()  # the history names the new page's number
    else:
        review = session.get_one(ClaimReview, check.review.id, with_for_update=True)
        if review.withdrawn_at is None and review.verdict_id == verdict_id:
            return None
        review.verdict_id, review.modified_at, review.withdrawn_at = verdict_id, moment, None
    _record(session, actor, Action.PUBLISHED, review, finding=check.verdict.finding)
    return review


def withdraw_checks(session: Session, *, actor: Person, article_id: int, why: str | None) -> int:
    """Withdraw all public checks of an article, with the reason; return how many. Their pages say so from now on."""
    require(actor, Role.EDITOR)
    session.get_one(Article, article_id, with_for_update=True)
    reviews = list_live_reviews(session, article_id)
    if not reviews:
        raise DomainError("No check of this article is public.")
    reason = read_reason(why)
    for review in reviews:
        _withdraw(session, actor, review, reason)
    numbers = [review.claim.number for review in reviews]
    _record_on_article(session, actor, article_id, Action.UNPUBLISHED, numbers, why=reason)
    return len(reviews)


def withdraw_check(session: Session, *, actor: Person, review_id: int, why: str | None) -> ClaimReview:
    """Withdraw one public check, with the reason; its page says so from now on, under the same address."""
    require(actor, Role.EDITOR)
    review = session.get_one(ClaimReview, review_id, with_for_update=True)
    if review.withdrawn_at is not None:
        raise DomainError("This public check is withdrawn already.")
    _withdraw(session, actor, review, read_reason(why))
    return review


def _withdraw(session: Session, actor: Person, review: ClaimReview, reason: str) -> None:
    review.withdrawn_at = now()
    _record(session, actor, Action.UNPUBLISHED, review, why=reason)


def correct_check(
    session: Session, *, actor: Person, review_id: int, text_he: str | None = None, text_en: str | None = None
) -> Correction:
    """Tell the readers of a public check what was corrected in it; the note stays on its page, with its date.

    The check itself changes by ``publish_checks`` only.
    """
    require(actor, Role.EDITOR)
    review = session.get_one(ClaimReview, review_id, with_for_update=True)
    if review.withdrawn_at is not None:
        raise DomainError("This public check is withdrawn; its page shows nothing.")
    texts = {"text_he": clean(text_he), "text_en": clean(text_en)}
    if not any(texts.values()):
        raise DomainError("Write what was corrected, in Hebrew or in English.", field="text_he")
    correction = Correction(review=review, person_id=actor.id, created_at=now(), **texts)
    session.add(correction)
    review.modified_at = correction.created_at
    session.flush()
    _record(session, actor, Action.CORRECTED, review, **texts)
    return correction


def _record(
    session: Session,
    actor: Person,
    action: Action,
    review: ClaimReview,
    *,
    why: str | None = None,
    **values: object,
) -> None:
    record_on_claim(
        session,
        actor=actor,
        action=action,
        claim=review.claim,
        subject=Subject.CLAIM_REVIEW,
        subject_id=review.id,
        changes=first_values(**values),
        why=why,
    )


def _record_on_article(
    session: Session, actor: Person, article_id: int, action: Action, numbers: Sequence[int], why: str | None = None
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject=Subject.ARTICLE,
        subject_id=article_id,
        article_id=article_id,
        changes=first_values(claims=", ".join(map(str, numbers))),
        why=why,
    )
