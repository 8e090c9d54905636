"""The workbench: the text with its marks, letter by letter, what stands beside it, and what it costs."""

import re
from itertools import accumulate, pairwise
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from claims_app.anchors.service import open_claim_at, place_claim, remove_place
from claims_app.articles.model import Article
from claims_app.articles.queries import find_version
from claims_app.claims.model import Claim, Place
from claims_app.claims.withdrawing import withdraw_claim
from claims_app.desk.segments import BREAK, Gap, Mark, Step, split_paragraphs, write_paragraphs
from claims_app.desk.workbench import gather_places, gather_workbench
from claims_app.evidence.model import Stance
from claims_app.people.model import Role
from claims_app.verdicts.model import Finding
from tests.client import StrictClient
from tests.desk.reading import Counting, read
from tests.factories import Factory

TEXT = (
    'לפי הדוח, ב-2023 עברו בנמל 7,400 מכולות, כ-40% פחות מהתחזית. חברת NorthQuay טוענת שנספרו רק "full containers" 🚢.'
    "\n\n"
    "In 2019 the port had 820 workers 👩🏽; only 310 are left today."
    "\n\n"
    "הים היה שקט."
)
MOST_QUERIES = 16
"""The workbench's own, and the one that finds who is signed in."""
MOST_PANEL_QUERIES = 16


def write(text: str, marks: list[Mark], gaps: list[Gap] | None = None) -> list[list[Step]]:
    return write_paragraphs(text, split_paragraphs(text), marks, gaps or [])


def outline(steps: list[Step]) -> str:
    """Return steps as one line: marks in brackets, numbers after a stroke, words of gaps between braces."""
    parts = []
    for step in steps:
        words = f"{{{step.words}}}" if step.words and step.gap else step.words
        parts.append({"open": f"[{step.claim_id}:", "close": "]", "number": f"/{step.claim_id}"}.get(step.kind, words))
    return "".join(parts)


class TestSegments:
    def test_a_mark_holds_its_words_and_its_number_follows(self) -> None:
        assert outline(write("one two three", [Mark(4, 7, 1)])[0]) == "one [1:two]/1 three"

    def test_marks_that_touch_stand_one_after_the_other(self) -> None:
        assert outline(write("one two", [Mark(0, 3, 1), Mark(3, 7, 2)])[0]) == "[1:one]/1[2: two]/2"

    def test_an_inner_mark_stands_inside(self) -> None:
        assert outline(write("one two three", [Mark(0, 13, 1), Mark(4, 7, 2)])[0]) == "[1:one [2:two]/2 three]/1"

    def test_marks_that_cross_are_split_and_both_are_named(self) -> None:
        assert outline(write("one two three", [Mark(0, 7, 1), Mark(4, 13, 2)])[0]) == "[1:one [2:two]]/1[2: three]/2"

    def test_the_same_words_of_two_claims_have_both_numbers(self) -> None:
        assert outline(write("one", [Mark(0, 3, 1), Mark(0, 3, 2)])[0]) == "[1:[2:one]]/1/2"

    def test_a_claim_of_several_places_has_its_number_at_each(self) -> None:
        assert outline(write("one two", [Mark(0, 3, 1), Mark(4, 7, 1)])[0]) == "[1:one]/1 [1:two]/1"

    def test_a_mark_over_paragraphs_is_opened_anew_and_numbered_once(self) -> None:
        steps = write("one two\n\nthree four", [Mark(4, 14, 1)])
        assert [outline(paragraph) for paragraph in steps] == ["one [1:two]", "[1:three]/1 four"]

    def test_a_gap_is_shown_only_outside_of_marks(self) -> None:
        steps = write("one two three.", [Mark(4, 7, 1)], [Gap(0, 14, 9)])[0]
        assert outline(steps) == "{one }[1:two]/1{ three.}"
        assert steps[-1] == Step("end", gap=9)

    def test_a_stop_alone_is_no_gap(self) -> None:
        assert outline(write("one.", [Mark(0, 3, 1)], [Gap(0, 4, 9)])[0]) == "[1:one]/1."

    @given(
        st.lists(st.text("אב a1.😀", min_size=1, max_size=9), min_size=1, max_size=4),
        st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=8),
        st.lists(st.integers(0, 5), max_size=6),
    )
    def test_no_letter_is_lost_and_all_that_opens_closes(
        self, paragraphs: list[str], places: list[tuple[int, int]], lengths: list[int]
    ) -> None:
        text = BREAK.join(paragraphs)
        marks = [
            Mark(begins, min(begins + length, len(text)), number)
            for number, (begins, length) in enumerate(places)
            if begins < len(text) and text[begins].strip() and text[min(begins + length, len(text)) - 1].strip()
        ]
        edges = list(accumulate(lengths))
        gaps = [
            Gap(begins, ends, 100 + begins)
            for begins, ends in pairwise(edges)
            if begins < ends <= len(text) and "\n" not in text[begins:ends]
        ]
        held: dict[int, str] = {mark.claim_id: "" for mark in marks}
        written, numbers = [], []
        for steps in write(text, marks, gaps):
            stack: list[int] = []
            for step in steps:
                if step.kind == "open":
                    assert step.claim_id is not None
                    assert step.claim_id not in stack
                    stack.append(step.claim_id)
                elif step.kind == "close":
                    stack.pop()
                elif step.kind == "number":
                    numbers.append(step.claim_id)
                for claim_id in stack:
                    held[claim_id] += step.words
            assert stack == []
            written.append("".join(step.words for step in steps))
        assert BREAK.join(written) == text
        assert sorted(numbers, key=str) == sorted((mark.claim_id for mark in marks), key=str)
        assert held == {mark.claim_id: text[mark.begins : mark.ends].replace("\n", "") for mark in marks}


# ---------------------------------------------------------------- The page


def mark(session: Session, make: Factory, article: Article, words: str, **details: Any) -> Claim:
    version = find_version(session, article.id)
    begins = (version.text or "").index(words)
    claim = open_claim_at(
        session,
        actor=make.regular(Role.CHECKER),
        article_id=article.id,
        begins=begins,
        ends=begins + len(words),
        **{"statement_en": f"Claim of {words}", **details},
    )
    session.commit()
    return claim


@pytest.fixture
def article(make: Factory) -> Article:
    return make.article(title_he="הנמל", title_en="The port", language="he", text=TEXT)


def paragraphs_in(page: str) -> list[str]:
    """Return the words of the text as a script reads them from the page: without what carries data-skip."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    found = []
    for element in tree.iter("p"):
        if "data-begins" in element.attrib:
            pieces: list[str] = []

            def gather(node: object, into: list[str] = pieces) -> None:
                if "data-skip" not in node.attrib:  # type: ignore[attr-defined]
                    into.append(node.text or "")  # type: ignore[attr-defined]
                    for child in node:  # type: ignore[attr-defined]
                        gather(child)
                        into.append(child.tail or "")

            gather(element)
            found.append((int(element.attrib["data-begins"]), "".join(pieces)))
    assert [begins for begins, _ in found] == sorted(begins for begins, _ in found)
    for begins, words in found:
        assert TEXT[begins : begins + len(words)] == words or TEXT not in page
    return [words for _, words in found]


def marks_in(page: str) -> list[tuple[str, str]]:
    return [(kind, number) for number, kind in re.findall(r'<a class="fn s-(\w+)[^>]*data-claim="(\d+)"', page)]


def test_the_words_of_the_page_are_the_stored_text_letter_by_letter(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    for words in (
        "7,400 מכולות, כ-40% פחות",
        "כ-40% פחות מהתחזית",
        'רק "full containers" 🚢',
        "820 workers 👩🏽",
        'containers" 🚢.',
    ):
        mark(session, make, article, words)
    client.sign_in(make.person())
    assert BREAK.join(paragraphs_in(read(client, f"/articles/{article.id}/text"))) == TEXT


def test_each_claim_stands_in_the_text_with_its_status(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    verified, disputed = mark(session, make, article, "7,400 מכולות"), mark(session, make, article, "820 workers")
    make.verdict(verified)
    make.verdict(disputed, finding=Finding.DISPUTED, rationale_en="The office says 790.")
    mark(session, make, article, "הים היה שקט")
    client.sign_in(make.person())
    page = read(client, f"/articles/{article.id}/text")
    for claim, status in ((verified, "verified"), (disputed, "disputed")):
        assert f'<mark class="hl s-{status}" data-claim="{claim.id}">' in page
        assert f'data-skip data-claim="{claim.id}" href="/claims/{claim.id}"' in page
    assert "The office says 790." in page
    assert 'aria-label="Claim 2, Disputed"' in page


def test_a_paragraph_takes_the_direction_of_its_words(client: StrictClient, make: Factory, article: Article) -> None:
    client.sign_in(make.person())
    page = read(client, f"/articles/{article.id}/text")
    assert re.findall(r'<p class="said" lang="(\w+)" dir="(\w+)"', page) == [
        ("he", "rtl"),
        ("en", "ltr"),
        ("he", "rtl"),
    ]


def test_hostile_words_stay_words(client: StrictClient, make: Factory, session: Session) -> None:
    hostile = '<script>alert("40% & 7")</script> opened in 2021 </p></mark>'
    article = make.article(title_en=hostile, title_he=hostile, language="en", text=hostile)
    claim = mark(session, make, article, 'alert("40% & 7")', statement_en=hostile, section=hostile)
    make.verdict(claim, rationale_en=hostile)
    client.sign_in(make.person())
    for address in (f"text?claim={claim.id}", f"text?passage={make.passage(article, 'opened').id}", "places"):
        page = read(client, f"/articles/{article.id}/{address}")
        assert "<script>alert" not in page
    assert paragraphs_in(read(client, f"/articles/{article.id}/text")) == [hostile]


def test_open_passages_are_dotted_and_waived_ones_are_not(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    client.sign_in(make.person())
    passage = make.passage(article, "820")
    dotted = f'<span class="gap" data-passage="{passage.id}">'
    before = gather_workbench(session, article.id)
    assert dotted in read(client, f"/articles/{article.id}/text")
    make.waiver(article, "820")
    after = gather_workbench(session, article.id)
    assert dotted not in read(client, f"/articles/{article.id}/text")
    assert (after.answered, after.checkable) == (before.answered + 1, before.checkable)


def test_what_a_claim_leaves_out_keeps_its_passage_open(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    claim = mark(session, make, article, "820 workers")
    client.sign_in(make.person())
    page = read(client, f"/passages/{make.passage(article, '820').id}/panel")
    assert "Not held by its claims" in page
    assert '<b class="needed">310</b>' in page or "310" in page.split("Not held by its claims")[1]
    assert f'data-claim="{claim.id}"' in page


def test_an_old_version_is_read_only_with_its_own_marks(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    claim = mark(session, make, article, "7,400 מכולות")
    make.revision(article, TEXT.replace("7,400 מכולות", "המון דברים").replace("820", "840"))
    client.sign_in(make.person(role=Role.EDITOR))
    old = read(client, f"/articles/{article.id}/text?version=1")
    assert f'<mark class="hl s-unchecked" data-claim="{claim.id}">7,400 מכולות</mark>' in old
    assert 'id="markbar"' not in old
    assert "to be read only" in old
    new = read(client, f"/articles/{article.id}/text")
    assert 'id="markbar"' in new
    assert "840" in new
    assert client.get(f"/articles/{article.id}/text?version=9").status_code == 404
    assert client.get(f"/articles/{article.id}/text?version=x").status_code == 404


def test_a_stale_claim_shows_both_words_and_one_way_to_confirm(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    claim = mark(session, make, article, "ב-2023 עברו בנמל 7,400 מכולות")
    make.verdict(claim)
    make.revision(article, TEXT.replace("7,400", "6,900"))
    client.sign_in(make.person())
    page = read(client, f"/articles/{article.id}/text?claim={claim.id}")
    assert "is-stale" in page
    assert "<del>7,400" in page
    assert "<ins>6,900" in page
    form = re.search(
        rf'<form id="confirm-form".*?action="/claims/{claim.id}/verdict/confirm".*?</form>', page, re.DOTALL
    )
    assert form
    fields = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', form[0])) | {"why": "Both are given in the report."}
    fields.pop("csrf_token")
    answer = client.post(f"/claims/{claim.id}/verdict/confirm", data=fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/articles/{article.id}/text?claim={claim.id}")
    session.refresh(claim)
    assert not claim.is_stale


def test_a_version_without_its_words_says_so_and_offers_to_bring_them(client: StrictClient, make: Factory) -> None:
    article = make.article(text=None)
    client.sign_in(make.person(role=Role.EDITOR))
    page = read(client, f"/articles/{article.id}/text")
    assert "does not have the words" in page
    assert f'btn-primary" href="/articles/{article.id}/' in page.split('class="empty"')[1]


def test_withdrawn_claims_are_not_in_the_text(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    claim = mark(session, make, article, "820 workers")
    withdraw_claim(session, actor=make.regular(Role.CHECKER), claim_id=claim.id, why="Twice.")
    session.commit()
    client.sign_in(make.person())
    assert f'data-claim="{claim.id}"' not in read(client, f"/articles/{article.id}/text")
    assert "withdrawn" in read(client, f"/claims/{claim.id}/panel")


def test_a_reader_reads_and_is_offered_nothing_to_change(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    claim = mark(session, make, article, "7,400 מכולות")
    client.sign_in(make.person(role=Role.READER))
    for address in (
        f"/articles/{article.id}/text?claim={claim.id}",
        f"/articles/{article.id}/text?passage={make.passage(article, '820').id}",
        f"/articles/{article.id}/places",
    ):
        main = read(client, address).split('<main id="main">')[1]
        assert 'method="post"' not in main
        assert 'id="markbar"' not in main


def test_what_belongs_to_another_article_is_not_found_beside_this_text(
    client: StrictClient, make: Factory, article: Article
) -> None:
    other = make.article(text="The bridge was opened in 2019.")
    claim, passage = make.claim(other), make.passage(other, "2019")
    client.sign_in(make.person())
    assert client.get(f"/articles/{article.id}/text?claim={claim.id}").status_code == 404
    assert client.get(f"/articles/{article.id}/text?passage={passage.id}").status_code == 404
    assert client.get(f"/articles/{article.id}/text?claim=999").status_code == 404
    assert client.get("/articles/999/text").status_code == 404


def test_a_sentence_that_needs_no_proof_has_a_panel_without_questions(client: StrictClient, make: Factory) -> None:
    client.sign_in(make.person())
    calm = make.article(title_en="Calm", text="Hello there, dear reader. It was 40 km long.")
    passage = make.passage(calm, "Hello")
    assert not passage.is_checkable
    assert "Nothing in hand" in read(client, f"/passages/{passage.id}/panel")


def test_open_passages_are_suggested_the_worthiest_first(client: StrictClient, make: Factory, session: Session) -> None:
    client.sign_in(make.person())
    calm, strong = (
        "The <b>mayor</b> met him in Haifa in May.",
        "According to the report, 40 percent of 7,400 workers left in 2019.",
    )
    article = make.article(title_en="Work", text=f"{calm} {strong} Hello there.")
    facts = gather_workbench(session, article.id)
    assert [facts.words_of(passage) for passage in facts.suggested] == [strong, calm]
    page = read(client, f"/articles/{article.id}/text")
    suggested = page[page.index('id="suggested"') :]
    assert suggested.index("7,400 workers") < suggested.index("&lt;b&gt;mayor&lt;/b&gt; met him")
    assert "an attribution, a figure, a date" in suggested
    mark(session, make, article, strong)
    assert [facts.words_of(passage) for passage in gather_workbench(session, article.id).suggested] == [calm]


def test_the_margin_says_what_was_found(make: Factory, session: Session, article: Article) -> None:
    claim, bare = mark(session, make, article, "820 workers"), mark(session, make, article, "310")
    make.evidence(claim)
    make.evidence(claim, stance=Stance.CONTEXT)
    decided = mark(session, make, article, "הים היה שקט")
    make.verdict(decided, rationale_en="word " * 40)
    facts = gather_workbench(session, article.id)
    assert facts.notes[claim.id] == "2 pieces of evidence"
    assert facts.notes[bare.id] == ""
    assert 20 < len(facts.notes[decided.id]) <= 60


def test_the_strip_has_the_open_passages_between_the_claims(make: Factory, session: Session, article: Article) -> None:
    mark(session, make, article, "ב-2023 עברו בנמל 7,400 מכולות, כ-40% פחות מהתחזית", section="Opening")
    last = mark(session, make, article, "הים היה שקט", section="End")
    facts = gather_workbench(session, article.id)
    opening, end = facts.strip
    assert opening[0] == "Opening"
    assert [getattr(tick, "number", "open") for tick in opening[1]][:2] == [1, "open"]
    assert [tick.id for tick in end[1]] == [last.id]


# ---------------------------------------------------------------- Claims without a place


def test_lost_claims_come_first_with_their_old_words_and_likely_places(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    lost = mark(session, make, article, "820 workers")
    never = make.claim(article, statement_en=None, statement_he="לפי הדוח עברו בנמל 7,400 מכולות.")
    remove_place(
        session,
        actor=make.regular(Role.CHECKER),
        anchor_id=place_claim(session, actor=make.regular(Role.CHECKER), claim_id=lost.id, begins=0, ends=8).id,
    )
    session.commit()
    assert session.get_one(Claim, lost.id).place is Place.PLACED  # one of its two places is left
    second = TEXT.split(BREAK)[1]
    make.revision(article, TEXT.replace(second, "Nobody is here."))
    facts = gather_places(session, article.id)
    assert [proposal.claim.id for proposal, _ in facts.proposals] == [lost.id, never.id]
    (_, _), (_, offers) = facts.proposals
    assert "7,400" in offers[0].words
    assert offers[0].paragraph == 1
    client.sign_in(make.person())
    page = read(client, f"/articles/{article.id}/places")
    assert "820 workers" in page
    form = re.search(rf'<form[^>]*action="/claims/{never.id}/places">(.*?)</form>', page, re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(begins|ends|version|next)" value="([^"]*)"', form[1]))
    answer = client.post(f"/claims/{never.id}/places", data=fields)
    assert answer.headers["Location"] == f"/articles/{article.id}/places"
    session.refresh(never)
    assert never.place is Place.PLACED


def test_no_claim_without_a_place_says_so(client: StrictClient, make: Factory, article: Article) -> None:
    client.sign_in(make.person())
    assert "Every claim has its place" in read(client, f"/articles/{article.id}/places")


# ---------------------------------------------------------------- What it costs


def fill(session: Session, make: Factory, number: int) -> Article:
    text = BREAK.join(f"In 20{at:02} the port had {at + 100} workers, and {at + 7} ships." for at in range(number))
    article = make.article(language="en", text=text)
    for at in range(number):
        claim = mark(session, make, article, f"the port had {at + 100} workers")
        if at % 2:
            make.verdict(claim)
    return article


@pytest.mark.parametrize("address", ["text", "text?claim={claim}", "text?passage={passage}", "places"])
def test_the_workbench_asks_the_same_number_of_questions_for_any_number_of_claims(
    client: StrictClient, make: Factory, session: Session, count_queries: Counting, address: str
) -> None:
    client.sign_in(make.person())
    numbers = []
    for size in (5, 50):
        article = fill(session, make, size)
        values = {
            "claim": gather_workbench(session, article.id).paragraphs[1].claims[0].id,
            "passage": make.passage(article, "ships").id,
        }
        with count_queries() as queries:
            read(client, f"/articles/{article.id}/{address.format(**values)}")
        numbers.append(queries.number)
    assert numbers[0] == numbers[1]
    assert numbers[1] <= MOST_QUERIES + (MOST_PANEL_QUERIES if "?" in address else 0)
