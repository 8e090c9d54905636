"""What the page of a capture shows: what it is, what it says, and whether the evidence stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, CaptureState, DayStamp, Deposit
from claims_app.captures.queries import list_captures
from claims_app.copies.finding import find_figure, find_passage
from claims_app.copies.frame import still_page
from claims_app.copies.kinds import MARKUP, SHOWN_IMAGES
from claims_app.copies.marking import Mark, Marked, mark_text
from claims_app.errors import DomainError
from claims_app.evidence.keeping import list_proposals, list_quotes
from claims_app.evidence.model import Evidence
from claims_app.files import Files
from claims_app.language import gettext
from claims_app.prose.sentences import Span

MOST_COMPARED = 6_000_000
"""Code points of text that evidence is looked for in on one page, all pieces of evidence together."""
MOST_FIGURES = 300_000
"""The same for figures, which take longer to find."""
VIEWS = ("text", "page", "facts")


@dataclass(frozen=True)
class Quote:
    """A piece of evidence and what of it stands in the copy; None: it was not looked for."""

    evidence: Evidence
    passages: int | None
    figures: int | None
    #: What is most like a passage that is not there.
    nearest: str | None


@dataclass(frozen=True)
class CapturePage:
    """A capture as its page shows it."""

    capture: Capture
    #: Which of ``VIEWS`` is shown, and which there are.
    view: str
    views: Sequence[str]
    text: Marked | None
    quotes: Sequence[Quote]
    #: The piece of evidence that the page was asked for. None: it is shown for all.
    asked: Evidence | None
    frame: str | None
    is_picture: bool
    #: Why the files of the copy cannot be read. None: they can.
    problem: str | None
    newer: Capture | None
    older: Capture | None
    #: The first copy of this source that had the very same bytes. None: this one has.
    twin: Capture | None
    deposit: Deposit | None
    stamp: DayStamp | None
    proposals: Sequence[str]


def gather_capture(
    session: Session, files: Files, capture: Capture, *, view: str = "", evidence_id: int | None = None
) -> CapturePage:
    """Return the page of a capture; ``evidence_id`` is the evidence whose words are sought in it, else it is all."""
    views = _list_views(capture)
    view = view if view in views else views[0]
    others = list_captures(session, capture.source_id)
    here = next(number for number, one in enumerate(others) if one.id == capture.id)
    every = list_quotes(session, capture.source_id, first_id=evidence_id)
    asked = next((one for one in every if one.id == evidence_id), None)
    text, frame, problem, quotes = None, None, None, list[Quote]()
    try:
        if view == "text":
            text, quotes = _read_text(files, capture, [asked] if asked else every)
        if view == "page" and capture.sha256 and capture.media_type in MARKUP:
            data = files.read(capture.sha256)
            frame = still_page(data, media_type=capture.media_type, charset=capture.charset)
    except DomainError as error:  # a file that is missing or altered
        problem = gettext(error.message, **error.values)
    return CapturePage(
        capture=capture,
        view=view,
        views=views,
        text=text,
        quotes=quotes,
        asked=asked,
        frame=frame,
        is_picture=capture.media_type in SHOWN_IMAGES,
        problem=problem,
        newer=others[here - 1] if here else None,
        older=others[here + 1] if here + 1 < len(others) else None,
        twin=next((one for one in reversed(others[here + 1 :]) if one.sha256 and one.sha256 == capture.sha256), None),
        deposit=session.get(Deposit, capture.id),
        stamp=session.get(DayStamp, capture.finished_at.date().isoformat()) if capture.finished_at else None,
        proposals=list_proposals(capture),
    )


def _list_views(capture: Capture) -> list[str]:
    """Return what there is to see of a capture, the most telling first."""
    if capture.state is not CaptureState.KEPT:
        return ["facts"]
    is_shown = capture.media_type in MARKUP or capture.media_type in SHOWN_IMAGES
    there = {"text": capture.text_sha256 is not None, "page": is_shown, "facts": True}
    return [name for name in VIEWS if there[name]]


def _read_text(files: Files, capture: Capture, evidence: Sequence[Evidence]) -> tuple[Marked | None, list[Quote]]:
    """Return the text of a copy with what evidence names marked in it, and what was found of each piece."""
    if capture.text_sha256 is None:
        return None, []
    text = files.read(capture.text_sha256).decode()
    marks: list[Mark] = []
    quotes: list[Quote] = []
    passages, figures = MOST_COMPARED, MOST_FIGURES
    for item in evidence:
        found = nearest = values = None
        if item.passage and (passages >= len(text) or passages == MOST_COMPARED):
            passages -= len(text)
            place = find_passage(text, item.passage)
            found = len(place.spans)
            marks += [Mark(span, "passage") for span in place.spans]
            if place.nearest:
                marks.append(Mark(place.nearest, "nearest"))
                nearest = text[place.nearest.start : place.nearest.end]
        if item.figure and figures >= len(text):
            figures -= len(text)
            places = _find_figure(text, item)
            values = len(places)
            marks += [Mark(span, "figure") for span in places]
        quotes.append(Quote(item, found, values, nearest))
    return mark_text(text, sorted(marks, key=_by_weight)), quotes


def _find_figure(text: str, item: Evidence) -> tuple[Span, ...]:
    figure = item.figure
    if figure is None:
        return ()
    return find_figure(text, low=figure.low, high=figure.high, unit=figure.unit, is_about=figure.is_about)


def _by_weight(mark: Mark) -> tuple[bool, int]:
    """Order marks so that the words of a passage come before mere figures."""
    return mark.kind == "figure", mark.span.start
