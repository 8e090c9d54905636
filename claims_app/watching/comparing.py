"""What a copy shows of what rests on it, whether two copies are of one page, and what went from one to the other."""

from collections.abc import Iterable
from functools import cached_property
from urllib.parse import urlsplit

from claims_app.captures.model import Capture
from claims_app.captures.service import Kept
from claims_app.copies.comparing import main_text
from claims_app.copies.finding import find_figure, has_passage
from claims_app.copies.kinds import HTML
from claims_app.evidence.model import Evidence
from claims_app.files import Files
from claims_app.looks.model import LookReason
from claims_app.prose.quotes import is_same_words
from claims_app.sources.address import canonical_address

MOST_MAIN = 1_000_000
"""Code points of a page whose menus are told from its article; telling them apart takes seconds beyond that."""


class Seen:
    """A kept copy as it is compared; its files are read when they are asked for, and nothing is looked for twice."""

    def __init__(self, files: Files, copy: Capture | Kept) -> None:
        self._files = files
        self.copy = copy
        self._passages: dict[str, bool] = {}
        self._figures: dict[tuple[float, float, str | None, bool], bool] = {}

    @cached_property
    def is_readable(self) -> bool:
        """Whether its files are there as they were kept."""
        return all(self._files.holds(digest) for digest in (self.copy.sha256, self.copy.text_sha256) if digest)

    @cached_property
    def text(self) -> str:
        """All that can be read on the page."""
        digest = self.copy.text_sha256
        return self._files.read(digest).decode("utf-8") if digest else ""

    @cached_property
    def main_text(self) -> str:
        """A page without its menus, of other files all their text; of what has no text, the digest."""
        copy = self.copy
        if not self.text or copy.sha256 is None:
            return copy.sha256 or ""
        if copy.media_type != HTML:
            return self.text
        return main_text(
            self._files.read(copy.sha256),
            media_type=copy.media_type,
            charset=copy.charset,
            address=copy.final_address,
        )

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
        if figure is None:
            return False
        sought = figure.low, figure.high, figure.unit, figure.is_about
        if sought not in self._figures:
            low, high, unit, is_about = sought
            self._figures[sought] = bool(find_figure(self.text, low=low, high=high, unit=unit, is_about=is_about))
        return self._figures[sought]


class Comparison:
    """A newer copy beside the one that it is compared with; what was found out once is not looked for again."""

    def __init__(self, files: Files, base: Capture, newer: Capture | Kept) -> None:
        self.base_id = base.id
        self.before, self.after = Seen(files, base), Seen(files, newer)

    def is_of(self, base: Capture, newer: Capture) -> bool:
        """Say whether these are the two copies."""
        copy = self.after.copy
        return (self.base_id, copy.sha256, copy.text_sha256) == (base.id, newer.sha256, newer.text_sha256)

    @property
    def is_same_file(self) -> bool:
        """Whether the bytes are the same."""
        return self.before.copy.sha256 == self.after.copy.sha256

    @cached_property
    def has_changed(self) -> bool:
        """Whether they read otherwise, menus, blanks and the shape of marks apart; without text, by bytes."""
        if self.is_same_file:
            return False
        if not self.before.is_readable:
            return self.before.copy.text_sha256 != self.after.copy.text_sha256
        return not is_same_words(*choose_texts(self.before, self.after))

    def find_loss(self, evidence: Evidence) -> LookReason | None:
        """Return why whoever relies on a piece of evidence looks at it again; None: the newer copy still bears it."""
        before, after = self.before, self.after
        if self.is_same_file:
            return None
        # What cannot be read any more is taken to have had what is named.
        is_lost = not before.is_readable
        if evidence.passage and (is_lost or before.has_passage(evidence)):
            return None if after.has_passage(evidence) else LookReason.PASSAGE_GONE
        if evidence.figure and (is_lost or before.has_figure(evidence)):
            return None if after.has_figure(evidence) else LookReason.CHANGED
        if is_lost or not self.has_changed:
            return None
        # Nothing to look for. What is named and was not in the copy before cannot have gone from it since.
        return None if before.text and (evidence.passage or evidence.figure) else LookReason.CHANGED

    def read_ahead(self, resting: Iterable[Evidence]) -> None:
        """Find out all that will be asked about this evidence."""
        _ = self.has_changed
        for evidence in resting:
            self.find_loss(evidence)
            self.after.has_passage(evidence)


def choose_texts(one: Seen, other: Seen) -> tuple[str, str]:
    """Return the texts by which two copies are compared: without their menus, or all of both where one is long."""
    if max(len(one.text), len(other.text)) > MOST_MAIN:
        return one.text, other.text
    return one.main_text, other.main_text


def is_other_page(one: Capture, other: Capture) -> bool:
    """Say whether two copies ended at different addresses, whichever way a site writes its own."""
    return _page(one.final_address) != _page(other.final_address)


def _page(address: str | None) -> tuple[str, str, str]:
    parts = urlsplit(canonical_address(address)) if address else urlsplit("")
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/"), parts.query
