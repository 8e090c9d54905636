"""Saving what a table brings: in one unit, all of it or nothing, through the services of a person's own work."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.service import place_claim
from claims_app.articles.model import Citation
from claims_app.articles.service import File, add_article, add_citation
from claims_app.claims.model import CitedBasis, Claim
from claims_app.claims.opening import open_claims
from claims_app.claims.service import tag_claims
from claims_app.comments.service import add_notes
from claims_app.db import now
from claims_app.errors import DomainError
from claims_app.evidence.adding import NewEvidence, add_all_evidence
from claims_app.files import Files
from claims_app.history.model import Action, HistoryHead, Subject
from claims_app.history.service import first_values, record
from claims_app.importing.model import Import
from claims_app.importing.plan import Plan, PlannedClaim
from claims_app.language import gettext
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.sources.model import Source
from claims_app.sources.service import add_sources


class RowRefused(DomainError):
    """The desk refuses what a row brings, for a reason that showed only when it was saved."""


@contextmanager
def blamed(row: int) -> Iterator[None]:
    """Name this row in any refusal that the block raises."""
    try:
        yield
    except DomainError as error:
        problem = gettext(error.message, **error.values)
        raise RowRefused("Row %(row)s: %(problem)s Nothing was brought in.", row=row, problem=problem) from error


def last_entry(session: Session) -> int:
    """Return the number of the newest entry of the history."""
    session.flush()  # what was just appended counts
    return int(session.scalars(select(HistoryHead.last_id)).one())


def save_import(
    session: Session,
    *,
    actor: Person | None,
    plan: Plan,
    file: File,
    columns: Mapping[str, str],
    article_id: int | None = None,
    files: Files | None = None,
) -> Import:
    """Add all that a plan has to the desk and return the import; a plan with problems adds nothing.

    ``columns`` has the field by the heading, for the record. No claim gets a verdict, whatever the table says of it.
    With ``files``, what evidence quotes is looked for in the copies that the desk has; none is captured.
    """
    require(actor, Role.EDITOR)
    if plan.problems:
        raise DomainError("The table has problems, so nothing was brought in.")
    if plan.is_empty:
        raise DomainError("The desk has all of this already; there is nothing to bring in.")
    made = Import(
        kind=plan.kind,
        article_id=article_id,
        file_name=file.name,
        sha256=file.sha256,
        columns=dict(columns),
        rows=plan.rows,
        person_id=actor.id if actor else None,
        first_entry=0,
        last_entry=0,
        created_at=now(),
    )
    session.add(made)
    session.flush()  # the history names the import's number
    first = record(
        session,
        actor=actor,
        action=Action.CREATED,
        subject=Subject.IMPORT,
        subject_id=made.id,
        article_id=article_id,
        changes=first_values(kind=plan.kind, file=file.name, rows=plan.rows, file_sha256=file.sha256),
    )
    _Saver(session, actor, files).save(plan)
    made.first_entry, made.last_entry = first.id, last_entry(session)
    return made


class _Saver:
    def __init__(self, session: Session, actor: Person | None, files: Files | None) -> None:
        self.session, self.actor, self.files = session, actor, files
        self.citations: dict[tuple[int, str], int] = {}

    def save(self, plan: Plan) -> None:
        """Save what a plan has, in the order in which the one needs the other."""
        for row, details in plan.articles:
            with blamed(row):
                add_article(self.session, actor=self.actor, **details)
        sources = self._save_sources(plan)
        new = sorted(plan.new_claims, key=lambda claim: claim.article_id)
        for article_id, claims in groupby(new, key=lambda claim: claim.article_id):
            self._open(article_id, list(claims))
        pieces = [(claim, piece) for claim in plan.claims for piece in claim.evidence]
        add_all_evidence(
            self.session,
            actor=self.actor,
            pieces=[
                NewEvidence(claim.claim_id or 0, sources[id(piece.source)], piece.details) for claim, piece in pieces
            ],
            files=self.files,
            naming=lambda at: blamed(pieces[at][1].row),
        )

    def _save_sources(self, plan: Plan) -> dict[int, Source]:
        """Return every source that the plan names, recorded where it is new."""
        new = plan.new_sources
        made = add_sources(
            self.session,
            actor=self.actor,
            sources=[planned.details for planned in new],
            naming=lambda at: blamed(new[at].row),
        )
        found = {id(planned): source for planned, source in zip(new, made, strict=True)}
        for piece in plan.new_evidence:
            if id(piece.source) not in found:
                found[id(piece.source)] = self.session.get_one(Source, piece.source.source_id)
        return found

    def _open(self, article_id: int, planned: Sequence[PlannedClaim]) -> None:
        opened = open_claims(
            self.session,
            actor=self.actor,
            article_id=article_id,
            claims=[self._claim_details(claim) for claim in planned],
            naming=lambda at: blamed(planned[at].row),
        )
        notes: list[tuple[Claim, str]] = []
        for claim, plan in zip(opened, planned, strict=True):
            plan.claim_id = claim.id
            with blamed(plan.row):
                self._furnish(claim, plan)
                if plan.note:
                    notes.append((claim, plan.note))
                    self._need_author()
        if self.actor is not None:
            add_notes(self.session, actor=self.actor, notes=notes)

    def _need_author(self) -> None:
        if self.actor is None:
            raise DomainError("A note needs somebody who writes it: say in whose name the table is brought in.")

    def _claim_details(self, planned: PlannedClaim) -> Mapping[str, Any]:
        if planned.citation is None:
            return planned.details
        basis = planned.details.get("cited_basis", CitedBasis.ADDRESS)
        with blamed(planned.row):
            return planned.details | {
                "citation_id": self._citation(planned.article_id, planned.citation),
                "cited_basis": CitedBasis.ADDRESS if basis is CitedBasis.NONE else basis,
            }

    def _citation(self, article_id: int, address: str) -> int:
        """Return the article's link to an address, which joins its list if need be."""
        if (article_id, address) not in self.citations:
            known = self.session.scalar(
                select(Citation.id).where(
                    Citation.article_id == article_id, Citation.address == address, Citation.withdrawn_at.is_(None)
                )
            )
            if known is None:
                known = add_citation(self.session, actor=self.actor, article_id=article_id, address=address).id
            self.citations[article_id, address] = known
        return self.citations[article_id, address]

    def _furnish(self, claim: Claim, planned: PlannedClaim) -> None:
        """Put on a new claim what is not part of its record: its places in the text, and its tags."""
        for span in planned.spans:
            place_claim(self.session, actor=self.actor, claim_id=claim.id, begins=span.start, ends=span.end)
        for tag in planned.tags:
            tag_claims(self.session, actor=self.actor, claim_ids=[claim.id], tag=tag)
