"""Marking where a claim stands in the text, opening a claim there, and carrying all places to a new version."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor, Outcome
from claims_app.anchors.queries import list_claim_anchors, list_last_anchors, words_of
from claims_app.articles.model import ArticleVersion
from claims_app.articles.queries import find_version
from claims_app.claims.model import Claim, Place
from claims_app.claims.service import load_claim, locate_claim, open_claim, record_on_claim
from claims_app.db import now
from claims_app.errors import DomainError, Duplicate, NotFound
from claims_app.history.model import Action, Subject
from claims_app.history.service import change, first_values
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.prose import compare
from claims_app.prose.quotes import find_quoted, is_same_words
from claims_app.prose.quotes import select as select_words
from claims_app.prose.sentences import Span
from claims_app.reading import clean


class Fate(enum.StrEnum):
    """What a new version of the text did to a claim."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"
    LOST = "lost"


def fate_of(before: Iterable[Anchor], after: Sequence[Anchor]) -> Fate:
    """Return what became of a claim by its places before and after: the gravest that became of one of them.

    Of several places with the same words some may go; where words went that stand nowhere else, the words changed.
    """
    if not after:
        return Fate.LOST
    if any(not any(is_same_words(old.quote, new.quote) for new in after) for old in before):
        return Fate.CHANGED
    found = {anchor.outcome for anchor in after}
    order = (Outcome.CHANGED, Outcome.MOVED, Outcome.UNCHANGED)
    return next((Fate(outcome.value) for outcome in order if outcome in found), Fate.UNCHANGED)


@dataclass(frozen=True)
class Carried:
    """A claim, what became of its words, and the words before and after, one anchor a line."""

    claim: Claim
    fate: Fate
    before: str
    after: str | None


def current_version(session: Session, article_id: int, version_id: int | None = None) -> ArticleVersion:
    """Return an article's newest version, which must have its text and be ``version_id``, the one looked at."""
    version = find_version(session, article_id)
    if version.text is None:
        raise DomainError("The desk does not have the words of this version; bring the text in first.")
    if version_id not in (None, version.id):
        raise DomainError("There is a newer version of the text; look at it and mark the words there.")
    return version


def _span(version: ArticleVersion, begins: int, ends: int) -> Span:
    """Return the marked words without the blanks around them; marks that hold no words are refused."""
    text = version.text or ""
    if not 0 <= begins < ends <= len(text):
        raise DomainError("These words are not in the text; mark them again.", field="words")
    marked = text[begins:ends]
    begins += len(marked) - len(marked.lstrip())
    ends -= len(marked) - len(marked.rstrip())
    if not any(mark.isalnum() for mark in marked):
        raise DomainError("Mark the words that state the claim.", field="words")
    return Span(begins, ends)


def _add(
    session: Session, claim: Claim, version: ArticleVersion, span: Span, previous: Anchor | None, how: Outcome
) -> Anchor:
    words = select_words(version.text or "", span.start, span.end)
    anchor = Anchor(
        claim_id=claim.id,
        version_id=version.id,
        begins=span.start,
        ends=span.end,
        quote=words.quote,
        prefix=words.prefix,
        suffix=words.suffix,
        outcome=how,
        previous_id=previous.id if previous else None,
    )
    session.add(anchor)
    return anchor


def _is_settled(claim: Claim, quotes: Sequence[str]) -> bool:
    """Whether each of these words is among those that the claim's verdict stands on."""
    settled = (claim.settled_words or "").split("\n")
    return all(any(is_same_words(quote, words) for words in settled) for quote in quotes)


def place_claim(
    session: Session, *, actor: Person | None, claim_id: int, begins: int, ends: int, version_id: int | None = None
) -> Anchor:
    """Mark words of the current version as a place of the claim; a claim may stand at several.

    A decided claim goes stale where the words are others than those it was decided on.
    """
    require(actor, Role.CHECKER)
    claim = load_claim(session, claim_id)
    version = current_version(session, claim.article_id, version_id)
    span = _span(version, begins, ends)
    there = list_claim_anchors(session, claim_id, version.id)
    if any((anchor.begins, anchor.ends) == span for anchor in there):
        raise Duplicate("The claim is marked there already.", field="words")
    anchor = _add(session, claim, version, span, None, Outcome.PLACED)
    session.flush()  # the history names the new anchor's number
    was_stale = claim.is_stale
    locate_claim(claim, words_of([*there, anchor]), is_same=_is_settled(claim, [anchor.quote]))
    moved = {} if claim.paragraph is not None else change(claim, {"paragraph": paragraph_of(version, span.start)})
    record_on_claim(
        session,
        actor=actor,
        action=Action.CREATED,
        claim=claim,
        subject=Subject.ANCHOR,
        subject_id=anchor.id,
        changes=first_values(version=version.number, words=anchor.quote) | moved | _turned_stale(was_stale, claim),
    )
    return anchor


def _turned_stale(was_stale: bool, claim: Claim) -> dict[str, list[Any]]:
    return {} if was_stale == claim.is_stale else {"is_stale": [was_stale, claim.is_stale]}


def paragraph_of(version: ArticleVersion, place: int) -> int:
    """Return the number of the paragraph in which a place of the text stands, from 1."""
    return (version.text or "").count("\n\n", 0, place) + 1


def remove_place(session: Session, *, actor: Person, anchor_id: int) -> Anchor:
    """Take a mark off the current version; a verdict keeps the words it was given on."""
    require(actor, Role.CHECKER)
    anchor = session.get_one(Anchor, anchor_id, with_for_update=True)
    claim = load_claim(session, anchor.claim_id)
    if anchor.withdrawn_at is not None:
        raise DomainError("This mark is removed already.")
    current_version(session, claim.article_id, anchor.version_id)
    anchor.withdrawn_at = now()
    rest = [one for one in list_claim_anchors(session, claim.id, anchor.version_id) if one.id != anchor_id]
    # A claim that was placed once and is not now has to be placed again, or withdrawn.
    locate_claim(claim, words_of(rest), is_same=True)
    record_on_claim(
        session,
        actor=actor,
        action=Action.WITHDRAWN,
        claim=claim,
        subject=Subject.ANCHOR,
        subject_id=anchor_id,
        changes={"words": [anchor.quote, None]},
    )
    return anchor


_NAMED = 50
"""So many places of words that stand in a text more than once are named."""


def find_quote(version: ArticleVersion, quote: str | None, *, occurrence: int | None = None) -> Span:
    """Return where a quote stands in a version; one that is not there, or several times, is refused with the places."""
    text = version.text or ""
    places = find_quoted(text, clean(quote) or "")
    if not places:
        raise NotFound("These words are not in version %(number)s of the text.", field="quote", number=version.number)
    if len(places) == 1 and occurrence in (None, 1):
        return places[0]
    if occurrence is None or not 1 <= occurrence <= len(places):
        raise DomainError(
            "These words stand %(times)s times in version %(number)s, at %(places)s; say which occurrence is meant.",
            field="quote",
            number=version.number,
            times=len(places),
            places=", ".join([f"{one.start}-{one.end}" for one in places[:_NAMED]] + ["…"] * (len(places) > _NAMED)),
        )
    return places[occurrence - 1]


def open_claim_at(
    session: Session,
    *,
    actor: Person | None,
    article_id: int,
    begins: int,
    ends: int,
    version_id: int | None = None,
    **details: Any,
) -> Claim:
    """Open a claim on words of the current version; what ``open_claim`` takes may be said besides."""
    require(actor, Role.CHECKER)
    version = current_version(session, article_id, version_id)
    span = _span(version, begins, ends)
    before = _claim_before(session, version, span.start)
    details.setdefault("section", before.section if before else None)
    if details.get("paragraph") is None:
        details["paragraph"] = paragraph_of(version, span.start)
    claim = open_claim(session, actor=actor, article_id=article_id, after=before, **details)
    place_claim(session, actor=actor, claim_id=claim.id, begins=span.start, ends=span.end, version_id=version.id)
    return claim


def _claim_before(session: Session, version: ArticleVersion, place: int) -> Claim | None:
    """Return the live claim that is marked last before a place of the text."""
    return session.scalar(
        select(Claim)
        .join(Anchor, Anchor.claim_id == Claim.id)
        .where(
            Anchor.version_id == version.id,
            Anchor.withdrawn_at.is_(None),
            Anchor.begins <= place,
            Claim.withdrawn_at.is_(None),
        )
        .order_by(Anchor.begins.desc(), Claim.position.desc(), Claim.id.desc())
        .limit(1)
    )


def carry_places(session: Session, *, actor: Person | None, version: ArticleVersion) -> list[Carried]:
    """Find the article's claims again in its new version, and say what became of each, in the order of the text.

    Each claim is looked for from where it stood last. A verdict under words that are not the same any more goes stale;
    a claim whose words are nowhere is lost until a person places or withdraws it.
    """
    claims = session.scalars(
        select(Claim)
        .where(Claim.article_id == version.article_id, Claim.place != Place.NONE)
        .order_by(Claim.position, Claim.id)
        .with_for_update()
    ).all()
    # A mark that a person removed does not come back by itself: the claim stays lost, and its words are offered.
    last = {
        claim_id: [anchor for anchor in anchors if anchor.withdrawn_at is None]
        for claim_id, anchors in list_last_anchors(session, [claim.id for claim in claims]).items()
    }
    found = _carry_spans(session, version, [anchor for anchors in last.values() for anchor in anchors])
    carried = []
    for claim in claims:
        anchors = last.get(claim.id, [])
        if anchors:
            carried.append(_carry_claim(session, actor, version, claim, anchors, found))
    session.flush()
    live = [one for one in carried if one.claim.withdrawn_at is None]
    return sorted(live, key=lambda one: (one.claim.position, one.claim.id))


def _carry_spans(session: Session, version: ArticleVersion, anchors: Sequence[Anchor]) -> dict[int, compare.Carried]:
    """Return what became of each anchor; those of one old version are compared together."""
    groups: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        groups.setdefault(anchor.version_id, []).append(anchor)
    found: dict[int, compare.Carried] = {}
    for version_id, group in groups.items():
        old = session.get_one(ArticleVersion, version_id).text or ""
        spans = [Span(anchor.begins, anchor.ends) for anchor in group]
        outcomes = compare.carry(old, version.text or "", spans)
        found.update({anchor.id: outcome for anchor, outcome in zip(group, outcomes, strict=True)})
    return found


def _carry_claim(
    session: Session,
    actor: Person | None,
    version: ArticleVersion,
    claim: Claim,
    anchors: Sequence[Anchor],
    found: dict[int, compare.Carried],
) -> Carried:
    placed: dict[Span, Anchor] = {}
    for anchor in anchors:
        span, how = found[anchor.id].span, found[anchor.id].outcome
        if span is not None and span not in placed:
            placed[span] = _add(session, claim, version, span, anchor, Outcome(how.value))
    now_placed = sorted(placed.values(), key=lambda anchor: anchor.begins)
    fate = fate_of(anchors, now_placed)
    before, after = words_of(anchors) or "", words_of(now_placed)
    was_stale, was_place = claim.is_stale, claim.place
    is_same = fate is not Fate.CHANGED and _is_settled(claim, [anchor.quote for anchor in now_placed])
    locate_claim(claim, after, is_same=is_same)
    if fate in (Fate.CHANGED, Fate.LOST, Fate.MOVED) or was_place is Place.LOST:
        changes: dict[str, list[Any]] = {"version": [None, version.number], "fate": [None, fate.value]}
        if fate is not Fate.MOVED:
            changes["words"] = [before, after]
        record_on_claim(
            session,
            actor=actor,
            action=Action.CARRIED,
            claim=claim,
            subject=Subject.ANCHOR,
            changes=changes | _turned_stale(was_stale, claim),
        )
    return Carried(claim, fate, before, after)
