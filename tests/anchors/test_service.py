"""Placing claims in the text, and carrying them to a new version."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor, Outcome
from claims_app.anchors.queries import list_claim_anchors, propose_places
from claims_app.anchors.service import (
    Fate,
    current_version,
    find_quote,
    open_claim_at,
    place_claim,
    remove_place,
)
from claims_app.articles.model import Article
from claims_app.articles.queries import find_version
from claims_app.claims.model import Claim, Place, Status
from claims_app.claims.withdrawing import restore_claim, withdraw_claim
from claims_app.errors import DomainError, Duplicate, NotAllowed, NotFound
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Role
from tests.factories import Factory

TEXT = (
    "The harbour moved 1.58 million tonnes in 2024. Trade rose by 32 percent. The port was sold.\n\n"
    "Dana Levi said that the port was sold. Nobody paid 40% of the price 😀. The port was sold in March 2023."
)


@pytest.fixture
def article(make: Factory) -> Article:
    return make.article(text=TEXT, language="en")


def placed(make: Factory, article: Article, words: str, *, is_decided: bool = False) -> Claim:
    claim = make.claim(article, statement_en=words)
    make.place(claim, words)
    if is_decided:
        make.verdict(claim)
    return claim


def fates(make: Factory, article: Article, text: str) -> dict[int, Fate]:
    return {one.claim.id: one.fate for one in make.revision(article, text).carried}


class TestPlacing:
    def test_an_anchor_has_the_words_and_what_stands_around_them(
        self, session: Session, make: Factory, article: Article
    ) -> None:
        claim = placed(make, article, "Trade rose by 32 percent")
        anchor = session.scalars(select(Anchor)).one()
        assert anchor.quote == "Trade rose by 32 percent" == TEXT[anchor.begins : anchor.ends]
        assert TEXT[: anchor.begins].endswith(anchor.prefix)
        assert TEXT[anchor.ends :].startswith(anchor.suffix)
        assert (anchor.outcome, anchor.previous_id) == (Outcome.PLACED, None)
        assert (claim.place, claim.paragraph) == (Place.PLACED, 1)

    def test_places_are_code_points(self, session: Session, make: Factory, article: Article) -> None:
        placed(make, article, "sold in March 2023")
        anchor = session.scalars(select(Anchor)).one()
        assert TEXT[anchor.begins : anchor.ends] == "sold in March 2023"
        assert anchor.begins == TEXT.index("sold in March 2023")

    def test_blanks_around_the_words_are_left_out(self, session: Session, make: Factory, article: Article) -> None:
        claim = make.claim(article)
        begins = TEXT.index(" Trade")
        anchor = place_claim(session, actor=make.person(), claim_id=claim.id, begins=begins, ends=begins + 7)
        assert anchor.quote == "Trade"

    @pytest.mark.parametrize(("begins", "ends"), [(-1, 4), (5, 5), (6, 5), (0, 10_000), (46, 47)])
    def test_marks_without_words_are_refused(
        self, session: Session, make: Factory, article: Article, begins: int, ends: int
    ) -> None:
        claim = make.claim(article)
        with pytest.raises(DomainError) as refusal:
            place_claim(session, actor=make.person(), claim_id=claim.id, begins=begins, ends=ends)
        assert refusal.value.field == "words"

    def test_the_same_place_twice_is_refused(self, make: Factory, article: Article) -> None:
        claim = placed(make, article, "Trade rose")
        with pytest.raises(Duplicate):
            make.place(claim, "Trade rose")

    def test_a_claim_may_stand_at_several_places(self, session: Session, make: Factory, article: Article) -> None:
        claim = make.claim(article)
        for occurrence in (1, 2):
            make.place(claim, "The port was sold", occurrence=occurrence)
        assert len(list_claim_anchors(session, claim.id, find_version(session, article.id).id)) == 2

    def test_a_reader_marks_nothing(self, session: Session, make: Factory, article: Article) -> None:
        claim = make.claim(article)
        with pytest.raises(NotAllowed):
            place_claim(session, actor=make.person(role=Role.READER), claim_id=claim.id, begins=0, ends=3)

    def test_marks_are_made_in_the_newest_version_only(self, session: Session, make: Factory, article: Article) -> None:
        claim, old = make.claim(article), find_version(session, article.id)
        make.revision(article, TEXT + " The end.")
        with pytest.raises(DomainError, match="newer version"):
            place_claim(session, actor=make.person(), claim_id=claim.id, begins=0, ends=3, version_id=old.id)

    def test_a_version_without_words_has_no_places(self, session: Session, make: Factory) -> None:
        bare = make.article()
        with pytest.raises(DomainError, match="does not have the words"):
            current_version(session, bare.id)

    def test_removing_the_only_place_leaves_the_claim_lost(
        self, session: Session, make: Factory, article: Article
    ) -> None:
        claim = placed(make, article, "Trade rose", is_decided=True)
        anchor = session.scalars(select(Anchor)).one()
        remove_place(session, actor=make.person(), anchor_id=anchor.id)
        assert claim.place is Place.LOST
        with pytest.raises(DomainError):
            remove_place(session, actor=make.person(), anchor_id=anchor.id)

    def test_removing_and_placing_elsewhere_is_no_way_round_being_stale(
        self, session: Session, make: Factory, article: Article
    ) -> None:
        claim = placed(make, article, "Trade rose by 32 percent", is_decided=True)
        anchor = session.scalars(select(Anchor)).one()
        remove_place(session, actor=make.person(), anchor_id=anchor.id)
        make.place(claim, "Nobody paid 40%")
        assert claim.is_stale

    def test_another_place_with_other_words_makes_a_verdict_stale(self, make: Factory, article: Article) -> None:
        claim = placed(make, article, "The port was sold in March 2023", is_decided=True)
        make.place(claim, "The port was sold", occurrence=1)
        assert claim.is_stale

    def test_another_place_with_the_same_words_does_not(self, make: Factory, article: Article) -> None:
        claim = make.claim(article)
        make.place(claim, "port was sold", occurrence=1)
        make.verdict(claim)
        make.place(claim, "port was sold", occurrence=2)
        assert not claim.is_stale

    def test_the_first_place_of_a_decided_claim_is_what_its_verdict_stands_on(
        self, make: Factory, article: Article
    ) -> None:
        claim = make.claim(article)
        make.verdict(claim)
        make.place(claim, "Trade rose")
        assert (claim.settled_words, claim.is_stale) == ("Trade rose", False)


class TestOpeningAClaimOnWords:
    def test_it_stands_behind_the_claim_before_it(self, session: Session, make: Factory, article: Article) -> None:
        first = make.claim(article, section="Opening")
        make.place(first, "1.58 million tonnes")
        last = make.claim(article, section="Ending")
        make.place(last, "March 2023")
        span = find_quote(find_version(session, article.id), "32 percent")
        between = open_claim_at(
            session,
            actor=make.person(),
            article_id=article.id,
            begins=span.start,
            ends=span.end,
            statement_en="Trade rose by 32 percent.",
        )
        assert first.position < between.position < last.position
        assert (between.section, between.paragraph, between.place) == ("Opening", 1, Place.PLACED)

    def test_many_between_two_keep_their_order(self, session: Session, make: Factory, article: Article) -> None:
        for words in ("1.58", "March"):
            placed(make, article, words)
        version = find_version(session, article.id)
        for words in ("million tonnes", "Trade rose", "by 32 percent", "Dana Levi"):
            span = find_quote(version, words)
            open_claim_at(
                session,
                actor=None,
                article_id=article.id,
                begins=span.start,
                ends=span.end,
                statement_en=words,
            )
        ordered = session.scalars(select(Claim.statement_en).order_by(Claim.position, Claim.id)).all()
        assert ordered == ["1.58", "million tonnes", "Trade rose", "by 32 percent", "Dana Levi", "March"]


class TestFindingAQuote:
    def test_words_that_are_not_there_are_refused(self, session: Session, article: Article) -> None:
        with pytest.raises(NotFound):
            find_quote(find_version(session, article.id), "Trade fell")

    def test_words_that_stand_there_twice_are_refused_with_the_places(self, session: Session, article: Article) -> None:
        with pytest.raises(DomainError) as refusal:
            find_quote(find_version(session, article.id), "port was sold")
        first = TEXT.index("port was sold")
        assert f"{first}-{first + 13}" in str(refusal.value)
        assert refusal.value.values["times"] == 3

    @pytest.mark.parametrize("occurrence", [1, 2, 3])
    def test_one_of_them_is_found_where_it_is_named(self, session: Session, article: Article, occurrence: int) -> None:
        span = find_quote(find_version(session, article.id), "port was sold", occurrence=occurrence)
        assert TEXT[: span.start].count("port was sold") == occurrence - 1

    def test_there_is_no_fourth(self, session: Session, article: Article) -> None:
        with pytest.raises(DomainError):
            find_quote(find_version(session, article.id), "port was sold", occurrence=4)

    def test_a_part_of_a_word_is_found_where_no_whole_word_is(self, session: Session, article: Article) -> None:
        span = find_quote(find_version(session, article.id), "rade ros")
        assert TEXT[span.start : span.end] == "rade ros"

    @pytest.mark.parametrize("words", ["", "  ", None])
    def test_nothing_is_nowhere(self, session: Session, article: Article, words: str | None) -> None:
        with pytest.raises(NotFound):
            find_quote(find_version(session, article.id), words)


class TestCarryingToANewVersion:
    def test_the_same_words_further_down_are_unchanged(self, session: Session, make: Factory, article: Article) -> None:
        claim = placed(make, article, "Trade rose by 32 percent", is_decided=True)
        assert fates(make, article, "A new first paragraph.\n\n" + TEXT) == {claim.id: Fate.UNCHANGED}
        assert (claim.place, claim.is_stale, claim.status) == (Place.PLACED, False, Status.VERIFIED)
        version = find_version(session, article.id)
        (anchor,) = list_claim_anchors(session, claim.id, version.id)
        assert (version.text or "")[anchor.begins : anchor.ends] == "Trade rose by 32 percent"
        assert anchor.previous_id is not None

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("32 percent", "33 percent"),
            ("Trade rose", "Trade fell"),
            ("Trade rose by", "Trade rose, by"),
            ("Trade rose", "Trade never rose"),
            ("Trade rose", "trade rose"),
        ],
    )
    def test_a_changed_word_makes_the_verdict_stale(self, make: Factory, article: Article, old: str, new: str) -> None:
        claim = placed(make, article, "Trade rose by 32 percent", is_decided=True)
        assert fates(make, article, TEXT.replace(old, new)) == {claim.id: Fate.CHANGED}
        assert claim.is_stale
        assert claim.settled_words == "Trade rose by 32 percent"

    def test_a_moved_sentence_keeps_its_verdict(self, make: Factory, article: Article) -> None:
        claim = placed(make, article, "Trade rose by 32 percent", is_decided=True)
        moved = TEXT.replace(" Trade rose by 32 percent.", "") + " Trade rose by 32 percent."
        assert fates(make, article, moved) == {claim.id: Fate.MOVED}
        assert not claim.is_stale

    def test_a_deleted_sentence_loses_its_claim(self, session: Session, make: Factory, article: Article) -> None:
        claim = placed(make, article, "Trade rose by 32 percent", is_decided=True)
        assert fates(make, article, TEXT.replace(" Trade rose by 32 percent.", "")) == {claim.id: Fate.LOST}
        assert (claim.place, claim.is_stale) == (Place.LOST, False)
        (proposal,) = propose_places(session, find_version(session, article.id), language="en")
        assert proposal.words == "Trade rose by 32 percent"

    def test_a_lost_claim_is_found_again_in_a_later_version(self, make: Factory, article: Article) -> None:
        claim = placed(make, article, "Trade rose by 32 percent", is_decided=True)
        make.revision(article, TEXT.replace(" Trade rose by 32 percent.", ""))
        assert fates(make, article, TEXT + " The end.") == {claim.id: Fate.UNCHANGED}
        assert (claim.place, claim.is_stale) == (Place.PLACED, False)

    def test_going_back_to_the_old_words_does_not_clear_a_stale_verdict(self, make: Factory, article: Article) -> None:
        claim = placed(make, article, "Trade rose by 32 percent", is_decided=True)
        make.revision(article, TEXT.replace("32", "33"))
        make.revision(article, TEXT)
        assert claim.is_stale

    def test_an_undecided_claim_cannot_be_stale(self, make: Factory, article: Article) -> None:
        claim = placed(make, article, "Trade rose by 32 percent")
        assert fates(make, article, TEXT.replace("32", "33")) == {claim.id: Fate.CHANGED}
        assert not claim.is_stale

    def test_of_two_places_one_may_go(self, session: Session, make: Factory, article: Article) -> None:
        claim = make.claim(article)
        make.place(claim, "port was sold", occurrence=1)
        make.place(claim, "port was sold", occurrence=2)
        make.verdict(claim)
        assert fates(make, article, TEXT.replace(" The port was sold.\n", "\n")) == {claim.id: Fate.UNCHANGED}
        assert len(list_claim_anchors(session, claim.id, find_version(session, article.id).id)) == 1

    def test_a_withdrawn_claim_finds_its_place_when_it_comes_back(
        self, session: Session, make: Factory, article: Article
    ) -> None:
        claim = placed(make, article, "Trade rose by 32 percent")
        withdraw_claim(session, actor=make.person(), claim_id=claim.id, why="Twice.")
        assert fates(make, article, "First.\n\n" + TEXT) == {}
        restore_claim(session, actor=make.person(), claim_id=claim.id)
        assert len(list_claim_anchors(session, claim.id, find_version(session, article.id).id)) == 1

    def test_a_claim_without_a_place_is_left_alone(self, make: Factory, article: Article) -> None:
        claim = make.claim(article)
        assert fates(make, article, TEXT + " The end.") == {}
        assert claim.place is Place.NONE

    def test_the_history_says_what_changed(self, session: Session, make: Factory, article: Article) -> None:
        claim = placed(make, article, "Trade rose by 32 percent", is_decided=True)
        make.revision(article, TEXT.replace("32", "33"))
        entry = session.scalars(
            select(HistoryEntry).where(HistoryEntry.claim_id == claim.id).order_by(HistoryEntry.id.desc()).limit(1)
        ).one()
        assert entry.action == "carried"
        assert entry.changes["words"] == ["Trade rose by 32 percent", "Trade rose by 33 percent"]
        assert entry.changes["is_stale"] == [False, True]

    def test_old_versions_keep_their_places(self, session: Session, make: Factory, article: Article) -> None:
        claim = placed(make, article, "Trade rose by 32 percent")
        old = find_version(session, article.id)
        make.revision(article, TEXT.replace("32", "33"))
        assert quotes(list_claim_anchors(session, claim.id, old.id)) == ["Trade rose by 32 percent"]


def quotes(anchors: Sequence[Anchor]) -> list[str]:
    return [anchor.quote for anchor in anchors]


def test_proposals_offer_the_likeliest_passage_for_a_claim_never_placed(
    session: Session, make: Factory, article: Article
) -> None:
    make.claim(article, statement_en="The harbour moved 1.58 million tonnes.")
    (proposal,) = propose_places(session, find_version(session, article.id), language="en")
    best = proposal.candidates[0].span
    assert "1.58 million tonnes" in TEXT[best.start : best.end]


class TestSeveralPlaces:
    def test_other_words_of_a_claim_that_go_change_it(self, make: Factory, article: Article) -> None:
        claim = make.claim(article)
        make.place(claim, "Trade rose by 32 percent")
        make.place(claim, "The port was sold in March 2023")
        make.verdict(claim)
        assert fates(make, article, TEXT.replace(" The port was sold in March 2023.", "")) == {claim.id: Fate.CHANGED}
        assert claim.is_stale

    def test_a_mark_that_a_person_removed_does_not_come_back_by_itself(
        self, session: Session, make: Factory, article: Article
    ) -> None:
        claim = placed(make, article, "Trade rose by 32 percent", is_decided=True)
        make.revision(article, "First.\n\n" + TEXT)
        (anchor,) = list_claim_anchors(session, claim.id, find_version(session, article.id).id)
        remove_place(session, actor=make.person(), anchor_id=anchor.id)
        assert fates(make, article, "Second.\n\n" + TEXT) == {}
        assert claim.place is Place.LOST
        (proposal,) = propose_places(session, find_version(session, article.id), language="en")
        assert proposal.words == "Trade rose by 32 percent"
