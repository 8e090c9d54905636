"""Which passages have their answer, and how an answer is given, taken back and carried over."""

import pytest
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.articles.queries import find_version
from claims_app.claims.withdrawing import withdraw_claim
from claims_app.coverage.queries import Answer, Covered, count_answers, list_coverage
from claims_app.coverage.service import reopen_passage, waive_passage
from claims_app.errors import DomainError, Duplicate, NotAllowed
from claims_app.people.model import Role
from tests.factories import Factory

TEXT = (
    "The harbour moved 1.58 million tonnes in 2024. Trade rose by 32 percent and 15 ships sank.\n\n"
    'The mayor said: "We paid 40 percent of the price." What a day!'
)


@pytest.fixture
def article(make: Factory) -> Article:
    return make.article(text=TEXT, language="en")


def covered(session: Session, article: Article, words: str) -> Covered:
    version = find_version(session, article.id)
    place = (version.text or "").index(words)
    return next(one for one in list_coverage(session, version.id) if one.passage.begins <= place < one.passage.ends)


def test_a_text_begins_open(session: Session, article: Article) -> None:
    counts = count_answers(list_coverage(session, find_version(session, article.id).id))
    assert counts[Answer.OPEN] == 3
    assert counts[Answer.CLAIMED] == counts[Answer.WAIVED] == 0


def test_an_exclamation_asks_for_nothing(session: Session, article: Article) -> None:
    with pytest.raises(StopIteration):
        covered(session, article, "What a day")


def test_a_claim_on_the_whole_sentence_answers_for_it(session: Session, make: Factory, article: Article) -> None:
    make.place(make.claim(article), "The harbour moved 1.58 million tonnes in 2024")
    assert covered(session, article, "harbour").answer is Answer.CLAIMED


def test_a_figure_that_no_claim_holds_keeps_its_sentence_open(
    session: Session, make: Factory, article: Article
) -> None:
    make.place(make.claim(article), "Trade rose by 32 percent")
    found = covered(session, article, "Trade")
    assert found.answer is Answer.OPEN
    assert any("15" in TEXT[begins:ends] for begins, ends, _reason in found.gaps)
    make.place(make.claim(article), "15 ships sank")
    assert covered(session, article, "Trade").answer is Answer.CLAIMED


def test_a_withdrawn_claim_answers_for_nothing(session: Session, make: Factory, article: Article) -> None:
    claim = make.claim(article)
    make.place(claim, "The harbour moved 1.58 million tonnes in 2024")
    withdraw_claim(session, actor=make.person(), claim_id=claim.id, why="Twice.")
    assert covered(session, article, "harbour").answer is Answer.OPEN


def test_one_word_of_a_sentence_does_not_answer_for_its_figure(
    session: Session, make: Factory, article: Article
) -> None:
    make.place(make.claim(article), "million")
    assert covered(session, article, "harbour").answer is Answer.OPEN


class TestWaiving:
    def test_says_why_and_by_whom(self, session: Session, make: Factory, article: Article) -> None:
        person = make.person(name="Dana Levi")
        make.waiver(article, "harbour", why="  Common knowledge. ", actor=person)
        found = covered(session, article, "harbour")
        assert found.answer is Answer.WAIVED
        assert found.waiver is not None
        assert (found.waiver.why, found.waiver.person.name) == ("Common knowledge.", "Dana Levi")

    def test_needs_its_reason(self, make: Factory, article: Article) -> None:
        with pytest.raises(DomainError) as refusal:
            make.waiver(article, "harbour", why=" ")
        assert refusal.value.field == "why"

    def test_is_no_readers(self, make: Factory, article: Article) -> None:
        with pytest.raises(NotAllowed):
            make.waiver(article, "harbour", actor=make.person(role=Role.READER))

    def test_once_is_enough(self, make: Factory, article: Article) -> None:
        make.waiver(article, "harbour")
        with pytest.raises(Duplicate):
            make.waiver(article, "harbour")

    def test_is_taken_back(self, session: Session, make: Factory, article: Article) -> None:
        waiver = make.waiver(article, "harbour")
        reopen_passage(session, actor=make.person(), passage_id=waiver.passage_id)
        assert covered(session, article, "harbour").answer is Answer.OPEN
        with pytest.raises(DomainError):
            reopen_passage(session, actor=make.person(), passage_id=waiver.passage_id)

    def test_is_for_the_newest_version(self, session: Session, make: Factory, article: Article) -> None:
        passage = make.passage(article, "harbour")
        make.revision(article, TEXT + " The end.")
        with pytest.raises(DomainError, match="newer version"):
            waive_passage(session, actor=make.person(), passage_id=passage.id, why="Old.")


class TestANewVersion:
    def test_keeps_the_waiver_of_the_same_words(self, session: Session, make: Factory, article: Article) -> None:
        old = make.waiver(article, "harbour")
        make.revision(article, "A first line.\n\n" + TEXT)
        found = covered(session, article, "harbour")
        assert found.answer is Answer.WAIVED
        assert found.waiver is not None
        assert (found.waiver.previous_id, found.waiver.why, found.waiver.created_at) == (
            old.id,
            old.why,
            old.created_at,
        )

    def test_opens_a_waived_passage_whose_words_changed(
        self, session: Session, make: Factory, article: Article
    ) -> None:
        make.waiver(article, "harbour")
        make.revision(article, TEXT.replace("1.58", "1.59"))
        assert covered(session, article, "harbour").answer is Answer.OPEN
