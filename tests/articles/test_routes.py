"""Keeping what is known about an article through the pages."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.articles.model import Citation, SourceRule
from claims_app.people.model import Role
from tests.client import StrictClient
from tests.factories import Factory

FILLED = {
    "title_he": "הגשר החדש",
    "title_en": "The new bridge",
    "outlet": "The Paper",
    "byline": "Dana Ron",
    "language": "he",
    "address": "https://example.org/bridge",
    "published_on": "2026-03",
    "deadline_at": "2026-03-15T18:00",
    "second_check": "high",
    "notes": "The plan is with the city.",
}


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


class TestEditingAnArticle:
    def test_shows_the_deadline_by_the_clock_of_the_desk_and_saves(
        self, client: StrictClient, session: Session, make: Factory
    ) -> None:
        article = make.article(title_en="A bridge", deadline_at=datetime(2026, 7, 1, 15, 0, tzinfo=UTC))
        client.sign_in(make.person(role=Role.EDITOR))
        page = client.get(f"/articles/{article.id}/edit").get_data(as_text=True)
        assert 'value="2026-07-01T18:00"' in page
        answer = client.post(
            f"/articles/{article.id}/edit", data={**FILLED, "deadline_at": "2026-07-01T18:00", "revision": "1"}
        )
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/articles/{article.id}")
        session.refresh(article)
        assert (article.title_en, article.revision) == ("The new bridge", 2)
        assert article.deadline_at == datetime(2026, 7, 1, 15, 0, tzinfo=UTC)

    def test_keeps_the_source_rule_and_the_article_s_page_says_it(
        self, client: StrictClient, session: Session, make: Factory
    ) -> None:
        article = make.article(title_en="A bridge")
        client.sign_in(make.person(role=Role.EDITOR))
        form = client.get(f"/articles/{article.id}/edit").get_data(as_text=True)
        assert '<option selected value="two">One primary or two independent secondary sources</option>' in form
        client.post(f"/articles/{article.id}/edit", data={**FILLED, "source_rule": "three", "revision": "1"})
        session.refresh(article)
        assert article.source_rule is SourceRule.THREE
        page = client.get(f"/articles/{article.id}").get_data(as_text=True)
        assert "Source rule:</span> One primary or three independent secondary sources" in page
        history = client.get(f"/history?article={article.id}").get_data(as_text=True)
        assert "One primary or three independent secondary sources" in history

    def test_refuses_an_article_without_a_title(self, client: StrictClient, session: Session, make: Factory) -> None:
        article = make.article(title_en="A bridge")
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post(
            f"/articles/{article.id}/edit", data={**FILLED, "title_he": "", "title_en": "", "revision": "1"}
        )
        assert answer.status_code == 422
        assert FILLED["notes"] in answer.get_data(as_text=True)
        session.refresh(article)
        assert article.title_en == "A bridge"

    def test_another_save_meanwhile_shows_both_versions_and_the_choice_is_saved(
        self, client: StrictClient, session: Session, make: Factory
    ) -> None:
        article = make.article(title_en="A bridge", outlet="The Paper")
        address = f"/articles/{article.id}/edit"
        client.sign_in(make.person(role=Role.EDITOR))
        client.post(address, data={**FILLED, "title_en": "A bridge, saved first", "revision": "1"})
        answer = client.post(address, data={**FILLED, "title_en": "A bridge, saved second", "revision": "1"})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert "A bridge, saved first" in page
        assert "A bridge, saved second" in page
        chosen = {f"mine-{name}": value for name, value in FILLED.items()}
        answer = client.post(
            address,
            data={
                **chosen,
                "resolve": "yes",
                "revision": "2",
                "field": list(FILLED),
                "pick-title_en": "theirs",
                "theirs-title_en": "A bridge, saved first",
            },
        )
        assert answer.status_code == 303
        session.refresh(article)
        assert (article.title_en, article.outlet) == ("A bridge, saved first", "The Paper")

    def test_there_is_none(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        assert client.get("/articles/999/edit").status_code == 404

    def test_is_for_editors(self, client: StrictClient, make: Factory) -> None:
        article = make.article()
        client.sign_in(make.person(role=Role.CHECKER))
        assert client.get(f"/articles/{article.id}/edit").status_code == 403


class TestAddingACitedLink:
    def test_puts_it_at_the_end_of_the_list(self, client: StrictClient, session: Session, make: Factory) -> None:
        first = make.citation()
        client.sign_in(make.person(role=Role.CHECKER))
        address = f"/articles/{first.article_id}/citations/new"
        assert client.get(address).status_code == 200
        answer = client.post(address, data={"address": "https://example.org/plan", "note": "In the lead."})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/articles/{first.article_id}")
        second = session.scalars(select(Citation).where(Citation.id != first.id)).one()
        assert (second.address, second.note, second.position) == ("https://example.org/plan", "In the lead.", 2)

    @pytest.mark.parametrize("address", ["", "ftp://example.org/plan", "https://", "https://example.org/a b"])
    def test_refuses_what_is_no_address(
        self, client: StrictClient, session: Session, make: Factory, address: str
    ) -> None:
        article = make.article()
        client.sign_in(make.person(role=Role.CHECKER))
        answer = client.post(f"/articles/{article.id}/citations/new", data={"address": address, "note": "In the lead."})
        assert answer.status_code == 422
        assert "In the lead." in answer.get_data(as_text=True)
        assert count(session, Citation) == 0

    def test_refuses_the_same_link_twice(self, client: StrictClient, session: Session, make: Factory) -> None:
        first = make.citation()
        client.sign_in(make.person(role=Role.CHECKER))
        answer = client.post(f"/articles/{first.article_id}/citations/new", data={"address": first.address})
        assert answer.status_code == 422
        assert "has this address already" in answer.get_data(as_text=True)
        assert count(session, Citation) == 1

    def test_is_not_for_readers(self, client: StrictClient, make: Factory) -> None:
        article = make.article()
        client.sign_in(make.person(role=Role.READER))
        assert client.get(f"/articles/{article.id}/citations/new").status_code == 403

    def test_there_is_no_such_article(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.CHECKER))
        assert client.get("/articles/999/citations/new").status_code == 404
