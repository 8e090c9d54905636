"""A new draft of an article: its text is kept as the next version, and every claim and waiver finds its place in it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from claims_app.anchors.service import Carried, carry_places
from claims_app.articles.model import Article, ArticleVersion
from claims_app.articles.queries import find_version
from claims_app.articles.service import File, add_article, add_citation, add_version
from claims_app.coverage.service import carry_waivers
from claims_app.errors import DomainError, Stale
from claims_app.intake.tidy import tidy
from claims_app.people.model import Person, Role
from claims_app.people.service import require

MOST_LINKS = 200
"""Links of a text that become the article's cited links when it is brought in."""


def bring_in_article(session: Session, *, actor: Person | None, links: Sequence[str] = (), **details: Any) -> Article:
    """Add an article, as ``add_article`` takes it, with the links that its text gives."""
    article = add_article(session, actor=actor, **details)
    for address in links[:MOST_LINKS]:
        with suppress(DomainError):  # the same page, linked twice, or what no browser could open
            add_citation(session, actor=actor, article_id=article.id, address=address)
    return article


@dataclass(frozen=True)
class Revision:
    """A new version, and what it did to each claim that had a place in the text."""

    version: ArticleVersion
    carried: Sequence[Carried]


def revise_article(
    session: Session,
    *,
    actor: Person | None,
    article_id: int,
    text: str | None,
    note: str | None = None,
    file: File | None = None,
    seen: int | None = None,
) -> Revision:
    """Add the next version of an article and carry its claims and waivers over to it.

    ``seen`` is the number of the version that the new text was made from (None: whichever is newest); where another
    has come since, it raises ``Stale``. The same text again, or none where there was one, is refused.
    """
    require(actor, Role.EDITOR)
    old = find_version(session, article_id)
    if seen not in (None, old.number):
        raise Stale(old)
    words = tidy(text or "") or None
    if old.text is not None and words is None:
        raise DomainError("The desk has the words of this article; a new version needs its text too.", field="text")
    if words is not None and words == old.text:
        raise DomainError(
            "This text is the same, word for word, as version %(number)s.", field="text", number=old.number
        )
    version = add_version(session, actor=actor, article_id=article_id, text=words, note=note, file=file)
    carried = carry_places(session, actor=actor, version=version) if words else []
    carry_waivers(session, old=old, new=version)
    return Revision(version, carried)
