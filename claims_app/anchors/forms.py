"""Forms for words of the text: a new claim on them, or another place of a claim."""

from typing import Any

from wtforms import HiddenField, IntegerField
from wtforms.validators import Optional

from claims_app.articles.model import ArticleVersion
from claims_app.claims.forms import ClaimForm, plain_number
from claims_app.claims.model import Kind
from claims_app.errors import DomainError
from claims_app.language import lazy
from claims_app.prose.checks import Reason, read_sentences
from claims_app.prose.figures import Figure, read_figures
from claims_app.reading import read_partial_date
from claims_app.web.forms import DeskForm
from claims_app.web.forms import paragraph as long_text

_SPAN = ("begins", "ends", "version")
_KINDS = (
    (Reason.FIGURE, Kind.FIGURE),
    (Reason.DATE, Kind.DATE),
    (Reason.QUOTE, Kind.QUOTE),
    (Reason.ATTRIBUTION, Kind.ATTRIBUTION),
    (Reason.EVENT, Kind.EVENT),
)
"""What a claim is about, by what in its words has to be proved; the first that is there."""


def _read_place(value: Any) -> int:
    text = str(value or "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise DomainError("These words are not in the text; mark them again.", field="words")
    return int(text)


class PlaceForm(DeskForm):
    """Words of a version, in code points of its text."""

    begins = HiddenField()
    ends = HiddenField()
    version = HiddenField()

    @property
    def span(self) -> tuple[int, int, int]:
        """Where the words begin and end, and in which version; raises ``DomainError`` where the form says nothing."""
        begins, ends, version = (_read_place(self[name].data) for name in _SPAN)
        return begins, ends, version


class MarkedClaimForm(PlaceForm, ClaimForm):
    """A new claim on marked words."""

    def details(self) -> dict[str, Any]:
        return {name: value for name, value in super().details().items() if name not in _SPAN}


class QuoteForm(DeskForm):
    """Marks words by repeating them, for whoever cannot select them."""

    quote = long_text(
        "Words of the text", help="As they stand in the text. Blanks and the shape of quotation marks do not matter."
    )
    occurrence = IntegerField(
        lazy("Which time they stand there"), [Optional()], render_kw={"inputmode": "numeric", "min": 1}
    )


def propose_details(version: ArticleVersion, begins: int, ends: int, *, language: str) -> dict[str, Any]:
    """Return what a form begins with for a new claim on these words: its statement, its kind and its figure.

    Words that are not in the text raise ``DomainError``.
    """
    text = version.text or ""
    if not 0 <= begins < ends <= len(text):
        raise DomainError("These words are not in the text; mark them again.", field="words")
    quote = text[begins:ends]
    figures = read_figures(quote)
    return {
        f"statement_{language}": " ".join(quote.split()),
        "kind": _propose_kind(quote),
        **_figure_fields([one for one in figures if one.kind in ("number", "percent", "money", "measure")]),
        **_as_of(figures),
        "begins": str(begins),
        "ends": str(ends),
        "version": str(version.id),
    }


def _propose_kind(quote: str) -> Kind:
    reasons = {reason for sentence in read_sentences(quote) for reason in sentence.reasons}
    return next((kind for reason, kind in _KINDS if reason in reasons), Kind.OTHER)


def _figure_fields(figures: list[Figure]) -> dict[str, Any]:
    """Return the fields of the one figure that the words state; of several a person has to choose."""
    if len(figures) != 1:
        return {}
    figure = figures[0]
    low, high = (None if isinstance(value, str) else value for value in (figure.low, figure.high))
    first = high if low is None else low
    if first is None:
        return {}
    return {
        "figure_low": plain_number(float(first)),
        "figure_high": None if high in (None, first) else plain_number(float(high)),
        "figure_unit": figure.unit,
        "figure_about": figure.approximate,
    }


def _as_of(figures: list[Figure]) -> dict[str, Any]:
    """Return the date of a figure, where the words give one date and one figure."""
    dates = [one for one in figures if one.kind == "date"]
    if len(dates) != 1 or len(figures) != 2:
        return {}
    try:
        return {"figure_as_of": read_partial_date(str(dates[0].low), field="figure_as_of")}
    except DomainError:
        return {}
