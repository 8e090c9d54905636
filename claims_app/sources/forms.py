"""The form of a source, and what every form that names one asks."""

import unicodedata
from typing import Any

from wtforms import BooleanField, Field, Form, StringField
from wtforms.validators import InputRequired, ValidationError

from claims_app.errors import DomainError
from claims_app.language import gettext, lazy
from claims_app.reading import read_address, read_partial_date
from claims_app.sources.model import Publisher, Source, SourceKind
from claims_app.web.forms import DeskForm, EditForm, choice, line, paragraph

MOST_ADDRESS = 4000
"""Longest address that is kept, in characters."""
REQUIRED = lazy("Fill this in.")
UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs"}
"""Kinds of characters that cannot be seen in an address, and can make it look like another one."""


def check_address(_form: Form, field: Field) -> None:
    """Refuse what is no web address, or not the one it looks like."""
    typed = "".join(field.raw_data or ()).strip()
    if any(unicodedata.category(mark) in UNSEEN for mark in typed):
        raise ValidationError(gettext("This address has characters in it that cannot be seen. Type it anew."))
    if len(typed) > MOST_ADDRESS:
        raise ValidationError(gettext("Shorten the address: at most 4000 characters are kept."))
    try:
        read_address(field.data)
    except DomainError as error:
        raise ValidationError(gettext(error.message)) from None


def check_date(_form: Form, field: Field) -> None:
    """Refuse what is no date, known to the day or more roughly."""
    try:
        read_partial_date(field.data, field=field.name)
    except DomainError as error:
        raise ValidationError(gettext(error.message)) from None


class SourceFields(DeskForm):
    address = StringField(
        lazy("Address"),
        [check_address],
        description=lazy("Leave it empty for a person, a book or a broadcast."),
        render_kw={"type": "url", "dir": "ltr", "autocomplete": "off"},
    )
    title = line("Title", help="Left empty, it is put together from the address.")
    publisher = line(
        "Publisher",
        help="Who stands behind it: a newspaper, an office, an author.",
        render_kw={"list": "publishers", "autocomplete": "off"},
    )
    published_on = line(
        "Published",
        check_date,
        help="As much as is known: 2026-03-15, 2026-03, 2026-H1 or 2026.",
        render_kw={"dir": "ltr", "autocomplete": "off"},
    )
    kind = choice("Kind of source", "source_kind", SourceKind, default=SourceKind.PAGE)


class NewSourceFields(SourceFields):
    """What is asked about a source that may not be here yet."""

    publisher = line(
        "Publisher",
        help="Left empty, it is the one whose domain the address is at, if the desk knows it.",
        render_kw={"list": "publishers", "autocomplete": "off"},
    )
    keeps_copy = BooleanField(
        lazy("Keep a copy now"),
        default=True,
        description=lazy("If there is none yet, the page is fetched in the background, for when it is gone."),
    )


PUBLISHER_DETAILS = ("name", "domain", "group_name", "notes")
SOURCE_DETAILS = ("address", "title", "publisher", "published_on", "kind")
"""What is asked about a source wherever one is named, as the form and the service call it."""


class SourceForm(SourceFields, EditForm):
    notes = paragraph("Notes", help="What everybody who uses this source should know.")

    @classmethod
    def of(cls, record: Source) -> dict[str, Any]:
        same = {name: getattr(record, name) for name in (*SOURCE_DETAILS, "notes", "revision")}
        return {**same, "publisher": record.publisher_name}

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        return {name: self[name].data for name in (*SOURCE_DETAILS, "notes")}


class NewSourceForm(NewSourceFields, SourceForm):
    """A source that is not here yet."""


class PublisherForm(EditForm):
    name = line("Name", InputRequired(REQUIRED))
    domain = line(
        "Domain",
        help="Its pages are at: example.co.il. Sources at this domain get it as their publisher.",
        render_kw={"dir": "ltr", "autocomplete": "off"},
    )
    group_name = line(
        "House",
        help="The group it belongs to. Publishers of one house are one voice to the source rule.",
        render_kw={"list": "houses", "autocomplete": "off"},
    )
    notes = paragraph("Notes", help="What everybody who uses its pages should know: whose it is, what it is good for.")

    @classmethod
    def of(cls, record: Publisher) -> dict[str, Any]:
        return {name: getattr(record, name) for name in (*PUBLISHER_DETAILS, "revision")}

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        return {name: self[name].data for name in PUBLISHER_DETAILS}


class MergeForm(DeskForm):
    into = line("Name of the other publisher", InputRequired(REQUIRED), render_kw={"list": "publishers"})
