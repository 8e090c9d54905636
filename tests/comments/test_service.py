"""Notes for the desk and queries to the author."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.comments.model import CommentKind
from claims_app.comments.service import add_comment, answer_query, restore_comment, withdraw_comment
from claims_app.errors import DomainError, NotAllowed
from claims_app.history.model import HistoryEntry, Subject
from claims_app.people.model import Role
from tests.factories import Factory


def last_entry(session: Session) -> HistoryEntry:
    session.flush()
    entry = session.scalar(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1))
    assert entry is not None
    return entry


def test_a_comment_is_kept_and_told(session: Session, make: Factory) -> None:
    claim, checker = make.claim(), make.person()
    comment = add_comment(session, actor=checker, claim_id=claim.id, kind=CommentKind.NOTE, text=" Call them. ")
    assert (comment.text, comment.author_id) == ("Call them.", checker.id)
    entry = last_entry(session)
    assert (entry.subject, entry.subject_id, entry.claim_id) == (Subject.COMMENT, comment.id, claim.id)
    assert entry.changes == {"kind": [None, "note"], "text": [None, "Call them."]}


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_a_comment_says_something(session: Session, make: Factory, text: str | None) -> None:
    with pytest.raises(DomainError) as refusal:
        add_comment(session, actor=make.person(), claim_id=make.claim().id, kind=CommentKind.NOTE, text=text)
    assert refusal.value.field == "text"


class TestQueries:
    def test_an_answer_closes_a_query(self, session: Session, make: Factory) -> None:
        query, checker = make.comment(kind=CommentKind.QUERY), make.person()
        answer_query(session, actor=checker, comment_id=query.id, answer=" By mail: yes. ")
        assert (query.answer, query.answered_by_id, query.is_open) == ("By mail: yes.", checker.id, False)
        assert last_entry(session).changes == {"answer": [None, "By mail: yes."]}
        with pytest.raises(DomainError, match="not open"):
            answer_query(session, actor=checker, comment_id=query.id, answer="No.")

    def test_an_answer_says_something(self, session: Session, make: Factory) -> None:
        query = make.comment(kind=CommentKind.QUERY)
        with pytest.raises(DomainError) as refusal:
            answer_query(session, actor=make.person(), comment_id=query.id, answer=" ")
        assert refusal.value.field == "answer"

    def test_only_an_open_query_is_answered(self, session: Session, make: Factory) -> None:
        note, withdrawn = make.comment(), make.comment(kind=CommentKind.QUERY)
        withdraw_comment(session, actor=make.regular(Role.CHECKER), comment_id=withdrawn.id, why="x")
        for comment in (note, withdrawn):
            with pytest.raises(DomainError, match="not open"):
                answer_query(session, actor=make.person(), comment_id=comment.id, answer="Yes.")


WHO = [
    ("its author", None, True),
    ("another checker", Role.CHECKER, False),
    ("an editor", Role.EDITOR, True),
    ("an administrator", Role.ADMIN, True),
    ("a reader", Role.READER, False),
]


@pytest.mark.parametrize(("who", "role", "may"), WHO, ids=[row[0] for row in WHO])
def test_a_comment_is_its_authors_to_take_back(
    session: Session, make: Factory, who: str, role: Role | None, may: bool
) -> None:
    author = make.person()
    comment = make.comment(actor=author)
    actor = author if role is None else make.person(role=role)
    if may:
        withdraw_comment(session, actor=actor, comment_id=comment.id, why="A mistake.")
        assert last_entry(session).why == "A mistake."
        restore_comment(session, actor=actor, comment_id=comment.id)
        assert comment.withdrawn_at is None
    else:
        with pytest.raises(NotAllowed):
            withdraw_comment(session, actor=actor, comment_id=comment.id, why="x")
        with pytest.raises(NotAllowed):
            restore_comment(session, actor=actor, comment_id=comment.id)
        assert comment.withdrawn_at is None, who


def test_an_author_who_only_reads_by_now_takes_nothing_back(session: Session, make: Factory) -> None:
    author = make.person()
    comment = make.comment(actor=author)
    author.role = Role.READER
    with pytest.raises(NotAllowed):
        withdraw_comment(session, actor=author, comment_id=comment.id, why="x")


def test_a_comment_leaves_and_comes_back_once(session: Session, make: Factory) -> None:
    comment, editor = make.comment(), make.person(role=Role.EDITOR)
    with pytest.raises(DomainError, match="not withdrawn"):
        restore_comment(session, actor=editor, comment_id=comment.id)
    with pytest.raises(DomainError, match="Give the reason"):
        withdraw_comment(session, actor=editor, comment_id=comment.id, why=None)
    withdraw_comment(session, actor=editor, comment_id=comment.id, why="x")
    with pytest.raises(DomainError, match="withdrawn already"):
        withdraw_comment(session, actor=editor, comment_id=comment.id, why="x")
