"""The history's page: what happened, in words, by filter."""

import re
from datetime import timedelta

import pytest

from claims_app.articles.model import Article, SecondCheck
from claims_app.db import now
from claims_app.history import queries as history_queries
from claims_app.people.model import Role
from tests.client import StrictClient
from tests.desk.reading import Counting, links, read
from tests.factories import Factory


@pytest.fixture
def bridge(make: Factory) -> Article:
    """An article to which several things happened."""
    article = make.article(title_en="The bridge", second_check=SecondCheck.HIGH)
    make.claim(article)
    make.claim(article)
    make.verdict(make.claim(article))
    make.version(article)
    make.citation(article, actor=make.regular(Role.EDITOR))
    return article


class TestTheHistoryPage:
    def test_shows_what_happened_in_words(self, client: StrictClient, bridge: Article, make: Factory) -> None:
        source = make.source(title="The city's plan")
        client.sign_in(make.person())
        page = read(client, "/history")
        for words in (
            "Verdict proposed",
            "Status moved",
            "Added",
            "Regular checker",
            "High priority only",
            "Unchecked",
        ):
            assert words in page, words
        assert f'href="/articles/{bridge.id}"' in page
        assert f'href="/sources/{source.id}"' in page
        assert "Claim 3: " in page

    def test_filters_as_its_address_says_and_keeps_the_filter_in_its_links(
        self, client: StrictClient, bridge: Article, make: Factory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(history_queries, "PAGE", 2)
        editor = make.regular(Role.EDITOR)
        client.sign_in(make.person())
        address = f"/history?person={editor.id}&action=created&article={bridge.id}&from=2000-01-01"
        page = read(client, address)
        assert page.count("<tr>") == 1 + 2
        assert re.search(r'rel="next" href="([^"]+)"', page)
        older = next(link for link in links(page) if "before=" in link)
        for part in (f"person={editor.id}", "action=created", f"article={bridge.id}", "from=2000-01-01"):
            assert part in older
        assert "To the newest" in read(client, older)

    def test_can_drop_the_filter_by_article_or_claim(
        self, client: StrictClient, bridge: Article, make: Factory
    ) -> None:
        client.sign_in(make.person())
        page = read(client, f"/history?article={bridge.id}&claim=1&action=created")
        assert f"/history?action=created&article={bridge.id}" in links(page)
        assert "/history?action=created&claim=1" in links(page)

    def test_says_when_nothing_fits(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person())
        tomorrow = (now() + timedelta(days=2)).date().isoformat()
        assert "Nothing in the history fits this filter" in read(client, f"/history?from={tomorrow}")

    def test_shows_the_accounts_of_others_to_administrators_only(self, client: StrictClient, make: Factory) -> None:
        other = make.person(email="secret@example.org")
        client.sign_in(make.person(role=Role.EDITOR))
        assert "secret@example.org" not in read(client, "/history")
        client.sign_in(make.person(role=Role.ADMIN))
        page = read(client, "/history")
        assert "secret@example.org" in page
        assert f'href="/people/{other.id}"' in page

    def test_shows_long_values_whole_behind_their_beginning(self, client: StrictClient, make: Factory) -> None:
        make.article(notes="word " * 100 + "and the end")
        client.sign_in(make.person())
        page = read(client, "/history")
        assert "<details" in page
        assert "and the end" in page

    def test_needs_a_session(self, client: StrictClient) -> None:
        assert client.get("/history").status_code == 302

    def test_asks_as_many_questions_for_much_as_for_little(
        self, client: StrictClient, make: Factory, count_queries: Counting
    ) -> None:
        client.sign_in(make.person())
        make.claim()
        read(client, "/history")
        with count_queries() as little:
            read(client, "/history")
        for _ in range(5):
            make.evidence()
        with count_queries() as much:
            read(client, "/history")
        assert much.number == little.number <= 7
