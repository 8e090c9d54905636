"""The part of a check that a report tells: chosen, gathered as it is or as it stood, and said in every file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.claims.model import Status
from claims_app.db import now
from claims_app.errors import DomainError, NotFound
from claims_app.language import gettext, language, moment, speaking, word
from claims_app.reports.facts import Audience, Letterhead, Report, Scope
from claims_app.reports.happenings import list_happenings
from claims_app.reports.past import find_cut, open_past
from claims_app.reports.public import make_public
from claims_app.reports.queries import gather_report
from claims_app.reports.sources import number_anew
from claims_app.reports.standing import ChangeFacts
from claims_app.signoff.model import SignOff
from claims_app.signoff.queries import list_sign_offs

SHORTEST_DIGEST = 6
"""So much of a sign-off's digest has to be given for it to be known by."""


def choose_scope(
    session: Session,
    article_id: int,
    *,
    audience: Audience = Audience.INTERNAL,
    statuses: Sequence[Status] = (),
    claim: int | None = None,
    as_of: datetime | None = None,
    sign_off: str | None = None,
) -> Scope:
    """Return the part of an article's check that is meant; what cannot be is refused at its field.

    ``sign_off`` is the digest of a sign-off or its beginning; of two with the same digest the later one is meant.
    """
    if as_of is not None and sign_off is not None:
        raise DomainError("Choose a moment or a sign-off, not both.", field="as_of")
    if as_of is not None and as_of > now():
        raise DomainError("This moment has not come yet.", field="as_of")
    signed = None if sign_off is None else find_sign_off(session, article_id, sign_off)
    ordered = tuple(status for status in Status if status in statuses)
    return Scope(
        audience=audience,
        statuses=() if len(ordered) == len(Status) else ordered,
        claim=claim,
        as_of=signed.created_at if signed else as_of,
        sign_off=signed.digest if signed else None,
    )


def find_sign_off(session: Session, article_id: int, digest: str) -> SignOff:
    """Return the newest sign-off of an article whose digest begins so; ``NotFound`` where none does."""
    wanted = digest.strip().lower().removeprefix("sha256:")
    if len(wanted) >= SHORTEST_DIGEST:
        for signed in list_sign_offs(session, article_id):
            if signed.digest.startswith(wanted):
                return signed
    raise NotFound("The article has no sign-off with this digest.", field="sign_off")


def gather_scoped(
    session: Session,
    article_id: int,
    scope: Scope,
    *,
    made_by: str,
    language: str,
    letterhead: Letterhead | None = None,
    has_history: bool = False,
) -> Report:
    """Return the report of a part of an article's check, with the article's history where that is asked for.

    A part without any claim is refused, and so is a moment before the article came.
    """
    how = {"made_by": made_by, "language": language}
    if scope.as_of is None:
        report = _gather(session, article_id, has_history=has_history, **how)
    else:
        signed = _signed(session, article_id, scope)
        cut = signed.history_id if signed else find_cut(session, scope.as_of)
        with open_past(session, article_id, cut, signed=signed) as past:
            report = _gather(past.session, article_id, has_history=has_history, **how)
            report = replace(report, gaps=tuple(ChangeFacts(*gap) for gap in past.gaps))
    report = _narrow(replace(report, scope=scope, letterhead=letterhead or Letterhead()))
    return make_public(report) if scope.audience is Audience.PUBLIC else report


def _signed(session: Session, article_id: int, scope: Scope) -> SignOff | None:
    if scope.sign_off is None:
        return None
    return session.scalars(
        select(SignOff)
        .where(SignOff.article_id == article_id, SignOff.digest == scope.sign_off, SignOff.created_at == scope.as_of)
        .limit(1)
    ).one()


def _gather(session: Session, article_id: int, *, has_history: bool, **how: Any) -> Report:
    report = gather_report(session, article_id, **how)
    return replace(report, history=tuple(list_happenings(session, article_id))) if has_history else report


def _narrow(report: Report) -> Report:
    """Return the report with the claims of its scope only, and with what happened to them and to the article."""
    scope = report.scope
    if not scope.is_partial:
        return report
    claims = tuple(
        claim
        for claim in report.claims
        if scope.claim in (None, claim.number) and (not scope.statuses or claim.status in scope.statuses)
    )
    if not claims and scope.claim is not None and all(claim.number != scope.claim for claim in report.claims):
        raise NotFound("The article has no claim %(number)s.", field="claim", number=scope.claim)
    if not claims:
        raise NotFound("No claim has such a status.", field="status")
    numbers = {None, *(claim.number for claim in claims)}
    history = tuple(one for one in report.history if one.claim in numbers)
    return number_anew(replace(report, claims=claims, history=history))


def describe_scope(report: Report, zone: str) -> list[str]:
    """Return, a sentence each, what part of the check a report tells and what is not known; nothing: it tells all.

    In the report's language; moments are those of ``zone``.
    """
    scope = report.scope
    with speaking(report.language):
        told = []
        if scope.audience is Audience.PUBLIC:
            told.append(gettext("For readers: without people's names, notes and confidential sources."))
        if scope.statuses:
            names = ", ".join(word("status", status) for status in scope.statuses)
            told.append(gettext("Only claims with this status: %(names)s.", names=names))
        if scope.claim is not None:
            told.append(gettext("Only claim %(number)s.", number=scope.claim))
        if scope.as_of is not None:
            told.append(_describe_moment(scope, zone))
        told.extend(gap.message % gap.values for gap in report.gaps)
    return told


def _describe_moment(scope: Scope, zone: str) -> str:
    when = moment(scope.as_of, zone)
    if language() == "he":
        when = f"\u2067{when}\u2069"  # digits have no direction of their own: first the day, then the hour
    if scope.sign_off is None:
        return gettext("As the desk stood on %(moment)s.", moment=when)
    digest = f"\u2066sha256:{scope.sign_off}\u2069"
    return gettext("As it was signed off on %(moment)s, %(digest)s.", moment=when, digest=digest)


def name_scope(scope: Scope) -> str:
    """Return the part of the check as a part of a file's name, in the language in force; empty for all of it."""
    names = [
        gettext("public") if scope.audience is Audience.PUBLIC else None,
        *(word("status", status) for status in scope.statuses),
        gettext("claim %(number)s", number=scope.claim) if scope.claim is not None else None,
        gettext("sign-off %(digest)s", digest=scope.sign_off[:8]) if scope.sign_off else None,
        f"{scope.as_of:%Y-%m-%dT%H%M}Z" if scope.as_of and not scope.sign_off else None,
    ]
    return ", ".join(name for name in names if name)


def tell_scope(scope: Scope) -> dict[str, Any]:
    """Return the part of the check as the history keeps it; nothing for all of it."""
    told = {
        "audience": None if scope.audience is Audience.INTERNAL else scope.audience,
        "statuses": ", ".join(scope.statuses),
        "claim": scope.claim,
        "as_of": None if scope.as_of is None else scope.as_of.isoformat(timespec="seconds"),
        "sign_off": scope.sign_off,
    }
    return {name: value for name, value in told.items() if value not in (None, "")}


def pack_scope(scope: Scope) -> dict[str, Any]:
    """Return a scope as JSON holds it; ``unpack_scope`` reads it back."""
    return {
        "audience": scope.audience.value,
        "statuses": [status.value for status in scope.statuses],
        "claim": scope.claim,
        "as_of": scope.as_of.isoformat() if scope.as_of else None,
        "sign_off": scope.sign_off,
    }


def unpack_scope(packed: Mapping[str, Any]) -> Scope:
    """Return the scope that ``pack_scope`` wrote."""
    return Scope(
        audience=Audience(packed["audience"]),
        statuses=tuple(Status(value) for value in packed["statuses"]),
        claim=packed["claim"],
        as_of=datetime.fromisoformat(packed["as_of"]) if packed["as_of"] else None,
        sign_off=packed["sign_off"],
    )
