"""What a copy shows of what rests on it, and whether two copies are of one page."""

from functools import cached_property
from urllib.parse import urlsplit

from claims_app.captures.model import Capture
from claims_app.copies.comparing import main_text
from claims_app.copies.finding import find_figure, has_passage
from claims_app.copies.kinds import HTML
from claims_app.evidence.model import Evidence
from claims_app.files import Files
from claims_app.prose.quotes import is_same_words
from claims_app.sources.address import canonical_address


class Seen:
    """A kept copy as it is compared; its files are read when they are asked for."""

    def __init__(self, files: Files, capture: Capture) -> None:
        self._files = files
        self.capture = capture
        self._passages: dict[str, bool] = {}

    @cached_property
    def text(self) -> str:
        """All that can be read on the page."""
        digest = self.capture.text_sha256
        return self._files.read(digest).decode("utf-8") if digest else ""

    @cached_property
    def main_text(self) -> str:
        """A page without its menus, of other files all their text; of what has no text, the digest."""
        capture = self.capture
        if not self.text or capture.sha256 is None:
            return capture.sha256 or ""
        if capture.media_type != HTML:
            return self.text
        return main_text(
            self._files.read(capture.sha256),
            media_type=capture.media_type,
            charset=capture.charset,
            address=capture.final_address,
        )

    def is_same_text(self, other: "Seen") -> bool:
        """Say whether two copies read the same but for menus, blanks and the shape of marks; without text, by bytes."""
        if self.capture.sha256 == other.capture.sha256:
            return True
        return is_same_words(self.main_text, other.main_text)

    def has_passage(self, evidence: Evidence) -> bool:
        """Say whether the passage of a piece of evidence stands in the copy; one without a passage has none."""
        passage = evidence.passage
        if not passage:
            return False
        if passage not in self._passages:
            self._passages[passage] = has_passage(self.text, passage)
        return self._passages[passage]

    def has_figure(self, evidence: Evidence) -> bool:
        """Say whether the figure of a piece of evidence stands in the copy."""
        figure = evidence.figure
        return bool(
            figure
            and find_figure(self.text, low=figure.low, high=figure.high, unit=figure.unit, is_about=figure.is_about)
        )


def is_other_page(one: Capture, other: Capture) -> bool:
    """Say whether two copies ended at different addresses, whichever way a site writes its own."""
    return _page(one.final_address) != _page(other.final_address)


def _page(address: str | None) -> tuple[str, str, str]:
    parts = urlsplit(canonical_address(address)) if address else urlsplit("")
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/"), parts.query
