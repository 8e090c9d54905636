"""The form of a new token."""

from wtforms import IntegerField
from wtforms.validators import InputRequired

from claims_app.language import lazy
from claims_app.people.model import Scope
from claims_app.web.forms import DeskForm, choice, line

REQUIRED = lazy("Fill this in.")


class TokenForm(DeskForm):
    name = line("Name", InputRequired(REQUIRED), help="The program or the machine that will use it.")
    scope = choice("It may", "scope", Scope, default=Scope.READ)
    days = IntegerField(
        lazy("It works for so many days"),
        [InputRequired(REQUIRED)],
        description=lazy("From 1 to 366."),
        render_kw={"inputmode": "numeric", "min": 1, "max": 366},
    )
