"""An article's whole way, by hand, in Hebrew: from a scrambled file to a sign-off, with a second draft in between."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.claims.model import Claim
from claims_app.db import open_engine, open_sessions, writing
from claims_app.evidence.model import Rank, Stance
from claims_app.evidence.service import add_evidence
from claims_app.language import gettext, speaking
from claims_app.people.model import Person, Role
from claims_app.sources.service import add_source
from claims_app.verdicts.model import Finding
from claims_app.verdicts.service import propose_verdict
from tests.journeys.conftest import Desk, Reader

SIGNER = "נועה ברק"
TITLE = "הגשר החדש"
LINES = (
    "לכאורה זה נשמע מפתיע, אבל כל מי שמכיר את תולדות העיר יודע",
    "שכבר לפני עשרים שנה ביקשו תושבי הגדה המזרחית גשר חדש.",
    "העירייה דחתה את הבקשה שלוש פעמים, ובכל פעם נתנה סיבה אחרת.",
    "בסוף נבנה הגשר בתקציב של 40 מיליון שקלים, והוא ארוך מקודמו",
    "ב-120 מטרים. המהנדסת הראשית אמרה בישיבה כי הוא יחזיק מאה שנים.",
    "לפי דוח המבקר עברו בגשר 7,400 משאיות ביום בשנה הראשונה.",
    "ראש העיר יעל כרמי הבטיחה בטקס הפתיחה שלא תיגבה אגרה.",
    "מספר התאונות בצומת הסמוך ירד ב-30 אחוזים בתוך שנתיים.",
    "הסוחרים ברחוב הנמל פיטרו 96 עובדים לאחר שהכביש נסגר.",
    "בתושבים שעברו אל הגדה המזרחית מאז יש גם 310 משפחות צעיירות.",
)
# As a justified file may come out: the words of each line from its end to its beginning, double blanks between them.
SCRAMBLED = TITLE + "\n\n" + "\n\n".join("  ".join(reversed(line.split())) for line in LINES)

WHOLE = " ".join(LINES)
WAIVED = ("לכאורה זה נשמע", "העירייה דחתה את", "המהנדסת הראשית אמרה")
FIGURE = "בסוף נבנה הגשר בתקציב של 40 מיליון שקלים, והוא ארוך מקודמו ב-120 מטרים."
MOVED = "לפי דוח המבקר עברו בגשר 7,400 משאיות ביום בשנה הראשונה."
NAME = "ראש העיר יעל כרמי הבטיחה בטקס הפתיחה שלא תיגבה אגרה."
DELETED = "מספר התאונות בצומת הסמוך ירד ב-30 אחוזים בתוך שנתיים."
KEPT = "הסוחרים ברחוב הנמל פיטרו 96 עובדים לאחר שהכביש נסגר."
TYPO = "בתושבים שעברו אל הגדה המזרחית מאז יש גם 310 משפחות צעיירות."
CLAIMED = (FIGURE, MOVED, NAME, DELETED, KEPT, TYPO)
ADDED = "בתחילת החורף הוצבו לאורך הגשר 14 עמודי תאורה."


def second_draft() -> str:
    """Return the text with six edits: a figure, a name, a sentence moved, one deleted, a typo mended, one added."""
    text = f"{MOVED} " + WHOLE.replace(f"{MOVED} ", "").replace(f"{DELETED} ", "")
    text = text.replace("40 מיליון", "45 מיליון").replace("יעל כרמי", "יעל ברקת").replace("צעיירות", "צעירות")
    return f"{TITLE}\n\n{text}\n\n{ADDED}"


def say(message: str) -> str:
    with speaking("he"):
        return gettext(message)


@pytest.fixture
def records(desk: Desk) -> Iterator[Session]:
    """The desk's own database, beside the browser."""
    engine = open_engine(desk.data / "claims.db")
    with open_sessions(engine)() as session:
        yield session
    engine.dispose()


def decide(records: Session, claim: Claim) -> None:
    """Add evidence to a claim and decide it, as the form would."""
    actor = records.scalars(select(Person).where(Person.email == "noa@example.org")).one()
    with writing(records):
        address = f"https://example.org/city/{claim.id}"
        source = add_source(records, actor=actor, title=f"City records {claim.id}", address=address)
        add_evidence(
            records,
            actor=actor,
            claim_id=claim.id,
            source=source,
            stance=Stance.SUPPORTS,
            rank=Rank.PRIMARY,
            summary="כך כתוב ברישום.",
        )
    records.refresh(claim)
    with writing(records):
        propose_verdict(
            records,
            actor=actor,
            claim_id=claim.id,
            revision=claim.revision,
            finding=Finding.VERIFIED,
            rationale_he="הרישום של העירייה אומר כך.",
        )


def accessible(page: Page) -> None:
    """What only stands here after something was sent is as accessible as every other page."""
    result: dict[str, Any] = Axe().run(page).response
    assert [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in result["violations"]] == []


def bring_in(page: Page, address: str) -> str:
    """Read the scrambled file, compare both sides, save, and return the article's address."""
    page.goto(f"{address}/articles/new")
    file = FilePayload(name="gesher.txt", mimeType="text/plain", buffer=SCRAMBLED.encode())
    page.locator("#bring [name=file]").set_input_files(file)
    page.locator("#bring button.btn-primary").click()
    body = page.locator(".compare-row").filter(has_text="שמכיר")
    expect(body.locator(".was")).to_contain_text("שמכיר  מי  כל  אבל")
    expect(body.locator("[name=paragraph]")).to_have_value(WHOLE)
    expect(page.locator("#form [name=title_he]")).to_have_value(TITLE)
    accessible(page)
    page.locator("#form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/articles/\d+/text$"))
    expect(page.locator(".flash")).to_be_visible()
    return page.url.removesuffix("/text")


def waive(page: Page, why: str) -> None:
    """Waive the passage in hand by its key."""
    page.keyboard.press("w")
    expect(page.locator("#waive-form [name=why]")).to_be_focused()
    page.keyboard.type(why)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#panel .flash")).to_be_visible()


def answer_passages(page: Page) -> None:
    """Go through the open passages by key: each becomes a claim on its words, or is waived."""
    in_hand = page.locator("#panel [data-in-hand=passage]")
    seen: str | None = None
    for _ in range(len(CLAIMED) + len(WAIVED)):
        page.keyboard.press("o")
        if seen is not None:
            expect(page.locator(f"#panel [data-in-hand=passage][data-id='{seen}']")).to_have_count(0)
        expect(in_hand).to_be_visible()
        seen = in_hand.get_attribute("data-id")
        words = in_hand.locator("blockquote").inner_text()
        if words.startswith(WAIVED):
            waive(page, "רקע")
            continue
        assert words in CLAIMED
        page.keyboard.press("n")
        expect(page.locator("#claim-form blockquote")).to_have_text(words)
        page.locator("#claim-form button.btn-primary").click()
        expect(page.locator("#panel [data-in-hand=claim]")).to_be_visible()
    expect(page.locator("#text .gap")).to_have_count(0)


def decide_by_hand(page: Page, article: str, claim: Claim) -> None:
    """Decide a claim in the workbench, with what nobody can find out."""
    page.goto(f"{article}/text?claim={claim.id}")
    page.keyboard.press("u")
    page.locator("#panel [name=rationale_he]").fill("אין רישום פתוח של הסכום.")
    page.locator("#verdict-form button.btn-primary").click()
    expect(page.locator(f"mark.s-unverifiable[data-claim='{claim.id}']").first).to_be_visible()


def revise(page: Page, article: str) -> None:
    """Add the second draft by pasting it."""
    page.goto(f"{article}/versions/new")
    page.locator("#bring [name=text]").fill(second_draft())
    page.locator("#bring button.btn-primary").click()
    expect(page.locator("#bring")).to_have_count(0)
    expect(page.locator("#form [name=text]")).to_have_value(second_draft())
    page.locator("#form button.btn-primary").click()
    page.wait_for_url(f"{article}/versions/2")


def check_fates(page: Page, claims: dict[str, Claim]) -> None:
    """The page of the draft names the right claims, each with what became of it, and no other."""
    fates = {FIGURE: "Words changed", NAME: "Words changed", TYPO: "Words changed", DELETED: "Lost", MOVED: "Moved"}
    expect(page.locator("section[id^=claim-]")).to_have_count(len(fates))
    for words, fate in fates.items():
        section = page.locator(f"#claim-{claims[words].number}")
        expect(section.locator(".stale" if fate == "Words changed" else ".row-line b")).to_have_text(say(fate))
    expect(page.locator("section .stale")).to_have_count(3)
    changed = page.locator(f"#claim-{claims[FIGURE].number}")
    expect(changed.locator("del")).to_have_text("40")
    expect(changed.locator("ins")).to_have_text("45")
    expect(page.locator(f"#claim-{claims[NAME].number} ins")).to_have_text("ברקת")
    tallies = page.locator(".tallies")
    for number, fate in ((1, "Unchanged"), (1, "Moved"), (3, "Words changed"), (1, "Lost")):
        expect(tallies.locator("span", has_text=say(fate))).to_contain_text(str(number))


def refused(page: Page, article: str, *, blockers: int) -> None:
    """A sign-off with something open is refused, and what is open is listed."""
    page.goto(f"{article}/sign-off")
    expect(page.locator(".blockers li")).to_have_count(blockers)
    page.locator("#form p.row-line button.btn-primary").click()
    expect(page.locator(".sum")).to_be_visible()
    expect(page.locator(".blockers li")).to_have_count(blockers)
    expect(page.locator(".signature")).to_have_count(0)
    accessible(page)


def answer_stale(page: Page, article: str, claims: dict[str, Claim]) -> None:
    """Each stale verdict is answered in another way: confirmed on its page, in the workbench, or reopened."""
    page.goto(f"{article}/versions/2")
    page.locator(f"#claim-{claims[TYPO].number} a.btn").click()
    expect(page.locator(".words-compared del")).to_have_text("צעיירות")
    page.locator("#form [name=why]").fill("רק שגיאת כתיב תוקנה.")
    page.locator("#form button.btn-primary").click()
    page.wait_for_url(f"{article}/versions/2")
    expect(page.locator(f"#claim-{claims[TYPO].number} .stale")).to_have_count(0)

    page.goto(f"{article}/text?claim={claims[NAME].id}")
    page.locator("#confirm-form [name=why]").fill("השם תוקן לפי הפרוטוקול.")
    page.locator("#confirm-form button.btn-primary").click()
    expect(page.locator("#confirm-form")).to_have_count(0)

    page.goto(f"{article}/versions/2")
    page.locator(f"#claim-{claims[FIGURE].number} a.btn").click()
    page.locator("#form a.btn[href$='/verdict/reopen']").click()
    page.wait_for_url(re.compile(r"/verdict/reopen$"))  # the page before has a reason and a button, too
    page.locator("#form [name=why]").fill("הסכום השתנה.")
    page.locator("#form p.row-line button").click()
    page.wait_for_url(re.compile(r"/claims/\d+$"))
    decide_by_hand(page, article, claims[FIGURE])


def withdraw_lost(page: Page, article: str, claim: Claim) -> None:
    page.goto(f"{article}/places")
    expect(page.locator(".lost-words")).to_have_text(DELETED)
    page.locator(f"#claim-{claim.id} a[href*='/withdraw']").click()
    page.locator("#form [name=why]").fill("המשפט נמחק.")
    page.locator("#form p.row-line button").click()
    expect(page.locator(".flash")).to_be_visible()


def check_report(page: Page, article: str, path: Path) -> None:
    """The report that is downloaded holds the text with its notes, and who signed what."""
    page.goto(article)
    with page.expect_download() as downloading:
        page.evaluate(
            "address => { const a = document.createElement('a'); a.href = address; a.download = ''; a.click(); }",
            f"{article}/report.html?language=he&download=1",
        )
    downloading.value.save_as(path)
    page.goto(path.as_uri())
    copy = page.locator(".copy")
    expect(copy).to_contain_text("45 מיליון שקלים")
    expect(copy).to_contain_text(ADDED)
    expect(copy.locator("mark.s-unverifiable").first).to_contain_text("בסוף נבנה הגשר")
    expect(copy.locator(".fn")).to_have_count(len(CLAIMED) - 1)
    for place in (".closing", ".signs"):
        expect(page.locator(place)).to_contain_text(SIGNER)
    expect(page.locator(".closing")).to_contain_text(say("Signed off"))


@pytest.mark.browser
def test_an_article_from_a_scrambled_file_to_its_sign_off(
    desk: Desk, browser: Browser, readers: list[Reader], records: Session, tmp_path: Path
) -> None:
    editor = Reader(browser)
    readers.append(editor)
    page = editor.page
    editor.enter(desk.newcomer(email="noa@example.org", name=SIGNER, role=Role.EDITOR, language="he"))

    article = bring_in(page, desk.address)
    answer_passages(page)
    number = int(article.rpartition("/")[2])
    opened = records.scalars(select(Claim).where(Claim.article_id == number).order_by(Claim.position)).all()
    claims = dict(zip(CLAIMED, opened, strict=True))
    assert [claim.statement_he for claim in opened] == list(CLAIMED)
    refused(page, article, blockers=1)
    decide_by_hand(page, article, claims[FIGURE])
    for claim in opened[1:]:
        decide(records, claim)

    revise(page, article)
    check_fates(page, claims)

    refused(page, article, blockers=3)
    answer_stale(page, article, claims)
    withdraw_lost(page, article, claims[DELETED])
    refused(page, article, blockers=1)
    page.goto(f"{article}/text")
    page.keyboard.press("o")
    expect(page.locator("#panel [data-in-hand=passage] blockquote")).to_have_text(ADDED)
    waive(page, "ידוע לכול")

    page.goto(f"{article}/sign-off")
    expect(page.locator(".blockers")).to_have_count(0)
    page.locator("#form p.row-line button.btn-primary").click()
    expect(page.locator(".signature.holds")).to_contain_text(SIGNER)
    check_report(page, article, tmp_path / "report.html")

    page.goto(f"{desk.address}/claims/{claims[KEPT].id}/verdict/reopen")
    page.locator("#form [name=why]").fill("הסוחרים מסרו מספר אחר.")
    page.locator("#form p.row-line button").click()
    page.wait_for_url(re.compile(r"/claims/\d+$"))
    page.goto(f"{article}/sign-off")
    expect(page.locator(".signature")).to_contain_text(say("Reopened by a later change"))
    expect(page.locator(".signature.holds")).to_have_count(0)
    accessible(page)
    expect(page.locator(".blockers li")).to_have_count(1)
