"""Talking about a claim: notes for the desk, and queries to the author with their answers."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from claims_app.api.gate import me
from claims_app.api.operations import operation
from claims_app.api.paging import need_place
from claims_app.api.shapes import Number, Page, PageQuery, Shape, Who, WhyBody, cut, who
from claims_app.claims.queries import find_claim
from claims_app.comments import service
from claims_app.comments.model import Comment, CommentKind
from claims_app.comments.queries import list_comments
from claims_app.people.model import Role
from claims_app.web.transaction import get_session, transaction

TAG = "comments"


class CommentOut(Shape):
    """A note for the desk, or a query to the author."""

    id: Number
    claim_id: Number
    kind: CommentKind
    text: str
    author: Who
    is_open: bool = Field(description="It is a query that waits for its answer.")
    answer: str | None
    answered_by: Who | None
    answered_at: datetime | None
    created_at: datetime
    withdrawn_at: datetime | None


def _show(comment: Comment) -> CommentOut:
    people: dict[str, Any] = {"author": who(comment.author), "answered_by": who(comment.answered_by)}
    same = CommentOut.model_fields.keys() - people.keys()
    return CommentOut(**{name: getattr(comment, name) for name in same}, **people)


class NewComment(Shape):
    """A note for the desk, or a query to the author."""

    model_config = ConfigDict(json_schema_extra={"example": {"kind": "query", "text": "Who measured the bridge?"}})

    text: Annotated[str, Field(max_length=20_000)]
    kind: CommentKind = CommentKind.NOTE


class NewAnswer(Shape):
    """What the author answered."""

    model_config = ConfigDict(json_schema_extra={"example": {"answer": "The city's surveyor, in 2021."}})

    answer: Annotated[str, Field(max_length=20_000)]


@operation("GET", "/claims/<int:claim_id>/comments", tag=TAG, role=Role.READER)
def list_claim_comments(claim_id: int, query: PageQuery) -> Page[CommentOut]:
    """List what was said about a claim, the oldest first, withdrawn comments too."""
    session = get_session()
    find_claim(session, claim_id)
    need_place(query)
    found = list_comments(session, claim_id, after=query.behind or 0, most=query.limit + 1)
    page, after = cut(found, query)
    return Page[CommentOut](items=[_show(one) for one in page], next=after)


@operation("POST", "/claims/<int:claim_id>/comments", tag=TAG, location="/comments/{id}", is_tagged=True)
def add_comment(claim_id: int, body: NewComment) -> CommentOut:
    """Add a note or a query."""
    with transaction() as session:
        comment = service.add_comment(session, actor=me(), claim_id=claim_id, kind=body.kind, text=body.text)
    return _show(comment)


@operation("GET", "/comments/<int:comment_id>", tag=TAG, role=Role.READER, is_tagged=True)
def get_comment(comment_id: int) -> CommentOut:
    """Show a comment, withdrawn or not."""
    return _show(get_session().get_one(Comment, comment_id))


@operation("POST", "/comments/<int:comment_id>/answer", tag=TAG, is_tagged=True)
def answer_query(comment_id: int, body: NewAnswer) -> CommentOut:
    """Record what the author answered to an open query."""
    with transaction() as session:
        comment = service.answer_query(session, actor=me(), comment_id=comment_id, answer=body.answer)
    return _show(comment)


@operation("POST", "/comments/<int:comment_id>/withdraw", tag=TAG, is_tagged=True)
def withdraw_comment(comment_id: int, body: WhyBody) -> CommentOut:
    """Take back a comment: its author may, and an editor."""
    with transaction() as session:
        comment = service.withdraw_comment(session, actor=me(), comment_id=comment_id, why=body.why)
    return _show(comment)


@operation("POST", "/comments/<int:comment_id>/restore", tag=TAG, is_tagged=True)
def restore_comment(comment_id: int) -> CommentOut:
    """Bring back a withdrawn comment."""
    with transaction() as session:
        comment = service.restore_comment(session, actor=me(), comment_id=comment_id)
    return _show(comment)
