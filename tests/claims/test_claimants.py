"""Who asserts a claim, and where and when it was said."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.claims.appearances import MOST_APPEARANCES
from claims_app.claims.claimants import edit_claimant
from claims_app.claims.model import Claimant, ClaimantKind
from claims_app.errors import DomainError, Duplicate, NotAllowed, Stale
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Role
from tests.client import StrictClient
from tests.factories import Factory


@pytest.fixture
def claimant(make: Factory) -> Claimant:
    found = make.claim(claimant="Dana Levi").claimant
    assert found is not None
    return found


def edit(session: Session, claimant: Claimant, make: Factory, **changed: Any) -> Claimant:
    known: dict[str, Any] = {"name": claimant.name, "kind": None, "same_as": None, "revision": claimant.revision}
    known |= {"actor": make.regular(Role.EDITOR), **changed}
    return edit_claimant(session, claimant_id=claimant.id, **known)


def test_what_is_known_of_a_claimant_is_kept_and_recorded(session: Session, make: Factory, claimant: Claimant) -> None:
    edit(session, claimant, make, kind=ClaimantKind.PERSON, same_as="https://www.wikidata.org/wiki/Q1")
    session.commit()
    last = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()
    assert (last.subject, last.subject_id) == ("claimant", claimant.id)
    assert last.changes == {"kind": [None, "person"], "same_as": [None, "https://www.wikidata.org/wiki/Q1"]}
    assert claimant.revision == 2
    edit(session, claimant, make, kind=ClaimantKind.PERSON, same_as="https://www.wikidata.org/wiki/Q1")
    assert claimant.revision == 2  # nothing changed


def test_what_is_no_claimant_is_refused(session: Session, make: Factory, claimant: Claimant) -> None:
    make.claim(claimant="The ministry")
    with pytest.raises(Duplicate, match="Another claimant has this name"):
        edit(session, claimant, make, name="The ministry")
    with pytest.raises(DomainError, match="needs a name"):
        edit(session, claimant, make, name=" ")
    with pytest.raises(DomainError, match="An address starts with"):
        edit(session, claimant, make, same_as="javascript:alert(1)")
    with pytest.raises(Stale):
        edit(session, claimant, make, revision=0)
    with pytest.raises(NotAllowed):
        edit(session, claimant, make, actor=make.person(role=Role.CHECKER))


def test_the_page_and_its_form(client: StrictClient, make: Factory, session: Session, claimant: Claimant) -> None:
    client.sign_in(make.regular(Role.EDITOR))
    page = client.get(f"/claimants/{claimant.id}").text
    assert "Dana Levi" in page
    assert "Not said yet" in page
    form = {"name": "Dana Levi", "kind": "person", "same_as": "Q1", "revision": "1"}
    refused = client.post(f"/claimants/{claimant.id}/edit", data=form)
    assert refused.status_code == 422
    sent = client.post(f"/claimants/{claimant.id}/edit", data={**form, "same_as": "https://a.example/1"})
    assert sent.headers["Location"] == f"/claimants/{claimant.id}"
    session.expire_all()
    assert claimant.kind is ClaimantKind.PERSON
    conflict = client.post(f"/claimants/{claimant.id}/edit", data=form)
    assert conflict.status_code == 409
    assert "A person" in client.get(f"/claimants/{claimant.id}").text
    onward = client.post(
        f"/claimants/{claimant.id}/edit", data={**form, "same_as": "", "revision": "2", "next": "/articles/1/checks"}
    )
    assert onward.headers["Location"] == "/articles/1/checks"
    assert client.get("/claimants/999").status_code == 404
    assert client.get(f"/claimants/{claimant.id}?after=1").status_code == 200


def test_where_a_claim_was_said_is_kept_in_its_order(client: StrictClient, make: Factory, session: Session) -> None:
    claim = make.claim(appearances="https://a.example/1\nhttps://b.example/2\nhttps://a.example/1")
    assert claim.appearances == "https://a.example/1\nhttps://b.example/2"
    client.sign_in(make.regular(Role.EDITOR))
    form = {
        "statement_en": "It is long.",
        "kind": "other",
        "priority": "normal",
        "cited_basis": "none",
        "revision": "1",
        "said_on": "2026-11",
        "first_appearance": "https://first.example/",
        "appearances": "https://c.example/3\r\n\r\nhttps://a.example/1",
    }
    assert client.post(f"/claims/{claim.id}/edit", data=form).status_code == 303
    session.expire_all()
    assert claim.appearances == "https://c.example/3\nhttps://a.example/1"
    last = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()
    assert last.changes["appearances"] == [
        "https://a.example/1\nhttps://b.example/2",
        "https://c.example/3\nhttps://a.example/1",
    ]
    page = client.get(f"/claims/{claim.id}").text
    assert all(words in page for words in ("November 2026", "https://first.example/", "https://c.example/3"))
    for name, value in (
        ("said_on", "yesterday"),
        ("first_appearance", "in the square"),
        ("appearances", "https://c.example/3\nftp://d.example"),
        ("appearances", "\n".join(f"https://a.example/{number}" for number in range(MOST_APPEARANCES + 1))),
    ):
        assert client.post(f"/claims/{claim.id}/edit", data={**form, "revision": "2", name: value}).status_code == 422
