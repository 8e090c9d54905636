"""The source rule: which sources are one voice, what is missing, and what follows when sources become one voice."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.articles.model import SecondCheck, SourceRule
from claims_app.claims.model import Claim
from claims_app.claims.withdrawing import withdraw_article, withdraw_claim
from claims_app.errors import Unproven
from claims_app.evidence.model import Evidence, Rank, Stance
from claims_app.evidence.queries import list_evidence
from claims_app.evidence.rule import Repeat, count_support, find_unmet, list_unmet, missing, raise_unmet
from claims_app.evidence.service import withdraw_evidence
from claims_app.evidence.voices import log_contact, withdraw_contact
from claims_app.language import speaking
from claims_app.looks.model import Look, LookReason
from claims_app.people.model import Role
from claims_app.sources.model import Channel, Contact, Publisher, Source, SourceKind
from claims_app.verdicts.model import Finding, Verdict
from claims_app.verdicts.service import approve_verdict, reopen_claim
from tests.client import StrictClient
from tests.conftest import CountQueries
from tests.factories import Factory

HERALD = Publisher(id=1, name="Herald")
HERALD_ONLINE = Publisher(id=2, name="Herald Online", group_name="HERALD")
TIMES, WEEKLY = (Publisher(id=3 + at, name=name, group_name="City") for at, name in enumerate(("Times", "Weekly")))


def source(number: int, publisher: Publisher | None = None, **details: Any) -> Source:
    details = {"title": f"Source {number}", "address": f"https://example.org/{number}"} | details
    return Source(id=number, publisher=publisher, **details)


def says(source: Source, rank: Rank | None = Rank.SECONDARY, stance: Stance = Stance.SUPPORTS) -> Evidence:
    return Evidence(source=source, source_id=source.id, rank=rank, stance=stance)


WIRE = source(9)
VOICES: list[tuple[str, list[Source], int]] = [
    ("nothing", [], 0),
    ("two that have nothing in common", [source(1), source(2)], 2),
    ("one source twice", [source(1), source(1)], 1),
    ("two of one publisher", [source(1, HERALD), source(2, HERALD)], 1),
    ("two of one house", [source(1, TIMES), source(2, WEEKLY)], 1),
    ("a house and the publisher that has its name", [source(1, HERALD), source(2, HERALD_ONLINE)], 1),
    ("a copy and what it repeats", [WIRE, source(1, origin_id=9)], 1),
    ("two copies of what is not here", [source(1, origin_id=9), source(2, origin_id=9)], 1),
    ("copies of two different texts", [source(1, origin_id=8), source(2, origin_id=9)], 2),
    (
        "a chain: one house, then one origin",
        [source(1, TIMES), source(2, origin_id=9), source(3, WEEKLY, origin_id=9)],
        1,
    ),
    (
        "confidential sources, each by itself",
        [source(number, confidential_number=number) for number in (1, 2)],
        2,
    ),
]


@pytest.mark.parametrize(("case", "sources", "voices"), VOICES, ids=[case[0] for case in VOICES])
def test_several_that_are_one_voice_count_once_in_any_order(case: str, sources: list[Source], voices: int) -> None:
    for order in (sources, sources[::-1], sources[1:] + sources[:1]):
        assert count_support([says(one) for one in order]).independent == voices, case


NOWHERE = source(5, address=None)
COUNTED: list[tuple[str, Evidence, tuple[int, int, int, int]]] = [
    ("a primary source", says(source(1), Rank.PRIMARY), (1, 0, 0, 0)),
    ("a secondary source", says(source(1)), (0, 1, 0, 0)),
    ("one that nobody ranked", says(source(1), None), (0, 0, 1, 0)),
    ("one that nobody could find", says(NOWHERE, Rank.PRIMARY), (0, 0, 0, 1)),
    ("one that refutes", says(source(1), Rank.PRIMARY, Stance.REFUTES), (0, 0, 0, 0)),
    ("background", says(source(1), Rank.PRIMARY, Stance.CONTEXT), (0, 0, 0, 0)),
]


@pytest.mark.parametrize(("case", "piece", "counts"), COUNTED, ids=[case[0] for case in COUNTED])
def test_only_ranked_support_that_can_be_found_counts(
    case: str, piece: Evidence, counts: tuple[int, int, int, int]
) -> None:
    support = count_support([piece])
    assert (support.primary, support.independent, len(support.unranked), len(support.unfound)) == counts, case


def test_withdrawn_support_counts_for_nothing(session: Session, make: Factory) -> None:
    evidence = make.evidence()
    withdraw_evidence(session, actor=make.person(), evidence_id=evidence.id, why="Misread.")
    assert count_support([evidence]).primary == 0


ONE, OTHER, THIRD = (says(source(number)) for number in (1, 2, 3))
MET: list[tuple[SourceRule, list[Evidence], bool]] = [
    (SourceRule.OFF, [], True),
    (SourceRule.TWO, [], False),
    (SourceRule.TWO, [ONE], False),
    (SourceRule.TWO, [ONE, OTHER], True),
    (SourceRule.TWO, [says(source(4), Rank.PRIMARY)], True),
    (SourceRule.THREE, [ONE, OTHER], False),
    (SourceRule.THREE, [ONE, OTHER, THIRD], True),
    (SourceRule.THREE, [says(source(4), Rank.PRIMARY)], True),
]


@pytest.mark.parametrize(("rule", "evidence", "is_met"), MET)
def test_a_primary_source_does_or_so_many_independent_ones(
    rule: SourceRule, evidence: list[Evidence], is_met: bool
) -> None:
    assert (missing(rule, evidence) is None) is is_met


def test_what_is_missing_is_said_precisely_in_both_languages() -> None:
    pieces = [says(source(number, HERALD)) for number in (1, 2, 3)]
    pieces += [says(source(4), None), says(NOWHERE)]
    lack = missing(SourceRule.TWO, pieces)
    assert lack is not None
    assert lack.support.repeats == [Repeat("Herald", 3)]
    assert str(lack).replace("\u2068", "").replace("\u2069", "") == (
        "1 of 2 independent secondary sources; 3 from Herald count once; 1 piece has no rank yet: rank it; "
        "1 piece has neither an address nor a locator"
    )
    with speaking("he"):
        assert str(lack).startswith("1 מתוך 2 מקורות משניים בלתי תלויים; 3 של")


NAMES: list[tuple[list[Source], str | None]] = [
    ([source(1, HERALD), source(2, HERALD)], "Herald"),
    ([source(1, TIMES), source(2, WEEKLY)], "City"),
    ([source(1), source(1)], "Source 1"),
    ([source(1, origin_id=9), source(2, HERALD, origin_id=9)], None),
]


@pytest.mark.parametrize(("sources", "name"), NAMES)
def test_one_voice_is_called_by_what_its_sources_share(sources: list[Source], name: str | None) -> None:
    assert count_support([says(one) for one in sources]).repeats == [Repeat(name, 2)]


# ---------------------------------------------------------------- When sources become one voice


@pytest.fixture
def verified(make: Factory) -> Claim:
    """A claim that is verified on two secondary sources."""
    claim = make.claim()
    for _ in range(2):
        make.evidence(claim, rank=Rank.SECONDARY)
    make.verdict(claim)
    return claim


@pytest.fixture
def sources(session: Session, verified: Claim) -> list[Source]:
    return [item.source for item in list_evidence(session, verified.id)]


def looks(session: Session) -> list[tuple[LookReason, int | None, bool]]:
    found = session.scalars(select(Look).order_by(Look.id))
    return [(look.reason, look.person_id, look.settled_at is None) for look in found]


def repeat(session: Session, sources: list[Source], origin: int | None) -> None:
    sources[1].origin_id = origin
    session.flush()
    raise_unmet(session, [sources[1].id])


class TestSourcesThatBecomeOneVoice:
    def test_have_the_claim_looked_at_once_by_who_proposed_its_verdict(
        self, session: Session, make: Factory, verified: Claim, sources: list[Source]
    ) -> None:
        for _ in range(2):
            repeat(session, sources, sources[0].id)
        assert looks(session) == [(LookReason.SOURCE_RULE, make.regular(Role.CHECKER).id, True)]
        assert verified.needs_look
        assert [(claim.id, lack.support.independent) for claim, lack in list_unmet(session, verified.article)] == [
            (verified.id, 1)
        ]

    def test_and_it_is_settled_when_they_are_two_again(
        self, session: Session, verified: Claim, sources: list[Source]
    ) -> None:
        repeat(session, sources, sources[0].id)
        repeat(session, sources, None)
        assert [is_open for _reason, _person, is_open in looks(session)] == [False]
        assert not verified.needs_look

    def test_or_when_evidence_is_added_that_does(
        self, session: Session, make: Factory, verified: Claim, sources: list[Source]
    ) -> None:
        repeat(session, sources, sources[0].id)
        make.evidence(verified, rank=None)
        assert verified.needs_look
        make.evidence(verified, rank=Rank.SECONDARY)
        assert not verified.needs_look


def decide_on_a_call(make: Factory, rule: SourceRule, **article: Any) -> tuple[Claim, Contact]:
    """Return a claim that was decided on what a person said, and the entry of the log that says so."""
    person = make.source(kind=SourceKind.PERSON, address=None)
    contact, claim = make.contact(person), make.claim(make.article(source_rule=rule, **article))
    make.evidence(claim, source=person)
    make.verdict(claim)
    return claim, contact


@pytest.mark.parametrize("rule", SourceRule)
class TestAnAnswerThatIsWithdrawn:
    def test_has_the_claim_looked_at_until_there_is_one_again(
        self, session: Session, make: Factory, rule: SourceRule
    ) -> None:
        claim, contact = decide_on_a_call(make, rule)
        person, source_id = make.regular(Role.CHECKER), contact.source_id
        withdraw_contact(session, actor=person, contact_id=contact.id, why="Misheard.")
        assert looks(session) == [(LookReason.SOURCE_RULE, person.id, True)]
        ((unmet, lack),) = list_unmet(session, claim.article)
        assert unmet is claim
        assert str(lack)
        log_contact(
            session,
            actor=person,
            source_id=source_id,
            channel=Channel.PHONE,
            question="How long?",
            answer="120 metres.",
        )
        assert not claim.needs_look
        assert list_unmet(session, claim.article) == []

    def test_leaves_a_verdict_that_waits_for_its_second_check_without_ground(
        self, session: Session, make: Factory, rule: SourceRule
    ) -> None:
        claim, contact = decide_on_a_call(make, rule, second_check=SecondCheck.ALL)
        withdraw_contact(session, actor=make.regular(Role.CHECKER), contact_id=contact.id, why="Misheard.")
        with pytest.raises(Unproven, match="not met any more"):
            approve_verdict(session, actor=make.person(), claim_id=claim.id)

    def test_does_so_on_its_page(self, client: StrictClient, session: Session, make: Factory, rule: SourceRule) -> None:
        claim, contact = decide_on_a_call(make, rule)
        client.sign_in(make.person())
        assert client.post(f"/contacts/{contact.id}/withdraw", data={"why": "Misheard."}).status_code == 303
        session.expire_all()
        assert claim.needs_look


def test_what_nobody_can_find_is_said_in_both_languages_where_there_is_no_rule() -> None:
    lack = find_unmet(SourceRule.OFF, [says(NOWHERE)])
    assert str(lack) == "nothing that supports it can be found by another person"
    with speaking("he"):
        assert str(lack) == "אין ראיה תומכת שאדם אחר יכול למצוא"


def decide_on_one(session: Session, make: Factory, **verdict: Any) -> Claim:
    """Return a claim that was decided on one secondary source before its article had a source rule."""
    article = make.article(source_rule=SourceRule.OFF)
    claim = make.claim(article)
    make.evidence(claim, rank=Rank.SECONDARY)
    make.verdict(claim, **verdict)
    article.source_rule = SourceRule.TWO
    session.commit()
    return claim


def no_rule(_session: Session, _make: Factory, claim: Claim) -> None:
    claim.article.source_rule = SourceRule.OFF


def override(session: Session, _make: Factory, claim: Claim) -> None:
    session.get_one(Verdict, claim.verdict_id).override_why = "Seen in court."


def withdraw(session: Session, make: Factory, claim: Claim) -> None:
    withdraw_claim(session, actor=make.regular(Role.EDITOR), claim_id=claim.id, why="Opened twice.")


def withdraw_its_article(session: Session, make: Factory, claim: Claim) -> None:
    withdraw_article(session, actor=make.regular(Role.EDITOR), article_id=claim.article_id, why="Not ours.")


def reopen(session: Session, make: Factory, claim: Claim) -> None:
    reopen_claim(session, actor=make.regular(Role.EDITOR), claim_id=claim.id, why="A new plan.")


class TestWhatTheRuleIsNotAbout:
    @pytest.mark.parametrize("spare", [no_rule, override, withdraw, withdraw_its_article, reopen])
    def test_is_left_alone(
        self, session: Session, make: Factory, spare: Callable[[Session, Factory, Claim], None]
    ) -> None:
        claim = decide_on_one(session, make)
        spare(session, make, claim)
        session.flush()
        raise_unmet(session, list(session.scalars(select(Source.id))))
        assert looks(session) == []
        assert list_unmet(session, claim.article) == []

    def test_as_is_a_claim_with_another_finding(self, session: Session, make: Factory) -> None:
        claim = decide_on_one(session, make, finding=Finding.PARTLY)
        raise_unmet(session, list(session.scalars(select(Source.id))))
        assert (looks(session), list_unmet(session, claim.article)) == ([], [])

    def test_and_a_claim_that_rests_on_other_sources(self, session: Session, make: Factory) -> None:
        decide_on_one(session, make)
        raise_unmet(session, [make.source().id])
        assert looks(session) == []


@pytest.mark.parametrize("most", [2, 6])
def test_the_list_of_an_article_asks_the_database_twice_however_long_it_is(
    session: Session, make: Factory, count_queries: CountQueries, most: int
) -> None:
    article = make.article(source_rule=SourceRule.OFF)
    for _ in range(most):
        claim = make.claim(article)
        make.evidence(claim, rank=Rank.SECONDARY)
        make.verdict(claim)
    article.source_rule = SourceRule.TWO
    session.flush()
    session.expunge_all()
    with count_queries() as queries:
        assert len(list_unmet(session, article)) == most
    assert queries.number == 2
