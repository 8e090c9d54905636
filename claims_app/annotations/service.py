"""Annotations out and in: what a file of them would do to an article's claims, and doing it."""

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor
from claims_app.anchors.proposal import propose_figure, propose_kind
from claims_app.anchors.service import current_version, open_claim_at, place_claim
from claims_app.annotating.form import Annotation, Body, Reading, Remark, Target
from claims_app.annotating.placing import find_target
from claims_app.annotating.writing import write_collection
from claims_app.annotations.queries import find_known, gather_marks, origin_key
from claims_app.articles.model import Article, ArticleVersion
from claims_app.articles.queries import find_version
from claims_app.claims.model import Claim
from claims_app.claims.service import tag_claims
from claims_app.comments.model import CommentKind
from claims_app.comments.service import add_comment
from claims_app.errors import DomainError
from claims_app.history.model import Action, Subject
from claims_app.history.service import first_values, record
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.prose.sentences import Span
from claims_app.sources.address import canonical_address
from claims_app.version import read_version

_LONGEST_TAG = 60
_STATEMENT, _TAG, _STATUS = "describing", "tagging", "classifying"


class Outcome(enum.StrEnum):
    """What becomes of an annotation."""

    OPENED = "opened"
    PLACED = "placed"
    #: The desk has it already.
    HERE = "here"
    #: It needs a person's word.
    UNSURE = "unsure"
    LEFT = "left"


@dataclass
class Step:
    """What an annotation does: the claim that it opens or adds places to, where, and what is to be told about it."""

    annotation: Annotation
    outcome: Outcome
    #: The claim that it belongs to by its name; None: it opens one, or one that an annotation before it opens.
    claim: Claim | None = None
    name: str = ""
    places: list[Span] = field(default_factory=list)
    notes: list[DomainError] = field(default_factory=list)
    #: The words of the text that it is about, as far as they were found.
    words: str = ""


@dataclass(frozen=True)
class Plan:
    """What a file of annotations would do, one step for each annotation in the order of the file."""

    version: ArticleVersion
    steps: Sequence[Step]
    #: What is to be told about the file as a whole.
    notes: Sequence[DomainError]

    def count(self, *outcomes: Outcome) -> int:
        return sum(step.outcome in outcomes for step in self.steps)

    @property
    def adds(self) -> int:
        """How many annotations would add something."""
        return self.count(Outcome.OPENED, Outcome.PLACED)


def write_annotations(session: Session, *, actor: Person | None, article_id: int, number: int | None = None) -> bytes:
    """Return the places of an article's claims in a version, the newest for None, as a collection of annotations.

    This only reads; ``record_annotations`` follows before the file leaves.
    """
    require(actor, Role.READER)
    article = session.get_one(Article, article_id)
    text, marks = gather_marks(session, article, find_version(session, article_id, number))
    return write_collection(text, marks, software=f"Claims Desk {read_version()}")


def record_annotations(session: Session, *, actor: Person | None, article_id: int) -> None:
    """Record that an article's claims went out as annotations."""
    require(actor, Role.READER)
    record(
        session,
        actor=actor,
        action=Action.EXPORTED,
        subject=Subject.ARTICLE,
        subject_id=article_id,
        article_id=article_id,
        changes=first_values(format="annotations"),
    )


def plan_annotations(
    session: Session,
    *,
    article_id: int,
    reading: Reading,
    version_id: int | None = None,
    accepted: Collection[int] | None = (),
) -> Plan:
    """Say what annotations would do to an article's claims; nothing is changed.

    ``accepted`` are the numbers of those whose places a person looked at and holds for right; None: of all.
    """
    article = session.get_one(Article, article_id)
    if article.withdrawn_at is not None:
        raise DomainError("This article is withdrawn; restore it first.")
    version = current_version(session, article_id, version_id)
    planner = _Planner(session, article, version, accepted)
    return Plan(version, [planner.plan(one) for one in reading.annotations], reading.notes)


class _Planner:
    """Plans one annotation after the other, each knowing what those before it will have done."""

    def __init__(
        self, session: Session, article: Article, version: ArticleVersion, accepted: Collection[int] | None
    ) -> None:
        self._article, self._version, self._accepted = article, version, accepted
        self._known = find_known(session, article.id)
        self._live: set[tuple[int, Span]] = set()
        self._removed: set[tuple[int, Span]] = set()
        for anchor in session.scalars(select(Anchor).where(Anchor.version_id == version.id)):
            places = self._live if anchor.withdrawn_at is None else self._removed
            places.add((anchor.claim_id, Span(anchor.begins, anchor.ends)))
        #: The places that claims will have which are not open yet, by the names of the claims.
        self._coming: dict[str, set[Span]] = {}

    def plan(self, annotation: Annotation) -> Step:
        name = _name_of(annotation)
        step = Step(annotation, Outcome.LEFT, claim=self._known.get(name), name=name, notes=list(annotation.notes))
        if step.claim is not None and step.claim.withdrawn_at is not None:
            step.notes.append(Remark("Its claim %(number)s is withdrawn.", number=step.claim.number))
            return step
        is_here = False
        for target in annotation.targets:
            is_here |= self._add(step, target)
        if step.places:
            is_new = step.claim is None and name not in self._coming
            step.outcome = Outcome.OPENED if is_new else Outcome.PLACED
            self._coming.setdefault(name, set()).update(step.places)
            step.notes += _sort_bodies(annotation.bodies).left if is_new else ()
        elif is_here:
            step.outcome = Outcome.HERE
        return step

    def _add(self, step: Step, target: Target) -> bool:
        """Take one target over as a place, or say why not; return whether the place is there already."""
        found = find_target(self._version.text or "", target, sha256=self._version.text_sha256 or "")
        if found.span is None:
            step.notes += [found.note] if found.note else []
            return False
        span = _trimmed(self._version, found.span)
        words = (self._version.text or "")[span.start : span.end]
        step.words = "\n".join(filter(None, (step.words, words)))
        if not any(mark.isalnum() for mark in words):
            step.notes.append(Remark("There are no words at its place."))
            return False
        claim_id = step.claim.id if step.claim else 0
        if (claim_id, span) in self._live or span in self._coming.get(step.name, ()) or span in step.places:
            return True
        if (claim_id, span) in self._removed:
            step.notes.append(Remark("Somebody took the mark off these words; it is not put there again."))
            return False
        doubt = found.note or self._other_page(target)
        if doubt is not None and self._accepted is not None and step.annotation.number not in self._accepted:
            step.outcome = Outcome.UNSURE
            step.notes.append(doubt)
            return False
        step.places.append(span)
        return False

    def _other_page(self, target: Target) -> Remark | None:
        """Return the doubt about an annotation that was made on a page that is not this article's."""
        ours, theirs = self._article.address, target.source
        if not ours or not theirs or not theirs.lower().startswith(("http://", "https://")):
            return None
        if target.digest == self._version.text_sha256 or canonical_address(theirs) == canonical_address(ours):
            return None
        return Remark("It was made on another page, %(address)s: is it about this article?", address=theirs[:200])


def _name_of(annotation: Annotation) -> str:
    """Return the name of the claim that an annotation states, or its own where it names none."""
    for body in annotation.bodies:
        if body.purpose == _STATEMENT and body.id and body.id.startswith("urn:uuid:"):
            return body.id.partition("#")[0]
    return annotation.key


def _trimmed(version: ArticleVersion, span: Span) -> Span:
    words = (version.text or "")[span.start : span.end]
    return Span(span.start + len(words) - len(words.lstrip()), span.end - len(words) + len(words.rstrip()))


@dataclass(frozen=True)
class _Said:
    """What an annotation says, by what becomes of it."""

    #: By language.
    statements: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    left: list[Remark] = field(default_factory=list)


def _sort_bodies(bodies: Sequence[Body]) -> _Said:
    said = _Said()
    for body in bodies:
        language = body.language if body.language in {"he", "en"} else _language_of(body.words)
        if body.purpose == _STATUS:
            note = Remark("Its status %(status)s is left out: a verdict is the desk's own.", status=body.words[:80])
            said.left.append(note)
        elif body.purpose == _TAG and (len(body.words) > _LONGEST_TAG or "\n" in body.words):
            note = Remark("Its tag is left out, because a tag is one short line: %(tag)s", tag=body.words[:80])
            said.left.append(note)
        elif body.purpose == _TAG:
            said.tags.append(body.words)
        elif body.purpose == _STATEMENT and language not in said.statements:
            said.statements[language] = body.words
        else:
            said.remarks.append(body.words)
    return said


def _language_of(words: str) -> str:
    return "he" if any("א" <= letter <= "ת" for letter in words) else "en"


def bring_in_annotations(session: Session, *, actor: Person, article_id: int, plan: Plan) -> None:
    """Do what ``plan_annotations`` said: open claims on the words that annotations are about, and add places to claims.

    A text that says what it describes becomes the claim's statement, any other a note for the desk. No verdict is
    taken over.
    """
    require(actor, Role.CHECKER)
    article, opened = session.get_one(Article, article_id), dict[str, int]()
    for step in plan.steps:
        places = list(step.places)
        if step.outcome is Outcome.OPENED:
            opened[step.name] = _open(session, actor, article, plan.version, step).id
            places = places[1:]
        claim_id = step.claim.id if step.claim else opened.get(step.name, 0)
        for span in places:
            place_claim(
                session,
                actor=actor,
                claim_id=claim_id,
                begins=span.start,
                ends=span.end,
                version_id=plan.version.id,
            )


def _open(session: Session, actor: Person, article: Article, version: ArticleVersion, step: Step) -> Claim:
    """Open a claim with what its annotation says: statements, notes and tags."""
    span = step.places[0]
    words = (version.text or "")[span.start : span.end]
    said = _sort_bodies(step.annotation.bodies)
    statements = said.statements or {article.language: " ".join(words.split())}
    details: dict[str, Any] = {f"statement_{language}": text for language, text in statements.items()}
    claim = open_claim_at(
        session,
        actor=actor,
        article_id=article.id,
        begins=span.start,
        ends=span.end,
        version_id=version.id,
        kind=propose_kind(words),
        figure=propose_figure(words),
        origin_key=origin_key(step.name),
        **details,
    )
    for tag in said.tags:
        tag_claims(session, actor=actor, claim_ids=[claim.id], tag=tag)
    for remark in said.remarks:
        add_comment(session, actor=actor, claim_id=claim.id, kind=CommentKind.NOTE, text=remark)
    return claim
