"""Bringing articles in through the pages, and keeping what is known about them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, ArticleVersion, Citation, SecondCheck
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


class TestBringingAnArticleIn:
    def test_saves_all_its_fields_and_goes_to_its_page(
        self, client: StrictClient, session: Session, make: Factory
    ) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post("/articles/new", data={**FILLED, "text": "One.\r\n\r\nTwo."})
        article = session.scalars(select(Article)).one()
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/articles/{article.id}")
        assert {name: getattr(article, name) for name in FILLED} == {
            **FILLED,
            # Six in the evening in Jerusalem, before summer time begins.
            "deadline_at": datetime(2026, 3, 15, 16, 0, tzinfo=UTC),
            "second_check": SecondCheck.HIGH,
        }
        assert [version.text for version in article.versions] == ["One.\n\nTwo."]
        assert "The article is here" in client.get(answer.headers["Location"]).get_data(as_text=True)

    def test_needs_a_title_only(self, client: StrictClient, session: Session, make: Factory) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post("/articles/new", data={"title_en": "A bridge", "language": "en", "second_check": "off"})
        assert answer.status_code == 303
        article = session.scalars(select(Article)).one()
        assert (article.title_en, article.deadline_at, article.notes) == ("A bridge", None, None)

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("title_he", "  ", "An article needs a title"),
            ("address", "javascript:alert(1)", "An address starts with http"),
            ("published_on", "15.3.2026", "Write the date as"),
            ("published_on", "2026-02-30", "Write the date as"),
            ("deadline_at", "tomorrow", "Not a valid datetime value"),
            ("deadline_at", "0001-01-01T00:00", "Not a valid datetime value"),
            ("language", "fr", "Not a valid choice"),
            ("second_check", "always", "Invalid Choice"),
            ("outlet", "x" * 1001, "at most 1000 characters"),
        ],
    )
    def test_refuses_what_is_wrong_and_keeps_what_was_typed(
        self, client: StrictClient, session: Session, make: Factory, field: str, value: str, said: str
    ) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        typed = {**FILLED, "title_en": "" if field == "title_he" else FILLED["title_en"], field: value}
        answer = client.post("/articles/new", data=typed)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert said in page
        assert FILLED["notes"] in page
        assert f'href="#{field}"' in page
        assert count(session, Article) == 0

    def test_begins_in_the_language_of_the_person(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.EDITOR, language="he"))
        page = client.get("/articles/new").get_data(as_text=True)
        assert '<option selected value="he">' in page

    @pytest.mark.parametrize("role", [Role.READER, Role.CHECKER])
    def test_is_for_editors(self, client: StrictClient, session: Session, make: Factory, role: Role) -> None:
        client.sign_in(make.person(role=role))
        assert client.get("/articles/new").status_code == 403
        assert client.post("/articles/new", data=FILLED).status_code == 403
        assert count(session, Article) == 0

    def test_needs_a_session_and_a_token(self, client: StrictClient, session: Session, make: Factory) -> None:
        assert "/sign-in" in client.post("/articles/new", data=FILLED).headers["Location"]
        client.sign_in(make.person(role=Role.EDITOR))
        assert client.post("/articles/new", data=FILLED, csrf=False).status_code == 400
        assert count(session, Article) == 0


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


class TestAddingAVersion:
    def test_takes_the_next_number(self, client: StrictClient, session: Session, make: Factory) -> None:
        article = make.article()
        client.sign_in(make.person(role=Role.EDITOR))
        address = f"/articles/{article.id}/versions/new"
        assert client.get(address).status_code == 200
        answer = client.post(address, data={"text": "The bridge is open.", "note": "The lead is new."})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/articles/{article.id}")
        version = session.scalars(select(ArticleVersion).where(ArticleVersion.number == 2)).one()
        assert (version.text, version.note) == ("The bridge is open.", "The lead is new.")

    def test_there_is_no_such_article(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        assert client.post("/articles/999/versions/new", data={"text": "A text."}).status_code == 404

    def test_keeps_the_text_of_a_note_that_is_too_long(self, client: StrictClient, make: Factory) -> None:
        article = make.article()
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post(
            f"/articles/{article.id}/versions/new", data={"text": "The bridge is open.", "note": "x" * 1001}
        )
        assert answer.status_code == 422
        assert "The bridge is open." in answer.get_data(as_text=True)

    def test_is_for_editors(self, client: StrictClient, make: Factory) -> None:
        article = make.article()
        client.sign_in(make.person(role=Role.CHECKER))
        assert client.get(f"/articles/{article.id}/versions/new").status_code == 403


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
