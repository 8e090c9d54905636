"""What the words of a claim say of it, for a person to correct: its kind, and its figure."""

from claims_app.claims.figure import FigureValue
from claims_app.claims.model import Kind
from claims_app.errors import DomainError
from claims_app.prose.checks import Reason, read_sentences
from claims_app.prose.figures import Figure, read_figures
from claims_app.reading import read_partial_date

_KINDS = (
    (Reason.FIGURE, Kind.FIGURE),
    (Reason.DATE, Kind.DATE),
    (Reason.QUOTE, Kind.QUOTE),
    (Reason.ATTRIBUTION, Kind.ATTRIBUTION),
    (Reason.EVENT, Kind.EVENT),
)
"""What a claim is about, by what in its words has to be proved; the first that is there."""
_VALUES = ("number", "percent", "money", "measure")


def propose_kind(words: str) -> Kind:
    """Return what kind of claim these words make."""
    reasons = {reason for sentence in read_sentences(words) for reason in sentence.reasons}
    return next((kind for reason, kind in _KINDS if reason in reasons), Kind.OTHER)


def propose_figure(words: str) -> FigureValue | None:
    """Return the one figure that these words state; None for none, for "at least" and "at most", and for several."""
    found = read_figures(words)
    values = [one for one in found if one.kind in _VALUES]
    if len(values) != 1:
        return None
    figure = values[0]
    if figure.bound != "exact":
        return None  # "more than 40" is no figure of 40
    low, high = (None if isinstance(end, str) else end for end in (figure.low, figure.high))
    first, last = (high if low is None else low), (low if high is None else high)
    if first is None or last is None:
        return None
    return FigureValue(float(first), float(last), figure.unit, figure.approximate, _as_of(found))


def _as_of(found: list[Figure]) -> str | None:
    """Return the date that the figure holds for, where the words give one date."""
    dates = [one for one in found if one.kind == "date"]
    if len(dates) != 1:
        return None
    try:
        return read_partial_date(str(dates[0].low), field="figure_as_of")
    except DomainError:
        return None
