"""Evidence: what a source says about a claim."""

from datetime import date, datetime
from typing import Any

from flask import current_app
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from claims_app.api.gate import me
from claims_app.api.operations import operation
from claims_app.api.paging import need_place
from claims_app.api.shapes import (
    Changes,
    Day,
    FigureOut,
    FigureShape,
    Line,
    Number,
    Page,
    PageQuery,
    Shape,
    Switch,
    Text,
    Who,
    WhyBody,
    cut,
    figure_of,
    who,
)
from claims_app.api.sources import SourceChanges, SourceOut, show_source
from claims_app.api.tags import check_match
from claims_app.claims.figure import value_of
from claims_app.claims.queries import find_claim
from claims_app.evidence import service
from claims_app.evidence.forms import DETAILS
from claims_app.evidence.model import Evidence, InCopy, Rank, Stance
from claims_app.evidence.queries import find_evidence, list_evidence
from claims_app.people.model import Role
from claims_app.sources.queries import find_source
from claims_app.sources.service import find_or_add_source
from claims_app.web.transaction import get_session, transaction

TAG = "evidence"


class InCopyOut(Shape):
    """What was found of a piece of evidence in the newest kept copy of its source."""

    passage: InCopy
    figure: InCopy


class EvidenceOut(Shape):
    """A piece of evidence with its source."""

    id: Number
    claim_id: Number
    revision: int
    source: SourceOut
    stance: Stance
    rank: Rank | None = Field(description="Of this use of the source; null: nobody has ranked it yet.")
    summary: str
    passage: str | None
    locator: str | None
    looked_on: date
    figure: FigureOut | None
    in_copy: InCopyOut | None = Field(description="Null: there is no copy to look in.")
    created_by: Who | None
    created_at: datetime
    withdrawn_at: datetime | None


def show_evidence(item: Evidence) -> EvidenceOut:
    """Return a piece of evidence as the API shows it."""
    check = item.copy_check
    same = EvidenceOut.model_fields.keys() - {"source", "figure", "in_copy", "created_by"}
    return EvidenceOut(
        **{name: getattr(item, name) for name in same},
        source=show_source(item.source),
        figure=figure_of(item.figure),
        in_copy=InCopyOut(passage=check.passage, figure=check.figure) if check else None,
        created_by=who(item.created_by),
    )


class EvidenceChanges(Changes):
    """What is to be another than it was; what is left out stays, and null empties. The source stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"rank": "primary", "locator": "sheet 4"}})

    stance: Stance = Stance.SUPPORTS
    rank: Rank | None = None
    summary: Text = Field(default="", description="What the source says, in our words.")
    passage: Text | None = Field(default=None, description="The source's own words, word for word.")
    locator: Line | None = Field(default=None, description="Where in the source: page, paragraph or timecode.")
    looked_on: Day | None = Field(default=None, description="Null, or left out of a new piece, it is today.")
    figure: FigureShape | None = None

    def details(self) -> dict[str, Any]:
        """Return what was sent, as the service takes it."""
        sent = self.given("source", "source_id", "keeps_copy")
        return sent | ({"figure": self.figure.value()} if self.figure else {})


_ONE_SOURCE: Any = [
    {"required": ["source_id"], "properties": {"source_id": {"type": "integer"}}},
    {"required": ["source"], "properties": {"source": {"type": "object"}}},
]


class NewEvidence(EvidenceChanges):
    """A piece of evidence to be added, from a source of the desk (`source_id`) or from one that it names (`source`)."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": _ONE_SOURCE,
            "example": {
                "source": {"address": "https://example.org/plan", "title": "The plan of the bridge"},
                "stance": "refutes",
                "rank": "primary",
                "summary": "The plan gives 118 metres.",
                "figure": {"low": 118, "unit": "metres"},
            },
        }
    )

    stance: Stance
    summary: Text = Field(description="What the source says, in our words.")
    source_id: Number | None = None
    source: SourceChanges | None = Field(
        default=None, description="A source that the desk has already is found by its address."
    )
    keeps_copy: bool = Field(default=True, description="Have a copy of its page captured if there is none yet.")

    @model_validator(mode="after")
    def _has_one_source(self) -> "NewEvidence":
        if (self.source_id is None) is (self.source is None):
            raise PydanticCustomError("one_source", "one source")
        return self


class EvidenceQuery(PageQuery):
    """Which evidence."""

    withdrawn: Switch = Field(default=False, description="What was withdrawn too.")


@operation("GET", "/claims/<int:claim_id>/evidence", tag=TAG, role=Role.READER)
def list_claim_evidence(claim_id: int, query: EvidenceQuery) -> Page[EvidenceOut]:
    """List a claim's evidence, in the order it was added."""
    session = get_session()
    find_claim(session, claim_id)
    need_place(query)
    found = list_evidence(
        session, claim_id, with_withdrawn=query.withdrawn, after=query.behind or 0, most=query.limit + 1
    )
    page, after = cut(found, query)
    return Page[EvidenceOut](items=[show_evidence(item) for item in page], next=after)


@operation("POST", "/claims/<int:claim_id>/evidence", tag=TAG, location="/evidence/{id}", is_tagged=True)
def add_evidence(claim_id: int, body: NewEvidence) -> EvidenceOut:
    """Add a piece of evidence; an unchecked claim is then being checked."""
    details = body.details()
    find_claim(get_session(), claim_id)
    with transaction() as session:
        actor = me()
        if body.source is not None:
            source = find_or_add_source(session, actor=actor, **{"address": None, **body.source.given()})
        else:
            source = find_source(session, body.source_id or 0)
        item = service.add_evidence(
            session,
            actor=actor,
            claim_id=claim_id,
            source=source,
            files=current_app.extensions["files"],
            keeps_copy=body.keeps_copy,
            **details,
        )
    current_app.extensions["wake"]()  # a copy may have been asked for
    return show_evidence(item)


@operation("GET", "/evidence/<int:evidence_id>", tag=TAG, role=Role.READER, is_tagged=True)
def get_evidence(evidence_id: int) -> EvidenceOut:
    """Show a piece of evidence, withdrawn or not."""
    return show_evidence(find_evidence(get_session(), evidence_id))


@operation("PATCH", "/evidence/<int:evidence_id>", tag=TAG, is_tagged=True, is_conditional=True)
def edit_evidence(evidence_id: int, body: EvidenceChanges) -> EvidenceOut:
    """Change a piece of evidence. What a verdict rests on cannot change under it: reopen the claim first."""
    sent = body.details()
    with transaction() as session:
        item = find_evidence(session, evidence_id)
        check_match(show_evidence(item))
        details = {name: getattr(item, name) for name in DETAILS} | {"figure": value_of(item.figure)} | sent
        service.edit_evidence(
            session,
            actor=me(),
            evidence_id=evidence_id,
            revision=item.revision,
            files=current_app.extensions["files"],
            **details,
        )
    return show_evidence(item)


@operation("POST", "/evidence/<int:evidence_id>/withdraw", tag=TAG, is_tagged=True)
def withdraw_evidence(evidence_id: int, body: WhyBody) -> EvidenceOut:
    """Take a piece of evidence out of the count; it is kept and can be restored."""
    with transaction() as session:
        item = service.withdraw_evidence(session, actor=me(), evidence_id=evidence_id, why=body.why)
    return show_evidence(item)


@operation("POST", "/evidence/<int:evidence_id>/restore", tag=TAG, is_tagged=True)
def restore_evidence(evidence_id: int) -> EvidenceOut:
    """Bring back a withdrawn piece of evidence."""
    with transaction() as session:
        item = service.restore_evidence(session, actor=me(), evidence_id=evidence_id)
    return show_evidence(item)
