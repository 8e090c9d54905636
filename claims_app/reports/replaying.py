"""Where claims stood and which words their verdicts stood on, worked out from what led up to a moment.

The history does not say it outright: the words of a verdict are let go when it ends. They follow from the anchors, each
of which came with an entry or with its version, and from what was confirmed.
"""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor
from claims_app.claims.model import Claim, Place
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.reports.rows import Row, Rows


class _Anchors:
    """The anchors of an article with the entries by which they came and went."""

    def __init__(self, rows: Rows, entries: Sequence[HistoryEntry]) -> None:
        self._rows = rows
        self._versions = [
            (entry.id, entry.subject_id)
            for entry in entries
            if entry.subject == Subject.VERSION and entry.action == Action.CREATED
        ]
        born = dict(self._versions)
        version_born = {version: entry for entry, version in born.items()}
        of_anchors = [entry for entry in entries if entry.subject == Subject.ANCHOR]
        self._placed = {entry.subject_id: entry.id for entry in of_anchors if entry.action == Action.CREATED}
        self._removed = {entry.subject_id: entry.id for entry in of_anchors if entry.action == Action.WITHDRAWN}
        self._version_born = version_born

    def words(self, claim_id: int, at: int) -> str | None:
        """Return the words that stated a claim when an entry was written, one anchor a line; None: it had no place."""
        version = next((version for entry, version in reversed(self._versions) if entry <= at), None)
        live = [
            anchor
            for anchor in self._rows.where(Anchor, claim_id=claim_id)
            if anchor["version_id"] == version and self._came(anchor) <= at < self._removed.get(anchor["id"], at + 1)
        ]
        live.sort(key=lambda anchor: (anchor["begins"], anchor["id"]))
        return "\n".join(" ".join(anchor["quote"].split()) for anchor in live) or None

    def _came(self, anchor: Row) -> int:
        return self._placed.get(anchor["id"]) or self._version_born.get(anchor["version_id"], 0)


def replay_places(session: Session, rows: Rows, article_id: int, claim_ids: Collection[int], cut: int) -> None:
    """Give these claims the place, the settled words and the staleness that they had when entry ``cut`` was written."""
    if not claim_ids:
        return
    wanted = select(HistoryEntry).where(
        HistoryEntry.article_id == article_id,
        HistoryEntry.id <= cut,
        or_(
            HistoryEntry.subject.in_((Subject.ANCHOR.value, Subject.VERDICT.value, Subject.VERSION.value)),
            # What was said of a claim's paragraph.
            (HistoryEntry.subject == Subject.CLAIM.value)
            & HistoryEntry.action.in_((Action.CREATED.value, Action.CHANGED.value)),
        ),
    )
    entries = session.scalars(wanted.order_by(HistoryEntry.id)).all()
    anchors = _Anchors(rows, entries)
    of_claims = sorted((entry for entry in entries if entry.claim_id in claim_ids), key=lambda one: one.claim_id or 0)
    told = {claim_id: list(group) for claim_id, group in groupby(of_claims, lambda entry: entry.claim_id)}
    for claim_id in claim_ids:
        claim = rows.of(Claim).get(claim_id)
        if claim is not None:
            _replay(claim, told.get(claim_id, []), rows, anchors, cut)


def _replay(claim: Row, entries: Sequence[HistoryEntry], rows: Rows, anchors: _Anchors, cut: int) -> None:
    present = anchors.words(claim["id"], cut)
    has_stood = bool(rows.where(Anchor, claim_id=claim["id"]))
    claim["place"] = Place.PLACED if present else Place.LOST if has_stood else Place.NONE
    if not has_stood and not any(_paragraph(entry) is not None for entry in entries):
        claim["paragraph"] = None  # it was read off the first place that the claim got
    claim["settled_words"], claim["is_stale"] = _settle(claim, entries, anchors)


def _paragraph(entry: HistoryEntry) -> Any:
    return entry.changes.get("paragraph", (None, None))[1]


def _settle(claim: Row, entries: Sequence[HistoryEntry], anchors: _Anchors) -> tuple[str | None, bool]:
    """Return the words that the verdict in force stood on, and whether it was stale, as ``claims.service`` keeps it."""
    settled: str | None = None
    is_stale = is_decided = False
    for entry in entries:
        if entry.subject == Subject.VERDICT and entry.action == Action.DECIDED:
            is_decided = entry.subject_id == claim["verdict_id"]
            settled, is_stale = anchors.words(claim["id"], entry.id) if is_decided else None, False
        elif entry.subject == Subject.VERDICT and entry.action == Action.CONFIRMED and is_decided:
            settled, is_stale = entry.changes["words"][1], False
        elif entry.subject == Subject.ANCHOR and is_decided:
            settled = settled or anchors.words(claim["id"], entry.id)
            is_stale = entry.changes.get("is_stale", (None, is_stale))[1]
    return settled, is_stale
