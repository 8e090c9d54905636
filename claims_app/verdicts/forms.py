"""The forms that propose, confirm and end a verdict, and what is told before they are sent."""

from collections.abc import Sequence
from typing import Any

from wtforms import Field, HiddenField
from wtforms.validators import InputRequired, Optional

from claims_app.anchors.queries import words_mark
from claims_app.articles.model import SourceRule
from claims_app.claims.model import Claim
from claims_app.evidence.model import Evidence
from claims_app.language import gettext, language, lazy
from claims_app.verdicts.model import Finding, Verdict
from claims_app.verdicts.proof import find_lack
from claims_app.verdicts.service import seen_mark
from claims_app.web.forms import DeskForm, ReasonForm, RevisionField, choice, paragraph


def missing_for(evidence: Sequence[Evidence], rule: SourceRule) -> dict[Finding, str]:
    """Return what each finding that the evidence does not carry still needs, in the language of the page."""
    errors = {finding: find_lack(finding, evidence, rule) for finding in Finding}
    return {finding: gettext(error.message, **error.values) for finding, error in errors.items() if error}


class VerdictForm(DeskForm):
    revision = RevisionField(validators=[Optional()])
    #: The evidence as the page showed it.
    seen = HiddenField()
    finding = choice("Verdict", "status", Finding, validators=[InputRequired(lazy("Choose a verdict."))])
    rationale_he = paragraph("Rationale in Hebrew")
    rationale_en = paragraph("Rationale in English")
    override_why = paragraph("Reason for the override", help="It stays in the history and in the report.")

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape; one of the two rationales has to be there."""
        is_valid = super().validate(extra_validators)
        if any((self[f"rationale_{code}"].data or "").strip() for code in ("he", "en")):
            return is_valid
        self.first_rationale.errors = [*self.first_rationale.errors, gettext("A verdict needs its rationale.")]
        return False

    @property
    def first_rationale(self) -> Field:
        """The rationale in the language of the page."""
        return self[f"rationale_{language()}"]

    @property
    def second_rationale(self) -> Field:
        """The rationale in the other language."""
        return self["rationale_en" if language() == "he" else "rationale_he"]

    @classmethod
    def of(cls, verdict: Verdict) -> dict[str, Any]:
        """Return what an earlier verdict said, to be written anew."""
        return {
            "finding": verdict.finding,
            "rationale_he": verdict.rationale_he,
            "rationale_en": verdict.rationale_en,
            "override_why": verdict.override_why,
        }

    def judge(self, claim: Claim, evidence: Sequence[Evidence], words: str | None) -> None:
        """Have the form speak of the claim, its live evidence and its words in the text as they now stand.

        What was typed is kept.
        """
        self.revision.raw_data, self.revision.data = None, claim.revision
        self.seen.data = seen_mark(evidence, words)


class ConfirmForm(DeskForm):
    """A button about the one verdict that the page showed."""

    verdict = RevisionField(validators=[Optional()])

    def judge(self, claim: Claim) -> None:
        """Have the form speak of the verdict that is now in force; what was typed is kept."""
        self.verdict.raw_data, self.verdict.data = None, claim.verdict_id


class EndForm(ReasonForm, ConfirmForm):
    """The same, with the reason."""


class NewWordsForm(EndForm):
    """Says that the verdict holds for the words as the page showed them."""

    seen = HiddenField()

    def judge(self, claim: Claim, words: str | None = None) -> None:
        super().judge(claim)
        self.seen.data = words_mark(words)
