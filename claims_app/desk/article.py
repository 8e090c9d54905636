"""Everything that an article's page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, ArticleVersion, Citation
from claims_app.articles.queries import list_citations, list_versions
from claims_app.claims.model import Claim, Figure
from claims_app.comments.model import Comment, CommentKind
from claims_app.db import now
from claims_app.desk.queries import Progress, count_open, count_progress
from claims_app.evidence.keeping import CopyCount, count_copies
from claims_app.people.model import Person
from claims_app.signoff.queries import Blocker, Closing, count_blockers, gather_closing

MOST_CLAIMS = 500
"""Claims on the page of one article; the queue shows the rest."""
MOST_QUERIES = 50
"""Open queries to the author that an article's page shows."""


@dataclass(frozen=True)
class ArticleFacts:
    """The facts of an article's page."""

    article: Article
    versions: Sequence[ArticleVersion]
    progress: Progress
    #: The claims of each section, sections and claims in the order of the text.
    sections: Sequence[tuple[str | None, Sequence[Any]]]
    #: There are more claims than the page shows.
    is_more: bool
    #: Undecided claims without evidence.
    bare_total: int
    queries: Sequence[Any]
    is_queries_more: bool
    #: Each cited link with the claims that rest on it.
    citations: Sequence[tuple[Citation, Sequence[Any]]]
    #: What keeps the article from being signed off, and how much of it.
    blockers: Mapping[Blocker, int]
    closing: Closing
    copies: CopyCount
    moment: datetime

    @property
    def shown(self) -> int:
        """How many claims the page shows."""
        return sum(len(rows) for _name, rows in self.sections)

    @property
    def ticks(self) -> list[tuple[str | None, list[tuple[int, int, str]]]]:
        """The galley strip: number and status of the claims of each section."""
        return [(name, [(row.id, row.number, row.status) for row in rows]) for name, rows in self.sections]


def _list_claims(session: Session, article_id: int) -> Sequence[Any]:
    return session.execute(
        select(
            Claim.id,
            Claim.number,
            Claim.status,
            Claim.is_stale,
            Claim.place,
            Claim.needs_look,
            Claim.statement_he,
            Claim.statement_en,
            Claim.kind,
            Claim.priority,
            Claim.section,
            Claim.supports,
            Claim.refutes,
            Claim.contexts,
            Person.name.label("assignee"),
            Figure.low,
            Figure.high,
            Figure.unit,
            Figure.is_about,
        )
        .outerjoin(Person, Person.id == Claim.assignee_id)
        .outerjoin(Figure, Figure.claim_id == Claim.id)
        .where(Claim.article_id == article_id, Claim.withdrawn_at.is_(None))
        .order_by(Claim.position, Claim.id)
        .limit(MOST_CLAIMS + 1)
    ).all()


def _list_open_queries(session: Session, article_id: int) -> Sequence[Any]:
    return session.execute(
        select(
            Comment.id,
            Comment.claim_id,
            Comment.text,
            Comment.created_at,
            Claim.number,
            Person.name.label("author"),
        )
        .join(Claim, Claim.id == Comment.claim_id)
        .join(Person, Person.id == Comment.author_id)
        .where(
            Claim.article_id == article_id,
            Claim.withdrawn_at.is_(None),
            Comment.kind == CommentKind.QUERY,
            Comment.answer.is_(None),
            Comment.withdrawn_at.is_(None),
        )
        .order_by(Claim.position, Comment.id)
        .limit(MOST_QUERIES + 1)
    ).all()


def _list_cited(session: Session, article_id: int) -> dict[int, list[Any]]:
    """Return, for each cited link, the claims that rest on it."""
    cited: dict[int, list[Any]] = {}
    for row in session.execute(
        select(Claim.id, Claim.number, Claim.citation_id, Claim.cited_basis)
        .join(Citation, Citation.id == Claim.citation_id)
        .where(Citation.article_id == article_id, Claim.withdrawn_at.is_(None))
        .order_by(Claim.position, Claim.id)
        .limit(MOST_CLAIMS)
    ):
        cited.setdefault(row.citation_id, []).append(row)
    return cited


def gather_article(session: Session, article_id: int) -> ArticleFacts:
    """Return the facts of an article's page; no such article raises ``NoResultFound``."""
    article = session.get_one(Article, article_id)
    versions = list_versions(session, article_id)
    claims = _list_claims(session, article_id)
    sections: dict[str | None, list[Any]] = {}
    for claim in claims[:MOST_CLAIMS]:
        sections.setdefault(claim.section, []).append(claim)
    cited = _list_cited(session, article_id)
    queries = _list_open_queries(session, article_id)
    return ArticleFacts(
        article=article,
        versions=versions,
        progress=count_progress(session, [article_id])[article_id],
        sections=list(sections.items()),
        is_more=len(claims) > MOST_CLAIMS,
        bare_total=count_open(session, article_id)[1],
        queries=queries[:MOST_QUERIES],
        is_queries_more=len(queries) > MOST_QUERIES,
        blockers=count_blockers(session, article, versions[0]) if versions else {},
        closing=gather_closing(session, article),
        copies=count_copies(session, article_id),
        citations=[(citation, cited.get(citation.id, [])) for citation in list_citations(session, article_id)],
        moment=now(),
    )
