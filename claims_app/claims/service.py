"""Opening and changing claims, handing them out, moving their status, withdrawing and restoring them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, selectinload

from claims_app.articles.model import Article, Citation, SecondCheck
from claims_app.claims.appearances import read_appearances
from claims_app.claims.figure import FigureValue, set_figure
from claims_app.claims.model import CitedBasis, Claim, Claimant, ClaimTag, Figure, Kind, Place, Priority, Status
from claims_app.claims.queries import count_differing, list_differing
from claims_app.db import now
from claims_app.errors import DomainError, Duplicate, NotAllowed, NotFound, Stale
from claims_app.history.model import Action, Subject
from claims_app.history.service import Event, change, first_values, record, record_all
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reading import clean, read_address, read_partial_date

MOST_AT_ONCE = 500
"""How many claims one bulk action may change."""


def load_claim(session: Session, claim_id: int) -> Claim:
    """Return the claim, locked for a change; a withdrawn one cannot be worked on."""
    claim = session.get_one(Claim, claim_id, with_for_update=True)
    if claim.withdrawn_at is not None:
        raise DomainError("This claim is withdrawn; restore it first.")
    return claim


def record_on_claim(
    session: Session,
    *,
    actor: Person | None,
    action: Action,
    claim: Claim,
    subject: Subject = Subject.CLAIM,
    subject_id: int | None = None,
    changes: Mapping[str, list[Any]] | None = None,
    why: str | None = None,
) -> None:
    """Append to the history something that happened to a claim or to what belongs to it."""
    claim.updated_at = now()
    record(
        session,
        actor=actor,
        action=action,
        subject=subject,
        subject_id=subject_id or claim.id,
        claim_id=claim.id,
        article_id=claim.article_id,
        changes=changes,
        why=why,
    )


def find_or_add_claimant(session: Session, *, actor: Person | None, name: str | None) -> Claimant | None:
    """Return the claimant of this name, new if need be; None for no name."""
    name = clean(name)
    if name is None:
        return None
    claimant = session.scalar(select(Claimant).where(Claimant.name == name))
    if claimant is None:
        claimant = Claimant(name=name)
        session.add(claimant)
        session.flush()  # the history names the new claimant's number
        record(
            session,
            actor=actor,
            action=Action.CREATED,
            subject=Subject.CLAIMANT,
            subject_id=claimant.id,
            changes=first_values(name=name),
        )
    return claimant


def read_details(
    *,
    statement_he: str | None,
    statement_en: str | None,
    kind: Kind,
    section: str | None,
    paragraph: int | None,
    is_attributed: bool,
    citation_id: int | None,
    cited_basis: CitedBasis,
    said_on: str | None = None,
    first_appearance: str | None = None,
    appearances: str | None = None,
) -> dict[str, Any]:
    """Return what is said of a claim as it is kept; what cannot be is refused."""
    values = {
        "statement_he": clean(statement_he),
        "statement_en": clean(statement_en),
        "kind": kind,
        "section": clean(section),
        "paragraph": paragraph,
        "is_attributed": is_attributed,
        "citation_id": citation_id,
        "cited_basis": cited_basis,
        "said_on": read_partial_date(said_on, field="said_on"),
        "first_appearance": read_address(first_appearance, field="first_appearance"),
        "appearances": read_appearances(appearances),
    }
    if values["statement_he"] is None and values["statement_en"] is None:
        raise DomainError("A claim needs its statement, in Hebrew or in English.", field="statement_he")
    if (citation_id is None) != (cited_basis is CitedBasis.NONE):
        raise DomainError("Say which link the article cites, and how it is known.", field="cited_basis")
    return values


def check_citation(session: Session, citation_id: int | None, article_id: int) -> None:
    """Refuse a link that is not one of the article's."""
    if citation_id is None:
        return
    citation = session.get(Citation, citation_id)
    if citation is None or citation.article_id != article_id or citation.withdrawn_at is not None:
        raise NotFound("The article has no such link.", field="citation_id")


def _position(session: Session, article_id: int, paragraph: int | None, after: Claim | None = None) -> int:
    """Return the place behind ``after``, or behind the last claim of the same paragraph or one before it."""
    wanted = select(func.max(Claim.position)).where(Claim.article_id == article_id)
    last = session.scalar(wanted) or 0
    if after is not None and after.position < last:
        following = select(func.min(Claim.position)).where(
            Claim.article_id == article_id, Claim.position > after.position
        )
        return after.position + max(1, ((session.scalar(following) or last) - after.position) // 2)
    if paragraph is not None:
        before = session.scalar(wanted.where(Claim.paragraph <= paragraph)) or 0
        if before < last:
            return before + 1
    return last + 1000


def open_claim(
    session: Session,
    *,
    actor: Person | None,
    article_id: int,
    statement_he: str | None = None,
    statement_en: str | None = None,
    kind: Kind = Kind.OTHER,
    priority: Priority = Priority.NORMAL,
    section: str | None = None,
    paragraph: int | None = None,
    claimant: str | None = None,
    is_attributed: bool = False,
    citation_id: int | None = None,
    cited_basis: CitedBasis = CitedBasis.NONE,
    said_on: str | None = None,
    first_appearance: str | None = None,
    appearances: str | None = None,
    figure: FigureValue | None = None,
    origin_key: str | None = None,
    after: Claim | None = None,
) -> Claim:
    """Open an unchecked claim in an article, behind ``after`` where that is said.

    ``appearances`` are the addresses of works in which it was said, one a line.
    An import's key that is already here raises ``Duplicate``.
    """
    require(actor, Role.CHECKER)
    article = session.get_one(Article, article_id, with_for_update=True)
    if article.withdrawn_at is not None:
        raise DomainError("This article is withdrawn; restore it first.")
    values = read_details(
        statement_he=statement_he,
        statement_en=statement_en,
        kind=kind,
        section=section,
        paragraph=paragraph,
        is_attributed=is_attributed,
        citation_id=citation_id,
        cited_basis=cited_basis,
        said_on=said_on,
        first_appearance=first_appearance,
        appearances=appearances,
    )
    check_citation(session, citation_id, article_id)
    if origin_key is not None and session.scalar(
        select(Claim.id).where(Claim.article_id == article_id, Claim.origin_key == origin_key)
    ):
        raise Duplicate("The claim %(key)s is already here.", key=origin_key)
    row, figure_changes = set_figure(None, figure)
    claim = Claim(
        article=article,
        number=article.next_number,
        position=_position(session, article_id, paragraph, after),
        priority=priority,
        claimant=find_or_add_claimant(session, actor=actor, name=claimant),
        figure=row,
        origin_key=origin_key,
        status=Status.UNCHECKED,
        revision=1,
        **values,
    )
    article.next_number += 1
    session.add(claim)
    session.flush()  # the history names the new claim's number
    record_on_claim(
        session,
        actor=actor,
        action=Action.CREATED,
        claim=claim,
        changes=first_values(number=claim.number, priority=priority, claimant=clean(claimant), **values)
        | figure_changes,
    )
    return claim


def _put_figure(session: Session, claim: Claim, row: Figure | None) -> None:
    """Give the claim this figure in place of the one it has, and count again which evidence differs from it."""
    old_row, claim.figure = claim.figure, row
    if old_row is not None and row is None:
        session.delete(old_row)
    claim.differing = count_differing(session, claim)


def _check_decided(actor: Person, claim: Claim, values: Mapping[str, Any], *, is_other_claimant: bool) -> None:
    """Refuse what cannot be changed of a decided claim: its words, and but for editors what its public page tells."""
    for field in ("statement_he", "statement_en"):
        if getattr(claim, field) != values[field]:
            raise DomainError("These words are decided on; reopen the claim before changing them.", field=field)
    said = any(getattr(claim, field) != values[field] for field in ("said_on", "first_appearance", "appearances"))
    if (said or is_other_claimant) and not actor.may(Role.EDITOR):
        raise NotAllowed("Who said a decided claim, when and where, is changed by an editor.", field="claimant")


def edit_claim(
    session: Session,
    *,
    actor: Person,
    claim_id: int,
    revision: int,
    claimant: str | None = None,
    figure: FigureValue | None = None,
    priority: Priority = Priority.NORMAL,
    **details: Any,
) -> Claim:
    """Change what a claim says; another save since ``revision`` raises ``Stale``.

    The words, the figure and the priority of a claim that is decided stay as they were decided on: it has to be
    reopened first. Who said it, when and where, which its public page tells, is an editor's to change then.
    """
    require(actor, Role.CHECKER)
    claim = load_claim(session, claim_id)
    if claim.revision != revision:
        raise Stale(claim)
    values = read_details(**details)
    check_citation(session, values["citation_id"], claim.article_id)
    before = claim.claimant.name if claim.claimant else None
    row, figure_changes = set_figure(claim.figure, figure)
    if claim.verdict_id is not None:
        _check_decided(actor, claim, values, is_other_claimant=before != clean(claimant))
        if figure_changes:
            raise DomainError("This figure is decided on; reopen the claim before changing it.", field="figure_low")
    _check_priority(actor, claim, priority)
    if figure_changes:
        _put_figure(session, claim, row)
    person_changes = {} if before == clean(claimant) else {"claimant": [before, clean(claimant)]}
    if person_changes:
        claim.claimant = find_or_add_claimant(session, actor=actor, name=claimant)
    if values["paragraph"] != claim.paragraph:
        values["position"] = _position(session, claim.article_id, values["paragraph"])
    changes = change(claim, {**values, "priority": priority}) | person_changes | figure_changes
    if changes:
        claim.revision += 1
        record_on_claim(session, actor=actor, action=Action.CHANGED, claim=claim, changes=changes)
    return claim


def recount_differing(session: Session) -> None:
    """Count for every claim of the desk the evidence whose figure differs; for one that is brought up to date."""
    session.execute(update(Claim).where(Claim.differing > 0).values(differing=0))
    counted = list_differing(session)
    if counted:
        session.execute(update(Claim), [{"id": claim_id, "differing": number} for claim_id, number in counted.items()])


def move_claim(
    session: Session,
    claim: Claim,
    to: Status,
    *,
    actor: Person | None,
    why: str | None = None,
    verdict_id: int | None = None,
) -> None:
    """Move a claim's status, with the history entry that belongs to it."""
    changes = _assign_status(claim, to, verdict_id)
    record_on_claim(session, actor=actor, action=Action.MOVED, claim=claim, changes=changes, why=why)


def move_claims(session: Session, claims: Sequence[Claim], to: Status, *, actor: Person | None) -> None:
    """Move the status of many claims, to one without a verdict."""
    moved = []
    for claim in claims:
        changes = _assign_status(claim, to, None)
        claim.updated_at = now()
        moved.append(Event(Action.MOVED, Subject.CLAIM, claim.id, claim.id, claim.article_id, changes))
    record_all(session, actor=actor, events=moved)


def _assign_status(claim: Claim, to: Status, verdict_id: int | None) -> dict[str, list[Any]]:
    """Give a claim its next status and return what changed; the only place that assigns it."""
    claim.check_move(to)
    changes = {"status": [claim.status.value, to.value]}
    claim.status, claim.verdict_id = to, verdict_id
    if verdict_id is None:
        claim.settled_words, claim.is_stale = None, False
    return changes


def settle_words(claim: Claim, words: str | None) -> None:
    """Have the claim's verdict stand on these anchored words; the only way out of being stale but reopening."""
    claim.settled_words, claim.is_stale = words, False


def locate_claim(claim: Claim, words: str | None, *, is_same: bool) -> None:
    """Say which words of the current version state the claim: None where they are not there any more.

    A verdict under other words than these goes stale, and stays so until somebody answers for it.
    """
    claim.place = Place.LOST if words is None else Place.PLACED
    if claim.verdict_id is None or words is None:
        return
    if claim.settled_words is None:
        claim.settled_words = words
    elif not is_same:
        claim.is_stale = True


def _load_many(session: Session, claim_ids: Sequence[int]) -> Sequence[Claim]:
    if not claim_ids:
        raise DomainError("Select at least one claim.")
    if len(claim_ids) > MOST_AT_ONCE:
        raise DomainError("Select at most %(most)s claims at once.", most=MOST_AT_ONCE)
    claims = session.scalars(
        select(Claim)
        .where(Claim.id.in_(claim_ids), Claim.withdrawn_at.is_(None))
        .options(selectinload(Claim.article))
        .order_by(Claim.id)
        .with_for_update()
    ).all()
    if len(claims) != len(set(claim_ids)):
        raise NotFound("One of the claims is not here any more; look at the list again.")
    return claims


def start_checking(session: Session, *, actor: Person, claim_ids: Sequence[int]) -> int:
    """Begin to check claims, taking those that nobody has; return how many were moved."""
    require(actor, Role.CHECKER)
    moved = 0
    for claim in _load_many(session, claim_ids):
        if claim.status is Status.UNCHECKED:
            if claim.assignee_id is None:
                hand_over(session, actor, claim, actor)
            move_claim(session, claim, Status.CHECKING, actor=actor)
            moved += 1
    return moved


def put_back(session: Session, *, actor: Person | None, claim_id: int, why: str | None) -> Claim:
    """Give up checking a claim: it is unchecked again, and nobody's; what was found stays."""
    require(actor, Role.CHECKER)
    claim = load_claim(session, claim_id)
    claim.check_move(Status.UNCHECKED)
    reason = read_reason(why)
    hand_over(session, actor, claim, None)
    move_claim(session, claim, Status.UNCHECKED, actor=actor, why=reason)
    return claim


def hand_over(session: Session, actor: Person | None, claim: Claim, assignee: Person | None) -> bool:
    """Give a claim to a person, or to nobody; return whether it changed hands."""
    if claim.assignee_id == (assignee.id if assignee else None):
        return False
    changes = {"assignee": [claim.assignee.name if claim.assignee else None, assignee.name if assignee else None]}
    claim.assignee = assignee
    record_on_claim(session, actor=actor, action=Action.CHANGED, claim=claim, changes=changes)
    return True


def assign_claims(session: Session, *, actor: Person, claim_ids: Sequence[int], assignee_id: int | None) -> int:
    """Hand claims to a person, or to nobody; return how many changed hands."""
    require(actor, Role.CHECKER)
    assignee = None if assignee_id is None else session.get(Person, assignee_id)
    if assignee_id is not None and (assignee is None or not assignee.may(Role.CHECKER)):
        raise NotAllowed("This person does not check claims.", field="assignee_id")
    return sum(hand_over(session, actor, claim, assignee) for claim in _load_many(session, claim_ids))


def _check_priority(actor: Person, claim: Claim, priority: Priority) -> None:
    """Refuse a change of priority that would get round the second check which the priority asks for."""
    if priority is claim.priority:
        return
    if claim.verdict_id is not None:
        raise DomainError(
            "Claim %(number)s has a verdict; its priority stays until it is reopened.",
            field="priority",
            number=claim.number,
        )
    if (
        claim.priority is Priority.HIGH
        and claim.article.second_check is SecondCheck.HIGH
        and not actor.may(Role.EDITOR)
    ):
        raise NotAllowed(
            "The high priority of claim %(number)s asks for a second check; only an editor may lower it.",
            field="priority",
            number=claim.number,
        )


def prioritise_claims(session: Session, *, actor: Person, claim_ids: Sequence[int], priority: Priority) -> int:
    """Give claims a priority; return how many changed. That of a claim with a verdict stays."""
    require(actor, Role.CHECKER)
    changed = 0
    for claim in _load_many(session, claim_ids):
        _check_priority(actor, claim, priority)
        changes = change(claim, {"priority": priority})
        if changes:
            claim.revision += 1  # the form of a claim carries its priority too
            record_on_claim(session, actor=actor, action=Action.CHANGED, claim=claim, changes=changes)
            changed += 1
    return changed


def _read_tag(name: str | None) -> str:
    tag = clean(name)
    if tag is None or len(tag) > 60 or "\n" in tag:
        raise DomainError("A tag is one short line.", field="tag")
    return tag


def tag_claims(session: Session, *, actor: Person | None, claim_ids: Sequence[int], tag: str | None) -> int:
    """Put a tag on claims; return how many did not have it."""
    require(actor, Role.CHECKER)
    name = _read_tag(tag)
    tagged = 0
    for claim in _load_many(session, claim_ids):
        if all(known.name != name for known in claim.tags):
            claim.tags.append(ClaimTag(name=name))
            record_on_claim(session, actor=actor, action=Action.CHANGED, claim=claim, changes={"tag": [None, name]})
            tagged += 1
    return tagged


def untag_claim(session: Session, *, actor: Person, claim_id: int, tag: str | None) -> None:
    """Take a tag off a claim."""
    require(actor, Role.CHECKER)
    claim = load_claim(session, claim_id)
    name = _read_tag(tag)
    for known in list(claim.tags):
        if known.name == name:
            claim.tags.remove(known)
            record_on_claim(session, actor=actor, action=Action.CHANGED, claim=claim, changes={"tag": [name, None]})


def read_reason(why: str | None) -> str:
    """Return the reason that a withdrawal, a reopening or an override has to give."""
    reason = clean(why)
    if reason is None:
        raise DomainError("Give the reason; it stays in the history.", field="why")
    return reason
