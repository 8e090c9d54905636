"""The desk's side of publishing, as an editor works it."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.history.model import HistoryEntry
from claims_app.people.model import Role
from claims_app.publishing.model import ClaimReview, Correction
from claims_app.verdicts.service import reopen_claim
from tests.client import StrictClient
from tests.factories import Factory


@pytest.fixture
def editor(client: StrictClient, make: Factory) -> StrictClient:
    client.sign_in(make.regular(Role.EDITOR))
    return client


def test_a_desk_that_does_not_publish_says_what_it_lacks(editor: StrictClient, make: Factory) -> None:
    claim = make.attributed()
    make.sign_off(claim.article, override_why="The paper waits.")
    page = editor.get(f"/articles/{claim.article_id}/checks").text
    assert "sets CLAIMS_PUBLIC_ADDRESS." in page
    assert "sets CLAIMS_NAME_HE or CLAIMS_NAME_EN." in page
    assert "Publish what is selected" not in page
    refused = editor.post(f"/articles/{claim.article_id}/checks/publish", data={"claim": [claim.id]})
    assert refused.status_code == 422
    assert "Nothing was published." in refused.text
    assert editor.get(f"/articles/{claim.article_id}/checks.jsonld").status_code == 404


@pytest.mark.usefixtures("publishing")
def test_an_editor_publishes_corrects_and_withdraws(editor: StrictClient, make: Factory, session: Session) -> None:
    article = make.article(language="en")
    claim = make.attributed(article)
    make.claim(article, claimant="the author")
    address = f"/articles/{article.id}/checks"
    page = editor.get(address).text
    assert "Nothing is published before the article is signed off" in page
    make.sign_off(article, override_why="The paper waits.")
    page = editor.get(address).text
    assert f'value="{claim.id}" id="claim-{claim.id}"' in page
    assert "Say of its claimant whether it is a person" in page

    sent = editor.post(f"{address}/publish", data={"claim": [claim.id]})
    assert (sent.status_code, sent.headers["Location"]) == (303, address)
    assert "One check is public now." in editor.get(address).text
    review = session.scalars(select(ClaimReview)).one()
    assert editor.get(f"/checks/{review.id}").status_code == 200

    empty = editor.post(f"/reviews/{review.id}/correct", data={"text_he": "", "text_en": ""})
    assert empty.status_code == 422
    assert "Write what was corrected" in empty.text
    editor.post(f"/reviews/{review.id}/correct", data={"text_en": "It said 110."})
    assert session.scalars(select(Correction.text_en)).all() == ["It said 110."]
    assert "It said 110." in editor.get(f"/checks/{review.id}").text

    assert editor.post(f"/reviews/{review.id}/withdraw", data={"why": ""}).status_code == 422
    assert editor.post(f"/reviews/{review.id}/withdraw", data={"why": "A mistake."}).status_code == 303
    gone = editor.get(f"/checks/{review.id}")
    assert gone.status_code == 410
    assert "This check was withdrawn" in gone.text
    editor.post(f"{address}/publish", data={"claim": [claim.id]})
    assert editor.post(f"{address}/withdraw", data={"why": "The lawyer asks."}).status_code == 303
    assert editor.get(f"/checks/articles/{article.id}").status_code == 410
    history = editor.get(f"/history?article={article.id}").text
    assert "The lawyer asks." in history
    assert "No longer public" in history
    assert "Correction published" in editor.get(f"/claims/{claim.id}").text


@pytest.mark.usefixtures("publishing")
def test_a_changed_verdict_asks_for_a_correction(editor: StrictClient, make: Factory, session: Session) -> None:
    review = make.check()
    reopen_claim(session, actor=make.regular(Role.EDITOR), claim_id=review.claim_id, why="A new plan.")
    make.verdict(review.claim, rationale_en="Another source.")
    page = editor.get(f"/articles/{review.claim.article_id}/checks").text
    assert "write a correction for readers before the new one" in page
    assert "Public, as being redone" in page


@pytest.mark.usefixtures("publishing")
def test_what_a_form_sends_is_not_believed(editor: StrictClient, make: Factory) -> None:
    review = make.check()
    address = f"/articles/{review.claim.article_id}/checks/publish"
    for sent in ({"claim": ["x"]}, {"claim": ["9" * 30]}, {}, {"claim": ["99999"]}):
        assert editor.post(address, data=sent).status_code == 422
    assert editor.get(f"/articles/{review.claim.article_id}/checks?after=-1").status_code == 200
    assert editor.get("/articles/999/checks").status_code == 404
    assert editor.get("/reviews/999/correct").status_code == 404


@pytest.mark.parametrize(("form", "first"), [("jsonld", "@context"), ("pages", "pageUrl"), ("feed", "@context")])
@pytest.mark.usefixtures("publishing")
def test_a_file_for_other_programs(
    client: StrictClient, make: Factory, session: Session, form: str, first: str
) -> None:
    review = make.check()
    client.sign_in(make.person(role=Role.READER))
    answer = client.get(f"/articles/{review.claim.article_id}/checks.{form}")
    content = json.loads(answer.data)
    assert next(iter(content if form == "feed" else content[0])) == first
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    last = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()
    assert (last.action, last.changes["format"]) == ("exported", [None, f"claimreview {form}"])
    assert client.get(f"/articles/{review.claim.article_id}/checks.exe").status_code == 404


@pytest.mark.usefixtures("publishing")
def test_claims_go_on_page_by_page(editor: StrictClient, make: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    article = make.article()
    for _ in range(3):
        make.claim(article)
    monkeypatch.setattr("claims_app.publishing.queries.list_article_checks.__kwdefaults__", {"offset": 0, "limit": 2})
    page = editor.get(f"/articles/{article.id}/checks").text
    assert f"/articles/{article.id}/checks?after=2" in page
    page = editor.get(f"/articles/{article.id}/checks?after=2").text
    assert "To the first" in page
