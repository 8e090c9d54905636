"""What a person can do to claims over the web: one at a time, many at once, and in talk about them."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from claims_app.claims.figure import FigureValue, value_of
from claims_app.claims.forms import ClaimForm, plain_number
from claims_app.claims.model import CitedBasis, Claim, Kind, Priority, Status
from claims_app.claims.service import edit_claim
from claims_app.claims.withdrawing import withdraw_article, withdraw_claim
from claims_app.comments.model import Comment, CommentKind
from claims_app.comments.service import withdraw_comment
from claims_app.people.model import Person, Role
from tests.client import StrictClient
from tests.factories import Factory

HUGE = "1" + "0" * 30


@pytest.fixture
def checker(make: Factory, client: StrictClient) -> Person:
    """A checker who is signed in."""
    person = make.person(role=Role.CHECKER, name="Rotem Segev")
    client.sign_in(person)
    return person


def sent(claim: Claim, **other: Any) -> dict[str, Any]:
    """Return what the claim's form sends when nothing but ``other`` is touched."""
    values = {name: value for name, value in ClaimForm.of(claim).items() if value not in (None, False)}
    return {**values, **other}


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def goes_to_claim(answer: TestResponse, claim: Claim) -> bool:
    return answer.status_code == 303 and answer.headers["Location"] == f"/claims/{claim.id}"


def is_withdrawn(session: Session, record: Claim | Comment) -> bool:
    session.refresh(record)
    return record.withdrawn_at is not None


class TestOpening:
    def test_a_claim_is_opened_with_all_that_was_typed(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        article = make.article()
        link = make.citation(article)
        page = client.get(f"/articles/{article.id}/claims/new")
        assert link.address in text(page)
        answer = client.post(
            f"/articles/{article.id}/claims/new",
            data={
                "statement_en": "The road is about 4 to 8 km long.",
                "kind": "figure",
                "priority": "high",
                "section": "Roads",
                "paragraph": "7",
                "claimant": "The author",
                "is_attributed": "y",
                "citation_id": link.id,
                "cited_basis": "read",
                "figure_low": "4",
                "figure_high": "8",
                "figure_unit": "km",
                "figure_about": "y",
                "figure_as_of": "2024-H1",
            },
        )
        claim = session.scalars(select(Claim)).one()
        assert goes_to_claim(answer, claim)
        assert "Claim 1 is opened." in text(client.get(answer.headers["Location"]))
        assert (claim.kind, claim.priority, claim.section, claim.paragraph) == (Kind.FIGURE, Priority.HIGH, "Roads", 7)
        assert claim.claimant is not None
        assert claim.claimant.name == "The author"
        assert (claim.is_attributed, claim.citation_id, claim.cited_basis) == (True, link.id, CitedBasis.READ)
        assert value_of(claim.figure) == FigureValue(4, 8, "km", True, "2024-H1")

    def test_a_claim_without_words_comes_back_as_typed(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        article = make.article()
        answer = client.post(f"/articles/{article.id}/claims/new", data={"section": "Roads of the north"})
        assert answer.status_code == 422
        assert "A claim needs its statement" in text(answer)
        assert "Roads of the north" in text(answer)
        assert session.scalar(select(Claim)) is None

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("paragraph", "seven"),
            ("paragraph", HUGE),
            ("paragraph", "0"),
            ("paragraph", "-3"),
            ("citation_id", "x"),
            ("citation_id", HUGE),
            ("citation_id", "999"),
            ("kind", "rumour"),
            ("priority", ""),
            ("figure_low", "many"),
            ("figure_low", HUGE),
            ("figure_high", "3"),
            ("figure_as_of", "last spring"),
            ("statement_en", "x" * 20_001),
            ("section", "x" * 1001),
        ],
    )
    def test_what_cannot_be_read_is_refused_at_its_field(
        self, client: StrictClient, make: Factory, checker: Person, field: str, typed: str
    ) -> None:
        data = {"statement_en": "It rained.", "figure_low": "4", field: typed}
        answer = client.post(f"/articles/{make.article().id}/claims/new", data=data)
        assert answer.status_code == 422
        assert f'href="#{field}"' in text(answer)
        assert "It rained." in text(answer) or field == "statement_en"

    def test_a_withdrawn_article_takes_no_claim(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        article = make.article()
        withdraw_article(session, actor=make.regular(Role.EDITOR), article_id=article.id, why="Not printed.")
        answer = client.post(f"/articles/{article.id}/claims/new", data={"statement_en": "It rained."})
        assert answer.status_code == 422
        assert "restore it first" in text(answer)

    def test_a_claim_of_no_article_is_not_there(self, client: StrictClient, checker: Person) -> None:
        assert client.get("/articles/77/claims/new").status_code == 404


class TestEditing:
    def test_a_change_is_saved(self, client: StrictClient, make: Factory, session: Session, checker: Person) -> None:
        claim = make.claim(figure=FigureValue(1_580_000, 1_580_000, "tonnes"))
        page = client.get(f"/claims/{claim.id}/edit")
        assert 'value="1580000"' in text(page)
        answer = client.post(
            f"/claims/{claim.id}/edit", data=sent(claim, statement_en="It is 12 m long.", figure_low="12")
        )
        assert goes_to_claim(answer, claim)
        session.refresh(claim)
        assert (claim.statement_en, claim.revision) == ("It is 12 m long.", 2)
        assert value_of(claim.figure) == FigureValue(12, 12, "tonnes")

    def test_a_form_sent_untouched_changes_nothing(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        link = make.citation(article := make.article())
        claim = make.claim(
            article,
            claimant="The author",
            citation_id=link.id,
            cited_basis=CitedBasis.READ,
            is_attributed=True,
            figure=FigureValue(0.1, 2.5e20, "tonnes", True, "2024"),
        )
        assert goes_to_claim(client.post(f"/claims/{claim.id}/edit", data=sent(claim)), claim)
        session.refresh(claim)
        assert claim.revision == 1

    def test_the_words_of_a_decided_claim_stay(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        verdict = make.verdict()
        claim = session.get_one(Claim, verdict.claim_id)
        assert "rests on a verdict" in text(client.get(f"/claims/{claim.id}/edit"))
        answer = client.post(f"/claims/{claim.id}/edit", data=sent(claim, statement_en="It is longer."))
        assert answer.status_code == 422
        assert "reopen the claim before changing them" in text(answer)
        assert "It is longer." in text(answer)

    def test_two_who_saved_see_both_versions_and_choose(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = make.claim(statement_en="It is 10 m long.", section="Roads")
        mine = sent(claim, statement_en="It is 11 m long.", section="Bridges")
        self.save_meanwhile(session, make, claim, statement_en="It is 12 m long.", section="Rivers")
        answer = client.post(f"/claims/{claim.id}/edit", data=mine)
        assert answer.status_code == 409
        for words in ("It is 11 m long.", "It is 12 m long.", "Bridges", "Rivers"):
            assert words in text(answer)
        chosen = MultiDict([("resolve", "yes"), ("revision", "2")])
        for name in ("statement_he", "statement_en", "kind", "priority", "section", "cited_basis"):
            chosen.add("field", name)
            chosen.add(f"mine-{name}", str(mine.get(name, "")))
            chosen.add(f"theirs-{name}", "Rivers" if name == "section" else "")
        chosen.add("pick-section", "theirs")
        assert goes_to_claim(client.post(f"/claims/{claim.id}/edit", data=chosen), claim)
        session.refresh(claim)
        assert (claim.statement_en, claim.section, claim.revision) == ("It is 11 m long.", "Rivers", 3)

    @staticmethod
    def save_meanwhile(session: Session, make: Factory, claim: Claim, **other: Any) -> None:
        values = {"is_attributed": False, "citation_id": None, "cited_basis": CitedBasis.NONE, "paragraph": None}
        edit_claim(
            session,
            actor=make.regular(Role.EDITOR),
            claim_id=claim.id,
            revision=claim.revision,
            statement_he=claim.statement_he,
            kind=claim.kind,
            **(values | other),
        )
        session.commit()

    @pytest.mark.parametrize("revision", ["", "x", HUGE, "-1"])
    def test_a_spoilt_revision_overwrites_nothing(
        self, client: StrictClient, make: Factory, session: Session, checker: Person, revision: str
    ) -> None:
        claim = make.claim()
        answer = client.post(f"/claims/{claim.id}/edit", data=sent(claim, revision=revision, section="Roads"))
        assert answer.status_code in {409, 422}
        session.refresh(claim)
        assert claim.section is None

    def test_a_form_in_place_comes_back_in_its_place(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        claim = make.claim()
        page = text(client.get(f"/claims/{claim.id}/edit?form=claim-form"))
        assert '<form id="claim-form"' in page
        assert 'id="claim-form-section"' in page
        answer = client.post(
            f"/claims/{claim.id}/edit",
            data=sent(claim, paragraph="x"),
            headers={"HX-Request": "true", "HX-Trigger": "claim-form"},
        )
        assert answer.status_code == 422
        assert answer.headers["HX-Retarget"] == answer.headers["HX-Reselect"] == "#claim-form"
        assert '<form id="claim-form"' in text(answer)

    def test_an_odd_place_is_not_taken_over(self, client: StrictClient, make: Factory, checker: Person) -> None:
        page = text(client.get(f"/claims/{make.claim().id}/edit?form=%22%3E%3Cb"))
        assert '<form id="form"' in page


@pytest.mark.parametrize(
    ("value", "typed"), [(12.0, "12"), (0.1, "0.1"), (2.5e20, "250000000000000000000"), (1e-7, "0.0000001")]
)
def test_a_stored_number_is_written_as_a_person_would_type_it(value: float, typed: str) -> None:
    assert plain_number(value) == typed


class TestWithdrawing:
    def test_a_claim_leaves_and_comes_back(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = make.claim()
        assert client.get(f"/claims/{claim.id}/withdraw").status_code == 200
        assert goes_to_claim(client.post(f"/claims/{claim.id}/withdraw", data={"why": "Twice here."}), claim)
        assert is_withdrawn(session, claim)
        assert goes_to_claim(client.post(f"/claims/{claim.id}/restore"), claim)
        assert not is_withdrawn(session, claim)

    def test_a_withdrawal_without_a_reason_is_refused(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        answer = client.post(f"/claims/{make.claim().id}/withdraw", data={"why": " "})
        assert answer.status_code == 422
        assert "Give the reason" in text(answer)

    def test_only_an_editor_withdraws_what_is_decided(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = session.get_one(Claim, make.verdict().claim_id)
        answer = client.post(f"/claims/{claim.id}/withdraw", data={"why": "Twice here."})
        assert answer.status_code == 422
        assert "Twice here." in text(answer)
        client.sign_in(make.person(role=Role.EDITOR))
        assert goes_to_claim(client.post(f"/claims/{claim.id}/withdraw", data={"why": "Twice here."}), claim)

    def test_what_is_not_withdrawn_cannot_be_restored(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        answer = client.post(f"/claims/{make.claim().id}/restore")
        assert answer.status_code == 422
        assert "This claim is not withdrawn." in text(answer)

    def test_a_claim_goes_back_to_the_queue(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = make.evidence().claim
        assert client.get(f"/claims/{claim.id}/put-back").status_code == 200
        assert client.post(f"/claims/{claim.id}/put-back", data={"why": ""}).status_code == 422
        assert goes_to_claim(client.post(f"/claims/{claim.id}/put-back", data={"why": "Away."}), claim)
        session.refresh(claim)
        assert claim.status is Status.UNCHECKED

    def test_an_article_leaves_with_its_claims_and_comes_back(
        self, client: StrictClient, make: Factory, session: Session
    ) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        claim = make.claim()
        address = f"/articles/{claim.article_id}"
        assert client.get(f"{address}/withdraw").status_code == 200
        assert client.post(f"{address}/withdraw", data={"why": ""}).status_code == 422
        answer = client.post(f"{address}/withdraw", data={"why": "Not printed."})
        assert (answer.status_code, answer.headers["Location"]) == (303, address)
        assert is_withdrawn(session, claim)
        assert client.post(f"/claims/{claim.id}/restore").status_code == 422
        assert client.post(f"{address}/restore").status_code == 303
        assert not is_withdrawn(session, claim)
        assert client.post(f"{address}/restore").status_code == 422


class TestManyAtOnce:
    def do(self, client: StrictClient, claims: list[Claim], **values: Any) -> TestResponse:
        data = MultiDict([("claim", str(claim.id)) for claim in claims])
        data.update(values)
        return client.post("/claims/bulk", data=data)

    def test_claims_are_assigned_and_the_person_goes_on_where_they_were(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claims = [make.claim() for _ in range(3)]
        answer = self.do(client, claims, do="assign", assignee_id=str(checker.id), next="/claims?status=unchecked")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/claims?status=unchecked")
        session.expire_all()
        assert {claim.assignee_id for claim in claims} == {checker.id}
        assert "3 claims changed hands." in text(client.get("/claims"))
        assert self.do(client, claims, do="assign", assignee_id="").headers["Location"] == "/claims"
        session.expire_all()
        assert {claim.assignee_id for claim in claims} == {None}

    def test_priorities_tags_and_beginnings_are_set(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claims = [make.claim() for _ in range(2)]
        assert self.do(client, claims, do="prioritise", priority="high").status_code == 303
        assert self.do(client, claims, do="tag", tag="urgent").status_code == 303
        assert self.do(client, claims[:1], do="start").status_code == 303
        session.expire_all()
        assert {claim.priority for claim in claims} == {Priority.HIGH}
        assert [[tag.name for tag in claim.tags] for claim in claims] == [["urgent"], ["urgent"]]
        assert [(claim.status, claim.assignee_id) for claim in claims] == [
            (Status.CHECKING, checker.id),
            (Status.UNCHECKED, None),
        ]

    def test_it_says_so_when_nothing_had_to_change(self, client: StrictClient, make: Factory, checker: Person) -> None:
        claim = make.claim()
        self.do(client, [claim], do="prioritise", priority="normal", next=f"/claims/{claim.id}")
        assert "There was nothing to change." in text(client.get(f"/claims/{claim.id}"))

    def test_it_leads_nowhere_but_to_this_desk(self, client: StrictClient, make: Factory, checker: Person) -> None:
        answer = self.do(client, [make.claim()], do="start", next="https://elsewhere.example.org/")
        assert answer.headers["Location"] == "/claims"

    @pytest.mark.parametrize(
        "values",
        [
            {},
            {"do": "burn"},
            {"do": "assign"},
            {"do": "assign", "assignee_id": HUGE},
            {"do": "assign", "assignee_id": "x"},
            {"do": "assign", "assignee_id": "999"},
            {"do": "prioritise"},
            {"do": "prioritise", "priority": "utmost"},
            {"do": "tag"},
            {"do": "tag", "tag": "x" * 61},
            {"do": "start", "claim": HUGE},
            {"do": "start", "claim": "-1"},
            {"do": "start", "claim": "x"},
            {"do": "start", "claim": "²"},
            {"do": "start", "claim": "999"},
        ],
    )
    def test_what_cannot_be_done_changes_nothing(
        self, client: StrictClient, make: Factory, session: Session, checker: Person, values: dict[str, str]
    ) -> None:
        claim = make.claim()
        data = MultiDict([("claim", str(claim.id)), *values.items()])
        answer = client.post("/claims/bulk", data=data)
        assert answer.status_code == 422
        assert f'name="claim" value="{claim.id}"' in text(answer)
        session.refresh(claim)
        assert (claim.status, claim.assignee_id, claim.priority) == (Status.UNCHECKED, None, Priority.NORMAL)

    @pytest.mark.parametrize("do", ["assign", "prioritise", "tag", "start"])
    def test_it_needs_a_claim_and_then_says_nothing_else(self, client: StrictClient, checker: Person, do: str) -> None:
        answer = self.do(client, [], do=do)
        assert answer.status_code == 422
        assert "<ul><li>Select at least one claim.</li></ul>" in text(answer)

    def test_a_reader_is_nobody_to_assign_to(self, client: StrictClient, make: Factory, checker: Person) -> None:
        reader = make.person(role=Role.READER)
        assert self.do(client, [make.claim()], do="assign", assignee_id=str(reader.id)).status_code == 422

    def test_a_tag_is_removed(self, client: StrictClient, make: Factory, session: Session, checker: Person) -> None:
        claim = make.claim()
        self.do(client, [claim], do="tag", tag="urgent")
        assert client.post(f"/claims/{claim.id}/tags/remove", data={"tag": ""}).status_code == 422
        assert goes_to_claim(client.post(f"/claims/{claim.id}/tags/remove", data={"tag": "urgent"}), claim)
        session.refresh(claim)
        assert claim.tags == []


@pytest.mark.usefixtures("checker")
def test_a_cited_link_is_withdrawn_with_a_reason(client: StrictClient, make: Factory, session: Session) -> None:
    citation = make.citation()
    address = f"/citations/{citation.id}/withdraw"
    assert citation.address in text(client.get(address))
    assert client.post(address, data={"why": ""}).status_code == 422
    answer = client.post(address, data={"why": "Mistyped."})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/articles/{citation.article_id}")
    session.refresh(citation)
    assert citation.withdrawn_at is not None
    assert client.post("/citations/77/withdraw", data={"why": "x"}).status_code == 404


class TestTalk:
    def test_a_query_is_asked_and_answered(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = make.claim()
        assert client.get(f"/claims/{claim.id}/comments/new").status_code == 200
        answer = client.post(f"/claims/{claim.id}/comments/new", data={"kind": "query", "text": "Which year?"})
        assert goes_to_claim(answer, claim)
        comment = session.scalars(select(Comment)).one()
        assert (comment.kind, comment.text, comment.author_id) == (CommentKind.QUERY, "Which year?", checker.id)
        assert "Which year?" in text(client.get(f"/comments/{comment.id}/answer"))
        assert goes_to_claim(client.post(f"/comments/{comment.id}/answer", data={"answer": "2022."}), claim)
        session.refresh(comment)
        assert comment.answer == "2022."
        again = client.post(f"/comments/{comment.id}/answer", data={"answer": "2023."})
        assert again.status_code == 422
        assert "2023." in text(again)

    @pytest.mark.parametrize("data", [{"kind": "note", "text": " "}, {"kind": "shout", "text": "Which year?"}])
    def test_a_comment_that_cannot_be_kept_comes_back(
        self, client: StrictClient, make: Factory, session: Session, checker: Person, data: dict[str, str]
    ) -> None:
        answer = client.post(f"/claims/{make.claim().id}/comments/new", data=data)
        assert answer.status_code == 422
        assert data["text"] in text(answer)
        assert session.scalar(select(Comment)) is None

    def test_an_empty_answer_is_refused(self, client: StrictClient, make: Factory, checker: Person) -> None:
        comment = make.comment(kind=CommentKind.QUERY)
        assert client.post(f"/comments/{comment.id}/answer", data={"answer": ""}).status_code == 422

    def test_its_author_takes_a_comment_back(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        comment = make.comment(actor=checker)
        assert client.get(f"/comments/{comment.id}/withdraw").status_code == 200
        assert client.post(f"/comments/{comment.id}/withdraw", data={"why": ""}).status_code == 422
        assert client.post(f"/comments/{comment.id}/withdraw", data={"why": "Wrong claim."}).status_code == 303
        assert is_withdrawn(session, comment)
        assert client.post(f"/comments/{comment.id}/restore").status_code == 303
        assert not is_withdrawn(session, comment)
        assert client.post(f"/comments/{comment.id}/restore").status_code == 422

    def test_another_checker_does_not_take_it_back(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        comment = make.comment(actor=make.person())
        answer = client.post(f"/comments/{comment.id}/withdraw", data={"why": "Wrong claim."})
        assert answer.status_code == 422
        assert "Wrong claim." in text(answer)
        withdraw_comment(session, actor=make.regular(Role.EDITOR), comment_id=comment.id, why="Wrong claim.")
        assert client.post(f"/comments/{comment.id}/restore").status_code == 422


class TestWhoMay:
    ADDRESSES = (
        "/claims/1/edit",
        "/claims/1/withdraw",
        "/claims/1/restore",
        "/claims/1/put-back",
        "/claims/1/tags/remove",
        "/claims/1/comments/new",
        "/claims/bulk",
        "/citations/1/withdraw",
        "/comments/1/answer",
        "/comments/1/withdraw",
        "/comments/1/restore",
        "/articles/1/claims/new",
        "/articles/1/withdraw",
        "/articles/1/restore",
    )

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_a_reader_changes_nothing(self, client: StrictClient, make: Factory, address: str) -> None:
        make.comment()
        client.sign_in(make.person(role=Role.READER))
        assert client.post(address, data={"why": "x", "text": "x"}).status_code == 403

    @pytest.mark.parametrize("address", ["/articles/1/withdraw", "/articles/1/restore"])
    def test_a_checker_does_not_withdraw_articles(
        self, client: StrictClient, make: Factory, checker: Person, address: str
    ) -> None:
        make.article()
        assert client.post(address, data={"why": "x"}).status_code == 403

    def test_nothing_is_changed_without_the_page_s_token(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = make.claim()
        assert client.post(f"/claims/{claim.id}/withdraw", data={"why": "x"}, csrf=False).status_code == 400

    def test_a_withdrawn_claim_is_not_worked_on(
        self, client: StrictClient, make: Factory, session: Session, checker: Person
    ) -> None:
        claim = make.claim()
        withdraw_claim(session, actor=checker, claim_id=claim.id, why="Twice here.")
        answer = client.post(f"/claims/{claim.id}/comments/new", data={"kind": "note", "text": "Which year?"})
        assert answer.status_code == 422
        assert "restore it first" in text(answer)

    @pytest.mark.parametrize("address", ["/claims/77/edit", "/claims/77/withdraw", "/comments/77/answer"])
    def test_what_is_not_there_is_not_found(self, client: StrictClient, checker: Person, address: str) -> None:
        assert client.get(address).status_code == 404
