"""Bringing an article and its drafts in through the pages: read, looked over, saved."""

import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, ArticleVersion, Original, SecondCheck
from claims_app.fetching import Guard
from claims_app.files import Files
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
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/articles/{article.id}/text")
        assert {name: getattr(article, name) for name in FILLED} == {
            **FILLED,
            # Six in the evening in Jerusalem, before summer time begins.
            "deadline_at": datetime(2026, 3, 15, 16, 0, tzinfo=UTC),
            "second_check": SecondCheck.HIGH,
        }
        assert [version.text for version in article.versions] == ["One.\n\nTwo."]
        assert "The article is here" in client.get(f"/articles/{article.id}").get_data(as_text=True)

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


class TestAddingAVersion:
    def test_takes_the_next_number(self, client: StrictClient, session: Session, make: Factory) -> None:
        article = make.article()
        client.sign_in(make.person(role=Role.EDITOR))
        address = f"/articles/{article.id}/versions/new"
        assert client.get(address).status_code == 200
        answer = client.post(address, data={"text": "The bridge is open.", "note": "The lead is new.", "seen": "1"})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/articles/{article.id}/versions/2")
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


LINES = (
    "לכאורה זה נשמע מפתיע, אבל כל מי שמכיר את תולדות העיר יודע",
    "שכבר לפני עשרים שנה ביקשו תושבי הגדה המזרחית גשר חדש.",
    "העירייה דחתה את הבקשה שלוש פעמים, ובכל פעם נתנה סיבה אחרת.",
    "בסוף נבנה הגשר בתקציב של 40 מיליון שקלים, והוא ארוך מקודמו",
    "ב-120 מטרים. המהנדסת הראשית אמרה בישיבה כי הוא יחזיק מאה שנים.",
)
# As a justified file may come out: the words of each line from its end to its beginning, double blanks between them.
SCRAMBLED = "הגשר החדש\n\n" + "\n\n".join("  ".join(reversed(line.split())) for line in LINES)


def hidden(page: str, name: str) -> str:
    found = re.search(f'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1]


class TestReadingAFile:
    def read(self, client: StrictClient, data: bytes, name: str, **fields: str) -> Any:
        return client.post("/articles/read", data={"file": (io.BytesIO(data), name), **fields})

    def test_shows_what_was_read_and_saves_nothing(self, client: StrictClient, session: Session, make: Factory) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        answer = self.read(client, b"# The new bridge\n\nIt is 120 metres long.", "bridge.md")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert "It is 120 metres long." in page
        assert 'value="The new bridge"' in page
        assert count(session, Article) == 0

    def test_the_file_is_kept_with_what_is_saved(
        self, client: StrictClient, session: Session, make: Factory, app: Flask
    ) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        data = "הגשר החדש\n\nאורך הגשר 120 מטרים.".encode("cp1255")
        page = self.read(client, data, "bridge.txt").get_data(as_text=True)
        answer = client.post(
            "/articles/new",
            data={"title_he": "הגשר", "text": "אורך הגשר 120 מטרים.", "file": hidden(page, "file"), "language": "he"}
            | {"second_check": "off"},
        )
        assert answer.status_code == 303
        original = session.scalars(select(Original)).one()
        files: Files = app.extensions["files"]
        assert files.read(original.sha256) == data
        assert (original.name, original.size) == ("bridge.txt", len(data))

    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (b"", "empty.txt"),
            (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "page.png"),
            (b"PK\x03\x04 and then nothing", "broken.docx"),
            (b"%PDF-1.7 and then nothing", "broken.pdf"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old.doc"),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_what_to_do(
        self, client: StrictClient, session: Session, make: Factory, data: bytes, name: str
    ) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        answer = self.read(client, data, name)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.get_data(as_text=True)
        assert count(session, Article) == 0

    def test_scrambled_lines_stand_beside_what_was_made_of_them(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        page = self.read(client, SCRAMBLED.encode(), "bridge.txt").get_data(as_text=True)
        assert "לכאורה זה נשמע מפתיע, אבל כל מי שמכיר" in page
        assert 'name="paragraph"' in page
        assert "שמכיר  מי  כל  אבל" in page

    def test_corrected_paragraphs_are_what_is_saved(
        self, client: StrictClient, session: Session, make: Factory
    ) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post(
            "/articles/new",
            data={
                "title_he": "הגשר",
                "language": "he",
                "second_check": "off",
                "paragraph": ["פסקה אחת.", "פסקה שתיים."],
                "original": ["  .אחת פסקה", "? .שתיים פסקה"],
            },
        )
        assert answer.status_code == 303
        assert session.scalars(select(ArticleVersion.text)).one() == "פסקה אחת.\n\nפסקה שתיים."

    def test_a_refused_form_still_has_both_sides(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post(
            "/articles/new", data={"title_he": " ", "paragraph": ["פסקה אחת."], "original": ["? .אחת פסקה"]}
        )
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "פסקה אחת." in page
        assert ".אחת פסקה" in page

    def test_nobody_names_a_file_of_his_own(self, client: StrictClient, session: Session, make: Factory) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post("/articles/new", data={**FILLED, "file": "eyJzaGEyNTYiOiJhIn0.forged"})
        assert answer.status_code == 422
        assert count(session, Article) == 0

    def test_is_for_editors(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.CHECKER))
        assert self.read(client, b"Text.", "a.txt").status_code == 403


class TestReadingAnAddress:
    def test_a_page_is_fetched_and_read(
        self, client: StrictClient, make: Factory, app: Flask, httpserver: HTTPServer
    ) -> None:
        html = (
            "<html><head><title>The new bridge</title></head><body><nav>Sections of the paper</nav>"
            "<article><h1>The new bridge</h1>"
            "<p>The bridge is 120 metres long, says the city, and nobody has measured it since it was opened.</p>"
            "<p>It cost four million dollars, which is more than the council had planned for the whole road.</p>"
            "</article></body></html>"
        )
        httpserver.expect_request("/bridge").respond_with_data(html, content_type="text/html; charset=utf-8")
        app.extensions["guard"] = guard_for(httpserver)
        client.sign_in(make.person(role=Role.EDITOR))
        address = f"http://paper.example:{httpserver.port}/bridge"
        page = client.post("/articles/read", data={"address": address}).get_data(as_text=True)
        assert "The bridge is 120 metres long" in page
        assert "Sections of the paper" not in page
        assert f'value="{address}"' in page

    @pytest.mark.parametrize(
        "address", ["http://127.0.0.1/", "http://[::1]/", "http://0x7f000001/", "file:///etc/passwd"]
    )
    def test_an_address_inside_the_network_is_refused(self, client: StrictClient, make: Factory, address: str) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post("/articles/read", data={"address": address})
        assert answer.status_code == 422
        assert address in answer.get_data(as_text=True)


def guard_for(server: HTTPServer) -> Guard:
    """Return a guard for which every name is the test's own server."""
    return Guard(resolve=lambda _name, _port: ["127.0.0.1"], allow=frozenset({("paper.example", server.port)}))


class TestPasting:
    def test_words_are_read_as_they_are(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        page = client.post("/articles/read", data={"text": "One.\n\nTwo."}).get_data(as_text=True)
        assert "One.\n\nTwo." in page.replace("\r", "")

    def test_nothing_is_refused(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post("/articles/read", data={"text": " "})
        assert answer.status_code == 422
        assert "Choose a file" in answer.get_data(as_text=True)


class TestANewVersionFromAFile:
    def test_is_read_and_looked_over_first(self, client: StrictClient, session: Session, make: Factory) -> None:
        article = make.article(text="The bridge is 120 metres long.", language="en")
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post(
            f"/articles/{article.id}/versions/read",
            data={"file": (io.BytesIO(b"The bridge is 130 metres long."), "new.txt")},
        )
        assert answer.status_code == 200
        assert "The bridge is 130 metres long." in answer.get_data(as_text=True)
        assert count(session, ArticleVersion) == 1

    def test_what_it_did_to_the_claims_is_shown(self, client: StrictClient, make: Factory) -> None:
        article = make.article(text="The bridge is 120 metres long. It is blue.", language="en")
        claim = make.claim(article)
        make.place(claim, "The bridge is 120 metres long")
        make.verdict(claim)
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post(
            f"/articles/{article.id}/versions/new",
            data={"text": "The bridge is 130 metres long. It is blue.", "seen": "1"},
            follow_redirects=True,
        )
        page = answer.get_data(as_text=True)
        assert "Words changed" in page
        assert re.search("<del>120 ?</del>", page)
        assert f"/claims/{claim.id}/verdict/confirm" in page

    def test_another_draft_meanwhile_keeps_what_was_typed(self, client: StrictClient, make: Factory) -> None:
        article = make.article(text="One 1.", language="en")
        make.revision(article, "Two 2.")
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post(f"/articles/{article.id}/versions/new", data={"text": "Three 3.", "seen": "1"})
        assert answer.status_code == 409
        assert "Three 3." in answer.get_data(as_text=True)
