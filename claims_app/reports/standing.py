"""How far an article is answered for: its checkable passages, and who signed it off."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.coverage.queries import Answer, Covered
from claims_app.language import LazyText
from claims_app.reports.paragraphs import Paragraphs
from claims_app.signoff.model import Side, SignOff
from claims_app.signoff.queries import Blocker, Standing, gather_closing


@dataclass(frozen=True)
class PassageFacts:
    """A passage that has to be proved, where it stands in the text, and who answers for it."""

    start: int
    end: int
    paragraph: int
    quote: str
    answer: Answer
    #: What in it has to be proved and no claim holds; nothing where claims hold it all.
    reasons: tuple[str, ...]
    #: Why it needs no claim, in whose word and since when. None: it is not waived.
    why: str | None
    waived_by: str | None
    waived_at: datetime | None


def passage_facts(covered: Covered, paragraphs: Paragraphs) -> PassageFacts:
    """Return what a report says of a passage of this text."""
    start, end = covered.passage.begins, covered.passage.ends
    waiver = covered.waiver if covered.answer is Answer.WAIVED else None
    return PassageFacts(
        start=start,
        end=end,
        paragraph=paragraphs.number_at(start),
        quote=paragraphs.text[start:end],
        answer=covered.answer,
        reasons=tuple(dict.fromkeys(reason for _start, _end, reason in covered.gaps)),
        why=waiver.why if waiver else None,
        waived_by=waiver.person.name if waiver else None,
        waived_at=waiver.created_at if waiver else None,
    )


class State(enum.StrEnum):
    """Whether a sign-off holds; an earlier one is followed by another of the same side."""

    HOLDS = "holds"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    EARLIER = "earlier"


@dataclass(frozen=True)
class ChangeFacts:
    """What changed since a sign-off: a sentence that follows the language in force, and what fills its places."""

    message: LazyText
    values: Mapping[str, Any]


@dataclass(frozen=True)
class OpenItem:
    """What was open when somebody signed all the same, and how much of it."""

    what: Blocker
    number: int


@dataclass(frozen=True)
class SignOffFacts:
    """Who signed which version for which side, and what became of it."""

    side: Side
    state: State
    version: int
    signed_by: str
    signed_at: datetime
    digest: str
    changes: tuple[ChangeFacts, ...]
    #: Why it was signed in spite of what was open. None: nothing was.
    override_why: str | None
    open_items: tuple[OpenItem, ...]
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawn_why: str | None


def gather_sign_offs(session: Session, article_id: int) -> tuple[SignOffFacts, ...]:
    """Return an article's sign-offs: the last of each side, then the earlier ones, the newest first."""
    closing = gather_closing(session, session.get_one(Article, article_id))
    return tuple(
        [_sign_off(closing.latest[side], _state(closing.latest[side])) for side in Side if side in closing.latest]
        + [_sign_off(Standing(one, ()), State.EARLIER) for one in closing.earlier]
    )


def _state(standing: Standing) -> State:
    if standing.sign_off.withdrawn_at is not None:
        return State.WITHDRAWN
    return State.HOLDS if standing.holds else State.REOPENED


def _sign_off(standing: Standing, state: State) -> SignOffFacts:
    signed: SignOff = standing.sign_off
    return SignOffFacts(
        side=signed.side,
        state=state if signed.withdrawn_at is None else State.WITHDRAWN,
        version=signed.version.number,
        signed_by=signed.person.name,
        signed_at=signed.created_at,
        digest=signed.digest,
        changes=tuple(ChangeFacts(message, values) for message, values in standing.problems),
        override_why=signed.override_why,
        open_items=tuple(OpenItem(Blocker(what), number) for what, number in signed.open_items),
        withdrawn_by=signed.withdrawn_by.name if signed.withdrawn_by else None,
        withdrawn_at=signed.withdrawn_at,
        withdrawn_why=signed.withdrawn_why,
    )
