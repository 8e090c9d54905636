"""What a person sees of what has to be looked at again, and the ways out."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from claims_app.claims.model import Claim
from claims_app.db import now
from claims_app.files import Files
from claims_app.looks.model import Look, LookReason
from claims_app.looks.queries import list_looks
from claims_app.looks.service import raise_look
from claims_app.people.model import Person, Role
from claims_app.signoff.queries import Blocker, count_blockers
from claims_app.watching.service import raise_rechecks, set_recheck, watch_source
from tests.client import StrictClient
from tests.factories import Factory
from tests.watching.conftest import Site, page

STAYED = "Ferries run on both days of the weekend."
LOST = "The bridge was opened in the spring of 1998."


@pytest.fixture
def noa(make: Factory) -> Person:
    return make.person(name="Noa Barak")


@pytest.fixture
def claim(make: Factory, noa: Person) -> Claim:
    claim = make.claim(statement_en="The bridge is from 1998.")
    make.evidence(claim, passage=LOST, source=make.source(title="The town gazette"))
    make.verdict(claim, actor=noa)
    return claim


@pytest.fixture
def look(app: Flask, session: Session, make: Factory, claim: Claim, noa: Person) -> Look:
    """The claim's page lost the passage between two checks."""
    files = app.extensions["files"]
    assert isinstance(files, Files)
    site = Site(session, files)
    source = make.session.get_one(type(make.source()), 1)
    watch_source(session, actor=noa, source_id=source.id, every_days=7)
    others = [f"Paragraph {number} tells of the harbour and its boats." for number in range(8)]
    site.answer(source, page(STAYED, *others, LOST))
    site.answer(source, page(STAYED, *others, "The bridge was opened in the autumn of 1999."))
    (look,) = list_looks(session, claim.id)
    return look


def test_a_claims_page_says_what_has_to_be_looked_at_and_by_whom(client: StrictClient, noa: Person, look: Look) -> None:
    client.sign_in(noa)
    shown = client.get(f"/claims/{look.claim_id}").text
    assert "Needs a look" in shown
    assert "The passage is no longer there" in shown
    assert "The town gazette" in shown
    assert "Noa Barak" in shown
    assert f'href="/looks/{look.id}"' in shown
    assert f'href="/looks/{look.id}/settle"' in shown
    assert f'href="/claims/{look.claim_id}/verdict/reopen"' in shown


def test_readers_see_it_and_are_offered_nothing(client: StrictClient, make: Factory, look: Look) -> None:
    client.sign_in(make.person(role=Role.READER))
    for address in (f"/claims/{look.claim_id}", f"/looks/{look.id}"):
        shown = client.get(address).text
        assert "The passage is no longer there" in shown
        assert "the verdict stands" not in shown


def test_the_page_of_a_look_shows_the_words_that_changed_and_folds_the_rest(
    client: StrictClient, noa: Person, look: Look
) -> None:
    client.sign_in(noa)
    shown = client.get(f"/looks/{look.id}").text
    assert "<del>" in shown
    assert "1998" in shown
    assert "<ins>" in shown
    assert "autumn" in shown
    assert "paragraphs without change" in shown
    assert STAYED not in shown
    assert shown.index("Found in the copy") < shown.index("Not found in the copy")


def test_a_page_that_died_says_so_and_has_nothing_to_compare(
    app: Flask, session: Session, client: StrictClient, noa: Person, look: Look
) -> None:
    assert look.source is not None
    Site(session, app.extensions["files"], moment=now() + timedelta(days=9)).fail(look.source)
    dead = list_looks(session, look.claim_id)[-1]
    client.sign_in(noa)
    shown = client.get(f"/looks/{dead.id}").text
    assert "The page is gone" in shown
    assert "There is no new copy to compare with." in shown


def test_a_file_that_is_missing_is_said_on_the_page(app: Flask, client: StrictClient, noa: Person, look: Look) -> None:
    assert look.capture is not None
    assert look.capture.text_sha256 is not None
    path = app.extensions["files"].path(look.capture.text_sha256)
    kept = path.read_bytes()
    path.unlink()
    try:
        client.sign_in(noa)
        assert "is missing among the files" in client.get(f"/looks/{look.id}").text
    finally:
        path.write_bytes(kept)


def test_whoever_looked_says_why_the_verdict_stands(
    session: Session, client: StrictClient, noa: Person, look: Look
) -> None:
    client.sign_in(noa)
    refused = client.post(f"/looks/{look.id}/settle", data={"why": " "})
    assert refused.status_code == 422
    assert "Give the reason" in refused.text
    answer = client.post(f"/looks/{look.id}/settle", data={"why": "The yearbook has it too."})
    assert answer.location == f"/claims/{look.claim_id}"
    session.expire_all()
    assert (look.settled_by_id, look.settled_why) == (noa.id, "The yearbook has it too.")
    assert not look.claim.needs_look
    shown = client.get(answer.location).text
    assert "Needs a look" not in shown
    assert "The yearbook has it too." in shown
    assert "The yearbook has it too." in client.get(f"/looks/{look.id}").text


def test_there_is_no_page_of_a_look_that_never_was(client: StrictClient, noa: Person) -> None:
    client.sign_in(noa)
    assert client.get("/looks/77").status_code == 404
    assert client.get("/looks/77/settle").status_code == 404


def test_the_home_page_lists_ones_own_and_no_others(
    client: StrictClient, make: Factory, noa: Person, look: Look
) -> None:
    client.sign_in(noa)
    shown = client.get("/").text
    assert f'href="/looks/{look.id}"' in shown
    assert "The town gazette" in shown
    client.sign_in(make.person())
    assert "To look at again" not in client.get("/").text


def test_the_history_says_it_in_words(client: StrictClient, noa: Person, look: Look) -> None:
    client.sign_in(noa)
    for address in ("/history?action=raised", f"/claims/{look.claim_id}"):
        shown = client.get(address).text
        assert "To be looked at again" in shown
        assert "passage_gone" not in shown
        assert "The passage is no longer there" in shown
    assert "The town gazette" in client.get("/history?subject=watch").text


def test_open_looks_of_live_claims_block_the_sign_off(session: Session, make: Factory, client: StrictClient) -> None:
    article = make.article(text="The bridge is from 1998.")
    version = make.revision(article, "The bridge is from 1998. It is long.").version
    claim = make.claim(article)
    make.verdict(claim)
    assert Blocker.LOOKS not in count_blockers(session, article, version)
    raise_look(session, claim=claim, reason=LookReason.RECHECK)
    raise_look(session, claim=claim, reason=LookReason.SOURCE_RULE)
    session.commit()
    assert count_blockers(session, article, version)[Blocker.LOOKS] == 1
    client.sign_in(make.person(role=Role.EDITOR))
    assert "1 claim has to be looked at again" in client.get(f"/articles/{article.id}/sign-off").text


def test_a_day_to_check_again_is_set_shown_and_taken_back(
    session: Session, client: StrictClient, noa: Person, claim: Claim
) -> None:
    client.sign_in(noa)
    address = f"/claims/{claim.id}/recheck"
    assert client.post(address, data={"recheck_on": "2001-02-03"}).status_code == 422
    assert client.post(address, data={"recheck_on": "never"}).status_code == 422
    assert client.post(address, data={"recheck_on": "2999-02-03"}).status_code == 303
    assert "3 Feb 2999" in client.get(f"/claims/{claim.id}").text
    assert client.post(address, data={"recheck_on": ""}).status_code == 303
    session.expire_all()
    assert claim.recheck_on is None


def test_a_day_that_has_come_leads_to_the_claim(
    session: Session, client: StrictClient, noa: Person, claim: Claim
) -> None:
    set_recheck(session, actor=noa, claim_id=claim.id, on=(now() + timedelta(days=1)).date())
    raise_rechecks(session, (now() + timedelta(days=2)).date())
    session.commit()
    client.sign_in(noa)
    (look,) = list_looks(session, claim.id)
    assert "The day to check again has come" in client.get("/").text
    shown = client.get(f"/looks/{look.id}").text
    assert "What changed" not in shown
    assert "What follows" in shown
