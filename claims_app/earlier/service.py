"""Keeping what was published about claims before: bringing it in, withdrawing and restoring it."""

import enum
import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import unquote

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.claimreview.reading import Item, Reading
from claims_app.claimreview.review import Review
from claims_app.db import now
from claims_app.earlier.model import EarlierCheck, EarlierImport, EarlierReading
from claims_app.errors import DomainError
from claims_app.folding import fold
from claims_app.history.model import Action, Subject
from claims_app.history.service import Event, change, first_values, record, record_all
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.reading import clean
from claims_app.sources.address import canonical_address

AT_ONCE = 500
"""So many reviews are asked for, and written, together."""
MOST_NAME = 200
"""Longest name of a file that is kept, in characters."""


class Outcome(enum.StrEnum):
    """What becomes of a review that is brought in."""

    ADDED = "added"
    #: The desk has the review, and this reading of it is new.
    RENEWED = "renewed"
    #: The desk has this very reading already.
    KNOWN = "known"


@dataclass(frozen=True)
class File:
    """A file that was read."""

    name: str
    reading: Reading


@dataclass(frozen=True)
class Planned:
    """A review of a file, and what becomes of it."""

    file: File
    item: Item
    review: Review
    key: str
    outcome: Outcome


def plan_import(session: Session, files: Sequence[File]) -> list[Planned]:
    """Return what would become of each review that was understood; nothing is changed."""
    reviews = [
        (file, item, review, key_of(review)) for file in files for item in file.reading.items for review in item.reviews
    ]
    seen = _known_readings(session, {key for *_, key in reviews})
    planned = []
    for file, item, review, key in reviews:
        digests = seen.get(key)
        outcome = Outcome.ADDED if digests is None else Outcome.RENEWED
        if digests is not None and item.digest in digests:
            outcome = Outcome.KNOWN
        seen.setdefault(key, set()).add(item.digest)
        planned.append(Planned(file, item, review, key, outcome))
    return planned


def _known_readings(session: Session, keys: set[str]) -> dict[str, set[str]]:
    """Return the digests of all readings of the reviews that the desk has, by the review's key."""
    found: dict[str, set[str]] = {}
    wanted = sorted(keys)
    for at in range(0, len(wanted), AT_ONCE):
        rows = session.execute(
            select(EarlierCheck.key, EarlierReading.digest)
            .join(EarlierReading, EarlierReading.check_id == EarlierCheck.id)
            .where(EarlierCheck.key.in_(wanted[at : at + AT_ONCE]))
        )
        for key, digest in rows:
            found.setdefault(key, set()).add(digest)
    return found


def key_of(review: Review) -> str:
    """Return the digest of what readings of one review have in common: its page, or its publisher, and the claim."""
    place = re.sub(r"^https?://(www\.)?", "", unquote(canonical_address(review.address))) if review.address else None
    if place is None:
        place = " ".join(text for text in (review.publisher, review.title) if text)
    words = fold(review.claim) or review.claim
    return hashlib.sha256(f"{place.rstrip('/')}\n{words}".encode("utf-8", "replace")).hexdigest()


def import_reviews(
    session: Session, *, actor: Person | None, files: Sequence[File], unread: int = 0
) -> tuple[EarlierImport | None, list[Planned]]:
    """Keep the reviews that were understood, and return the import with what became of each.

    ``unread`` is how many further files could not be read. A new reading of a review that is here replaces what it
    says anew; what it does not say stays, and both readings are kept. The same reading twice adds nothing: without
    anything new there is no import.
    """
    require(actor, Role.EDITOR)
    planned = plan_import(session, files)
    fresh = [one for one in planned if one.outcome is not Outcome.KNOWN]
    if not fresh:
        return None, planned
    counts = {outcome: sum(one.outcome is outcome for one in planned) for outcome in Outcome}
    refused = unread + sum(not item.reviews for file in files for item in file.reading.items)
    brought = EarlierImport(
        person_id=actor.id if actor else None,
        files=len(files) + unread,
        refused=refused,
        **{outcome.value: number for outcome, number in counts.items()},
    )
    session.add(brought)
    session.flush()  # its readings and the history name the import's number
    for at in range(0, len(fresh), AT_ONCE):
        _keep(session, actor, brought, fresh[at : at + AT_ONCE])
    record(
        session,
        actor=actor,
        action=Action.CREATED,
        subject=Subject.EARLIER_IMPORT,
        subject_id=brought.id,
        changes=first_values(
            files=", ".join(dict.fromkeys(_name(file) for file in files))[:2000],
            added=brought.added,
            renewed=brought.renewed,
            known=brought.known,
            refused=brought.refused,
        ),
    )
    return brought, planned


def _keep(session: Session, actor: Person | None, brought: EarlierImport, planned: Sequence[Planned]) -> None:
    """Write some reviews with their readings, and what happened into the history."""
    known = {
        check.key: check
        for check in session.scalars(select(EarlierCheck).where(EarlierCheck.key.in_([one.key for one in planned])))
    }
    happened: list[tuple[EarlierCheck, Action, dict[str, list[Any]]]] = []
    for one in planned:
        says = _values(one.review)
        check = known.get(one.key)
        if check is None:
            check = known[one.key] = EarlierCheck(key=one.key, **says)
            session.add(check)
            told = {name: value for name, value in says.items() if name in _TOLD_OF_NEW}
            happened.append((check, Action.CREATED, first_values(**told)))
        else:
            changed = _told(change(check, {name: value for name, value in says.items() if value}))
            check.updated_at = now()
            happened.append((check, Action.CHANGED, changed | {"file_name": [None, _name(one.file)]}))
        check.refresh_words()
        session.add(
            EarlierReading(
                check=check,
                brought=brought,
                form=one.item.form,
                file_name=_name(one.file),
                digest=one.item.digest,
                raw=dict(one.item.raw),
            )
        )
    session.flush()  # the history names the numbers of new checks
    record_all(
        session,
        actor=actor,
        events=[Event(action, Subject.EARLIER_CHECK, check.id, changes=changes) for check, action, changes in happened],
    )


_TOLD_OF_NEW = frozenset({"claim", "publisher", "address", "reviewed_on", "rating"})


def _told(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return changes as the history keeps them: several addresses as one text."""
    return {
        name: [", ".join(value) if isinstance(value, list) else value for value in values]
        for name, values in changes.items()
    }


def _values(review: Review) -> dict[str, Any]:
    return asdict(review) | {"appearances": list(review.appearances)}


def _name(file: File) -> str:
    """Return a file's name without the folders that it lay in."""
    return (clean(re.split(r"[/\\]", file.name)[-1]) or "–")[:MOST_NAME]


def withdraw_check(session: Session, *, actor: Person, check_id: int, why: str | None) -> EarlierCheck:
    """Take an earlier check out of lists and from beside claims; it is kept, and bringing it in again adds nothing."""
    require(actor, Role.EDITOR)
    check = session.get_one(EarlierCheck, check_id, with_for_update=True)
    if check.withdrawn_at is not None:
        raise DomainError("This earlier check is withdrawn already.")
    reason = clean(why)
    if reason is None:
        raise DomainError("Give the reason; it stays in the history.", field="why")
    check.withdrawn_at = now()
    _record(session, actor, Action.WITHDRAWN, check, why=reason)
    return check


def restore_check(session: Session, *, actor: Person, check_id: int) -> EarlierCheck:
    """Bring back a withdrawn earlier check."""
    require(actor, Role.EDITOR)
    check = session.get_one(EarlierCheck, check_id, with_for_update=True)
    if check.withdrawn_at is None:
        raise DomainError("This earlier check is not withdrawn.")
    check.withdrawn_at = None
    _record(session, actor, Action.RESTORED, check)
    return check


def _record(session: Session, actor: Person, action: Action, check: EarlierCheck, why: str | None = None) -> None:
    record(session, actor=actor, action=action, subject=Subject.EARLIER_CHECK, subject_id=check.id, why=why)
