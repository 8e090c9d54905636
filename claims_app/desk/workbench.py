"""Everything that the workbench shows, in a fixed number of queries: the text with its marks, and what is in hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor
from claims_app.anchors.queries import Proposal, count_without_place, list_anchors, propose_places
from claims_app.anchors.service import paragraph_of
from claims_app.articles.model import Article, ArticleVersion, Passage
from claims_app.articles.queries import find_version, list_passages
from claims_app.claims.model import Claim, Place, Status
from claims_app.coverage.queries import Answer, Covered, count_answers, list_coverage
from claims_app.desk.segments import Gap, Mark, Step, split_paragraphs, write_paragraphs
from claims_app.intake.tidy import main_language
from claims_app.language import in_language, ngettext, word
from claims_app.prose.sentences import Span
from claims_app.signoff.queries import count_blockers
from claims_app.verdicts.model import Verdict

NOTE = 60
"""Most characters of a margin note; the stylesheet shows as many as one line takes."""
SUGGESTED = 8
"""Most open passages that are suggested at once; the others come up as these are answered."""


@dataclass
class Paragraph:
    """A paragraph of the text as the workbench writes it."""

    number: int
    begins: int
    ends: int
    #: The language that most of its letters are of, the article's where it has none.
    language: str
    steps: Sequence[Step]
    #: The claims whose words begin here, in the order of the text, each once.
    claims: list[Any] = field(default_factory=list)
    #: The sentences that begin here, as ``begins ends begins ends …`` for the script that marks.
    sentences: list[int] = field(default_factory=list)
    checkable: int = 0
    open_ids: list[int] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return self.checkable - len(self.open_ids)


@dataclass(frozen=True)
class WorkbenchFacts:
    """The facts of the workbench; of a version without text there are no paragraphs."""

    article: Article
    version: ArticleVersion
    #: Number, note and moment of each version, newest first.
    versions: Sequence[Any]
    paragraphs: Sequence[Paragraph]
    #: The article's live claims by number in the database, in the order of the article.
    claims: Mapping[int, Any]
    #: What the margin says of each claim.
    notes: Mapping[int, str]
    passages: Mapping[int, Covered]
    answers: Mapping[Answer, int]
    blockers: Mapping[Any, int]
    unplaced: Mapping[Place, int]
    #: The galley strip: by section, the claims and open passages in the order of the article.
    strip: Sequence[tuple[str | None, Sequence[Any]]]

    @property
    def is_current(self) -> bool:
        return bool(self.version.number == self.versions[0].number)

    @property
    def checkable(self) -> int:
        return sum(self.answers.values())

    @property
    def answered(self) -> int:
        return self.checkable - self.answers[Answer.OPEN]

    @property
    def suggested(self) -> Sequence[Passage]:
        """The open passages that are most worth checking, the worthiest first."""
        waiting = [one.passage for one in self.passages.values() if one.answer is Answer.OPEN]
        return sorted(waiting, key=lambda passage: -passage.score)[:SUGGESTED]

    def words_of(self, passage: Passage) -> str:
        """Return a passage as it stands in the text."""
        return (self.version.text or "")[passage.begins : passage.ends]


def gather_workbench(session: Session, article_id: int, *, number: int | None = None) -> WorkbenchFacts:
    """Return the facts of an article's workbench in a version, the newest for None.

    No such article or version raises ``NoResultFound``.
    """
    article = session.get_one(Article, article_id)
    version = find_version(session, article_id, number)
    claims = {claim.id: claim for claim in _list_claims(session, article_id)}
    anchors = list_anchors(session, version.id)
    passages = list_coverage(session, version.id, anchors)
    return WorkbenchFacts(
        article=article,
        version=version,
        versions=_list_versions(session, article_id),
        paragraphs=_paragraphs(session, version, anchors, passages, claims) if version.text else [],
        claims=claims,
        notes={claim.id: _note(claim) for claim in claims.values()},
        passages={one.passage.id: one for one in passages},
        answers=count_answers(passages),
        blockers=count_blockers(session, article, version, passages),
        unplaced=count_without_place(session, article_id),
        strip=_strip(claims.values(), anchors, passages),
    )


def _strip(
    claims: Iterable[Any], anchors: Sequence[Anchor], passages: Sequence[Covered]
) -> list[tuple[str | None, list[Any]]]:
    """Return the claims by section, an open passage behind the claim that is marked last before it."""
    begins: dict[int, int] = {}
    for anchor in anchors:
        begins.setdefault(anchor.claim_id, anchor.begins)
    waiting = [one.passage for one in reversed(passages) if one.answer is Answer.OPEN]
    sections: dict[str | None, list[Any]] = {}
    section: str | None = None
    for claim in claims:
        while waiting and claim.id in begins and waiting[-1].begins < begins[claim.id]:
            sections.setdefault(section, []).append(waiting.pop())
        section = claim.section
        sections.setdefault(section, []).append(claim)
    if waiting:
        sections.setdefault(section, []).extend(reversed(waiting))
    return list(sections.items())


def _list_versions(session: Session, article_id: int) -> Sequence[Any]:
    columns = (ArticleVersion.id, ArticleVersion.number, ArticleVersion.note, ArticleVersion.created_at)
    wanted = select(*columns).where(ArticleVersion.article_id == article_id)
    return session.execute(wanted.order_by(ArticleVersion.number.desc())).all()


def _list_claims(session: Session, article_id: int) -> Sequence[Any]:
    return session.execute(
        select(
            Claim.id,
            *(Claim.number, Claim.status, Claim.is_stale, Claim.section),
            *(Claim.supports, Claim.refutes, Claim.contexts),
            *(Verdict.rationale_he, Verdict.rationale_en),
        )
        .outerjoin(Verdict, Verdict.id == Claim.verdict_id)
        .where(Claim.article_id == article_id, Claim.withdrawn_at.is_(None))
        .order_by(Claim.position, Claim.id)
    ).all()


def _note(claim: Any) -> str:
    """Return what was found about a claim, for the margin."""
    rationale, _code = in_language(claim, "rationale")
    if claim.status is Status.AWAITING:
        return word("status", claim.status)
    if rationale:
        return rationale if len(rationale) <= NOTE else rationale[:NOTE].rsplit(" ", 1)[0]
    evidence = claim.supports + claim.refutes + claim.contexts
    return ngettext("one piece of evidence", "%(num)s pieces of evidence", evidence) if evidence else ""


def _paragraphs(
    session: Session,
    version: ArticleVersion,
    anchors: Sequence[Anchor],
    passages: Sequence[Covered],
    claims: Mapping[int, Any],
) -> list[Paragraph]:
    text = version.text or ""
    spans = split_paragraphs(text)
    marks = [Mark(anchor.begins, anchor.ends, anchor.claim_id) for anchor in anchors if anchor.claim_id in claims]
    open_passages = [one.passage for one in passages if one.answer is Answer.OPEN]
    gaps = [Gap(passage.begins, passage.ends, passage.id) for passage in open_passages]
    paragraphs = [
        Paragraph(
            number=at + 1,
            begins=begins,
            ends=ends,
            language=_language(text[begins:ends], version.article.language),
            steps=steps,
        )
        for at, ((begins, ends), steps) in enumerate(
            zip(spans, write_paragraphs(text, spans, marks, gaps), strict=True)
        )
    ]
    for paragraph, mine in _share(paragraphs, sorted(marks)):
        paragraph.claims = list({mark.claim_id: claims[mark.claim_id] for mark in mine}.values())
    for paragraph, covered in _share(paragraphs, [(one.passage.begins, one) for one in passages]):
        paragraph.checkable = len(covered)
        paragraph.open_ids = [one.passage.id for _begins, one in covered if one.answer is Answer.OPEN]
    for paragraph, sentences in _share(
        paragraphs, [(one.begins, one.ends) for one in list_passages(session, version.id)]
    ):
        paragraph.sentences = [place for span in sentences for place in span]
    return paragraphs


def _language(words: str, default: str) -> str:
    return main_language(words) if any(character.isalpha() for character in words) else default


def _share(paragraphs: Sequence[Paragraph], things: Sequence[Any]) -> list[tuple[Paragraph, list[Any]]]:
    """Return each paragraph with the things that begin in it; they come in the order of the text, begin first."""
    shares, at = [], 0
    for paragraph in paragraphs:
        first = at
        while at < len(things) and things[at][0] < paragraph.ends:
            at += 1
        shares.append((paragraph, list(things[first:at])))
    return shares


# ---------------------------------------------------------------- Claims without a place


@dataclass(frozen=True)
class Offer:
    """A passage that a claim may be about: its words, where they stand, and how like they are, from 0 to 1."""

    begins: int
    ends: int
    words: str
    paragraph: int
    score: float


@dataclass(frozen=True)
class PlacesFacts:
    """The claims of an article that have no place in its newest version, with likely places for each."""

    article: Article
    version: ArticleVersion
    proposals: Sequence[tuple[Proposal, Sequence[Offer]]]
    unplaced: Mapping[Place, int]

    @property
    def is_more(self) -> bool:
        return self.unplaced[Place.LOST] + self.unplaced[Place.NONE] > len(self.proposals)


def gather_places(session: Session, article_id: int) -> PlacesFacts:
    """Return the claims of an article without a place, lost ones first; no such article raises ``NoResultFound``."""
    article = session.get_one(Article, article_id)
    version = find_version(session, article_id)
    proposals = propose_places(session, version, language=article.language) if version.text else []
    return PlacesFacts(
        article=article,
        version=version,
        proposals=[(one, [_offer(version, *candidate) for candidate in one.candidates]) for one in proposals],
        unplaced=count_without_place(session, article_id),
    )


def _offer(version: ArticleVersion, span: Span, score: float) -> Offer:
    words = (version.text or "")[span.start : span.end]
    return Offer(span.start, span.end, words, paragraph_of(version, span.start), score)
