"""Forms for signing in and for accounts."""

from typing import Any

from wtforms import BooleanField, PasswordField
from wtforms.validators import InputRequired, Length

from claims_app.language import lazy
from claims_app.people.model import Person, Role, Theme
from claims_app.people.service import MAX_PASSWORD, MIN_PASSWORD
from claims_app.web.forms import DeskForm, EditForm, choice, line

REQUIRED = lazy("Fill this in.")


class SignInForm(DeskForm):
    email = line("E-mail", InputRequired(REQUIRED), render_kw={"type": "email", "autocomplete": "username"})
    password = PasswordField(
        lazy("Password"),
        [InputRequired(REQUIRED), Length(max=MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(DeskForm):
    current = PasswordField(
        lazy("Present password"),
        [Length(max=MAX_PASSWORD)],
        description=lazy("Leave it empty if you have none yet."),
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        lazy("New password"),
        [InputRequired(REQUIRED), Length(max=MAX_PASSWORD)],
        description=lazy("At least 10 characters. All other sessions end."),
        render_kw={"autocomplete": "new-password", "minlength": MIN_PASSWORD},
    )


class PreferencesForm(DeskForm):
    language = choice("Language", "language", ["he", "en"])
    theme = choice("Colours", "theme", Theme)
    has_shortcuts = BooleanField(lazy("Single-key shortcuts"))

    @classmethod
    def of(cls, person: Person) -> dict[str, Any]:
        return {"language": person.language, "theme": person.theme, "has_shortcuts": person.has_shortcuts}


class PersonForm(EditForm):
    name = line("Name", InputRequired(REQUIRED))
    email = line("E-mail", InputRequired(REQUIRED), render_kw={"type": "email", "dir": "ltr"})
    role = choice("Role", "role", Role)
    signs_legal = BooleanField(lazy("Signs articles off for legal"))

    @classmethod
    def of(cls, record: Person) -> dict[str, Any]:
        return {name: getattr(record, name) for name in ("name", "email", "role", "signs_legal", "revision")}
