"""Deciding over the web: what a finding needs, who confirms it, and what happens when the claim changed meanwhile."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session
from werkzeug.test import TestResponse

from claims_app.articles.model import SecondCheck
from claims_app.claims.model import CitedBasis, Claim, Kind, Priority, Status
from claims_app.claims.service import edit_claim
from claims_app.evidence.model import Stance
from claims_app.evidence.queries import evidence_mark, list_evidence
from claims_app.people.model import Person, Role
from claims_app.verdicts.model import Finding, Verdict
from claims_app.verdicts.proof import RULES
from claims_app.verdicts.service import reopen_claim, return_verdict
from tests.client import StrictClient
from tests.factories import Factory

HUGE = "1" + "0" * 30


@pytest.fixture
def checker(make: Factory, client: StrictClient) -> Person:
    """A checker who is signed in."""
    person = make.person(role=Role.CHECKER, name="Rotem Segev")
    client.sign_in(person)
    return person


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def goes_to_claim(answer: TestResponse, claim: Claim) -> bool:
    return answer.status_code == 303 and answer.headers["Location"] == f"/claims/{claim.id}"


def send(client: StrictClient, claim: Claim, finding: str, /, **other: Any) -> TestResponse:
    session = object_session(claim)
    assert session is not None
    seen = evidence_mark(list_evidence(session, claim.id))
    data = {"revision": claim.revision, "seen": seen, "finding": finding, "rationale_en": "So say the sources."} | other
    return client.post(f"/claims/{claim.id}/verdict", data=data)


def act(client: StrictClient, claim: Claim, action: str, /, **other: Any) -> TestResponse:
    """Do something about the verdict that is in force."""
    session = object_session(claim)
    assert session is not None
    session.refresh(claim)
    return client.post(f"/claims/{claim.id}/verdict/{action}", data={"verdict": claim.verdict_id or ""} | other)


def status(session: Session, claim: Claim) -> Status:
    session.refresh(claim)
    return claim.status


class TestProposing:
    def test_a_verdict_is_decided_at_once_where_no_second_check_is_asked_for(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = make.evidence().claim
        assert client.get(f"/claims/{claim.id}/verdict").status_code == 200
        answer = send(client, claim, "verified", rationale_he="כך המקורות.")
        assert goes_to_claim(answer, claim)
        assert "The claim is decided." in text(client.get(f"/claims/{claim.id}"))
        assert status(session, claim) is Status.VERIFIED
        verdict = session.scalars(select(Verdict)).one()
        assert (verdict.rationale_he, verdict.rationale_en) == ("כך המקורות.", "So say the sources.")
        assert verdict.proposed_by_id == checker.id

    @pytest.mark.parametrize("finding", list(RULES))
    def test_a_finding_without_its_evidence_is_refused_and_what_was_typed_kept(
        self, client: StrictClient, make: Factory, session: Session, checker: Person, finding: Finding
    ) -> None:
        claim = make.claim()
        answer = send(client, claim, finding)
        assert answer.status_code == 422
        assert f"{RULES[finding]}</span>" in text(answer)
        assert "So say the sources." in text(answer)
        assert f'value="{finding}" id="finding-{finding}" checked' in text(answer)
        assert status(session, claim) is Status.UNCHECKED

    @pytest.mark.parametrize("finding", ["unverifiable", "opinion"])
    def test_a_finding_that_rests_on_no_evidence_needs_the_rationale_only(
        self, client: StrictClient, make: Factory, session: Session, checker: Person, finding: str
    ) -> None:
        claim = make.claim()
        assert goes_to_claim(send(client, claim, finding), claim)
        assert status(session, claim) == finding

    def test_two_that_contradict_each_other_make_a_dispute(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = make.evidence(stance=Stance.SUPPORTS).claim
        assert send(client, claim, "disputed").status_code == 422
        make.evidence(claim, stance=Stance.REFUTES)
        assert goes_to_claim(send(client, claim, "disputed"), claim)

    def test_the_page_says_beforehand_what_each_finding_lacks(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        claim = make.claim()
        page = text(client.get(f"/claims/{claim.id}/verdict"))
        assert all(rule in page for rule in RULES.values())
        make.evidence(claim)
        page = text(client.get(f"/claims/{claim.id}/verdict"))
        assert [rule in page for rule in RULES.values()] == [False, False, True]

    def test_an_editor_may_override_the_rule_with_a_reason(
        self, client: StrictClient, make: Factory, session: Session
    ) -> None:
        claim = make.claim()
        client.sign_in(make.person(role=Role.EDITOR))
        assert 'name="override_why"' in text(client.get(f"/claims/{claim.id}/verdict"))
        assert send(client, claim, "verified", override_why=" ").status_code == 422
        assert goes_to_claim(send(client, claim, "verified", override_why="Seen by the editor."), claim)
        assert session.scalars(select(Verdict.override_why)).one() == "Seen by the editor."
        assert "Seen by the editor." in text(client.get(f"/claims/{claim.id}"))

    def test_a_checker_may_not(self, client: StrictClient, make: Factory, session: Session, checker: Person) -> None:
        claim = make.claim()
        assert 'name="override_why"' not in text(client.get(f"/claims/{claim.id}/verdict"))
        answer = send(client, claim, "verified", override_why="Seen by me.")
        assert answer.status_code == 422
        assert "Only an editor may override the rule." in text(answer)
        assert status(session, claim) is Status.UNCHECKED

    @pytest.mark.parametrize(
        ("field", "typed", "said"),
        [
            ("finding", "", "Choose a verdict."),
            ("finding", "true", "Invalid Choice: could not coerce."),
            ("rationale_en", "  ", "A verdict needs its rationale."),
            ("rationale_en", "x" * 20_001, "at most 20000 characters"),
            ("revision", "x", "Not a valid integer value."),
        ],
    )
    def test_what_cannot_be_read_is_refused(
        self, client: StrictClient, make: Factory, checker: Person, field: str, typed: str, said: str
    ) -> None:
        answer = send(client, make.evidence().claim, "verified", **{field: typed})
        assert answer.status_code == 422
        assert said in text(answer)

    def test_the_missing_rationale_is_asked_for_in_the_language_of_the_page(
        self, client: StrictClient, make: Factory
    ) -> None:
        client.sign_in(make.person(language="he"))
        page = text(send(client, make.claim(), "opinion", rationale_en=""))
        assert 'href="#rationale_he"' in page
        assert page.index('id="rationale_he"') < page.index('id="rationale_en"')

    def test_what_is_decided_already_is_not_decided_again(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = session.get_one(Claim, make.verdict().claim_id)
        assert client.get(f"/claims/{claim.id}/verdict").headers["Location"] == f"/claims/{claim.id}"
        answer = send(client, claim, "opinion")
        assert answer.status_code == 422
        assert "A claim cannot go from Verified to Opinion." in text(answer)

    def test_a_form_on_the_claim_s_page_comes_back_in_its_place(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        claim = make.claim()
        answer = client.post(
            f"/claims/{claim.id}/verdict",
            data={"revision": claim.revision, "finding": "opinion"},
            headers={"HX-Request": "true", "HX-Trigger": "verdict-form"},
        )
        assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#verdict-form")
        assert 'id="verdict-form-rationale_en"' in text(answer)


class TestMeanwhile:
    def change(self, session: Session, make: Factory, claim: Claim) -> None:
        edit_claim(
            session,
            actor=make.regular(Role.EDITOR),
            claim_id=claim.id,
            revision=claim.revision,
            statement_he=None,
            statement_en="The bridge is longer now.",
            kind=Kind.OTHER,
            section=None,
            paragraph=None,
            is_attributed=False,
            citation_id=None,
            cited_basis=CitedBasis.NONE,
        )
        session.commit()

    def test_a_claim_that_changed_is_shown_as_it_stands_and_can_then_be_decided(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = make.evidence().claim
        seen = claim.revision
        self.change(session, make, claim)
        answer = send(client, claim, "verified", revision=seen)
        assert answer.status_code == 409
        page = text(answer)
        assert "The claim was changed while the page was open." in page
        assert "The bridge is longer now." in page
        assert "So say the sources." in page
        assert 'value="verified" id="finding-verified" checked' in page
        assert f'name="revision" type="hidden" value="{seen + 1}"' in page
        assert status(session, claim) is Status.CHECKING
        assert goes_to_claim(send(client, claim, "verified", revision=seen + 1), claim)

    def test_so_is_one_with_new_evidence_though_its_words_did_not_change(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = make.evidence().claim
        seen = evidence_mark(list_evidence(session, claim.id))
        make.evidence(claim, stance=Stance.REFUTES)
        answer = send(client, claim, "verified", seen=seen)
        assert answer.status_code == 409
        assert "So say the sources." in text(answer)
        now = evidence_mark(list_evidence(session, claim.id))
        assert f'name="seen" type="hidden" value="{now}"' in text(answer)
        assert goes_to_claim(send(client, claim, "verified", seen=now), claim)

    @pytest.mark.parametrize("seen", ["", "0", HUGE])
    def test_a_spoilt_mark_of_the_evidence_decides_nothing(
        self, client: StrictClient, make: Factory, session: Session, checker: Person, seen: str
    ) -> None:
        claim = make.evidence().claim
        assert send(client, claim, "verified", seen=seen).status_code == 409
        assert status(session, claim) is Status.CHECKING

    @pytest.mark.parametrize("revision", ["", HUGE, "-1", "99"])
    def test_a_spoilt_revision_decides_nothing(
        self, client: StrictClient, make: Factory, session: Session, checker: Person, revision: str
    ) -> None:
        claim = make.evidence().claim
        assert send(client, claim, "verified", revision=revision).status_code == 409
        assert status(session, claim) is Status.CHECKING


class TestSecondCheck:
    @pytest.fixture
    def claim(self, make: Factory) -> Claim:
        """A claim whose verdict needs a second person."""
        return make.evidence(make.claim(make.article(second_check=SecondCheck.ALL))).claim

    def test_a_proposal_waits_for_another_person(
        self, client: StrictClient, make: Factory, session: Session, checker: Person, claim: Claim
    ) -> None:
        assert goes_to_claim(send(client, claim, "verified"), claim)
        assert status(session, claim) is Status.AWAITING
        page = text(client.get(f"/claims/{claim.id}"))
        assert "waits for a second check" in page
        assert f"/claims/{claim.id}/verdict/approve" not in page
        client.sign_in(make.person(name="Noa Barak"))
        assert f"/claims/{claim.id}/verdict/approve" in text(client.get(f"/claims/{claim.id}"))
        assert goes_to_claim(act(client, claim, "approve"), claim)
        assert status(session, claim) is Status.VERIFIED
        page = text(client.get(f"/claims/{claim.id}"))
        assert "second check:" in page
        assert "Noa Barak" in page

    def test_nobody_confirms_their_own(
        self, client: StrictClient, session: Session, checker: Person, claim: Claim
    ) -> None:
        send(client, claim, "verified")
        answer = act(client, claim, "approve")
        assert answer.status_code == 422
        assert "The second check is another person&#39;s." in text(answer)
        assert status(session, claim) is Status.AWAITING

    def test_it_is_asked_for_high_priority_alone_where_the_policy_says_so(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        article = make.article(second_check=SecondCheck.HIGH)
        high, normal = make.claim(article, priority=Priority.HIGH), make.claim(article)
        send(client, high, "opinion")
        send(client, normal, "opinion")
        assert [status(session, claim) for claim in (high, normal)] == [Status.AWAITING, Status.OPINION]

    def test_a_proposal_is_sent_back_with_a_reason(
        self, client: StrictClient, make: Factory, session: Session, checker: Person, claim: Claim
    ) -> None:
        send(client, claim, "verified")
        client.sign_in(make.person())
        assert client.get(f"/claims/{claim.id}/verdict/return").status_code == 200
        assert act(client, claim, "return", why=" ").status_code == 422
        answer = act(client, claim, "return", why="One source is a reprint.")
        assert goes_to_claim(answer, claim)
        assert status(session, claim) is Status.CHECKING
        assert "One source is a reprint." in text(client.get(f"/claims/{claim.id}"))

    def test_what_does_not_wait_is_neither_confirmed_nor_sent_back(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        claim = make.verdict().claim
        assert act(client, claim, "approve").status_code == 422
        answer = act(client, claim, "return", why="One source is a reprint.")
        assert answer.status_code == 422
        assert "One source is a reprint." in text(answer)


class TestReopening:
    def test_a_decided_claim_is_opened_again_with_a_reason(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = session.get_one(Claim, make.verdict().claim_id)
        assert client.get(f"/claims/{claim.id}/verdict/reopen").status_code == 200
        assert act(client, claim, "reopen", why="").status_code == 422
        answer = act(client, claim, "reopen", why="A new report.")
        assert goes_to_claim(answer, claim)
        assert status(session, claim) is Status.CHECKING
        page = text(client.get(f"/claims/{claim.id}"))
        assert "Earlier verdicts" in page
        assert "A new report." in page

    def test_what_is_not_decided_yet_is_not_opened_again(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        claim = make.verdict(make.claim(make.article(second_check=SecondCheck.ALL))).claim
        answer = act(client, claim, "reopen", why="A new report.")
        assert answer.status_code == 422
        assert "A new report." in text(answer)


class TestAnotherVerdictMeanwhile:
    """A page shows one verdict; what is pressed on it is done to that one or to none."""

    ASKED = "The verdict was changed while the page was open"

    @pytest.fixture
    def claim(self, make: Factory) -> Claim:
        """A claim whose verdict waits for a second person."""
        return make.verdict(make.claim(make.article(second_check=SecondCheck.ALL)), rationale_en="As it was.").claim

    @pytest.mark.parametrize("action", ["approve", "return"])
    def test_a_verdict_that_nobody_looked_at_is_neither_confirmed_nor_sent_back(
        self, client: StrictClient, make: Factory, session: Session, checker: Person, claim: Claim, action: str
    ) -> None:
        old = claim.verdict_id
        shown = text(client.get(f"/claims/{claim.id}"))
        assert shown.count(f'<input type="hidden" name="verdict" value="{old}">') == 2
        return_verdict(session, actor=make.person(), claim_id=claim.id, why="Look again.")
        make.verdict(claim, finding=Finding.DISPUTED, rationale_en="As it is now.")
        data = {"verdict": old, "why": "A reprint."}
        answer = client.post(f"/claims/{claim.id}/verdict/{action}", data=data)
        assert answer.status_code == 409
        assert self.ASKED in text(answer)
        assert "As it is now." in text(answer)
        assert ("A reprint." in text(answer)) is (action == "return")
        assert status(session, claim) is Status.AWAITING
        assert f'name="verdict" type="hidden" value="{claim.verdict_id}"' in text(answer)
        assert goes_to_claim(act(client, claim, action, why="A reprint."), claim)

    def test_nor_is_one_opened_again(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = make.verdict().claim
        old = claim.verdict_id
        reopen_claim(session, actor=make.person(), claim_id=claim.id, why="Look again.")
        make.verdict(claim, finding=Finding.OPINION)
        answer = client.post(f"/claims/{claim.id}/verdict/reopen", data={"verdict": old, "why": "A new report."})
        assert answer.status_code == 409
        assert "A new report." in text(answer)
        assert status(session, claim) is Status.OPINION

    def test_where_no_verdict_is_left_nothing_can_be_pressed(
        self, client: StrictClient, make: Factory, session: Session, checker: Person, claim: Claim
    ) -> None:
        old = claim.verdict_id
        return_verdict(session, actor=make.person(), claim_id=claim.id, why="Look again.")
        session.commit()
        answer = client.post(f"/claims/{claim.id}/verdict/approve", data={"verdict": old})
        assert answer.status_code == 409
        assert self.ASKED in text(answer)
        assert '<button class="btn btn-primary">' not in text(answer)

    @pytest.mark.parametrize("verdict", ["", "x", HUGE, "-1", "0"])
    @pytest.mark.parametrize("action", ["approve", "return", "reopen"])
    def test_a_spoilt_number_changes_nothing(
        self, client: StrictClient, session: Session, checker: Person, claim: Claim, action: str, verdict: str
    ) -> None:
        data = {"verdict": verdict, "why": "A new report."}
        assert client.post(f"/claims/{claim.id}/verdict/{action}", data=data).status_code in (409, 422)
        assert status(session, claim) is Status.AWAITING


@pytest.mark.parametrize("action", ["verdict", "verdict/approve", "verdict/return", "verdict/reopen"])
class TestWhoMay:
    def test_a_reader_decides_nothing(self, client: StrictClient, make: Factory, action: str) -> None:
        client.sign_in(make.person(role=Role.READER))
        assert client.post(f"/claims/{make.claim().id}/{action}", data={"why": "x"}).status_code == 403

    def test_what_is_not_there_is_not_found(self, client: StrictClient, checker: Person, action: str) -> None:
        data = {"why": "x", "finding": "opinion", "rationale_en": "x", "revision": "1"}
        assert client.post(f"/claims/77/{action}", data=data).status_code == 404
