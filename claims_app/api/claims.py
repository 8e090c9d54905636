"""Claims: one, and what is done to one or to many."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session

from claims_app.anchors.queries import list_present_anchors, words_of
from claims_app.anchors.service import current_version, find_quote, open_claim_at
from claims_app.api.gate import me
from claims_app.api.operations import operation
from claims_app.api.shapes import (
    Address,
    Changes,
    FigureOut,
    FigureShape,
    Line,
    Number,
    RoughDay,
    Shape,
    Text,
    Who,
    WhyBody,
    figure_of,
    who,
)
from claims_app.api.tags import check_match
from claims_app.claims import service
from claims_app.claims.appearances import MOST_APPEARANCES
from claims_app.claims.figure import value_of
from claims_app.claims.forms import MOST_PARAGRAPHS
from claims_app.claims.model import CitedBasis, Kind, Place, Priority, Status
from claims_app.claims.queries import find_claim
from claims_app.claims.withdrawing import restore_claim as restore
from claims_app.claims.withdrawing import withdraw_claim as withdraw
from claims_app.evidence.queries import list_evidence
from claims_app.people.model import Role
from claims_app.verdicts.service import seen_mark
from claims_app.web.transaction import get_session, transaction

TAG = "claims"
Paragraph = Annotated[int, Field(ge=1, le=MOST_PARAGRAPHS)]
DETAILS = (
    *("statement_he", "statement_en", "kind", "priority", "section", "paragraph", "is_attributed", "citation_id"),
    *("cited_basis", "said_on", "first_appearance"),
)
"""What is kept of a claim as it is sent; the claimant, the figure and the list of appearances are not."""


class PlaceOut(Shape):
    """Words of the newest version that state a claim; `ends` is excluded."""

    begins: int
    ends: int
    quote: str


class ClaimOut(Shape):
    """A claim with all that is said of it."""

    id: Number
    article_id: Number
    number: Number = Field(description="What people call it within its article.")
    revision: int
    statement_he: str | None
    statement_en: str | None
    kind: Kind
    priority: Priority
    section: str | None
    paragraph: int | None
    claimant: str | None
    is_attributed: bool
    citation_id: int | None
    cited_basis: CitedBasis
    said_on: str | None
    first_appearance: str | None
    appearances: list[str]
    figure: FigureOut | None
    status: Status
    verdict_id: int | None = Field(description="The verdict in force.")
    assignee: Who | None
    tags: list[str]
    supports: int
    refutes: int
    contexts: int
    differing: int = Field(description="Pieces of evidence that state another figure than the article.")
    place: Place
    places: list[PlaceOut]
    is_stale: bool
    needs_look: bool
    recheck_on: date | None
    seen: str = Field(description="A mark of the evidence and the words as they stand: what a verdict rests on.")
    created_at: datetime
    updated_at: datetime
    withdrawn_at: datetime | None


_OTHERWISE = {"claimant", "appearances", "figure", "assignee", "tags", "places", "seen"}
"""What is shown of a claim that is not a value of its own row."""


def show_claim(session: Session, claim_id: int) -> ClaimOut:
    """Return a claim as the API shows it; no such claim raises ``NoResultFound``."""
    claim = find_claim(session, claim_id)
    anchors = list_present_anchors(session, claim)
    return ClaimOut(
        **{name: getattr(claim, name) for name in ClaimOut.model_fields.keys() - _OTHERWISE},
        claimant=claim.claimant.name if claim.claimant else None,
        appearances=(claim.appearances or "").splitlines(),
        figure=figure_of(claim.figure),
        assignee=who(claim.assignee),
        tags=[tag.name for tag in claim.tags],
        places=[PlaceOut(begins=one.begins, ends=one.ends, quote=one.quote) for one in anchors],
        seen=seen_mark(list_evidence(session, claim_id), words_of(anchors)),
    )


class ClaimChanges(Changes):
    """What is to be another than it was; what is left out stays, and null empties."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"statement_en": "The bridge is 120 metres long.", "kind": "figure"}}
    )

    statement_he: Text | None = None
    statement_en: Text | None = None
    kind: Kind = Kind.OTHER
    priority: Priority = Priority.NORMAL
    section: Line | None = None
    paragraph: Paragraph | None = None
    claimant: Line | None = Field(default=None, description="Who asserts it: the author, a person, unnamed reports.")
    is_attributed: bool = Field(default=False, description="The article says whose word it is.")
    citation_id: Number | None = Field(default=None, description="The article's own link that backs it.")
    cited_basis: CitedBasis = CitedBasis.NONE
    said_on: RoughDay | None = None
    first_appearance: Address | None = Field(default=None, description="Where it was said first: a web address.")
    appearances: list[Address] | None = Field(
        default=None, max_length=MOST_APPEARANCES, description="Other works in which it stands: web addresses."
    )
    figure: FigureShape | None = None

    def details(self) -> dict[str, Any]:
        """Return what was sent, as the services take it."""
        sent = self.given("quote", "occurrence")
        if "appearances" in sent:
            sent["appearances"] = "\n".join(self.appearances or ())
        return sent | ({"figure": self.figure.value()} if self.figure else {})


class NewClaim(ClaimChanges):
    """A claim to be opened. It needs its statement, in Hebrew or in English."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "statement_en": "The bridge is 120 metres long.",
                "kind": "figure",
                "quote": "The bridge is 120 metres long",
                "figure": {"low": 120, "unit": "metres"},
            }
        }
    )

    quote: Text | None = Field(default=None, description="Words of the newest version that state it: its place there.")
    occurrence: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="Which one is meant, where the words stand there more than once."
    )


@operation("POST", "/articles/<int:article_id>/claims", tag=TAG, location="/claims/{id}", is_tagged=True)
def open_claim(article_id: int, body: NewClaim) -> ClaimOut:
    """Open a claim in an article, on words of its text where `quote` names them."""
    details = body.details()
    with transaction() as session:
        if body.quote is None:
            claim = service.open_claim(session, actor=me(), article_id=article_id, **details)
        else:
            version = current_version(session, article_id)
            span = find_quote(version, body.quote, occurrence=body.occurrence)
            claim = open_claim_at(
                session, actor=me(), article_id=article_id, begins=span.start, ends=span.end, **details
            )
    return show_claim(get_session(), claim.id)


@operation("GET", "/claims/<int:claim_id>", tag=TAG, role=Role.READER, is_tagged=True)
def get_claim(claim_id: int) -> ClaimOut:
    """Show a claim, withdrawn or not."""
    return show_claim(get_session(), claim_id)


@operation("PATCH", "/claims/<int:claim_id>", tag=TAG, is_tagged=True, is_conditional=True)
def edit_claim(claim_id: int, body: ClaimChanges) -> ClaimOut:
    """Change what a claim says. What a verdict rests on cannot change under it: reopen the claim first."""
    details = body.details()
    with transaction() as session:
        check_match(show_claim(session, claim_id))
        claim = find_claim(session, claim_id)
        present = {name: getattr(claim, name) for name in DETAILS} | {
            "claimant": claim.claimant.name if claim.claimant else None,
            "appearances": claim.appearances,
            "figure": value_of(claim.figure),
        }
        service.edit_claim(session, actor=me(), claim_id=claim_id, revision=claim.revision, **present | details)
    return show_claim(get_session(), claim_id)


@operation("POST", "/claims/<int:claim_id>/withdraw", tag=TAG, is_tagged=True)
def withdraw_claim(claim_id: int, body: WhyBody) -> ClaimOut:
    """Take a claim out of the work; it is kept and can be restored. A decided one is an editor's."""
    with transaction() as session:
        withdraw(session, actor=me(), claim_id=claim_id, why=body.why)
    return show_claim(get_session(), claim_id)


@operation("POST", "/claims/<int:claim_id>/restore", tag=TAG, is_tagged=True)
def restore_claim(claim_id: int) -> ClaimOut:
    """Bring back a withdrawn claim."""
    with transaction() as session:
        restore(session, actor=me(), claim_id=claim_id)
    return show_claim(get_session(), claim_id)


Claims = Annotated[list[Number], Field(min_length=1, max_length=service.MOST_AT_ONCE, examples=[[12, 13]])]


class Assignment(Shape):
    """Claims, and who is to have them."""

    claim_ids: Claims
    assignee_id: Number | None = Field(description="A person who checks claims; null is nobody.")


class Prioritising(Shape):
    """Claims, and their priority."""

    claim_ids: Claims
    priority: Priority


class Changed(Shape):
    """How many records became another than they were."""

    changed: int


@operation("POST", "/claims/assign", tag=TAG)
def assign_claims(body: Assignment) -> Changed:
    """Hand claims to a person, or to nobody."""
    with transaction() as session:
        number = service.assign_claims(session, actor=me(), claim_ids=body.claim_ids, assignee_id=body.assignee_id)
    return Changed(changed=number)


@operation("POST", "/claims/prioritise", tag=TAG)
def prioritise_claims(body: Prioritising) -> Changed:
    """Give claims a priority."""
    with transaction() as session:
        number = service.prioritise_claims(session, actor=me(), claim_ids=body.claim_ids, priority=body.priority)
    return Changed(changed=number)
