"""Bringing articles in, their versions and the links they give."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, SecondCheck, SourceRule
from claims_app.articles.service import add_article, add_citation, add_version, edit_article
from claims_app.claims.withdrawing import withdraw_article
from claims_app.errors import DomainError, Duplicate, NotAllowed, Stale
from claims_app.history.model import HistoryEntry, Subject
from claims_app.people.model import Role
from tests.factories import Factory

DETAILS: dict[str, Any] = {
    "title_he": "הגשר החדש",
    "title_en": "The new bridge",
    "outlet": "The Daily",
    "byline": "Dana Levi",
    "language": "en",
    "address": "https://example.org/bridge",
    "published_on": "2026-03",
    "deadline_at": datetime(2026, 3, 4, 12, tzinfo=UTC),
    "second_check": SecondCheck.HIGH,
    "source_rule": SourceRule.THREE,
    "notes": "To print on Sunday.",
}


def entries(session: Session, article: Article) -> list[HistoryEntry]:
    session.flush()
    return list(
        session.scalars(select(HistoryEntry).where(HistoryEntry.article_id == article.id).order_by(HistoryEntry.id))
    )


class TestAdding:
    def test_everything_said_is_kept_and_told(self, session: Session, make: Factory) -> None:
        editor = make.person(role=Role.EDITOR)
        article = add_article(session, actor=editor, text="The bridge is long.", origin_key="a-1", **DETAILS)
        session.flush()
        assert {name: getattr(article, name) for name in DETAILS} == DETAILS
        first, second = entries(session, article)
        assert (first.subject, first.actor_id) == (Subject.ARTICLE, editor.id)
        assert set(first.changes) == set(DETAILS)
        assert first.changes["deadline_at"] == [None, "2026-03-04T12:00:00+00:00"]
        assert (second.subject, second.changes["number"]) == (Subject.VERSION, [None, 1])

    def test_an_article_comes_with_its_first_version_even_without_words(self, session: Session, make: Factory) -> None:
        (version,) = make.article().versions
        assert (version.number, version.text, version.text_sha256) == (1, None, None)

    @pytest.mark.parametrize(
        ("details", "field"),
        [
            ({}, "title_he"),
            ({"title_he": " ", "title_en": "\n"}, "title_he"),
            ({"title_he": "x", "address": "example.org"}, "address"),
            ({"title_he": "x", "published_on": "in March"}, "published_on"),
        ],
    )
    def test_what_is_wrong_names_its_field(
        self, session: Session, make: Factory, details: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(DomainError) as refusal:
            add_article(session, actor=make.person(role=Role.EDITOR), **details)
        assert refusal.value.field == field

    def test_an_imports_key_is_taken_once(self, session: Session, make: Factory) -> None:
        make.article(origin_key="a-1")
        with pytest.raises(Duplicate, match="a-1"):
            make.article(origin_key="a-1")

    @pytest.mark.parametrize("role", [Role.READER, Role.CHECKER])
    def test_is_an_editors(self, session: Session, make: Factory, role: Role) -> None:
        actor, article = make.person(role=role), make.article()
        with pytest.raises(NotAllowed):
            add_article(session, actor=actor, title_he="x")
        with pytest.raises(NotAllowed):
            add_version(session, actor=actor, article_id=article.id)
        with pytest.raises(NotAllowed):
            edit_article(session, actor=actor, article_id=article.id, revision=1, **DETAILS)


class TestEditing:
    def test_what_changed_is_told(self, session: Session, make: Factory) -> None:
        article = make.article(**DETAILS)
        edit_article(
            session,
            actor=make.person(role=Role.EDITOR),
            article_id=article.id,
            revision=1,
            **(DETAILS | {"title_en": " A new bridge ", "second_check": SecondCheck.ALL, "notes": ""}),
        )
        assert article.revision == 2
        assert entries(session, article)[-1].changes == {
            "title_en": ["The new bridge", "A new bridge"],
            "second_check": ["high", "all"],
            "notes": ["To print on Sunday.", None],
        }

    def test_saving_without_a_change_leaves_no_trace(self, session: Session, make: Factory) -> None:
        article = make.article(**DETAILS)
        session.expire_all()  # compared with what the database gives back
        edit_article(session, actor=make.regular(Role.EDITOR), article_id=article.id, revision=1, **DETAILS)
        assert (article.revision, len(entries(session, article))) == (1, 2)

    def test_nobody_overwrites_another_unseen(self, session: Session, make: Factory) -> None:
        article = make.article()
        with pytest.raises(Stale) as refusal:
            edit_article(session, actor=make.regular(Role.EDITOR), article_id=article.id, revision=0, **DETAILS)
        assert refusal.value.current is article


class TestVersions:
    def test_are_numbered_and_carry_the_digest_of_their_words(self, session: Session, make: Factory) -> None:
        article = make.article(text="one")
        version = make.version(article, text=" שניים\r\n", note=" after the call ")
        assert (version.number, version.text, version.note) == (2, "שניים", "after the call")
        assert version.text_sha256 == hashlib.sha256("שניים".encode()).hexdigest()
        assert entries(session, article)[-1].changes == {
            "number": [None, 2],
            "text_sha256": [None, version.text_sha256],
            "note": [None, "after the call"],
        }

    def test_are_each_articles_own(self, session: Session, make: Factory) -> None:
        make.version(make.article())
        assert make.version(make.article()).number == 2

    def test_of_an_article_that_is_not_there_are_not_found(self, session: Session, make: Factory) -> None:
        with pytest.raises(NoResultFound):
            add_version(session, actor=make.regular(Role.EDITOR), article_id=9999, text="x")


class TestCitations:
    def test_are_kept_in_order(self, session: Session, make: Factory) -> None:
        article = make.article()
        one, two = make.citation(article, note=" the plan "), make.citation(article)
        session.expire_all()
        assert article.citations == [one, two]
        assert one.note == "the plan"
        assert entries(session, article)[2].changes == {"address": [None, one.address], "note": [None, "the plan"]}

    @pytest.mark.parametrize("address", [None, "", "example.org", "javascript:alert(1)"])
    def test_are_web_addresses(self, session: Session, make: Factory, address: str | None) -> None:
        with pytest.raises(DomainError) as refusal:
            add_citation(session, actor=make.person(), article_id=make.article().id, address=address)
        assert refusal.value.field == "address"

    def test_are_there_once(self, session: Session, make: Factory) -> None:
        citation = make.citation(address="https://example.org/a")
        make.citation(address="https://example.org/a")
        with pytest.raises(Duplicate) as refusal:
            make.citation(citation.article, address=" HTTPS://example.org/a")
        assert refusal.value.field == "address"

    def test_are_not_a_readers(self, session: Session, make: Factory) -> None:
        with pytest.raises(NotAllowed):
            make.citation(actor=make.person(role=Role.READER))


def test_a_withdrawn_article_cannot_be_worked_on(session: Session, make: Factory) -> None:
    article, editor = make.article(), make.person(role=Role.EDITOR)
    withdraw_article(session, actor=editor, article_id=article.id, why="Not printed.")
    for act in (
        lambda: edit_article(session, actor=editor, article_id=article.id, revision=1, **DETAILS),
        lambda: make.version(article),
        lambda: make.citation(article),
    ):
        with pytest.raises(DomainError, match="article is withdrawn"):
            act()
