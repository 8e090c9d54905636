"""Forms for claims, and for many claims at once."""

import enum
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, Field, IntegerField, SelectField
from wtforms.validators import InputRequired, Optional, ValidationError

from claims_app.articles.model import Citation
from claims_app.claims.figure import FigureValue, read_figure
from claims_app.claims.model import CitedBasis, Claim, Claimant, ClaimantKind, Figure, Kind, Priority
from claims_app.errors import DomainError
from claims_app.language import gettext, lazy
from claims_app.people.model import Person
from claims_app.web.forms import DeskForm, EditForm, choice, line
from claims_app.web.forms import paragraph as long_text

REQUIRED = lazy("Fill this in.")
NO_SUCH = "One of the claims is not here any more; look at the list again."
MOST = 2**63 - 1
"""The largest number that a record can have."""
MOST_PARAGRAPHS = 100_000


def number_or_none(value: Any) -> int | None:
    """Return the number that a select offered, None for its empty choice."""
    return None if value in (None, "", "None") else int(value)


def plain_number(value: float) -> str:
    """Return a number as a person would type it."""
    return format(Decimal(repr(value)), "f").removesuffix(".0")


def figure_fields(figure: Figure | FigureValue | None) -> dict[str, Any]:
    """Return the values of a form's figure fields for a figure."""
    if figure is None:
        return {}
    return {
        "figure_low": plain_number(figure.low),
        "figure_high": plain_number(figure.high) if figure.high != figure.low else None,
        "figure_unit": figure.unit,
        "figure_about": figure.is_about,
        "figure_as_of": figure.as_of,
    }


class ClaimForm(EditForm):
    statement_he = long_text(
        "Statement in Hebrew",
        help="One checkable statement, in the desk's own words. One of the two languages is enough.",
    )
    statement_en = long_text(
        "Statement in English",
        help="One checkable statement, in the desk's own words. One of the two languages is enough.",
    )
    kind = choice("Kind", "kind", Kind, default=Kind.OTHER)
    priority = choice("Priority", "priority", Priority, default=Priority.NORMAL)
    section = line("Section")
    paragraph = IntegerField(lazy("Paragraph"), [Optional()], render_kw={"inputmode": "numeric", "min": 1})
    claimant = line(
        "Claimant", help="Who asserts it: the author, a person, unnamed reports.", render_kw={"list": "claimants"}
    )
    is_attributed = BooleanField(lazy("The article says whose word it is"))
    citation_id = SelectField(lazy("Cited link"), coerce=number_or_none, choices={"": ""})
    cited_basis = choice("How the link is known", "cited_basis", CitedBasis, default=CitedBasis.NONE)
    said_on = line(
        "Said on",
        help="When the claimant said it, as much as is known: 2026-03-15, 2026-03 or 2026.",
        render_kw={"dir": "ltr", "autocomplete": "off"},
    )
    first_appearance = line(
        "First appearance",
        help="The address of the page or post in which it was said first.",
        most=4000,
        render_kw={"type": "url", "dir": "ltr"},
    )
    appearances = long_text(
        "Other appearances", help="Addresses of pages in which the claim stands, one a line.", render_kw={"dir": "ltr"}
    )
    figure_low = line("Number, or the lower end of a range", render_kw={"dir": "ltr", "inputmode": "decimal"})
    figure_high = line("Upper end of the range", render_kw={"dir": "ltr", "inputmode": "decimal"})
    figure_unit = line("Unit", help="A plain English word: percent, tonnes, USD.", render_kw={"list": "claim-units"})
    figure_about = BooleanField(lazy("The article says “about”"))
    figure_as_of = line("Holds for", help="2024-03-15, 2024-03, 2024-H1 or 2024.", render_kw={"dir": "ltr"})

    @classmethod
    def of(cls, record: Claim) -> dict[str, Any]:
        same = ("revision", "statement_he", "statement_en", "kind", "priority", "section", "paragraph")
        said = ("is_attributed", "citation_id", "cited_basis", "said_on", "first_appearance", "appearances")
        return {
            **{name: getattr(record, name) for name in (*same, *said)},
            "claimant": record.claimant.name if record.claimant else None,
            **figure_fields(record.figure),
        }

    def validate_paragraph(self, field: Field) -> None:
        if field.data is not None and not 1 <= field.data <= MOST_PARAGRAPHS:
            raise ValidationError(gettext("A paragraph is a number from 1."))

    def offer_citations(self, citations: Iterable[Citation]) -> None:
        """Let the form choose among the links of its article."""
        self.citation_id.choices = {"": gettext("None"), **{str(one.id): one.address for one in citations}}

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it; a figure that cannot be read raises ``DomainError``."""
        figure = read_figure(
            low=self.figure_low.data,
            high=self.figure_high.data,
            unit=self.figure_unit.data,
            is_about=self.figure_about.data,
            as_of=self.figure_as_of.data,
        )
        names = [name for name in self._fields if name != "revision" and not name.startswith("figure_")]
        return {**{name: self[name].data for name in names}, "figure": figure}


class ClaimantForm(EditForm):
    name = line("Name", InputRequired(REQUIRED))
    kind = choice(
        "Who or what it is",
        "claimant_kind",
        ClaimantKind,
        empty="Not said yet",
        description=lazy("Only what a person or an organisation outside the newsroom said can be reviewed in public."),
    )
    same_as = line(
        "A page that tells who it is",
        help="An address such as https://www.wikidata.org/wiki/Q1234, by which machines tell people of one name apart.",
        most=4000,
        render_kw={"type": "url", "dir": "ltr"},
    )

    @classmethod
    def of(cls, record: Claimant) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ("name", "kind", "same_as", "revision")}


class Deed(enum.StrEnum):
    """What can be done to many claims at once."""

    ASSIGN = "assign"
    PRIORITISE = "prioritise"
    TAG = "tag"
    START = "start"


DEEDS = {
    Deed.ASSIGN: lazy("Assign"),
    Deed.PRIORITISE: lazy("Set priority"),
    Deed.TAG: lazy("Add tag"),
    Deed.START: lazy("Start checking"),
}


class NumbersField(Field):
    """The numbers of records, each sent under the same name."""

    data: list[int]

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = []
        for value in valuelist:
            if not (value.isascii() and value.isdigit() and len(value) < 20 and int(value) <= MOST):
                raise ValueError(gettext(NO_SUCH))
            self.data.append(int(value))


class BulkForm(DeskForm):
    claim = NumbersField(lazy("Claims"))
    do = SelectField(lazy("Action"), coerce=str, choices=lambda: [(str(deed), str(DEEDS[deed])) for deed in Deed])
    assignee_id = SelectField(lazy("Assignee"), coerce=number_or_none, choices={"": ""})
    priority = choice("Priority", "priority", Priority, empty="Choose")
    tag = line("Tag")

    def offer_people(self, people: Sequence[Person]) -> None:
        """Let the form choose among the people who check."""
        self.assignee_id.choices = {"": gettext("Nobody"), **{str(one.id): one.name for one in people}}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape; with no claim selected there is nothing else to say."""
        if self.claim.data or self.claim.process_errors:
            return super().validate(extra_validators)
        self.refuse(DomainError("Select at least one claim."))
        return False

    def validate_assignee_id(self, field: Field) -> None:
        if self.do.data == Deed.ASSIGN and not field.raw_data:
            raise ValidationError(str(REQUIRED))

    def validate_priority(self, field: Field) -> None:
        if self.do.data == Deed.PRIORITISE and field.data is None:
            raise ValidationError(str(REQUIRED))


class TagForm(DeskForm):
    tag = line("Tag", InputRequired(REQUIRED))
