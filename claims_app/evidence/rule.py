"""The source rule: how many voices speak for a claim, and what is missing before it may be called verified."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import ColumnElement, column, select, table
from sqlalchemy.orm import Session, joinedload

from claims_app.articles.model import Article, SourceRule
from claims_app.claims.model import Claim, Status
from claims_app.evidence.model import Evidence, Rank, Stance
from claims_app.language import gettext, ngettext, source_name
from claims_app.looks.model import LookReason
from claims_app.looks.service import raise_look, settle_claim
from claims_app.sources.model import Source

VOICES = {SourceRule.TWO: 2, SourceRule.THREE: 3}
"""How many independent secondary sources do for a primary one; ``OFF`` asks for none."""

# The room of verdicts stands above this one; of its table only this much is read here.
_VERDICT = table("verdict", column("id"), column("override_why"), column("proposed_by_id"))


@dataclass(frozen=True)
class Repeat:
    """Several pieces of evidence that are one voice; ``name``: whose. None: one origin under several names."""

    name: str | None
    number: int


@dataclass(frozen=True)
class Support:
    """What speaks for a claim, as the source rule counts it."""

    #: Pieces of evidence from a primary source.
    primary: int
    #: Voices among the secondary ones.
    independent: int
    #: The secondary ones of which several are one voice.
    repeats: Sequence[Repeat] = ()
    #: What cannot count as it stands: nobody has ranked it, or nobody else could find it.
    unranked: Sequence[Evidence] = ()
    unfound: Sequence[Evidence] = ()


def count_support(evidence: Iterable[Evidence]) -> Support:
    """Return how many sources speak for a claim; of several that are one voice only one is counted.

    ``evidence`` is the claim's, with sources and publishers; what is withdrawn, refutes or is background is passed
    over. One voice are sources with the same origin, and those of one publisher or of one house of publishers.
    """
    live = [one for one in evidence if one.withdrawn_at is None and one.stance is Stance.SUPPORTS]
    found = [one for one in live if one.can_be_found]
    voices = _join_voices([one.source for one in found if one.rank is Rank.SECONDARY])
    return Support(
        primary=sum(one.rank is Rank.PRIMARY for one in found),
        independent=len(voices),
        repeats=[Repeat(_name(voice), len(voice)) for voice in voices if len(voice) > 1],
        unranked=[one for one in found if one.rank is None],
        unfound=[one for one in live if not one.can_be_found],
    )


def _marks(source: Source) -> set[str]:
    """Return what a source shares with every other that is the same voice."""
    publisher = source.publisher
    marks = {f"origin {source.origin_id or source.id}"}
    if publisher is not None:
        # A house is one voice with the publisher that has its name.
        marks |= {f"house {name.casefold()}" for name in (publisher.name, publisher.group_name) if name}
    return marks


def _join_voices(sources: Iterable[Source]) -> list[list[Source]]:
    """Return the sources in groups of one voice each."""
    voices: list[tuple[set[str], list[Source]]] = []
    for source in sources:
        marks, members = _marks(source), [source]
        apart = []
        for voice in voices:
            if voice[0] & marks:
                marks, members = marks | voice[0], [*voice[1], *members]
            else:
                apart.append(voice)
        voices = [*apart, (marks, members)]
    return [members for _marks_of, members in voices]


def _name(voice: Sequence[Source]) -> str | None:
    """Return what all sources of one voice have in common, as people call it."""
    publishers = [source.publisher for source in voice]
    for names in (
        {publisher.name if publisher else None for publisher in publishers},
        {publisher.group_name or publisher.name if publisher else None for publisher in publishers},
        {source.title for source in voice},
    ):
        name = names.pop()
        if not names and name is not None:
            return name
    return None


@dataclass(frozen=True)
class Missing:
    """What a claim lacks before its article's source rule lets it be called verified; as text, for people."""

    rule: SourceRule
    support: Support

    @property
    def wanted(self) -> int:
        """How many independent secondary sources would do."""
        return VOICES[self.rule]

    @property
    def parts(self) -> list[str]:
        """The same one by one, in the language in force."""
        support = self.support
        if self.rule is SourceRule.OFF:
            return [gettext("nothing that supports it can be found by another person")]
        parts = [
            gettext(
                "%(number)s of %(wanted)s independent secondary sources",
                number=support.independent,
                wanted=self.wanted,
            )
        ]
        for repeat in support.repeats:
            if repeat.name is None:
                parts.append(gettext("%(number)s have the same origin and count once", number=repeat.number))
            else:
                # Isolated, because a name of the other direction would turn the sentence around.
                name = f"\u2068{source_name(repeat.name)}\u2069"
                parts.append(gettext("%(number)s from %(name)s count once", number=repeat.number, name=name))
        if unranked := len(support.unranked):
            parts.append(
                ngettext(
                    "%(num)s piece has no rank yet: rank it", "%(num)s pieces have no rank yet: rank them", unranked
                )
            )
        if unfound := len(support.unfound):
            parts.append(
                ngettext(
                    "%(num)s piece has neither an address nor a locator",
                    "%(num)s pieces have neither an address nor a locator",
                    unfound,
                )
            )
        return parts

    def __str__(self) -> str:
        return "; ".join(self.parts)


def missing(rule: SourceRule, evidence: Iterable[Evidence]) -> Missing | None:
    """Return what the rule still asks of a claim's evidence, or None where it is met."""
    if rule is SourceRule.OFF:
        return None
    support = count_support(evidence)
    is_met = support.primary or support.independent >= VOICES[rule]
    return None if is_met else Missing(rule, support)


def is_carried(evidence: Iterable[Evidence]) -> bool:
    """Whether anything live supports a claim that another person can find; "verified" needs it under every rule."""
    return any(one.withdrawn_at is None and one.stance is Stance.SUPPORTS and one.can_be_found for one in evidence)


def find_unmet(rule: SourceRule, evidence: Sequence[Evidence]) -> Missing | None:
    """Return what a verified claim lacks: what the rule asks, and without one at least something that carries it."""
    return missing(rule, evidence) if is_carried(evidence) else Missing(rule, count_support(evidence))


def _list_verified(session: Session, which: ColumnElement[bool]) -> list[tuple[Claim, int, Missing | None]]:
    """Return live verified claims that no editor let through: each with who proposed it and what it lacks."""
    verified = (
        select(Claim.id)
        .join(_VERDICT, _VERDICT.c.id == Claim.verdict_id)
        .where(
            which,
            Claim.status == Status.VERIFIED,
            Claim.withdrawn_at.is_(None),
            _VERDICT.c.override_why.is_(None),
        )
    )
    rows = session.execute(
        select(Claim, _VERDICT.c.proposed_by_id)
        .join(_VERDICT, _VERDICT.c.id == Claim.verdict_id)
        .where(Claim.id.in_(verified))
        .options(joinedload(Claim.article))
        .order_by(Claim.position, Claim.id)
    )
    pieces = session.scalars(
        select(Evidence)
        .where(Evidence.claim_id.in_(verified), Evidence.withdrawn_at.is_(None))
        .options(joinedload(Evidence.source).joinedload(Source.publisher))
        .order_by(Evidence.claim_id, Evidence.id)
        .execution_options(populate_existing=True)  # whose a source is may just have been changed by its number
    )
    evidence = {claim_id: list(group) for claim_id, group in groupby(pieces, lambda one: one.claim_id)}
    return [
        (claim, proposer, find_unmet(claim.article.source_rule, evidence.get(claim.id, ()))) for claim, proposer in rows
    ]


def list_unmet(session: Session, article: Article) -> list[tuple[Claim, Missing]]:
    """Return an article's verified claims that nothing carries or that miss its rule, and no editor let through."""
    found = _list_verified(session, Claim.article_id == article.id)
    return [(claim, lack) for claim, _proposer, lack in found if lack is not None]


def raise_unmet(session: Session, source_ids: Collection[int]) -> None:
    """Have verified claims looked at again that their evidence does not carry any more, or not as their rule asks.

    ``source_ids`` are the sources about which it changed. Where the rule is met again, the look is settled.
    """
    resting = select(Evidence.claim_id).where(Evidence.source_id.in_(source_ids), Evidence.withdrawn_at.is_(None))
    for claim, proposer, lack in _list_verified(session, Claim.id.in_(resting)):
        if lack is not None:
            raise_look(session, claim=claim, reason=LookReason.SOURCE_RULE, person_id=proposer)
        elif claim.needs_look:
            settle_claim(
                session,
                claim=claim,
                actor=None,
                why="The source rule is met again.",
                reasons=[LookReason.SOURCE_RULE],
            )
