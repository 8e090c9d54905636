"""The pages of sources: recording, changing, the list and its search, and one source with what rests on it."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import escape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, Trigger
from claims_app.evidence import queries
from claims_app.evidence.model import Evidence, Rank, Stance
from claims_app.evidence.queries import gather_source, gather_sources
from claims_app.evidence.service import withdraw_evidence
from claims_app.people.model import Person, Role
from claims_app.sources.model import Source, SourceKind
from claims_app.sources.origins import mark_same_origin
from tests.client import StrictClient
from tests.factories import Factory

ADDRESS = "https://example.org/plan?sheet=4&scale=100"
FILLED = {
    "address": ADDRESS,
    "title": "תוכנית הגשר",
    "publisher": "Bridge Office",
    "published_on": "2025-03",
    "kind": "document",
    "notes": "The second edition.",
}
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202egnp.exe'


@pytest.fixture
def checker(client: StrictClient, make: Factory) -> Person:
    """Somebody who checks, signed in."""
    person = make.person()
    client.sign_in(person)
    return person


def only(session: Session) -> Source:
    return session.scalars(select(Source)).one()


def numbers_in(text: str) -> list[int]:
    """Return the numbers of the sources that a list links to."""
    return [int(number) for number in re.findall(r'class="strong" href="/sources/(\d+)"', text)]


def next_page(text: str) -> str | None:
    """Return where a page's link to the next one leads."""
    found = re.search(r'rel="next" href="([^"]+)"', text)
    return found[1].replace("&amp;", "&") if found else None


@pytest.mark.usefixtures("checker")
def test_the_address_that_decided_claims_rest_on_stays(client: StrictClient, make: Factory, session: Session) -> None:
    source = make.source(address="https://example.org/plan")
    make.verdict(make.evidence(source=source).claim)
    data = {**FILLED, "kind": "page", "address": "https://example.org/x", "revision": "1"}
    answer = client.post(f"/sources/{source.id}/edit", data=data)
    assert answer.status_code == 422
    assert "Decided claims rest on this source; reopen them" in answer.text
    session.refresh(source)
    assert source.address == "https://example.org/plan"


class TestRecording:
    def test_a_source_is_recorded(self, client: StrictClient, checker: Person, session: Session) -> None:
        answer = client.post("/sources/new", data=FILLED)
        source = only(session)
        assert (answer.status_code, answer.location) == (303, f"/sources/{source.id}")
        saved = {name: str(getattr(source, name)) for name in FILLED}
        assert saved | {"publisher": source.publisher_name} == FILLED
        assert not source.has_composed_title
        text = client.get(answer.location or "").text
        assert "The source is recorded." in text
        assert "March 2025" in text
        assert "The second edition." in text

    def test_without_a_title_one_is_put_together_and_the_page_says_so(
        self, client: StrictClient, checker: Person
    ) -> None:
        location = client.post("/sources/new", data={"address": "https://example.org/plan/", "kind": "page"}).location
        text = client.get(location or "").text
        assert "<bdi>example.org/plan</bdi>" in text
        assert "Put together from the address" in text

    def test_an_address_that_is_here_leads_to_its_source(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        source = make.source(address=ADDRESS, title="The first record")
        answer = client.post("/sources/new", data=FILLED)
        assert answer.status_code == 422
        assert "The desk has a source with this address already." in answer.text
        assert f'<a href="/sources/{source.id}"><bdi>The first record</bdi></a>' in answer.text
        assert only(session).title == "The first record"

    @pytest.mark.parametrize(
        ("field", "typed", "sentence"),
        [
            ("address", "javascript:alert(1)", "An address starts with http:// or https://"),
            ("address", "data:text/html,x", "An address starts with http:// or https://"),
            ("address", "ftp://example.org/", "An address starts with http:// or https://"),
            ("address", "https://example.org/a b", "An address starts with http:// or https://"),
            ("address", "https://example.org/" + 4980 * "a", "Shorten the address"),
            ("address", "https://example.org/\u2066fdp\u2069", "characters in it that cannot be seen"),
            ("published_on", "2024-3", "Write the date as"),
            ("published_on", "0000", "Write the date as"),
            ("title", 1001 * "a", "at most 1000 characters"),
            ("notes", 20_001 * "a", "at most 20000 characters"),
        ],
    )
    def test_what_cannot_be_saved_says_what_to_do_and_keeps_what_was_typed(
        self, client: StrictClient, checker: Person, session: Session, field: str, typed: str, sentence: str
    ) -> None:
        answer = client.post("/sources/new", data={**FILLED, field: typed})
        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'href="#{field}"' in answer.text
        for name, value in {**FILLED, field: typed}.items():
            assert escape(value) in answer.text, name
        assert session.scalar(select(func.count()).select_from(Source)) == 0

    def test_a_source_needs_a_title_or_an_address(self, client: StrictClient, checker: Person) -> None:
        answer = client.post("/sources/new", data={**FILLED, "title": " ", "address": ""})
        assert answer.status_code == 422
        assert "A source needs a title or an address." in answer.text
        assert "The second edition." in answer.text

    def test_hostile_text_is_shown_as_text_and_links_nowhere(
        self, client: StrictClient, checker: Person, session: Session
    ) -> None:
        texts = dict.fromkeys(("title", "publisher", "notes"), HOSTILE)
        address = "https://example.org/'\"><script>alert(1)</script>"
        location = client.post("/sources/new", data={**FILLED, **texts, "address": address}).location or ""
        for path in (location, f"{location}/edit", "/sources", "/sources?q=%3Cscript%3E"):
            text = client.get(path).text
            assert "&lt;script&gt;alert(1)" in text
            assert "<script>alert" not in text
            assert "<img src=x" not in text

    def test_an_address_that_came_in_by_another_way_is_no_link(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        source = make.source(address="https://example.org/")
        session.connection().exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        session.execute(update(Source).values(address="javascript:alert(1)"))
        session.connection().exec_driver_sql("PRAGMA ignore_check_constraints=OFF")
        session.commit()
        for path in (f"/sources/{source.id}", "/sources"):
            text = client.get(path).text
            assert "<bdi>javascript:alert(1)</bdi>" in text
            assert 'href="javascript' not in text


class TestChanging:
    def test_a_change_is_saved(self, client: StrictClient, make: Factory, checker: Person, session: Session) -> None:
        source = make.source(address=ADDRESS, title="The plan")
        assert 'value="The plan"' in client.get(f"/sources/{source.id}/edit").text
        answer = client.post(f"/sources/{source.id}/edit", data={**FILLED, "revision": "1"})
        assert (answer.status_code, answer.location) == (303, f"/sources/{source.id}")
        assert (only(session).title, only(session).revision) == (FILLED["title"], 2)

    def test_two_who_saved_see_both_versions(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        source = make.source(address=ADDRESS)
        path = f"/sources/{source.id}/edit"
        client.post(path, data={**FILLED, "title": "Theirs", "revision": "1"})
        answer = client.post(path, data={**FILLED, "title": "Mine", "kind": "book", "revision": "1"})
        assert answer.status_code == 409
        for value in ("Theirs", "Mine", "Document", "Book or print"):
            assert value in answer.text
        assert only(session).title == "Theirs"

    def test_an_address_is_corrected_but_not_taken_away(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        source = make.source()
        path = f"/sources/{source.id}/edit"
        answer = client.post(path, data={**FILLED, "address": "", "revision": "1"})
        assert answer.status_code == 422
        assert "The address can be corrected but not removed" in answer.text
        assert client.post(path, data={**FILLED, "revision": "1"}).status_code == 303
        assert only(session).address == ADDRESS

    def test_another_sources_address_is_refused(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        make.source(address=ADDRESS, title="The other one")
        source = make.source()
        answer = client.post(f"/sources/{source.id}/edit", data={**FILLED, "revision": "1"})
        assert answer.status_code == 422
        assert "The other one" in answer.text
        assert escape(ADDRESS) in answer.text

    @pytest.mark.parametrize("revision", ["", "9" * 30])
    def test_a_form_that_names_no_revision_overwrites_nothing(
        self, client: StrictClient, make: Factory, checker: Person, session: Session, revision: str
    ) -> None:
        source = make.source(title="The plan")
        answer = client.post(f"/sources/{source.id}/edit", data={**FILLED, "revision": revision})
        assert answer.status_code == 409
        assert only(session).title == "The plan"

    def test_a_source_that_is_not_here_is_not_found(self, client: StrictClient, checker: Person) -> None:
        assert client.get("/sources/999/edit").status_code == 404
        assert client.post("/sources/999/edit", data=FILLED).status_code == 404
        assert client.get("/sources/999").status_code == 404


class TestWhoMay:
    def test_a_reader_reads_and_changes_nothing(self, client: StrictClient, make: Factory, session: Session) -> None:
        source = make.source()
        client.sign_in(make.person(role=Role.READER))
        for path in ("/sources", f"/sources/{source.id}"):
            text = client.get(path).text
            assert [word in text for word in ("Record a source", ">Edit<", "Withdraw")] == [False] * 3
        for path in ("/sources/new", f"/sources/{source.id}/edit"):
            assert client.get(path).status_code == 403
            assert client.post(path, data=FILLED).status_code == 403
        assert only(session).revision == 1

    def test_nobody_is_led_to_the_door(self, client: StrictClient) -> None:
        for path in ("/sources", "/sources/1", "/sources/new", "/sources/1/edit"):
            assert "/sign-in" in (client.get(path).location or "")


class TestTheList:
    def test_an_empty_desk_says_what_to_do(self, client: StrictClient, checker: Person) -> None:
        text = client.get("/sources").text
        assert "The desk has no source yet" in text
        assert 'href="/sources/new"' in text

    def test_the_newest_stands_first_with_the_evidence_that_rests_on_it(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        first = make.source(title="First", published_on="2024", kind="book", publisher="A press")
        second = make.source(title="Second")
        make.evidence(source=first)
        kept = make.evidence(source=first)
        gone = make.evidence(kept.claim, source=second)
        withdraw_evidence(session, actor=checker, evidence_id=gone.id, why="It is another bridge.")
        session.commit()
        text = client.get("/sources").text
        assert numbers_in(text) == [second.id, first.id]
        assert text.count("2 pieces of evidence") == 1
        assert text.count("No evidence yet") == 1
        for word in ("A press", "2024", "Book or print", f'href="{escape(first.address or "")}"'):
            assert word in text

    def test_paging_reaches_each_source_once(
        self, client: StrictClient, make: Factory, checker: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queries, "PAGE", 3)
        every = [make.source().id for _ in range(7)]
        path: str | None = "/sources"
        seen: list[list[int]] = []
        while path:
            text = client.get(path).text
            seen.append(numbers_in(text))
            path = next_page(text)
        assert [len(page) for page in seen] == [3, 3, 1]
        assert [number for page in seen for number in page] == every[::-1]

    @pytest.mark.parametrize("after", ["none", "-1", "1e3", "٣", "9" * 40, "0"])
    def test_a_mistyped_place_is_no_fault(
        self, client: StrictClient, make: Factory, checker: Person, after: str
    ) -> None:
        make.source()
        assert client.get("/sources", query_string={"after": after}).status_code == 200
        assert client.get("/sources/1", query_string={"after": after}).status_code == 200


class TestSearching:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("PLAN", ["plan"]),
            ("office", ["office"]),
            ("example.net/deep", ["address"]),
            ("גשר", ["hebrew"]),
            ("100%", ["percent"]),
            ("snake_case", ["underscore"]),
            ("\\", ["backslash"]),
            ("%", ["percent"]),
            ("_", ["underscore"]),
            ("' OR 1=1 --", []),
            ("\0", ["plan", "office", "address", "hebrew", "percent", "underscore", "backslash", "other"]),
            ("a" * 60_000, []),
        ],
    )
    def test_a_part_of_title_publisher_or_address_is_found(
        self, session: Session, make: Factory, text: str, found: list[str]
    ) -> None:
        made = {
            "plan": make.source(title="The plan of the bridge"),
            "office": make.source(title="A", publisher="Bridge Office"),
            "address": make.source(title="B", address="https://example.net/deep/link"),
            "hebrew": make.source(title="תוכנית הגשר"),
            "percent": make.source(title="The 100% report"),
            "underscore": make.source(title="On snake_case"),
            "backslash": make.source(title="C:\\plans".replace("plans", "sheets")),
            "other": make.source(title="1000 snakeXcases", address=None),
        }
        names = {source.id: name for name, source in made.items()}
        assert sorted(names[source.id] for source, _ in gather_sources(session, text=text).rows) == sorted(found)

    def test_the_page_keeps_what_was_searched_for(self, client: StrictClient, make: Factory, checker: Person) -> None:
        make.source(title="Another one")
        text = client.get("/sources", query_string={"q": '"bridge" & <plan>'}).text
        assert 'value="&#34;bridge&#34; &amp; &lt;plan&gt;"' in text
        assert "No source fits this search" in text

    def test_paging_through_a_search_reaches_each_source_once(
        self, client: StrictClient, make: Factory, checker: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queries, "PAGE", 2)
        wanted = [make.source(title=f"{'Plan' if number % 2 else 'Report'} {number}").id for number in range(10)][1::2]
        path: str | None = "/sources?q=plan"
        seen: list[int] = []
        while path:
            text = client.get(path).text
            seen += numbers_in(text)
            path = next_page(text)
        assert seen == wanted[::-1]

    def test_a_search_that_stops_early_says_so_and_can_be_carried_on(
        self, client: StrictClient, make: Factory, checker: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queries, "WALK", 4)
        plan = make.source(title="The plan")
        for _ in range(9):
            make.source(title="A report")
        texts = []
        path: str | None = "/sources?q=plan"
        while path:
            texts.append(client.get(path).text)
            path = next_page(texts[-1])
        assert [numbers_in(text) for text in texts] == [[], [], [plan.id]]
        assert ["The search stopped" in text for text in texts] == [True, True, False]
        assert ["Nothing found so far" in text for text in texts] == [True, True, False]

    def test_a_walk_that_ends_with_the_oldest_source_is_not_cut(
        self, session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queries, "WALK", 4)
        for _ in range(4):
            make.source()
        page = gather_sources(session, text="nowhere")
        assert (page.is_cut, page.after) == (False, None)
        make.source()
        assert gather_sources(session, text="nowhere").after == 2


class TestOneSource:
    def test_what_rests_on_it_is_shown_with_its_claim_and_article(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        source = make.source()
        claim = make.claim(make.article(title_en="On bridges"), statement_en="The bridge is long.")
        make.evidence(
            claim, source=source, stance=Stance.REFUTES, rank=Rank.SECONDARY, summary="It is short.", locator="4"
        )
        make.evidence(source=source, stance=Stance.CONTEXT, rank=None)
        text = client.get(f"/sources/{source.id}").text
        words = (
            "On bridges",
            "The bridge is long.",
            "It is short.",
            "Refutes",
            "Secondary source",
            "Checking",
            "Locator",
        )
        assert [word for word in words if word not in text] == []
        assert f'href="/claims/{claim.id}"' in text
        assert f'href="/articles/{claim.article_id}"' in text
        assert text.count("Not ranked yet") == 1

    def test_withdrawn_evidence_does_not_rest_on_it(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        evidence = make.evidence()
        withdraw_evidence(session, actor=checker, evidence_id=evidence.id, why="It is another bridge.")
        text = client.get(f"/sources/{evidence.source_id}").text
        assert "No evidence rests on this source" in text
        assert "Withdraw the source" in text

    def test_paging_reaches_each_claim_once(
        self, client: StrictClient, make: Factory, checker: Person, monkeypatch: pytest.MonkeyPatch, session: Session
    ) -> None:
        monkeypatch.setattr(queries, "USES", 3)
        source, claim = make.source(), make.claim()
        every = [make.evidence(claim, source=source, summary=f"Summary {number}.").id for number in range(6)]
        first = gather_source(session, source.id)
        second = gather_source(session, source.id, after=str(first.after))
        assert [use.id for use in (*first.uses, *second.uses)] == every[::-1]
        assert second.after is None
        path = next_page(client.get(f"/sources/{source.id}").text)
        assert path is not None
        assert re.findall(r"Summary (\d)", client.get(path).text) == ["2", "1", "0"]

    def test_a_page_past_the_end_offers_the_way_back(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        evidence = make.evidence()
        text = client.get(f"/sources/{evidence.source_id}?after=1").text
        assert "There are no older claims" in text
        assert "To the newest" in text
        assert "Withdraw the source" not in text


@pytest.mark.usefixtures("checker")
def test_the_pages_ask_the_same_number_of_questions_however_much_there_is(
    client: StrictClient,
    make: Factory,
    session: Session,
    count_queries: Callable[[], AbstractContextManager[Any]],
) -> None:
    source = make.evidence().source
    publisher = make.publisher()
    make.source(publisher=publisher.name)
    pages = (
        *("/sources", "/sources?q=source", f"/sources/{source.id}", f"/sources/{source.id}/edit", "/sources/new"),
        *(f"/sources/{source.id}/origin", f"/sources/{source.id}/origin?q=source"),
        *("/publishers", f"/publishers/{publisher.id}", f"/publishers/{publisher.id}/edit"),
    )

    def ask() -> list[int]:
        numbers = []
        for path in pages:
            with count_queries() as questions:
                client.get(path)
            numbers.append(questions.number)
        return numbers

    before = ask()
    for _ in range(6):
        same = make.evidence(source=source)
        make.evidence()
        make.evidence(same.claim, source=make.source(publisher=make.publisher().name))
        repeat = make.source(publisher=publisher.name)
        mark_same_origin(session, actor=make.regular(Role.CHECKER), source_id=repeat.id, other_id=source.id)
    session.commit()
    assert session.scalar(select(func.count()).select_from(Evidence)) == 19
    assert ask() == before
    assert max(before) <= 10


def captures(session: Session) -> list[tuple[int, Trigger]]:
    return [(one.source_id, one.trigger) for one in session.scalars(select(Capture))]


class TestKeepingACopy:
    def test_is_asked_for_with_the_source_and_who_keeps_it_is_woken(
        self, client: StrictClient, app: Flask, checker: Person, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        woken: list[int] = []
        monkeypatch.setitem(app.extensions, "wake", lambda: woken.append(session.query(Capture).count()))
        assert 'name="keeps_copy" type="checkbox" value="y"' in client.get("/sources/new").text
        client.post("/sources/new", data={**FILLED, "keeps_copy": "y"})
        assert captures(session) == [(only(session).id, Trigger.ADDED)]
        assert woken == [1]

    @pytest.mark.parametrize("details", [{}, {"keeps_copy": "y", "address": ""}])
    def test_is_left_where_it_is_not_wanted_or_there_is_no_address(
        self, client: StrictClient, checker: Person, session: Session, details: dict[str, str]
    ) -> None:
        assert client.post("/sources/new", data={**FILLED, **details}).status_code == 303
        assert captures(session) == []

    @pytest.mark.parametrize(("tick", "asked"), [({"keeps_copy": "y"}, [Trigger.ADDED]), ({}, [])])
    def test_comes_with_evidence_if_it_is_wanted(
        self,
        client: StrictClient,
        make: Factory,
        checker: Person,
        session: Session,
        tick: dict[str, str],
        asked: list[Trigger],
    ) -> None:
        data = {"stance": "supports", "summary": "It says so.", "kind": "page", "address": ADDRESS, **tick}
        for _ in range(2):
            assert client.post(f"/claims/{make.claim().id}/evidence/new", data=data).status_code == 303
        assert [trigger for _, trigger in captures(session)] == asked

    def test_a_refused_form_asks_for_nothing(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        make.source(address=ADDRESS)
        assert client.post("/sources/new", data={**FILLED, "keeps_copy": "y"}).status_code == 422
        assert captures(session) == []


@pytest.mark.usefixtures("checker")
@pytest.mark.parametrize(
    ("kind", "words"), [("broadcast", "the timecode"), ("book", "the page"), ("page", "or timecode")]
)
def test_the_form_says_where_in_such_a_source_a_passage_stands(
    client: StrictClient, make: Factory, kind: str, words: str
) -> None:
    source, claim = make.source(kind=SourceKind(kind)), make.claim()
    assert words in client.get(f"/claims/{claim.id}/evidence/new?source={source.id}").text
