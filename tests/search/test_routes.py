from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy.orm import Session

from claims_app.claims.model import Kind, Priority
from claims_app.claims.service import assign_claims, tag_claims
from claims_app.db import now
from claims_app.people.model import Role
from claims_app.search import queries, routes
from claims_app.verdicts.model import Finding
from tests.client import StrictClient
from tests.conftest import Queries
from tests.factories import Factory

CountQueries = Callable[[], AbstractContextManager[Queries]]


def text_of(client: StrictClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_an_empty_desk_says_what_is_missing(client: StrictClient, make: Factory) -> None:
    client.sign_in(make.person(role=Role.READER))

    assert "No claims yet" in text_of(client, "/claims")


def test_a_filter_that_nothing_fits_offers_the_way_back(client: StrictClient, make: Factory) -> None:
    make.claim()
    client.sign_in(make.person(role=Role.READER))

    assert "No claim fits this filter" in text_of(client, "/claims?status=opinion")


def test_the_queue_shows_claims_with_their_facts(client: StrictClient, session: Session, make: Factory) -> None:
    checker = make.person(role=Role.CHECKER, name="Noa Barak")
    claim = make.claim(statement_en="The bridge <b>is</b> long.", kind=Kind.FIGURE, priority=Priority.HIGH)
    make.verdict(claim, finding=Finding.DISPUTED)
    assign_claims(session, actor=checker, claim_ids=[claim.id], assignee_id=checker.id)
    session.commit()
    client.sign_in(checker)

    text = text_of(client, "/claims")

    assert "The bridge &lt;b&gt;is&lt;/b&gt; long." in text
    for shown in ("Disputed", "Figure", "Noa Barak", "High"):
        assert shown in text
    assert f'href="/claims/{claim.id}"' in text


@pytest.mark.parametrize("language", ["he", "en"])
def test_an_articles_queue_has_its_strip_and_sections(client: StrictClient, make: Factory, language: str) -> None:
    article = make.article(deadline_at=now() - timedelta(hours=1))
    make.claim(article, section="פתיחה")
    make.claim(article)
    client.sign_in(make.person(role=Role.CHECKER, language=language))

    text = text_of(client, f"/claims?article={article.id}")

    assert 'class="ticks"' in text
    assert "פתיחה" in text
    assert f'lang="{language}"' in text


def test_the_filter_in_force_can_be_taken_away_piece_by_piece(
    client: StrictClient, session: Session, make: Factory
) -> None:
    checker = make.person(role=Role.CHECKER)
    claim = make.claim(kind=Kind.EVENT)
    tag_claims(session, actor=checker, claim_ids=[claim.id], tag="oil & gas")
    assign_claims(session, actor=checker, claim_ids=[claim.id], assignee_id=checker.id)
    session.commit()
    client.sign_in(checker)

    text = text_of(client, f"/claims?kind=event&assignee={checker.id}&tag={quote('oil & gas')}&q=bridge")

    assert f"/claims/{claim.id}" in text
    assert f'href="/claims?assignee={checker.id}&amp;tag=oil+%26+gas&amp;q=bridge"' in text


def test_the_next_page_is_linked_and_keeps_the_filter(
    client: StrictClient, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    for _ in range(3):
        make.claim(kind=Kind.EVENT)
    client.sign_in(make.person(role=Role.READER))

    text = text_of(client, "/claims?kind=event")
    start = text.index('rel="next"')
    following = text[start:].split('href="')[1].split('"')[0].replace("&amp;", "&")

    assert "kind=event" in following
    assert 'rel="prev"' in text_of(client, following)


def test_a_reader_sees_no_buttons_that_would_be_refused(client: StrictClient, make: Factory) -> None:
    make.claim()
    client.sign_in(make.person(role=Role.READER))

    assert 'name="do"' not in text_of(client, "/claims")


@pytest.mark.parametrize(
    "address",
    ["/claims?after=x&status=true", "/claims?q=%00%FF", "/claims?tag=%3Cscript%3E&q=%22", "/claims?before=1~2"],
)
def test_a_hostile_address_is_read_as_far_as_it_makes_sense(client: StrictClient, make: Factory, address: str) -> None:
    make.claim()
    client.sign_in(make.person(role=Role.READER))

    assert "<script>" not in text_of(client, address).replace("<script src=", "")


def test_the_tab_of_overdue_claims_counts_up_to_a_point(
    client: StrictClient, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = make.article(deadline_at=now() - timedelta(hours=1))
    for _ in range(3):
        make.claim(article)
    client.sign_in(make.person(role=Role.READER))

    assert "over 2" not in text_of(client, "/claims")
    monkeypatch.setattr(routes, "MOST_OVERDUE", 2)
    assert "over 2<" in text_of(client, "/claims")


def test_an_article_that_is_not_there_is_not_found(client: StrictClient, make: Factory) -> None:
    client.sign_in(make.person(role=Role.READER))

    assert client.get("/claims?article=77").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_claims(
    client: StrictClient, make: Factory, count_queries: CountQueries
) -> None:
    article = make.article()
    client.sign_in(make.person(role=Role.CHECKER))
    numbers = []
    for more in (1, 12):
        for _ in range(more):
            make.evidence(make.claim(article))
        for address in ("/claims", "/claims?status=checking&q=bridge", f"/claims?article={article.id}"):
            with count_queries() as counted:
                text_of(client, address)
            numbers.append(counted.number)

    assert numbers[:3] == numbers[3:]
    assert max(numbers) <= 9
