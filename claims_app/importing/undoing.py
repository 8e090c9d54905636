"""Taking an import back as a whole: what it made is withdrawn, and what was worked on since is never taken unseen.

A record was worked on where the history has an entry about it, or about what belongs to it, that is newer than the
import: an edit, a verdict, a piece of evidence, a comment, a tag, somebody's name on it. What the desk does by itself
does not count (carrying places to a new draft, capturing, saying that something needs a look), nor does reading
(exports), nor the work of another import that was undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from claims_app.articles.model import Article, Citation
from claims_app.captures.model import Capture
from claims_app.claims.model import Claim, Status
from claims_app.claims.service import put_back, read_reason, record_on_claim
from claims_app.claims.withdrawing import withdraw_article, withdraw_citation, withdraw_claims
from claims_app.db import now
from claims_app.errors import DomainError
from claims_app.evidence.adding import withdraw_all_evidence
from claims_app.evidence.model import Evidence
from claims_app.evidence.service import withdraw_sources
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.history.service import record
from claims_app.importing.model import Import
from claims_app.importing.queries import list_made
from claims_app.importing.service import last_entry
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.sources.model import Contact, Source

_NO_WORK = (Action.CARRIED, Action.EXPORTED, Action.LOOKED, Action.CAPTURED, Action.RAISED)
_AT_ONCE = 500
NAMED = 20
"""So many records a refusal names; the others are counted."""


@dataclass(frozen=True)
class Worked:
    """A record of an import that was worked on since; ``name`` is its words, its title or its summary."""

    subject: Subject
    id: int
    #: The claim's number in its article. None: it has none.
    number: int | None
    name: str


class WorkedOn(DomainError):
    """What an import made was worked on since; ``worked`` names it."""

    def __init__(self, message: str, worked: Sequence[Worked], *, names: str) -> None:
        super().__init__(message, names=names)
        self.worked = worked


def _is_work(entry: Any, imported: Import) -> ColumnElement[bool]:
    """Whether an entry of the history tells of work that came after an import and stands."""
    other = aliased(Import)
    undone = exists().where(
        other.undone_at.is_not(None),
        or_(
            entry.id.between(other.first_entry, other.last_entry),
            entry.id.between(other.undo_first, other.undo_last),
        ),
    )
    return and_(entry.id > imported.last_entry, entry.action.not_in([action.value for action in _NO_WORK]), ~undone)


def find_worked(session: Session, imported: Import) -> list[Worked]:
    """Return what an import made and people worked on since; what is withdrawn is out already."""
    found = _find_claims(session, imported) + _find_evidence(session, imported)
    return found + _find_sources(session, imported) + _find_articles(session, imported)


def _parts(numbers: Sequence[int]) -> list[Sequence[int]]:
    return [numbers[at : at + _AT_ONCE] for at in range(0, len(numbers), _AT_ONCE)]


def _find_claims(session: Session, imported: Import) -> list[Worked]:
    found: list[Worked] = []
    entry = aliased(HistoryEntry)
    for part in _parts(list_made(session, imported, Subject.CLAIM)):
        claims = session.scalars(
            select(Claim)
            .where(
                Claim.id.in_(part),
                Claim.withdrawn_at.is_(None),
                exists().where(entry.claim_id == Claim.id, _is_work(entry, imported)),
            )
            .order_by(Claim.id)
        )
        found += [
            Worked(Subject.CLAIM, one.id, one.number, one.statement_he or one.statement_en or "") for one in claims
        ]
    return found


def _find_evidence(session: Session, imported: Import) -> list[Worked]:
    """Return the evidence for claims that were here before: changed since, or under a verdict by now."""
    found: list[Worked] = []
    entry, own = aliased(HistoryEntry), set(list_made(session, imported, Subject.CLAIM))
    for part in _parts(list_made(session, imported, Subject.EVIDENCE)):
        is_changed = exists().where(
            entry.claim_id == Evidence.claim_id,
            entry.subject == Subject.EVIDENCE.value,
            entry.subject_id == Evidence.id,
            _is_work(entry, imported),
        )
        pieces = session.scalars(
            select(Evidence)
            .join(Evidence.claim)
            .where(
                Evidence.id.in_(part),
                Evidence.withdrawn_at.is_(None),
                Claim.withdrawn_at.is_(None),
                or_(is_changed, Claim.verdict_id.is_not(None)),
            )
            .order_by(Evidence.id)
        )
        found += [
            Worked(Subject.EVIDENCE, one.id, one.claim.number, one.summary) for one in pieces if one.claim_id not in own
        ]
    return found


def _find_sources(session: Session, imported: Import) -> list[Worked]:
    """Return the sources changed, watched, asked or uploaded to since, and those that other evidence rests on."""
    found: list[Worked] = []
    entry, other = aliased(HistoryEntry), aliased(Source)
    added = exists().where(
        HistoryEntry.id.between(imported.first_entry, imported.last_entry),
        HistoryEntry.subject == Subject.EVIDENCE.value,
        HistoryEntry.subject_id == Evidence.id,
    )
    for part in _parts(list_made(session, imported, Subject.SOURCE)):
        is_used = or_(
            exists().where(
                entry.subject.in_([Subject.SOURCE.value, Subject.WATCH.value]),
                entry.subject_id == Source.id,
                _is_work(entry, imported),
            ),
            exists().where(Contact.source_id == Source.id, Contact.withdrawn_at.is_(None)),
            exists().where(
                Capture.source_id == Source.id,
                Capture.asked_by_id.is_not(None),
                Capture.created_at > imported.created_at,
            ),
            exists().where(other.origin_id == Source.id, other.withdrawn_at.is_(None)),
            exists().where(Evidence.source_id == Source.id, Evidence.withdrawn_at.is_(None), ~added),
        )
        sources = session.scalars(
            select(Source).where(Source.id.in_(part), Source.withdrawn_at.is_(None), is_used).order_by(Source.id)
        )
        found += [Worked(Subject.SOURCE, one.id, None, one.title) for one in sources]
    return found


def _find_articles(session: Session, imported: Import) -> list[Worked]:
    found: list[Worked] = []
    entry = aliased(HistoryEntry)
    for part in _parts(list_made(session, imported, Subject.ARTICLE)):
        articles = session.scalars(
            select(Article)
            .where(
                Article.id.in_(part),
                Article.withdrawn_at.is_(None),
                exists().where(entry.article_id == Article.id, _is_work(entry, imported)),
            )
            .order_by(Article.id)
        )
        found += [Worked(Subject.ARTICLE, one.id, None, one.title_he or one.title_en or "") for one in articles]
    return found


def undo_import(
    session: Session, *, actor: Person | None, import_id: int, why: str | None, keeps_worked: bool = False
) -> Import:
    """Withdraw all that an import made, with the reason; what was worked on since raises ``WorkedOn``.

    With ``keeps_worked`` that stays, with what it needs, and the rest is withdrawn.
    """
    require(actor, Role.EDITOR)
    imported = session.get_one(Import, import_id, with_for_update=True)
    if imported.undone_at is not None:
        raise DomainError("This import is undone already.")
    reason = read_reason(why)
    worked = find_worked(session, imported)
    if worked and not keeps_worked:
        raise WorkedOn(
            "This was worked on since the import, so nothing was undone: %(names)s. Withdraw it by hand first, or undo"
            " the rest and keep it.",
            worked,
            names="; ".join(one.name[:40] for one in worked[:NAMED]) + (" …" if len(worked) > NAMED else ""),
        )
    first = record(
        session,
        actor=actor,
        action=Action.WITHDRAWN,
        subject=Subject.IMPORT,
        subject_id=imported.id,
        article_id=imported.article_id,
        why=reason,
    )
    _Undoing(session, actor, imported, reason, {(one.subject, one.id) for one in worked}).run()
    last = last_entry(session)
    imported.undone_at, imported.undone_why = now(), reason
    imported.undone_by_id = actor.id if actor else None
    imported.undo_first, imported.undo_last = first.id, last
    return imported


class _Undoing:
    def __init__(
        self, session: Session, actor: Person | None, imported: Import, why: str, kept: set[tuple[Subject, int]]
    ) -> None:
        self.session, self.actor, self.imported, self.why, self.kept = session, actor, imported, why, kept
        self.own_claims = set(list_made(session, imported, Subject.CLAIM))

    def run(self) -> None:
        """Withdraw what rests on something before what it rests on."""
        self._withdraw_evidence()
        self._put_back()
        self._withdraw_claims()
        self._withdraw_citations()
        self._withdraw_sources()
        for article_id in list_made(self.session, self.imported, Subject.ARTICLE):
            self._withdraw_article(article_id)

    def _withdraw_evidence(self) -> None:
        wanted = (
            select(Evidence).join(Evidence.claim).where(Evidence.withdrawn_at.is_(None), Claim.withdrawn_at.is_(None))
        )
        pieces = [
            piece
            for part in _parts(list_made(self.session, self.imported, Subject.EVIDENCE))
            for piece in self.session.scalars(
                wanted.where(Evidence.id.in_(part)).options(joinedload(Evidence.figure)).order_by(Evidence.id)
            )
            if (Subject.EVIDENCE, piece.id) not in self.kept and (Subject.CLAIM, piece.claim_id) not in self.kept
        ]
        withdraw_all_evidence(self.session, actor=self.actor, evidence=pieces, why=self.why)

    def _put_back(self) -> None:
        """Give back the status of claims that were here before and whose check began with the import's evidence."""
        moved = self.session.scalars(
            select(HistoryEntry.claim_id).where(
                HistoryEntry.id.between(self.imported.first_entry, self.imported.last_entry),
                HistoryEntry.action == Action.MOVED.value,
            )
        ).all()
        for claim_id in set(moved) - self.own_claims:
            claim = self.session.get_one(Claim, claim_id)
            is_bare = claim.supports + claim.refutes + claim.contexts == 0
            if claim.status is Status.CHECKING and claim.assignee_id is None and is_bare and claim.withdrawn_at is None:
                put_back(self.session, actor=self.actor, claim_id=claim.id, why=self.why)

    def _withdraw_claims(self) -> None:
        claims = [
            claim
            for part in _parts(sorted(self.own_claims))
            for claim in self.session.scalars(
                select(Claim).where(Claim.id.in_(part), Claim.withdrawn_at.is_(None)).order_by(Claim.id)
            )
            if (Subject.CLAIM, claim.id) not in self.kept
        ]
        withdraw_claims(self.session, actor=self.actor, claims=claims, why=self.why)
        for claim in claims:
            if claim.origin_key is not None:  # the mended table may bring the same key again
                changes = {"key": [claim.origin_key, None]}
                claim.origin_key = None
                record_on_claim(self.session, actor=self.actor, action=Action.CHANGED, claim=claim, changes=changes)
        self.session.flush()  # what is asked next are the claims that stay

    def _withdraw_citations(self) -> None:
        for citation_id in list_made(self.session, self.imported, Subject.CITATION):
            is_named = select(Claim.id).where(Claim.citation_id == citation_id, Claim.withdrawn_at.is_(None)).limit(1)
            citation = self.session.get_one(Citation, citation_id)
            if citation.withdrawn_at is None and self.session.scalar(is_named) is None:
                withdraw_citation(self.session, actor=self.actor, citation_id=citation_id, why=self.why)

    def _withdraw_sources(self) -> None:
        is_used = exists().where(Evidence.source_id == Source.id, Evidence.withdrawn_at.is_(None))
        sources = [
            source
            for part in _parts(list_made(self.session, self.imported, Subject.SOURCE))
            for source in self.session.scalars(
                select(Source).where(Source.id.in_(part), Source.withdrawn_at.is_(None), ~is_used).order_by(Source.id)
            )
            if (Subject.SOURCE, source.id) not in self.kept
        ]
        withdraw_sources(self.session, actor=self.actor, sources=sources, why=self.why)

    def _withdraw_article(self, article_id: int) -> None:
        article = self.session.get_one(Article, article_id)
        if (Subject.ARTICLE, article_id) in self.kept or article.withdrawn_at is not None:
            return
        withdraw_article(self.session, actor=self.actor, article_id=article_id, why=self.why)
        if article.origin_key is not None:
            changes = {"key": [article.origin_key, None]}
            article.origin_key = None
            record(
                self.session,
                actor=self.actor,
                action=Action.CHANGED,
                subject=Subject.ARTICLE,
                subject_id=article_id,
                article_id=article_id,
                changes=changes,
            )
