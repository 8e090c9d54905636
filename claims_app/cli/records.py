"""What is in the desk, and whether its history holds: ``claims status`` and ``claims history``."""

import json
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app import schema
from claims_app.articles.model import Article
from claims_app.claims.model import Claim, Status
from claims_app.cli import Refusal
from claims_app.cli.opening import desk, settings
from claims_app.evidence.model import Evidence
from claims_app.history.model import HistoryEntry
from claims_app.history.service import verify_history
from claims_app.people.queries import count_people
from claims_app.sources.model import Source


def _count(session: Session, kind: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(kind).where(kind.withdrawn_at.is_(None))) or 0


def read_status(session: Session) -> dict[str, Any]:
    """Return how much there is in the desk; what is withdrawn is not counted."""
    live = select(Claim.status, func.count()).where(Claim.withdrawn_at.is_(None)).group_by(Claim.status)
    by_status = {status: number for status, number in session.execute(live)}  # noqa: C416 - rows are no pairs to mypy
    proof = select(func.count(Evidence.id)).join(Evidence.claim)
    return {
        "articles": _count(session, Article),
        "claims": sum(by_status.values()),
        "claims_by_status": {status.value: by_status.get(status, 0) for status in Status},
        "evidence": session.scalar(proof.where(Evidence.withdrawn_at.is_(None), Claim.withdrawn_at.is_(None))) or 0,
        "sources": _count(session, Source),
        "people": count_people(session),
        "history_entries": session.scalar(select(func.count()).select_from(HistoryEntry)) or 0,
        "schema": schema.head_revision(),
    }


@click.command
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(as_json: bool) -> None:
    """Say how much there is in the desk; what is withdrawn is not counted."""
    chosen = settings()
    with desk(chosen) as session:
        found = read_status(session) | {"data": str(chosen.data)}
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for name, value in found.items():
        if isinstance(value, dict):
            for part, number in value.items():
                click.echo(f"  {part:<16}{number:>8}")
        else:
            click.echo(f"{name.replace('_', ' '):<18}{value:>8}")


@click.group
def history() -> None:
    """Check the append-only history."""


@history.command
def verify() -> None:
    """Go through the whole history and name every entry that was changed, moved or is missing.

    Keep the number and the hash of the last entry elsewhere: a history written anew would not have it.
    """
    with desk(settings()) as session:
        number = 0
        for number, fault in enumerate(verify_history(session), start=1):  # noqa: B007 - the last number is wanted
            click.echo(f"Entry {fault.entry} {fault.problem}.")
        entries = session.scalar(select(func.count()).select_from(HistoryEntry)) or 0
        last = session.scalar(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1))
    if number:
        raise Refusal(f"The history does not hold: {number} {'fault' if number == 1 else 'faults'}.")
    told = f"; the last one is {last.id} with hash {last.hash}" if last else ""
    click.echo(f"The history is whole: {entries} {'entry' if entries == 1 else 'entries'}{told}.")
