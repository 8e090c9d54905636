"""A new draft as one unit: the version, the claims, the waivers."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.service import Fate
from claims_app.articles.model import Article, ArticleVersion, Original
from claims_app.articles.queries import list_citations
from claims_app.articles.service import File
from claims_app.claims.model import Place
from claims_app.drafts.service import bring_in_article, revise_article
from claims_app.errors import DomainError, NotAllowed, Stale
from claims_app.people.model import Role
from tests.factories import Factory

TEXT = """The harbour moved 1.58 million tonnes in 2024. The mayor is Dana Levi. The bridge fell in May.

Trade rose by 32 percent. The old lighthouse was sold for 3 million dollars. The ferry sailed on Sundays.

The last paragraph has 7 short words in it and a few longer words."""
NEW = """The harbour moved 1.73 million tonnes in 2024. The mayor is Rina Levi. The bridge fell in May.

Trade rose by 32 percent. The ferries sailed on Sundays.

A whole new paragraph says that 12 boats came.

The last paragraph has 7 short words in it and a few longer words. The old lighthouse was sold for 3 million dollars."""


@pytest.fixture
def article(make: Factory) -> Article:
    return make.article(text=TEXT, language="en")


def test_six_edits_make_exactly_the_right_claims_stale_or_lost(make: Factory, article: Article) -> None:
    """A figure, a name, a move, a deletion, a mended word and a new paragraph."""
    text = TEXT.replace("May.", "May. The customs house burned down in 1907.")
    article = make.article(text=text, language="en")
    quotes = {
        "The harbour moved 1.58 million tonnes in 2024": (Fate.CHANGED, True),
        "The mayor is Dana Levi": (Fate.CHANGED, True),
        "The bridge fell in May": (Fate.UNCHANGED, False),
        "The customs house burned down in 1907": (Fate.LOST, False),
        "Trade rose by 32 percent": (Fate.UNCHANGED, False),
        "The old lighthouse was sold for 3 million dollars": (Fate.MOVED, False),
        "The ferry sailed on Sundays": (Fate.CHANGED, True),
        "The last paragraph has 7 short words in it and a few longer words": (Fate.UNCHANGED, False),
    }
    claims = {}
    for quote in quotes:
        claims[quote] = make.claim(article, statement_en=quote)
        make.place(claims[quote], quote)
        make.verdict(claims[quote])
    revision = make.revision(article, NEW)
    found = {one.before: (one.fate, one.claim.is_stale) for one in revision.carried}
    assert found == quotes
    assert [quote for quote, claim in claims.items() if claim.place is Place.LOST] == [
        "The customs house burned down in 1907"
    ]


def test_the_same_text_again_is_no_draft(make: Factory, article: Article) -> None:
    with pytest.raises(DomainError) as refusal:
        make.revision(article, TEXT.replace("\n\n", "\r\n\r\n") + "  ")
    assert refusal.value.field == "text"


def test_a_draft_of_an_article_with_words_needs_words(session: Session, make: Factory, article: Article) -> None:
    with pytest.raises(DomainError):
        revise_article(session, actor=make.person(role=Role.EDITOR), article_id=article.id, text=" \n")


def test_a_text_comes_to_an_article_without_one(make: Factory) -> None:
    bare = make.article()
    claim = make.claim(bare)
    revision = make.revision(bare, TEXT)
    assert (revision.version.number, revision.carried, claim.place) == (2, [], Place.NONE)


def test_two_drafts_of_the_same_version_do_not_pass_each_other_unseen(make: Factory, article: Article) -> None:
    make.revision(article, NEW, seen=1)
    with pytest.raises(Stale):
        make.revision(article, NEW + " More.", seen=1)


def test_a_draft_is_an_editors(make: Factory, article: Article) -> None:
    with pytest.raises(NotAllowed):
        make.revision(article, NEW, actor=make.person(role=Role.CHECKER))


def test_the_original_file_is_kept_beside_the_text(session: Session, make: Factory, article: Article) -> None:
    file = File("cd" * 32, 120, name="draft.docx", media_type="application/x", address=None)
    revision = make.revision(article, NEW, file=file)
    original = session.scalars(select(Original)).one()
    assert (original.version_id, original.sha256, original.name) == (revision.version.id, "cd" * 32, "draft.docx")


def test_the_stored_text_is_tidy(session: Session, make: Factory) -> None:
    make.article(text="\u200fOne\u00a0 line\u202a here.\r\n\r\n\r\nE\u0301t\u00e9 \t two.")
    text = session.scalars(select(ArticleVersion.text)).one()
    assert text == "One line here.\n\n\u00c9t\u00e9 two."


def test_the_links_of_a_text_become_cited_links(session: Session) -> None:
    article = bring_in_article(
        session,
        actor=None,
        title_en="The bridge",
        text=TEXT,
        links=["https://example.org/a", "https://example.org/a", "https://example.org/b"],
    )
    assert [one.address for one in list_citations(session, article.id)] == [
        "https://example.org/a",
        "https://example.org/b",
    ]
