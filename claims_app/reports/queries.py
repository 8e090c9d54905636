"""Gathering the facts of a report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import Session, aliased

from claims_app.anchors.model import Anchor
from claims_app.anchors.queries import list_anchors
from claims_app.articles.model import Article, ArticleVersion, Citation
from claims_app.claims.figure import FigureValue, compare_figures
from claims_app.claims.model import Claim, Claimant, Figure
from claims_app.comments.model import Comment, CommentKind
from claims_app.coverage.queries import list_coverage
from claims_app.db import now
from claims_app.evidence.model import Evidence
from claims_app.language import source_name, speaking
from claims_app.people.model import Person
from claims_app.reports.facts import (
    AnchorFacts,
    ArticleFacts,
    Checked,
    ClaimFacts,
    ConfirmationFacts,
    EvidenceFacts,
    QueryFacts,
    Report,
    VerdictFacts,
)
from claims_app.reports.paragraphs import Paragraphs
from claims_app.reports.sources import gather_copies, list_sources
from claims_app.reports.standing import gather_sign_offs, passage_facts
from claims_app.sources.model import Publisher, Source
from claims_app.verdicts.model import Confirmation, Verdict, asks_second_check


def gather_report(
    session: Session, article_id: int, *, made_by: str, language: str, made_at: datetime | None = None
) -> Report:
    """Return the facts of an article's report, in a number of queries that is fixed however long it is.

    A withdrawn article is reported with the claims it left with; an unknown one raises ``NoResultFound``.
    """
    row = dict(session.execute(_article(article_id)).one()._mapping)
    version_id = row.pop("version_id")
    article = ArticleFacts(**row)
    is_live: ColumnElement[bool] = Claim.withdrawn_at.is_(None)
    if article.withdrawn_at is not None:
        is_live = or_(is_live, Claim.withdrawn_at == article.withdrawn_at)
    rows = session.execute(_claims(article_id, is_live)).all()
    paragraphs = Paragraphs(article.text or "")
    shown = {row.id for row in rows}
    anchors = [one for one in list_anchors(session, version_id, with_withdrawn_claims=True) if one.claim_id in shown]
    evidence = _by_claim(session.execute(_evidence(article_id, is_live)).all())
    parts = _Parts(
        evidence=evidence,
        numbers=_numbers(rows, evidence),
        queries=_by_claim(session.execute(_queries(article_id, is_live)).all()),
        confirmations=_by_claim(session.execute(_confirmations(article_id, is_live)).all()),
        anchors=_by_claim(sorted(anchors, key=lambda anchor: anchor.claim_id)),
    )
    # Held while the sign-offs are gathered: what they cover finds its passages loaded.
    coverage = list_coverage(session, version_id, anchors)
    with speaking(language):
        claims = tuple(_claim(row, article, parts, paragraphs) for row in rows)
    copies = gather_copies(session, article_id, is_live)
    return Report(
        made_at=(made_at or now()).replace(microsecond=0),
        made_by=made_by,
        language=language,
        article=article,
        claims=claims,
        sources=list_sources(claims, {number: copies.get(source) for source, number in parts.numbers.items()}),
        passages=tuple(passage_facts(one, paragraphs) for one in coverage),
        sign_offs=gather_sign_offs(session, article_id),
    )


def gather_claims(
    session: Session, article_id: int, claim_ids: Sequence[int], *, language: str, is_shown: ColumnElement[bool]
) -> tuple[ClaimFacts, ...]:
    """Return the facts of some claims of an article, withdrawn or not, in its order; without where they stand.

    ``is_shown`` says which of their evidence is among them.
    """
    row = dict(session.execute(_article(article_id)).one()._mapping)
    row.pop("version_id")
    wanted = Claim.id.in_(claim_ids)
    rows = session.execute(_claims(article_id, wanted)).all()
    evidence = _by_claim(session.execute(_evidence(article_id, wanted & is_shown)).all())
    parts = _Parts(
        evidence=evidence,
        numbers=_numbers(rows, evidence),
        queries=_by_claim(session.execute(_queries(article_id, wanted)).all()),
        confirmations=_by_claim(session.execute(_confirmations(article_id, wanted)).all()),
        anchors={},
    )
    with speaking(language):
        return tuple(_claim(one, ArticleFacts(**row), parts, Paragraphs("")) for one in rows)


@dataclass(frozen=True)
class _Parts:
    """What claims rest on, by claim."""

    evidence: Mapping[int, Sequence[Any]]
    #: The number that each source gets, by its own.
    numbers: Mapping[int, int]
    queries: Mapping[int, Sequence[Any]]
    confirmations: Mapping[int, Sequence[Any]]
    anchors: Mapping[int, Sequence[Anchor]]


def _numbers(claims: Iterable[Any], evidence: Mapping[int, Sequence[Any]]) -> dict[int, int]:
    """Number the sources in the order in which the claims name them."""
    numbers: dict[int, int] = {}
    for claim in claims:
        for item in evidence.get(claim.id, ()):
            numbers.setdefault(item.source_id, len(numbers) + 1)
    return numbers


def _article(article_id: int) -> Select[*tuple[Any, ...]]:
    of_version = {"version", "text", "text_sha256"}
    names = [name for name in ArticleFacts.__dataclass_fields__ if name not in of_version]
    return (
        select(
            *(getattr(Article, name) for name in names),
            ArticleVersion.id.label("version_id"),
            ArticleVersion.number.label("version"),
            *(ArticleVersion.text, ArticleVersion.text_sha256),
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
            *(Claim.place, Claim.is_stale, Claim.settled_words),
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
    source = ("kind", "title", "has_composed_title", "published_on", "address")
    return (
        select(
            *(getattr(Evidence, name) for name in own),
            *(getattr(Source, name) for name in source),
            Source.id.label("source_id"),
            Source.confidential_number.is_not(None).label("is_confidential"),
            Publisher.name.label("publisher"),
            *_FIGURE_COLUMNS,
        )
        .join(Claim, Evidence.claim_id == Claim.id)
        .join(Source, Evidence.source_id == Source.id)
        .outerjoin(Publisher, Source.publisher_id == Publisher.id)
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


def _confirmations(article_id: int, is_live: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Verdict.claim_id,
            Person.name.label("confirmed_by"),
            Confirmation.created_at.label("confirmed_at"),
            *(Confirmation.why, Confirmation.words_before, Confirmation.words_after),
            ArticleVersion.number.label("version"),
        )
        .join(Verdict, Verdict.id == Confirmation.verdict_id)
        # Of the verdict in force only.
        .join(Claim, Claim.verdict_id == Verdict.id)
        .join(Person, Person.id == Confirmation.person_id)
        .join(ArticleVersion, ArticleVersion.id == Confirmation.version_id)
        .where(Claim.article_id == article_id, is_live)
        .order_by(Verdict.claim_id, Confirmation.id)
    )


def _by_claim(rows: Iterable[Any]) -> dict[int, list[Any]]:
    return {claim_id: list(found) for claim_id, found in groupby(rows, key=lambda row: row.claim_id)}


def _picked(kind: type[Any], row: Row[*tuple[Any, ...]], **others: Any) -> Any:
    """Make a ``kind`` of the columns that bear its fields' names, and of what had to be worked out."""
    return kind(**{name: getattr(row, name) for name in kind.__dataclass_fields__ if name not in others}, **others)


def _figure(row: Row[*tuple[Any, ...]]) -> FigureValue | None:
    return None if row.figure_low is None else FigureValue(*(getattr(row, f"figure_{name}") for name in _FIGURE))


def _claim(row: Row[*tuple[Any, ...]], article: ArticleFacts, parts: _Parts, paragraphs: Paragraphs) -> ClaimFacts:
    figure = _figure(row)
    claim: ClaimFacts = _picked(
        ClaimFacts,
        row,
        needs_second_check=asks_second_check(article.second_check, row.priority),
        figure=figure,
        anchors=tuple(_anchor(anchor, paragraphs) for anchor in parts.anchors.get(row.id, ())),
        verdict=None if row.finding is None else _verdict(row),
        confirmations=tuple(_picked(ConfirmationFacts, one) for one in parts.confirmations.get(row.id, ())),
        queries=tuple(_picked(QueryFacts, query) for query in parts.queries.get(row.id, ())),
        evidence=tuple(
            _one_evidence(item, figure, parts.numbers[item.source_id]) for item in parts.evidence.get(row.id, ())
        ),
    )
    return claim


def _anchor(anchor: Anchor, paragraphs: Paragraphs) -> AnchorFacts:
    return AnchorFacts(
        start=anchor.begins,
        end=anchor.ends,
        paragraph=paragraphs.number_at(anchor.begins),
        quote=anchor.quote,
        prefix=anchor.prefix,
        suffix=anchor.suffix,
    )


def _verdict(row: Row[*tuple[Any, ...]]) -> Any:
    checked = Checked.NOT_ASKED
    if row.needs_second_check:
        checked = Checked.WAITING if row.approved_at is None else Checked.CONFIRMED
    return _picked(VerdictFacts, row, second_check=checked)


def _one_evidence(row: Row[*tuple[Any, ...]], ours: FigureValue | None, number: int) -> Any:
    theirs = _figure(row)
    how = compare_figures(ours, theirs) if ours and theirs else None
    return _picked(
        EvidenceFacts,
        row,
        source=number,
        title=source_name(row.title),
        figure=theirs,
        match=how and how.match,
        converted=how and how.converted,
        assumption=how and how.assumption,
    )
