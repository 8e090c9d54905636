"""The tests' own browser refuses what it promises to refuse."""

import pytest
from flask import Flask, Response, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import update
from werkzeug.test import Client, TestResponse

from claims_app.people.model import Person, Role
from claims_app.web.security import access
from claims_app.web.transaction import get_session, transaction
from tests.client import BadPage, StrictClient, check_html, check_program_answer
from tests.conftest import CountQueries
from tests.factories import Factory

ANSWERS: list[tuple[str, Response]] = [
    ("a problem as a page", Response("<p>no", 400, content_type="text/html")),
    ("a number that is none", Response('{"low": NaN}', content_type="application/json")),
    ("another status", Response('{"status": 404}', 400, content_type="application/problem+json")),
    ("a cookie", Response("{}", headers={"Set-Cookie": "a=b"}, content_type="application/json")),
    ("a cookie that would matter", Response("{}", headers={"Vary": "Cookie"}, content_type="application/json")),
    ("nothing new, and no name for it", Response(status=304)),
]


@pytest.mark.parametrize("answer", [row[1] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_an_answer_to_a_program_is_refused(answer: Response) -> None:
    with pytest.raises(BadPage):
        check_program_answer(Client(answer, response_wrapper=TestResponse).get("/api/v1/me"))


PAGE = '<!doctype html>\n<html lang="en"><head><title>x</title></head><body>{}</body></html>'

REFUSED = [
    ("a tag left open", "<div><p>text</div>", "closes"),
    ("a tag that is not closed at all", "<main>", "closes"),
    ("an end without a beginning", "</section>", "closes"),
    ("a nesting that browsers repair", "<p><div>x</div></p>", "unexpected-end-tag"),
    ("a table with a box between its rows", "<table><div>x</div></table>", "implies-table"),
    ("two equal ids", '<p id="a">x</p><p id="a">y</p>', "two elements have the id a"),
    ("a label of nothing", '<label for="name">Name</label>', "nothing has the id name"),
    ("a description that is not there", '<input aria-describedby="help">', "nothing has the id help"),
    ("a style in its place", '<p style="color:red">x</p>', "has style"),
    ("a script in its place", '<p onclick="x()">x</p>', "has onclick"),
    ("a script of the library in its place", '<p hx-on:click="x()">x</p>', "has hx-on:click"),
    ("a link that runs", '<a href="javascript:x()">x</a>', "runs a script"),
    ("a picture without words", '<img src="/a.png">', "no alt"),
    ("a form without its token", '<form method="post"></form>', "1 forms are posted, 0 carry a token"),
    ("an attribute given twice", '<p class="a" class="b">x</p>', "duplicate-attribute"),
]


@pytest.mark.parametrize(("body", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_page_is_refused(body: str, words: str) -> None:
    with pytest.raises(BadPage, match=words):
        check_html(PAGE.format(body))


@pytest.mark.parametrize(
    "body",
    [
        "",
        '<form method="post"><input type="hidden" name="csrf_token" value="x"></form>',
        '<label for="a">x</label><input id="a"><br><svg><use href="#b"/></svg>',
        "<table><tbody><tr><td>x</td></tr></tbody></table>",
    ],
)
def test_a_good_page_is_not(body: str) -> None:
    check_html(PAGE.format(body))


def test_a_part_of_a_page_is_read_as_one() -> None:
    check_html('<label for="elsewhere">x</label>')
    with pytest.raises(BadPage):
        check_html("<div>")


class TestRequests:
    """Views put in the place of a real one, each with a fault of its own."""

    @pytest.fixture
    def view_is(self, app: Flask, client: StrictClient, make: Factory, monkeypatch: pytest.MonkeyPatch) -> StrictClient:
        client.sign_in(make.person(role=Role.ADMIN))
        return client

    def ask(self, client: StrictClient, monkeypatch: pytest.MonkeyPatch, view: object) -> int:
        monkeypatch.setitem(client.application.view_functions, "people.account", view)
        return client.get("/account").status_code

    def test_one_that_says_nothing_of_access_is_refused(
        self, view_is: StrictClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(BadPage, match="no access rule"):
            self.ask(view_is, monkeypatch, lambda: "x")

    def test_one_that_changes_and_does_not_save_is_refused(
        self, view_is: StrictClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        @access("reader")
        def change() -> str:
            get_session().get_one(Person, 1).name = "Other"
            return "<p>x</p>"

        @access("reader")
        def add() -> str:
            get_session().add(Person(name="New"))
            return "<p>x</p>"

        for view in (change, add):
            with pytest.raises(BadPage, match="left unsaved"):
                self.ask(view_is, monkeypatch, view)

    def test_one_that_sends_a_change_and_does_not_commit_is_refused(
        self, view_is: StrictClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        @access("reader")
        def flush() -> str:
            get_session().get_one(Person, 1).name = "Other"
            get_session().flush()
            return "<p>x</p>"

        @access("reader")
        def bulk() -> str:
            get_session().execute(update(Person).values(name="Other"))
            return "<p>x</p>"

        for view in (flush, bulk):
            with pytest.raises(BadPage, match="did not commit"):
                self.ask(view_is, monkeypatch, view)

    def test_one_that_saves_is_welcome(
        self, view_is: StrictClient, monkeypatch: pytest.MonkeyPatch, make: Factory
    ) -> None:
        @access("reader")
        def save() -> str:
            with transaction() as session:
                session.get_one(Person, 1).name = "Other"
            return "<p>x</p>"

        assert self.ask(view_is, monkeypatch, save) == 200
        assert make.session.get_one(Person, 1).name == "Other"

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "mailto:x@y"])
    def test_one_that_leads_away_is_refused(
        self, view_is: StrictClient, monkeypatch: pytest.MonkeyPatch, target: str
    ) -> None:
        @access("reader")
        def away() -> ResponseReturnValue:
            response = redirect("/")
            response.headers["Location"] = target
            response.autocorrect_location_header = False
            return response

        with pytest.raises(BadPage, match="leads out of the desk"):
            self.ask(view_is, monkeypatch, away)

    def test_one_that_answers_badly_is_refused(self, view_is: StrictClient, monkeypatch: pytest.MonkeyPatch) -> None:
        @access("reader")
        def bad() -> str:
            return "<p>x"

        with pytest.raises(BadPage, match="is not closed"):
            self.ask(view_is, monkeypatch, bad)


def test_what_a_test_made_is_seen_by_the_browser_and_the_other_way_round(client: StrictClient, make: Factory) -> None:
    person = make.person(name="Before")
    client.sign_in(person)
    person.name = "After"  # not saved by the test
    assert "After" in client.get("/account").get_data(as_text=True)
    client.post("/account", data={"language": "he", "theme": "dark"})
    assert person.language == "he"


def test_queries_are_counted(make: Factory, count_queries: CountQueries) -> None:
    person = make.person()
    with count_queries() as none:
        pass
    with count_queries() as one:
        make.session.refresh(person)
    assert (none.number, one.number) == (0, 1)
    assert "FROM person" in one.statements[0]
