"""Taking back, on copies of an article's rows, what the history says happened after a moment.

The history is append-only and names every change as ``[from, to]``, so that undoing its later entries, the newest
first, leads back to any moment. What it does not tell is worked out by ``replaying``, or named as not known.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Enum, Table, select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor
from claims_app.articles.model import Article, ArticleVersion, Citation, Passage
from claims_app.claims.figure import read_words
from claims_app.claims.model import Claim, Claimant, Figure, Status
from claims_app.comments.model import Comment
from claims_app.coverage.model import Waiver
from claims_app.db import UtcDateTime
from claims_app.evidence.model import Evidence
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.looks.model import Look
from claims_app.people.model import Person
from claims_app.reports.renaming import find_publisher_names, last_publisher_name
from claims_app.reports.rows import Row, Rows
from claims_app.signoff.model import SignOff
from claims_app.sources.model import Contact, Publisher, Source
from claims_app.verdicts.model import Confirmation, Verdict

RECORDS: dict[str, Any] = {
    Subject.ARTICLE: Article,
    Subject.CITATION: Citation,
    Subject.CLAIM: Claim,
    Subject.CLAIMANT: Claimant,
    Subject.SOURCE: Source,
    Subject.EVIDENCE: Evidence,
    Subject.COMMENT: Comment,
    Subject.ANCHOR: Anchor,
    Subject.SIGN_OFF: SignOff,
    Subject.PUBLISHER: Publisher,
    Subject.CONTACT: Contact,
    Subject.PERSON: Person,
}
"""The table of each subject whose entries say what a row of it was."""


class Rewinding:
    """The way back: ``undo`` takes one entry of the history back from the rows."""

    def __init__(self, session: Session, rows: Rows) -> None:
        self.session = session
        self.rows = rows
        #: The claims whose place and settled words have to be worked out anew.
        self.touched: set[int] = set()
        #: The claims that stood elsewhere in the order, and nobody knows where.
        self.unordered: set[int] = set()

    def undo(self, entry: HistoryEntry) -> None:
        """Give the rows back what they were before an entry; later ones have to be undone already."""
        subject, action = Subject(entry.subject), Action(entry.action)
        special = _SPECIAL.get((subject, action))
        kind = RECORDS.get(subject)
        row = self.rows.of(kind).get(entry.subject_id or 0) if kind else None
        if special is not None:
            special(self, entry, row)
        elif row is not None:
            _undo_simply(self.rows, kind, row, entry)

    def named(self, kind: Any, **values: Any) -> int | None:
        """Return the number of the row that the history calls so, copied from the desk if it is not here yet."""
        if not (here := self.rows.where(kind, **values)):
            table: Table = kind.__table__
            wanted = select(table).where(*(table.c[name] == value for name, value in values.items())).limit(1)
            self.rows.add(kind, self.session.execute(wanted).mappings())
            here = self.rows.where(kind, **values)
        return int(here[0]["id"]) if here else None


def _undo_simply(rows: Rows, kind: Any, row: Row, entry: HistoryEntry) -> None:
    """Undo what means the same for most records: that one came, changed, went, or came back."""
    if entry.action == Action.CREATED:
        del rows.of(kind)[row["id"]]
    elif entry.action == Action.WITHDRAWN:
        row.update({name: None for name in ("withdrawn_at", "withdrawn_by_id", "withdrawn_why") if name in row})
    elif entry.action in (Action.CHANGED, Action.RESTORED):
        _set_back(kind, row, entry)
        if entry.action == Action.RESTORED:
            row["withdrawn_at"] = entry.at


def _set_back(kind: Any, row: Row, entry: HistoryEntry) -> None:
    columns = kind.__table__.c
    for name, (before, _after) in entry.changes.items():
        if name in columns:
            row[name] = _stored(columns[name], before)


def _stored(column: "Column[Any]", value: Any) -> Any:
    """Return a value of the history as its column holds it."""
    if isinstance(value, str):
        if isinstance(column.type, Enum) and column.type.enum_class is not None:
            return column.type.enum_class(value)
        if isinstance(column.type, UtcDateTime):
            return datetime.fromisoformat(value)
        if isinstance(column.type, Date):
            return date.fromisoformat(value)
    return value


# ---------------------------------------------------------------- What has a way back of its own


def _article_withdrawn(back: Rewinding, _entry: HistoryEntry, article: Row | None) -> None:
    if article is not None:
        for claim in back.rows.where(Claim, withdrawn_at=article["withdrawn_at"]):
            claim["withdrawn_at"] = None
        article["withdrawn_at"] = None


def _article_restored(back: Rewinding, entry: HistoryEntry, article: Row | None) -> None:
    """Withdraw it again, with the claims that came back together with it: all that were live then."""
    if article is None:
        return
    left = back.session.scalar(
        select(HistoryEntry.at)
        .where(
            HistoryEntry.subject == Subject.ARTICLE,
            HistoryEntry.subject_id == entry.subject_id,
            HistoryEntry.action == Action.WITHDRAWN,
            HistoryEntry.id < entry.id,
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )
    article["withdrawn_at"] = left or entry.at
    for claim in back.rows.where(Claim, withdrawn_at=None):
        claim["withdrawn_at"] = article["withdrawn_at"]


def _version_added(back: Rewinding, entry: HistoryEntry, _row: Row | None) -> None:
    number = entry.subject_id
    back.touched.update(anchor["claim_id"] for anchor in back.rows.of(Anchor).values())
    for passage in back.rows.where(Passage, version_id=number):
        back.rows.remove(Waiver, passage_id=passage["id"])
    for kind in (Anchor, Passage):
        back.rows.remove(kind, version_id=number)
    back.rows.remove(ArticleVersion, id=number)


def _claim_added(back: Rewinding, entry: HistoryEntry, _claim: Row | None) -> None:
    back.rows.remove(Figure, claim_id=entry.subject_id)
    back.rows.remove(Claim, id=entry.subject_id)


def _claim_changed(back: Rewinding, entry: HistoryEntry, claim: Row | None) -> None:
    if claim is None:
        return
    _set_back(Claim, claim, entry)
    for name, kind in (("claimant", Claimant), ("assignee", Person)):
        if name in entry.changes:
            before = entry.changes[name][0]
            claim[f"{name}_id"] = back.named(kind, name=before) if before else None
    if "figure" in entry.changes:
        _put_figure(back.rows, claim["id"], None, entry.changes["figure"][0])
    if "paragraph" in entry.changes and "position" not in entry.changes:
        back.unordered.add(claim["id"])


def _claim_moved(back: Rewinding, entry: HistoryEntry, claim: Row | None) -> None:
    if claim is None:
        return
    before, after = (Status(value) for value in entry.changes["status"])
    claim["status"] = before
    if before in (Status.UNCHECKED, Status.CHECKING):
        claim["verdict_id"] = None
    elif after is Status.CHECKING:
        ended = [row for row in back.rows.where(Verdict, claim_id=claim["id"]) if row["ended_at"] is not None]
        ended[-1].update(ended_at=None, ended_by_id=None, ended_why=None)
        claim["verdict_id"] = ended[-1]["id"]
    back.touched.add(claim["id"])


def _decided(back: Rewinding, entry: HistoryEntry, _row: Row | None) -> None:
    back.rows.remove(Verdict, id=entry.subject_id)


def _approved(back: Rewinding, entry: HistoryEntry, _row: Row | None) -> None:
    for verdict in back.rows.where(Verdict, id=entry.subject_id):
        verdict.update(approved_by_id=None, approved_at=None)


def _confirmed(back: Rewinding, entry: HistoryEntry, _row: Row | None) -> None:
    for last in back.rows.where(Confirmation, verdict_id=entry.subject_id)[-1:]:
        back.rows.remove(Confirmation, id=last["id"])
    back.touched.add(entry.claim_id or 0)


def _anchor_added(back: Rewinding, entry: HistoryEntry, _anchor: Row | None) -> None:
    back.rows.remove(Anchor, id=entry.subject_id)
    for claim in back.rows.where(Claim, id=entry.claim_id):
        if "paragraph" in entry.changes:
            claim["paragraph"] = entry.changes["paragraph"][0]
        back.touched.add(claim["id"])


def _anchor_removed(back: Rewinding, entry: HistoryEntry, anchor: Row | None) -> None:
    if anchor is not None:
        anchor["withdrawn_at"] = None
    back.touched.add(entry.claim_id or 0)


def _evidence_added(back: Rewinding, entry: HistoryEntry, _evidence: Row | None) -> None:
    back.rows.remove(Figure, evidence_id=entry.subject_id)
    back.rows.remove(Evidence, id=entry.subject_id)


def _evidence_changed(back: Rewinding, entry: HistoryEntry, evidence: Row | None) -> None:
    if evidence is not None:
        _set_back(Evidence, evidence, entry)
        if "figure" in entry.changes:
            _put_figure(back.rows, None, evidence["id"], entry.changes["figure"][0])


def _put_figure(rows: Rows, claim_id: int | None, evidence_id: int | None, said: str | None) -> None:
    """Give a claim or a piece of evidence the figure that the history says it had."""
    rows.remove(Figure, claim_id=claim_id, evidence_id=evidence_id)
    value = read_words(said)
    if value is not None:
        # Below those of the desk, and no other's: of each owner there is one.
        number = -2 * (claim_id or 0) - (2 * evidence_id + 1 if evidence_id else 0)
        rows.add(Figure, [{"id": number, "claim_id": claim_id, "evidence_id": evidence_id, **asdict(value)}])


def _answered(_back: Rewinding, _entry: HistoryEntry, comment: Row | None) -> None:
    if comment is not None:
        comment.update(answer=None, answered_by_id=None, answered_at=None)


def _waived(back: Rewinding, entry: HistoryEntry, _row: Row | None) -> None:
    for waiver in back.rows.where(Waiver, passage_id=entry.subject_id, withdrawn_at=None):
        back.rows.remove(Waiver, id=waiver["id"])


def _waiver_taken_back(back: Rewinding, entry: HistoryEntry, _row: Row | None) -> None:
    gone = [one for one in back.rows.where(Waiver, passage_id=entry.subject_id) if one["withdrawn_at"] is not None]
    if gone:
        max(gone, key=lambda one: (one["withdrawn_at"], one["id"]))["withdrawn_at"] = None


def _signed(back: Rewinding, entry: HistoryEntry, _row: Row | None) -> None:
    back.rows.remove(SignOff, id=entry.subject_id)


def _raised(back: Rewinding, entry: HistoryEntry, _row: Row | None) -> None:
    back.rows.remove(Look, id=entry.subject_id)


def _settled(back: Rewinding, entry: HistoryEntry, _row: Row | None) -> None:
    for look in back.rows.where(Look, id=entry.subject_id):
        look.update(settled_at=None, settled_by_id=None, settled_why=None)


def _source_changed(back: Rewinding, entry: HistoryEntry, source: Row | None) -> None:
    if source is None:
        return
    _set_back(Source, source, entry)
    if "publisher" in entry.changes:
        before = entry.changes["publisher"][0]
        source["publisher_id"] = back.named(Publisher, name=before) if before else None
    if "origin" in entry.changes:
        before = entry.changes["origin"][0]
        source["origin_id"] = back.named(Source, title=before) if before else None


def _publishers_merged(back: Rewinding, entry: HistoryEntry, _row: Row | None) -> None:
    """Bring back a publisher that became one with another, and give it the sources that were its own.

    The history does not list them: they are those that their own entries say were published under one of its names.
    """
    name, into = entry.changes["publisher"]
    number, kept = entry.subject_id or 0, back.named(Publisher, name=into)
    names, group = find_publisher_names(back.session, number, before=entry.id)
    fresh = dict.fromkeys(column.name for column in Publisher.__table__.c)
    back.rows.of(Publisher)[number] = fresh | {
        "id": number,
        "name": name,
        "group_name": group,
        "revision": 1,
        "created_at": entry.at,
    }
    for source in back.rows.where(Source, publisher_id=kept):
        if last_publisher_name(back.session, source["id"], before=entry.id) in {name, *names}:
            source["publisher_id"] = number


_Undo = Callable[[Rewinding, HistoryEntry, Row | None], None]
_SPECIAL: dict[tuple[Subject, Action], _Undo] = {
    (Subject.ARTICLE, Action.WITHDRAWN): _article_withdrawn,
    (Subject.ARTICLE, Action.RESTORED): _article_restored,
    (Subject.VERSION, Action.CREATED): _version_added,
    (Subject.CLAIM, Action.CREATED): _claim_added,
    (Subject.CLAIM, Action.CHANGED): _claim_changed,
    (Subject.CLAIM, Action.MOVED): _claim_moved,
    (Subject.VERDICT, Action.DECIDED): _decided,
    (Subject.VERDICT, Action.APPROVED): _approved,
    (Subject.VERDICT, Action.CONFIRMED): _confirmed,
    (Subject.ANCHOR, Action.CREATED): _anchor_added,
    (Subject.ANCHOR, Action.WITHDRAWN): _anchor_removed,
    (Subject.EVIDENCE, Action.CREATED): _evidence_added,
    (Subject.EVIDENCE, Action.CHANGED): _evidence_changed,
    (Subject.COMMENT, Action.CHANGED): _answered,
    (Subject.PASSAGE, Action.WAIVED): _waived,
    (Subject.PASSAGE, Action.RESTORED): _waiver_taken_back,
    (Subject.SIGN_OFF, Action.SIGNED): _signed,
    (Subject.LOOK, Action.RAISED): _raised,
    (Subject.LOOK, Action.SETTLED): _settled,
    (Subject.SOURCE, Action.CHANGED): _source_changed,
    (Subject.PUBLISHER, Action.WITHDRAWN): _publishers_merged,
}
