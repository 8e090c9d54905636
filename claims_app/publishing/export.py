"""The public checks of an article as a file for other programs, with what is left out of it and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.errors import NotFound
from claims_app.language import lazy
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.publishing.as_claimreview import write_review
from claims_app.publishing.as_feed import write_data_feed
from claims_app.publishing.as_pages import write_page
from claims_app.publishing.facts import CheckFacts, State
from claims_app.publishing.imprint import Imprint
from claims_app.publishing.queries import list_article_checks, state_of
from claims_app.publishing.rules import Problem, Rule, find_problems, is_publishable, list_refusals

FORMS = ("jsonld", "pages", "feed")
"""A list of ClaimReview, of bodies for the Fact Check Tools API, or the form of the Data Commons feed."""


@dataclass(frozen=True)
class Told:
    """What is said about one claim: why it is left out, or what would make its review better."""

    number: int
    is_written: bool
    problems: Sequence[Problem]


@dataclass(frozen=True)
class Export:
    """What is written, and what is said about the claims of the article in its order."""

    content: Any
    written: int
    told: Sequence[Told]


def write_export(
    session: Session,
    *,
    actor: Person | None,
    article_id: int,
    imprint: Imprint,
    form: str,
    number: int | None = None,
) -> Export:
    """Return the public checks of an article, or of its claim ``number``, in one of ``FORMS``.

    A desk that cannot publish raises ``DomainError``; so does a claim that is not there. This only reads.
    """
    require(actor, Role.READER)
    for refusal in list_refusals(imprint):
        raise refusal
    article = session.get_one(Article, article_id)
    checks = list_article_checks(session, article_id, language=article.language, limit=None).checks
    if number is not None:
        checks = [check for check in checks if check.claim.number == number]
        if not checks:
            raise NotFound("The article has no claim %(number)s.", number=number)
    shown = [check for check in checks if state_of(check, imprint) is State.SHOWN]
    told = [Told(check.claim.number, check in shown, _say(check, imprint)) for check in checks]
    return Export(_write(shown, imprint, form, article.language), len(shown), told)


def _say(check: CheckFacts, imprint: Imprint) -> list[Problem]:
    problems = find_problems(check, imprint)
    review = check.review
    if not is_publishable(problems):
        return problems
    if review is None:
        problems.append(Problem(Rule.PAGE, lazy("It has no public page; an editor publishes it.")))
    elif review.withdrawn_at is not None:
        problems.append(Problem(Rule.PAGE, lazy("Its public page is withdrawn.")))
    elif not review.is_current:
        problems.append(Problem(Rule.PAGE, lazy("Its new verdict is not published yet.")))
    return problems


def _write(checks: Sequence[CheckFacts], imprint: Imprint, form: str, code: str) -> Any:
    if form == "feed":
        return write_data_feed(checks, imprint, code=code)
    write = write_page if form == "pages" else write_review
    return [write(check, imprint, spoken) for check in checks for spoken in check.languages]
