"""The report as data: JSON in the form that ``report.schema.json`` describes, the same bytes for the same facts."""

import json
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from claims_app.language import speaking
from claims_app.reports.facts import ClaimFacts, Report
from claims_app.reports.plain import plain_moment, plain_number
from claims_app.reports.standing import ChangeFacts

SCHEMA = "claims-desk/report/4"
"""Names the form of the file; a change that a reader of the old form would trip over gets the next number."""


def write_json(report: Report) -> bytes:
    """Return the report as JSON: sorted keys, moments in UTC, whole numbers whole.

    Of the same facts only ``made_at`` and ``made_by`` differ from run to run.
    """
    content = {
        "schema": SCHEMA,
        "made_at": report.made_at,
        "made_by": report.made_by,
        "scope": report.scope,
        "not_known": report.gaps,
        "article": report.article,
        "summary": {
            "total": len(report.claims),
            "decided": report.decided,
            "stale": len(report.stale),
            "lost": len(report.lost),
            "is_signed_off": report.is_signed_off,
            "statuses": {status.value: number for status, number in report.counts.items()},
            "needs_decision": [claim.number for claim in report.open_claims],
        },
        "claims": report.claims,
        "coverage": _coverage(report),
        "sign_offs": report.sign_offs,
        "sources": report.sources,
    }
    return (json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode("utf-8")


def _coverage(report: Report) -> dict[str, Any] | None:
    if report.article.text is None:
        return None
    return {answer.value: number for answer, number in report.answers.items()} | {"passages": report.passages}


def _plain(value: Any) -> Any:
    """Return ``value`` as JSON has it."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, datetime):
        return plain_moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, ChangeFacts):
        with speaking("en"):  # whatever the report's language
            return value.message % value.values
    if hasattr(value, "__dataclass_fields__"):
        record = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return record | {"matters": list(value.matters)} if isinstance(value, ClaimFacts) else record
    return value
