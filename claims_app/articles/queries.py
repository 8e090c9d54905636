"""Finding articles, their versions and the links they cite."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, defer

from claims_app.articles.model import Article, ArticleVersion, Citation, Passage

PAGE = 25
"""Articles on one page of the list."""
AT_HAND = 60
"""So many of the articles with the latest deadlines, and of the newest ones, may be in work."""


@dataclass(frozen=True)
class ArticlePage:
    """One page of articles, newest first; ``after`` is where the next one begins. None: there is none."""

    articles: Sequence[Article]
    after: int | None


def list_articles(
    session: Session, *, is_withdrawn: bool = False, after: int | None = None, most: int | None = None
) -> ArticlePage:
    """Return one page of the articles, newest first; the withdrawn ones stand in a list of their own."""
    withdrawn, most = Article.withdrawn_at, most or PAGE
    wanted = select(Article).where(withdrawn.is_not(None) if is_withdrawn else withdrawn.is_(None))
    if after is not None:
        wanted = wanted.where(Article.id < after)
    articles = session.scalars(wanted.order_by(Article.id.desc()).limit(most + 1)).all()
    return ArticlePage(articles[:most], articles[most - 1].id if len(articles) > most else None)


def list_articles_at_hand(session: Session) -> Sequence[Article]:
    """Return the live articles that may be in work, the first to print first and those without a deadline last."""
    live = Article.withdrawn_at.is_(None)
    due = select(Article.id).where(live, Article.deadline_at.is_not(None)).order_by(Article.deadline_at.desc())
    newest = select(Article.id).where(live).order_by(Article.id.desc())
    found = or_(*(Article.id.in_(select(few.limit(AT_HAND).subquery().c.id)) for few in (due, newest)))
    return session.scalars(
        select(Article).where(found).order_by(Article.deadline_at.asc().nulls_last(), Article.id.desc())
    ).all()


def list_versions(session: Session, article_id: int) -> Sequence[ArticleVersion]:
    """Return an article's versions, newest first."""
    return session.scalars(
        select(ArticleVersion).where(ArticleVersion.article_id == article_id).order_by(ArticleVersion.number.desc())
    ).all()


def list_version_heads(
    session: Session, article_id: int, *, before: int | None = None, most: int
) -> Sequence[ArticleVersion]:
    """Return an article's versions older than number ``before``, newest first, without reading their texts."""
    wanted = select(ArticleVersion).where(ArticleVersion.article_id == article_id)
    if before is not None:
        wanted = wanted.where(ArticleVersion.number < before)
    wanted = wanted.options(defer(ArticleVersion.text, raiseload=True))
    return session.scalars(wanted.order_by(ArticleVersion.number.desc()).limit(most)).all()


def find_version(session: Session, article_id: int, number: int | None = None) -> ArticleVersion:
    """Return a version of an article, the newest for None; one that is not there raises ``NoResultFound``."""
    wanted = select(ArticleVersion).where(ArticleVersion.article_id == article_id)
    if number is not None:
        wanted = wanted.where(ArticleVersion.number == number)
    return session.scalars(wanted.order_by(ArticleVersion.number.desc()).limit(1)).one()


def list_passages(session: Session, version_id: int) -> Sequence[Passage]:
    """Return the sentences of a version in the order of the text."""
    return session.scalars(select(Passage).where(Passage.version_id == version_id).order_by(Passage.begins)).all()


def list_unread_versions(session: Session) -> Sequence[ArticleVersion]:
    """Return the versions whose text was kept before the desk looked for its sentences."""
    return session.scalars(
        select(ArticleVersion).where(
            ArticleVersion.text.is_not(None),
            ~select(Passage.id).where(Passage.version_id == ArticleVersion.id).exists(),
        )
    ).all()


def list_citations(session: Session, article_id: int) -> Sequence[Citation]:
    """Return the links an article gives, in the order of its list."""
    return session.scalars(
        select(Citation)
        .where(Citation.article_id == article_id, Citation.withdrawn_at.is_(None))
        .order_by(Citation.position, Citation.id)
    ).all()
