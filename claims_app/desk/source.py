"""What the page of a source shows: each room tells its part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from claims_app.captures.model import Capture
from claims_app.captures.queries import list_captures
from claims_app.evidence.queries import SourceFacts, gather_source
from claims_app.people.model import Person
from claims_app.sources.confidential import ConfidentialFacts, gather_confidential, may_read
from claims_app.sources.contacts import ContactLog, gather_contacts
from claims_app.sources.model import Source
from claims_app.watching.forms import USUAL_DAYS, WatchForm
from claims_app.watching.model import Watch
from claims_app.watching.queries import find_last_check, find_watch
from claims_app.web.pages import place


@dataclass(frozen=True)
class WatchFacts:
    """How a source is watched, if it is, and when it was last checked."""

    watch: Watch | None
    checked_at: datetime | None
    form: WatchForm


@dataclass(frozen=True)
class SourcePage:
    """A source as one person sees it; a part that is None is not on the page."""

    proof: SourceFacts
    confidential: ConfidentialFacts | None
    contacts: ContactLog | None
    watch: WatchFacts | None
    copies: Sequence[Capture] | None

    @property
    def source(self) -> Source:
        return self.proof.source


def gather_source_page(session: Session, source_id: int, person: Person, *, after: str = "") -> SourcePage:
    """Return a source's page for ``person``; ``after`` is where the claims that rest on it begin."""
    proof = gather_source(session, source_id, after=after)
    return SourcePage(
        proof=proof,
        confidential=gather_confidential(session, proof.source, reader=person),
        contacts=gather_contacts(session, proof.source, reader=person),
        copies=list_captures(session, source_id) if may_read(session, proof.source, person) else None,
        watch=None if proof.source.is_confidential else _gather_watch(session, source_id),
    )


def _gather_watch(session: Session, source_id: int) -> WatchFacts:
    watch = find_watch(session, source_id)
    days = USUAL_DAYS if watch is None else watch.every_days
    form = place(WatchForm(None, data={"every_days": days}), "watch-form")
    return WatchFacts(watch, find_last_check(session, source_id), form)
