"""A report in brief: what is known of the article, how its claims stand, and who signed, as names and values."""

from collections.abc import Iterator
from datetime import datetime

from claims_app.language import gettext, in_language, word
from claims_app.reports.facts import Report
from claims_app.reports.scope import describe_scope
from claims_app.reports.standing import SignOffFacts, State

Row = list[str | int | datetime | None]


def summary_rows(report: Report, zone: str) -> Iterator[Row]:
    """Yield the rows of the summary in the language in force: a name, then one value or several."""
    article = report.article
    title, code = in_language(article, "title")
    yield [gettext("Fact-check report"), title]
    other, other_code = in_language(article, "title", "en" if code == "he" else "he")
    if other_code != code:
        yield [None, other]
    for line in describe_scope(report, zone):
        yield [gettext("Part of the check"), line]
    known: dict[str, str | int | None] = {
        gettext("Desk"): report.letterhead.name,
        gettext("Outlet"): article.outlet,
        gettext("Byline"): article.byline,
        gettext("Published"): article.published_on,
        gettext("Address"): article.address,
        gettext("Version"): article.version,
        gettext("Digest of the text"): article.text_sha256 and f"sha256:{article.text_sha256}",
        gettext("Checked by"): ", ".join(report.checkers),
        gettext("Second check by"): ", ".join(report.approvers),
        gettext("Notes"): article.notes,
    }
    for name, value in known.items():
        if value not in (None, ""):
            yield [name, value]
    yield [gettext("Report made"), report.made_at, report.made_by]
    yield from _counts(report)
    for signed in report.signatures.values():
        if signed is None:
            yield [gettext("Sign-off"), gettext("Not signed off")]
        else:
            yield from _signature(signed)
    if report.letterhead.closing:
        yield [None, report.letterhead.closing]
    if report.scope.is_public:
        return
    for who in (gettext("Fact-checking"), gettext("Editing"), gettext("Legal department")):
        yield [who, f"{gettext('Name, date, signature')}: ____________________"]


def _counts(report: Report) -> Iterator[Row]:
    yield [gettext("Status"), gettext("Claims"), gettext("Of high priority"), gettext("Confirmed by a second person")]
    for status, number in report.counts.items():
        if number:
            yield [word("status", status), number, report.high[status], report.confirmed[status]]
    yield [
        gettext("Total"),
        len(report.claims),
        sum(report.high.values()),
        sum(report.confirmed.values()),
    ]
    yield [gettext("Words changed"), len(report.stale)]
    yield [word("place", "lost"), len(report.lost)]
    if report.article.text is not None:
        yield [gettext("Open passages"), len(report.open_passages)]


def _signature(signed: SignOffFacts) -> Iterator[Row]:
    states = {
        State.HOLDS: gettext("Signed off"),
        State.REOPENED: gettext("Reopened by a later change"),
        State.WITHDRAWN: gettext("Sign-off withdrawn"),
        State.EARLIER: gettext("Earlier sign-offs"),
    }
    yield [
        f"{gettext('Sign-off')}: {word('side', signed.side)}",
        f"{states[signed.state]}, {signed.signed_by}, sha256:{signed.digest}",
        signed.signed_at,
    ]
    if signed.override_why:
        yield [gettext("Signed in spite of what was open:"), signed.override_why]
    for change in signed.changes:
        yield [None, change.message % change.values]
