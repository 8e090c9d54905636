"""A check as a page of the Fact Check Tools API: what is sent to make one there, or to change it."""

from typing import Any

from claims_app.publishing.as_claimreview import write_review
from claims_app.publishing.facts import CheckFacts
from claims_app.publishing.imprint import Imprint

_RATING = {
    "ratingValue": "ratingValue",
    "bestRating": "bestRating",
    "worstRating": "worstRating",
    "alternateName": "textualRating",
}


def write_page(check: CheckFacts, imprint: Imprint, code: str | None = None) -> dict[str, Any]:
    """Return the body of a request for a check's page in a language, its own for None; the check has a page.

    A change replaces what is there: whoever sends it adds the name and the version that the service gave the page.
    """
    review = write_review(check, imprint, code)
    return {
        "pageUrl": review["url"],
        "publishDate": imprint.day(check.page.published_at).isoformat(),
        "claimReviewAuthor": {"name": review["author"].get("name", "")},
        "claimReviewMarkups": [_markup(review)],
    }


def _markup(review: dict[str, Any]) -> dict[str, Any]:
    claim, rating = review["itemReviewed"], review.get("reviewRating", {})
    author = claim.get("author", {})
    numbers = {ours: rating[theirs] for theirs, ours in _RATING.items() if theirs in rating}
    values = {
        "url": review["url"],
        "claimReviewed": review.get("claimReviewed"),
        "claimDate": claim.get("datePublished"),
        "claimFirstAppearance": claim.get("firstAppearance", {}).get("url"),
        "claimAppearances": [work["url"] for work in claim.get("appearance", [])],
        "claimAuthor": {name: author[name] for name in ("name", "sameAs") if name in author},
        "rating": {**numbers, **({"ratingExplanation": review["reviewBody"]} if "reviewBody" in review else {})},
    }
    return {name: value for name, value in values.items() if value}
