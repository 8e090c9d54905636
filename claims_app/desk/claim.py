"""Everything that a claim's page shows, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row as Rowed
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.anchors.queries import present_words
from claims_app.articles.model import ArticleVersion
from claims_app.articles.queries import list_citations
from claims_app.captures.standing import Standing, list_standings
from claims_app.claims.model import Claim
from claims_app.claims.queries import Section, Tick, find_claim, group_ticks, list_ticks
from claims_app.comments.forms import CommentForm
from claims_app.comments.model import Comment, CommentKind
from claims_app.comments.queries import list_comments
from claims_app.desk.ruler import Row, Ruler, compare_figures, draw_ruler
from claims_app.earlier.queries import find_like
from claims_app.evidence.model import Evidence, Stance
from claims_app.evidence.queries import list_evidence
from claims_app.evidence.rule import Missing, Support, count_support, missing
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.history.queries import HistoryFilter, list_history
from claims_app.language import day, gettext, source_name, word
from claims_app.looks.model import Look
from claims_app.looks.queries import list_looks
from claims_app.people.model import Person, Role
from claims_app.people.queries import list_people
from claims_app.verdicts.forms import VerdictForm, missing_for
from claims_app.verdicts.model import Finding, Verdict
from claims_app.verdicts.proof import Caution, find_cautions
from claims_app.verdicts.queries import list_verdicts
from claims_app.verdicts.service import needs_second_check
from claims_app.watching.model import Watch
from claims_app.watching.queries import list_watches
from claims_app.web.forms import ReasonForm
from claims_app.web.pages import place

MOST_TICKS = 200
"""How many claims before and behind this one the strip shows."""


@dataclass(frozen=True)
class Change:
    """One field of a history entry, as people read it."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Step:
    """One history entry as the timeline shows it; ``move`` is from which status to which."""

    entry: HistoryEntry
    move: tuple[str, str] | None
    finding: str | None
    changes: Sequence[Change]


@dataclass(frozen=True)
class ClaimFacts:
    """What the page of a claim shows."""

    claim: Claim
    version: int | None
    #: The words of the newest version that state it, one place a line. None: it has no place there.
    words: str | None
    #: Which of the article's live claims this is, and how many there are; a withdrawn claim has no place.
    place: int | None
    total: int
    previous_id: int | None
    next_id: int | None
    sections: Sequence[Section]
    evidence: Sequence[Evidence]
    withdrawn_evidence: Sequence[Evidence]
    #: How the copies of its sources stand and which are watched, by the number of the source.
    copies: Mapping[int, Standing]
    watches: Mapping[int, Watch]
    rows: Sequence[Row]
    ruler: Ruler | None
    verdict: Verdict | None
    #: The verdict that the second person sent back, to be written anew. None: nothing was.
    sent_back: Verdict | None
    past_verdicts: Sequence[Verdict]
    missing: dict[Finding, str]
    #: What speaks for it by the source rule of its article, and what the rule still asks. None: it is met.
    support: Support
    lack: Missing | None
    cautions: Sequence[Caution]
    needs_second_check: bool
    #: What has to be looked at again.
    looks: Sequence[Look]
    queries: Sequence[Comment]
    notes: Sequence[Comment]
    withdrawn_comments: Sequence[Comment]
    #: What was published about like claims before; nothing follows from it for the verdict.
    earlier: Sequence[Rowed[Any]]
    checkers: Sequence[Person]
    steps: Sequence[Step]
    verdict_form: VerdictForm
    reason_form: ReasonForm
    comment_form: CommentForm


def gather_claim(session: Session, claim_id: int) -> ClaimFacts:
    """Return the facts of the claim's page; no such claim raises ``NoResultFound``."""
    claim = find_claim(session, claim_id)
    ticks = list_ticks(session, claim.article_id)
    here = next((at for at, tick in enumerate(ticks) if tick.id == claim_id), None)
    every = sorted(
        list_evidence(session, claim_id, with_withdrawn=True), key=lambda item: list(Stance).index(item.stance)
    )
    evidence = [item for item in every if item.withdrawn_at is None]
    rows = compare_figures(claim.figure, evidence)
    verdicts = list_verdicts(session, claim_id)
    comments = list_comments(session, claim_id)
    sent_back = next(iter(verdicts), None) if claim.verdict_id is None else None
    if sent_back is not None and not sent_back.was_sent_back:
        sent_back = None
    verdict_form = place(VerdictForm(data=VerdictForm.of(sent_back) if sent_back else None), "verdict-form")
    words = present_words(session, claim)
    open_sources = {item.source_id for item in evidence if not item.source.is_confidential}
    verdict_form.judge(claim, evidence, words)
    return ClaimFacts(
        claim=claim,
        version=session.scalar(
            select(func.max(ArticleVersion.number)).where(ArticleVersion.article_id == claim.article_id)
        ),
        words=words,
        place=None if here is None else here + 1,
        total=len(ticks),
        previous_id=ticks[here - 1].id if here else None,
        next_id=ticks[here + 1].id if here is not None and here + 1 < len(ticks) else None,
        sections=_sections(ticks, here),
        evidence=evidence,
        withdrawn_evidence=[item for item in every if item.withdrawn_at is not None],
        copies=list_standings(session, open_sources),
        watches=list_watches(session, open_sources),
        rows=rows,
        ruler=draw_ruler(claim.figure, rows),
        verdict=next((one for one in verdicts if one.id == claim.verdict_id), None),
        sent_back=sent_back,
        past_verdicts=[one for one in verdicts if one.ended_at is not None],
        missing=missing_for(evidence, claim.article.source_rule),
        support=count_support(evidence),
        lack=missing(claim.article.source_rule, evidence),
        cautions=find_cautions(claim.figure, evidence),
        needs_second_check=needs_second_check(claim),
        looks=list_looks(session, claim_id),
        queries=[one for one in comments if one.kind is CommentKind.QUERY and one.withdrawn_at is None],
        notes=[one for one in comments if one.kind is CommentKind.NOTE and one.withdrawn_at is None],
        withdrawn_comments=[one for one in comments if one.withdrawn_at is not None],
        earlier=find_like(session, claim.statement_he, claim.statement_en),
        checkers=_checkers(session, claim.assignee),
        steps=_steps(session, claim),
        verdict_form=verdict_form,
        reason_form=place(ReasonForm(), "reason-form"),
        comment_form=place(CommentForm(), "comment-form"),
    )


def _sections(ticks: Sequence[Tick], here: int | None) -> list[Section]:
    """Return the claims around this one by section, as the strip draws them."""
    middle = here or 0
    shown = ticks[max(0, middle - MOST_TICKS) : middle + MOST_TICKS + 1]
    return group_ticks(shown)


def _checkers(session: Session, assignee: Person | None) -> list[Person]:
    """Return the people who check claims, and whoever has this one."""
    people = [one for one in list_people(session, active_only=True) if one.may(Role.CHECKER)]
    return people if assignee is None or assignee in people else [*people, assignee]


# ---------------------------------------------------------------- History

_FAMILIES = {
    "status": "status",
    "finding": "status",
    "kind": "kind",
    "priority": "priority",
    "stance": "stance",
    "rank": "rank",
    "cited_basis": "cited_basis",
    "reason": "look_reason",
}
# What a new record says stands on the page itself; the timeline names only what tells entries apart.
_TOLD_OF_NEW = {Subject.EVIDENCE: ("stance", "source"), Subject.COMMENT: ("kind", "text"), Subject.VERDICT: ()}


def _steps(session: Session, claim: Claim) -> list[Step]:
    links = {link.id: link.address for link in list_citations(session, claim.article_id)}
    return [_step(entry, links) for entry in list_history(session, HistoryFilter(claim_id=claim.id)).entries]


def _step(entry: HistoryEntry, links: Mapping[int, str]) -> Step:
    moved = entry.changes.get("status")
    told = list(entry.changes)
    if entry.action in (Action.CREATED, Action.DECIDED):
        told = [name for name in _TOLD_OF_NEW.get(Subject(entry.subject), ()) if name in entry.changes]
    elif moved:
        told = [name for name in told if name != "status"]
    return Step(
        entry=entry,
        move=(moved[0], moved[1]) if moved and entry.action == Action.MOVED else None,
        finding=entry.changes["finding"][1] if "finding" in entry.changes else None,
        changes=[
            Change(word("field", name), *(_told(entry.subject, name, value, links) for value in entry.changes[name]))
            for name in told
        ],
    )


def _told(subject: str, name: str, value: Any, links: Mapping[int, str]) -> str | None:
    """Return a value of the history as people read it."""
    if value is None or isinstance(value, bool):
        return {None: None, True: gettext("Yes"), False: gettext("No")}[value]
    if name == "citation_id":
        return links.get(value, str(value))
    if name == "kind" and subject == Subject.COMMENT:
        return word("comment", value)
    if name == "source":
        return source_name(value)
    if name in _FAMILIES:
        return word(_FAMILIES[name], value)
    return day(value) if name.endswith("_on") else str(value)
