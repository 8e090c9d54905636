"""What stands between an article and its sign-off, what a sign-off covers, and whether it still does."""

import enum
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, defer, joinedload

from claims_app.anchors.model import Anchor
from claims_app.articles.model import Article, ArticleVersion, SecondCheck
from claims_app.claims.model import DECIDED, Claim, Claimant, Figure, Place, Priority, Status
from claims_app.comments.model import Comment, CommentKind
from claims_app.coverage.queries import Answer, Covered, count_answers, list_coverage, list_waivers
from claims_app.evidence.model import Evidence
from claims_app.evidence.rule import list_unmet
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.language import LazyText, lazy
from claims_app.looks.model import Look
from claims_app.signoff.model import Side, SignOff
from claims_app.sources.model import Publisher, Source
from claims_app.verdicts.model import Confirmation, Verdict


class Blocker(enum.StrEnum):
    """What keeps an article from being signed off."""

    TEXT = "text"
    PASSAGES = "passages"
    UNDECIDED = "undecided"
    AWAITING = "awaiting"
    UNCONFIRMED = "unconfirmed"
    SOURCE_RULE = "source_rule"
    STALE = "stale"
    LOST = "lost"
    LOOKS = "looks"
    QUERIES = "queries"


def count_blockers(
    session: Session, article: Article, version: ArticleVersion, coverage: Sequence[Covered] | None = None
) -> dict[Blocker, int]:
    """Return what blocks the sign-off of an article in a version, and how much of it; nothing for ready.

    ``coverage`` is that of the version, where the caller has it already.
    """
    counts = {Blocker.TEXT: int(version.text is None)}
    if version.text is not None:
        counts[Blocker.PASSAGES] = count_answers(list_coverage(session, version.id) if coverage is None else coverage)[
            Answer.OPEN
        ]
    counts |= dict(zip((*_CLAIM_BLOCKERS, Blocker.UNCONFIRMED), _count_claims(session, article), strict=True))
    counts[Blocker.SOURCE_RULE] = len(list_unmet(session, article))
    counts[Blocker.QUERIES] = len(_list_open_queries(session, article.id))
    return {blocker: counts[blocker] for blocker in Blocker if counts.get(blocker)}


_CLAIM_BLOCKERS = {
    Blocker.UNDECIDED: Claim.status.in_((Status.UNCHECKED, Status.CHECKING)),
    Blocker.AWAITING: Claim.status == Status.AWAITING,
    Blocker.STALE: Claim.is_stale,
    Blocker.LOST: Claim.place == Place.LOST,
    Blocker.LOOKS: Claim.needs_look,
}


def _live(article_id: int) -> tuple[Any, ...]:
    return Claim.article_id == article_id, Claim.withdrawn_at.is_(None)


def _count_claims(session: Session, article: Article) -> Sequence[int]:
    asks = {SecondCheck.OFF: (), SecondCheck.HIGH: (Priority.HIGH,), SecondCheck.ALL: tuple(Priority)}
    unconfirmed = (
        Claim.status.in_(DECIDED)
        & Claim.priority.in_(asks[article.second_check])
        & Claim.verdict_id.in_(select(Verdict.id).where(Verdict.approved_at.is_(None)))
    )
    columns = [func.count().filter(condition) for condition in (*_CLAIM_BLOCKERS.values(), unconfirmed)]
    return list(session.execute(select(*columns).select_from(Claim).where(*_live(article.id))).one())


_ARTICLE = (
    *("id", "title_he", "title_en", "byline", "outlet", "language", "address", "published_on"),
    *("second_check", "asks_legal"),
)


def _list_open_queries(session: Session, article_id: int) -> list[list[Any]]:
    rows = session.execute(
        select(Claim.number, Comment.text)
        .join(Comment, Comment.claim_id == Claim.id)
        .where(
            *_live(article_id),
            Comment.kind == CommentKind.QUERY,
            Comment.answer.is_(None),
            Comment.withdrawn_at.is_(None),
        )
        .order_by(Comment.id)
    )
    return [list(row) for row in rows]


def gather_content(session: Session, article: Article, version: ArticleVersion) -> str:
    """Return what a sign-off covers as JSON: the text, its claims with evidence and verdicts, and its waivers.

    Equal facts give equal text, whoever asks and whenever.
    """
    waivers = list_waivers(session, version.id)
    content = {
        "article": {name: getattr(article, name) for name in _ARTICLE},
        "version": {"number": version.number, "text": version.text, "sha256": version.text_sha256},
        "claims": _gather_claims(session, article.id, version.id),
        "queries": _list_open_queries(session, article.id),
        "waivers": sorted([one.passage.begins, one.passage.ends, one.why] for one in waivers.values()),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


_FIGURE = (Figure.low, Figure.high, Figure.unit, Figure.is_about, Figure.as_of)


def _gather_claims(session: Session, article_id: int, version_id: int) -> list[dict[str, Any]]:
    live = _live(article_id)
    anchors = _by_claim(
        session,
        select(Anchor.claim_id, Anchor.begins, Anchor.ends, Anchor.quote)
        .join(Claim, Claim.id == Anchor.claim_id)
        .where(*live, Anchor.version_id == version_id, Anchor.withdrawn_at.is_(None))
        .order_by(Anchor.claim_id, Anchor.begins, Anchor.id),
    )
    evidence = _by_claim(
        session,
        select(
            Evidence.claim_id,
            *(Evidence.stance, Evidence.rank, Evidence.summary, Evidence.passage, Evidence.locator, Evidence.looked_on),
            *(Source.address, Source.title, Publisher.name.label("publisher"), Source.published_on),
            *_FIGURE,
        )
        .join(Claim, Claim.id == Evidence.claim_id)
        .join(Source, Source.id == Evidence.source_id)
        .outerjoin(Publisher, Publisher.id == Source.publisher_id)
        .outerjoin(Figure, Figure.evidence_id == Evidence.id)
        .where(*live, Evidence.withdrawn_at.is_(None))
        .order_by(Evidence.claim_id, Evidence.id),
    )
    confirmations = _by_claim(
        session,
        select(Verdict.claim_id, Confirmation.person_id, Confirmation.why, Confirmation.words_after)
        .join(Verdict, Verdict.id == Confirmation.verdict_id)
        .join(Claim, Claim.verdict_id == Verdict.id)
        .where(*live)
        .order_by(Verdict.claim_id, Confirmation.id),
    )
    rows = session.execute(
        select(
            Claim.id,
            *(Claim.number, Claim.statement_he, Claim.statement_en, Claim.kind, Claim.priority, Claim.status),
            *(Claim.is_stale, Claim.place, Claim.settled_words, Claim.is_attributed),
            Claimant.name.label("claimant"),
            *(getattr(Verdict, name) for name in ("finding", "rationale_he", "rationale_en", "override_why")),
            *(Verdict.proposed_by_id, Verdict.approved_by_id),
            *_FIGURE,
        )
        .outerjoin(Claimant, Claimant.id == Claim.claimant_id)
        .outerjoin(Verdict, Verdict.id == Claim.verdict_id)
        .outerjoin(Figure, Figure.claim_id == Claim.id)
        .where(*live)
        .order_by(Claim.number)
    )
    return [
        {name: value for name, value in row._mapping.items() if name != "id"}
        | {
            "anchors": anchors.get(row.id, []),
            "evidence": evidence.get(row.id, []),
            "confirmations": confirmations.get(row.id, []),
        }
        for row in rows
    ]


def _by_claim(session: Session, wanted: Select[*tuple[Any, ...]]) -> dict[int, list[list[Any]]]:
    found: dict[int, list[list[Any]]] = {}
    for claim_id, *values in session.execute(wanted):
        found.setdefault(claim_id, []).append(values)
    return found


def digest_of(content: str) -> str:
    """Return the SHA-256 of what a sign-off covers."""
    return hashlib.sha256(content.encode()).hexdigest()


_SIGNED = (joinedload(SignOff.person), joinedload(SignOff.withdrawn_by))


def list_sign_offs(session: Session, article_id: int) -> Sequence[SignOff]:
    """Return an article's sign-offs, the newest first, withdrawn ones too."""
    return session.scalars(
        select(SignOff)
        .where(SignOff.article_id == article_id)
        .options(*_SIGNED, joinedload(SignOff.version))
        .order_by(SignOff.id.desc())
    ).all()


def list_signatures(session: Session, article_id: int, *, before: int | None = None, most: int) -> Sequence[SignOff]:
    """Return the same older than number ``before``, without reading what was signed."""
    wanted = select(SignOff).where(SignOff.article_id == article_id)
    if before is not None:
        wanted = wanted.where(SignOff.id < before)
    version = joinedload(SignOff.version).defer(ArticleVersion.text, raiseload=True)
    wanted = wanted.options(*_SIGNED, version, defer(SignOff.content, raiseload=True))
    return session.scalars(wanted.order_by(SignOff.id.desc()).limit(most)).all()


Problem = tuple[LazyText, dict[str, Any]]
"""What does not hold of a sign-off: a sentence, and what fills its places."""


@dataclass(frozen=True)
class Standing:
    """A sign-off and what does not hold of it any more; nothing: it holds."""

    sign_off: SignOff
    problems: Sequence[Problem]

    @property
    def holds(self) -> bool:
        return self.sign_off.withdrawn_at is None and not self.problems


@dataclass(frozen=True)
class Closing:
    """How far an article is closed: the last sign-off of each side that has one, and the earlier ones."""

    latest: dict[Side, Standing]
    earlier: Sequence[SignOff]
    asks_legal: bool

    @property
    def is_closed(self) -> bool:
        """Whether everybody who has to has signed what is there now."""
        sides = (Side.EDITOR, Side.LEGAL) if self.asks_legal else (Side.EDITOR,)
        return all(side in self.latest and self.latest[side].holds for side in sides)


def gather_closing(session: Session, article: Article) -> Closing:
    """Return how far an article is closed; what was signed is read again only where something happened since."""
    sign_offs = list_sign_offs(session, article.id)
    latest: dict[Side, SignOff] = {}
    for one in sign_offs:
        latest.setdefault(one.side, one)
    standing: dict[Side, Standing] = {}
    content: str | None = None
    for side, one in latest.items():
        problems: list[Problem] = []
        if digest_of(one.content) != one.digest:
            problems.append((lazy("The record of what was signed does not fit its digest."), {}))
        elif one.withdrawn_at is None and _happened_since(session, article.id, one.history_id):
            content = content or gather_content(session, article, _current(session, article.id))
            problems = [*compare_content(one.content, content), *_find_doubts(session, article, one)]
        standing[side] = Standing(one, problems)
    return Closing(standing, [one for one in sign_offs if one not in latest.values()], article.asks_legal)


def _find_doubts(session: Session, article: Article, signed: SignOff) -> list[Problem]:
    """Return what came up since about what was signed, though nothing of it changed."""
    raised = select(HistoryEntry.subject_id).where(
        HistoryEntry.id > signed.history_id,
        HistoryEntry.article_id == article.id,
        HistoryEntry.subject == Subject.LOOK,
        HistoryEntry.action == Action.RAISED,
    )
    to_look_at = session.scalars(
        select(Claim.number)
        .join(Look, Look.claim_id == Claim.id)
        .where(*_live(article.id), Look.settled_at.is_(None), Look.id.in_(raised))
        .distinct()
        .order_by(Claim.number)
    ).all()
    unmet = [claim.number for claim, _lack in list_unmet(session, article)]
    known: dict[str, int] = dict(map(tuple, signed.open_items))
    problems: list[Problem] = []
    if to_look_at:
        values = {"numbers": _list_numbers(to_look_at)}
        problems.append((lazy("To be looked at again since it was signed: claims %(numbers)s."), values))
    if len(unmet) > known.get(Blocker.SOURCE_RULE, 0):  # so many the signer knew of
        values = {"numbers": _list_numbers(unmet)}
        problems.append((lazy("Verified claims that do not meet the source rule: %(numbers)s."), values))
    return problems


def _list_numbers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:20])) + (" …" if len(numbers) > 20 else "")


def _current(session: Session, article_id: int) -> ArticleVersion:
    return session.scalars(
        select(ArticleVersion)
        .where(ArticleVersion.article_id == article_id)
        .order_by(ArticleVersion.number.desc())
        .limit(1)
    ).one()


def _happened_since(session: Session, article_id: int, history_id: int) -> bool:
    # A source belongs to no article, and its words stand in what was signed.
    of_article = or_(HistoryEntry.article_id == article_id, HistoryEntry.subject == "source")
    return session.scalar(select(HistoryEntry.id).where(HistoryEntry.id > history_id, of_article).limit(1)) is not None


def compare_content(signed: str, present: str) -> list[Problem]:
    """Return what differs between what was signed and what is there, as messages with their values."""
    if signed == present:
        return []
    before, after = json.loads(signed), json.loads(present)
    problems: list[Problem] = []
    numbers = {"signed": before["version"]["number"], "present": after["version"]["number"]}
    if numbers["signed"] != numbers["present"]:
        problems.append((lazy("Version %(signed)s was signed; the text is now version %(present)s."), numbers))
    elif before["version"] != after["version"]:
        problems.append((lazy("The text of version %(signed)s is not the one that was signed."), numbers))
    claims = ({claim["number"]: claim for claim in content["claims"]} for content in (before, after))
    old, new = claims
    changed = sorted(number for number in old.keys() | new.keys() if old.get(number) != new.get(number))
    if changed and before["version"] == after["version"]:
        listed = _list_numbers(changed)
        problems.append((lazy("Changed since it was signed: claims %(numbers)s."), {"numbers": listed}))
    if before["waivers"] != after["waivers"] and before["version"] == after["version"]:
        problems.append((lazy("Passages were waived or opened again since it was signed."), {}))
    return problems or [(lazy("What is known about the article changed since it was signed."), {})]
