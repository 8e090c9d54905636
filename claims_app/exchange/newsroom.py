"""Loading a newsroom from plain files, through the same services as a person's work.

The form of the files is described in ``seed/README.md``.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.service import find_quote, place_claim
from claims_app.articles.model import Article, Citation, SourceRule
from claims_app.articles.queries import find_version
from claims_app.articles.service import add_article, add_citation
from claims_app.claims.model import CitedBasis, Claim, Kind, Priority, Status
from claims_app.claims.service import open_claim, put_back
from claims_app.comments.model import CommentKind
from claims_app.comments.service import add_comment
from claims_app.drafts.service import revise_article
from claims_app.errors import NotFound
from claims_app.evidence.model import Rank, Stance
from claims_app.evidence.service import add_evidence
from claims_app.exchange.rows import Row, by_key, read_record, read_rows, read_text
from claims_app.people.model import Person, Role
from claims_app.people.queries import find_person
from claims_app.people.service import add_person, set_active
from claims_app.sources.model import Source, SourceKind
from claims_app.sources.service import find_or_add_source
from claims_app.verdicts.model import Finding
from claims_app.verdicts.service import propose_verdict

Found = TypeVar("Found")

ARTICLE_FIELDS = (
    "key", "title_he", "title_en", "outlet", "byline", "language", "address", "published_on", "notes_he", "notes_en",
    "source_rule", "versions", "citations",
)  # fmt: skip
CLAIM_FIELDS = (
    "article", "key", "section", "paragraph", "quotes", "statement_he", "statement_en", "kind", "priority", "claimant",
    "is_attributed", "figure", "citation", "cited_basis", "finding", "rationale_he", "rationale_en",
    "override_why", "note_he", "note_en",
)  # fmt: skip
SOURCE_FIELDS = (
    "key", "kind", "address", "title", "has_composed_title", "publisher", "published_on", "notes",
)  # fmt: skip
EVIDENCE_FIELDS = (
    "claim", "source", "stance", "rank", "summary", "passage", "locator", "looked_on", "figure",
)  # fmt: skip


class Language(enum.StrEnum):
    HEBREW = "he"
    ENGLISH = "en"


@dataclass(frozen=True)
class Loaded:
    """How much a load added; what was here already is not counted."""

    articles: int = 0
    claims: int = 0
    evidence: int = 0


@dataclass(frozen=True)
class Newsroom:
    """What the files hold, each record under its key; all that can be checked without a desk is checked."""

    account: Row
    claimants: Mapping[str, str]
    articles: Mapping[str, Row]
    claims: Mapping[str, Row]
    sources: Mapping[str, Row]
    #: Under the key of the claim that each piece speaks to.
    evidence: Mapping[str, Sequence[Row]]
    #: The texts of each article under its key, the first draft first.
    texts: Mapping[str, Sequence["Text"]]


@dataclass(frozen=True)
class Text:
    """One version of an article's text, and the row that names its file."""

    row: Row
    words: str


def read_newsroom(folder: Path) -> Newsroom:
    """Read the files of a newsroom; one that cannot be used raises ``DomainError`` naming file and line."""
    frame = read_record(folder / "newsroom.json").only("account", "claimants", "articles")
    account, names = frame.inner("account"), frame.inner("claimants")
    if account is None:
        raise frame.refuse("'account' is missing.")
    claimants = {name: names.required(name) for name in names.values} if names else {}
    articles = by_key([row.only(*ARTICLE_FIELDS) for row in frame.rows("articles")])
    claims = by_key([row.only(*CLAIM_FIELDS) for row in read_rows(folder / "claims.jsonl")])
    sources = by_key([row.only(*SOURCE_FIELDS) for row in read_rows(folder / "sources.jsonl")])
    evidence: dict[str, list[Row]] = {key: [] for key in claims}
    for row in claims.values():
        _look_up(row, "article", articles)
    for row in read_rows(folder / "evidence.jsonl"):
        _look_up(row.only(*EVIDENCE_FIELDS), "source", sources)
        _look_up(row, "claim", evidence).append(row)
    texts = {key: [_read_text(folder, each) for each in row.rows("versions")] for key, row in articles.items()}
    return Newsroom(account.only("email", "name_he", "name_en"), claimants, articles, claims, sources, evidence, texts)


def _read_text(folder: Path, row: Row) -> Text:
    name = row.only("file", "note_he", "note_en").required("file")
    if Path(name).name != name:
        raise row.refuse("'file' is not the name of a file beside this one.")
    return Text(row, read_text(folder / name))


def _look_up(row: Row, name: str, known: Mapping[str, Found]) -> Found:
    key = row.required(name)
    if key not in known:
        raise row.refuse(f"there is no {name} with the key {key!r}.")
    return known[key]


def load_newsroom(session: Session, *, folder: Path, language: str = "he") -> Loaded:
    """Add what the desk does not have yet of the newsroom in ``folder``; loading it again adds nothing.

    The account that does the work is named in ``language`` and cannot sign in afterwards.
    """
    newsroom = read_newsroom(folder)
    articles = _articles_here(session, newsroom)
    here = _claims_here(session, articles)
    new_articles = [key for key in newsroom.articles if key not in articles]
    new_claims = [row for row in newsroom.claims.values() if (row.required("article"), row.required("key")) not in here]
    if not new_articles and not new_claims:
        return Loaded()
    actor = _open_account(session, newsroom.account, language)
    for key in new_articles:
        articles[key] = _add_article(session, actor, newsroom.articles[key], newsroom.texts[key][:1], language)
    loader = _ClaimLoader(session, actor, newsroom, articles, new_articles)
    added = sum(loader.load(row) for row in new_claims)
    for key in new_articles:
        # After the verdicts, so that the desk says what the later drafts did to them.
        for text in newsroom.texts[key][1:]:
            with text.row.blamed():
                revise_article(
                    session,
                    actor=actor,
                    article_id=articles[key],
                    text=text.words,
                    note=text.row.optional(f"note_{language}"),
                )
    set_active(session, actor=None, person_id=actor.id, is_active=False)
    return Loaded(len(new_articles), len(new_claims), added)


def _articles_here(session: Session, newsroom: Newsroom) -> dict[str, int]:
    wanted = select(Article.origin_key, Article.id).where(Article.origin_key.in_(list(newsroom.articles)))
    return {key: number for key, number in session.execute(wanted) if key is not None}


def _claims_here(session: Session, articles: Mapping[str, int]) -> set[tuple[str, str | None]]:
    names = {number: key for key, number in articles.items()}
    wanted = select(Claim.article_id, Claim.origin_key).where(Claim.article_id.in_(list(names)))
    return {(names[number], key) for number, key in session.execute(wanted)}


def _open_account(session: Session, row: Row, language: str) -> Person:
    """Return the account that the work is done under, able to work until the load ends."""
    email = row.required("email")
    with row.blamed():
        try:
            person = find_person(session, email)
        except NotFound:
            name = row.required(f"name_{language}")
            return add_person(session, actor=None, email=email, name=name, role=Role.EDITOR, language=language)
        return set_active(session, actor=None, person_id=person.id, is_active=True)


def _both(row: Row, name: str, between: str) -> str | None:
    """Return the Hebrew and the English of a field that the desk keeps as one text."""
    texts = (row.optional(f"{name}_he"), row.optional(f"{name}_en"))
    return between.join(text for text in texts if text) or None


def _add_article(session: Session, actor: Person, row: Row, texts: Sequence[Text], language: str) -> int:
    with row.blamed():
        article = add_article(
            session,
            actor=actor,
            title_he=row.optional("title_he"),
            title_en=row.optional("title_en"),
            outlet=row.optional("outlet"),
            byline=row.optional("byline"),
            language=row.word("language", Language),
            address=row.optional("address"),
            published_on=row.optional("published_on"),
            notes=_both(row, "notes", "\n\n"),
            source_rule=row.word_or_none("source_rule", SourceRule) or SourceRule.TWO,
            text=texts[0].words if texts else None,
            note=texts[0].row.optional(f"note_{language}") if texts else None,
            origin_key=row.required("key"),
        )
        for link in row.rows("citations"):
            link.only("address", "note")
            add_citation(
                session,
                actor=actor,
                article_id=article.id,
                address=link.optional("address"),
                note=link.optional("note"),
            )
    return article.id


class _ClaimLoader:
    """Opens claims one after the other, each with its evidence and its verdict."""

    def __init__(
        self,
        session: Session,
        actor: Person,
        newsroom: Newsroom,
        articles: Mapping[str, int],
        new_articles: Sequence[str],
    ) -> None:
        self.session, self.actor, self.newsroom, self.articles = session, actor, newsroom, articles
        self.sources: dict[str, Source] = {}
        self.texts = {key: find_version(session, articles[key]) for key in new_articles if newsroom.texts[key]}
        rows = session.scalars(select(Citation).where(Citation.article_id.in_(list(articles.values()))))
        self.citations = {(citation.article_id, citation.address): citation.id for citation in rows}

    def load(self, row: Row) -> int:
        """Open one claim and return how many pieces of evidence came with it."""
        with row.blamed():
            claim = self._open(row)
            self._place(row, claim)
        evidence = self.newsroom.evidence[row.required("key")]
        for piece in evidence:
            with piece.blamed():
                self._add_evidence(piece, claim)
        with row.blamed():
            self._conclude(row, claim)
        return len(evidence)

    def _open(self, row: Row) -> Claim:
        article_id = self.articles[row.required("article")]
        name, address = row.optional("claimant"), row.optional("citation")
        citation_id = self.citations.get((article_id, address)) if address else None
        if address and citation_id is None:
            raise row.refuse("'citation' is not an address that the article cites.")
        return open_claim(
            self.session,
            actor=self.actor,
            article_id=article_id,
            statement_he=row.optional("statement_he"),
            statement_en=row.optional("statement_en"),
            kind=row.word("kind", Kind),
            priority=row.word_or_none("priority", Priority) or Priority.NORMAL,
            section=row.optional("section"),
            paragraph=row.whole("paragraph"),
            claimant=self.newsroom.claimants.get(name, name) if name else None,
            is_attributed=row.is_set("is_attributed"),
            citation_id=citation_id,
            cited_basis=row.word_or_none("cited_basis", CitedBasis) or CitedBasis.NONE,
            figure=row.figure("figure"),
            origin_key=row.required("key"),
        )

    def _place(self, row: Row, claim: Claim) -> None:
        """Mark a claim of an article that came with this load where its quotes stand in the first draft."""
        version = self.texts.get(row.required("article"))
        for quote in row.rows("quotes"):
            quote.only("words", "occurrence")
            if version is None:
                continue
            span = find_quote(version, quote.required("words"), occurrence=quote.whole("occurrence"))
            place_claim(self.session, actor=self.actor, claim_id=claim.id, begins=span.start, ends=span.end)

    def _add_evidence(self, row: Row, claim: Claim) -> None:
        add_evidence(
            self.session,
            actor=self.actor,
            claim_id=claim.id,
            source=self._source(row.required("source")),
            stance=row.word("stance", Stance),
            rank=row.word_or_none("rank", Rank),
            summary=row.optional("summary"),
            passage=row.optional("passage"),
            locator=row.optional("locator"),
            looked_on=row.day("looked_on"),
            figure=row.figure("figure"),
        )

    def _source(self, key: str) -> Source:
        """Return a source, which enters the desk with the first evidence that rests on it."""
        if key not in self.sources:
            row = self.newsroom.sources[key]
            with row.blamed():
                self.sources[key] = find_or_add_source(
                    self.session,
                    actor=self.actor,
                    address=row.optional("address"),
                    kind=row.word_or_none("kind", SourceKind) or SourceKind.PAGE,
                    title=row.optional("title"),
                    has_composed_title=row.is_set("has_composed_title"),
                    publisher=row.optional("publisher"),
                    published_on=row.optional("published_on"),
                    notes=row.optional("notes"),
                )
        return self.sources[key]

    def _conclude(self, row: Row, claim: Claim) -> None:
        finding, note = row.word_or_none("finding", Finding), _both(row, "note", "\n")
        if note:
            add_comment(self.session, actor=self.actor, claim_id=claim.id, kind=CommentKind.NOTE, text=note)
        if finding:
            propose_verdict(
                self.session,
                actor=self.actor,
                claim_id=claim.id,
                revision=claim.revision,
                finding=finding,
                rationale_he=row.optional("rationale_he"),
                rationale_en=row.optional("rationale_en"),
                override_why=row.optional("override_why"),
            )
        elif claim.status is Status.CHECKING:
            # Evidence began a check that nobody goes on with.
            put_back(self.session, actor=self.actor, claim_id=claim.id, why=note or "No verdict was reached.")
