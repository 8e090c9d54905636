"""Forms for words of the text: a new claim on them, or another place of a claim."""

from typing import Any

from wtforms import HiddenField, IntegerField
from wtforms.validators import Optional

from claims_app.anchors.proposal import propose_figure, propose_kind
from claims_app.articles.model import ArticleVersion
from claims_app.claims.forms import ClaimForm, figure_fields
from claims_app.errors import DomainError
from claims_app.language import lazy
from claims_app.reading import row_number
from claims_app.web.forms import DeskForm
from claims_app.web.forms import paragraph as long_text

_SPAN = ("begins", "ends", "version")


def _read_place(value: Any) -> int:
    place = row_number(str(value or ""))
    if place is None:
        raise DomainError("These words are not in the text; mark them again.", field="words")
    return place


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
    figure = propose_figure(quote)
    return {
        f"statement_{language}": " ".join(quote.split()),
        "kind": propose_kind(quote),
        **figure_fields(figure),
        "begins": str(begins),
        "ends": str(ends),
        "version": str(version.id),
    }
