"""The annotated copy of a report: its article's text with the words of each claim marked."""

from claims_app.reports.facts import ClaimFacts, Report
from claims_app.reports.paragraphs import Mark, Paragraph, Paragraphs, annotate


def annotate_report(report: Report) -> list[Paragraph[ClaimFacts]]:
    """Return the text with the words of each claim marked, and the passages that nobody answers for.

    Of one claim these are the paragraphs in which it stands.
    """
    if report.article.text is None:
        return []
    paragraphs = annotate(
        Paragraphs(report.article.text),
        [
            Mark(anchor.start, anchor.end, claim, number)
            for claim in report.claims
            for number, anchor in enumerate(claim.anchors, start=1)
        ],
        # Where claims are left out, a passage without one may well have one.
        [] if report.scope.is_partial else [(passage.start, passage.end) for passage in report.open_passages],
        language=report.article.language,
    )
    if report.scope.claim is None:
        return paragraphs
    # Of one claim only where it stands.
    return [one for one in paragraphs if any(stretch.marks for stretch in one.stretches)]
