"""The annotated copy of the page, and what the page says of words, coverage and sign-off."""

from xml.etree.ElementTree import Element

import pytest
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.people.model import Role
from claims_app.signoff.model import Side
from claims_app.signoff.service import withdraw_sign_off
from tests.client import check_html
from tests.factories import Factory
from tests.reports.conftest import FIRST, SECOND, Gather
from tests.reports.hostile import all_texts
from tests.reports.test_as_html import classed, parse, tags, words, write
from tests.reports.test_standing import lawyer


def copy(root: Element) -> Element:
    (found,) = classed(root, "copy")
    return found


def text_of(root: Element) -> str:
    """Return the text of the copy without the numbers of its notes."""
    paragraphs = []
    for paragraph in classed(copy(root), "para"):
        said = paragraph[1]
        for parent in list(said.iter()):
            for note in [child for child in parent if child.get("class", "").startswith("fn ")]:
                before = list(parent)[: list(parent).index(note)]
                if before:
                    before[-1].tail = (before[-1].tail or "") + (note.tail or "")
                else:
                    parent.text = (parent.text or "") + (note.tail or "")
                parent.remove(note)
        paragraphs.append("".join(said.itertext()))
    return "\n\n".join(paragraphs)


class TestCopy:
    @pytest.mark.parametrize("language", ["he", "en"])
    def test_it_is_the_text_letter_by_letter(self, marked: Article, gather: Gather, language: str) -> None:
        text = write(gather(marked, language=language))
        check_html(text)
        assert text_of(parse(text)) == SECOND

    def test_marks_that_cross_are_both_there_on_lines_of_their_own(self, marked: Article, gather: Gather) -> None:
        marks = [(element.get("class"), words(element)) for element in copy(parse(write(gather(marked)))).iter("mark")]
        assert ("hl l0 s-partly", "בטקס בחיפה") in marks
        assert ("hl l1 s-verified", "בטקס בחיפה") in marks
        assert ("hl l1 s-verified", ". העלות הייתה 45 מיליון שקל") in marks

    def test_a_number_leads_to_its_claim_and_the_claim_back(self, marked: Article, gather: Gather) -> None:
        root = parse(write(gather(marked)))
        notes = classed(copy(root), "fn")
        assert [(note.get("href"), note.get("id"), words(note)) for note in notes] == [
            (f"#claim-{number}", f"text-{number}-1", str(number)) for number in (1, 2, 3)
        ]
        assert all(note[0].tag == "bdi" for note in notes)
        back = [
            [link.get("href") for link in item.iter("a") if (link.get("href") or "").startswith("#text-")]
            for item in classed(root, "item")
        ]
        assert back == [["#text-1-1"], ["#text-2-1"], ["#text-3-1"], [], []]

    def test_changed_words_are_marked_and_open_ones_dotted(self, marked: Article, gather: Gather) -> None:
        root = copy(parse(write(gather(marked))))
        assert [words(mark) for mark in classed(root, "is-stale")] == ["אורך הגשר 110 מטרים"]
        assert [words(gap) for gap in classed(root, "gap")] == ["The bridge carries 9,000 cars a day."]
        assert "Words changed" in (classed(root, "fn")[0].get("aria-label") or "")

    def test_each_paragraph_runs_as_its_own_letters_do(self, marked: Article, gather: Gather) -> None:
        paragraphs = classed(parse(write(gather(marked))), "para")
        assert [paragraph.get("dir") for paragraph in paragraphs] == ["rtl", "rtl", "rtl", "ltr"]
        assert [words(paragraph[0]) for paragraph in paragraphs] == ["1", "2", "3", "4"]
        assert "heading" in (paragraphs[0].get("class") or "")

    def test_without_a_text_one_sentence_says_so(self, busy: Article, make: Factory, gather: Gather) -> None:
        text = write(gather(make.claim().article))
        assert "The desk has the claims of this version but not its words." in text
        assert classed(parse(text), "copy") == []

    def test_a_hostile_text_is_shown_and_never_read_as_markup(self, make: Factory, gather: Gather) -> None:
        texts = [text.replace("\n\n", "\n") for text in all_texts() if any(mark.isalnum() for mark in text)][:80]
        article = make.article(text="\n\n".join(texts))
        claim = make.claim(article)
        report = gather(article)
        for text in texts:
            if text in (report.article.text or "") and (report.article.text or "").count(text) == 1:
                make.place(claim, text)
        make.verdict(claim)
        report = gather(article)
        assert len(report.claims[0].anchors) > 20
        page = write(report)
        check_html(page)
        shown = copy(parse(page))
        allowed = ("mark ", "a ", "bdi ", "span ", "p ", "div ")
        assert [tag for tag in tags(shown) if not tag.startswith(allowed)] == []
        assert {name for part in shown.iter() for name in part.attrib} == {
            *("class", "id", "dir", "lang", "href", "aria-hidden", "aria-label")
        }
        assert text_of(parse(page)) == report.article.text


class TestWords:
    def test_old_and_new_words_stand_side_by_side(self, marked: Article, gather: Gather) -> None:
        stale, _crossing, confirmed, lost, unplaced = classed(parse(write(gather(marked))), "item")
        assert [words(part) for name in ("del", "ins") for part in stale.iter(name)] == ["120", "110"]
        assert "it does not hold until it is confirmed or decided anew" in words(stale)
        assert [words(part) for part in lost.iter("del")] == ['השר כהן אמר: "הגשר יחסוך שעה בכל יום"']
        assert "words that are not in the text any more" in words(lost)
        assert "Verdict confirmed for the new words: The tender says 45. (Noa Barak, " in words(confirmed)
        assert classed(unplaced, "words-compared") == []

    def test_the_summary_does_not_count_them_as_decided(self, marked: Article, gather: Gather) -> None:
        root = parse(write(gather(marked)))
        said = words(root.find(".//main"))
        assert "3 of 5 claims are decided." in said
        assert "Words changed The words of one claim changed since its verdict: 1" in said
        assert "Lost from the text The words of one claim are not in the text any more: 4" in said
        rows = [[words(cell) for cell in row] for row in classed(root, "counts")[0].iter("tr")]
        assert ["", "Verified", "4", "0", "0", "2"] in rows
        assert [words(row[3]) for row in list(classed(root, "open")[0].iter("tr"))[1:]] == [
            "Words changed",
            "Lost from the text",
        ]


class TestCoverage:
    def test_open_passages_are_listed_and_waived_ones_in_the_appendix(self, marked: Article, gather: Gather) -> None:
        root = parse(write(gather(marked)))
        assert "3 of 4 checkable passages are answered for." in words(root.find(".//main"))
        open_rows, waived_rows = (
            [[words(cell) for cell in row] for row in table.iter("tr")][1:] for table in classed(root, "passages")
        )
        assert open_rows == [["4", "The bridge carries 9,000 cars a day.", "a figure"]]
        assert waived_rows[0][:3] == ["3", "ב-2019 נעצרו 12 מפגינים.", "Known from the court's file."]
        assert waived_rows[0][3].startswith("Regular checker, ")

    def test_a_text_with_nothing_to_prove_says_so(self, make: Factory, gather: Gather) -> None:
        assert "Nothing in the text has to be proved." in write(gather(make.article(text="שלום")))


class TestSignOff:
    def test_an_article_that_nobody_signed_says_so_plainly(self, marked: Article, gather: Gather) -> None:
        root = parse(write(gather(marked)))
        assert words(classed(root, "closing")[0]) == "Not signed off Editor"
        assert words(classed(root, "signs")[0]).count("Name, date, signature") == 3

    def test_one_that_holds_stands_in_the_head_and_at_the_end(
        self, make: Factory, gather: Gather, session: Session
    ) -> None:
        article = make.article(text="הגשר", asks_legal=True)
        signed = make.sign_off(article, actor=make.person(name="Noa Barak", role=Role.EDITOR))
        root = parse(write(gather(article)))
        said = words(classed(root, "closing")[0])
        assert said.startswith("Signed off Editor Noa Barak ")
        assert f"Version 1 sha256:{signed.digest}" in said
        assert said.endswith("Not signed off Legal")
        make.sign_off(article, actor=lawyer(make, session), side=Side.LEGAL)
        signs = classed(parse(write(gather(article))), "signs")[0]
        assert ["Noa Barak" in words(signs[1]), "Dana Gal" in words(signs[2])] == [True, True]
        assert "Name, date, signature" in words(signs[0])

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", "Version 2 was signed; the text is now version 3."),
            ("he", "גרסה 3"),
        ],
    )
    def test_one_that_was_reopened_says_what_changed_and_what_was_open(
        self, marked: Article, make: Factory, gather: Gather, language: str, said: str
    ) -> None:
        make.sign_off(marked, override_why="To print <at> eight.")
        make.revision(marked, FIRST)
        root = parse(write(gather(marked, language=language)))
        block = words(classed(root, "closing")[0])
        assert said in block
        assert "To print <at> eight." in block
        assert len(list(classed(root, "closing")[0].iter("li"))) == 3
        assert classed(root, "holds") == []
        assert "Regular editor" not in words(classed(root, "signs")[0])

    def test_one_that_was_withdrawn_says_so(
        self, marked: Article, make: Factory, gather: Gather, session: Session
    ) -> None:
        signed = make.sign_off(marked, override_why="To print at eight.")
        withdraw_sign_off(session, actor=make.regular(Role.EDITOR), sign_off_id=signed.id, why="Too early.")
        session.commit()
        block = words(classed(parse(write(gather(marked))), "closing")[0])
        assert block.startswith("Sign-off withdrawn ")
        assert ": Too early." in block
