"""A day's work through the API: the same services and rules as the pages, and the same history."""

import inspect
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from claims_app.api.claims import DETAILS as CLAIM_DETAILS
from claims_app.articles.model import SecondCheck
from claims_app.claims.service import read_details as read_claim
from claims_app.evidence.forms import DETAILS as EVIDENCE_DETAILS
from claims_app.evidence.service import read_details as read_evidence
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Role
from claims_app.reports.export import FORMATS
from tests.api.conftest import MakeProgram, Program
from tests.factories import Factory

TEXT = "The bridge is 120 metres long. It opened in 1998."


@pytest.fixture
def editor(program: MakeProgram) -> Program:
    return program(Role.EDITOR)


@pytest.fixture
def checker(program: MakeProgram) -> Program:
    return program(Role.CHECKER)


def test_from_an_article_to_its_sign_off(editor: Program, checker: Program, session: Session) -> None:
    """Everything a desk does, by two programs."""
    added = editor.post("/articles", {"title_en": "The bridge", "language": "en", "text": TEXT, "second_check": "all"})
    assert (added.status_code, added.headers["Location"]) == (201, f"/api/v1/articles/{added.json['id']}")
    article = f"/articles/{added.json['id']}"
    assert editor.get(added.headers["Location"].removeprefix("/api/v1")).json == added.json
    opened = checker.post(
        f"{article}/claims",
        {
            "statement_en": "The bridge is 120 metres long.",
            "quote": "The bridge is 120 metres long",
            "figure": {"low": 120, "unit": "metres"},
        },
    )
    assert opened.status_code == 201
    assert opened.json["figure"] == {"low": 120, "high": 120, "unit": "metres", "is_about": False, "as_of": None}
    assert opened.json["places"][0]["quote"] == "The bridge is 120 metres long"
    claim = f"/claims/{opened.json['id']}"
    proof = checker.post(
        f"{claim}/evidence",
        {
            "source": {"address": "https://example.org/plan?utm_source=a", "title": "The plan"},
            "stance": "supports",
            "rank": "primary",
            "summary": "It gives 120 metres.",
            "figure": {"low": 120, "unit": "metres"},
        },
    )
    assert proof.status_code == 201
    assert proof.json["source"]["address"] == "https://example.org/plan"
    proposed = checker.post(
        f"{claim}/verdicts", {"finding": "verified", "rationale_en": "The plan says so."}, tag=checker.tag(claim)
    )
    assert (proposed.status_code, proposed.json["status"]) == (200, "awaiting")
    own = checker.post(f"{claim}/approve", tag=checker.tag(claim))
    assert (own.status_code, own.json["detail"]) == (403, "The second check is another person's.")
    assert editor.post(f"{claim}/approve", tag=editor.tag(claim)).json["status"] == "verified"
    open_passages = checker.get(f"{article}/suggestions?answer=open").json["items"]
    assert [one["quote"] for one in open_passages] == ["It opened in 1998."]
    waived = checker.post(f"/passages/{open_passages[0]['id']}/waive", {"why": "Common knowledge."})
    assert (waived.json["answer"], waived.json["waiver"]["why"]) == ("waived", "Common knowledge.")
    closing = editor.get(f"{article}/closing").json
    assert (closing["blockers"], closing["is_closed"]) == ([], False)
    signed = editor.post(f"{article}/sign-offs", {"seen": closing["digest"]})
    assert signed.status_code == 201
    assert editor.get(signed.headers["Location"].removeprefix("/api/v1")).json == signed.json
    assert editor.get(f"{article}/closing").json["is_closed"] is True
    revised = editor.post(f"{article}/versions", {"seen": 1, "text": TEXT.replace("120", "118")})
    assert revised.status_code == 201
    assert [(one["fate"], one["is_stale"]) for one in revised.json["claims"]] == [("changed", True)]
    assert editor.get(revised.headers["Location"].removeprefix("/api/v1")).json["text"].startswith("The bridge is 118")
    assert editor.get(f"{article}/closing").json["is_closed"] is False
    confirmed = editor.post(f"{claim}/confirm", {"why": "The plan was corrected."}, tag=editor.tag(claim))
    assert confirmed.json["is_stale"] is False
    reopened = checker.post(f"{claim}/reopen", {"why": "A new plan."}, tag=checker.tag(claim))
    assert reopened.json["status"] == "checking"
    assert [one["finding"] for one in checker.get(f"{claim}/verdicts").json["items"]] == ["verified"]
    assert editor.post(f"/sign-offs/{signed.json['id']}/withdraw", {"why": "Too early."}).json["withdrawn_why"]
    done = [entry["action"] for entry in checker.get(f"{claim}/history").json["items"]]
    assert done.count("confirmed") == done.count("approved") == done.count("decided") == 1
    names = {entry.actor_name for entry in session.query(HistoryEntry) if entry.claim_id}
    assert names == {editor.person.name, checker.person.name}


class TestRules:
    """A rule's refusal is 409, or 403 where it is the person's; the field stands where it was sent."""

    @pytest.mark.parametrize(
        ("path", "body", "pointer", "detail"),
        [
            (
                "/articles/{article}/claims",
                {},
                "#/statement_he",
                "A claim needs its statement, in Hebrew or in English.",
            ),
            (
                "/articles/{article}/claims",
                {"statement_en": "x", "quote": "nowhere"},
                "#/quote",
                "These words are not in version 1 of the text.",
            ),
            (
                "/articles/{article}/claims",
                {"statement_en": "x", "figure": {"low": 2, "high": 1}},
                "#/figure/high",
                "The upper end of a range is not below the lower one.",
            ),
            (
                "/claims/{claim}/evidence",
                {"stance": "supports", "summary": "x", "source": {"address": "nowhere"}},
                "#/source/address",
                "An address starts with http:// or https:// and has no blanks.",
            ),
            (
                "/claims/{claim}/evidence",
                {"stance": "supports", "summary": "x", "source": {}},
                "#/source/title",
                "A source needs a title or an address.",
            ),
            (
                "/claims/{claim}/evidence",
                {"stance": "supports", "summary": "x", "source_id": 999},
                "#/address",
                "The desk has no such source any more; name it by its address or title.",
            ),
            ("/claims/{claim}/withdraw", {"why": " "}, "#/why", "Give the reason; it stays in the history."),
        ],
        ids=range(7),
    )
    def test_say_what_does_not_go(
        self, checker: Program, make: Factory, path: str, body: Any, pointer: str, detail: str
    ) -> None:
        article = make.article(text=TEXT)
        response = checker.post(path.format(article=article.id, claim=make.claim(article).id), body)
        assert (response.status_code, response.json["detail"]) == (409, detail)
        assert response.json["errors"] == [{"pointer": pointer, "detail": detail}]

    def test_forbid_a_finding_that_nothing_carries(self, checker: Program, make: Factory) -> None:
        path = f"/claims/{make.claim().id}"
        body = {"finding": "verified", "rationale_en": "So it is."}
        response = checker.post(f"{path}/verdicts", body, tag=checker.tag(path))
        assert response.status_code == 409
        assert response.json["errors"][0]["pointer"] == "#/finding"

    def test_speak_hebrew(self, checker: Program, make: Factory) -> None:
        response = checker.ask(
            "POST",
            f"/claims/{make.claim().id}/withdraw",
            headers={"Accept-Language": "he"},
            json={"why": " "},
        )
        assert response.json["title"] == "כלל של הדסק אינו מתיר זאת"
        assert "יומן" in response.json["detail"]

    def test_let_a_verdict_be_given_only_on_what_was_seen(self, checker: Program, make: Factory) -> None:
        """Evidence that came meanwhile is not the revision's, and still not what was judged."""
        claim = make.claim()
        path = f"/claims/{claim.id}"
        tag = checker.tag(path)
        make.evidence(claim)
        response = checker.post(f"{path}/verdicts", {"finding": "opinion", "rationale_en": "x"}, tag=tag)
        assert response.status_code == 412
        assert response.json["current"]["supports"] == 1

    def test_let_nobody_sign_what_changed_meanwhile(self, editor: Program, make: Factory) -> None:
        article = make.article(text="We like the bridge.")
        digest = editor.get(f"/articles/{article.id}/closing").json["digest"]
        make.claim(article)
        response = editor.post(
            f"/articles/{article.id}/sign-offs", {"seen": digest, "override_why": "The paper waits."}
        )
        assert (response.status_code, response.json["detail"]) == (409, "Somebody else saved this in the meantime.")

    def test_keep_a_new_draft_from_passing_over_another(self, editor: Program, make: Factory) -> None:
        article = make.article(text=TEXT)
        body = {"seen": 1, "text": "The bridge is gone."}
        assert editor.post(f"/articles/{article.id}/versions", body).status_code == 201
        assert editor.post(f"/articles/{article.id}/versions", body | {"text": "Other."}).status_code == 409


class TestChanges:
    """A change names what is to be another, and leaves the rest."""

    def test_of_an_article(self, editor: Program, make: Factory) -> None:
        article = make.article(byline="Dana Levi", second_check=SecondCheck.ALL)
        path = f"/articles/{article.id}"
        changed = editor.patch(path, {"outlet": "The Gazette", "byline": None}, tag=editor.tag(path)).json
        assert (changed["outlet"], changed["byline"], changed["second_check"]) == ("The Gazette", None, "all")
        moment = editor.patch(path, {"deadline_at": "2026-01-02T14:00:00+02:00"}, tag=editor.tag(path)).json
        assert moment["deadline_at"] == "2026-01-02T12:00:00Z"

    def test_of_a_claim(self, checker: Program, make: Factory) -> None:
        records = make.everything()
        path = f"/claims/{records['claim_id']}"
        before = checker.get(path).json
        after = checker.patch(path, {"section": "End"}, tag=checker.tag(path)).json
        changed = {name for name in before if before[name] != after[name]}
        assert changed == {"section", "revision", "updated_at"}

    def test_of_where_a_claim_was_said(self, checker: Program, make: Factory) -> None:
        said = {
            "said_on": "2024-03",
            "first_appearance": "https://one.example/",
            "appearances": ["https://two.example/", "https://three.example/"],
        }
        made = checker.post(f"/articles/{make.article().id}/claims", {"statement_en": "It is so.", **said}).json
        path = f"/claims/{made['id']}"
        after = checker.patch(path, {"section": "End"}, tag=checker.tag(path)).json
        assert {name: after[name] for name in said} == said
        fewer = checker.patch(path, {"appearances": [], "said_on": None}, tag=checker.tag(path)).json
        assert (fewer["appearances"], fewer["said_on"]) == ([], None)
        assert fewer["first_appearance"] == said["first_appearance"]
        refused = checker.patch(path, {"appearances": ["javascript:x"]}, tag=checker.tag(path))
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (409, "#/appearances")

    @pytest.mark.parametrize(
        ("read", "kept"),
        [(read_claim, {*CLAIM_DETAILS, "appearances"} - {"priority"}), (read_evidence, {*EVIDENCE_DETAILS})],
        ids=["claim", "evidence"],
    )
    def test_no_field_is_emptied_that_a_change_does_not_name(self, read: Any, kept: set[str]) -> None:
        """What a service takes, the API hands it as it is: a field that was forgotten would be lost in silence."""
        assert inspect.signature(read).parameters.keys() == kept

    def test_of_evidence_and_its_source(self, checker: Program, make: Factory) -> None:
        item = make.evidence()
        path = f"/evidence/{item.id}"
        changed = checker.patch(path, {"locator": "sheet 4", "figure": {"low": 118}}, tag=checker.tag(path)).json
        assert (changed["locator"], changed["figure"]["high"], changed["stance"]) == ("sheet 4", 118, "supports")
        cleared = checker.patch(path, {"figure": None}, tag=checker.tag(path)).json
        assert cleared["figure"] is None
        source = f"/sources/{item.source_id}"
        assert checker.patch(source, {"publisher": "The city"}, tag=checker.tag(source)).json["publisher"]["name"]

    def test_nothing_changes_nothing(self, checker: Program, make: Factory) -> None:
        path = f"/claims/{make.claim().id}"
        tag = checker.tag(path)
        assert checker.patch(path, {}, tag=tag).headers["ETag"] == tag


def test_what_is_withdrawn_can_be_restored(program: MakeProgram, make: Factory) -> None:
    admin = program(Role.ADMIN)
    claim = make.claim()
    item, comment, source = make.evidence(claim), make.comment(claim), make.source()
    for path in (
        *(f"/comments/{comment.id}", f"/evidence/{item.id}", f"/claims/{claim.id}"),
        *(f"/articles/{claim.article_id}", f"/sources/{source.id}"),
    ):
        withdrawn = admin.post(f"{path}/withdraw", {"why": "By mistake."})
        assert (withdrawn.status_code, bool(withdrawn.json["withdrawn_at"])) == (200, True), path
        restored = admin.post(f"{path}/restore")
        assert (restored.status_code, restored.json["withdrawn_at"]) == (200, None), path


def test_a_query_is_answered(checker: Program, make: Factory) -> None:
    claim = make.claim()
    asked = checker.post(f"/claims/{claim.id}/comments", {"kind": "query", "text": "Who measured it?"}).json
    assert asked["is_open"] is True
    answered = checker.post(f"/comments/{asked['id']}/answer", {"answer": "The city."}).json
    assert (answered["is_open"], answered["answered_by"]["name"]) == (False, checker.person.name)
    assert checker.post(f"/comments/{asked['id']}/answer", {"answer": "Twice."}).status_code == 409


def test_the_queue_is_filtered_and_searched(checker: Program, make: Factory) -> None:
    article = make.article()
    claim = make.claim(article, statement_en="The zeppelin landed.", statement_he=None)
    make.evidence(claim)
    make.claim(article)
    assert [row["id"] for row in checker.get("/claims?status=checking").json["items"]] == [claim.id]
    assert [row["id"] for row in checker.get("/search?q=zepp").json["items"]] == [claim.id]
    assert checker.get("/claims?status=checking&status=unchecked&assignee=0").json["total"] == 2
    assert checker.get("/search?q=").status_code == 422
    assert checker.get("/claims?article=999").status_code == 404


@pytest.mark.parametrize("file_format", ["html", "csv", "json"])
def test_a_report_is_a_file_and_stands_in_the_history(
    checker: Program, make: Factory, session: Session, file_format: str
) -> None:
    article = make.article(title_en="The bridge")
    make.claim(article)
    response = checker.get(f"/articles/{article.id}/report.{file_format}?language=en")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert file_format == "json" or response.headers["Content-Type"] == f"text/{file_format}; charset=utf-8"
    assert "The bridge" in response.text
    assert session.query(HistoryEntry).order_by(HistoryEntry.id.desc()).first().action == "exported"  # type: ignore[union-attr]


def test_long_reports_are_written_one_at_a_time(
    checker: Program, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each holds a thread of the server for long: a program must not hold all of them."""
    path = f"/articles/{make.claim().article_id}/report.json"
    monkeypatch.setitem(FORMATS, "json", replace(FORMATS["json"], long_from=1))
    meanwhile: list[Any] = []

    def ask_again(*_args: Any, **_how: Any) -> bytes:
        meanwhile.append(checker.get(path))
        return b"{}"

    monkeypatch.setattr("claims_app.api.reports.write_report", ask_again)
    assert checker.get(path).status_code == 200
    assert (meanwhile[0].status_code, meanwhile[0].headers["Retry-After"]) == (429, "10")
    assert checker.get(path).status_code == 200


def test_the_accounts_of_others_are_for_administrators(program: MakeProgram) -> None:
    reader, admin = program(Role.READER), program(Role.ADMIN)
    seen = {entry["subject_id"] for entry in reader.get("/history?subject=person").json["items"]}
    assert seen == {reader.person.id}
    assert len({entry["subject_id"] for entry in admin.get("/history?subject=person").json["items"]}) > 1
    assert "email" not in reader.get("/people").text
