"""What happened to an article and its claims, as a report that has room for it tells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.claims.model import Claim
from claims_app.history.model import HistoryEntry, Subject
from claims_app.language import direction, gettext, source_name, word


@dataclass(frozen=True)
class HistoryFacts:
    """One entry of the history; ``changes`` are ``{field: [from, to]}``."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    #: The number of the claim that it is about. None: it is about the article.
    claim: int | None
    changes: Mapping[str, Any]
    why: str | None
    hash: str


def list_happenings(session: Session, article_id: int) -> Iterator[HistoryFacts]:
    """Yield the history of an article, the oldest first."""
    rows = session.execute(
        select(
            *(HistoryEntry.id, HistoryEntry.at, HistoryEntry.actor_name, HistoryEntry.action, HistoryEntry.subject),
            *(Claim.number, HistoryEntry.changes, HistoryEntry.why, HistoryEntry.hash),
        )
        .outerjoin(Claim, Claim.id == HistoryEntry.claim_id)
        .where(HistoryEntry.article_id == article_id)
        .order_by(HistoryEntry.id)
    )
    yield from (HistoryFacts(*row) for row in rows)


_FAMILIES = {
    "status": "status",
    "finding": "status",
    "priority": "priority",
    "stance": "stance",
    "rank": "rank",
    "role": "role",
    "second_check": "second_check",
    "source_rule": "source_rule",
    "cited_basis": "cited_basis",
    "reason": "look_reason",
    "state": "capture_state",
    "fate": "fate",
    "side": "side",
    "language": "language",
}
"""Fields whose values are stored words, and of which family."""
_KINDS = {Subject.CLAIM: "kind", Subject.SOURCE: "source_kind", Subject.COMMENT: "comment"}


def describe_changes(entry: HistoryFacts) -> str:
    """Return what changed in the language in force, a field on a line: its name, what it was and what it became."""
    arrow = "←" if direction() == "rtl" else "→"
    lines = []
    for name, (before, after) in entry.changes.items():
        values = [after] if before is None else [before, after]
        told = f" {arrow} ".join(_value(entry, name, value) for value in values)
        lines.append(f"{word('field', name)}: {told}")
    return "\n".join(lines)


def _value(entry: HistoryFacts, name: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    family = _KINDS.get(Subject(entry.subject)) if name == "kind" else _FAMILIES.get(name)
    if family is not None:
        return word(family, value)
    return source_name(value) if name in ("source", "title", "origin") and isinstance(value, str) else str(value)
