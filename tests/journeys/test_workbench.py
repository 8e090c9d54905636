"""Work in the text, by hand, in Hebrew: what is marked with mouse, keys or finger is what the database holds."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor
from claims_app.anchors.service import open_claim_at
from claims_app.articles.model import Article
from claims_app.articles.queries import list_versions
from claims_app.articles.service import add_article
from claims_app.claims.model import Claim, Place
from claims_app.coverage.queries import Answer, count_answers, list_coverage
from claims_app.coverage.service import waive_passage
from claims_app.db import open_engine, open_sessions, writing
from claims_app.drafts.service import revise_article
from claims_app.people.model import Person, Role
from claims_app.people.service import add_person
from tests.journeys.conftest import Desk, Reader

TEXT = (
    'אתמול 👩🏽🚢 נפתח הגשר. לפי דוח העירייה, ב-2023 עברו בו 7,400 משאיות, כ-40% פחות מהתחזית של "Bridge & Sons Ltd." '
    'מאותה שנה, וארה"ב לא מימנה אותו; מחירו היה 1.58 מיליון ש"ח בלבד, לדברי המהנדסת.'
    "\n\n"
    "In 2019 the bridge 🌉 had 820 workers; only 310 are left. הוועד מסר כי 96 עובדים פוטרו ביום אחד."
    "\n\n"
    "מאז השתנה הרבה. הגשר הוא הארוך ביותר במדינה ונבנה בתוך 45 ימים."
)
# Begins in the Hebrew, goes through a Latin run with an abbreviation, over a line's end, and ends in a figure.
MIXED = 'של "Bridge & Sons Ltd." מאותה שנה, וארה"ב לא מימנה אותו; מחירו היה 1.58'


@pytest.fixture
def records(desk: Desk) -> Iterator[Session]:
    """The desk's own database, beside the browser; nothing that is read stays."""
    engine = open_engine(desk.data / "claims.db")
    with open_sessions(engine)() as session:
        yield session
    engine.dispose()


@pytest.fixture
def actor(records: Session) -> Person:
    with writing(records):
        return add_person(records, actor=None, email="dana@example.org", name="Dana", role=Role.EDITOR, language="he")


@pytest.fixture
def article(records: Session, actor: Person) -> Article:
    with writing(records):
        return add_article(records, actor=actor, title_he="הגשר", language="he", text=TEXT)


def mark(records: Session, actor: Person, article: Article, words: str) -> Claim:
    begins = TEXT.index(words)
    with writing(records):
        return open_claim_at(
            records, actor=actor, article_id=article.id, begins=begins, ends=begins + len(words), statement_he=words
        )


def anchors(records: Session, article: Article) -> list[tuple[int, int, str]]:
    """Return what is marked in the article by now, the oldest first."""
    records.rollback()
    rows = records.execute(
        select(Anchor.begins, Anchor.ends, Anchor.quote)
        .join(Claim)
        .where(Claim.article_id == article.id, Anchor.withdrawn_at.is_(None))
        .order_by(Anchor.id)
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def exactly(words: str) -> tuple[int, int, str]:
    return TEXT.index(words), TEXT.index(words) + len(words), words


@pytest.fixture
def page(desk: Desk, browser: Browser, readers: list[Reader], article: Article) -> Page:
    reader = Reader(browser)
    readers.append(reader)
    reader.enter(desk.newcomer(email="noa@example.org", name="Noa", role=Role.CHECKER, language="he"))
    reader.page.goto(f"{desk.address}/articles/{article.id}/text")
    return reader.page


def corner(page: Page, words: str, *, at_end: bool) -> tuple[float, float]:
    """Return a point on the screen in the middle of the first, or of the last, of some words of the text.

    Found by the browser's own layout, without the product's script; a mouse stands on whole points of the screen. It is
    nearer to where a letter begins than to where it ends, so that it is plain between which two the browser cuts.
    """
    place: list[float] = page.evaluate(
        """([words, atEnd]) => {
          for (const paragraph of document.querySelectorAll("[data-begins]")) {
            const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
            const letters = [];
            while (walker.nextNode()) {
              const node = walker.currentNode;
              if (node.parentElement.closest("[data-skip]")) continue;
              for (let at = 0; at < node.data.length; at += 1) letters.push([node, at]);
            }
            const whole = letters.map(([node, at]) => node.data[at]).join("");
            const found = whole.indexOf(words);
            if (found < 0) continue;
            const [first, last] = [words.split(" ")[0], words.split(" ").at(-1)];
            const middle = atEnd ? words.length - Math.ceil(last.length / 2) : Math.floor(first.length / 2);
            const [node, at] = letters[found + middle];
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            const box = range.getBoundingClientRect();
            const isHebrew = /\\p{Script=Hebrew}/u.test(node.data[at]);
            const place = isHebrew ? box.right - box.width / 4 : box.left + box.width / 4;
            return [Math.round(place), Math.round(box.top + box.height / 2)];
          }
          return null;
        }""",
        [words, at_end],
    )
    return place[0], place[1]


def drag(page: Page, words: str, last_words: str | None = None) -> None:
    """Select from the middle of the first word to the middle of the last one: words that are cut are taken whole."""
    begins, ends = corner(page, words, at_end=False), corner(page, last_words or words, at_end=True)
    page.mouse.move(*begins)
    page.mouse.down()
    page.mouse.move(*ends, steps=12)
    page.mouse.up()
    expect(page.locator("#markbar")).to_be_visible()


def open_claim(page: Page) -> None:
    page.locator("#claim-form button.btn-primary").click()
    expect(page.locator("#panel [data-in-hand=claim]")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize(
    "words", [MIXED, "7,400 משאיות, כ-40% פחות", "820 workers; only 310 are left. הוועד מסר", 'Sons Ltd." מאותה']
)
def test_words_selected_by_mouse_are_anchored_at_their_code_points(
    page: Page, records: Session, article: Article, words: str
) -> None:
    drag(page, words)
    bar = page.locator("#markbar").bounding_box()
    assert bar is not None
    selected = page.evaluate("[...getSelection().getRangeAt(0).getClientRects()].map(r => [r.top, r.bottom])")
    assert all(bar["y"] >= bottom or bar["y"] + bar["height"] <= top for top, bottom in selected), "it covers the words"
    page.keyboard.press("n")
    expect(page.locator("#claim-form blockquote")).to_have_text(words)
    open_claim(page)
    assert anchors(records, article) == [exactly(words)]
    number = page.locator("#text .fn[data-claim]").first
    expect(number).to_have_text("1")
    assert f"claim={number.get_attribute('data-claim')}" in page.url


@pytest.mark.browser
def test_words_selected_across_paragraphs_keep_the_break_between_them(
    page: Page, records: Session, article: Article
) -> None:
    words = TEXT[TEXT.index("לדברי המהנדסת") : TEXT.index(" 🌉")]
    drag(page, "לדברי המהנדסת", "In 2019 the bridge")
    page.locator("#markbar [data-mark=new]").click()
    open_claim(page)
    assert anchors(records, article) == [exactly(words)]


@pytest.mark.browser
def test_words_are_marked_by_keys_alone(page: Page, records: Session, article: Article) -> None:
    page.keyboard.press("o")
    page.keyboard.press("o")  # the second open passage
    expect(page.locator("#panel blockquote")).to_contain_text("7,400")
    sentence = page.locator("#panel blockquote").inner_text()
    page.keyboard.press("m")
    expect(page.locator("#markbar")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == sentence.rstrip(".")
    for _ in range(3):
        page.keyboard.press("ArrowRight")  # back, in Hebrew
    page.keyboard.press("ArrowLeft")  # on
    page.keyboard.press("m")  # now the beginning
    for _ in range(2):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    shown = page.locator("#claim-form blockquote")
    expect(shown).to_be_visible()
    words = shown.inner_text()
    whole = sentence.rstrip(".").split(" ")
    assert words == " ".join(whole[2:-2]).rstrip(",")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#panel [data-in-hand=claim]")).to_be_visible()
    assert anchors(records, article) == [exactly(words)]


@pytest.mark.browser
def test_escape_leaves_the_marks_as_they_were(page: Page, records: Session, article: Article) -> None:
    drag(page, MIXED)
    page.keyboard.press("Escape")
    expect(page.locator("#markbar")).to_be_hidden()
    page.keyboard.press("m")
    expect(page.locator("#markbar")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#claim-form")).to_be_visible()
    page.keyboard.press("Escape")  # out of the field
    page.keyboard.press("Escape")  # out of the form
    expect(page.locator("#claim-form")).to_have_count(0)
    assert anchors(records, article) == []


@pytest.mark.browser
def test_escape_leaves_the_form_though_nothing_comes_in_its_place(page: Page) -> None:
    page.keyboard.press("o")
    expect(page.locator("#panel [data-in-hand=passage]")).to_be_visible()
    drag(page, MIXED)
    page.keyboard.press("n")
    expect(page.locator("#claim-form")).to_be_visible()
    page.route("**/passages/**", lambda _route: None)  # asked for, and never answered
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#claim-form")).to_have_count(0)


@pytest.mark.browser
def test_words_are_marked_with_a_finger(
    desk: Desk, browser: Browser, readers: list[Reader], records: Session, article: Article
) -> None:
    """A long press is the browser's own; what it leaves behind is a selection without any pointer."""
    reader = Reader(browser, width=390)
    reader.context.close()
    reader.context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    reader.page = reader.context.new_page()
    readers.append(reader)
    page = reader.page
    reader.enter(desk.newcomer(email="noa@example.org", name="Noa", role=Role.CHECKER, language="he"))
    page.goto(f"{desk.address}/articles/{article.id}/text")
    page.evaluate(
        """() => {
          const node = document.querySelector("[data-begins] .gap:last-of-type").firstChild;
          const at = node.data.indexOf("400");  // inside of 7,400
          getSelection().setBaseAndExtent(node, at, node, node.data.indexOf("פחות") + 2);
        }"""
    )
    expect(page.locator("#markbar")).to_be_visible()
    page.locator("#markbar [data-mark=new]").tap()
    expect(page.locator("#claim-form blockquote")).to_have_text("7,400 משאיות, כ-40% פחות")
    page.locator("#claim-form button.btn-primary").tap()
    expect(page.locator(".mobile-act")).to_be_visible()
    assert anchors(records, article) == [exactly("7,400 משאיות, כ-40% פחות")]
    page.locator(".mobile-act [data-finding=partly]").tap()  # the sheet rises with the finding chosen
    expect(page.locator("#panel [name=finding][value=partly]")).to_be_checked()
    expect(page.locator("#panel .sheet-close")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")


@pytest.mark.browser
def test_overlapping_marks_show_both_claims_and_can_both_be_taken(
    page: Page, records: Session, actor: Person, article: Article
) -> None:
    outer = mark(records, actor, article, "ב-2023 עברו בו 7,400 משאיות, כ-40% פחות")
    crossing = mark(records, actor, article, "כ-40% פחות מהתחזית")
    page.reload()
    both = page.locator(f"mark[data-claim='{outer.id}'] mark[data-claim='{crossing.id}']")
    expect(both).to_have_text("כ-40% פחות")
    expect(page.locator("#text .fn[data-claim]")).to_have_text(["1", "2"])
    in_hand = page.locator("#panel [data-in-hand]")
    both.click()
    expect(in_hand).to_have_attribute("data-id", str(crossing.id))
    both.click()
    expect(in_hand).to_have_attribute("data-id", str(outer.id))
    expect(both).not_to_have_attribute("aria-current", "true")
    page.keyboard.press("j")
    expect(in_hand).to_have_attribute("data-id", str(crossing.id))
    page.keyboard.press("k")
    expect(in_hand).to_have_attribute("data-id", str(outer.id))
    # What is marked already may be selected once more, by words that begin in one mark and end in the other.
    drag(page, "משאיות, כ-40% פחות מהתחזית")
    page.keyboard.press("l")
    expect(page.locator("#panel .place")).to_have_count(2)
    assert anchors(records, article)[-1] == exactly("משאיות, כ-40% פחות מהתחזית")
    drag(page, "7,400 משאיות, כ-40% פחות מהתחזית של")
    assert page.evaluate("getSelection().toString()") == "7,400 משאיות, כ-40% פחות מהתחזית של"  # without the numbers


@pytest.mark.browser
def test_an_open_passage_is_waived_by_key_and_the_page_follows(page: Page, records: Session, article: Article) -> None:
    version = list_versions(records, article.id)[0]
    before = count_answers(list_coverage(records, version.id))
    page.keyboard.press("o")
    passage = page.locator("#panel [data-in-hand=passage]")
    passage_id = passage.get_attribute("data-id")
    place = page.locator(f"#text .gap[data-passage='{passage_id}']").first
    top = place.bounding_box()
    page.keyboard.press("w")
    page.keyboard.type("דעה של הכותבת")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#panel .flash")).to_be_visible()
    expect(page.locator(f"#text [data-passage='{passage_id}']")).to_have_count(0)
    expect(page.locator(".cover svg")).to_have_attribute("aria-label", re.compile(rf"{before[Answer.OPEN] - 1}$"))
    expect(page.locator("#work-head b").first).to_contain_text(str(before[Answer.CLAIMED] + before[Answer.WAIVED] + 1))
    records.rollback()
    assert count_answers(list_coverage(records, version.id))[Answer.WAIVED] == 1
    assert top is not None
    page.keyboard.press("o")
    expect(page.locator("#panel [data-in-hand=passage]")).not_to_have_attribute("data-id", str(passage_id))


@pytest.mark.browser
def test_a_verdict_by_key_changes_the_mark_and_leaves_the_text_where_it_was(
    page: Page, records: Session, actor: Person, article: Article
) -> None:
    claim = mark(records, actor, article, "הארוך ביותר במדינה")
    page.reload()
    page.keyboard.press("j")
    expect(page.locator("#panel [data-in-hand]")).to_have_attribute("data-id", str(claim.id))
    before = page.evaluate("window.scrollY")
    page.keyboard.press("u")
    page.locator("#panel [name=rationale_he]").fill("אין רשימה של הגשרים.")
    page.locator("#verdict-form button.btn-primary").click()
    expect(page.locator(f"mark.s-unverifiable[data-claim='{claim.id}']")).to_be_visible()
    expect(page.locator(f".margin a[data-claim='{claim.id}']")).to_contain_text("אין רשימה")
    assert page.evaluate("window.scrollY") == before
    assert f"/articles/{article.id}/text?claim={claim.id}" in page.url


@pytest.mark.browser
def test_a_half_written_rationale_waits_for_its_claim(
    page: Page, records: Session, actor: Person, article: Article
) -> None:
    first = mark(records, actor, article, "7,400 משאיות")
    mark(records, actor, article, "45 ימים")
    page.reload()
    page.keyboard.press("j")
    page.locator("#panel [name=rationale_he]").fill("בדקתי ו")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("#panel [data-in-hand]")).not_to_have_attribute("data-id", str(first.id))
    expect(page.locator("#panel [name=rationale_he]")).to_have_value("")
    page.keyboard.press("k")
    expect(page.locator("#panel [name=rationale_he]")).to_have_value("בדקתי ו")


@pytest.mark.browser
def test_a_refused_claim_stays_in_the_panel_with_what_was_typed(page: Page) -> None:
    drag(page, "7,400 משאיות")
    page.keyboard.press("n")
    page.locator("#claim-form [name=statement_he]").fill("משאיות")
    page.locator("#claim-form [name=figure_low]").fill("הרבה")
    page.locator("#claim-form button.btn-primary").click()
    expect(page.locator("#panel #claim-form .sum")).to_be_visible()
    expect(page.locator("#claim-form [name=statement_he]")).to_have_value("משאיות")
    page.locator("#claim-form [name=figure_low]").fill("7400")
    open_claim(page)


@pytest.mark.browser
def test_a_lost_claim_is_placed_where_a_person_says(
    desk: Desk, page: Page, records: Session, actor: Person, article: Article
) -> None:
    claim = mark(records, actor, article, "820 workers")
    with writing(records):
        changed = TEXT.replace("In 2019 the bridge 🌉 had 820 workers; only 310 are left.", "הכול שונה.")
        revise_article(records, actor=actor, article_id=article.id, text=changed)
    assert records.get_one(Claim, claim.id).place is Place.LOST
    page.goto(f"{desk.address}/articles/{article.id}/text")
    page.locator(".galley .note a").click()
    page.wait_for_url(re.compile(r"/places$"))
    expect(page.locator(".lost-words")).to_have_text("820 workers")
    page.locator(f"#claim-{claim.id} .offers button").first.click()
    expect(page.locator(".flash")).to_be_visible()
    expect(page.locator(f"#claim-{claim.id}")).to_have_count(0)
    records.rollback()
    records.expire_all()
    assert records.get_one(Claim, claim.id).place is Place.PLACED


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_the_workbench_is_accessible_with_a_claim_and_with_a_passage_in_hand(
    desk: Desk,
    browser: Browser,
    readers: list[Reader],
    records: Session,
    actor: Person,
    article: Article,
    width: int,
    scheme: Any,
) -> None:
    claim = mark(records, actor, article, "ב-2023 עברו בו 7,400 משאיות")
    mark(records, actor, article, "7,400 משאיות, כ-40% פחות")
    coverage = list_coverage(records, list_versions(records, article.id)[0].id)
    passages = [one.passage.id for one in coverage if one.answer is Answer.OPEN]
    with writing(records):
        waive_passage(records, actor=actor, passage_id=passages[-1], why="דעה")
    reader = Reader(browser, width=width, scheme=scheme)
    readers.append(reader)
    reader.enter(desk.newcomer(email="noa@example.org", name="Noa", role=Role.CHECKER, language="he"))
    for query in ("", f"?claim={claim.id}", f"?passage={passages[0]}", f"?passage={passages[-1]}"):
        reader.page.goto(f"{desk.address}/articles/{article.id}/text{query}")
        if width < 768 and query:
            reader.page.keyboard.press("Enter")
        result: dict[str, Any] = Axe().run(reader.page).response
        found = [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in result["violations"]]
        assert found == [], query
        assert not reader.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
