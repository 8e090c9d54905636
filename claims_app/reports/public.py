"""A report for readers outside: what is confidential, internal or about the people of the desk is left out of it."""

from dataclasses import replace
from typing import NamedTuple

from claims_app.language import gettext, speaking
from claims_app.reports.facts import Audience, ClaimFacts, Report
from claims_app.reports.sources import number_anew


class _Names(NamedTuple):
    """What stands for people, and for the reasons that they gave each other."""

    desk: str
    override: str


def make_public(report: Report) -> Report:
    """Return the report without confidential sources, queries, notes, people's names and their own reasons."""
    names = _names(report.language)
    public = replace(
        report,
        scope=replace(report.scope, audience=Audience.PUBLIC),
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
        # As in a public bundle: that something happened, and its place in the chain.
        history=tuple(replace(one, actor="", claim=None, changes={}, why=None) for one in report.history),
        # What people brought is the desk's own.
        sources=tuple(
            replace(one, copy=None) if one.copy is not None and one.copy.was_brought else one for one in report.sources
        ),
    )
    return number_anew(public)


def make_public_claim(claim: ClaimFacts, language: str) -> ClaimFacts:
    """Return one claim as the public report of a language has it."""
    return _claim(claim, _names(language))


def _names(language: str) -> _Names:
    with speaking(language):
        return _Names(gettext("the desk"), gettext("An editor let it stand."))


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
