"""The sign-offs of an article as people read them: who signed which version, and what became of it."""

from collections.abc import Callable, Iterator

from claims_app.language import gettext, moment, ngettext, word
from claims_app.reports.blocks import BOLD, MUTED, Block, Kind, Line, Run, Signature, digest, free, joined
from claims_app.reports.facts import Report
from claims_app.reports.standing import OpenItem, SignOffFacts, State
from claims_app.signoff.model import Side
from claims_app.signoff.queries import Blocker


def tell_sign_offs(report: Report, zone: str) -> Iterator[Block]:
    """Yield the last sign-off of each side that has to sign, then the earlier ones."""
    for side, signed in report.signatures.items():
        holds = signed is not None and signed.state is State.HOLDS
        yield Signature(tuple(_lines(side, signed, zone)), holds)
    earlier = [one for one in report.sign_offs if one.state is State.EARLIER]
    if earlier:
        yield Line((Run(f"{gettext('Earlier sign-offs')}:", MUTED),), Kind.SMALL)
    for one in earlier:
        why = (
            [[Run(f"{gettext('Signed in spite of what was open:')} "), free(one.override_why)]]
            if one.override_why
            else []
        )
        yield joined([*_who(one, zone), *why])


def signature_name(signed: SignOffFacts | None, zone: str) -> Line:
    """Return what stands on the line for a signature: who signed in the desk, where that holds."""
    if signed is not None and signed.state is State.HOLDS:
        return Line((free(signed.signed_by), Run(f", {moment(signed.signed_at, zone)}")))
    return Line((Run(gettext("Name, date, signature"), MUTED),))


def _who(signed: SignOffFacts, zone: str) -> Iterator[list[Run]]:
    yield [Run(word("side", signed.side))]
    yield [free(signed.signed_by)]
    yield [Run(moment(signed.signed_at, zone))]
    yield [Run(gettext("Version %(number)s", number=signed.version))]


def _lines(side: Side, signed: SignOffFacts | None, zone: str) -> Iterator[Line]:
    if signed is None:
        yield joined([[Run(gettext("Not signed off"), BOLD, mark="unchecked")], [Run(word("side", side))]], Kind.PLAIN)
        return
    said, mark = {
        State.HOLDS: (gettext("Signed off"), "match"),
        State.WITHDRAWN: (gettext("Sign-off withdrawn"), "lost"),
    }.get(signed.state, (gettext("Reopened by a later change"), "reopened"))
    yield joined([[Run(said, BOLD, mark=mark)], *_who(signed, zone)], Kind.PLAIN)
    for change in signed.changes:
        yield Line((Run(change.message % change.values, BOLD),))
    if signed.withdrawn_at:
        yield Line(tuple(_withdrawn(signed, zone)))
    if signed.override_why:
        label = f"{gettext('Signed in spite of what was open:')} "
        yield Line((Run(label, BOLD, mark="warning"), free(signed.override_why)))
        for item in signed.open_items:
            yield Line((Run(f"– {_open_item(item)}"),), Kind.SMALL)
    yield Line((digest(signed.digest),), Kind.SMALL)


def _withdrawn(signed: SignOffFacts, zone: str) -> Iterator[Run]:
    yield Run(f"{gettext('Withdrawn by')} ")
    yield free(signed.withdrawn_by or "")
    yield Run(f", {moment(signed.withdrawn_at, zone)}")
    if signed.withdrawn_why:
        yield Run(": ")
        yield free(signed.withdrawn_why)


def _open_item(item: OpenItem) -> str:
    return _OPEN[item.what](item.number)


_OPEN: dict[Blocker, Callable[[int], str]] = {
    Blocker.TEXT: lambda _number: gettext("The desk does not have the words of this version"),
    Blocker.PASSAGES: lambda number: ngettext(
        "%(num)s passage has neither a claim nor a waiver", "%(num)s passages have neither a claim nor a waiver", number
    ),
    Blocker.UNDECIDED: lambda number: ngettext(
        "%(num)s claim is not decided", "%(num)s claims are not decided", number
    ),
    Blocker.AWAITING: lambda number: ngettext(
        "%(num)s verdict waits for its second check", "%(num)s verdicts wait for their second check", number
    ),
    Blocker.UNCONFIRMED: lambda number: ngettext(
        "%(num)s decided claim has no second check, which the article asks for",
        "%(num)s decided claims have no second check, which the article asks for",
        number,
    ),
    Blocker.SOURCE_RULE: lambda number: ngettext(
        "%(num)s verified claim does not meet the source rule",
        "%(num)s verified claims do not meet the source rule",
        number,
    ),
    Blocker.STALE: lambda number: ngettext(
        "%(num)s verdict is stale: its words changed", "%(num)s verdicts are stale: their words changed", number
    ),
    Blocker.LOST: lambda number: ngettext(
        "%(num)s claim is lost from the text", "%(num)s claims are lost from the text", number
    ),
    Blocker.LOOKS: lambda number: ngettext(
        "%(num)s claim has to be looked at again", "%(num)s claims have to be looked at again", number
    ),
    Blocker.QUERIES: lambda number: ngettext(
        "%(num)s query to the author is open", "%(num)s queries to the author are open", number
    ),
}
