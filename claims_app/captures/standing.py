"""How sources stand: which copy is kept, and what came of the last time that one was wanted."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, CaptureState
from claims_app.language import gettext


@dataclass(frozen=True)
class Standing:
    """The newest kept copy of a source, if there is one, and its newest capture, which may be that copy."""

    kept: Capture | None
    latest: Capture


def list_standings(session: Session, source_ids: Collection[int]) -> dict[int, Standing]:
    """Return how each of the sources stands that was ever captured, by the source's number."""
    newest = select(func.max(Capture.id)).where(Capture.source_id.in_(source_ids))
    rows = session.scalars(
        select(Capture)
        .where(Capture.id.in_(newest.group_by(Capture.source_id, Capture.state)))
        .order_by(Capture.source_id, Capture.id)
    ).all()
    kept = {row.source_id: row for row in rows if row.state is CaptureState.KEPT}
    return {row.source_id: Standing(kept.get(row.source_id), row) for row in rows}


class Failed(Protocol):
    """A record that keeps why something failed: a message of the catalogue, and what fills its places."""

    failure: Any
    failure_values: Any


def tell_failure(record: Failed) -> str | None:
    """Return why a capture or another job failed, in the language in force; None: it did not."""
    return None if record.failure is None else gettext(record.failure, **record.failure_values)
