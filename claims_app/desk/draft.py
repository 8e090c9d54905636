"""What a new version of the text did to the claims of its article."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor, Outcome
from claims_app.anchors.queries import words_of
from claims_app.anchors.service import Fate, fate_of
from claims_app.articles.model import Article, ArticleVersion
from claims_app.articles.queries import find_version
from claims_app.claims.model import Claim

FIRST = (Fate.CHANGED, Fate.LOST, Fate.MOVED, Fate.UNCHANGED)
"""The fates, what needs a look first."""


@dataclass(frozen=True)
class Step:
    """A claim, what the version did to it, and its words before and after."""

    claim: Claim
    fate: Fate
    before: str | None
    after: str | None


@dataclass(frozen=True)
class DraftFacts:
    """What the page of a version shows."""

    article: Article
    version: ArticleVersion
    #: The one before. None: this is the first.
    previous: ArticleVersion | None
    is_newest: bool
    steps: Sequence[Step]

    @property
    def counts(self) -> dict[Fate, int]:
        found = Counter(step.fate for step in self.steps)
        return {fate: found[fate] for fate in FIRST if found[fate]}

    @property
    def to_look_at(self) -> list[Step]:
        """The claims whose words are not simply the same, what needs a look first."""
        steps = [step for step in self.steps if step.fate is not Fate.UNCHANGED]
        return sorted(steps, key=lambda step: FIRST.index(step.fate))


def gather_draft(session: Session, article_id: int, number: int) -> DraftFacts:
    """Return what a version did to the claims that had a place before it; no such version raises ``NoResultFound``."""
    version = find_version(session, article_id, number)
    newest = find_version(session, article_id)
    previous = find_version(session, article_id, number - 1) if number > 1 else None
    return DraftFacts(
        article=session.get_one(Article, article_id),
        version=version,
        previous=previous,
        is_newest=newest.id == version.id,
        steps=_list_steps(session, version) if previous is not None and version.text else (),
    )


def _list_steps(session: Session, version: ArticleVersion) -> list[Step]:
    last = (
        select(Anchor.claim_id, func.max(Anchor.version_id).label("version_id"))
        .join(Claim, Claim.id == Anchor.claim_id)
        .where(Claim.article_id == version.article_id, Anchor.version_id < version.id, Anchor.withdrawn_at.is_(None))
        .group_by(Anchor.claim_id)
        .subquery()
    )
    before = _by_claim(
        session.scalars(
            select(Anchor)
            .join(last, (Anchor.claim_id == last.c.claim_id) & (Anchor.version_id == last.c.version_id))
            .where(Anchor.withdrawn_at.is_(None))
            .order_by(Anchor.begins)
        ).all()
    )
    after = _by_claim(
        session.scalars(
            select(Anchor)
            .where(Anchor.version_id == version.id, Anchor.outcome != Outcome.PLACED)
            .order_by(Anchor.begins)
        ).all()
    )
    claims = session.scalars(
        select(Claim)
        .where(Claim.article_id == version.article_id, Claim.withdrawn_at.is_(None))
        .order_by(Claim.position, Claim.id)
    )
    return [
        Step(
            claim,
            fate_of(before[claim.id], after.get(claim.id, [])),
            words_of(before[claim.id]),
            words_of(after.get(claim.id, [])),
        )
        for claim in claims
        if claim.id in before
    ]


def _by_claim(anchors: Sequence[Anchor]) -> dict[int, list[Anchor]]:
    found: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        found.setdefault(anchor.claim_id, []).append(anchor)
    return found
