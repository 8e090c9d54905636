"""The pages of evidence: adding, changing, withdrawing, and what they refuse."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from html import escape
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.claims.figure import FigureValue, value_of
from claims_app.claims.model import Claim, Status
from claims_app.db import today
from claims_app.evidence.model import Evidence, Rank, Stance
from claims_app.people.model import Person, Role
from claims_app.sources.model import Source
from claims_app.sources.service import edit_source
from claims_app.verdicts.model import Finding
from tests.client import StrictClient
from tests.factories import Factory

ADDRESS = "https://example.org/bridge?page=4&part=2"
FILLED = {
    "address": ADDRESS,
    "title": "The plan of the bridge",
    "publisher": "Bridge Office",
    "published_on": "2025-H1",
    "kind": "document",
    "stance": "refutes",
    "rank": "primary",
    "summary": "אורך הגשר בתוכנית 310 מטרים.",
    "passage": "Length over all: 310 m",
    "locator": "Sheet 4",
    "looked_on": "2026-01-15",
    "figure_low": "1,580,000",
    "figure_high": "1580000.5",
    "figure_unit": "metres",
    "figure_about": "y",
    "figure_as_of": "2025-03",
}
CHOICES = ("stance", "rank", "kind", "figure_about")
HOSTILE = '"><script>alert(1)</script><a href="javascript:alert(1)">\u202egnp.exe'


@pytest.fixture
def checker(client: StrictClient, make: Factory) -> Person:
    """Somebody who checks, signed in."""
    person = make.person()
    client.sign_in(person)
    return person


def add_address(claim: Claim) -> str:
    return f"/claims/{claim.id}/evidence/new"


def only(session: Session) -> Evidence:
    return session.scalars(select(Evidence)).one()


def count_of(session: Session, model: Any) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


class TestAdding:
    def test_the_form_shows_the_claim_and_its_figure_and_begins_today(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        claim = make.claim(statement_en="The bridge is long.", figure=FigureValue(300, 300, "metres", True, "2024"))
        text = client.get(add_address(claim)).text
        assert "The bridge is long." in text
        assert "about 300 metres" in text
        assert f'value="{today().isoformat()}"' in text
        assert "Not ranked yet" in text

    def test_evidence_and_its_source_are_saved_together(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        claim = make.claim()
        answer = client.post(add_address(claim), data=FILLED)
        assert (answer.status_code, answer.location) == (303, f"/claims/{claim.id}")
        evidence = only(session)
        assert (evidence.stance, evidence.rank) == (Stance.REFUTES, Rank.PRIMARY)
        assert (evidence.summary, evidence.passage) == (FILLED["summary"], FILLED["passage"])
        assert (evidence.locator, evidence.looked_on.isoformat()) == ("Sheet 4", "2026-01-15")
        assert evidence.created_by_id == checker.id
        assert value_of(evidence.figure) == FigureValue(1580000, 1580000.5, "metres", True, "2025-03")
        source = evidence.source
        assert (source.address, source.title, source.publisher_name) == (ADDRESS, FILLED["title"], "Bridge Office")
        assert (source.published_on, source.kind.value) == ("2025-H1", "document")

    def test_an_unchecked_claim_is_then_being_checked(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        claim = make.claim()
        client.post(add_address(claim), data=FILLED)
        session.refresh(claim)
        assert claim.status is Status.CHECKING
        assert claim.refutes == 1

    def test_the_least_is_a_source_a_stance_and_a_summary(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        least = {"title": "A talk with the engineer", "kind": "person", "stance": "context", "summary": "It is long."}
        assert client.post(add_address(make.claim()), data=least).status_code == 303
        evidence = only(session)
        assert (evidence.rank, evidence.passage, evidence.locator, evidence.figure) == (None, None, None, None)
        assert evidence.looked_on == today()

    def test_a_source_named_by_its_number_is_used(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        claim, source = make.claim(), make.source(title="The known plan")
        text = client.get(f"{add_address(claim)}?source={source.id}").text
        assert "The known plan" in text
        assert f'name="source" value="{source.id}"' in text
        assert 'name="address"' not in text
        sent = {"source": str(source.id), "stance": "supports", "summary": "It says so."}
        assert client.post(add_address(claim), data=sent).status_code == 303
        assert only(session).source_id == source.id

    def test_a_form_fetched_into_the_claims_page_comes_back_into_its_place(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        claim = make.claim()
        assert '<form id="evidence-form"' in client.get(f"{add_address(claim)}?form=evidence-form").text
        headers = {"HX-Request": "true", "HX-Trigger": "evidence-form"}
        answer = client.post(add_address(claim), data={**FILLED, "summary": ""}, headers=headers)
        assert answer.status_code == 422
        assert answer.headers["HX-Retarget"] == "#evidence-form"
        assert 'id="evidence-form-summary"' in answer.text

    def test_the_form_speaks_hebrew(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(language="he"))
        answer = client.post(add_address(make.claim()), data={"address": "ftp://example.org/", "stance": "supports"})
        assert answer.status_code == 422
        assert "מה המקור אומר, במילים שלנו" in answer.text
        assert "Fill this in" not in answer.text


class TestOneAddressIsOneSource:
    def test_a_known_address_uses_the_source_that_is_there_and_leaves_it_as_it_is(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        source = make.source(address=ADDRESS, title="First title", publisher="First publisher")
        details = {
            "kind": source.kind,
            "address": ADDRESS,
            "publisher": "Corrected",
            "published_on": None,
            "notes": None,
        }
        edit_source(session, actor=checker, source_id=source.id, revision=1, title="Corrected title", **details)
        session.commit()
        assert client.post(add_address(make.claim()), data=FILLED).status_code == 303
        assert client.post(add_address(make.claim()), data=FILLED).status_code == 303
        session.refresh(source)
        assert (source.title, source.publisher_name, source.revision) == ("Corrected title", "Corrected", 2)
        assert count_of(session, Source) == 1
        assert {item.source_id for item in session.scalars(select(Evidence))} == {source.id}

    def test_an_address_in_other_letters_of_its_scheme_is_the_same(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        make.source(address=ADDRESS)
        sent = {**FILLED, "address": ADDRESS.replace("https", "HTTPS")}
        assert client.post(add_address(make.claim()), data=sent).status_code == 303
        assert count_of(session, Source) == 1


class TestRefusals:
    REFUSED = (
        ("address", "javascript:alert(1)", "An address starts with http:// or https://"),
        ("address", "ftp://example.org/plan", "An address starts with http:// or https://"),
        ("address", "example.org/plan", "An address starts with http:// or https://"),
        ("address", "https://", "An address starts with http:// or https://"),
        ("address", "http://[::1", "An address starts with http:// or https://"),
        ("address", "https://example.org/the plan", "An address starts with http:// or https://"),
        ("address", "https://example.org/\u00a0plan", "An address starts with http:// or https://"),
        ("address", "https://example.org/" + 4980 * "a", "Shorten the address"),
        ("address", "https://example.org/\u202efdp.exe", "characters in it that cannot be seen"),
        ("address", "https://exam\u200bple.org/", "characters in it that cannot be seen"),
        ("published_on", "last summer", "Write the date as"),
        ("published_on", "2024-13", "Write the date as"),
        ("published_on", "٢٠٢٤-٠٣-١٥", "Write the date as"),
        ("stance", "", "Fill this in"),
        ("summary", "", "Fill this in"),
        ("summary", " \n ", "Say in your own words"),
        ("summary", 20_001 * "a", "at most 20000 characters"),
        ("locator", 1001 * "a", "at most 1000 characters"),
        ("looked_on", "2026-02-30", "Not a valid date"),
        ("figure_low", "many", "Write a plain number"),
        ("figure_low", 31 * "9", "Write a plain number"),
        ("figure_low", "1e400", "Write a plain number"),
        ("figure_low", "nan", "Write a plain number"),
        ("figure_low", "", "Write the lower end"),
        ("figure_high", "1", "not below the lower one"),
        ("figure_as_of", "2025-02-30", "Write the date as"),
    )

    @pytest.mark.parametrize(("field", "typed", "sentence"), REFUSED)
    def test_what_cannot_be_saved_says_what_to_do_and_keeps_what_was_typed(
        self,
        client: StrictClient,
        make: Factory,
        checker: Person,
        session: Session,
        field: str,
        typed: str,
        sentence: str,
    ) -> None:
        claim = make.claim()
        answer = client.post(add_address(claim), data={**FILLED, field: typed})
        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'href="#{field}"' in answer.text
        kept = {
            name: value
            for name, value in FILLED.items()
            if name not in {field, "stance", "rank", "kind", "figure_about"}
        }
        for value in [*kept.values(), typed.strip()]:
            assert escape(value) in answer.text
        assert '<option selected value="refutes">' in answer.text or field == "stance"
        assert count_of(session, Evidence) == count_of(session, Source) == 0
        session.refresh(claim)
        assert claim.status is Status.UNCHECKED

    @pytest.mark.parametrize(("field", "typed"), [("kind", "rumour"), ("stance", "maybe"), ("rank", "third")])
    def test_a_word_that_was_not_offered_is_refused(
        self, client: StrictClient, make: Factory, checker: Person, session: Session, field: str, typed: str
    ) -> None:
        answer = client.post(add_address(make.claim()), data={**FILLED, field: typed})
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
        assert count_of(session, Evidence) == 0

    def test_a_day_of_looking_that_has_not_come_is_refused(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        coming = (today() + timedelta(days=2)).isoformat()
        answer = client.post(add_address(make.claim()), data={**FILLED, "looked_on": coming})
        assert answer.status_code == 422
        assert "The day of looking cannot be in the future." in answer.text
        assert coming in answer.text
        assert count_of(session, Source) == 0, "the source is saved with the evidence or not at all"

    def test_a_source_without_title_and_address_is_refused(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        answer = client.post(add_address(make.claim()), data={**FILLED, "title": "", "address": ""})
        assert answer.status_code == 422
        assert "A source needs a title or an address." in answer.text

    def test_everything_wrong_is_said_at_once(self, client: StrictClient, make: Factory, checker: Person) -> None:
        sent = {**FILLED, "address": "ftp://example.org", "stance": "", "figure_low": "many"}
        answer = client.post(add_address(make.claim()), data=sent)
        assert [f'href="#{name}"' in answer.text for name in ("address", "stance", "figure_low")] == [True] * 3

    def test_an_address_with_something_unseen_in_it_is_refused(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        answer = client.post(add_address(make.claim()), data={**FILLED, "address": "https://example.org/\u200bplan"})
        assert answer.status_code == 422
        assert "characters in it that cannot be seen" in answer.text

    def test_control_characters_do_not_reach_the_record(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        sent = {**FILLED, "summary": "It is\0 long\x1b.", "title": "The\x07 plan"}
        assert client.post(add_address(make.claim()), data={**sent, "looked_on": "never"}).status_code == 422
        assert client.post(add_address(make.claim()), data=sent).status_code == 303
        assert (only(session).summary, only(session).source.title) == ("It is long.", "The plan")

    def test_hostile_text_comes_back_as_text(self, client: StrictClient, make: Factory, checker: Person) -> None:
        sent = {name: HOSTILE for name in FILLED if name not in CHOICES}
        answer = client.post(add_address(make.claim()), data={**sent, "stance": "supports"})
        assert answer.status_code == 422
        assert "<script>alert" not in answer.text
        assert 'href="javascript' not in answer.text

    @pytest.mark.parametrize("number", ["999", "-1", "0", "9" * 30])
    def test_a_source_that_is_not_here_asks_for_another(
        self, client: StrictClient, make: Factory, checker: Person, number: str
    ) -> None:
        claim = make.claim()
        assert client.get(f"{add_address(claim)}?source={number}").status_code == 404
        answer = client.post(add_address(claim), data={**FILLED, "source": number})
        assert answer.status_code == 422
        assert "The desk has no such source any more" in answer.text
        assert 'name="source"' not in answer.text
        assert escape(FILLED["summary"]) in answer.text

    def test_a_withdrawn_source_asks_for_another(self, client: StrictClient, make: Factory, checker: Person) -> None:
        source = make.source()
        client.post(f"/sources/{source.id}/withdraw", data={"why": "It was a copy."})
        sent = {"source": str(source.id), "stance": "supports", "summary": "It says so."}
        answer = client.post(add_address(make.claim()), data=sent)
        assert answer.status_code == 422
        assert "The desk has no such source any more" in answer.text

    def test_a_withdrawn_claim_takes_no_evidence(self, client: StrictClient, make: Factory, checker: Person) -> None:
        claim = make.claim()
        client.post(f"/claims/{claim.id}/withdraw", data={"why": "It was there twice."})
        answer = client.post(add_address(claim), data=FILLED)
        assert answer.status_code == 422
        assert "This claim is withdrawn; restore it first." in answer.text

    def test_a_claim_that_is_not_here_is_not_found(self, client: StrictClient, checker: Person) -> None:
        assert client.get("/claims/999/evidence/new").status_code == 404
        assert client.post("/claims/999/evidence/new", data=FILLED).status_code == 404


class TestChanging:
    @pytest.fixture
    def evidence(self, make: Factory) -> Evidence:
        return make.evidence(
            figure=FigureValue(1e14, 1e14, "metres", True, "2024-Q2"),
            rank=Rank.PRIMARY,
            passage="As built.",
            locator="4",
        )

    def sent(self, evidence: Evidence, **changes: str) -> dict[str, str]:
        return {
            "revision": str(evidence.revision),
            "stance": "supports",
            "rank": "primary",
            "summary": evidence.summary,
            "passage": "As built.",
            "locator": "4",
            "looked_on": evidence.looked_on.isoformat(),
            "figure_low": "100000000000000",
            "figure_unit": "metres",
            "figure_about": "y",
            "figure_as_of": "2024-Q2",
        } | changes

    def test_the_form_shows_what_is_there(self, client: StrictClient, evidence: Evidence, checker: Person) -> None:
        text = client.get(f"/evidence/{evidence.id}/edit").text
        for value in ("As built.", "100000000000000", "2024-Q2", '<option selected value="primary">'):
            assert value in text

    def test_nothing_changed_changes_nothing(
        self, client: StrictClient, evidence: Evidence, checker: Person, session: Session
    ) -> None:
        assert client.post(f"/evidence/{evidence.id}/edit", data=self.sent(evidence)).status_code == 303
        assert only(session).revision == 1

    def test_a_change_is_saved(
        self, client: StrictClient, evidence: Evidence, checker: Person, session: Session
    ) -> None:
        no_figure = {"figure_low": "", "figure_unit": "", "figure_about": "", "figure_as_of": ""}
        sent = self.sent(evidence, stance="refutes", rank="", summary="It is shorter.", **no_figure)
        del sent["figure_about"]
        answer = client.post(f"/evidence/{evidence.id}/edit", data=sent)
        assert (answer.status_code, answer.location) == (303, f"/claims/{evidence.claim_id}")
        saved = only(session)
        assert (saved.stance, saved.rank, saved.summary, saved.figure) == (Stance.REFUTES, None, "It is shorter.", None)
        assert (saved.claim.supports, saved.claim.refutes) == (0, 1)

    def test_two_who_saved_see_both_versions_and_choose(
        self, client: StrictClient, evidence: Evidence, checker: Person, session: Session
    ) -> None:
        address = f"/evidence/{evidence.id}/edit"
        mine = self.sent(evidence, summary="Mine.", locator="5")
        assert client.post(address, data=self.sent(evidence, summary="Theirs.")).status_code == 303
        answer = client.post(address, data=mine)
        assert answer.status_code == 409
        assert "Mine." in answer.text
        assert "Theirs." in answer.text
        assert only(session).summary == "Theirs."
        chosen = {
            "resolve": "yes",
            "revision": "2",
            "field": list(mine.keys() - {"revision"}),
            "pick-summary": "theirs",
            "theirs-summary": "Theirs.",
            **{f"mine-{name}": value for name, value in mine.items()},
        }
        assert client.post(address, data=chosen).status_code == 303
        assert (only(session).summary, only(session).locator) == ("Theirs.", "5")

    def test_a_refused_change_keeps_what_was_typed(
        self, client: StrictClient, evidence: Evidence, checker: Person, session: Session
    ) -> None:
        sent = self.sent(evidence, summary="Typed just now.", figure_low="2", figure_high="1")
        answer = client.post(f"/evidence/{evidence.id}/edit", data=sent)
        assert answer.status_code == 422
        assert "Typed just now." in answer.text
        assert only(session).revision == 1

    def test_evidence_of_a_decided_claim_stays(
        self, client: StrictClient, evidence: Evidence, checker: Person, make: Factory, session: Session
    ) -> None:
        make.verdict(evidence.claim, finding=Finding.VERIFIED)
        address = f"/evidence/{evidence.id}"
        assert "it can be changed after the claim is reopened" in client.get(f"{address}/edit").text
        for path, data in [("edit", self.sent(evidence, summary="Changed.")), ("withdraw", {"why": "Wrong."})]:
            answer = client.post(f"{address}/{path}", data=data)
            assert answer.status_code == 422
            assert "reopen the claim before changing it" in answer.text
            assert next(reversed(data.values())) in answer.text
        assert (only(session).withdrawn_at, only(session).revision) == (None, 1)

    def test_evidence_that_is_not_here_is_not_found(self, client: StrictClient, checker: Person) -> None:
        for path in ("edit", "withdraw"):
            assert client.get(f"/evidence/999/{path}").status_code == 404
            assert client.post(f"/evidence/999/{path}", data={"why": "None."}).status_code == 404
        assert client.post("/evidence/999/restore").status_code == 404


class TestWithdrawing:
    def test_withdrawn_evidence_no_longer_counts_until_it_is_restored(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        evidence = make.evidence()
        address, back = f"/evidence/{evidence.id}", f"/claims/{evidence.claim_id}"
        assert evidence.summary in client.get(f"{address}/withdraw").text
        answer = client.post(f"{address}/withdraw", data={"why": "It is about another bridge."})
        assert (answer.status_code, answer.location) == (303, back)
        assert (evidence.withdrawn_at is not None, evidence.claim.supports) == (True, 0)
        assert "does not count" in client.get(f"{address}/edit").text
        answer = client.post(f"{address}/restore")
        assert (answer.status_code, answer.location) == (303, back)
        session.refresh(evidence)
        assert (evidence.withdrawn_at, evidence.claim.supports) == (None, 1)

    def test_a_reason_is_asked_for(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        evidence = make.evidence()
        answer = client.post(f"/evidence/{evidence.id}/withdraw", data={"why": "  "})
        assert answer.status_code == 422
        assert "Give the reason; it stays in the history." in answer.text
        assert only(session).withdrawn_at is None

    def test_what_is_not_withdrawn_cannot_be_restored(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        answer = client.post(f"/evidence/{make.evidence().id}/restore")
        assert answer.status_code == 422
        assert "This evidence is not withdrawn." in answer.text

    def test_a_source_leaves_and_comes_back(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        source = make.source(title="The withdrawn plan")
        address = f"/sources/{source.id}"
        answer = client.post(f"{address}/withdraw", data={"why": "It was a copy."})
        assert (answer.status_code, answer.location) == (303, address)
        assert "The withdrawn plan" not in client.get("/sources").text
        assert "This source is withdrawn" in client.get(address).text
        assert client.post(f"{address}/restore").location == address
        assert "The withdrawn plan" in client.get("/sources").text

    def test_a_source_that_evidence_rests_on_stays(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        source = make.evidence().source
        assert "Withdraw the source" not in client.get(f"/sources/{source.id}").text
        answer = client.post(f"/sources/{source.id}/withdraw", data={"why": "It was a copy."})
        assert answer.status_code == 422
        assert "withdraw the evidence first" in answer.text
        assert "It was a copy." in answer.text

    def test_a_source_whose_address_is_anothers_by_now_stays_withdrawn(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        source = make.source(address=ADDRESS)
        client.post(f"/sources/{source.id}/withdraw", data={"why": "It was a copy."})
        make.source(address=ADDRESS)
        answer = client.post(f"/sources/{source.id}/restore")
        assert answer.status_code == 422
        assert "The desk has a source with this address already." in answer.text


class TestWhoMay:
    PAGES = ("/claims/1/evidence/new", "/evidence/1/edit", "/evidence/1/withdraw", "/sources/1/withdraw")
    BUTTONS = ("/evidence/1/restore", "/sources/1/restore")

    def test_a_reader_may_not(self, client: StrictClient, make: Factory, session: Session) -> None:
        make.evidence()
        client.sign_in(make.person(role=Role.READER))
        assert [client.get(path).status_code for path in self.PAGES] == [403] * len(self.PAGES)
        for path in (*self.PAGES, *self.BUTTONS):
            assert client.post(path, data={**FILLED, "why": "None."}).status_code == 403
        assert count_of(session, Evidence) == 1

    @pytest.mark.parametrize("role", [Role.CHECKER, Role.EDITOR, Role.ADMIN])
    def test_whoever_checks_may(self, client: StrictClient, make: Factory, role: Role) -> None:
        make.evidence()
        client.sign_in(make.person(role=role))
        assert [client.get(path).status_code for path in self.PAGES] == [200] * len(self.PAGES)

    def test_nobody_is_led_to_the_door(self, client: StrictClient, make: Factory) -> None:
        make.evidence()
        for path in self.PAGES:
            assert "/sign-in" in (client.get(path).location or "")

    def test_a_form_without_its_token_is_refused(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        assert client.post(add_address(make.claim()), data=FILLED, csrf=False).status_code == 400
        assert count_of(session, Evidence) == 0


@pytest.mark.usefixtures("checker")
def test_the_pages_ask_the_same_number_of_questions_however_much_there_is(
    client: StrictClient,
    make: Factory,
    count_queries: Callable[[], AbstractContextManager[Any]],
) -> None:
    claim = make.claim(figure=FigureValue(1, 2))
    evidence = make.evidence(claim, figure=FigureValue(1, 1))
    pages = (add_address(claim), f"/evidence/{evidence.id}/edit", f"/evidence/{evidence.id}/withdraw")

    def ask() -> list[int]:
        numbers = []
        for path in pages:
            with count_queries() as queries:
                client.get(path)
            numbers.append(queries.number)
        return numbers

    before = ask()
    for _ in range(5):
        make.evidence(claim, figure=FigureValue(3, 3))
    assert ask() == before
    assert max(before) <= 5
