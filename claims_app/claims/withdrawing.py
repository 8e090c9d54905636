"""Taking claims, articles and cited links out of the work, and bringing them back; nothing is lost."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, Citation
from claims_app.claims.model import UNDECIDED, Claim
from claims_app.claims.service import load_claim, read_reason, record_on_claim
from claims_app.db import now
from claims_app.errors import DomainError
from claims_app.history.model import Action, Subject
from claims_app.history.service import Event, record, record_all
from claims_app.people.model import Person, Role
from claims_app.people.service import require


def withdraw_claim(session: Session, *, actor: Person | None, claim_id: int, why: str | None) -> Claim:
    """Take a claim out of the work and the counts; it is kept and can be restored."""
    require(actor, Role.CHECKER)
    claim = load_claim(session, claim_id)
    if claim.status not in UNDECIDED:
        require(actor, Role.EDITOR)
    reason = read_reason(why)
    claim.withdrawn_at = now()
    record_on_claim(session, actor=actor, action=Action.WITHDRAWN, claim=claim, why=reason)
    return claim


def withdraw_claims(session: Session, *, actor: Person | None, claims: Sequence[Claim], why: str | None) -> None:
    """Take many live claims out of the work, as ``withdraw_claim`` takes one."""
    require(actor, Role.CHECKER if all(claim.status in UNDECIDED for claim in claims) else Role.EDITOR)
    reason = read_reason(why)
    for claim in claims:
        claim.withdrawn_at = claim.updated_at = now()
    events = [
        Event(Action.WITHDRAWN, Subject.CLAIM, claim.id, claim.id, claim.article_id, why=reason) for claim in claims
    ]
    record_all(session, actor=actor, events=events)


def restore_claim(session: Session, *, actor: Person, claim_id: int) -> Claim:
    """Bring a withdrawn claim back as it was; a decided one is an editor's, as its withdrawal was."""
    require(actor, Role.CHECKER)
    claim = session.get_one(Claim, claim_id, with_for_update=True)
    if claim.status not in UNDECIDED:
        require(actor, Role.EDITOR)
    if claim.withdrawn_at is None:
        raise DomainError("This claim is not withdrawn.")
    if claim.article.withdrawn_at is not None:
        raise DomainError("This article is withdrawn; restore it first.")
    if claim.citation is not None and claim.citation.withdrawn_at is not None:
        raise DomainError("The link that this claim names is withdrawn; add it to the article again first.")
    claim.withdrawn_at = None
    record_on_claim(session, actor=actor, action=Action.RESTORED, claim=claim)
    return claim


def withdraw_citation(session: Session, *, actor: Person | None, citation_id: int, why: str | None) -> Citation:
    """Take a link off an article's list; one that a claim names stays. Adding its address again brings it back."""
    require(actor, Role.CHECKER)
    citation = session.get_one(Citation, citation_id, with_for_update=True)
    if citation.article.withdrawn_at is not None:
        raise DomainError("This article is withdrawn; restore it first.")
    if citation.withdrawn_at is not None:
        raise DomainError("This link is withdrawn already.")
    if session.scalar(select(Claim.id).where(Claim.citation_id == citation_id, Claim.withdrawn_at.is_(None)).limit(1)):
        raise DomainError("Claims name this link; take it off them first.")
    reason = read_reason(why)
    citation.withdrawn_at = now()
    record(
        session,
        actor=actor,
        action=Action.WITHDRAWN,
        subject=Subject.CITATION,
        subject_id=citation_id,
        article_id=citation.article_id,
        why=reason,
    )
    return citation


def withdraw_article(session: Session, *, actor: Person | None, article_id: int, why: str | None) -> Article:
    """Take an article and its claims out of the work; all are kept and can be restored together."""
    require(actor, Role.EDITOR)
    article = session.get_one(Article, article_id, with_for_update=True)
    if article.withdrawn_at is not None:
        raise DomainError("This article is withdrawn already.")
    reason = read_reason(why)
    article.withdrawn_at = now()
    session.execute(
        update(Claim)
        .where(Claim.article_id == article_id, Claim.withdrawn_at.is_(None))
        .values(withdrawn_at=article.withdrawn_at)
    )
    record(
        session,
        actor=actor,
        action=Action.WITHDRAWN,
        subject=Subject.ARTICLE,
        subject_id=article_id,
        article_id=article_id,
        why=reason,
    )
    return article


def restore_article(session: Session, *, actor: Person, article_id: int) -> Article:
    """Bring back a withdrawn article with the claims that left with it; claims withdrawn before stay so."""
    require(actor, Role.EDITOR)
    article = session.get_one(Article, article_id, with_for_update=True)
    if article.withdrawn_at is None:
        raise DomainError("This article is not withdrawn.")
    session.execute(
        update(Claim)
        .where(Claim.article_id == article_id, Claim.withdrawn_at == article.withdrawn_at)
        .values(withdrawn_at=None)
    )
    article.withdrawn_at = None
    record(
        session,
        actor=actor,
        action=Action.RESTORED,
        subject=Subject.ARTICLE,
        subject_id=article_id,
        article_id=article_id,
    )
    return article
