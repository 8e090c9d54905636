"""Sources: where proof comes from. A confidential one is what the pages show of it: its number, and no more."""

from datetime import datetime
from typing import Annotated, Any

from flask import current_app
from pydantic import ConfigDict, Field

from claims_app.api.gate import me
from claims_app.api.operations import operation
from claims_app.api.paging import need_place
from claims_app.api.shapes import (
    Address,
    Changes,
    Line,
    Number,
    Page,
    PageQuery,
    RoughDay,
    Shape,
    Text,
    Who,
    WhyBody,
    write_cursor,
)
from claims_app.api.tags import check_match
from claims_app.captures.model import Trigger
from claims_app.captures.service import request_capture
from claims_app.evidence import service
from claims_app.evidence.queries import MOST_TEXT, gather_sources
from claims_app.people.model import Role
from claims_app.sources.model import Source, SourceKind
from claims_app.sources.service import add_source as add
from claims_app.web.transaction import get_session, transaction

TAG = "sources"


class SourceOut(Shape):
    """A source. The title of one that is confidential says so with its number, and nothing else of it is shown."""

    id: Number
    revision: int
    kind: SourceKind
    title: str
    address: str | None
    original_address: str | None
    publisher: Who | None
    published_on: str | None
    notes: str | None
    origin_id: int | None = Field(description="The source that this one repeats.")
    confidential_number: int | None = Field(description="Null: everybody at the desk may know who it is.")
    created_at: datetime
    withdrawn_at: datetime | None


def show_source(source: Source) -> SourceOut:
    """Return a source as the API shows it."""
    publisher = source.publisher
    same = SourceOut.model_fields.keys() - {"publisher"}
    return SourceOut(
        **{name: getattr(source, name) for name in same},
        publisher=Who(id=publisher.id, name=publisher.name) if publisher else None,
    )


class SourceChanges(Changes):
    """What is to be another than it was; what is left out stays, and null empties."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"title": "The plan of the bridge", "kind": "document", "published_on": "1998"}}
    )

    kind: SourceKind = SourceKind.PAGE
    title: Line | None = Field(default=None, description="Left empty, it is put together from the address.")
    address: Address | None = None
    publisher: Line | None = Field(default=None, description="The name of who stands behind it.")
    published_on: RoughDay | None = None
    notes: Text | None = None


class NewSource(SourceChanges):
    """A source to be recorded. It needs a title or an address; one address is one source."""

    keeps_copy: bool = Field(default=True, description="Have a copy of its page captured if there is none yet.")


class SourceQuery(PageQuery):
    """Which sources."""

    q: Annotated[str, Field(max_length=MOST_TEXT, description="Searched for in title, publisher and address.")] = ""


@operation("GET", "/sources", tag=TAG, role=Role.READER)
def list_sources(query: SourceQuery) -> Page[SourceOut]:
    """List the sources, newest first. A search may answer a page with few rows that is not the last."""
    need_place(query)
    found = gather_sources(get_session(), text=query.q, after=str(query.behind or ""), most=query.limit)
    after = None if found.after is None else write_cursor(found.after)
    return Page[SourceOut](items=[show_source(source) for source, _number in found.rows], next=after)


@operation("POST", "/sources", tag=TAG, location="/sources/{id}", is_tagged=True)
def add_source(body: NewSource) -> SourceOut:
    """Record a source."""
    with transaction() as session:
        source = add(session, actor=me(), **body.given("keeps_copy"))
        if body.keeps_copy:
            request_capture(session, actor=me(), source=source, trigger=Trigger.ADDED)
    current_app.extensions["wake"]()
    return show_source(source)


@operation("GET", "/sources/<int:source_id>", tag=TAG, role=Role.READER, is_tagged=True)
def get_source(source_id: int) -> SourceOut:
    """Show a source, withdrawn or not."""
    return show_source(get_session().get_one(Source, source_id))


def _details(source: Source) -> dict[str, Any]:
    same = {name: getattr(source, name) for name in SourceChanges.model_fields}
    return same | {"publisher": source.publisher_name}


@operation("PATCH", "/sources/<int:source_id>", tag=TAG, is_tagged=True, is_conditional=True)
def edit_source(source_id: int, body: SourceChanges) -> SourceOut:
    """Change what is known about a source; a confidential one is changed on its page, by the people named on it."""
    with transaction() as session:
        source = session.get_one(Source, source_id)
        check_match(show_source(source))
        details = _details(source) | body.given()
        service.edit_source(session, actor=me(), source_id=source_id, revision=source.revision, **details)
    return show_source(source)


@operation("POST", "/sources/<int:source_id>/withdraw", tag=TAG, is_tagged=True)
def withdraw_source(source_id: int, body: WhyBody) -> SourceOut:
    """Take a source out of the lists; one that evidence rests on stays."""
    with transaction() as session:
        source = service.withdraw_source(session, actor=me(), source_id=source_id, why=body.why)
    return show_source(source)


@operation("POST", "/sources/<int:source_id>/restore", tag=TAG, is_tagged=True)
def restore_source(source_id: int) -> SourceOut:
    """Bring back a withdrawn source."""
    with transaction() as session:
        source = service.restore_source(session, actor=me(), source_id=source_id)
    return show_source(source)
