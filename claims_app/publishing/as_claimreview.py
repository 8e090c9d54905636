"""A check as ClaimReview, the form of schema.org by which search engines and other desks read fact checks."""

import json
import re
from typing import Any

from markupsafe import Markup

from claims_app.claims.model import ClaimantKind
from claims_app.language import in_language
from claims_app.publishing.facts import CheckFacts, CorrectionFacts
from claims_app.publishing.imprint import Imprint
from claims_app.reports.facts import EvidenceFacts
from claims_app.reports.plain import plain_moment, plain_number

CONTEXT = "https://schema.org"

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TYPES = {ClaimantKind.PERSON: "Person", ClaimantKind.ORGANISATION: "Organization"}


def _filled(**values: Any) -> dict[str, Any]:
    """Return the values that say something."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def write_review(check: CheckFacts, imprint: Imprint, code: str | None = None) -> dict[str, Any]:
    """Return the ClaimReview of a check's page in a language, that of the page itself for None.

    What is not known is left out, whether the rules ask for it or not: they are ``rules.find_problems``'.
    """
    code = code or check.languages[0]
    url = page_of(check, imprint, code)
    verdict, review = check.claim.verdict, check.review
    return {
        "@context": CONTEXT,
        "@type": "ClaimReview",
        **_filled(
            url=url,
            inLanguage=code,
            claimReviewed=in_language(check.claim, "statement", code)[0],
            datePublished=review and plain_moment(review.published_at),
            dateModified=review and plain_moment(review.modified_at),
            author=_filled(**{"@type": "Organization"}, name=imprint.name(code), url=imprint.address),
            itemReviewed=_claim(check, url),
            reviewRating=_rating(check, imprint, code),
            reviewBody=in_language(verdict, "rationale", code)[0] if verdict else None,
            citation=[_source(item) for item in check.claim.evidence],
            correction=[_correction(one, code) for one in review.corrections] if review else [],
        ),
    }


def page_of(check: CheckFacts, imprint: Imprint, code: str) -> str:
    """Return the public address of a check in a language; that of one without a page yet is the site's own."""
    if check.review is None:
        return imprint.address
    return imprint.page(check.review.id, None if code == check.languages[0] else code)


def _claim(check: CheckFacts, url: str) -> dict[str, Any]:
    first = check.first_appearance
    others = [one for one in check.works if one != first]
    return _filled(
        **{"@type": "Claim", "@id": f"{url}#claim"},
        author=_claimant(check),
        datePublished=check.said_on if check.said_on and _DAY.fullmatch(check.said_on) else None,
        firstAppearance=_work(first) if first else None,
        appearance=[_work(one) for one in others],
    )


def _work(address: str) -> dict[str, str]:
    return {"@type": "CreativeWork", "url": address}


def _claimant(check: CheckFacts) -> dict[str, Any] | None:
    kind = _TYPES.get(check.claimant_kind) if check.claimant_kind else None
    if kind is None or check.claim.claimant is None:
        return None
    return _filled(**{"@type": kind}, name=check.claim.claimant, sameAs=check.same_as)


def _rating(check: CheckFacts, imprint: Imprint, code: str) -> dict[str, Any] | None:
    verdict, scale = check.claim.verdict, imprint.scale
    rating = scale.ratings.get(verdict.finding) if verdict else None
    if rating is None:
        return None
    numbers = {}
    if rating.number is not None:
        values = {"ratingValue": rating.number, "bestRating": scale.best, "worstRating": scale.worst}
        numbers = {name: plain_number(value) for name, value in values.items()}
    return {"@type": "Rating", **numbers, "alternateName": rating.words(code)}


def _source(item: EvidenceFacts) -> dict[str, Any]:
    """Return a piece of evidence as the work that it is found in."""
    return _filled(
        **{"@type": "CreativeWork"},
        name=item.title,
        url=item.address,
        publisher=_filled(**{"@type": "Organization"}, name=item.publisher) if item.publisher else None,
        datePublished=item.published_on if item.published_on and _DATE.fullmatch(item.published_on) else None,
    )


def _correction(one: CorrectionFacts, code: str) -> dict[str, Any]:
    text, spoken = in_language(one, "text", code)
    return {
        "@type": "CorrectionComment",
        "text": text,
        "inLanguage": spoken,
        "datePublished": plain_moment(one.corrected_at),
    }


# What ends a script's element, or a line of one, written as JSON writes any character.
_ESCAPES = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def for_script(record: dict[str, Any]) -> Markup:
    """Return a record as JSON that can stand inside an HTML script element: no text in it can end the element."""
    return Markup(json.dumps(record, ensure_ascii=False).translate(_ESCAPES))  # noqa: S704 - nothing is left to escape


def as_file(content: Any) -> bytes:
    """Return JSON as a file for people and programs."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
