"""Opening many claims of an article at once: each as it would be opened alone, with a few statements for all."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.claims.figure import set_figure
from claims_app.claims.model import CitedBasis, Claim, Claimant, Kind, Priority, Status
from claims_app.claims.service import check_citation, find_or_add_claimant, read_details
from claims_app.errors import DomainError
from claims_app.history.model import Action, Subject
from claims_app.history.service import Event, first_values, record_all
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reading import clean

Naming = Callable[[int], AbstractContextManager[None]]
"""Names the one of many, by its place among them, in any refusal of the block."""

_FIRST: Mapping[str, Any] = {
    "statement_he": None, "statement_en": None, "kind": Kind.OTHER, "section": None, "paragraph": None,
    "is_attributed": False, "citation_id": None, "cited_basis": CitedBasis.NONE,
}  # fmt: skip


def open_claims(
    session: Session,
    *,
    actor: Person | None,
    article_id: int,
    claims: Sequence[Mapping[str, Any]],
    naming: Naming = lambda _at: nullcontext(),
) -> list[Claim]:
    """Open claims in an article in their order, each from what ``open_claim`` takes; all, or none.

    Keys are taken to be new; one that is here already is the database's to refuse.
    """
    require(actor, Role.CHECKER)
    article = session.get_one(Article, article_id, with_for_update=True)
    if article.withdrawn_at is not None:
        raise DomainError("This article is withdrawn; restore it first.")
    opener = _Opener(session, actor, article)
    for at, asked in enumerate(claims):
        with naming(at):
            opener.add(asked)
    return opener.save()


class _Opener:
    def __init__(self, session: Session, actor: Person | None, article: Article) -> None:
        self.session, self.actor, self.article = session, actor, article
        self.places = _Places(session, article.id)
        self.opened: list[tuple[Claim, dict[str, list[Any]]]] = []
        self.claimants: dict[str | None, Claimant | None] = {}
        self.citations: set[int | None] = set()

    def add(self, asked: Mapping[str, Any]) -> None:
        """Make one claim, not saved yet."""
        details = {**_FIRST, **asked}
        figure, origin_key = details.pop("figure", None), details.pop("origin_key", None)
        claimant, priority = clean(details.pop("claimant", None)), details.pop("priority", Priority.NORMAL)
        values = read_details(**details)
        if values["citation_id"] not in self.citations:
            check_citation(self.session, values["citation_id"], self.article.id)
            self.citations.add(values["citation_id"])
        if claimant not in self.claimants:
            self.claimants[claimant] = find_or_add_claimant(self.session, actor=self.actor, name=claimant)
        row, figure_changes = set_figure(None, figure)
        claim = Claim(
            article_id=self.article.id,
            number=self.article.next_number,
            position=self.places.next(values["paragraph"]),
            priority=priority,
            claimant=self.claimants[claimant],
            figure=row,
            origin_key=origin_key,
            status=Status.UNCHECKED,
            revision=1,
            **values,
        )
        self.article.next_number += 1
        told = first_values(number=claim.number, priority=priority, claimant=claimant, **values)
        self.opened.append((claim, told | figure_changes))

    def save(self) -> list[Claim]:
        """Save the claims that were made and append to the history that they were."""
        claims = [claim for claim, _told in self.opened]
        self.session.add_all(claims)
        self.session.flush()  # the history names the new claims' numbers
        events = [
            Event(Action.CREATED, Subject.CLAIM, claim.id, claim.id, claim.article_id, told)
            for claim, told in self.opened
        ]
        record_all(self.session, actor=self.actor, events=events)
        return claims


class _Places:
    """The places among an article's claims that new ones get, one after the other, as ``open_claim`` gives one."""

    def __init__(self, session: Session, article_id: int) -> None:
        rows = session.execute(
            select(Claim.paragraph, func.max(Claim.position))
            .where(Claim.article_id == article_id)
            .group_by(Claim.paragraph)
        )
        self._last: dict[int | None, int] = {paragraph: last for paragraph, last in rows}  # noqa: C416 - no pairs to mypy

    def next(self, paragraph: int | None) -> int:
        """Return the place behind the last claim, or behind the last of the same paragraph or one before it."""
        last = max(self._last.values(), default=0)
        place = last + 1000
        if paragraph is not None:
            before = max((at for known, at in self._last.items() if known and known <= paragraph), default=0)
            place = before + 1 if before < last else place
        self._last[paragraph] = max(place, self._last.get(paragraph, 0))
        return place
