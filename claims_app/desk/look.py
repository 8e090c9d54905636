"""What the page of a look shows: what became of a source that a claim rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from claims_app.errors import DomainError
from claims_app.evidence.model import Evidence
from claims_app.evidence.queries import list_evidence
from claims_app.files import Files
from claims_app.language import gettext
from claims_app.looks.model import Look
from claims_app.looks.queries import find_look
from claims_app.people.model import Person
from claims_app.sources.confidential import may_read
from claims_app.watching.comparing import Seen
from claims_app.watching.showing import Stretch, show_change
from claims_app.web.forms import ReasonForm
from claims_app.web.pages import place


@dataclass(frozen=True)
class Standing:
    """Whether a passage or a figure stands in the copy before and in the one after; None: there is no such copy."""

    words: str | None
    evidence: Evidence
    before: bool | None
    after: bool | None


@dataclass(frozen=True)
class LookPage:
    """A look with what the two copies say of what the claim rests on."""

    look: Look
    standings: Sequence[Standing]
    #: What differs between the copies. None: they cannot be compared, for the reason that ``problem`` gives if any.
    stretches: Sequence[Stretch] | None
    problem: str | None
    reason_form: ReasonForm


def gather_look(session: Session, files: Files, look_id: int, *, reader: Person) -> LookPage:
    """Return the facts of a look's page; no such look raises ``NoResultFound``."""
    look = find_look(session, look_id)
    evidence = [one for one in list_evidence(session, look.claim_id) if one.source_id == look.source_id]
    standings: list[Standing] = []
    stretches: list[Stretch] | None = None
    problem: str | None = None
    if look.source is not None and may_read(session, look.source, reader):
        before = None if look.before is None else Seen(files, look.before)
        after = Seen(files, look.capture) if look.capture is not None and look.capture.sha256 else None
        try:
            standings = [one for item in evidence for one in _standings(item, before, after)]
            if before is not None and after is not None and before.text and after.text:
                stretches = show_change(before, after, evidence)
        except DomainError as error:  # a file that is missing or altered
            standings, problem = [], gettext(error.message, **error.values)
    return LookPage(look, standings, stretches, problem, place(ReasonForm(), "settle-form"))


def _standings(item: Evidence, before: Seen | None, after: Seen | None) -> list[Standing]:
    found: list[Standing] = []
    if item.passage:
        was, is_ = (None if copy is None else copy.has_passage(item) for copy in (before, after))
        found.append(Standing(item.passage, item, was, is_))
    if item.figure:
        was, is_ = (None if copy is None else copy.has_figure(item) for copy in (before, after))
        found.append(Standing(None, item, was, is_))
    return found
