"""The source rule where a claim is decided: proposed, confirmed by a second person, and let stand for new words."""

import pytest
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, SecondCheck, SourceRule
from claims_app.captures.model import Capture, CaptureState, Trigger
from claims_app.claims.figure import FigureValue
from claims_app.claims.model import Claim, Status
from claims_app.errors import NotAllowed, Unproven
from claims_app.evidence.model import CopyCheck, Evidence, InCopy, Rank
from claims_app.evidence.queries import list_evidence
from claims_app.people.model import Person, Role
from claims_app.verdicts.model import Finding, Verdict
from claims_app.verdicts.proof import Flaw, find_cautions
from claims_app.verdicts.service import approve_verdict, confirm_verdict, propose_verdict, seen_mark
from tests.client import StrictClient
from tests.factories import Factory

TEXT = "The bridge is 120 metres long."
ASKED_FOR = "Verified needs a primary source, or more independent ones: 1 of 2 independent secondary sources."


def rest_on(make: Factory, *ranks: Rank | None, article: Article | None = None) -> Claim:
    """Return a claim with one source of each of these ranks."""
    claim = make.claim(article)
    for rank in ranks:
        make.evidence(claim, rank=rank)
    return claim


def propose(
    session: Session,
    claim: Claim,
    actor: Person,
    *,
    finding: Finding = Finding.VERIFIED,
    override_why: str | None = None,
) -> Verdict:
    return propose_verdict(
        session,
        actor=actor,
        claim_id=claim.id,
        revision=claim.revision,
        finding=finding,
        rationale_en="So it is.",
        override_why=override_why,
    )


class TestProposing:
    def test_thin_ground_is_refused_with_what_is_missing(self, session: Session, make: Factory) -> None:
        claim = rest_on(make, Rank.SECONDARY)
        with pytest.raises(Unproven) as refusal:
            propose(session, claim, make.person())
        assert (str(refusal.value), refusal.value.field) == (ASKED_FOR, "finding")

    def test_evidence_that_nobody_ranked_is_thin_ground(self, session: Session, make: Factory) -> None:
        with pytest.raises(Unproven, match=r"0 of 2 .*; 1 piece has no rank yet: rank it"):
            propose(session, rest_on(make, None), make.person())

    @pytest.mark.parametrize(
        ("rule", "ranks"),
        [
            (SourceRule.TWO, [Rank.PRIMARY]),
            (SourceRule.TWO, [Rank.SECONDARY] * 2),
            (SourceRule.THREE, [Rank.SECONDARY] * 3),
            (SourceRule.OFF, [None]),
        ],
    )
    def test_enough_is_not(self, session: Session, make: Factory, rule: SourceRule, ranks: list[Rank | None]) -> None:
        claim = rest_on(make, *ranks, article=make.article(source_rule=rule))
        propose(session, claim, make.person())
        assert claim.status is Status.VERIFIED

    def test_the_article_may_ask_for_three(self, session: Session, make: Factory) -> None:
        claim = rest_on(make, Rank.SECONDARY, Rank.SECONDARY, article=make.article(source_rule=SourceRule.THREE))
        with pytest.raises(Unproven, match="2 of 3"):
            propose(session, claim, make.person())

    @pytest.mark.parametrize("finding", [Finding.PARTLY, Finding.UNVERIFIABLE, Finding.OPINION])
    def test_only_verified_asks_for_it(self, session: Session, make: Factory, finding: Finding) -> None:
        claim = rest_on(make, Rank.SECONDARY)
        propose(session, claim, make.person(), finding=finding)
        assert claim.status.value == finding.value

    def test_an_editor_overrides_it_with_a_reason_and_a_checker_does_not(self, session: Session, make: Factory) -> None:
        claim = rest_on(make, Rank.SECONDARY)
        with pytest.raises(NotAllowed):
            propose(session, claim, make.person(), override_why="Seen in court.")
        verdict = propose(session, claim, make.person(role=Role.EDITOR), override_why="Seen in court.")
        assert verdict.override_why == "Seen in court."


@pytest.fixture
def waiting(make: Factory) -> Claim:
    """A claim whose verdict, on two secondary sources, waits for its second check."""
    article = make.article(text=TEXT, language="en", second_check=SecondCheck.ALL)
    claim = rest_on(make, Rank.SECONDARY, Rank.SECONDARY, article=article)
    make.place(claim, "The bridge is 120 metres long")
    make.verdict(claim)
    return claim


def make_one_voice(session: Session, claim: Claim) -> None:
    first, second = session.query(Evidence).filter_by(claim_id=claim.id)
    second.source.origin_id = first.source_id
    session.commit()


class TestTheSecondCheck:
    def test_sees_that_two_sources_have_turned_out_to_be_one(
        self, session: Session, make: Factory, waiting: Claim
    ) -> None:
        make_one_voice(session, waiting)
        with pytest.raises(Unproven, match=r"not met any more: 1 of 2 .*; 2 have the same origin and count once"):
            approve_verdict(session, actor=make.person(), claim_id=waiting.id)
        assert waiting.status.value == "awaiting"
        make.evidence(waiting, rank=Rank.SECONDARY)
        approve_verdict(session, actor=make.person(), claim_id=waiting.id)
        assert waiting.status.value == "verified"

    def test_lets_pass_what_an_editor_let_through(self, session: Session, make: Factory) -> None:
        claim = rest_on(make, Rank.SECONDARY, article=make.article(second_check=SecondCheck.ALL))
        propose(session, claim, make.regular(Role.EDITOR), override_why="Seen in court.")
        approve_verdict(session, actor=make.person(), claim_id=claim.id)
        assert claim.status is Status.VERIFIED

    def test_says_so_on_the_claim_s_page_and_when_it_is_pressed(
        self, session: Session, make: Factory, client: StrictClient, waiting: Claim
    ) -> None:
        make_one_voice(session, waiting)
        client.sign_in(make.person())
        assert "Add evidence, or send the verdict back." in client.get(f"/claims/{waiting.id}").text
        answer = client.post(f"/claims/{waiting.id}/verdict/approve", data={"verdict": waiting.verdict_id})
        assert answer.status_code == 422
        assert "Add evidence, or send the verdict back." in answer.text


def test_new_words_are_not_confirmed_on_thin_ground(session: Session, make: Factory, waiting: Claim) -> None:
    make.revision(waiting.article, "The bridge is 130 metres long.")
    make_one_voice(session, waiting)
    assert waiting.is_stale
    with pytest.raises(Unproven, match="or reopen the claim"):
        confirm_verdict(session, actor=make.person(), claim_id=waiting.id, why="It is a typo.")
    make.evidence(waiting)
    confirm_verdict(session, actor=make.person(), claim_id=waiting.id, why="It is a typo.")
    assert not waiting.is_stale


class TestThePages:
    def test_tell_how_the_claim_stands_by_the_rule(self, make: Factory, client: StrictClient) -> None:
        client.sign_in(make.person())
        claim = rest_on(make, Rank.SECONDARY, None)
        page = client.get(f"/claims/{claim.id}").text
        assert "1 of 2 independent secondary sources" in page
        assert page.count(ASKED_FOR[:40]) == 1
        unranked = client.get(f"/claims/{claim.id}").text.split("Rank: ")[1].split("</p>")[0]
        assert "/evidence/2/edit" in unranked
        make.evidence(claim, rank=Rank.SECONDARY)
        page = client.get(f"/claims/{claim.id}").text
        assert "1 of 2" not in page
        assert ASKED_FOR[:40] not in page

    def test_tell_it_in_hebrew(self, session: Session, make: Factory, client: StrictClient) -> None:
        client.sign_in(make.person(language="he"))
        claim = rest_on(make, Rank.SECONDARY)
        assert "1 מתוך 2 מקורות משניים בלתי תלויים" in client.get(f"/claims/{claim.id}").text
        seen = seen_mark(list_evidence(session, claim.id), None)
        answer = client.post(
            f"/claims/{claim.id}/verdict",
            data={"revision": claim.revision, "seen": seen, "finding": "verified", "rationale_he": "כך."},
        )
        assert answer.status_code == 422
        assert "או עוד מקורות בלתי תלויים: 1 מתוך 2 מקורות משניים בלתי תלויים." in answer.text

    @pytest.mark.parametrize("address", ["/claims/{}", "/claims/{}/verdict"])
    def test_warn_of_figures_that_differ_with_a_link_to_the_evidence(
        self, make: Factory, client: StrictClient, address: str
    ) -> None:
        claim = make.claim(figure=FigureValue(40, 40, "metres"))
        make.evidence(claim, figure=FigureValue(40, 40, "metres"))
        other = make.evidence(claim, figure=FigureValue(90, 90, "metres"))
        client.sign_in(make.person())
        page = client.get(address.format(claim.id)).text
        warning = page.split("Look at this before deciding")[1].split("</ul>")[0]
        assert warning.count("<li>") == 1
        assert f"/claims/{claim.id}#evidence-{other.id}" in warning
        assert "states another figure than the article" in warning

    def test_say_nothing_where_nothing_is_to_be_said(self, make: Factory, client: StrictClient) -> None:
        client.sign_in(make.person())
        claim = make.claim(figure=FigureValue(40, 40, "metres"))
        make.evidence(claim, figure=FigureValue(40, 40, "metres"))
        assert "Look at this before deciding" not in client.get(f"/claims/{claim.id}").text

    def test_name_only_the_first_few(self, make: Factory, client: StrictClient) -> None:
        claim = make.claim(figure=FigureValue(40, 40, "metres"))
        for size in range(90, 97):
            make.evidence(claim, figure=FigureValue(size, size, "metres"))
        client.sign_in(make.person())
        warning = client.get(f"/claims/{claim.id}").text.split("Look at this before deciding")[1].split("</ul>")[0]
        assert warning.count("<li>") == 5
        assert "and 3 more" in warning


def test_what_is_not_in_the_copy_is_a_caution(session: Session, make: Factory) -> None:
    evidence = make.evidence(passage="120 metres", figure=FigureValue(120, 120, "metres"))
    capture = Capture(source_id=evidence.source_id, trigger=Trigger.ASKED, state=CaptureState.WAITING)
    evidence.copy_check = CopyCheck(capture=capture, passage=InCopy.MISSING, figure=InCopy.FOUND)
    (caution,) = find_cautions(None, [evidence])
    assert (caution.evidence, caution.flaws) == (evidence, [Flaw.PASSAGE_MISSING])
    evidence.copy_check.passage, evidence.copy_check.figure = InCopy.NONE, InCopy.MISSING
    assert find_cautions(None, [evidence])[0].flaws == [Flaw.FIGURE_MISSING]
    evidence.copy_check.figure = InCopy.FOUND
    assert find_cautions(None, [evidence]) == []
    session.rollback()
