"""What every form of the desk shares: its language, its errors, and what happens when two people saved."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, request
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    Form,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import HiddenInput

from claims_app.errors import DomainError, Stale
from claims_app.language import gettext, lazy, word
from claims_app.reading import without_controls
from claims_app.web.transaction import transaction

LINE, TEXT = 1000, 20_000
"""Longest single line and longest text a form takes, in characters."""


SENT = object()
"""Stands for the form that this request carries, if it carries one."""


class _Translations:
    def gettext(self, message: str) -> str:
        return gettext(message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        # The library fills the places of its messages itself.
        return gettext(one if number == 1 else many)


class AtMost:
    """Refuses a text that is too long; unlike the library's own rule, it has no browser cut what is pasted unseen."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, _form: Form, field: Field) -> None:
        if len(field.data or "") > self.most:
            raise ValidationError(gettext("Shorten this: at most %(most)s characters are kept.", most=self.most))


def line(label: str, *validators: Any, help: str | None = None, most: int = LINE, **kwargs: Any) -> StringField:  # noqa: A002
    """Return a field for one line of text."""
    return StringField(lazy(label), [*validators, AtMost(most)], description=lazy(help) if help else "", **kwargs)


def paragraph(
    label: str,
    *validators: Any,
    help: str | None = None,  # noqa: A002
    most: int = TEXT,
    **kwargs: Any,
) -> TextAreaField:
    """Return a field for text of several lines."""
    return TextAreaField(lazy(label), [*validators, AtMost(most)], description=lazy(help) if help else "", **kwargs)


def choice(label: str, family: str, values: Iterable[Any], *, empty: str | None = None, **kwargs: Any) -> SelectField:
    """Return a field that offers stored words by what people read for them."""
    members = list(values)

    def choices() -> list[tuple[str, str]]:
        offered = [(str(member), word(family, member)) for member in members]
        return offered if empty is None else [("", gettext(empty)), *offered]

    kind = type(members[0])

    def coerce(value: Any) -> Any:
        return None if value in (None, "", "None") else kind(value)

    return SelectField(lazy(label), choices=choices, coerce=coerce, **kwargs)


class MomentField(DateTimeLocalField):
    """A moment: shown and typed as the clock on the desk's wall, kept in UTC."""

    def __init__(self, label: Any, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)

    def process_data(self, value: datetime | None) -> None:
        self.data = None if value is None else value.astimezone(_zone())

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            try:
                self.data = self.data.replace(tzinfo=_zone()).astimezone(UTC)
            except OverflowError:  # the first and the last day of the calendar, which no clock can shift
                self.data = None
                raise ValueError(self.gettext("Not a valid datetime value.")) from None


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TIMEZONE"])


class DeskForm(Form):
    """A form whose CSRF token the page adds and the application checks."""

    class Meta:
        def get_translations(self, form: Form) -> _Translations:
            return _Translations()

    def __init__(self, formdata: Any = SENT, **kwargs: Any) -> None:
        if formdata is SENT:
            formdata = _readable(request.form) if request.method == "POST" else None
        if formdata and "resolve" in formdata:
            formdata = _resolved(formdata)
        super().__init__(formdata, **kwargs)
        #: The record as somebody else saved it in the meantime. None: nobody did.
        self.conflict: Any = None
        self.is_saved = False

    def is_submitted_and_valid(self) -> bool:
        """Whether this request carries the form and its shape is right."""
        return request.method == "POST" and self.validate()

    def refuse(self, error: DomainError) -> None:
        """Show a rule's refusal at its field, or above the form."""
        text = gettext(error.message, **{name: _shown(value) for name, value in error.values.items()})
        target = self._fields.get(error.field or "")
        if target is None or isinstance(target, HiddenField):
            self.form_errors.append(text)
        else:
            target.errors = [*target.errors, text]

    @property
    def all_errors(self) -> list[tuple[str | None, str]]:
        """Every error with the name of its field, in the order of the page."""
        own: list[tuple[str | None, str]] = [(None, str(text)) for text in self.form_errors]
        return own + [(field.name, str(text)) for field in self for text in field.errors]


class _OpenedFrom(HiddenInput):
    """Writes the revision, and beside it the values that the form was opened with."""

    def __call__(self, field: Field, **kwargs: object) -> Markup:
        written: Markup = super().__call__(field, **kwargs)
        base: str | None = getattr(field, "base", None)
        return (
            written if base is None else written + Markup('<input type="hidden" name="base" value="{}">').format(base)
        )


class RevisionField(IntegerField):
    """The revision that a form carried; one that was sent without it knows none, and so overwrites nothing."""

    widget = _OpenedFrom()
    #: The values that the form was opened with, as JSON. None: the form does not change a record.
    base: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        super().process_formdata(valuelist)


class EditForm(DeskForm):
    """A form that changes a record; it carries the record's revision, so that nobody overwrites another unseen."""

    revision = RevisionField(validators=[Optional()])

    def __init__(self, formdata: Any = SENT, **kwargs: Any) -> None:
        super().__init__(formdata, **kwargs)
        opened = {field.name: _raw(field) for field in self if field.name != "revision"}
        self.revision.base = request.form.get("base", "") if request.method == "POST" else json.dumps(opened)

    @classmethod
    def of(cls, record: Any) -> dict[str, Any]:
        """Return the form's values as ``record`` has them."""
        raise NotImplementedError


class ActionForm(DeskForm):
    """A button: nothing to fill in."""


class ReasonForm(DeskForm):
    """A button that asks for the reason."""

    why = paragraph("Reason", help="It stays in the history.")


def _shown(value: object) -> object:
    """Return a value of an error as people read it."""
    for family in ("status", "role"):
        known = word(family, value)
        if known != str(value):
            return known
    return value


@contextmanager
def saving(form: DeskForm) -> Iterator[Session]:
    """Run one service call on the form's values: committed, or its refusal shown on the form."""
    try:
        with transaction() as session:
            yield session
        form.is_saved = True
    except Stale as stale:
        form.conflict = stale.current
    except DomainError as error:
        form.refuse(error)


@dataclass(frozen=True)
class ConflictRow:
    """One field of two versions: what was typed, what was saved, and the raw values to send back."""

    name: str
    label: Any
    mine: str
    theirs: str
    mine_raw: list[str]
    theirs_raw: list[str]
    #: What both began with. None: it is not known.
    base_raw: list[str] | None

    @property
    def differs(self) -> bool:
        return self.mine_raw != self.theirs_raw

    @property
    def is_theirs_alone(self) -> bool:
        """Whether only the other person changed this field."""
        return self.differs and self.mine_raw == self.base_raw


def _raw(field: Field) -> list[str]:
    if isinstance(field, BooleanField):
        return ["y"] if field.data else []
    if isinstance(field, SelectField):
        return ["" if field.data is None else str(field.data)]
    value: Callable[[], object] = getattr(field, "_value", lambda: field.data or "")
    return [str(value())]


def _read(field: Field) -> str:
    if isinstance(field, BooleanField):
        return gettext("Yes") if field.data else gettext("No")
    if isinstance(field, SelectField):
        return next((str(label) for _value, label, selected, _kw in field.iter_choices() if selected), "")
    return _raw(field)[0]


def conflict_rows(form: EditForm) -> list[ConflictRow]:
    """Return the fields of what was typed beside those of what somebody else saved."""
    saved = type(form)(None, data=type(form).of(form.conflict))
    for field in form:
        other = saved[field.name]
        if isinstance(field, SelectField) and isinstance(other, SelectField):
            other.choices = field.choices
    base = _read_base(form.revision.base)
    rows = [
        ConflictRow(
            field.name,
            field.label.text,
            _read(field),
            _read(saved[field.name]),
            _raw(field),
            _raw(saved[field.name]),
            base.get(field.name),
        )
        for field in form
        if field.name != "revision"
    ]
    return sorted(rows, key=lambda row: not row.differs)


def _read_base(sent: str | None) -> dict[str, Any]:
    """Return the values that a form says it was opened with; nonsense says nothing."""
    try:
        base = json.loads(sent or "{}")
    except ValueError:
        return {}
    return base if isinstance(base, dict) else {}


def _readable(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the form without the control characters that no page can show again."""
    return MultiDict([(name, without_controls(value)) for name, value in sent.items(multi=True)])


def _resolved(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the form that a person put together on the conflict page, field by field."""
    chosen = MultiDict([("revision", sent.get("revision", ""))])
    for name in sent.getlist("field"):
        side = "theirs" if sent.get(f"pick-{name}") == "theirs" else "mine"
        for value in sent.getlist(f"{side}-{name}"):
            chosen.add(name, value)
    return chosen
