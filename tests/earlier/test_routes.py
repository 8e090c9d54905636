"""Earlier checks in the browser: listed, looked at, uploaded, and beside a claim."""

import io
import json
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.earlier.model import EarlierCheck
from claims_app.people.model import Role
from tests.client import StrictClient
from tests.earlier.test_service import NODE
from tests.factories import Factory
from tests.reports.hostile import all_texts


def text_of(client: StrictClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def upload(client: StrictClient, *files: tuple[str, bytes]) -> Any:
    data = {"file": [(io.BytesIO(content), name) for name, content in files]}
    return client.post("/earlier/import", data=data, content_type="multipart/form-data")


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(EarlierCheck)) or 0


class TestPages:
    def test_an_empty_desk_says_where_they_come_from(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(role=Role.READER))
        assert "The desk has no earlier checks yet" in text_of(client, "/earlier")
        assert "/earlier/import" not in text_of(client, "/earlier")

    def test_the_list_is_searched(self, client: StrictClient, make: Factory) -> None:
        check = make.earlier_check()
        client.sign_in(make.person(role=Role.READER))
        assert f"/earlier/{check.id}" in text_of(client, "/earlier?q=lighthouse")
        assert "No earlier check fits this search" in text_of(client, "/earlier?q=nothing")
        assert "No earlier check is withdrawn" in text_of(client, "/earlier?withdrawn=yes")

    def test_a_check_says_what_was_read_and_that_it_is_no_verdict(self, client: StrictClient, make: Factory) -> None:
        check = make.earlier_check(itemReviewed={"appearance": ["https://paper.example/1"], "author": "Dana Levi"})
        client.sign_in(make.person(role=Role.READER))
        page = text_of(client, f"/earlier/{check.id}")
        for shown in ("The Checkers", "https://paper.example/1", "Dana Levi", "not a verdict of this desk", "JSON-LD"):
            assert shown in page

    def test_an_editor_withdraws_and_restores_it(self, client: StrictClient, session: Session, make: Factory) -> None:
        check = make.earlier_check()
        client.sign_in(make.person(role=Role.EDITOR))
        assert client.post(f"/earlier/{check.id}/withdraw", data={"why": ""}).status_code == 422
        assert client.post(f"/earlier/{check.id}/withdraw", data={"why": "Satire."}).status_code == 303
        assert "is withdrawn" in text_of(client, f"/earlier/{check.id}")
        assert check.claim in text_of(client, "/earlier?withdrawn=yes")
        assert client.post(f"/earlier/{check.id}/restore").status_code == 303
        assert client.post(f"/earlier/{check.id}/restore").status_code == 422

    @pytest.mark.parametrize("language", ["he", "en"])
    def test_hostile_texts_are_shown_as_text(self, client: StrictClient, make: Factory, language: str) -> None:
        client.sign_in(make.person(role=Role.EDITOR, language=language))
        texts = [text for text in all_texts() if text.strip() and len(text) <= 1000]
        for at in range(0, len(texts), 40):
            nodes = [
                {"@type": "ClaimReview", "url": text, "author": text, "name": text, "datePublished": text,
                 "claimReviewed": f"{text} {number}", "itemReviewed": {"author": text, "url": text},
                 "reviewRating": text, "inLanguage": text}
                for number, text in enumerate(texts[at : at + 40])
            ]  # fmt: skip
            answer = upload(client, (f"../<b>{at}.json", json.dumps(nodes).encode()))
            assert answer.status_code == 200  # the client refuses a page that is not what its template says
        check = make.earlier_check(claimReviewed="<script>alert(1)</script>", url="javascript:alert(1)")
        page = text_of(client, f"/earlier/{check.id}")
        assert "&lt;script&gt;alert(1)" in page
        assert 'href="javascript' not in page


class TestUpload:
    def test_shows_what_was_read_and_then_keeps_it(self, client: StrictClient, session: Session, make: Factory) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        odd = {**NODE, "claimReviewed": "It is new.", "datePublished": "20204-08-02"}
        page = f"<p>x<script type='application/ld+json'>{json.dumps([NODE, odd, {'@type': 'ClaimReview'}])}</script>"
        answer = upload(client, ("page.html", page.encode()), ("none.html", b"<p>No review"), ("a.zip", b"PK\x03\x04"))
        shown = answer.get_data(as_text=True)
        assert answer.status_code == 200
        for words in (
            "The bridge is 300 metres long.",
            "It does not say which claim it reviews.",
            "“20204-08-02” is no date that can be believed",
            "There is no review in it.",
            "This is a ZIP file.",
        ):
            assert words in shown, words
        assert count(session) == 0
        sealed = shown.partition('name="files" type="hidden" value="')[2].partition('"')[0]
        kept = client.post("/earlier/import/keep", data={"files": sealed})
        assert (kept.status_code, kept.headers["Location"], count(session)) == (303, "/earlier", 2)
        assert "2 earlier checks are added." in text_of(client, "/earlier")
        client.post("/earlier/import/keep", data={"files": sealed})
        assert "Nothing was new" in text_of(client, "/earlier")
        assert count(session) == 2

    @pytest.mark.parametrize(
        ("files", "said"),
        [
            ((), "Choose a file."),
            ((("", b"x"),), "Choose a file."),
            ((("a.html", b"<p>No review"),), "No review was understood."),
            ((("a.html", b"\x00\x01\x02" * 99),), "This is no text"),
            ((("a.json", b'{"@type": "ClaimReview"'),), "goes wrong in line 1"),
            ((("a.json", b'{"@type": "ClaimReview"}'),), "It does not say which claim it reviews."),
        ],
    )
    def test_nonsense_is_refused_with_its_reason(
        self, client: StrictClient, session: Session, make: Factory, files: Any, said: str
    ) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        answer = upload(client, *files)
        assert (answer.status_code, count(session)) == (422, 0)
        assert said in answer.get_data(as_text=True)

    @pytest.mark.parametrize("sealed", ["", "x", "W10.forged"])
    def test_nobody_names_other_files(self, client: StrictClient, make: Factory, sealed: str) -> None:
        client.sign_in(make.person(role=Role.EDITOR))
        answer = client.post("/earlier/import/keep", data={"files": sealed})
        assert answer.status_code == 422
        assert "bring it in again" in answer.get_data(as_text=True)


class TestBesideAClaim:
    def test_likely_matches_are_shown_and_decide_nothing(
        self, client: StrictClient, session: Session, make: Factory
    ) -> None:
        check = make.earlier_check(claimReviewed="The new bridge over the Yarkon is 300 metres long.")
        make.earlier_check(claimReviewed="Sharks swim on a flooded motorway.")
        claim = make.claim(statement_en="The bridge over the Yarkon is 300 metres long.")
        before = claim.status
        client.sign_in(make.person(role=Role.CHECKER))
        for address in (f"/claims/{claim.id}", f"/claims/{claim.id}/panel"):
            page = text_of(client, address)
            assert f'href="/earlier/{check.id}"' in page
            assert "None is a verdict of this desk." in page
            assert "Sharks" not in page
        session.refresh(claim)
        assert (claim.status, claim.verdict_id) == (before, None)

    def test_without_any_there_is_no_block(self, client: StrictClient, make: Factory) -> None:
        claim = make.claim()
        client.sign_in(make.person(role=Role.CHECKER))
        assert 'id="earlier"' not in text_of(client, f"/claims/{claim.id}")
