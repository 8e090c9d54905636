"""The claims of the generated desk, each with its proof, verdict, figures, tags and talk."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from benchmarks.desk import CHECKERS, FIRST, IN_ARTICLE, SPAN, Row
from benchmarks.words import FEW, RARE, statements
from claims_app.articles.model import SecondCheck
from claims_app.claims.model import DECIDED, CitedBasis, Kind, Priority, Status
from claims_app.comments.model import CommentKind
from claims_app.evidence.model import Rank, Stance
from claims_app.verdicts.model import Finding

TAGS = tuple(
    f"{topic}-{year}" for topic in ("health", "budget", "water", "בחירות", "rail") for year in range(2021, 2025)
)
SECTIONS = (None, "Lead", "Background", "Numbers", "Reactions")
UNITS = ("percent", "USD", "tonnes", "people", None)

# The shares, in percent, of a desk that has worked for some years.
STATUSES = {
    Status.UNCHECKED: 7,
    Status.CHECKING: 5,
    Status.AWAITING: 4,
    Status.VERIFIED: 52,
    Status.PARTLY: 12,
    Status.DISPUTED: 8,
    Status.UNVERIFIABLE: 7,
    Status.OPINION: 5,
}
KINDS = dict(zip(Kind, (25, 8, 20, 14, 8, 6, 10, 4, 5), strict=True))
PRIORITIES = dict(zip(Priority, (20, 65, 15), strict=True))
# What a status of this desk rests on: of these, one is drawn. S, R and C stand for the three stances.
PROOF = {
    Status.UNCHECKED: ("",),
    Status.CHECKING: ("", "S", "C", "SC", "SR"),
    Status.AWAITING: ("S", "SS", "SC"),
    Status.VERIFIED: ("SS", "SSC", "SC", "SSS", "S"),
    Status.PARTLY: ("SR", "SC", "SSR"),
    Status.DISPUTED: ("R", "RC", "SR", "SRR"),
    Status.UNVERIFIABLE: ("", "C", "CC"),
    Status.OPINION: ("", "C"),
}
STANCES = {"S": Stance.SUPPORTS, "R": Stance.REFUTES, "C": Stance.CONTEXT}


def _drawn(rng: Random, shares: dict[Any, int], most: int) -> list[Any]:
    return rng.choices(list(shares), list(shares.values()), k=most)


@dataclass
class ClaimMaker:
    """Makes the claims of a desk one by one, each with all that belongs to it, by table."""

    rng: Random
    claims: int
    policies: dict[int, SecondCheck]
    made: int = 0
    numbers: dict[str, int] = field(default_factory=lambda: {"evidence": 0, "verdict": 0, "figure": 0, "comment": 0})
    special: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rare = max(1, round(self.claims * 51 / 1_000_000))
        chosen = self.rng.sample(range(1, self.claims + 1), min(self.claims, rare + 50))
        self.special = {claim: RARE if at < rare else FEW for at, claim in enumerate(chosen)}

    def _next(self, table: str) -> int:
        self.numbers[table] += 1
        return self.numbers[table]

    def some(self, most: int) -> dict[str, list[Row]]:
        """Return the next claims, at most so many."""
        rows: dict[str, list[Row]] = {name: [] for name in ("claim", "claim_tag", *self.numbers)}
        most = min(most, self.claims - self.made)
        drawn = zip(*(_drawn(self.rng, shares, most) for shares in (STATUSES, KINDS, PRIORITIES)), strict=True)
        for status, kind, priority in drawn:
            self.made += 1
            self._add(rows, self.made, status, kind, priority)
        return rows

    def _add(self, rows: dict[str, list[Row]], number: int, status: Status, kind: Kind, priority: Priority) -> None:
        rng = self.rng
        article = (number - 1) // IN_ARTICLE + 1
        policy = self.policies[article]
        is_second = policy is SecondCheck.ALL or (policy is SecondCheck.HIGH and priority is Priority.HIGH)
        if status is Status.AWAITING and not is_second:
            status = Status.CHECKING
        created = FIRST + SPAN * (number / self.claims)
        updated = created + timedelta(seconds=round(rng.expovariate(1 / 400_000), 3))
        proof = rng.choice(PROOF[status])
        amount = str(rng.randrange(2, 9000))
        he, en, search_text = statements(rng, amount, self.special.get(number))
        at = (number - 1) % IN_ARTICLE + 1
        citation = article * 3 + rng.randrange(3) if rng.random() < 0.3 else None
        is_taken = status is not Status.UNCHECKED or rng.random() < 0.3
        claim = {
            "id": number,
            "article_id": article,
            "number": at,
            "origin_key": None,
            "statement_he": he,
            "statement_en": en,
            "search_text": search_text,
            "kind": kind,
            "priority": priority,
            "section": SECTIONS[at // 9],
            "paragraph": at // 3 + 1,
            "position": at * 1000,
            "claimant_id": rng.randrange(1, 41) if rng.random() < 0.4 else None,
            "is_attributed": rng.random() < 0.2,
            "citation_id": citation,
            "cited_basis": CitedBasis.ADDRESS if citation else CitedBasis.NONE,
            "status": status,
            "verdict_id": self._verdict(rows, number, status, is_second, updated),
            "assignee_id": min(rng.choice(CHECKERS), rng.choice(CHECKERS)) if is_taken else None,
            "supports": proof.count("S"),
            "refutes": proof.count("R"),
            "contexts": proof.count("C"),
            "revision": 1,
            "created_at": created,
            "updated_at": updated,
            "withdrawn_at": updated if rng.random() < 0.01 else None,
        }
        rows["claim"].append(claim)
        has_figure = rng.random() < 0.2
        if has_figure:
            rows["figure"].append(self._figure(claim_id=number, evidence_id=None, low=float(amount)))
        for place, letter in enumerate(proof):
            self._evidence(rows, number, letter, updated, float(amount) if has_figure and not place else None)
        self._talk(rows, number, updated)

    def _figure(self, *, claim_id: int | None, evidence_id: int | None, low: float) -> Row:
        return {
            "id": self._next("figure"),
            "claim_id": claim_id,
            "evidence_id": evidence_id,
            "low": low,
            "high": low,
            "unit": UNITS[int(low) % 5],
            "is_about": int(low) % 4 == 0,
            "as_of": None,
        }

    def _evidence(self, rows: dict[str, list[Row]], claim: int, letter: str, at: datetime, low: float | None) -> None:
        rng, number = self.rng, self._next("evidence")
        rows["evidence"].append(
            {
                "id": number,
                "claim_id": claim,
                "source_id": rng.randrange(1, self.claims // 2 + 1),
                "stance": STANCES[letter],
                "rank": rng.choice((Rank.PRIMARY, Rank.SECONDARY, None)),
                "summary": f"Its table {number % 90 + 1} gives the number for the year in question.",
                "passage": f"“… in all {number % 9000} were counted …”" if number % 3 == 0 else None,
                "locator": f"p. {number % 300 + 1}",
                "looked_on": at.date(),
                "created_by_id": rng.choice(CHECKERS),
                "revision": 1,
                "created_at": at,
                "withdrawn_at": None,
            }
        )
        if low is not None and rng.random() < 0.5:
            rows["figure"].append(self._figure(claim_id=None, evidence_id=number, low=low + rng.choice((0, 0, 1))))

    def _verdict(
        self, rows: dict[str, list[Row]], claim: int, status: Status, is_second: bool, at: datetime
    ) -> int | None:
        if status not in DECIDED and status is not Status.AWAITING:
            return None
        number, proposer = self._next("verdict"), self.rng.choice(CHECKERS)
        is_approved = is_second and status is not Status.AWAITING
        rows["verdict"].append(
            {
                "id": number,
                "claim_id": claim,
                "finding": Finding.VERIFIED if status is Status.AWAITING else Finding(status.value),
                "rationale_he": "המקורות מציגים אותו מספר." if number % 3 == 0 else None,
                "rationale_en": None if number % 3 == 0 else "The sources were read and compared.",
                "proposed_by_id": proposer,
                "needs_second_check": is_second,
                "approved_by_id": (proposer - 1) % 9 + 2 if is_approved else None,
                "approved_at": at if is_approved else None,
                "override_why": None,
                "ended_at": None,
                "ended_by_id": None,
                "ended_why": None,
                "created_at": at,
            }
        )
        return number

    def _talk(self, rows: dict[str, list[Row]], claim: int, at: datetime) -> None:
        """Give a claim up to two tags, and one in twenty a comment."""
        rng = self.rng
        first = rng.randrange(len(TAGS))
        rows["claim_tag"] += [{"claim_id": claim, "name": TAGS[first - step]} for step in range(rng.randrange(3))]
        if rng.random() < 0.05:
            rows["comment"].append(
                {
                    "id": self._next("comment"),
                    "claim_id": claim,
                    "author_id": rng.choice(CHECKERS),
                    "kind": rng.choice(list(CommentKind)),
                    "text": "Which year is meant here?",
                    "answer": None,
                    "answered_by_id": None,
                    "answered_at": None,
                    "created_at": at,
                    "withdrawn_at": None,
                }
            )
