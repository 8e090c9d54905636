"""A report for readers outside: what is confidential, internal or about the people of the desk is left out of it."""

from dataclasses import replace

from claims_app.language import gettext, speaking
from claims_app.reports.facts import ClaimFacts, Report


def make_public(report: Report) -> Report:
    """Return the report without confidential sources, queries, notes, reasons of overrides and people's names."""
    with speaking(report.language):
        desk = gettext("the desk")
    return replace(
        report,
        made_by=desk,
        article=replace(report.article, notes=None),
        claims=tuple(_claim(claim, desk) for claim in report.claims),
        passages=tuple(
            replace(passage, waived_by=desk, why="") if passage.waived_by else passage for passage in report.passages
        ),
        sign_offs=tuple(
            replace(
                one,
                signed_by=desk,
                override_why=None,
                withdrawn_by=desk if one.withdrawn_by else None,
                withdrawn_why=None,
            )
            for one in report.sign_offs
        ),
    )


def _claim(claim: ClaimFacts, desk: str) -> ClaimFacts:
    verdict = claim.verdict
    return replace(
        claim,
        assignee=None,
        queries=(),
        verdict=verdict
        and replace(
            verdict,
            proposed_by=desk,
            approved_by=desk if verdict.approved_by else None,
            override_why=None,
        ),
        confirmations=tuple(replace(one, confirmed_by=desk, why="") for one in claim.confirmations),
        evidence=tuple(item for item in claim.evidence if not item.is_confidential),
    )
