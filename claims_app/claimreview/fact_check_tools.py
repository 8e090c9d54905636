"""The Fact Check Tools API's own names for what ClaimReview says: the answers of ``claims:search``, and ``pages``."""

from collections.abc import Iterator, Mapping
from typing import Any

from claims_app.claimreview.vocabulary import CLAIM, CLAIM_REVIEW, CREATIVE_WORK, ORGANIZATION, PERSON, RATING

REVIEWS_OF_CLAIM, MARKUPS_OF_PAGE = "claimReview", "claimReviewMarkups"


def is_claim(node: Mapping[str, Any]) -> bool:
    """Say whether an object is a claim of an answer to ``claims:search``."""
    return isinstance(node.get(REVIEWS_OF_CLAIM), list) and "@type" not in node


def is_page(node: Mapping[str, Any]) -> bool:
    """Say whether an object is a page with its markups."""
    return isinstance(node.get(MARKUPS_OF_PAGE), list) and "@type" not in node


def reviews_of_claim(node: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each review of a claim: as it was read, alone with its claim, and in the words of schema.org."""
    for review in node[REVIEWS_OF_CLAIM]:
        if isinstance(review, Mapping):
            publisher = review.get("publisher")
            site = publisher.get("site") if isinstance(publisher, Mapping) else None
            name = publisher.get("name") if isinstance(publisher, Mapping) else publisher
            yield (
                {**node, REVIEWS_OF_CLAIM: [review]},
                {
                    "@type": CLAIM_REVIEW,
                    "claimReviewed": node.get("text"),
                    "author": {"@type": ORGANIZATION, "name": name or site},
                    "url": review.get("url"),
                    "name": review.get("title"),
                    "datePublished": review.get("reviewDate"),
                    "inLanguage": review.get("languageCode"),
                    "reviewRating": {"@type": RATING, "alternateName": review.get("textualRating")},
                    "itemReviewed": {
                        "@type": CLAIM,
                        "author": {"@type": PERSON, "name": node.get("claimant")},
                        "datePublished": node.get("claimDate"),
                    },
                },
            )


def reviews_of_page(node: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each markup of a page: as it was read, alone with its page, and in the words of schema.org."""
    for markup in node[MARKUPS_OF_PAGE]:
        if isinstance(markup, Mapping):
            yield {**node, MARKUPS_OF_PAGE: [markup]}, _as_review(node, markup)


def _as_review(page: Mapping[str, Any], markup: Mapping[str, Any]) -> dict[str, Any]:
    rating, author = markup.get("rating"), page.get("claimReviewAuthor")
    rating = dict(rating) if isinstance(rating, Mapping) else {}
    appearances = markup.get("claimAppearances")
    return {
        "@type": CLAIM_REVIEW,
        "claimReviewed": markup.get("claimReviewed"),
        "author": {"@type": ORGANIZATION, **author} if isinstance(author, Mapping) else author,
        "url": markup.get("url") or page.get("pageUrl"),
        "datePublished": page.get("publishDate"),
        "reviewRating": {"@type": RATING, **rating, "alternateName": rating.get("textualRating")},
        "itemReviewed": {
            "@type": CLAIM,
            "name": markup.get("claimLocation"),
            "author": markup.get("claimAuthor"),
            "datePublished": markup.get("claimDate"),
            "firstAppearance": {"@type": CREATIVE_WORK, "url": markup.get("claimFirstAppearance")},
            "appearance": [
                {"@type": CREATIVE_WORK, "url": one}
                for one in (appearances if isinstance(appearances, list) else [appearances])
            ],
        },
    }
