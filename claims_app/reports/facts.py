"""The facts of a fact-check report: one frozen record, from which every format is written."""

import enum
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from claims_app.articles.model import SecondCheck
from claims_app.claims.figure import FigureValue, Match
from claims_app.claims.model import DECIDED, CitedBasis, Kind, Place, Priority, Status
from claims_app.coverage.queries import Answer
from claims_app.evidence.model import Rank, Stance
from claims_app.reports.happenings import HistoryFacts
from claims_app.reports.standing import ChangeFacts, PassageFacts, SignOffFacts, State
from claims_app.signoff.model import Side
from claims_app.sources.model import SourceKind
from claims_app.verdicts.model import Finding


class Checked(enum.StrEnum):
    """How a verdict stands to the second check."""

    NOT_ASKED = "not_asked"
    WAITING = "waiting"
    CONFIRMED = "confirmed"


class Matter(enum.StrEnum):
    """Why an editor has to look at a claim before the article goes to print."""

    UNDECIDED = "undecided"
    AWAITING = "awaiting"
    STALE = "stale"
    LOST = "lost"
    UNCONFIRMED = "unconfirmed"
    DISPUTED = "disputed"
    UNVERIFIABLE = "unverifiable"
    QUERY = "query"
    OVERRIDE = "override"


@dataclass(frozen=True)
class ArticleFacts:
    """The article under check, in its newest version."""

    id: int
    title_he: str | None
    title_en: str | None
    outlet: str | None
    byline: str | None
    language: str
    address: str | None
    published_on: str | None
    second_check: SecondCheck
    #: The sign-off needs the signature of somebody who signs for legal, too.
    asks_legal: bool
    notes: str | None
    withdrawn_at: datetime | None
    version: int
    #: None: the desk has the claims of this version but not its words.
    text: str | None
    text_sha256: str | None


@dataclass(frozen=True)
class AnchorFacts:
    """Where a claim stands in the text, in code points, and its words with what stands around them."""

    start: int
    end: int
    paragraph: int
    quote: str
    prefix: str
    suffix: str


@dataclass(frozen=True)
class ConfirmationFacts:
    """Somebody's word that the verdict in force holds for new words too."""

    confirmed_by: str
    confirmed_at: datetime
    why: str
    version: int
    words_before: str
    words_after: str


@dataclass(frozen=True)
class EvidenceFacts:
    """What one source says about a claim; ``match`` compares its figure with the article's, where both state one."""

    #: The number of the source in the report's list.
    source: int
    stance: Stance
    rank: Rank | None
    kind: SourceKind
    title: str
    is_confidential: bool
    has_composed_title: bool
    publisher: str | None
    published_on: str | None
    address: str | None
    summary: str
    passage: str | None
    locator: str | None
    figure: FigureValue | None
    match: Match | None
    #: The figure in the article's unit, and what that takes for granted in words; None: nothing was converted.
    converted: FigureValue | None
    assumption: str | None
    looked_on: date


@dataclass(frozen=True)
class CopyFacts:
    """The newest copy that the desk keeps of a source."""

    captured_at: datetime
    sha256: str
    #: Of the whole exchange with the site. None: there was none, as somebody brought the file.
    warc_sha256: str | None
    #: Where it was found in the end.
    final_address: str | None
    was_brought: bool
    #: Where a public archive shows its own copy, and of which moment that is.
    memento: str | None
    memento_at: datetime | None


@dataclass(frozen=True)
class SourceFacts:
    """A source that the check rests on, by its number in the report."""

    number: int
    kind: SourceKind
    title: str
    has_composed_title: bool
    is_confidential: bool
    publisher: str | None
    published_on: str | None
    address: str | None
    #: The numbers of the claims that rest on it.
    claims: tuple[int, ...]
    #: None: the desk keeps none, or the source is confidential.
    copy: CopyFacts | None


@dataclass(frozen=True)
class QueryFacts:
    """A query to the author; without an answer it is open."""

    text: str
    asked_by: str
    asked_at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


@dataclass(frozen=True)
class VerdictFacts:
    """The verdict in force: what was found, by whom, and whether a second person confirmed it."""

    finding: Finding
    rationale_he: str | None
    rationale_en: str | None
    proposed_by: str
    proposed_at: datetime
    second_check: Checked
    approved_by: str | None
    approved_at: datetime | None
    override_why: str | None


@dataclass(frozen=True)
class ClaimFacts:
    """One claim with everything it rests on."""

    id: int
    number: int
    section: str | None
    paragraph: int | None
    statement_he: str | None
    statement_en: str | None
    kind: Kind
    priority: Priority
    status: Status
    #: Whether the article's policy asks for a second person, as policy and priority stand now.
    needs_second_check: bool
    figure: FigureValue | None
    claimant: str | None
    is_attributed: bool
    cited_address: str | None
    cited_basis: CitedBasis
    assignee: str | None
    place: Place
    #: The words of the text are not those any more that the verdict stands on.
    is_stale: bool
    #: The words of the text that the verdict stands on, one anchor a line. None: no verdict, or no place yet.
    settled_words: str | None
    anchors: tuple[AnchorFacts, ...]
    verdict: VerdictFacts | None
    confirmations: tuple[ConfirmationFacts, ...]
    queries: tuple[QueryFacts, ...]
    evidence: tuple[EvidenceFacts, ...]

    @property
    def words(self) -> str | None:
        """The words of the text that state it, one anchor a line. None: it has no place there."""
        return "\n".join(" ".join(anchor.quote.split()) for anchor in self.anchors) or None

    @property
    def is_lost(self) -> bool:
        return self.place is Place.LOST

    @property
    def is_settled(self) -> bool:
        """Whether it is decided, and the words that were decided on stand in the text, as far as that is known."""
        return self.status in DECIDED and not self.is_stale and not self.is_lost

    @property
    def open_queries(self) -> tuple[QueryFacts, ...]:
        return tuple(query for query in self.queries if query.answer is None)

    @property
    def answered_queries(self) -> tuple[QueryFacts, ...]:
        return tuple(query for query in self.queries if query.answer is not None)

    @property
    def is_unconfirmed(self) -> bool:
        """Whether it is decided though no second person confirmed what one is asked for by now."""
        is_confirmed = self.verdict is not None and self.verdict.approved_by is not None
        return self.needs_second_check and self.status in DECIDED and not is_confirmed

    @property
    def matters(self) -> tuple[Matter, ...]:
        """What keeps this claim from going to print unseen; nothing for most."""
        found = {
            Matter.UNDECIDED: self.verdict is None,
            Matter.AWAITING: self.status is Status.AWAITING,
            Matter.STALE: self.is_stale,
            Matter.LOST: self.is_lost,
            Matter.UNCONFIRMED: self.is_unconfirmed,
            Matter.DISPUTED: self.status is Status.DISPUTED,
            Matter.UNVERIFIABLE: self.status is Status.UNVERIFIABLE,
            Matter.QUERY: bool(self.open_queries),
            Matter.OVERRIDE: bool(self.verdict and self.verdict.override_why),
        }
        return tuple(matter for matter, is_so in found.items() if is_so)


class Audience(enum.StrEnum):
    """Who is meant to read a report."""

    INTERNAL = "internal"
    PUBLIC = "public"


@dataclass(frozen=True)
class Scope:
    """How much of an article's check a report tells, for whom, and as of when."""

    audience: Audience = Audience.INTERNAL
    #: Only claims of these statuses; of all if there are none.
    statuses: tuple[Status, ...] = ()
    #: Only the claim of this number.
    claim: int | None = None
    #: As the desk stood then. None: as it stands.
    as_of: datetime | None = None
    #: The digest of the sign-off as of which it is. None: it is not as of a sign-off.
    sign_off: str | None = None

    @property
    def is_public(self) -> bool:
        """Whether it is for readers outside, whom what is left for the desk to do does not concern."""
        return self.audience is Audience.PUBLIC

    @property
    def is_partial(self) -> bool:
        """Whether it leaves claims out."""
        return bool(self.statuses) or self.claim is not None


@dataclass(frozen=True)
class Letterhead:
    """Whose report it is, in the report's language: the desk's own name, its sign, and the words that it ends with."""

    name: str | None = None
    closing: str | None = None
    #: A PNG or JPEG file.
    logo: bytes | None = None


@dataclass(frozen=True)
class Report:
    """The fact-check of one article, with its live claims in the article's order."""

    made_at: datetime
    made_by: str
    language: str
    article: ArticleFacts
    claims: tuple[ClaimFacts, ...]
    #: What the evidence comes from, each source once, in the order in which the claims name them.
    sources: tuple[SourceFacts, ...]
    #: What of the text has to be proved, in its order; of a version without text nothing is known.
    passages: tuple[PassageFacts, ...]
    #: The last of each side, then the earlier ones, the newest first.
    sign_offs: tuple[SignOffFacts, ...]
    scope: Scope = Scope()
    letterhead: Letterhead = Letterhead()
    #: What of the moment as of which it is the desk does not know any more.
    gaps: tuple[ChangeFacts, ...] = ()
    #: What happened, the oldest first; only for a format that has room for it.
    history: tuple[HistoryFacts, ...] = ()

    @property
    def counts(self) -> dict[Status, int]:
        """How many claims have each status, the findings first."""
        found = Counter(claim.status for claim in self.claims)
        return {status: found[status] for status in (*DECIDED, Status.AWAITING, Status.CHECKING, Status.UNCHECKED)}

    @property
    def decided(self) -> int:
        """How many claims have a finding that stands."""
        return sum(claim.is_settled for claim in self.claims)

    @property
    def stale(self) -> list[ClaimFacts]:
        return [claim for claim in self.claims if claim.is_stale]

    @property
    def lost(self) -> list[ClaimFacts]:
        return [claim for claim in self.claims if claim.is_lost]

    @property
    def unsettled(self) -> dict[Status, int]:
        """How many of each status are stale or lost."""
        return Counter(claim.status for claim in self.claims if claim.is_stale or claim.is_lost)

    @property
    def high(self) -> dict[Status, int]:
        """How many of them are of high priority."""
        return Counter(claim.status for claim in self.claims if claim.priority is Priority.HIGH)

    @property
    def confirmed(self) -> dict[Status, int]:
        """How many of them a second person confirmed."""
        return Counter(claim.status for claim in self.claims if claim.verdict and claim.verdict.approved_by)

    @property
    def open_claims(self) -> list[ClaimFacts]:
        """The claims that an editor has to look at before print."""
        return [claim for claim in self.claims if claim.matters]

    @property
    def sections(self) -> list[tuple[str | None, list[ClaimFacts]]]:
        """The claims by the part of the article they stand in."""
        return [(name, list(claims)) for name, claims in groupby(self.claims, key=lambda claim: claim.section)]

    @property
    def answers(self) -> dict[Answer, int]:
        """How many passages have each answer."""
        found = Counter(passage.answer for passage in self.passages)
        return {answer: found[answer] for answer in Answer}

    @property
    def open_passages(self) -> list[PassageFacts]:
        return [passage for passage in self.passages if passage.answer is Answer.OPEN]

    @property
    def waived_passages(self) -> list[PassageFacts]:
        return [passage for passage in self.passages if passage.answer is Answer.WAIVED]

    @property
    def signatures(self) -> dict[Side, SignOffFacts | None]:
        """The last sign-off of each side that has signed or has to."""
        latest: dict[Side, SignOffFacts | None] = {Side.EDITOR: None}
        if self.article.asks_legal:
            latest[Side.LEGAL] = None
        for one in reversed(self.sign_offs):
            latest[one.side] = one
        return latest

    @property
    def is_signed_off(self) -> bool:
        """Whether everybody who has to has signed what is there now."""
        sides = (Side.EDITOR, Side.LEGAL) if self.article.asks_legal else (Side.EDITOR,)
        return all((one := self.signatures[side]) is not None and one.state is State.HOLDS for side in sides)

    @property
    def checkers(self) -> list[str]:
        """Who proposed the verdicts in force, each once."""
        return list(dict.fromkeys(claim.verdict.proposed_by for claim in self.claims if claim.verdict))

    @property
    def approvers(self) -> list[str]:
        """Who confirmed verdicts in force, each once."""
        names = (claim.verdict.approved_by for claim in self.claims if claim.verdict)
        return list(dict.fromkeys(name for name in names if name))
