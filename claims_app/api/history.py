"""The history: of the desk, of an article, of a claim; and the people who stand in it."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from flask import current_app
from pydantic import Field

from claims_app.api.gate import current_token, me
from claims_app.api.operations import operation
from claims_app.api.paging import need_place
from claims_app.api.shapes import MOST_NUMBER, WHOLE, Day, Number, Page, PageQuery, Shape, write_cursor
from claims_app.articles.model import Article
from claims_app.claims.model import Claim
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.history.queries import HistoryFilter, list_history
from claims_app.people.model import Role, Scope
from claims_app.people.queries import list_people as list_everybody
from claims_app.web.transaction import get_session

TAG = "history"


class EntryOut(Shape):
    """Something that happened: who did it, when, to what, what changed, and why."""

    id: Number
    at: datetime
    actor_id: int | None = Field(description="Null: the desk itself.")
    actor_name: str
    action: Action
    subject: Subject
    subject_id: int | None
    claim_id: int | None
    article_id: int | None
    changes: dict[str, list[Any]] = Field(description="For each field what it was and what it is.")
    why: str | None
    previous_hash: str
    hash: str = Field(description="Over the entry and the hash before it, so that no change goes unseen.")


def _show(entry: HistoryEntry) -> EntryOut:
    same = EntryOut.model_fields.keys() - {"action", "subject"}
    return EntryOut(
        **{name: getattr(entry, name) for name in same}, action=Action(entry.action), subject=Subject(entry.subject)
    )


class HistoryQuery(PageQuery):
    """Which part of the history."""

    person: (
        Annotated[int, Field(ge=0, le=MOST_NUMBER, description="Who acted; 0 is the desk itself."), WHOLE] | None
    ) = None
    action: Action | None = None
    subject: Subject | None = None
    first_day: Day | None = Field(default=None, description="From this day on, in the desk's time zone.")
    last_day: Day | None = Field(default=None, description="Until the end of this day.")

    def filter(self) -> HistoryFilter:
        """Return the view that is asked for."""
        return HistoryFilter(
            actor_id=self.person,
            action=self.action,
            subject=self.subject,
            first_day=self.first_day,
            last_day=self.last_day,
            before=self.behind,
            zone=current_app.config["TIMEZONE"],
        )


def _page_of(wanted: HistoryFilter, query: PageQuery) -> Page[EntryOut]:
    need_place(query)
    own = None if me().may(Role.ADMIN) else me().id  # the accounts of others are for administrators only
    found = list_history(get_session(), wanted, only_account_of=own, most=query.limit)
    after = None if found.before is None else write_cursor(found.before)
    return Page[EntryOut](items=[_show(entry) for entry in found.entries], next=after)


@operation("GET", "/history", tag=TAG, role=Role.READER)
def list_desk_history(query: HistoryQuery) -> Page[EntryOut]:
    """List what happened on the desk, newest first."""
    return _page_of(query.filter(), query)


@operation("GET", "/articles/<int:article_id>/history", tag=TAG, role=Role.READER)
def list_article_history(article_id: int, query: HistoryQuery) -> Page[EntryOut]:
    """List what happened to an article and all that belongs to it, newest first."""
    get_session().get_one(Article, article_id)
    return _page_of(replace(query.filter(), article_id=article_id), query)


@operation("GET", "/claims/<int:claim_id>/history", tag=TAG, role=Role.READER)
def list_claim_history(claim_id: int, query: HistoryQuery) -> Page[EntryOut]:
    """List what happened to a claim and all that belongs to it, newest first."""
    get_session().get_one(Claim, claim_id)
    return _page_of(replace(query.filter(), claim_id=claim_id), query)


class PersonOut(Shape):
    """A person of the desk."""

    id: Number
    name: str
    role: Role
    is_active: bool


class People(Shape):
    """The people of the desk, by name."""

    items: list[PersonOut]


@operation("GET", "/people", tag="people", role=Role.READER)
def list_people() -> People:
    """List the people of the desk by name, those who have left too."""
    found = list_everybody(get_session())
    return People(items=[PersonOut(id=one.id, name=one.name, role=one.role, is_active=one.is_active) for one in found])


class MeOut(Shape):
    """In whose name this token acts, and what it may be used for."""

    id: Number
    name: str
    role: Role
    token: str
    scope: Scope
    expires_at: datetime


@operation("GET", "/me", tag="people", role=Role.READER)
def get_me() -> MeOut:
    """Show whose token this is."""
    token, person = current_token(), me()
    return MeOut(
        id=person.id,
        name=person.name,
        role=person.role,
        token=token.name,
        scope=token.scope,
        expires_at=token.expires_at,
    )
