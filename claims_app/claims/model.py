"""What the article asserts: a claim, who asserts it, its figure, and the moves its status can make."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Computed, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from claims_app.articles.model import Article, Citation
from claims_app.db import Base, Id, created_at, now, primary_key, revision, withdrawn_at, words
from claims_app.errors import IllegalMove
from claims_app.folding import fold
from claims_app.people.model import Person


class Status(enum.StrEnum):
    UNCHECKED = "unchecked"
    CHECKING = "checking"
    AWAITING = "awaiting"
    VERIFIED = "verified"
    PARTLY = "partly"
    DISPUTED = "disputed"
    UNVERIFIABLE = "unverifiable"
    OPINION = "opinion"


DECIDED = (Status.VERIFIED, Status.PARTLY, Status.DISPUTED, Status.UNVERIFIABLE, Status.OPINION)
UNDECIDED = (Status.UNCHECKED, Status.CHECKING, Status.AWAITING)

MOVES: dict[Status, tuple[Status, ...]] = {
    Status.UNCHECKED: (Status.CHECKING,),
    Status.CHECKING: (Status.UNCHECKED, Status.AWAITING, *DECIDED),
    Status.AWAITING: (Status.CHECKING, *DECIDED),
    **dict.fromkeys(DECIDED, (Status.CHECKING,)),
}


class Kind(enum.StrEnum):
    """What kind of statement it is; it tells the checker what proof to look for."""

    FIGURE = "figure"
    DATE = "date"
    EVENT = "event"
    QUOTE = "quote"
    ATTRIBUTION = "attribution"
    RELATION = "relation"
    BACKGROUND = "background"
    PREDICTION = "prediction"
    OTHER = "other"


class Place(enum.StrEnum):
    """Whether the claim's words are marked in the current version of the text."""

    NONE = "none"
    PLACED = "placed"
    LOST = "lost"


class Priority(enum.StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class ClaimantKind(enum.StrEnum):
    """Who it is that asserts a claim; only what somebody else says can be reviewed in public."""

    PERSON = "person"
    ORGANISATION = "organisation"
    #: The author of the article, or the outlet itself.
    OWN = "own"
    UNNAMED = "unnamed"


class CitedBasis(enum.StrEnum):
    """How it is known that the article's own link backs the claim."""

    NONE = "none"
    ADDRESS = "address"
    READ = "read"


class Claimant(Base):
    """Who asserts a claim: the author, a person, "unnamed reports"."""

    __tablename__ = "claimant"
    __table_args__ = (
        CheckConstraint("trim(name) <> ''", name="name_not_blank"),
        CheckConstraint("same_as LIKE 'http://%' OR same_as LIKE 'https://%'", name="same_as_is_web"),
    )

    id: Mapped[primary_key]
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[created_at]
    #: None: nobody has said yet.
    kind: Mapped[ClaimantKind | None] = mapped_column(words(ClaimantKind, "kind"))
    #: A page that tells who it is, such as a Wikidata entry.
    same_as: Mapped[str | None]
    revision: Mapped[revision]


_LIVE = text("withdrawn_at IS NULL")
_WITHDRAWN = text("withdrawn_at IS NOT NULL")


def _queue_index(name: str, *columns: str) -> Index:
    """Return an index that serves one filter or order of the queue; withdrawn claims are not in it."""
    return Index(f"ix_claim_{name}", *columns, sqlite_where=_LIVE, postgresql_where=_LIVE)


def _few_index(name: str, condition: str) -> Index:
    """Return an index of the few claims that somebody has to look at."""
    where = text(condition)
    return Index(f"ix_claim_{name}", "article_id", "position", "id", sqlite_where=where, postgresql_where=where)


class Claim(Base):
    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        UniqueConstraint("article_id", "origin_key"),
        CheckConstraint(
            "trim(coalesce(statement_he, '')) <> '' OR trim(coalesce(statement_en, '')) <> ''", name="has_statement"
        ),
        # A claim that is decided, or waits for a second check, rests on a verdict; no other does.
        CheckConstraint("(status IN ('unchecked', 'checking')) = (verdict_id IS NULL)", name="decided_iff_verdict"),
        CheckConstraint("(cited_basis = 'none') = (citation_id IS NULL)", name="cited_iff_basis"),
        CheckConstraint("supports >= 0 AND refutes >= 0 AND contexts >= 0", name="counts_not_negative"),
        CheckConstraint("settled_words IS NULL OR verdict_id IS NOT NULL", name="settled_iff_decided"),
        CheckConstraint("NOT is_stale OR settled_words IS NOT NULL", name="stale_has_verdict"),
        CheckConstraint("differing >= 0", name="differing_not_negative"),
        CheckConstraint(
            "first_appearance LIKE 'http://%' OR first_appearance LIKE 'https://%'", name="first_appearance_is_web"
        ),
        # The second column makes sure that the verdict is one of this claim.
        ForeignKeyConstraint(
            ["verdict_id", "id"], ["verdict.id", "verdict.claim_id"], name="fk_claim_verdict", use_alter=True
        ),
        _queue_index("order", "article_id", "position", "id"),
        _queue_index("changed", "updated_at", "id"),
        _queue_index("opened", "created_at", "id"),
        _queue_index("urgency", "urgency", "updated_at", "id"),
        _queue_index("status", "status", "updated_at", "id"),
        _queue_index("kind", "kind", "updated_at", "id"),
        _queue_index("priority", "priority", "updated_at", "id"),
        _queue_index("assignee", "assignee_id", "updated_at", "id"),
        _queue_index("proof", "proof", "updated_at", "id"),
        _few_index("stale", "is_stale AND withdrawn_at IS NULL"),
        _few_index("lost", "place = 'lost' AND withdrawn_at IS NULL"),
        _few_index("look", "needs_look AND withdrawn_at IS NULL"),
        _few_index("differs", "differing > 0 AND withdrawn_at IS NULL"),
        Index(
            "ix_claim_recheck_on",
            "recheck_on",
            sqlite_where=text("recheck_on IS NOT NULL"),
            postgresql_where=text("recheck_on IS NOT NULL"),
        ),
        Index("ix_claim_citation_id", "citation_id"),
        Index("ix_claim_verdict_id", "verdict_id"),
        Index("ix_claim_claimant_id", "claimant_id"),
        # Only what is withdrawn: else the planner takes it for the many that are not.
        Index("ix_claim_withdrawn_at", "withdrawn_at", sqlite_where=_WITHDRAWN, postgresql_where=_WITHDRAWN),
    )

    # Said outright: as part of the key to its verdict, the number would not count as one that the database gives.
    id: Mapped[primary_key] = mapped_column(autoincrement=True)
    article_id: Mapped[int] = mapped_column(Id, ForeignKey("article.id"))
    #: What people call it: 1, 2, 3 … within the article; never given twice.
    number: Mapped[int]
    #: The key under which an import knows this claim. None: it was entered by hand.
    origin_key: Mapped[str | None]
    statement_he: Mapped[str | None]
    statement_en: Mapped[str | None]
    #: The statements as search reads them; set whenever a statement is.
    search_text: Mapped[str] = mapped_column(default="")
    kind: Mapped[Kind] = mapped_column(words(Kind, "kind"))
    priority: Mapped[Priority] = mapped_column(words(Priority, "priority"), default=Priority.NORMAL)
    urgency: Mapped[int] = mapped_column(
        Computed("CASE priority WHEN 'high' THEN 2 WHEN 'normal' THEN 1 ELSE 0 END", persisted=True)
    )
    #: Where it stands: the part of the article, the paragraph, and the place among the article's claims.
    section: Mapped[str | None]
    paragraph: Mapped[int | None]
    position: Mapped[int]
    claimant_id: Mapped[int | None] = mapped_column(Id, ForeignKey("claimant.id"))
    #: The article says whose word it is ("according to …").
    is_attributed: Mapped[bool] = mapped_column(default=False)
    citation_id: Mapped[int | None] = mapped_column(Id, ForeignKey("citation.id"))
    cited_basis: Mapped[CitedBasis] = mapped_column(words(CitedBasis, "cited_basis"), default=CitedBasis.NONE)
    #: Assigned by ``claims.service.move_claim`` and ``move_claims``, and nowhere else.
    status: Mapped[Status] = mapped_column(words(Status, "status"), default=Status.UNCHECKED)
    #: The verdict in force. None: the claim is not decided.
    verdict_id: Mapped[int | None] = mapped_column(Id)
    #: None: nobody has taken it yet.
    assignee_id: Mapped[int | None] = mapped_column(Id, ForeignKey("person.id"))
    #: How many pieces of evidence there are by stance; kept by ``evidence.service``.
    supports: Mapped[int] = mapped_column(default=0)
    refutes: Mapped[int] = mapped_column(default=0)
    contexts: Mapped[int] = mapped_column(default=0)
    proof: Mapped[str] = mapped_column(
        Computed(
            "CASE WHEN supports + refutes + contexts = 0 THEN 'none' WHEN supports > 0 AND refutes > 0 THEN 'conflict' "
            "ELSE 'some' END",
            persisted=True,
        )
    )
    revision: Mapped[revision]
    created_at: Mapped[created_at]
    updated_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[withdrawn_at]
    place: Mapped[Place] = mapped_column(words(Place, "place"), default=Place.NONE, server_default="none")
    #: The anchored words that the verdict stands on, one anchor a line. None: no verdict, or no anchor under it yet.
    settled_words: Mapped[str | None]
    #: The anchored words are not those any more; only ``claims.service`` assigns the three.
    is_stale: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Something has to be looked at again; kept by ``looks.service``.
    needs_look: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: How many live pieces of evidence state another figure than the article.
    differing: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The day on which a fact that does not last has to be checked again.
    recheck_on: Mapped[date | None]
    #: When the claimant said it: a day, a month or a year, as ISO text.
    said_on: Mapped[str | None]
    #: The address of the work in which it was said first. None: it is not known.
    first_appearance: Mapped[str | None]
    #: The addresses of other works in which it stands, one a line.
    appearances: Mapped[str | None]

    article: Mapped[Article] = relationship()
    claimant: Mapped[Claimant | None] = relationship()
    citation: Mapped[Citation | None] = relationship()
    assignee: Mapped[Person | None] = relationship()
    figure: Mapped["Figure | None"] = relationship(back_populates="claim")
    tags: Mapped[list["ClaimTag"]] = relationship(order_by="ClaimTag.name", cascade="all, delete-orphan")

    @validates("statement_he", "statement_en")
    def _refresh_search_text(self, key: str, value: str | None) -> str | None:
        other = self.statement_en if key == "statement_he" else self.statement_he
        self.search_text = fold(f"{value or ''} {other or ''}")
        return value

    @property
    def is_decided(self) -> bool:
        return self.status in DECIDED

    def check_move(self, to: Status) -> None:
        """Raise ``IllegalMove`` unless the claim can go from its status to ``to``."""
        if to not in MOVES[self.status]:
            raise IllegalMove("A claim cannot go from %(from)s to %(to)s.", **{"from": self.status, "to": to})


class ClaimTag(Base):
    __tablename__ = "claim_tag"
    __table_args__ = (
        CheckConstraint("trim(name) <> ''", name="name_not_blank"),
        Index("ix_claim_tag_name", "name", "claim_id"),
    )

    claim_id: Mapped[int] = mapped_column(Id, ForeignKey("claim.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class Figure(Base):
    """A value or a range with its unit, as the article or a source states it."""

    __tablename__ = "figure"
    __table_args__ = (
        CheckConstraint("(claim_id IS NULL) <> (evidence_id IS NULL)", name="one_owner"),
        CheckConstraint("low <= high", name="low_to_high"),
        UniqueConstraint("claim_id"),
        UniqueConstraint("evidence_id"),
    )

    id: Mapped[primary_key]
    claim_id: Mapped[int | None] = mapped_column(Id, ForeignKey("claim.id"))
    evidence_id: Mapped[int | None] = mapped_column(Id, ForeignKey("evidence.id"))
    #: The same number twice for a plain value.
    low: Mapped[float]
    high: Mapped[float]
    #: A plain English word (``tonnes``, ``percent``, ``USD``). None: a bare number.
    unit: Mapped[str | None]
    #: The words say "about".
    is_about: Mapped[bool] = mapped_column(default=False)
    #: The day, month, half-year or year it holds for, as ISO text (``2024-H1`` for a half-year).
    as_of: Mapped[str | None]

    claim: Mapped[Claim | None] = relationship(back_populates="figure")


class ClaimTally(Base):
    """How many live claims there are of each combination; kept by triggers, read for the counts beside the filters.

    ``article_id`` 0 counts the whole desk; ``assignee_id`` 0 counts claims that nobody has.
    """

    __tablename__ = "claim_tally"

    article_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    priority: Mapped[str] = mapped_column(primary_key=True)
    assignee_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    proof: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


class ClaimFacet(Base):
    """How many live claims there are of each single word, such as the status ``verified``; see ``ClaimTally``."""

    __tablename__ = "claim_facet"

    article_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    facet: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
