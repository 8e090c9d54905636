"""The forms that say which report is wanted: read from an address, so that what was chosen can be passed on."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import Optional, ValidationError

from claims_app.claims.model import Status
from claims_app.language import gettext, lazy, moment, word
from claims_app.reports.export import FORMATS
from claims_app.reports.facts import Audience
from claims_app.signoff.model import SignOff
from claims_app.web.forms import DeskForm, MomentField, choice

FORMAT_NAMES = {
    "html": lazy("HTML: a page to read and to print"),
    "pdf": lazy("PDF: sheets to sign and to keep"),
    "docx": lazy("DOCX: to comment on in a word processor"),
    "md": lazy("Markdown: plain text with headings"),
    "csv": lazy("CSV: one table for programs"),
    "json": lazy("JSON: all facts for programs"),
    "xlsx": lazy("XLSX: sheets to filter and to sort"),
}


def _formats() -> list[tuple[str, str]]:
    return [(name, str(FORMAT_NAMES.get(name, name.upper()))) for name in FORMATS]


def _statuses() -> list[tuple[str, str]]:
    return [(status.value, word("status", status)) for status in Status]


def _standards() -> list[tuple[str, str]]:
    known = dict.fromkeys(name for one in FORMATS.values() for name in one.standards)
    return [("", gettext("None")), *((name, f"PDF/{name.capitalize()}") for name in known)]


def _digest(value: Any) -> str | None:
    return str(value) if value else None


class _StatusField(SelectMultipleField):
    """Statuses to choose from; the form library has no sentence in the desk's languages for one that is none."""

    def pre_validate(self, form: Any) -> None:
        if not {*(self.data or ())} <= {status.value for status in Status}:
            raise ValidationError(gettext("Not a valid choice."))


class ReportForm(DeskForm):
    """What a report is to be; ``sign_offs`` are those as of which it may be."""

    format = SelectField(lazy("Format"), choices=_formats, default="html")
    language = choice("Language", "language", ("he", "en"))
    audience = choice("For whom", "audience", Audience, default=Audience.INTERNAL)
    status = _StatusField(lazy("Only claims with this status"), choices=_statuses)
    claim = IntegerField(
        lazy("Only the claim with the number"),
        [Optional()],
        render_kw={"inputmode": "numeric", "dir": "ltr"},
    )
    as_of = MomentField(lazy("As the desk stood on"), [Optional()])
    sign_off = SelectField(lazy("As it was signed off"), coerce=_digest, validate_choice=False)
    standard = SelectField(lazy("For the archive (PDF/A)"), choices=_standards, coerce=_digest)
    later = BooleanField(lazy("Write it while I go on working"))

    def __init__(self, formdata: Any, sign_offs: Sequence[SignOff], zone: str, **kwargs: Any) -> None:
        super().__init__(formdata, **kwargs)
        self.sign_off.choices = {"": gettext("As it stands now"), **name_sign_offs(sign_offs, zone)}


class DifferenceForm(DeskForm):
    """Which two sign-offs are compared, and how it is told."""

    first = SelectField(lazy("The earlier sign-off"), validate_choice=False)
    second = SelectField(lazy("The later sign-off"), validate_choice=False)
    format = SelectField(lazy("Format"), choices={"html": "HTML", "csv": "CSV", "json": "JSON"})
    language = choice("Language", "language", ("he", "en"))
    audience = choice("For whom", "audience", Audience, default=Audience.INTERNAL)

    def __init__(self, formdata: Any, sign_offs: Sequence[SignOff], zone: str, **kwargs: Any) -> None:
        # From the one before the last to the last, where nothing else is asked for.
        digests = [*name_sign_offs(sign_offs, zone), "", ""]
        super().__init__(formdata, first=digests[1], second=digests[0], **kwargs)
        self.first.choices = self.second.choices = name_sign_offs(sign_offs, zone)


def name_sign_offs(sign_offs: Sequence[SignOff], zone: str) -> dict[str, str]:
    """Return the sign-offs of an article as a list offers them, each under its digest, those with the same once."""
    named: dict[str, str] = {}
    for one in sign_offs:
        side, version = word("side", one.side), gettext("Version %(number)s", number=one.version.number)
        named.setdefault(one.digest, f"{moment(one.created_at, zone)} · {version} · {side} · {one.person.name}")
    return named
