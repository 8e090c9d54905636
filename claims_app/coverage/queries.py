"""Which passages of a text have their answer: a claim, a waiver, or none yet."""

import enum
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from claims_app.anchors.model import Anchor
from claims_app.anchors.queries import list_anchors
from claims_app.articles.model import Passage
from claims_app.articles.queries import list_passages
from claims_app.coverage.model import Waiver

HARD = frozenset({"figure", "date", "quote"})
"""What claims have to hold themselves; anything else, also where they hold most of its sentence."""
MOST = 0.5
"""So much of a thing, or of its sentence, has to be held; the words around a figure may be left out."""


class Answer(enum.StrEnum):
    CLAIMED = "claimed"
    WAIVED = "waived"
    OPEN = "open"


@dataclass(frozen=True)
class Covered:
    """A passage with its answer; ``gaps`` are what no claim holds of it, as ``(begins, ends, reason)``."""

    passage: Passage
    answer: Answer
    gaps: Sequence[tuple[int, int, str]]
    waiver: Waiver | None


def list_waivers(session: Session, version_id: int) -> dict[int, Waiver]:
    """Return the waivers of a version's passages, by passage."""
    wanted = (
        select(Waiver)
        .join(Waiver.passage)
        .where(Passage.version_id == version_id, Waiver.withdrawn_at.is_(None))
        .options(joinedload(Waiver.person), contains_eager(Waiver.passage))
    )
    return {waiver.passage_id: waiver for waiver in session.scalars(wanted)}


def list_coverage(session: Session, version_id: int, anchors: Sequence[Anchor] | None = None) -> list[Covered]:
    """Return the checkable passages of a version with their answers, in the order of the text."""
    waivers = list_waivers(session, version_id)
    spans = _Spans(list_anchors(session, version_id) if anchors is None else anchors)
    return [
        _cover(passage, spans, waivers.get(passage.id))
        for passage in list_passages(session, version_id)
        if passage.is_checkable
    ]


def _cover(passage: Passage, spans: "_Spans", waiver: Waiver | None) -> Covered:
    inside = spans.touching(passage.begins, passage.ends)
    has_most = _is_held(inside, passage.begins, passage.ends)
    gaps = [
        (begins, ends, reason)
        for begins, ends, reason in passage.checks
        if not _is_held(inside, begins, ends) and (reason in HARD or not has_most)
    ]
    if not gaps and inside:
        return Covered(passage, Answer.CLAIMED, (), waiver)
    return Covered(passage, Answer.OPEN if waiver is None else Answer.WAIVED, gaps, waiver)


def _is_held(spans: Sequence[tuple[int, int]], begins: int, ends: int) -> bool:
    """Return whether these spans, taken together, hold most of a stretch of the text."""
    held, reached = 0, begins
    for span in sorted(spans):
        start, end = max(span[0], reached), min(span[1], ends)
        if start < end:
            held, reached = held + end - start, end
    return held >= MOST * (ends - begins)


class _Spans:
    """The anchors of a text, to be asked for those that touch a stretch of it."""

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        self.spans = sorted((anchor.begins, anchor.ends) for anchor in anchors)
        self.longest = max((end - start for start, end in self.spans), default=0)

    def touching(self, begins: int, ends: int) -> list[tuple[int, int]]:
        first = bisect_left(self.spans, (begins - self.longest, 0))
        last = bisect_left(self.spans, (ends, 0))
        return [(start, end) for start, end in self.spans[first:last] if end > begins]


def count_answers(coverage: Sequence[Covered]) -> dict[Answer, int]:
    """Return how many passages have each answer."""
    return {answer: sum(one.answer is answer for one in coverage) for answer in Answer}
