"""How far an article is answered for, as its report tells it."""

from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.claims.withdrawing import withdraw_article
from claims_app.coverage.queries import Answer
from claims_app.people.model import Person, Role
from claims_app.reports.standing import State
from claims_app.signoff.model import Side
from claims_app.signoff.service import withdraw_sign_off
from tests.factories import Factory
from tests.reports.conftest import FIRST, Gather


def lawyer(make: Factory, session: Session) -> Person:
    person = make.person(name="Dana Gal")
    person.signs_legal = True
    session.commit()
    return person


class TestCoverage:
    def test_every_checkable_passage_has_its_answer(self, marked: Article, gather: Gather) -> None:
        report = gather(marked)
        assert report.answers == {Answer.CLAIMED: 2, Answer.WAIVED: 1, Answer.OPEN: 1}
        (open_passage,) = report.open_passages
        assert (open_passage.quote, open_passage.paragraph) == ("The bridge carries 9,000 cars a day.", 4)
        assert open_passage.reasons == ("figure",)
        (waived,) = report.waived_passages
        assert (waived.why, waived.waived_by) == ("Known from the court's file.", "Regular checker")
        for passage in report.passages:
            assert (report.article.text or "")[passage.start : passage.end] == passage.quote

    def test_without_its_text_nothing_is_known(self, make: Factory, gather: Gather) -> None:
        assert gather(make.article()).passages == ()

    def test_a_withdrawn_article_is_covered_as_it_was(
        self, marked: Article, gather: Gather, make: Factory, session: Session
    ) -> None:
        before = gather(marked)
        withdraw_article(session, actor=make.regular(Role.EDITOR), article_id=marked.id, why="Not printed.")
        after = gather(marked)
        assert (after.passages, after.claims) == (before.passages, before.claims)


class TestSignOff:
    def test_an_article_that_nobody_signed_is_not_signed_off(self, marked: Article, gather: Gather) -> None:
        report = gather(marked)
        assert (report.sign_offs, report.is_signed_off) == ((), False)
        assert report.signatures == {Side.EDITOR: None}

    def test_one_that_holds_names_who_and_which_version(self, make: Factory, gather: Gather, session: Session) -> None:
        article = make.article(text=FIRST.splitlines()[0])
        signed = make.sign_off(article, actor=make.person(name="Noa Barak", role=Role.EDITOR))
        report = gather(article)
        (shown,) = report.sign_offs
        assert (shown.state, shown.side, shown.version, shown.signed_by) == (State.HOLDS, "editor", 1, "Noa Barak")
        assert (shown.digest, shown.override_why, shown.open_items) == (signed.digest, None, ())
        assert report.is_signed_off

    def test_a_later_change_reopens_it_and_says_what_changed(
        self, marked: Article, make: Factory, gather: Gather
    ) -> None:
        make.sign_off(marked, override_why="To print at eight.")
        assert gather(marked).is_signed_off
        make.revision(marked, FIRST)
        report = gather(marked)
        (shown,) = report.sign_offs
        assert (shown.state, shown.version, report.is_signed_off) == (State.REOPENED, 2, False)
        assert [str(one.message) % one.values for one in shown.changes] == [
            "Version 2 was signed; the text is now version 3."
        ]

    def test_an_override_keeps_its_reason_and_what_was_open(
        self, marked: Article, make: Factory, gather: Gather
    ) -> None:
        make.sign_off(marked, override_why="To print at eight.")
        (shown,) = gather(marked).sign_offs
        assert shown.override_why == "To print at eight."
        assert [(item.what.value, item.number) for item in shown.open_items] == [
            ("passages", 1),
            ("stale", 1),
            ("lost", 1),
        ]

    def test_a_withdrawn_one_says_who_took_it_back_and_why(
        self, marked: Article, make: Factory, gather: Gather, session: Session
    ) -> None:
        signed = make.sign_off(marked, override_why="To print at eight.")
        withdraw_sign_off(session, actor=make.regular(Role.EDITOR), sign_off_id=signed.id, why="Too early.")
        session.commit()
        report = gather(marked)
        (shown,) = report.sign_offs
        assert (shown.state, shown.withdrawn_by, shown.withdrawn_why) == (
            State.WITHDRAWN,
            "Regular editor",
            "Too early.",
        )
        assert not report.is_signed_off

    def test_earlier_ones_follow_the_last_of_each_side(self, marked: Article, make: Factory, gather: Gather) -> None:
        make.sign_off(marked, override_why="First.")
        make.revision(marked, FIRST)
        make.sign_off(marked, override_why="Second.")
        report = gather(marked)
        assert [(one.override_why, one.state) for one in report.sign_offs] == [
            ("Second.", State.HOLDS),
            ("First.", State.EARLIER),
        ]
        signed = report.signatures[Side.EDITOR]
        assert signed is not None
        assert signed.override_why == "Second."

    def test_where_legal_is_asked_both_have_to_sign(self, make: Factory, gather: Gather, session: Session) -> None:
        article = make.article(text="הגשר", asks_legal=True)
        make.sign_off(article)
        report = gather(article)
        assert report.signatures[Side.LEGAL] is None
        assert not report.is_signed_off
        make.sign_off(article, actor=lawyer(make, session), side=Side.LEGAL)
        report = gather(article)
        assert [one.side for one in report.sign_offs] == [Side.EDITOR, Side.LEGAL]
        assert report.is_signed_off
