"""What blocks a check and what is advice, each by its own words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from claims_app.claims.model import CitedBasis, ClaimantKind, Place, Status
from claims_app.language import speaking
from claims_app.publishing.as_claimreview import write_review
from claims_app.publishing.facts import CheckFacts, State
from claims_app.publishing.imprint import Imprint
from claims_app.publishing.queries import state_of
from claims_app.publishing.rules import Rule, check_markup, find_problems, is_publishable, list_refusals
from claims_app.verdicts.model import Finding
from tests.publishing.conftest import CHECK, EVIDENCE, MOMENT, Check

CARRIES = "The claim carries its rating"
NUMBERS = "The rating's number, its best and its worst have to be numbers."
BETWEEN = "The rating's number is not between the worst and the best."


def errors(check: CheckFacts, imprint: Imprint) -> dict[Rule, str]:
    return {one.rule: str(one) for one in find_problems(check, imprint) if one.is_error}


def advice(check: CheckFacts, imprint: Imprint) -> dict[Rule, str]:
    return {one.rule: str(one) for one in find_problems(check, imprint) if not one.is_error}


def test_a_check_that_has_everything_has_no_problem(check: Check, imprint: Imprint) -> None:
    assert find_problems(check(), imprint) == []
    assert state_of(check(), imprint) is State.SHOWN


@pytest.mark.parametrize(
    ("changed", "rule", "words"),
    [
        ({"is_withdrawn": True}, Rule.WITHDRAWN, "The claim is withdrawn."),
        ({"claim": {"status": Status.AWAITING}}, Rule.DECIDED, "Its verdict waits for the second check."),
        ({"claim": {"status": Status.CHECKING}}, Rule.DECIDED, "The claim is not decided."),
        ({"claim": {"needs_second_check": True}}, Rule.SECOND_CHECK, "The article asks for a second check"),
        ({"claim": {"is_stale": True}}, Rule.WORDS, "Its words changed since the verdict"),
        ({"claim": {"place": Place.LOST}}, Rule.WORDS, "Its words are not in the text any more"),
        ({"claim": {"claimant": None}, "claimant_kind": None}, Rule.ORIGIN, "Nobody is noted as its claimant"),
        ({"claimant_kind": ClaimantKind.OWN}, Rule.ORIGIN, "The author or the outlet itself says it"),
        ({"claim": {"claimant": "the DAILY"}}, Rule.ORIGIN, "The author or the outlet itself says it"),
        ({"claim": {"claimant": "A. Writer"}}, Rule.ORIGIN, "The author or the outlet itself says it"),
        ({"claim": {"claimant": "הדסק"}}, Rule.ORIGIN, "The author or the outlet itself says it"),
        ({"claimant_kind": ClaimantKind.UNNAMED}, Rule.ORIGIN, "Its claimant is nobody who is named"),
        ({"claimant_kind": None}, Rule.ORIGIN, "Say of its claimant whether it is a person"),
        ({"claim": {"is_attributed": False}}, Rule.ORIGIN, "The article says it in its own voice"),
        ({"claim": {"evidence": ()}}, Rule.SOURCES, "It has no evidence that readers may see"),
        ({"verdict": {"finding": Finding.OPINION}}, Rule.SCALE, "The desk's scale has no rating"),
        (
            {"claim": {"statement_he": "נכונה: אורך הגשר 120 מטרים."}},
            Rule.CLAIM_REVIEWED,
            CARRIES,
        ),
        (
            {"claim": {"statement_en": "It is long – partly correct."}},
            Rule.CLAIM_REVIEWED,
            CARRIES,
        ),
        ({"claim": {"statement_en": "It is long (disputed)"}}, Rule.CLAIM_REVIEWED, CARRIES),
    ],
)
def test_what_blocks_is_said(check: Check, imprint: Imprint, changed: dict[str, Any], rule: Rule, words: str) -> None:
    facts = check(**changed)
    found = errors(facts, imprint)
    assert set(found) == {rule}
    assert found[rule].startswith(words)
    assert state_of(facts, imprint) is not State.SHOWN
    with speaking("he"):
        assert errors(facts, imprint)[rule] != found[rule]


@pytest.mark.parametrize(
    ("changed", "rule", "words"),
    [
        ({"needs_look": True}, Rule.LOOK, "Something it rests on"),
        ({"verdict": {"override_why": "An editor let it stand."}}, Rule.OVERRIDE, "It was decided against"),
        (
            {"claim": {"evidence": (replace(EVIDENCE, address=None),)}},
            Rule.SOURCES,
            "None of its sources",
        ),
        ({"verdict": {"rationale_he": None}, "claim": {"statement_en": None}}, Rule.LANGUAGE, "The claim and its rati"),
        ({"claim": {"statement_en": "a" * 75}}, Rule.CLAIM_REVIEWED, "The claim has 75 characters; fewer than 75"),
        (
            {"claim": {"statement_en": "He says it is correct."}},
            Rule.CLAIM_REVIEWED,
            "The words of a rating, “Correct”",
        ),
        ({"same_as": None}, Rule.CLAIMANT, "No page tells who the claimant is"),
        ({"said_on": None}, Rule.DATE, "The day on which the claim was said is not noted."),
        ({"said_on": "2026-H1"}, Rule.DATE, "The day on which the claim was said is not noted."),
    ],
)
def test_what_would_be_better_blocks_nothing(
    check: Check, imprint: Imprint, changed: dict[str, Any], rule: Rule, words: str
) -> None:
    facts = check(**changed)
    found = advice(facts, imprint)
    assert set(found) == {rule}
    assert found[rule].startswith(words)
    assert state_of(facts, imprint) is State.SHOWN


def test_a_rating_inside_a_longer_word_is_none(check: Check, imprint: Imprint) -> None:
    assert advice(check(claim={"statement_en": "Incorrectly built.", "statement_he": "התכונה לא נמדדה"}), imprint) == {}


def test_what_cannot_be_verified_may_lack_evidence(check: Check, imprint: Imprint) -> None:
    facts = check(claim={"evidence": (), "status": Status.UNVERIFIABLE}, verdict={"finding": Finding.UNVERIFIABLE})
    assert errors(facts, imprint) == {}
    assert set(advice(facts, imprint)) == {Rule.SOURCES}


def test_the_article_s_link_stands_in_for_an_appearance_only_where_it_was_read(check: Check, imprint: Imprint) -> None:
    bare = {"first_appearance": None, "appearances": ()}
    assert check(**bare).works == ("https://minister.example/cited",)
    assert find_problems(check(**bare), imprint) == []
    unread = check(claim={"cited_basis": CitedBasis.ADDRESS}, **bare)
    assert unread.works == ()
    assert set(advice(unread, imprint)) == {Rule.APPEARANCE}


def test_a_changed_verdict_is_held_back_until_readers_are_told(check: Check, imprint: Imprint) -> None:
    assert CHECK.review is not None
    later = MOMENT + timedelta(minutes=1)
    ended = replace(CHECK.review, is_current=False, ended_at=later)
    facts = check(review=ended)
    assert errors(facts, imprint).keys() == {Rule.CORRECTION}
    told = check(review=replace(ended, corrections=(replace(ended.corrections[0], corrected_at=later),)))
    assert errors(told, imprint) == {}
    assert state_of(told, imprint) is State.REDONE  # until an editor publishes the new verdict


def test_an_undecided_claim_of_nobody_is_told_what_matters_and_no_echo(check: Check, imprint: Imprint) -> None:
    facts = replace(
        check(claim={"claimant": None, "status": Status.UNCHECKED}, same_as=None, said_on=None, claimant_kind=None),
        review=None,
    )
    facts = replace(facts, claim=replace(facts.claim, verdict=None))
    assert [one.rule for one in find_problems(facts, imprint)] == [Rule.DECIDED, Rule.ORIGIN]


def test_a_desk_that_lacks_an_address_or_a_name_says_so(imprint: Imprint) -> None:
    bare = replace(imprint, address="", name_he="", name_en="")
    assert [str(one).rsplit(" ", 1)[1] for one in list_refusals(bare)] == ["CLAIMS_PUBLIC_ADDRESS.", "CLAIMS_NAME_EN."]
    assert list_refusals(imprint) == list_refusals(replace(imprint, name_en="")) == []


def markup(imprint: Imprint, **changed: Any) -> list[str]:
    review: dict[str, Any] = {**write_review(CHECK, imprint, "en"), **changed}
    return [str(one) for one in check_markup({k: v for k, v in review.items() if v is not None}, site=imprint.host)]


RATING = {"@type": "Rating", "ratingValue": 3, "bestRating": 5, "worstRating": 1, "alternateName": "Partly"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"url": "https://sub.checks.example.org/17"}, []),
        ({"url": None}, ["The review has no address of its page."]),
        ({"url": "javascript:alert(1)"}, ["The review has no address of its page."]),
        ({"url": "https://other.example/17"}, ["The address of its page is not at checks.example.org."]),
        ({"url": "https://notchecks.example.org/17"}, ["The address of its page is not at checks.example.org."]),
        ({"claimReviewed": " "}, ["The review does not say which claim it is of."]),
        ({"reviewRating": None}, ["The review has no rating in words."]),
        ({"reviewRating": {**RATING, "alternateName": ""}}, ["The review has no rating in words."]),
        ({"reviewRating": {"alternateName": "Unverifiable"}}, []),
        (
            {"reviewRating": {**RATING, "ratingValue": 6}},
            [BETWEEN],
        ),
        (
            {"reviewRating": {**RATING, "ratingValue": "3"}},
            [NUMBERS],
        ),
        (
            {"reviewRating": {**RATING, "bestRating": None}},
            [NUMBERS],
        ),
        ({"reviewRating": {**RATING, "worstRating": 5}}, ["The worst rating has to be less than the best."]),
        ({"reviewRating": {**RATING, "worstRating": 0}}, ["The worst rating has to be 1 or more."]),
        ({"reviewRating": {**RATING, "ratingValue": 2.5}}, ["The rating's number is not whole."]),
        ({"author": {"@type": "Organization"}}, ["The review does not name who publishes it."]),
        ({"author": {"url": "https://checks.example.org"}}, []),
        ({"datePublished": "20204-08-02"}, ["datePublished is not a date."]),
        ({"itemReviewed": None}, ["The review does not say who made the claim."]),
        (
            {"itemReviewed": {"author": {"@type": "Person"}, "appearance": [1], "datePublished": "yesterday"}},
            ["Whoever made the claim has to have a name.", "itemReviewed.datePublished is not a date."],
        ),
    ],
)
def test_the_table_of_google_is_kept(imprint: Imprint, changed: dict[str, Any], said: list[str]) -> None:
    assert markup(imprint, **changed) == said


def test_nothing_is_publishable_that_has_an_error(check: Check, imprint: Imprint) -> None:
    assert is_publishable(find_problems(check(same_as=None), imprint))
    assert not is_publishable(find_problems(check(claimant_kind=None), imprint))
