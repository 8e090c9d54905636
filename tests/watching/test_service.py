"""What is watched and when, and which claims a page that changed has looked at again: its own, and no others."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy.orm import Session

from claims_app.articles.model import SecondCheck
from claims_app.captures.model import Capture, Trigger
from claims_app.captures.queries import find_open
from claims_app.captures.reading import read_upload
from claims_app.captures.service import Kept, finish_kept, keep_upload
from claims_app.claims.figure import FigureValue
from claims_app.claims.model import Claim, Status
from claims_app.claims.service import assign_claims
from claims_app.claims.withdrawing import restore_claim, withdraw_claim
from claims_app.errors import DomainError, NotAllowed, NotFound
from claims_app.evidence.model import Rank
from claims_app.evidence.service import withdraw_evidence, withdraw_source
from claims_app.fetching import Fault, FetchFailed
from claims_app.files import Files
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.history.service import verify_history
from claims_app.looks.model import Look
from claims_app.looks.queries import list_looks, list_looks_for
from claims_app.looks.service import settle_look
from claims_app.people.model import Role
from claims_app.search.queries import count_attention
from claims_app.sources.model import Source
from claims_app.verdicts.service import reopen_claim
from claims_app.watching import comparing
from claims_app.watching.comparing import Comparison
from claims_app.watching.model import Health, Watch
from claims_app.watching.queries import find_watch, list_watches
from claims_app.watching.service import (
    compare_ahead,
    judge_capture,
    raise_rechecks,
    request_due,
    set_recheck,
    unwatch_source,
    watch_article,
    watch_source,
)
from tests.factories import Factory
from tests.watching.conftest import Site, page

TEXTS = {
    "en": (
        "The new bridge over the river was opened in the spring of 1998.",
        "The engineer said that “the old pillars still carry the weight”.",
        "The works cost 37,500,000 dollars, paid by the state.",
        "Nobody was hurt while it was built.",
    ),
    "he": (
        "הגשר החדש מעל הנחל נחנך באביב 1998, אחרי שלוש שנות עבודה.",
        "המהנדסת אמרה כי “העמודים הישנים נושאים עדיין את המשקל”.",
        "העבודות עלו 37,500,000 דולר, על חשבון המדינה.",
        "איש לא נפגע בזמן הבנייה.",
    ),
}


@pytest.fixture(params=["en", "he"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Rested:
    """One watched source under three decided claims: two rest on a passage of it, one on a figure."""

    def __init__(self, session: Session, make: Factory, site: Site, language: str) -> None:
        self.session, self.site, self.language = session, site, language
        self.words = TEXTS[language]
        self.source: Source = make.source()
        self.first = self.claim(make, passage=self.words[0])
        self.second = self.claim(make, passage=self.words[1].replace("“", '"').replace("”", '"'))
        self.third = self.claim(make, figure=FigureValue(37_500_000, 37_500_000, "USD"))
        watch_source(session, actor=make.regular(Role.CHECKER), source_id=self.source.id, every_days=7)
        session.commit()

    def claim(self, make: Factory, *, decided: bool = True, **proof: object) -> Claim:
        claim = make.claim()
        make.evidence(claim, source=self.source, **proof)  # type: ignore[arg-type]
        if decided:
            make.verdict(claim)
        return claim

    def answer(self, *words: str, at: str | None = None, menu: str = "Home") -> Capture:
        """Let the next check find these paragraphs, all of them if none are given."""
        return self.site.answer(self.source, page(*(words or self.words), menu=menu, language=self.language), at=at)

    @property
    def watch(self) -> Watch:
        watch = find_watch(self.session, self.source.id)
        assert watch is not None
        return watch


@pytest.fixture
def rested(session: Session, make: Factory, site: Site, language: str) -> Rested:
    return Rested(session, make, site, language)


class TestWhatAPageRaises:
    def test_the_first_copy_raises_nothing(self, rested: Rested) -> None:
        copy = rested.answer()
        assert rested.site.looks() == []
        assert (rested.watch.base_id, rested.watch.health) == (copy.id, Health.SAME)

    def test_a_page_that_loses_a_passage_raises_the_claim_of_that_passage_alone(self, rested: Rested) -> None:
        first = rested.answer()
        second = rested.answer(*rested.words[1:])
        assert rested.site.looks() == [(rested.first.id, "passage_gone", True)]
        (look,) = list_looks(rested.session, rested.first.id)
        assert (look.before_id, look.capture_id, look.source_id) == (first.id, second.id, rested.source.id)
        assert rested.first.needs_look
        assert not rested.second.needs_look
        assert not rested.third.needs_look
        assert rested.watch.health is Health.CHANGED

    def test_a_passage_that_is_reworded_is_gone(self, rested: Rested) -> None:
        rested.answer()
        changed = {"en": rested.words[1].replace("still", "no longer"), "he": rested.words[1].replace("עדיין", "בקושי")}
        rested.answer(rested.words[0], changed[rested.language], *rested.words[2:])
        assert rested.site.looks() == [(rested.second.id, "passage_gone", True)]

    def test_a_figure_that_changes_raises_the_claim_of_that_figure_alone(self, rested: Rested) -> None:
        rested.answer()
        rested.answer(*rested.words[:2], rested.words[2].replace("37,500,000", "38,900,000"), rested.words[3])
        assert rested.site.looks() == [(rested.third.id, "changed", True)]

    def test_another_way_of_writing_the_figure_raises_nothing(self, rested: Rested) -> None:
        rested.answer()
        other = {"en": "37.5 million", "he": "37.5 מיליון"}[rested.language]
        rested.answer(*rested.words[:2], rested.words[2].replace("37,500,000", other), rested.words[3])
        assert rested.site.looks() == []

    def test_what_nobody_quoted_raises_nothing(self, rested: Rested) -> None:
        rested.answer()
        rested.answer(*rested.words[:3])
        assert rested.site.looks() == []
        assert rested.watch.health is Health.CHANGED

    def test_a_menu_that_changes_raises_nothing_and_is_no_change(self, rested: Rested) -> None:
        rested.answer()
        rested.answer(menu="Sport and weather")
        assert rested.site.looks() == []
        assert rested.watch.health is Health.SAME

    def test_other_quotation_marks_and_blanks_are_no_change(self, rested: Rested) -> None:
        rested.answer()
        rested.answer(*(words.replace("“", "„").replace(" ", "\n ", 1) for words in rested.words))
        assert rested.site.looks() == []
        assert rested.watch.health is Health.SAME

    def test_evidence_that_names_nothing_is_raised_by_any_change_of_the_text(
        self, rested: Rested, make: Factory
    ) -> None:
        bare = rested.claim(make)
        rested.answer()
        rested.answer(menu="Sport and weather")
        assert rested.site.looks() == []
        rested.answer(*rested.words[:3])
        assert rested.site.looks() == [(bare.id, "changed", True)]

    def test_a_passage_that_was_never_in_the_copy_is_not_gone(self, rested: Rested, make: Factory) -> None:
        rested.claim(make, passage="Words that only the printed paper had.")
        rested.answer()
        rested.answer(*rested.words[:3])
        assert rested.site.looks() == []

    def test_no_verdict_changes(self, rested: Rested) -> None:
        rested.answer()
        rested.answer(rested.words[3])
        rested.site.fail(rested.source)
        for claim in (rested.first, rested.second, rested.third):
            assert claim.needs_look
            assert claim.status is Status.VERIFIED
            assert claim.verdict_id is not None

    def test_the_same_is_not_raised_twice(self, rested: Rested) -> None:
        rested.answer()
        rested.answer(*rested.words[1:])
        rested.answer(*rested.words[1:])
        rested.answer(*rested.words[1:3])
        assert rested.site.looks() == [(rested.first.id, "passage_gone", True)]

    def test_a_source_that_nobody_watches_raises_nothing(self, rested: Rested, make: Factory) -> None:
        rested.answer()
        unwatch_source(rested.session, actor=make.person(), source_id=rested.source.id)
        rested.answer(rested.words[3])
        assert rested.site.looks() == []

    def test_a_copy_that_a_person_brought_is_not_compared(self, rested: Rested, make: Factory) -> None:
        first = rested.answer()
        kept = read_upload(rested.site.files, data=b"Only a cutting.", name="cutting.txt", media_type="text/plain")
        capture = keep_upload(
            rested.session, actor=make.person(), source_id=rested.source.id, kept=replace(kept, final_address=None)
        )
        rested.site._judge(capture)
        assert rested.site.looks() == []
        assert rested.watch.base_id == first.id


class TestWhoIsRaised:
    def test_claims_that_are_not_decided_are_not(self, rested: Rested, make: Factory) -> None:
        rested.claim(make, decided=False, passage=rested.words[0])
        reopen_claim(rested.session, actor=make.person(), claim_id=rested.first.id, why="A letter came.")
        rested.answer()
        rested.answer(*rested.words[1:])
        rested.site.fail(rested.source)
        assert {claim_id for claim_id, _, _ in rested.site.looks()} == {rested.second.id, rested.third.id}

    def test_a_verdict_that_waits_for_its_second_check_is(self, session: Session, make: Factory, site: Site) -> None:
        claim = make.claim(make.article(second_check=SecondCheck.ALL))
        evidence = make.evidence(claim, passage=TEXTS["en"][0])
        make.verdict(claim)
        assert claim.status is Status.AWAITING
        watch_source(session, actor=make.person(), source_id=evidence.source_id, every_days=1)
        site.answer(evidence.source, page(*TEXTS["en"]))
        site.answer(evidence.source, page(*TEXTS["en"][1:]))
        assert site.looks() == [(claim.id, "passage_gone", True)]

    def test_withdrawn_evidence_is_not(self, rested: Rested, make: Factory) -> None:
        other = rested.claim(make, decided=False)
        dropped = make.evidence(other, source=rested.source, passage=rested.words[1], rank=Rank.SECONDARY)
        withdraw_evidence(rested.session, actor=make.person(), evidence_id=dropped.id, why="Misread.")
        make.evidence(other, summary="Another source.")
        make.verdict(other)
        rested.session.commit()
        rested.answer()
        rested.answer(*rested.words[2:])
        assert (other.id, "passage_gone", True) not in rested.site.looks()
        assert (rested.second.id, "passage_gone", True) in rested.site.looks()

    def test_a_withdrawn_claim_is_and_says_so_when_it_is_restored(self, rested: Rested, make: Factory) -> None:
        session, first, editor = rested.session, rested.first, make.person(role=Role.EDITOR)
        rested.answer()
        withdraw_claim(session, actor=editor, claim_id=first.id, why="Twice.")
        session.commit()
        rested.answer(*rested.words[1:])
        assert rested.site.looks() == [(first.id, "passage_gone", True)]
        mine = make.regular(Role.CHECKER).id
        assert list_looks_for(session, mine) == []
        assert count_attention(session, None)["look"] == 0
        restore_claim(session, actor=editor, claim_id=first.id)
        session.commit()
        rested.answer(*rested.words[1:])
        assert [look.claim_id for look in list_looks_for(session, mine)] == [first.id]
        assert count_attention(session, None)["look"] == 1
        assert list(verify_history(session)) == []

    def test_a_passage_that_is_back_settles_the_look_of_a_withdrawn_claim(self, rested: Rested, make: Factory) -> None:
        rested.answer()
        withdraw_claim(rested.session, actor=make.person(role=Role.EDITOR), claim_id=rested.first.id, why="Twice.")
        rested.answer(*rested.words[1:])
        rested.answer()
        assert rested.site.looks() == [(rested.first.id, "passage_gone", False)]
        assert not rested.first.needs_look

    def test_whoever_has_the_claim_looks_or_else_who_concluded_from_it(self, rested: Rested, make: Factory) -> None:
        noa = make.person(name="Noa")
        assign_claims(rested.session, actor=noa, claim_ids=[rested.first.id], assignee_id=noa.id)
        rested.answer()
        rested.answer(*rested.words[2:])
        (one,), (other,) = list_looks(rested.session, rested.first.id), list_looks(rested.session, rested.second.id)
        assert one.person_id == noa.id
        assert other.person_id == make.regular(Role.CHECKER).id


class TestPagesThatAreGone:
    def test_all_that_rests_on_a_dead_page_is_raised(self, rested: Rested) -> None:
        rested.answer()
        rested.site.fail(rested.source)
        assert rested.site.looks() == [
            (claim.id, "dead", True) for claim in (rested.first, rested.second, rested.third)
        ]
        assert rested.watch.health is Health.DEAD
        assert rested.watch.since is not None

    def test_a_page_that_was_dead_from_the_start_is_raised_too(self, rested: Rested) -> None:
        rested.site.fail(rested.source)
        assert len(rested.site.looks()) == 3

    @pytest.mark.parametrize("fault", [Fault.TIMEOUT, Fault.BUSY, Fault.REFUSED, Fault.NO_SITE, Fault.UNSAFE])
    def test_a_site_that_does_not_answer_raises_nothing(
        self, session: Session, make: Factory, site: Site, fault: Fault
    ) -> None:
        rested = Rested(session, make, site, "en")
        rested.answer()
        rested.site.fail(rested.source, fault)
        assert rested.site.looks() == []
        assert rested.watch.health is Health.SILENT

    def test_a_page_that_is_back_settles_what_its_death_raised(self, rested: Rested) -> None:
        rested.answer()
        rested.site.fail(rested.source)
        rested.answer()
        assert {(reason, is_open) for _, reason, is_open in rested.site.looks()} == {("dead", False)}
        assert not rested.first.needs_look
        look = rested.session.query(Look).first()
        assert look is not None
        assert (look.settled_why, look.settled_by_id) == ("The page is there again.", None)
        assert rested.watch.health is Health.SAME

    def test_a_page_that_comes_back_without_a_passage_raises_that(self, rested: Rested) -> None:
        rested.answer()
        rested.site.fail(rested.source)
        rested.answer(*rested.words[1:])
        assert [one for one in rested.site.looks() if one[2]] == [(rested.first.id, "passage_gone", True)]

    def test_who_looked_is_not_asked_again_while_the_page_stays_dead(self, rested: Rested, make: Factory) -> None:
        rested.answer()
        rested.site.fail(rested.source)
        for claim in (rested.first, rested.second, rested.third):
            (look,) = list_looks(rested.session, claim.id)
            settle_look(rested.session, actor=make.person(), look_id=look.id, why="The copy shows it.")
        rested.site.fail(rested.source, Fault.TIMEOUT)
        rested.site.fail(rested.source)
        assert all(not is_open for _, _, is_open in rested.site.looks())
        rested.answer()
        rested.site.fail(rested.source)
        assert sum(is_open for _, _, is_open in rested.site.looks()) == 3

    def test_who_looked_is_not_asked_again_while_the_passage_stays_away(self, rested: Rested, make: Factory) -> None:
        rested.answer()
        rested.answer(*rested.words[1:])
        (look,) = list_looks(rested.session, rested.first.id)
        settle_look(rested.session, actor=make.person(), look_id=look.id, why="Another page has it.")
        rested.answer(*rested.words[1:])
        rested.answer(*rested.words[1:3])
        assert rested.site.looks() == [(rested.first.id, "passage_gone", False)]

    def test_a_passage_that_is_back_settles_its_own_look(self, rested: Rested) -> None:
        rested.answer()
        rested.answer(*rested.words[2:])
        rested.answer(*rested.words[1:])
        assert rested.site.looks() == [
            (rested.first.id, "passage_gone", True),
            (rested.second.id, "passage_gone", False),
        ]
        assert not rested.second.needs_look
        entry = rested.session.query(HistoryEntry).order_by(HistoryEntry.id.desc()).first()
        assert entry is not None
        assert (entry.action, entry.why) == (Action.SETTLED, "The passage is there again.")

    def test_one_passage_of_two_that_is_back_settles_nothing(self, rested: Rested, make: Factory) -> None:
        both = rested.claim(make, decided=False, passage=rested.words[0])
        make.evidence(both, source=rested.source, passage=rested.words[3])
        make.verdict(both)
        rested.answer()
        rested.answer(*rested.words[1:3])
        rested.answer(*rested.words[:3])
        assert (rested.first.id, "passage_gone", False) in rested.site.looks()
        assert (both.id, "passage_gone", True) in rested.site.looks()

    def test_a_site_that_is_found_nowhere_three_times_in_a_row_is_dead(self, rested: Rested) -> None:
        rested.answer()
        rested.site.fail(rested.source, Fault.NO_SITE)
        rested.site.fail(rested.source, Fault.NO_SITE)
        assert (rested.site.looks(), rested.watch.health) == ([], Health.SILENT)
        rested.site.fail(rested.source, Fault.NO_SITE)
        assert [reason for _, reason, _ in rested.site.looks()] == ["dead"] * 3
        assert rested.watch.health is Health.DEAD
        rested.site.fail(rested.source, Fault.NO_SITE)
        assert len(rested.site.looks()) == 3
        rested.answer()
        assert not any(is_open for _, _, is_open in rested.site.looks())

    def test_a_copy_or_another_fault_in_between_breaks_the_row(self, rested: Rested) -> None:
        for _ in range(2):
            rested.site.fail(rested.source, Fault.NO_SITE)
            rested.site.fail(rested.source, Fault.NO_SITE)
            rested.answer()
            rested.site.fail(rested.source, Fault.NO_SITE)
            rested.site.fail(rested.source, Fault.TIMEOUT)
            rested.site.fail(rested.source, Fault.NO_SITE)
            rested.site.fail(rested.source, Fault.REFUSED)
        assert (rested.site.looks(), rested.watch.health) == ([], Health.SILENT)

    def test_copies_that_people_asked_for_are_no_checks_of_the_watch(self, rested: Rested, make: Factory) -> None:
        rested.answer()
        rested.site.fail(rested.source, Fault.NO_SITE)
        for _ in range(3):
            asked = make.failed_capture(rested.source, error=FetchFailed("No site.", Fault.CLOSED))
            asked.fault = Fault.NO_SITE
            rested.site._judge(asked)
        assert (rested.site.looks(), rested.watch.health) == ([], Health.SILENT)


class TestACopyBeforeThatIsDamaged:
    def damage(self, rested: Rested, copy: Capture, *, page_too: bool = False) -> None:
        for digest in (copy.text_sha256, copy.sha256 if page_too else None):
            if digest:
                rested.site.files.path(digest).unlink()

    @pytest.mark.parametrize("page_too", [True, False])
    def test_what_rests_on_it_is_looked_for_in_the_newer_one(
        self, rested: Rested, make: Factory, page_too: bool
    ) -> None:
        rested.claim(make)
        self.damage(rested, rested.answer(), page_too=page_too)
        newer = rested.answer(rested.words[1], rested.words[3])
        assert rested.site.looks() == [
            (rested.first.id, "passage_gone", True),
            (rested.third.id, "changed", True),
        ]
        assert (rested.watch.base_id, rested.watch.health) == (newer.id, Health.CHANGED)

    def test_the_checks_after_it_compare_again(self, rested: Rested) -> None:
        self.damage(rested, rested.answer())
        rested.answer(*rested.words, "A line more.")
        assert rested.site.looks() == []
        rested.answer(*rested.words[1:])
        assert rested.site.looks() == [(rested.first.id, "passage_gone", True)]

    def test_a_page_that_was_altered_on_the_disk_counts_as_damaged(self, rested: Rested) -> None:
        base = rested.answer()
        path = rested.site.files.path(base.text_sha256 or "")
        path.unlink()
        path.write_text("Nothing of it.")
        rested.answer(*rested.words[1:])
        assert rested.site.looks() == [(rested.first.id, "passage_gone", True)]

    def test_the_same_page_again_is_no_change(self, rested: Rested) -> None:
        self.damage(rested, rested.answer(), page_too=True)
        rested.answer()
        assert (rested.site.looks(), rested.watch.health) == ([], Health.SAME)


class TestComparingAhead:
    def ahead(self, rested: Rested, *words: str) -> tuple[Kept, Comparison]:
        data = page(*words, language=rested.language)
        kept = read_upload(rested.site.files, data=data, name="", media_type="text/html")
        kept = replace(kept, final_address=rested.source.address)
        comparison = compare_ahead(rested.session, rested.site.files, rested.source.id, kept)
        assert comparison is not None
        return kept, comparison

    def finish(self, rested: Rested, kept: Kept) -> Capture:
        taken = rested.site._take(rested.source)
        capture = finish_kept(rested.session, taken, kept, now=rested.site.moment)
        assert capture is not None
        return capture

    def test_what_was_compared_ahead_is_judged_without_reading_a_file(self, rested: Rested, tmp_path: Path) -> None:
        rested.answer()
        kept, comparison = self.ahead(rested, rested.words[1], rested.words[3])
        judge_capture(rested.session, Files(tmp_path / "empty"), self.finish(rested, kept), comparison)
        assert rested.site.looks() == [(rested.first.id, "passage_gone", True), (rested.third.id, "changed", True)]

    def test_evidence_that_came_in_between_is_judged_too(self, rested: Rested, make: Factory) -> None:
        rested.answer()
        kept, comparison = self.ahead(rested, *rested.words[:3])
        late = rested.claim(make, passage=rested.words[3])
        judge_capture(rested.session, rested.site.files, self.finish(rested, kept), comparison)
        assert rested.site.looks() == [(late.id, "passage_gone", True)]

    def test_what_was_compared_with_an_older_copy_is_compared_anew(self, rested: Rested, make: Factory) -> None:
        rested.answer()
        kept, comparison = self.ahead(rested, *rested.words[1:])
        rested.answer(*rested.words[1:], "A line more.")
        base = rested.watch.base_id
        (look,) = list_looks(rested.session, rested.first.id)
        settle_look(rested.session, actor=make.person(), look_id=look.id, why="Known.")
        capture = self.finish(rested, kept)
        judge_capture(rested.session, rested.site.files, capture, comparison)
        assert rested.site.looks() == [(rested.first.id, "passage_gone", False)]
        assert (base, rested.watch.base_id) == (comparison.base_id + 1, capture.id)

    def test_nothing_is_compared_of_a_source_that_nobody_watches(self, rested: Rested, make: Factory) -> None:
        kept = read_upload(rested.site.files, data=page("Some words."), name="", media_type="text/html")
        files, session = rested.site.files, rested.session
        assert compare_ahead(session, files, make.source().id, kept) is None
        assert compare_ahead(session, files, rested.source.id, kept) is None

    def test_of_long_pages_all_that_can_be_read_is_compared(
        self, rested: Rested, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rested.answer()
        found = []
        for most, menu in ((comparing.MOST_MAIN, "Sport and weather"), (100, "Culture")):
            monkeypatch.setattr(comparing, "MOST_MAIN", most)
            rested.answer(menu=menu)
            found.append(rested.watch.health)
        assert found == [Health.SAME, Health.CHANGED]
        assert rested.site.looks() == []


class TestPagesThatMove:
    def test_all_that_rests_on_a_page_that_moved_is_raised_once(self, rested: Rested) -> None:
        rested.answer()
        rested.answer(at="https://example.org/archive/12")
        assert [reason for _, reason, _ in rested.site.looks()] == ["moved"] * 3
        assert rested.watch.health is Health.MOVED
        rested.answer(at="https://example.org/archive/12")
        assert len(rested.site.looks()) == 3

    def test_another_spelling_of_the_address_is_the_same_page(self, rested: Rested) -> None:
        address = rested.source.address or ""
        rested.answer()
        other = address.replace("https://", "https://www.") + "/?utm_source=mail#top"
        rested.answer(at=other)
        assert rested.site.looks() == []
        assert rested.watch.health is Health.SAME


class TestWhatIsWatched:
    NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)

    def test_a_source_is_checked_at_once_and_then_every_so_many_days(self, session: Session, make: Factory) -> None:
        with time_machine.travel(self.NOON, tick=False):
            source = make.source()
            watch_source(session, actor=make.person(), source_id=source.id, every_days=3)
            asked = find_open(session, source.id)
            assert asked is not None
            assert (asked.trigger, asked.due_at) == (Trigger.WATCH, self.NOON)
            assert request_due(session, self.NOON + timedelta(days=2)) == 0
            assert request_due(session, self.NOON + timedelta(days=3)) == 1
            watch = find_watch(session, source.id)
            assert watch is not None
            assert watch.due_at == self.NOON + timedelta(days=6)

    def test_the_copy_that_the_desk_has_is_the_first_to_compare_with(
        self, session: Session, make: Factory, site: Site
    ) -> None:
        claim = make.claim()
        evidence = make.evidence(claim, passage=TEXTS["en"][0])
        make.verdict(claim)
        kept = site.answer(evidence.source, page(*TEXTS["en"]))
        watch_source(session, actor=make.person(), source_id=evidence.source_id, every_days=1)
        assert list_watches(session, [evidence.source_id])[evidence.source_id].base_id == kept.id
        site.answer(evidence.source, page(*TEXTS["en"][1:]))
        assert site.looks() == [(claim.id, "passage_gone", True)]

    def test_what_somebody_brought_is_not_the_first_to_compare_with(
        self, session: Session, make: Factory, site: Site
    ) -> None:
        claim = make.claim()
        evidence = make.evidence(claim, passage=TEXTS["en"][0])
        make.verdict(claim)
        fetched = site.answer(evidence.source, page(*TEXTS["en"]))
        upload = read_upload(site.files, data=b"A cutting.", name="cutting.txt", media_type="text/plain")
        keep_upload(session, actor=make.person(), source_id=evidence.source_id, kept=upload)
        watch_source(session, actor=make.person(), source_id=evidence.source_id, every_days=1)
        assert list_watches(session, [evidence.source_id])[evidence.source_id].base_id == fetched.id
        site.answer(evidence.source, page(*TEXTS["en"][1:]))
        assert site.looks() == [(claim.id, "passage_gone", True)]

    def test_a_check_that_is_overdue_is_asked_for_once(self, session: Session, make: Factory) -> None:
        source = make.source()
        watch_source(session, actor=make.person(), source_id=source.id, every_days=1)
        later = datetime.now(UTC) + timedelta(days=40)
        assert [request_due(session, later), request_due(session, later)] == [1, 0]

    def test_withdrawn_sources_are_not_asked_for(self, session: Session, make: Factory) -> None:
        source = make.source()
        watch_source(session, actor=make.person(), source_id=source.id, every_days=1)
        withdraw_source(session, actor=make.person(), source_id=source.id, why="Twice.")
        assert request_due(session, datetime.now(UTC) + timedelta(days=2)) == 0

    def test_checking_more_often_brings_the_next_check_forward(self, session: Session, make: Factory) -> None:
        with time_machine.travel(self.NOON, tick=False):
            source = make.source()
            watch_source(session, actor=make.person(), source_id=source.id, every_days=30)
            watch_source(session, actor=make.person(), source_id=source.id, every_days=2)
            watch = find_watch(session, source.id)
            assert watch is not None
            assert (watch.every_days, watch.due_at) == (2, self.NOON + timedelta(days=2))

    @pytest.mark.parametrize("days", [None, 0, -1, 367])
    def test_a_number_of_days_that_makes_no_sense_is_refused(
        self, session: Session, make: Factory, days: int | None
    ) -> None:
        with pytest.raises(DomainError, match="every 1 to 366 days") as refusal:
            watch_source(session, actor=make.person(), source_id=make.source().id, every_days=days)
        assert refusal.value.field == "every_days"

    def test_what_has_no_address_cannot_be_watched(self, session: Session, make: Factory) -> None:
        with pytest.raises(DomainError, match="with an address"):
            watch_source(session, actor=make.person(), source_id=make.source(address=None).id, every_days=1)
        with pytest.raises(NotFound):
            watch_source(session, actor=make.person(), source_id=999, every_days=1)

    def test_watching_ends(self, session: Session, make: Factory) -> None:
        source = make.source()
        watch_source(session, actor=make.person(), source_id=source.id, every_days=1)
        unwatch_source(session, actor=make.person(), source_id=source.id)
        assert find_watch(session, source.id) is None
        with pytest.raises(DomainError, match="not watched"):
            unwatch_source(session, actor=make.person(), source_id=source.id)

    def test_readers_do_not_decide_what_is_watched(self, session: Session, make: Factory) -> None:
        reader, source = make.person(role=Role.READER), make.source()
        for act in (
            lambda: watch_source(session, actor=reader, source_id=source.id, every_days=1),
            lambda: unwatch_source(session, actor=reader, source_id=source.id),
            lambda: watch_article(session, actor=reader, article_id=make.article().id, every_days=1),
            lambda: set_recheck(session, actor=reader, claim_id=make.claim().id, on=None),
        ):
            with pytest.raises(NotAllowed):
                act()

    def test_an_article_has_its_own_sources_watched_and_no_others(self, session: Session, make: Factory) -> None:
        article = make.article()
        claim = make.claim(article)
        mine = make.evidence(claim).source
        make.evidence(claim, source=make.source(address=None, title="A book"), locator="page 3")
        other = make.evidence().source
        gone = make.evidence(claim)
        withdraw_evidence(session, actor=make.person(), evidence_id=gone.id, why="Misread.")
        assert watch_article(session, actor=make.person(), article_id=article.id, every_days=5) == 1
        assert watch_article(session, actor=make.person(), article_id=article.id, every_days=5) == 0
        assert set(list_watches(session, [mine.id, other.id, gone.source_id])) == {mine.id}

    def test_the_history_tells_who_has_what_watched(self, session: Session, make: Factory) -> None:
        dana, source = make.person(name="Dana"), make.source()
        watch_source(session, actor=dana, source_id=source.id, every_days=5)
        watch_source(session, actor=dana, source_id=source.id, every_days=9)
        unwatch_source(session, actor=dana, source_id=source.id)
        told = [
            (entry.action, entry.actor_name, entry.changes)
            for entry in session.query(HistoryEntry).filter_by(subject=Subject.WATCH).order_by(HistoryEntry.id)
        ]
        assert told == [
            ("created", "Dana", {"every_days": [None, 5]}),
            ("changed", "Dana", {"every_days": [5, 9]}),
            ("withdrawn", "Dana", {"every_days": [9, None]}),
        ]


class TestDaysToCheckAgain:
    DAY = date(2027, 6, 1)

    def decided(self, session: Session, make: Factory, on: date | None = DAY) -> Claim:
        claim = make.claim()
        make.verdict(claim)
        set_recheck(session, actor=make.person(), claim_id=claim.id, on=on)
        session.commit()
        return claim

    def test_a_decided_claim_is_raised_on_its_day_and_once(self, session: Session, make: Factory, site: Site) -> None:
        claim = self.decided(session, make)
        assert raise_rechecks(session, self.DAY - timedelta(days=1)) == 0
        assert raise_rechecks(session, self.DAY) == 1
        assert raise_rechecks(session, self.DAY) == 0
        assert site.looks() == [(claim.id, "recheck", True)]
        assert claim.recheck_on is None
        (look,) = list_looks(session, claim.id)
        assert look.person_id == make.regular(Role.CHECKER).id
        assert claim.status is Status.VERIFIED

    def test_a_day_that_was_missed_counts_too(self, session: Session, make: Factory) -> None:
        self.decided(session, make)
        assert raise_rechecks(session, self.DAY + timedelta(days=90)) == 1

    def test_a_claim_that_is_being_checked_is_not_raised_and_its_day_goes(
        self, session: Session, make: Factory, site: Site
    ) -> None:
        claim = make.claim()
        set_recheck(session, actor=make.person(), claim_id=claim.id, on=self.DAY)
        assert raise_rechecks(session, self.DAY) == 0
        assert (site.looks(), claim.recheck_on) == ([], None)

    def test_a_withdrawn_claim_waits(self, session: Session, make: Factory) -> None:
        claim = self.decided(session, make)
        withdraw_claim(session, actor=make.person(role=Role.EDITOR), claim_id=claim.id, why="Twice.")
        assert raise_rechecks(session, self.DAY) == 0
        assert claim.recheck_on == self.DAY

    def test_the_day_lies_in_the_future_or_there_is_none(self, session: Session, make: Factory) -> None:
        with time_machine.travel(datetime(2027, 5, 31, 12, tzinfo=UTC), tick=False):
            claim = self.decided(session, make)
            with pytest.raises(DomainError, match="in the future"):
                set_recheck(session, actor=make.person(), claim_id=claim.id, on=date(2027, 5, 31))
            set_recheck(session, actor=make.person(), claim_id=claim.id, on=None)
            assert claim.recheck_on is None
