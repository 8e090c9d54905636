"""What readers outside get: the pages, the feeds, the maps, and nothing that is the desk's own."""

import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
import pytest
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, SecondCheck
from claims_app.claims.model import Claim
from claims_app.claims.service import tag_claims
from claims_app.comments.model import CommentKind
from claims_app.evidence.model import Stance
from claims_app.people.model import Role
from claims_app.publishing.imprint import Imprint
from claims_app.publishing.model import ClaimReview
from claims_app.publishing.service import correct_check, withdraw_check
from claims_app.verdicts.service import reopen_claim
from tests.client import StrictClient
from tests.factories import Factory

pytestmark = pytest.mark.usefixtures("publishing")

PATHS = ["/checks", "/checks/he", "/checks/feed.atom", "/checks/feed.json", "/checks/sitemap.xml", "/robots.txt"]


def markup(page: str) -> list[dict[str, Any]]:
    root = html5lib.parse(page, namespaceHTMLElements=False)
    return [json.loads(one.text or "") for one in root.iter("script") if one.get("type") == "application/ld+json"]


def test_a_page_tells_the_check_and_carries_one_review(client: StrictClient, make: Factory) -> None:
    review = make.check(make.attributed(make.article(language="en", outlet="The daily"), statement_en="It is long."))
    answer = client.get(f"/checks/{review.id}")
    page = answer.text
    for words in ("It is long.", "Dana Levi", "Correct", "The sources agree.", "https://minister.example/speech"):
        assert words in page
    (found,) = markup(page)
    assert found["url"] == f"https://checks.example.org/checks/{review.id}"
    assert found["@type"] == "ClaimReview"
    assert "itemscope" not in page
    assert 'lang="en" dir="ltr"' in page
    assert 'rel="canonical" href="https://checks.example.org/checks/1"' in page


def test_a_page_speaks_the_article_s_language_and_leads_to_the_other(client: StrictClient, make: Factory) -> None:
    review = make.check()
    hebrew, english = client.get(f"/checks/{review.id}").text, client.get(f"/checks/{review.id}/en").text
    assert '<html lang="he" dir="rtl">' in hebrew
    assert '<html lang="en" dir="ltr">' in english
    ways = (
        'hreflang="he" href="https://checks.example.org/checks/1"',
        'hreflang="en" href="https://checks.example.org/checks/1/en"',
    )
    for page in (hebrew, english):
        assert all(way in page for way in ways)
    assert [one["inLanguage"] for one in markup(hebrew) + markup(english)] == ["he", "en"]
    assert client.get(f"/checks/{review.id}/he").headers["Location"] == f"/checks/{review.id}"
    only = make.check(make.attributed(statement_en=None, statement_he="ארוך."))
    assert client.get(f"/checks/{only.id}/en").status_code == 404
    assert client.get(f"/checks/{review.id}/fr").status_code == 404


def test_nothing_of_the_desk_s_own_is_on_any_of_it(client: StrictClient, make: Factory, session: Session) -> None:
    """What is confidential, internal or about the people of the desk is looked for in everything readers can get."""
    secrets = ("SECRETNAME", "SECRETNOTE", "SECRETQUERY", "SECRETSUMMARY", "SECRETPERSON", "SECRETTAG")
    people = [make.person(role=Role.EDITOR, name=f"SECRETPERSON {number}") for number in range(2)]
    article = make.article(notes="SECRETNOTE", second_check=SecondCheck.ALL, actor=people[0])
    claim = make.attributed(article, finding=None)
    make.evidence(claim)
    hidden = make.confidential(actor=people[0], name="SECRETNAME")
    make.evidence(claim, source=hidden, stance=Stance.CONTEXT, summary="SECRETSUMMARY", actor=people[0])
    make.comment(claim, kind=CommentKind.QUERY, text="SECRETQUERY")
    make.comment(claim, text="SECRETNOTE")
    tag_claims(session, actor=people[0], claim_ids=[claim.id], tag="SECRETTAG")
    make.verdict(claim, actor=people[0], approver=people[1], rationale_he="נמדד.", rationale_en="Measured.")
    review = make.check(claim, actor=people[0])
    correct_check(session, actor=people[0], review_id=review.id, text_en="It said 110.")
    session.commit()
    paths = [*PATHS, f"/checks/{review.id}", f"/checks/{review.id}/en", f"/checks/articles/{article.id}"]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200
        assert [word for word in secrets if word in answer.text] == []
        assert "Confidential source" not in answer.text
        assert "חסוי" not in answer.text


def test_evidence_that_came_later_waits_for_an_editor(client: StrictClient, make: Factory, session: Session) -> None:
    """A checker may add to what is decided; what readers see is an editor's."""
    review = make.check()
    path = f"/checks/{review.id}"
    before = len(markup(client.get(path).text)[0]["citation"])
    make.evidence(review.claim, actor=make.regular(Role.CHECKER), summary="Added by a checker.")
    page = client.get(path).text
    assert "Added by a checker." not in page
    assert len(markup(page)[0]["citation"]) == before
    correct_check(session, actor=make.regular(Role.EDITOR), review_id=review.id, text_en="There is more proof.")
    session.commit()
    assert "Added by a checker." in client.get(path).text


def test_what_does_not_hold_is_not_told(client: StrictClient, make: Factory, session: Session) -> None:
    review = make.check(make.attributed(statement_en="It is long.", statement_he="ארוך."))
    editor = make.regular(Role.EDITOR)
    correct_check(session, actor=editor, review_id=review.id, text_en="It said 110.")
    reopen_claim(session, actor=editor, claim_id=review.claim_id, why="A new plan.")
    for path in (f"/checks/{review.id}", f"/checks/{review.id}/en"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert '<meta name="robots" content="noindex">' in answer.text
        assert "It said 110." in answer.text
        assert markup(answer.text) == []
        assert all(words not in answer.text for words in ("It is long.", "ארוך.", "The sources agree.", "Dana Levi"))
    assert "It is long." not in "".join(client.get(path).text for path in PATHS)
    assert f"/checks/{review.id}<" not in client.get("/checks/sitemap.xml").text
    withdraw_check(session, actor=editor, review_id=review.id, why="A mistake.")
    gone = client.get(f"/checks/{review.id}/en")
    assert gone.status_code == 410
    assert "It said 110." not in gone.text
    assert client.get("/checks/999").status_code == 404


def test_an_answer_is_the_same_for_everybody_and_can_be_kept(client: StrictClient, make: Factory) -> None:
    review = make.check()
    bare = client.get(f"/checks/{review.id}")
    assert bare.headers["Cache-Control"] == "public, max-age=0, s-maxage=60, must-revalidate"
    assert bare.headers["Last-Modified"]
    client.sign_in(make.person(language="he"))
    signed_in = client.get(f"/checks/{review.id}")
    assert signed_in.data == bare.data
    for answer in (bare, signed_in):
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers
    again = client.get(f"/checks/{review.id}", headers={"If-None-Match": bare.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    # A date alone proves nothing: what a page shows may change without an act of publishing.
    assert client.get(f"/checks/{review.id}", headers={"If-Modified-Since": bare.headers["Last-Modified"]}).data
    assert "Set-Cookie" in client.get("/").headers


def test_no_script_may_run_on_it(client: StrictClient, make: Factory) -> None:
    hostile = "</script><script>alert(1)</script><!--"
    review = make.check(make.attributed(statement_he=hostile, statement_en=hostile, claimant=hostile))
    answer = client.get(f"/checks/{review.id}")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'")
    assert [one["claimReviewed"] for one in markup(answer.text)] == [hostile]
    assert len(re.findall("<script", answer.text)) == 1


def feed_urls(client: StrictClient, path: str) -> list[str]:
    return [element["url"] for element in json.loads(client.get(path).data)["dataFeedElement"]]


def test_feeds_and_maps_hold_what_is_shown(client: StrictClient, make: Factory) -> None:
    review = make.check()
    atom = ET.fromstring(client.get("/checks/feed.atom").data)  # noqa: S314 - our own writing
    assert len(atom.findall("{http://www.w3.org/2005/Atom}entry")) == 1
    page = f"https://checks.example.org/checks/{review.id}"
    assert feed_urls(client, "/checks/feed.json") == [page, f"{page}/en"]
    assert client.get("/checks/sitemap-1.xml").data == client.get("/checks/sitemap.xml").data
    assert client.get("/checks/sitemap-2.xml").status_code == 404
    assert "Correct" in client.get("/checks/en").text
    assert "The sources agree." not in client.get("/checks/en").text
    robots = client.get("/robots.txt").text.splitlines()
    assert robots == [
        "User-agent: *",
        "Allow: /checks",
        "Allow: /static/",
        "Disallow: /",
        "Sitemap: https://checks.example.org/checks/sitemap.xml",
    ]


def test_long_lists_go_on(client: StrictClient, make: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    article = make.article()
    claims = [make.attributed(article) for _ in range(3)]
    reviews = [make.check(claim) for claim in claims]
    monkeypatch.setattr("claims_app.publishing.queries.PAGE", 2)
    monkeypatch.setattr("claims_app.publishing.queries.MAP", 2)
    first = client.get("/checks/feed.json")
    following = re.fullmatch('<https://checks.example.org(.*)>; rel="next"', first.headers["Link"])
    assert following is not None
    assert feed_urls(client, following[1])[0].endswith(f"/checks/{reviews[0].id}")
    assert 'rel="next"' in client.get("/checks/feed.atom").text
    assert "Older checks" in client.get("/checks/en").text
    index = client.get("/checks/sitemap.xml").text
    assert "https://checks.example.org/checks/sitemap-2.xml" in index
    assert f"/checks/{reviews[2].id}<" in client.get("/checks/sitemap-2.xml").text


def test_an_article_without_public_checks_has_no_list(client: StrictClient, make: Factory, session: Session) -> None:
    article = make.article()
    make.claim(article)
    assert client.get(f"/checks/articles/{article.id}").status_code == 404
    assert client.get("/checks/articles/999").status_code == 404
    review = make.check()
    assert client.get(f"/checks/articles/{review.claim.article_id}").status_code == 200
    assert session.get(Article, article.id) is not None


def test_a_desk_that_does_not_publish_shows_nothing(
    client: StrictClient, make: Factory, publishing: Imprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = make.check()
    monkeypatch.setitem(client.application.extensions, "imprint", replace(publishing, address=""))
    for path in (f"/checks/{review.id}", "/checks", "/checks/feed.atom", "/checks/feed.json", "/checks/sitemap.xml"):
        assert client.get(path).status_code == 404
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_the_queries_of_a_list_do_not_grow_with_it(
    client: StrictClient, make: Factory, count_queries: Any, session: Session
) -> None:
    article = make.article()
    make.check(make.attributed(article))
    with count_queries() as few:
        client.get("/checks")
    for _ in range(4):
        make.check(make.attributed(article))
    with count_queries() as many:
        client.get("/checks")
    assert many.number == few.number
    assert len(session.query(Claim).all()) == 5
    assert len(session.query(ClaimReview).all()) == 5
