"""What of the history is told outside, and in which words.

Messages are thin: which article, which claim, from what to what. Who wants to know more asks the desk.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.claims.model import DECIDED, Claim
from claims_app.db import now
from claims_app.history.model import Action, HistoryEntry, Subject
from claims_app.reports.plain import plain_moment
from claims_app.webhooks.model import Topic

TRIAL = "webhook.trial"
_DECIDED = {status.value for status in DECIDED}

EVENTS = {
    "claim.decided": Topic.VERDICT,
    "claim.reopened": Topic.VERDICT,
    "claim.stale": Topic.STALE,
    "claim.confirmed": Topic.STALE,
    "article.signed_off": Topic.SIGN_OFF,
    "article.sign_off_withdrawn": Topic.SIGN_OFF,
}
"""The events that are told, each with the topic it belongs to."""


def event_of(entry: HistoryEntry) -> str | None:
    """Return the event that an entry of the history is, or None where it is nothing that is told."""
    if entry.changes.get("is_stale", [None, None])[1] is True:
        return "claim.stale"
    if entry.action == Action.CONFIRMED:
        return "claim.confirmed"
    if entry.action == Action.MOVED:
        before, after = entry.changes.get("status", ["", ""])
        if after in _DECIDED:
            return "claim.decided"
        return "claim.reopened" if before in _DECIDED else None
    if entry.subject == Subject.SIGN_OFF:
        return {Action.SIGNED: "article.signed_off", Action.WITHDRAWN: "article.sign_off_withdrawn"}.get(
            Action(entry.action)
        )
    return None


def write_events(session: Session, entries: Iterable[tuple[HistoryEntry, str]]) -> dict[int, dict[str, Any]]:
    """Return the message of each of these entries, by the entry's number."""
    told = list(entries)
    claims = _rows(session, Claim, {entry.claim_id for entry, _event in told})
    articles = _rows(session, Article, {entry.article_id for entry, _event in told})
    return {
        entry.id: {
            "type": event,
            "timestamp": plain_moment(entry.at),
            "data": {
                "entry": entry.id,
                "by": entry.actor_name,
                **_article(articles.get(entry.article_id)),
                **_claim(claims.get(entry.claim_id)),
                **_particulars(entry),
            },
        }
        for entry, event in told
    }


def write_trial(name: str) -> tuple[str, dict[str, Any]]:
    """Return the event and the message that tell of nothing."""
    return TRIAL, {"type": TRIAL, "timestamp": plain_moment(now()), "data": {"webhook": name}}


def _rows(session: Session, kind: Any, numbers: set[int | None]) -> Mapping[int | None, Any]:
    return {row.id: row for row in session.scalars(select(kind).where(kind.id.in_(numbers - {None})))}


def _article(article: Article | None) -> dict[str, Any]:
    if article is None:
        return {}
    return {"article": {"id": article.id, "title_he": article.title_he, "title_en": article.title_en}}


def _claim(claim: Claim | None) -> dict[str, Any]:
    if claim is None:
        return {}
    return {
        "claim": {
            "id": claim.id,
            "number": claim.number,
            "statement_he": claim.statement_he,
            "statement_en": claim.statement_en,
        }
    }


def _particulars(entry: HistoryEntry) -> dict[str, Any]:
    if "status" in entry.changes:
        before, after = entry.changes["status"]
        return {"status": {"from": before, "to": after}}
    if entry.subject == Subject.SIGN_OFF:
        return {
            "sign_off": {
                "id": entry.subject_id,
                **{name: values[1] for name, values in entry.changes.items() if name in {"side", "version", "digest"}},
            }
        }
    return {}
