"""Forms for confidential sources: who it is, and who may know."""

from collections.abc import Iterable
from typing import Any

from wtforms import IntegerField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from claims_app.language import gettext, lazy
from claims_app.people.model import Person
from claims_app.sources.model import SourceKind, SourceSecret
from claims_app.web.forms import DeskForm, choice, line, paragraph

REQUIRED = lazy("Fill this in.")
UNSAVED = {"autocomplete": "off"}
"""Asks the browser to keep no list of what was typed here."""


class DetailsFields(DeskForm):
    """What is asked about who a confidential source is."""

    name = line("Who it is", InputRequired(REQUIRED), render_kw=UNSAVED)
    reach = line("How to reach the source", render_kw=UNSAVED)
    notes = paragraph("Notes for those who may know")

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        return {name: self[name].data for name in ("name", "reach", "notes")}


class DetailsForm(DetailsFields):
    """A change of who it is."""

    revision = IntegerField(validators=[Optional()], widget=HiddenInput())

    @classmethod
    def of(cls, record: SourceSecret) -> dict[str, Any]:
        """Return the form's values as ``record`` has them."""
        return {name: getattr(record, name) for name in ("name", "reach", "notes", "revision")}


class ConfidentialForm(DetailsFields):
    """A new confidential source."""

    kind = choice("Kind of source", "source_kind", SourceKind, default=SourceKind.PERSON)
    readers = SelectMultipleField(
        lazy("Who else may know"),
        coerce=int,
        validate_choice=False,  # the service knows who works at the desk
        description=lazy("You always may. More people can be named later."),
    )

    def offer(self, people: Iterable[Person]) -> None:
        """Offer these people as readers."""
        self.readers.choices = [(person.id, person.name) for person in people]


class ReaderForm(DeskForm):
    """One more person who may know."""

    person = SelectField(lazy("Who else may know"), coerce=int, validators=[InputRequired(REQUIRED)])

    def offer(self, people: Iterable[Person]) -> None:
        """Offer these people as readers, and nobody to begin with."""
        self.person.choices = [(0, gettext("Choose")), *((person.id, person.name) for person in people)]
