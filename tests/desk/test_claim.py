"""The claim's page: what it tells, to whom, and at what cost."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from claims_app.articles.model import SecondCheck
from claims_app.claims.figure import FigureValue
from claims_app.claims.model import CitedBasis, Claim, Kind, Priority
from claims_app.claims.service import assign_claims, edit_claim, tag_claims
from claims_app.claims.withdrawing import withdraw_claim
from claims_app.comments.model import CommentKind
from claims_app.comments.service import answer_query, withdraw_comment
from claims_app.desk import claim as desk_claim
from claims_app.desk.claim import gather_claim
from claims_app.desk.ruler import LEFT, RIGHT, compare_figures, draw_ruler
from claims_app.evidence.model import Rank, Stance
from claims_app.evidence.service import withdraw_evidence
from claims_app.people.model import Role
from claims_app.people.service import set_active
from claims_app.verdicts.model import Finding
from claims_app.verdicts.service import reopen_claim
from tests.client import StrictClient
from tests.conftest import Queries
from tests.factories import Factory

MOST_QUERIES = 15
"""The page's own, and the one that finds who is signed in."""


def _shape(statement: str) -> str:
    """Return a statement, however many values it asks for at once."""
    return re.sub(r"IN \([?, ]+\)", "IN (?)", statement)


def text(answer: TestResponse) -> str:
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def make_full_claim(session: Session, make: Factory) -> Claim:
    """Return a claim that has everything a claim can have."""
    article = make.article(title_en="The bridge of the north", second_check=SecondCheck.HIGH)
    checker = make.regular(Role.CHECKER)
    link = make.citation(article, address="https://example.org/cited")
    claim = make.claim(
        article,
        statement_he="אורך הגשר כ-40 מטרים.",
        statement_en="The bridge is about 40 metres long.",
        section="Roads",
        paragraph=3,
        claimant="The author",
        is_attributed=True,
        citation_id=link.id,
        cited_basis=CitedBasis.ADDRESS,
        figure=FigureValue(40, 40, "metres", True, "2024"),
        kind=Kind.FIGURE,
    )
    for stance, size, unit in [
        (Stance.CONTEXT, 43, "metres"),
        (Stance.REFUTES, 60, "metres"),
        (Stance.SUPPORTS, 41, "metres"),
        (Stance.CONTEXT, 130, "feet"),
    ]:
        source = make.source(title=f"Report of {size}", publisher="Office of bridges", published_on="2024-03")
        make.evidence(
            claim,
            stance=stance,
            source=source,
            figure=FigureValue(size, size, unit),
            rank=Rank.PRIMARY,
            passage="The bridge, measured in spring.",
            locator="page 4",
        )
    withdrawn = make.evidence(claim, summary="Counted twice.")
    withdraw_evidence(session, actor=checker, evidence_id=withdrawn.id, why="It was here already.")
    query = make.comment(claim, kind=CommentKind.QUERY, text="Which bridge?")
    answer_query(session, actor=checker, comment_id=query.id, answer="The northern one.")
    make.comment(claim, kind=CommentKind.QUERY, text="Measured by whom?")
    make.comment(claim, text="Ask the engineer.")
    gone = make.comment(claim, text="A wrong note.")
    withdraw_comment(session, actor=checker, comment_id=gone.id, why="Wrong claim.")
    tag_claims(session, actor=checker, claim_ids=[claim.id], tag="roads")
    assign_claims(session, actor=checker, claim_ids=[claim.id], assignee_id=checker.id)
    make.verdict(claim, finding=Finding.DISPUTED, rationale_en="The office says otherwise.")
    reopen_claim(session, actor=checker, claim_id=claim.id, why="A newer report.")
    session.commit()
    return claim


class TestWhatItTells:
    def test_everything_about_a_claim_stands_on_its_page(
        self, client: StrictClient, make: Factory, session: Session
    ) -> None:
        claim = make_full_claim(session, make)
        client.sign_in(make.person())
        page = text(client.get(f"/claims/{claim.id}"))
        for words in (
            "The bridge of the north",
            "The bridge is about 40 metres long.",
            claim.statement_he or "",
            "Roads",
            "https://example.org/cited",
            "Known from the link&#39;s address",
            "The author",
            "Office of bridges",
            "Primary source",
            "Report of 41",
            "The bridge, measured in spring.",
            "page 4",
            "no copy kept yet",
            "Counted twice.",
            "Which bridge?",
            "The northern one.",
            "Measured by whom?",
            "Ask the engineer.",
            "A wrong note.",
            "roads",
            "Regular checker",
            "The office says otherwise.",
            "A newer report.",
            "claim 1 of 1",
        ):
            assert words in page, words

    @pytest.mark.parametrize("language", ["he", "en"])
    def test_it_reads_in_both_languages(
        self, client: StrictClient, make: Factory, session: Session, language: str
    ) -> None:
        claim = make_full_claim(session, make)
        client.sign_in(make.person(role=Role.EDITOR, language=language))
        page = text(client.get(f"/claims/{claim.id}"))
        own, other = claim.statement_he or "", claim.statement_en or ""
        if language == "en":
            own, other = other, own
        assert page.index(f">{own}<") < page.index(f">{other}<")

    def test_evidence_stands_by_stance(self, make: Factory, session: Session) -> None:
        claim = make_full_claim(session, make)
        facts = gather_in_request(session, claim)
        assert [item.stance for item in facts.evidence] == ["supports", "refutes", "context", "context"]
        assert [item.summary for item in facts.withdrawn_evidence] == ["Counted twice."]

    def test_what_a_finding_lacks_is_said_before_it_is_sent(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person())
        page = text(client.get(f"/claims/{make.claim().id}"))
        assert "Partly true needs at least one piece of evidence." in page
        page = text(client.get(f"/claims/{make.evidence().claim_id}"))
        assert "Partly true needs at least one piece of evidence." not in page

    def test_history_tells_moves_and_fields_in_words(
        self, client: StrictClient, make: Factory, session: Session
    ) -> None:
        link = make.citation(article := make.article(), address="https://example.org/cited")
        claim = make.claim(article, statement_en="The bridge is long.")
        edit_claim(
            session,
            actor=make.regular(Role.CHECKER),
            claim_id=claim.id,
            revision=1,
            statement_he=None,
            statement_en="The bridge is wide.",
            kind=Kind.RELATION,
            priority=Priority.HIGH,
            section=None,
            paragraph=None,
            is_attributed=True,
            citation_id=link.id,
            cited_basis=CitedBasis.READ,
        )
        session.commit()
        make.evidence(claim)
        steps = gather_in_request(session, claim).steps
        assert [(step.entry.action, step.move) for step in steps] == [
            ("moved", ("unchecked", "checking")),
            ("created", None),
            ("changed", None),
            ("created", None),
        ]
        told = {change.label: (change.before, change.after) for change in steps[2].changes}
        assert told["Statement in English"] == ("The bridge is long.", "The bridge is wide.")
        assert told["Kind"] == ("Other", "Relation")
        assert told["Priority"] == ("Normal", "High")
        assert told["Attributed in the text"] == ("No", "Yes")
        assert told["Cited link"] == (None, "https://example.org/cited")
        client.sign_in(make.person())
        assert "The bridge is wide." in text(client.get(f"/claims/{claim.id}"))


def gather_in_request(session: Session, claim: Claim) -> desk_claim.ClaimFacts:
    """Return the facts of a claim's page, whose blank forms want a request."""
    from flask import Flask

    session.commit()
    with Flask(__name__).test_request_context():
        return gather_claim(session, claim.id)


class TestPlace:
    def test_a_claim_knows_its_neighbours_in_the_article(self, make: Factory, session: Session) -> None:
        article = make.article()
        first, second, third = (make.claim(article, paragraph=at, section=f"Part {at}") for at in (1, 2, 3))
        between = make.claim(article, paragraph=1, section="Part 1")
        make.claim()
        facts = gather_in_request(session, between)
        assert (facts.previous_id, facts.place, facts.next_id, facts.total) == (first.id, 2, second.id, 4)
        assert [(name, [number for _, number, _ in ticks]) for name, ticks in facts.sections] == [
            ("Part 1", [1, 4]),
            ("Part 2", [2]),
            ("Part 3", [3]),
        ]
        assert gather_in_request(session, first).previous_id is None
        assert gather_in_request(session, third).next_id is None

    def test_its_place_is_named_beside_its_number(self, client: StrictClient, make: Factory) -> None:
        article = make.article()
        make.claim(article, paragraph=2)
        claim = make.claim(article, paragraph=1)
        client.sign_in(make.person())
        page = text(client.get(f"/claims/{claim.id}"))
        assert "claim 2, place 1 of 2" in page
        assert 'data-key="j"' in page
        assert 'data-key="k"' not in page

    def test_the_strip_of_a_long_article_shows_the_claims_around(
        self, make: Factory, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(desk_claim, "MOST_TICKS", 2)
        article = make.article()
        claims = [make.claim(article) for _ in range(8)]
        shown = [number for _, ticks in gather_in_request(session, claims[4]).sections for _, number, _ in ticks]
        assert shown == [3, 4, 5, 6, 7]

    def test_a_claim_that_is_not_there_is_not_found(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person())
        assert client.get("/claims/77").status_code == 404


class TestWhoSeesWhat:
    def test_a_reader_sees_no_form(self, client: StrictClient, make: Factory, session: Session) -> None:
        claim = make_full_claim(session, make)
        client.sign_in(make.person(role=Role.READER))
        page = text(client.get(f"/claims/{claim.id}"))
        for mark in ("verdict-form", "comment-form", "assign-form", "tag-form", "/withdraw", "/edit"):
            assert mark not in page, mark

    def test_a_withdrawn_claim_offers_its_return_only(
        self, client: StrictClient, make: Factory, session: Session
    ) -> None:
        claim = make_full_claim(session, make)
        withdraw_claim(session, actor=make.regular(Role.CHECKER), claim_id=claim.id, why="Twice here.")
        client.sign_in(make.person())
        page = text(client.get(f"/claims/{claim.id}"))
        assert "This claim is withdrawn." in page
        assert f'action="/claims/{claim.id}/restore"' in page
        for mark in ("verdict-form", "comment-form", "assign-form", "tag-form", "/edit", "data-key"):
            assert mark not in page, mark

    def test_evidence_that_a_verdict_rests_on_is_not_offered_for_change(
        self, client: StrictClient, make: Factory
    ) -> None:
        verdict = make.verdict()
        client.sign_in(make.person(role=Role.EDITOR))
        page = text(client.get(f"/claims/{verdict.claim_id}"))
        assert "/evidence/new" in page
        assert "/evidence/1/edit" not in page

    def test_whoever_has_the_claim_is_listed_even_after_leaving(
        self, client: StrictClient, make: Factory, session: Session
    ) -> None:
        claim, gone = make.claim(), make.person(name="Dana Arad")
        assign_claims(session, actor=gone, claim_ids=[claim.id], assignee_id=gone.id)
        set_active(session, actor=make.person(role=Role.ADMIN), person_id=gone.id, is_active=False)
        client.sign_in(make.person())
        assert f'<option value="{gone.id}" selected>Dana Arad</option>' in text(client.get(f"/claims/{claim.id}"))


class TestFigures:
    def rows(self, make: Factory, ours: FigureValue, *theirs: FigureValue) -> list[tuple[str, str | None]]:
        claim = make.claim(figure=ours)
        evidence = [make.evidence(claim, figure=figure) for figure in theirs]
        return [(row.match.value, row.gap) for row in compare_figures(claim.figure, evidence)]

    def test_each_source_is_compared_and_its_gap_given(self, make: Factory) -> None:
        ours = FigureValue(95e7, 1e9, "USD")
        theirs = [(1e9, 1e9, "USD"), (105e7, 11e8, "USD"), (125e7, 125e7, "USD"), (5e8, 5e8, "USD"), (1, 1, "ILS")]
        assert self.rows(make, ours, *(FigureValue(*each) for each in theirs)) == [
            ("same", "0%"),
            ("different", "+5%"),
            ("different", "+25%"),
            ("different", "-47%"),
            ("other_unit", None),
        ]

    def test_a_converted_figure_stands_on_the_ruler_in_the_articles_unit(self, make: Factory) -> None:
        claim = make.claim(figure=FigureValue(1.5e6, 1.5e6, "tonnes"))
        evidence = [make.evidence(claim, figure=FigureValue(at, at, "barrels")) for at in (11e6, 1e6)]
        rows = compare_figures(claim.figure, [*evidence, make.evidence(claim, figure=FigureValue(1.5, 1.5, "USD"))])
        assert [row.match.value for row in rows] == ["converted", "different", "other_unit"]
        ruler = draw_ruler(claim.figure, rows)
        assert ruler is not None
        assert [mark.is_converted for mark in ruler.marks] == [True, True]
        assert ruler.marks[0].x == ruler.start
        assert "about 136,000 tonnes (Different)" in ruler.words

    def test_the_page_says_what_a_conversion_takes_for_granted(self, client: StrictClient, make: Factory) -> None:
        claim = make.claim(figure=FigureValue(1.5e6, 1.5e6, "tonnes", as_of="2024-H1"))
        make.evidence(claim, figure=FigureValue(11e6, 11e6, "barrels", as_of="2024"))
        make.evidence(claim, figure=FigureValue(5, 5, "USD"))
        client.sign_in(make.person())
        page = text(client.get(f"/claims/{claim.id}"))
        assert "about 1.5 million tonnes" in page
        for words in ("7.33 barrels of crude oil weigh a tonne.", "Holds for another time", "Same in another unit"):
            assert words in page
        assert "These units measure different things." in page

    def test_nothing_has_no_share(self, make: Factory) -> None:
        assert self.rows(make, FigureValue(0, 0), FigureValue(3, 3)) == [("different", None)]

    def test_evidence_without_a_figure_is_not_compared(self, make: Factory) -> None:
        assert compare_figures(None, [make.evidence(figure=FigureValue(1, 1))]) == []
        assert compare_figures(make.claim(figure=FigureValue(1, 1)).figure, [make.evidence()]) == []

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            ((40, 40), (19, 19)),
            ((0, 0), (0, 0)),
            ((-5, -5), (5, 8)),
            ((1e9, 1e9), (1.25e9, 1.3e9)),
            ((1, 1), (1e29, 1e29)),
            ((1.58e6, 1.58e6), (1.58e6, 1.58e6)),
            ((1e-6, 1e-6), (2e-6, 2e-6)),
        ],
    )
    def test_every_figure_has_its_place_on_the_ruler(
        self, make: Factory, ours: tuple[float, float], theirs: tuple[float, float]
    ) -> None:
        claim = make.claim(figure=FigureValue(*ours, "USD"))
        rows = compare_figures(claim.figure, [make.evidence(claim, figure=FigureValue(*theirs, "USD"))])
        ruler = draw_ruler(claim.figure, rows)
        assert ruler is not None
        places = [ruler.start, ruler.end, *(at for mark in ruler.marks for at in (mark.start, mark.x, mark.end))]
        assert all(LEFT <= at <= RIGHT for at in places)
        assert 3 <= len(ruler.ticks) <= 14
        assert (ruler.ticks[0][0], ruler.ticks[-1][0]) == (LEFT, RIGHT)
        assert len({label for _, label in ruler.ticks}) == len(ruler.ticks)

    def test_the_ruler_is_read_aloud_and_keeps_its_ends(self, make: Factory) -> None:
        claim = make.claim(figure=FigureValue(0.95e9, 1e9, "USD"))
        rows = compare_figures(claim.figure, [make.evidence(claim, figure=FigureValue(1.25e9, 1.25e9, "USD"))])
        ruler = draw_ruler(claim.figure, rows)
        assert ruler is not None
        assert ruler.words == ("Ruler: the article 950 million to 1 billion dollars; 1.25 billion dollars (Different)")
        assert ruler.unit == "billion dollars"
        assert [label for _, label in ruler.ticks][:3] == ["0.9", "0.95", "1"]

    def test_the_largest_figure_that_can_be_typed_is_shown(self, client: StrictClient, make: Factory) -> None:
        claim = make.claim(figure=FigureValue(-1e29, 1e29))
        make.evidence(claim, figure=FigureValue(9e29, 9e29))
        client.sign_in(make.person())
        assert "900,000,000,000,000,000,000 billion" in text(client.get(f"/claims/{claim.id}"))

    def test_there_is_no_ruler_where_the_units_differ(self, make: Factory) -> None:
        claim = make.claim(figure=FigureValue(1, 1, "USD"))
        rows = compare_figures(claim.figure, [make.evidence(claim, figure=FigureValue(1, 1, "ILS"))])
        assert draw_ruler(claim.figure, rows) is None


class TestCost:
    def test_the_queries_do_not_grow_with_what_the_page_shows(
        self,
        client: StrictClient,
        make: Factory,
        session: Session,
        count_queries: Callable[[], AbstractContextManager[Queries]],
    ) -> None:
        claim = make_full_claim(session, make)
        client.sign_in(make.person(role=Role.EDITOR))
        address = f"/claims/{claim.id}"
        with count_queries() as few:
            client.get(address)
        for at in range(12):
            person = make.person(name=f"Colleague {at}")
            make.evidence(claim, actor=person, figure=FigureValue(at + 1, at + 2, "metres"))
            make.comment(claim, actor=person, kind=CommentKind.QUERY)
            make.claim(claim.article, section=f"Part {at}")
            tag_claims(session, actor=person, claim_ids=[claim.id], tag=f"tag {at}")
        session.commit()
        with count_queries() as many:
            client.get(address)
        assert [_shape(one) for one in many.statements] == [_shape(one) for one in few.statements]
        assert many.number <= MOST_QUERIES
