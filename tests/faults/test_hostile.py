"""Hostile texts typed into every field of the desk: kept as typed, shown as text, never read as anything else."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, ArticleVersion
from claims_app.claims.model import Claim
from claims_app.comments.model import Comment
from claims_app.evidence.model import Evidence
from claims_app.evidence.queries import evidence_mark, list_evidence
from claims_app.intake.tidy import tidy
from claims_app.people.model import Person, Role
from claims_app.reading import clean
from claims_app.search.model import ClaimFilter
from claims_app.sources.model import Source
from claims_app.verdicts.model import Verdict
from tests.client import StrictClient
from tests.factories import Factory
from tests.reports.hostile import all_texts

GROUPS = 12


def group_of(texts: Sequence[str], number: int) -> list[str]:
    return [text for at, text in enumerate(texts) if at % GROUPS == number]


def newest(session: Session, kind: type) -> object:
    session.expire_all()
    return session.scalars(select(kind).order_by(kind.id.desc()).limit(1)).one()  # type: ignore[attr-defined]


class Typist:
    """Types one text into every field of a form, and expects what was typed to be there afterwards."""

    def __init__(self, client: StrictClient, session: Session) -> None:
        self.client, self.session = client, session

    def send(self, address: str, text: str, fields: Sequence[str], **others: str) -> None:
        answer = self.client.post(address, data={**others, **dict.fromkeys(fields, text)})
        assert answer.status_code == 303, (address, text, answer.get_data(as_text=True)[:3000])

    def check(self, kind: type, text: str | None, fields: Sequence[str]) -> int:
        record = newest(self.session, kind)
        for field in fields:
            assert getattr(record, field) == text, (kind, field)
        return int(record.id)  # type: ignore[attr-defined]


def type_everywhere(typist: Typist, text: str) -> list[str]:
    """Type ``text`` into each field that takes free text; return the pages that show it."""
    titles = ("title_he", "title_en", "outlet", "byline", "notes")
    typist.send("/articles/new", text, (*titles, "text"), language="he", second_check="off")
    article = typist.check(Article, text, titles)
    typist.check(ArticleVersion, tidy(text) or None, ["text"])
    words = ("statement_he", "statement_en", "section", "claimant")
    typist.send(
        f"/articles/{article}/claims/new", text, (*words, "figure_unit"), kind="other", priority="low", figure_low="4",
        cited_basis="none",
    )  # fmt: skip
    claim = typist.check(Claim, text, words[:3])
    said = ("summary", "passage", "locator")
    typist.send(
        f"/claims/{claim}/evidence/new", text, (*said, "title", "publisher"), stance="supports", kind="page",
        looked_on="2026-01-05",
    )  # fmt: skip
    typist.check(Evidence, text, said)
    source = typist.check(Source, text, ["title", "publisher_name"])
    typist.send(f"/claims/{claim}/comments/new", text, ["text"], kind="query")
    comment = typist.check(Comment, text, ["text"])
    typist.send(f"/comments/{comment}/answer", text, ["answer"])
    revision = typist.session.get_one(Claim, claim).revision
    seen = evidence_mark(list_evidence(typist.session, claim))
    reasons = ("rationale_he", "rationale_en")
    typist.send(f"/claims/{claim}/verdict", text, reasons, finding="partly", revision=str(revision), seen=seen)
    verdict = typist.check(Verdict, text, reasons)
    typist.send(f"/claims/{claim}/verdict/reopen", text, ["why"], verdict=str(verdict))
    typist.check(Verdict, text, ["ended_why"])
    return ["/", f"/claims/{claim}", f"/articles/{article}", f"/sources/{source}", f"/history?claim={claim}", "/claims"]


@pytest.mark.parametrize("group", range(GROUPS))
def test_what_is_typed_is_kept_and_shown_as_text(
    client: StrictClient, session: Session, make: Factory, group: int
) -> None:
    client.sign_in(make.person(role=Role.EDITOR))
    typist = Typist(client, session)
    for text in group_of([text for text in all_texts() if "\n" not in text and len(text) <= 1000], group):
        for address in type_everywhere(typist, text):
            # The client refuses a page that is not what its template says: open tags, scripts, doubled ids.
            assert client.get(address).status_code == 200, (address, text)


def test_a_name_and_a_tag_may_be_anything_readable(client: StrictClient, session: Session, make: Factory) -> None:
    client.sign_in(make.person(role=Role.ADMIN))
    claim = make.claim()
    texts = [text for text in all_texts() if "\n" not in text and len(text) <= 60]
    for number, text in enumerate(texts[:120]):
        answer = client.post("/people/new", data={"name": text, "email": f"n{number}@example.org", "role": "reader"})
        assert answer.status_code == 303, text
        assert newest(session, Person).name == text  # type: ignore[attr-defined]
        assert client.post("/claims/bulk", data={"claim": str(claim.id), "do": "tag", "tag": text}).status_code == 303
        assert client.get("/claims", query_string={"tag": text}).status_code == 200
    assert client.get("/people").status_code == 200
    assert client.get(f"/claims/{claim.id}").status_code == 200


def test_whatever_is_searched_for_is_only_searched_for(client: StrictClient, make: Factory) -> None:
    make.claim()
    client.sign_in(make.person(role=Role.READER))
    for text in all_texts():
        assert ClaimFilter.read({"q": [text]}).text == (clean(text[:200]) or "")[:200] or len(text) > 200
        for name in ("q", "tag", "after", "article", "status"):
            answer = client.get("/claims", query_string={name: text})
            assert answer.status_code in (200, 404), (name, text)
