"""What has to be so before a check is published: our own rules, and those that Google has for ClaimReview.

An error blocks the check; advice is shown and blocks nothing. Each says in words what is wrong and what mends it.
"""

import enum
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from claims_app.claims.model import DECIDED, ClaimantKind, Status
from claims_app.errors import DomainError
from claims_app.folding import fold
from claims_app.language import LazyText, lazy
from claims_app.publishing.as_claimreview import write_review
from claims_app.publishing.facts import CheckFacts
from claims_app.publishing.imprint import Imprint
from claims_app.verdicts.model import Finding

LONG = 75
"""From so many characters on, a claim's words may be wrapped or cut where they are shown."""


class Rule(enum.StrEnum):
    """What a problem is about; the name by which programs know it."""

    PAGE = "page"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"
    SECOND_CHECK = "second_check"
    WORDS = "words"
    ORIGIN = "origin"
    SOURCES = "sources"
    SCALE = "scale"
    CORRECTION = "correction"
    LOOK = "look"
    OVERRIDE = "override"
    LANGUAGE = "language"
    URL = "url"
    CLAIM_REVIEWED = "claim_reviewed"
    RATING = "rating"
    AUTHOR = "author"
    CLAIMANT = "claimant"
    APPEARANCE = "appearance"
    DATE = "date"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or could be better, in a sentence that follows the language in force."""

    rule: Rule
    message: LazyText
    values: Mapping[str, object] = field(default_factory=dict)
    is_error: bool = True

    def __str__(self) -> str:
        return self.message % self.values


def _error(rule: Rule, message: LazyText, **values: object) -> Problem:
    return Problem(rule, message, values)


def _advice(rule: Rule, message: LazyText, **values: object) -> Problem:
    return Problem(rule, message, values, is_error=False)


def list_refusals(imprint: Imprint) -> list[DomainError]:
    """Return what keeps this desk from publishing anything."""
    refusals: list[DomainError] = []
    if not imprint.address:
        refusals.append(DomainError("The desk has no public address; whoever runs it sets CLAIMS_PUBLIC_ADDRESS."))
    if not imprint.name("en"):
        refusals.append(
            DomainError(
                "Readers have to see who publishes; whoever runs the desk sets CLAIMS_NAME_HE or CLAIMS_NAME_EN."
            )
        )
    return refusals


def find_problems(check: CheckFacts, imprint: Imprint) -> list[Problem]:
    """Return what keeps a claim from being published, the errors first, and what would make it better.

    What keeps the desk as a whole from publishing is not among it.
    """
    problems = [*_standing(check), *_origin(check, imprint), *_proof(check, imprint)]
    words = {code: imprint.scale.all_words(code) for code in check.languages}
    for code in check.languages:
        if imprint.address:
            review = write_review(check, imprint, code)
            problems += check_markup(review, site=imprint.host, words=words[code])
    # What is missing is missing in every language.
    once = {(one.rule, one.message.message, *map(str, one.values.values())): one for one in problems}
    return sorted(_without_echoes(list(once.values())), key=lambda one: not one.is_error)


def _without_echoes(problems: Sequence[Problem]) -> list[Problem]:
    """Leave out what only follows from another problem, and advice on a claim that will never be public."""
    blocked = {one.rule for one in problems if one.is_error}
    if Rule.ORIGIN in blocked:
        problems = [one for one in problems if one.is_error]
    echoes = {Rule.RATING} if blocked & {Rule.DECIDED, Rule.SCALE} else set()
    return [one for one in problems if one.rule not in echoes]


def is_publishable(problems: Sequence[Problem]) -> bool:
    """Whether nothing among these problems blocks."""
    return not any(one.is_error for one in problems)


def _standing(check: CheckFacts) -> Iterator[Problem]:
    """Whether there is a verdict, and it holds."""
    claim = check.claim
    if check.is_withdrawn or check.article.withdrawn_at is not None:
        yield _error(Rule.WITHDRAWN, lazy("The claim is withdrawn."))
    if claim.status is Status.AWAITING:
        yield _error(Rule.DECIDED, lazy("Its verdict waits for the second check."))
    elif claim.status not in DECIDED:
        yield _error(Rule.DECIDED, lazy("The claim is not decided."))
    if claim.is_unconfirmed:
        yield _error(Rule.SECOND_CHECK, lazy("The article asks for a second check, and no second person confirmed it."))
    if claim.is_stale:
        yield _error(Rule.WORDS, lazy("Its words changed since the verdict; confirm it for them, or reopen it."))
    if claim.is_lost:
        yield _error(Rule.WORDS, lazy("Its words are not in the text any more; place it first, or withdraw it."))
    if check.needs_look:
        yield _advice(Rule.LOOK, lazy("Something it rests on has to be looked at again."))
    if claim.verdict and claim.verdict.override_why:
        yield _advice(Rule.OVERRIDE, lazy("It was decided against the evidence rule, and the page says so."))


def _origin(check: CheckFacts, imprint: Imprint) -> Iterator[Problem]:
    """Whether somebody else than the outlet said it."""
    name = check.claim.claimant
    if name is None:
        yield _error(
            Rule.ORIGIN,
            lazy("Nobody is noted as its claimant: only what somebody else said can be reviewed in public."),
        )
        return
    own = (check.article.outlet, check.article.byline, imprint.name_he, imprint.name_en)
    if check.claimant_kind is ClaimantKind.OWN or fold(name) in {fold(one) for one in own if one}:
        yield _error(
            Rule.ORIGIN,
            lazy("The author or the outlet itself says it: only what somebody else said can be reviewed in public."),
        )
    elif check.claimant_kind is ClaimantKind.UNNAMED:
        yield _error(Rule.ORIGIN, lazy("Its claimant is nobody who is named: a review has to say whose it is."))
    elif check.claimant_kind is None:
        yield _error(Rule.ORIGIN, lazy("Say of its claimant whether it is a person, an organisation or the author."))
    elif not check.claim.is_attributed:
        yield _error(
            Rule.ORIGIN,
            lazy(
                "The article says it in its own voice: mark on the claim that it says whose word it is, if it does so."
            ),
        )


def _proof(check: CheckFacts, imprint: Imprint) -> Iterator[Problem]:
    """Whether readers can see what it rests on, what was found, and what was corrected."""
    claim, verdict = check.claim, check.claim.verdict
    if verdict is None:
        return
    if not claim.evidence:
        message = lazy("It has no evidence that readers may see; name a source that is not confidential.")
        yield Problem(Rule.SOURCES, message, is_error=verdict.finding is not Finding.UNVERIFIABLE)
    elif not any(item.address for item in claim.evidence):
        yield _advice(Rule.SOURCES, lazy("None of its sources has an address at which readers could look."))
    if verdict.finding not in imprint.scale.ratings:
        yield _error(Rule.SCALE, lazy("The desk's scale has no rating for this finding."))
    if not any(getattr(claim, f"statement_{code}") and getattr(verdict, f"rationale_{code}") for code in ("he", "en")):
        yield _advice(Rule.LANGUAGE, lazy("The claim and its rationale are not in the same language."))
    if check.review and not check.review.withdrawn_at and check.review.lacks_correction:
        yield _error(
            Rule.CORRECTION,
            lazy("Its verdict changed after it was published: write a correction for readers before the new one."),
        )


def check_markup(review: Mapping[str, Any], *, site: str, words: Iterable[str] = ()) -> Iterator[Problem]:
    """Yield what a ClaimReview lacks by the table of Google's documentation.

    ``site`` is the host that its page is at, and ``words`` are those of the ratings, which the claim must not carry.
    """
    yield from _check_url(review.get("url"), site)
    yield from _check_words(review.get("claimReviewed"), words)
    yield from _check_rating(review.get("reviewRating"))
    author = review.get("author")
    if not isinstance(author, Mapping) or not (author.get("name") or author.get("url")):
        yield _error(Rule.AUTHOR, lazy("The review does not name who publishes it."))
    for name in ("datePublished", "dateModified"):
        if review.get(name) is not None and not _is_date(review[name]):
            yield _error(Rule.DATE, lazy("%(name)s is not a date."), name=name)
    yield from _check_claim(review.get("itemReviewed"))


def _check_url(url: object, site: str) -> Iterator[Problem]:
    host = urlsplit(url).hostname if isinstance(url, str) and url.startswith(("http://", "https://")) else None
    if not host:
        yield _error(Rule.URL, lazy("The review has no address of its page."))
    elif host != site and not host.endswith(f".{site}"):
        yield _error(Rule.URL, lazy("The address of its page is not at %(site)s."), site=site)


def _check_words(claim: object, words: Iterable[str]) -> Iterator[Problem]:
    if not isinstance(claim, str) or not claim.strip():
        yield _error(Rule.CLAIM_REVIEWED, lazy("The review does not say which claim it is of."))
        return
    if len(claim) >= LONG:
        yield _advice(
            Rule.CLAIM_REVIEWED,
            lazy("The claim has %(number)s characters; fewer than %(most)s are shown whole."),
            number=len(claim),
            most=LONG,
        )
    for rating in words:
        said = re.escape(rating)
        if re.search(rf"^\W*{said}\s*[:–—-]|[:–—-]\s*{said}\W*$|[(\[]\s*{said}\s*[)\]]", claim, re.IGNORECASE):
            message = lazy("The claim carries its rating, “%(words)s”; its words must not tell what was found.")
            yield _error(Rule.CLAIM_REVIEWED, message, words=rating)
        elif re.search(rf"(?<!\w){said}(?!\w)", claim, re.IGNORECASE):
            message = lazy("The words of a rating, “%(words)s”, stand in the claim; see that they are not read as one.")
            yield _advice(Rule.CLAIM_REVIEWED, message, words=rating)


def _check_rating(rating: object) -> Iterator[Problem]:
    if not isinstance(rating, Mapping) or not rating.get("alternateName"):
        yield _error(Rule.RATING, lazy("The review has no rating in words."))
        return
    value, best, worst = (rating.get(name) for name in ("ratingValue", "bestRating", "worstRating"))
    if value is None:
        return
    if not (_is_number(value) and _is_number(best) and _is_number(worst)):
        yield _error(Rule.RATING, lazy("The rating's number, its best and its worst have to be numbers."))
        return
    if worst < 1:
        yield _error(Rule.RATING, lazy("The worst rating has to be 1 or more."))
    if worst >= best:
        yield _error(Rule.RATING, lazy("The worst rating has to be less than the best."))
    elif not worst <= value <= best:
        yield _error(Rule.RATING, lazy("The rating's number is not between the worst and the best."))
    if value != int(value):
        yield _advice(Rule.RATING, lazy("The rating's number is not whole."))


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_claim(claim: object) -> Iterator[Problem]:
    if not isinstance(claim, Mapping):
        yield _advice(Rule.CLAIMANT, lazy("The review does not say who made the claim."))
        return
    author = claim.get("author")
    if author is None:
        yield _advice(Rule.CLAIMANT, lazy("The review does not say who made the claim."))
    elif not (isinstance(author, Mapping) and author.get("name")):
        yield _error(Rule.CLAIMANT, lazy("Whoever made the claim has to have a name."))
    elif not author.get("sameAs"):
        yield _advice(Rule.CLAIMANT, lazy("No page tells who the claimant is; name one on the claimant's page."))
    if not (claim.get("appearance") or claim.get("firstAppearance")):
        yield _advice(Rule.APPEARANCE, lazy("It is not noted where the claim was said; name an address on the claim."))
    if claim.get("datePublished") is None:
        yield _advice(Rule.DATE, lazy("The day on which the claim was said is not noted."))
    elif not _is_date(claim["datePublished"]):
        yield _error(Rule.DATE, lazy("%(name)s is not a date."), name="itemReviewed.datePublished")


def _is_date(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return bool(date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value))
    except ValueError:
        return False
