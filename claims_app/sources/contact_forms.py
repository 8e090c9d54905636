"""The form of the contact log."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired, Optional

from claims_app.language import lazy
from claims_app.people.model import Person
from claims_app.sources.model import Channel, Terms
from claims_app.web.forms import DeskForm, MomentField, choice, paragraph

REQUIRED = lazy("Fill this in.")


class ContactForm(DeskForm):
    asked_by = SelectField(lazy("Asked by"), coerce=int)
    channel = choice("Asked how", "channel", Channel)
    asked_at = MomentField(lazy("Asked when"), [Optional()], description=lazy("Left empty, it is now."))
    question = paragraph("What was asked", InputRequired(REQUIRED))
    answer = paragraph("What was answered", help="Left empty, there was no answer.")
    terms = choice("Terms", "terms", Terms)
    is_read_back = BooleanField(lazy("The facts of the answer were read back and agreed to"))

    def offer(self, people: Iterable[Person]) -> None:
        """Offer these people as those who asked."""
        self.asked_by.choices = [(person.id, person.name) for person in people]

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        names = ("channel", "asked_at", "question", "answer", "terms", "is_read_back")
        return {"asked_by_id": self.asked_by.data, **{name: self[name].data for name in names}}
