"""Forms for evidence: which source, what it says about the claim, and the figure it gives."""

from typing import Any

from wtforms import BooleanField, DateField
from wtforms.validators import InputRequired, Optional

from claims_app.claims.figure import FigureValue, read_figure
from claims_app.claims.forms import figure_fields
from claims_app.errors import DomainError
from claims_app.evidence.model import Evidence, Rank, Stance
from claims_app.language import lazy
from claims_app.sources.forms import SOURCE_DETAILS, NewSourceFields
from claims_app.sources.model import Source, SourceKind
from claims_app.web.forms import DeskForm, EditForm, choice, line, paragraph

REQUIRED = lazy("Fill this in.")
DETAILS = ("stance", "rank", "summary", "passage", "locator", "looked_on")
"""What is asked about a piece of evidence, as the form and the service call it."""
LOCATORS = {
    SourceKind.BROADCAST: lazy("Where in the broadcast: the timecode, such as 0:12:40."),
    SourceKind.BOOK: lazy("Where in the book: the page."),
    SourceKind.PERSON: lazy("Where in what was said: the day and the question."),
}
_NUMBER = {"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}


class EvidenceFields(DeskForm):
    """What every form of evidence asks."""

    #: The figure that the fields state, read when the form is validated. None: no number is given.
    figure: FigureValue | None = None

    stance = choice("Stance", "stance", Stance, empty="Choose", validators=[InputRequired(REQUIRED)])
    rank = choice("Rank", "rank", Rank, empty="Not ranked yet")
    summary = paragraph("What the source says, in our words", InputRequired(REQUIRED))
    passage = paragraph("The source's own words", help="Word for word, as far as the claim needs it.")
    locator = line("Locator", help="Where in the source: page, paragraph or timecode.")
    looked_on = DateField(lazy("Date looked"), [Optional()], description=lazy("Left empty, it is today."))
    figure_low = line("Number, or the lower end of a range", render_kw=_NUMBER)
    figure_high = line("Upper end of the range", render_kw=_NUMBER)
    figure_unit = line("Unit", help="A plain English word: percent, tonnes, USD.", render_kw={"list": "units"})
    figure_about = BooleanField(lazy("The source says “about”"))
    figure_as_of = line("Holds for", help="2024-03-15, 2024-03, 2024-H1 or 2024.", render_kw={"dir": "ltr"})

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields and read the figure, so that everything wrong is said at once."""
        is_valid = super().validate(extra_validators)
        try:
            self.figure = read_figure(
                low=self.figure_low.data,
                high=self.figure_high.data,
                unit=self.figure_unit.data,
                is_about=self.figure_about.data,
                as_of=self.figure_as_of.data,
            )
        except DomainError as error:
            self.refuse(error)
            return False
        return is_valid

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        return {**{name: self[name].data for name in DETAILS}, "figure": self.figure}


class EvidenceForm(NewSourceFields, EvidenceFields):
    """A new piece of evidence with its source."""

    def fit(self, source: Source | None) -> None:
        """Say in the words of this kind of source where in it a passage stands."""
        if source is not None and source.kind in LOCATORS:
            self.locator.description = LOCATORS[source.kind]

    def source_details(self) -> dict[str, Any]:
        """Return what was typed about the source, as the service takes it."""
        return {name: self[name].data for name in SOURCE_DETAILS}


class EvidenceEditForm(EvidenceFields, EditForm):
    """A piece of evidence that is there; its source stays."""

    @classmethod
    def of(cls, record: Evidence) -> dict[str, Any]:
        same = {name: getattr(record, name) for name in (*DETAILS, "revision")}
        return {**same, **figure_fields(record.figure)}
