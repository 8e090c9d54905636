"""The facts of a public check: what readers may know of one claim, and how its page stands."""

import enum
from dataclasses import dataclass
from datetime import datetime

from claims_app.claims.model import CitedBasis, ClaimantKind
from claims_app.publishing.imprint import LANGUAGES
from claims_app.reports.facts import ClaimFacts, VerdictFacts


class State(enum.StrEnum):
    """What a public page shows."""

    #: The verdict that an editor published, which holds.
    SHOWN = "shown"
    #: That the check is being redone: what was published does not hold, or not any more.
    REDONE = "redone"
    #: That it was withdrawn.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class CorrectionFacts:
    """What was corrected, in words for readers, and when."""

    text_he: str | None
    text_en: str | None
    corrected_at: datetime


@dataclass(frozen=True)
class ReviewFacts:
    """A public page: its number, when it was published and changed, its corrections with the newest first."""

    id: int
    published_at: datetime
    modified_at: datetime
    withdrawn_at: datetime | None
    #: The verdict in force is the one that was published.
    is_current: bool
    #: When the verdict that was published was ended. None: it is in force.
    ended_at: datetime | None
    corrections: tuple[CorrectionFacts, ...]

    @property
    def lacks_correction(self) -> bool:
        """Whether readers have not been told yet that what they read does not hold any more."""
        if self.ended_at is None:
            return False
        return not any(one.corrected_at >= self.ended_at for one in self.corrections)


@dataclass(frozen=True)
class PublicArticle:
    """What readers may know of the article that a claim stands in."""

    id: int
    title_he: str | None
    title_en: str | None
    outlet: str | None
    byline: str | None
    language: str
    address: str | None
    published_on: str | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class CheckFacts:
    """One claim as its public page tells it; ``claim`` holds nothing that a public report leaves out."""

    article: PublicArticle
    claim: ClaimFacts
    is_withdrawn: bool
    claimant_id: int | None
    claimant_kind: ClaimantKind | None
    same_as: str | None
    said_on: str | None
    first_appearance: str | None
    #: Works in which it was said, without the first.
    appearances: tuple[str, ...]
    #: Something it rests on has to be looked at again.
    needs_look: bool
    #: None: it has no page yet.
    review: ReviewFacts | None

    @property
    def page(self) -> ReviewFacts:
        """Its public page; one without raises ``LookupError``."""
        if self.review is None:
            raise LookupError(self.claim.id)
        return self.review

    @property
    def verdict(self) -> VerdictFacts:
        """What was found; a claim without a verdict raises ``LookupError``."""
        if self.claim.verdict is None:
            raise LookupError(self.claim.id)
        return self.claim.verdict

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its page, its own first: those that have both the claim and what was found."""
        verdict, own = self.claim.verdict, self.article.language
        whole = [
            code
            for code in LANGUAGES
            if getattr(self.claim, f"statement_{code}") and getattr(verdict, f"rationale_{code}", None)
        ]
        if not whole:
            return (own,)
        return tuple(sorted(whole, key=lambda code: code != own))

    @property
    def cited_appearance(self) -> str | None:
        """The article's own link, where it was read and leads to what the claimant said."""
        is_read = self.claim.is_attributed and self.claim.cited_basis is CitedBasis.READ
        return self.claim.cited_address if is_read else None

    @property
    def works(self) -> tuple[str, ...]:
        """The addresses of the works in which it was said; the article's link stands in for none."""
        named = tuple(one for one in (self.first_appearance, *self.appearances) if one)
        return named or tuple(one for one in (self.cited_appearance,) if one)
