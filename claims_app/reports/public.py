"""A report for readers outside: what is confidential, internal or about the people of the desk is left out of it."""

from dataclasses import replace
from typing import NamedTuple

from claims_app.language import gettext, speaking
from claims_app.reports.facts import ClaimFacts, Report
from claims_app.reports.sources import number_anew


class _Names(NamedTuple):
    """What stands for people, and for the reasons that they gave each other."""

    desk: str
    override: str


def make_public(report: Report) -> Report:
    """Return the report without confidential sources, queries, notes, people's names and their own reasons."""
    with speaking(report.language):
        names = _Names(gettext("the desk"), gettext("An editor let it stand."))
    public = replace(
        report,
        made_by=names.desk,
        article=replace(report.article, notes=None),
        claims=tuple(_claim(claim, names) for claim in report.claims),
        passages=tuple(
            replace(passage, waived_by=names.desk, why="") if passage.waived_by else passage
            for passage in report.passages
        ),
        sign_offs=tuple(
            replace(
                one,
                signed_by=names.desk,
                override_why=one.override_why and names.override,
                withdrawn_by=names.desk if one.withdrawn_by else None,
                withdrawn_why=None,
            )
            for one in report.sign_offs
        ),
        # What people brought is the desk's own.
        sources=tuple(
            replace(one, copy=None) if one.copy is not None and one.copy.was_brought else one for one in report.sources
        ),
    )
    return number_anew(public)


def _claim(claim: ClaimFacts, names: _Names) -> ClaimFacts:
    verdict = claim.verdict
    return replace(
        claim,
        assignee=None,
        queries=(),
        verdict=verdict
        and replace(
            verdict,
            proposed_by=names.desk,
            approved_by=names.desk if verdict.approved_by else None,
            # That it was overridden is a fact about the verdict; why is the desk's own.
            override_why=verdict.override_why and names.override,
        ),
        confirmations=tuple(replace(one, confirmed_by=names.desk, why="") for one in claim.confirmations),
        evidence=tuple(item for item in claim.evidence if not item.is_confidential),
    )
