"""What evidence each finding needs, and what in the evidence somebody who decides should look at first."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from claims_app.articles.model import SourceRule
from claims_app.claims.figure import Match, compare
from claims_app.claims.model import Figure
from claims_app.errors import Unproven
from claims_app.evidence.model import Evidence, InCopy, Stance
from claims_app.evidence.rule import is_carried, missing
from claims_app.verdicts.model import Finding

RULES = {
    Finding.VERIFIED: "Verified needs evidence that supports it, from a source with an address or a locator.",
    Finding.PARTLY: "Partly true needs at least one piece of evidence.",
    Finding.DISPUTED: "Disputed needs evidence that refutes it, or two pieces that contradict each other.",
}
"""What each finding needs; the findings that are not here need the rationale only."""


def find_lack(finding: Finding, evidence: Sequence[Evidence], rule: SourceRule) -> Unproven | None:
    """Return the refusal of a finding that live evidence does not carry, or None where it does.

    ``rule`` is the source rule of the claim's article, which only "verified" has to meet.
    """
    if not _is_carried(finding, evidence):
        return Unproven(RULES[finding], field="finding")
    lack = missing(rule, evidence) if finding is Finding.VERIFIED else None
    if lack is not None:
        return Unproven(
            "Verified needs a primary source, or more independent ones: %(missing)s.", field="finding", missing=lack
        )
    return None


def _is_carried(finding: Finding, evidence: Sequence[Evidence]) -> bool:
    if finding is Finding.VERIFIED:
        return is_carried(evidence)
    if finding is Finding.PARTLY:
        return bool(evidence)
    if finding is Finding.DISPUTED:
        return any(item.stance is Stance.REFUTES for item in evidence) or any(
            _contradict(one, other) for one, other in combinations(evidence, 2)
        )
    return True


def _contradict(one: Evidence, other: Evidence) -> bool:
    if one.figure is None or other.figure is None:
        return False
    # Asked both ways: a figure is not at odds with a rounder one.
    return compare(one.figure, other.figure) is compare(other.figure, one.figure) is Match.DIFFERENT


class Flaw(enum.StrEnum):
    """What does not fit between a claim, a piece of evidence and the kept copy of its source."""

    FIGURE = "figure"
    UNIT = "unit"
    PASSAGE_MISSING = "passage_missing"
    FIGURE_MISSING = "figure_missing"


@dataclass(frozen=True)
class Caution:
    """A piece of evidence to look at before deciding, and why; it forbids nothing."""

    evidence: Evidence
    flaws: Sequence[Flaw]


def find_cautions(figure: Figure | None, evidence: Iterable[Evidence]) -> list[Caution]:
    """Return the live evidence that does not fit the claim's figure or its source's kept copy."""
    found = [Caution(item, list(_flaws(figure, item))) for item in evidence if item.withdrawn_at is None]
    return [caution for caution in found if caution.flaws]


def _flaws(figure: Figure | None, item: Evidence) -> Iterable[Flaw]:
    match = compare(figure, item.figure) if figure and item.figure else None
    if match is Match.DIFFERENT:
        yield Flaw.FIGURE
    elif match is Match.OTHER_UNIT:
        yield Flaw.UNIT
    if item.copy_check and item.copy_check.passage is InCopy.MISSING:
        yield Flaw.PASSAGE_MISSING
    if item.copy_check and item.copy_check.figure is InCopy.MISSING:
        yield Flaw.FIGURE_MISSING
