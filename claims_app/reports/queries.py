"""Gathering the facts of a report."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import Session, aliased

from claims_app.articles.model import Article, ArticleVersion, Citation
from claims_app.claims.figure import FigureValue, compare
from claims_app.claims.model import Claim, Claimant, Figure
from claims_app.comments.model import Comment, CommentKind
from claims_app.db import now
from claims_app.evidence.model import Evidence
from claims_app.people.model import Person
from claims_app.reports.facts import ArticleFacts, Checked, ClaimFacts, EvidenceFacts, QueryFacts, Report, VerdictFacts
from claims_app.sources.model import Source
from claims_app.verdicts.model import Verdict, asks_second_check


def gather_report(
    session: Session, article_id: int, *, made_by: str, language: str, made_at: datetime | None = None
) -> Report:
    """Return the facts of an article's report, in four queries however long it is.

    A withdrawn article is reported with the claims it left with; an unknown one raises ``NoResultFound``.
    """
    article = ArticleFacts(**session.execute(_article(article_id)).one()._mapping)
    is_live: ColumnElement[bool] = Claim.withdrawn_at.is_(None)
    if article.withdrawn_at is not None:
        is_live = or_(is_live, Claim.withdrawn_at == article.withdrawn_at)
    evidence = _by_claim(session.execute(_evidence(article_id, is_live)).all())
    queries = _by_claim(session.execute(_queries(article_id, is_live)).all())
    claims = tuple(
        _claim(row, article, evidence.get(row.id, ()), queries.get(row.id, ()))
        for row in session.execute(_claims(article_id, is_live))
    )
    return Report((made_at or now()).replace(microsecond=0), made_by, language, article, claims)


def _article(article_id: int) -> Select[*tuple[Any, ...]]:
    names = [name for name in ArticleFacts.__dataclass_fields__ if name not in {"version", "text_sha256"}]
    return (
        select(
            *(getattr(Article, name) for name in names),
            ArticleVersion.number.label("version"),
            ArticleVersion.text_sha256,
        )
        .join(ArticleVersion)
        .where(Article.id == article_id)
        .order_by(ArticleVersion.number.desc())
        .limit(1)
    )


_FIGURE = ("low", "high", "unit", "is_about", "as_of")
_FIGURE_COLUMNS = [getattr(Figure, name).label(f"figure_{name}") for name in _FIGURE]


def _claims(article_id: int, is_live: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    proposer, approver, assignee = aliased(Person), aliased(Person), aliased(Person)
    own = ("number", "section", "paragraph", "statement_he", "statement_en", "kind", "priority", "status")
    return (
        select(
            Claim.id,
            *(getattr(Claim, name) for name in (*own, "is_attributed", "cited_basis")),
            Claimant.name.label("claimant"),
            Citation.address.label("cited_address"),
            assignee.name.label("assignee"),
            *_FIGURE_COLUMNS,
            *(getattr(Verdict, name) for name in ("finding", "rationale_he", "rationale_en", "override_why")),
            Verdict.needs_second_check,
            Verdict.created_at.label("proposed_at"),
            Verdict.approved_at,
            proposer.name.label("proposed_by"),
            approver.name.label("approved_by"),
        )
        .outerjoin(Claimant, Claim.claimant_id == Claimant.id)
        .outerjoin(Citation, Claim.citation_id == Citation.id)
        .outerjoin(assignee, Claim.assignee_id == assignee.id)
        .outerjoin(Figure, Figure.claim_id == Claim.id)
        .outerjoin(Verdict, Claim.verdict_id == Verdict.id)
        .outerjoin(proposer, Verdict.proposed_by_id == proposer.id)
        .outerjoin(approver, Verdict.approved_by_id == approver.id)
        .where(Claim.article_id == article_id, is_live)
        .order_by(Claim.position, Claim.id)
    )


def _evidence(article_id: int, is_live: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    own = ("claim_id", "stance", "rank", "summary", "passage", "locator", "looked_on")
    source = ("kind", "title", "has_composed_title", "publisher", "published_on", "address")
    return (
        select(
            *(getattr(Evidence, name) for name in own), *(getattr(Source, name) for name in source), *_FIGURE_COLUMNS
        )
        .join(Claim, Evidence.claim_id == Claim.id)
        .join(Source, Evidence.source_id == Source.id)
        .outerjoin(Figure, Figure.evidence_id == Evidence.id)
        .where(Claim.article_id == article_id, is_live, Evidence.withdrawn_at.is_(None))
        .order_by(Evidence.claim_id, Evidence.id)
    )


def _queries(article_id: int, is_live: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    author, answerer = aliased(Person), aliased(Person)
    return (
        select(
            Comment.claim_id,
            Comment.text,
            author.name.label("asked_by"),
            Comment.created_at.label("asked_at"),
            Comment.answer,
            answerer.name.label("answered_by"),
            Comment.answered_at,
        )
        .join(Claim, Comment.claim_id == Claim.id)
        .join(author, Comment.author_id == author.id)
        .outerjoin(answerer, Comment.answered_by_id == answerer.id)
        .where(
            Claim.article_id == article_id, is_live, Comment.kind == CommentKind.QUERY, Comment.withdrawn_at.is_(None)
        )
        .order_by(Comment.claim_id, Comment.id)
    )


def _by_claim(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[int, list[Row[*tuple[Any, ...]]]]:
    return {claim_id: list(found) for claim_id, found in groupby(rows, key=lambda row: row.claim_id)}


def _picked(kind: type[Any], row: Row[*tuple[Any, ...]], **others: Any) -> Any:
    """Make a ``kind`` of the columns that bear its fields' names, and of what had to be worked out."""
    return kind(**{name: getattr(row, name) for name in kind.__dataclass_fields__ if name not in others}, **others)


def _figure(row: Row[*tuple[Any, ...]]) -> FigureValue | None:
    return None if row.figure_low is None else FigureValue(*(getattr(row, f"figure_{name}") for name in _FIGURE))


def _claim(
    row: Row[*tuple[Any, ...]],
    article: ArticleFacts,
    evidence: Sequence[Row[*tuple[Any, ...]]],
    queries: Sequence[Row[*tuple[Any, ...]]],
) -> ClaimFacts:
    figure = _figure(row)
    claim: ClaimFacts = _picked(
        ClaimFacts,
        row,
        needs_second_check=asks_second_check(article.second_check, row.priority),
        figure=figure,
        verdict=None if row.finding is None else _verdict(row),
        queries=tuple(_picked(QueryFacts, query) for query in queries),
        evidence=tuple(_one_evidence(item, figure) for item in evidence),
    )
    return claim


def _verdict(row: Row[*tuple[Any, ...]]) -> Any:
    checked = Checked.NOT_ASKED
    if row.needs_second_check:
        checked = Checked.WAITING if row.approved_at is None else Checked.CONFIRMED
    return _picked(VerdictFacts, row, second_check=checked)


def _one_evidence(row: Row[*tuple[Any, ...]], ours: FigureValue | None) -> Any:
    theirs = _figure(row)
    return _picked(EvidenceFacts, row, figure=theirs, match=compare(ours, theirs) if ours and theirs else None)
