"""Every page, in both languages, wide and narrow, light and dark: accessible, and not wider than its window."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.articles.queries import find_version
from claims_app.articles.service import File
from claims_app.captures.model import Capture, Trigger
from claims_app.captures.reading import read_upload
from claims_app.captures.service import finish_failed, finish_kept, keep_upload, request_capture, take_next
from claims_app.claimreview.reading import read_reviews
from claims_app.claims.model import Claim, Priority
from claims_app.claims.service import prioritise_claims
from claims_app.config import Settings
from claims_app.coverage.queries import Answer, list_coverage
from claims_app.db import now, open_engine, open_sessions, today, writing
from claims_app.earlier.service import File as ReadFile
from claims_app.earlier.service import import_reviews
from claims_app.errors import DomainError
from claims_app.evidence.model import Stance
from claims_app.evidence.service import add_evidence
from claims_app.files import Files
from claims_app.importing.matching import is_heading
from claims_app.importing.model import ImportKind
from claims_app.importing.planning import plan_import
from claims_app.importing.service import save_import
from claims_app.importing.tables import read_table
from claims_app.looks.model import LookReason
from claims_app.looks.service import raise_look
from claims_app.people.model import Person, Role
from claims_app.people.queries import find_person
from claims_app.sources.confidential import add_confidential, show_secret
from claims_app.sources.contacts import log_contact, withdraw_contact
from claims_app.sources.model import Channel, SourceKind, Terms
from claims_app.sources.service import add_source
from claims_app.watching.model import Watch
from tests.journeys.conftest import Desk, Reader

PAGES = [
    "/", "/claims", "/claims?article=1", "/claims?q=%D7%A0%D7%A4%D7%98&status=disputed", "/claims?status=opinion",
    "/claims/1", "/claims/20", "/claims/1/edit", "/claims/1/evidence/new", "/claims/9/verdict", "/articles",
    "/articles/1", "/articles/1/edit", "/articles/1/claims/new", "/articles/1/versions/new", "/articles/new",
    "/articles/1/text", "/articles/1/text?claim={stale}", "/articles/1/text?passage={passage}", "/articles/1/places",
    "/articles/1/annotations/import",
    "/articles/1/versions/1", "/articles/1/versions/2", "/articles/1/sign-off", "/passages/{passage}/waive",
    "/claims/{stale}/verdict/confirm", "/claims/{looked}", "/claims/{looked}/recheck", "/looks/{look}",
    "/looks/{look}/settle", "/sources/{watched}", "/sources/{watched}/watch", "/articles/1/watch",
    "/articles/1/report", "/articles/1/report?format=xlsx&later=y&language=he&audience=public",
    "/captures/{copy}", "/captures/{copy}?view=page", "/captures/{copy}?view=facts", "/captures/{failed}",
    "/captures/{waiting}", "/sources/{copied}", "/sources/{copied}/copies/new", "/articles/1/checks", "/claimants/1",
    "/claimants/1/edit",
    "/sources", "/sources/1", "/sources/1/edit", "/sources/new", "/sources/1/origin", "/publishers",
    "/publishers/1", "/publishers/1/edit", "/publishers/1/merge", "/earlier", "/earlier/1",
    "/earlier/1/withdraw", "/earlier/import", "/sources/{person}", "/sources/{person}/contacts",
    "/sources/{person}/contacts/new", "/contacts/{contact}/withdraw", "/sources/new/confidential",
    "/sources/{secret}", "/sources/{secret}/confidential", "/history", "/history?claim=1", "/people",
    "/people/1", "/people/1/edit", "/people/new", "/account", "/account/password",
    "/tables", "/tables/new", "/tables/1", "/tables/1/undo",
    "/nothing-here",
]  # fmt: skip
"""``stale`` is a claim whose words changed in the newest draft, ``passage`` one that nobody has answered for,
``person`` somebody who was asked, ``contact`` that call, ``secret`` a confidential source that the reader may know;
``looked`` a claim that ``look`` says to look at again, because ``watched``, its source, has changed;
``copy`` a kept page of the source ``copied``, ``failed`` and ``waiting`` captures that are none."""
OUTSIDE = ["/sign-in", "/sign-in/no-such-link"]


def add_look(session: Session, files: Files, reader: Person) -> dict[str, int]:
    """Have a claim looked at again because a watched page lost a passage; nothing is fetched for it."""
    source = add_source(session, actor=reader, title="The gazette", address="https://gazette.example/bridge")
    claim = session.scalars(select(Claim).where(Claim.verdict_id.is_not(None))).first()
    assert claim is not None
    copies: list[Capture] = []
    for words in ("The bridge was opened in 1998.", "The bridge was opened in 1999."):
        wanted = request_capture(session, actor=reader, source=source, trigger=Trigger.ASKED)
        assert wanted is not None
        taken = take_next(session, now=wanted.due_at, politeness=timedelta(0), only=[wanted.id])
        assert taken is not None
        kept = read_upload(files, data=f"<p>It is old.<p>{words}".encode(), name="", media_type="text/html")
        capture = finish_kept(session, taken, kept, now=wanted.due_at)
        assert capture is not None
        copies.append(capture)
    before, after = copies
    session.add(Watch(source_id=source.id, every_days=7, due_at=now() + timedelta(days=7), base_id=after.id))
    look = raise_look(
        session,
        claim=claim,
        reason=LookReason.PASSAGE_GONE,
        source=source,
        capture=after,
        before=before,
        person_id=reader.id,
    )
    assert look is not None
    return {"look": look.id, "looked": claim.id, "watched": source.id}


def numbers(desk: Desk) -> dict[str, int]:
    """Return the numbers that the addresses of the pages leave open."""
    engine = open_engine(desk.data / "claims.db")
    with open_sessions(engine)() as session, writing(session):
        stale = session.scalars(select(Claim.id).where(Claim.is_stale)).first()
        coverage = list_coverage(session, find_version(session, 1).id)
        passage = next(one.passage.id for one in coverage if one.answer is Answer.OPEN)
        reader = find_person(session, "page@example.org")
        person = add_source(session, actor=reader, kind=SourceKind.PERSON, title="The mayor")
        said: dict[str, Any] = {
            "channel": Channel.PHONE,
            "question": "How long is it?",
            "answer": "120 metres.",
            "terms": Terms.OFF,
        }
        contact = log_contact(session, actor=reader, source_id=person.id, **said)
        wrong = log_contact(session, actor=reader, source_id=person.id, **said)
        withdraw_contact(session, actor=reader, contact_id=wrong.id, why="Misheard.")
        secret = add_confidential(session, actor=reader, name="A neighbour")
        log_contact(session, actor=reader, source_id=secret.id, **said)
        show_secret(session, actor=reader, source_id=secret.id)
        found = {"passage": passage, "person": person.id, "contact": contact.id, "secret": secret.id}
        add_table(session)
        found |= add_captures(session, Files(Settings(data=desk.data).captures), reader)
        add_earlier(session, reader)
        found |= add_look(session, Files(Settings(data=desk.data).captures), reader)
    engine.dispose()
    assert stale is not None
    return {"stale": stale, **found}


def add_earlier(session: Session, reader: Person) -> None:
    """Bring in a published check with a long rating, like the first claim of the example."""
    claim = session.get_one(Claim, 1)
    node = {
        "@type": "ClaimReview",
        "claimReviewed": claim.statement_en or claim.statement_he,
        "url": "https://checkers.example/a-very-long-address-of-a-page-without-a-single-blank-in-it/1",
        "reviewRating": {"alternateName": "Mostly right, but " * 12, "ratingValue": "3", "bestRating": "5"},
    }
    reading = read_reviews(json.dumps(node).encode(), today=today())
    import_reviews(session, actor=reader, files=[ReadFile("page.json", reading)])


def add_table(session: Session) -> None:
    """Bring two claims in from a table, of which one was worked on since."""
    table = read_table(b"Statement\nOne.\nTwo.\n", is_known=is_heading)
    plan = plan_import(session, kind=ImportKind.CLAIMS, table=table, columns={"statement": 0}, article_id=1)
    file = File("ef" * 32, 20, name="claims.csv")
    save_import(session, actor=None, plan=plan, file=file, columns={"Statement": "statement"}, article_id=1)
    claim = session.scalars(select(Claim).order_by(Claim.id.desc())).first()
    assert claim is not None
    prioritise_claims(
        session, actor=find_person(session, "page@example.org"), claim_ids=[claim.id], priority=Priority.HIGH
    )


def add_captures(session: Session, files: Files, reader: Person) -> dict[str, int]:
    """Keep a copy that lacks a passage, let another capture fail, and leave a third waiting."""
    source, *others = (
        add_source(session, actor=reader, title=f"Page {number}", address=f"https://{number}.example.org/")
        for number in range(3)
    )
    for passage in ("The bridge is 120 metres long.", "The bridge is 140 metres long."):
        add_evidence(
            session,
            actor=reader,
            claim_id=1,
            source=source,
            stance=Stance.CONTEXT,
            summary="It gives the length.",
            passage=passage,
            keeps_copy=False,
        )
    page = b"<!doctype html><title>A page</title><p>The bridge is 120 metres long.</p>"
    kept = read_upload(files, data=page, name="page.html", media_type=None)
    copy = keep_upload(session, actor=reader, source_id=source.id, kept=kept)
    failed, waiting = (request_capture(session, actor=reader, source=other, trigger=Trigger.ASKED) for other in others)
    assert failed is not None
    assert waiting is not None
    taken = take_next(session, now=now(), politeness=timedelta(0), only=[failed.id])
    assert taken is not None
    finish_failed(session, taken, DomainError("The file is empty."), now=now(), politeness=timedelta(0))
    return {"copy": copy.id, "copied": source.id, "failed": failed.id, "waiting": waiting.id}


def violations(reader: Reader, address: str) -> list[str]:
    response = reader.page.goto(address)
    assert response is not None
    found: list[str] = []
    if response.status not in (200, 404):
        found.append(f"{address}: answered {response.status}")
    result: dict[str, Any] = Axe().run(reader.page).response
    for violation in result["violations"]:
        places = ", ".join(node["html"][:120] for node in violation["nodes"][:3])
        found.append(f"{address}: {violation['id']}: {violation['help']}: {places}")
    if reader.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
        found.append(f"{address}: wider than the window")
    return found


@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("he", 1440, "light"), ("he", 390, "dark"), ("en", 390, "light"), ("en", 1440, "dark")],
)
def test_no_page_has_a_violation(
    desk: Desk, browser: Browser, language: str, width: int, scheme: str, request: pytest.FixtureRequest
) -> None:
    link = desk.newcomer(email="page@example.org", name="Noa Barak", role=Role.ADMIN, language=language)
    reader = Reader(browser, width=width, scheme=scheme)
    request.addfinalizer(reader.context.close)

    found = [fault for path in OUTSIDE for fault in violations(reader, desk.address + path)]
    reader.enter(link)
    known = numbers(desk)
    found += [fault for path in PAGES for fault in violations(reader, desk.address + path.format(**known))]

    complaints = [text for text in reader.complaints if not re.search(r"404 \(NOT FOUND\)", text)]
    assert not found + complaints, "\n".join(found + complaints)
