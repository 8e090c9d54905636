"""Articles and their versions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from claims_app.anchors.service import Carried, Fate
from claims_app.api.gate import me
from claims_app.api.operations import operation
from claims_app.api.paging import need_place
from claims_app.api.shapes import (
    Address,
    Changes,
    Line,
    Moment,
    Number,
    Page,
    PageQuery,
    RoughDay,
    Shape,
    Switch,
    Text,
    WhyBody,
    cut,
)
from claims_app.api.tags import check_match
from claims_app.articles import service
from claims_app.articles.forms import DETAILS
from claims_app.articles.model import Article, ArticleVersion, SecondCheck, SourceRule
from claims_app.articles.queries import find_version, list_articles, list_version_heads
from claims_app.claims.withdrawing import restore_article as restore
from claims_app.claims.withdrawing import withdraw_article as withdraw
from claims_app.drafts.forms import MOST_WORDS
from claims_app.drafts.service import MOST_LINKS, Revision, bring_in_article, revise_article
from claims_app.people.model import Role
from claims_app.web.transaction import get_session, transaction

TAG = "articles"
Language = Literal["he", "en"]
Words = Annotated[
    str, Field(max_length=MOST_WORDS, description="The words under check, with a blank line between paragraphs.")
]


class ArticleOut(Shape):
    """What is known about an article."""

    id: Number
    revision: int
    title_he: str | None
    title_en: str | None
    outlet: str | None
    byline: str | None
    language: Language
    address: str | None
    published_on: str | None
    deadline_at: datetime | None
    second_check: SecondCheck
    source_rule: SourceRule
    asks_legal: bool
    notes: str | None
    created_at: datetime
    withdrawn_at: datetime | None


def show_article(article: Article) -> ArticleOut:
    """Return an article as the API shows it."""
    return ArticleOut(**{name: getattr(article, name) for name in ArticleOut.model_fields})


class ArticleChanges(Changes):
    """What is to be another than it was; what is left out stays, and null empties."""

    model_config = ConfigDict(json_schema_extra={"example": {"byline": "Dana Levi", "second_check": "all"}})

    title_he: Line | None = None
    title_en: Line | None = None
    outlet: Line | None = None
    byline: Line | None = None
    language: Language = "he"
    address: Address | None = None
    published_on: RoughDay | None = None
    deadline_at: Moment | None = Field(default=None, description="When it goes to print.")
    second_check: SecondCheck = SecondCheck.OFF
    source_rule: SourceRule = SourceRule.TWO
    asks_legal: bool = Field(default=False, description="The sign-off asks for legal too.")
    notes: Text | None = None


class NewArticle(ArticleChanges):
    """An article to be brought in, with its first version. It needs a title, in Hebrew or in English."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "title_en": "The bridge",
                "language": "en",
                "text": "The bridge is 120 metres long.\n\nIt opened in 1998.",
            }
        }
    )

    text: Words | None = None
    note: Line | None = Field(default=None, description="Where the text is from.")
    links: list[Address] = Field(default=[], max_length=MOST_LINKS, description="The links that the article gives.")


class ArticleQuery(PageQuery):
    """Which articles."""

    withdrawn: Switch = Field(default=False, description="Those that were withdrawn, in place of the others.")


@operation("GET", "/articles", tag=TAG, role=Role.READER)
def list_all_articles(query: ArticleQuery) -> Page[ArticleOut]:
    """List the articles, newest first."""
    need_place(query)
    found = list_articles(get_session(), is_withdrawn=query.withdrawn, after=query.behind, most=query.limit + 1)
    page, after = cut(found.articles, query)
    return Page[ArticleOut](items=[show_article(one) for one in page], next=after)


@operation("POST", "/articles", tag=TAG, role=Role.EDITOR, location="/articles/{id}", is_tagged=True)
def add_article(body: NewArticle) -> ArticleOut:
    """Bring in an article."""
    with transaction() as session:
        details = {"language": "he", **body.given("links")}
        article = bring_in_article(session, actor=me(), links=body.links, **details)
    return show_article(article)


@operation("GET", "/articles/<int:article_id>", tag=TAG, role=Role.READER, is_tagged=True)
def get_article(article_id: int) -> ArticleOut:
    """Show an article, withdrawn or not."""
    return show_article(get_session().get_one(Article, article_id))


@operation("PATCH", "/articles/<int:article_id>", tag=TAG, role=Role.EDITOR, is_tagged=True, is_conditional=True)
def edit_article(article_id: int, body: ArticleChanges) -> ArticleOut:
    """Change what is known about an article."""
    with transaction() as session:
        article = session.get_one(Article, article_id)
        check_match(show_article(article))
        details = {name: getattr(article, name) for name in DETAILS} | body.given()
        service.edit_article(session, actor=me(), article_id=article_id, revision=article.revision, **details)
    return show_article(article)


@operation("POST", "/articles/<int:article_id>/withdraw", tag=TAG, role=Role.EDITOR, is_tagged=True)
def withdraw_article(article_id: int, body: WhyBody) -> ArticleOut:
    """Take an article and its claims out of the work; they are kept and can be restored."""
    with transaction() as session:
        article = withdraw(session, actor=me(), article_id=article_id, why=body.why)
    return show_article(article)


@operation("POST", "/articles/<int:article_id>/restore", tag=TAG, role=Role.EDITOR, is_tagged=True)
def restore_article(article_id: int) -> ArticleOut:
    """Bring back a withdrawn article with the claims that left with it."""
    with transaction() as session:
        article = restore(session, actor=me(), article_id=article_id)
    return show_article(article)


class VersionRow(Shape):
    """A version of an article, without its words."""

    id: Number
    article_id: Number
    number: Number
    text_sha256: str | None = Field(description="Null: the desk does not have the words of this version.")
    note: str | None
    created_at: datetime


class VersionOut(VersionRow):
    """A version of an article with its words. Places in the text count Unicode code points of `text`."""

    text: str | None


class CarriedOut(Shape):
    """What a new version did to a claim that had its place in the text."""

    claim_id: Number
    number: Number
    fate: Fate
    before: str = Field(description="The words that stated it before, one place a line.")
    after: str | None = Field(description="The words that state it now; null where it is lost.")
    is_stale: bool = Field(description="Its verdict stands under other words now.")


class RevisionOut(Shape):
    """A new version, and what became of each claim."""

    article_id: Number
    number: Number
    version: VersionRow
    claims: list[CarriedOut]


class NewVersion(Shape):
    """A new draft of an article."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"text": "The bridge is 118 metres long.", "seen": 1, "note": "After the call."}}
    )

    text: Words
    seen: Number = Field(description="The number of the version that the new text was made from.")
    note: Line | None = Field(default=None, description="What is different from the version before.")


def _row(version: ArticleVersion) -> VersionRow:
    return VersionRow(**{name: getattr(version, name) for name in VersionRow.model_fields})


def _carried(one: Carried) -> CarriedOut:
    claim = one.claim
    return CarriedOut(
        claim_id=claim.id,
        number=claim.number,
        fate=one.fate,
        before=one.before,
        after=one.after,
        is_stale=claim.is_stale,
    )


def _revision(made: Revision) -> RevisionOut:
    version = made.version
    return RevisionOut(
        article_id=version.article_id,
        number=version.number,
        version=_row(version),
        claims=[_carried(one) for one in made.carried],
    )


@operation("GET", "/articles/<int:article_id>/versions", tag=TAG, role=Role.READER)
def list_versions(article_id: int, query: PageQuery) -> Page[VersionRow]:
    """List an article's versions, newest first, without their words."""
    session = get_session()
    session.get_one(Article, article_id)
    need_place(query)
    found = list_version_heads(session, article_id, before=query.behind, most=query.limit + 1)
    page, after = cut(found, query, "number")
    return Page[VersionRow](items=[_row(one) for one in page], next=after)


@operation(
    "POST",
    "/articles/<int:article_id>/versions",
    tag=TAG,
    role=Role.EDITOR,
    location="/articles/{article_id}/versions/{number}",
)
def add_version(article_id: int, body: NewVersion) -> RevisionOut:
    """Add a new draft; every claim and waiver finds its place in it, or is said to have lost it."""
    with transaction() as session:
        made = revise_article(
            session, actor=me(), article_id=article_id, text=body.text, note=body.note, seen=body.seen
        )
    return _revision(made)


@operation("GET", "/articles/<int:article_id>/versions/<int:number>", tag=TAG, role=Role.READER)
def get_version(article_id: int, number: int) -> VersionOut:
    """Show a version with its words."""
    version = find_version(get_session(), article_id, number)
    return VersionOut(**{name: getattr(version, name) for name in VersionOut.model_fields})
