"""A watched site in the small: what a page says is decided by the test, everything after that is the desk's own."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.captures.model import Capture, Trigger
from claims_app.captures.reading import read_upload
from claims_app.captures.service import Taken, finish_failed, finish_kept, request_capture, take_next
from claims_app.db import now
from claims_app.fetching import Fault, FetchFailed
from claims_app.files import Files
from claims_app.looks.model import Look
from claims_app.sources.model import Source
from claims_app.watching.service import judge_capture

LONG = (
    "<p>The town council met on Monday evening and spoke for three hours about roads, schools and the new library.</p>"
)


def page(*paragraphs: str, menu: str = "Home", language: str = "en") -> bytes:
    """Return a page with these paragraphs between a menu and a foot."""
    body = "".join(f"<p>{words}</p>" for words in paragraphs)
    direction = "rtl" if language == "he" else "ltr"
    return (
        f"<!doctype html><html lang={language} dir={direction}><head><title>A page</title></head><body>"
        f"<nav><ul><li>{menu}</li></ul></nav><main><article><h1>A page</h1>{LONG}{body}</article></main>"
        f"<footer>{menu}</footer></body></html>"
    ).encode()


@dataclass
class Site:
    """What the address of a source answers when the desk checks it."""

    session: Session
    files: Files
    #: Each check is a day after the one before.
    moment: datetime = field(default_factory=now)

    def answer(self, source: Source, data: bytes, *, at: str | None = None) -> Capture:
        """Let a check of a source find this page, at its own address or at another."""
        kept = read_upload(self.files, data=data, name="", media_type="text/html")
        taken = self._take(source)
        capture = finish_kept(self.session, taken, replace(kept, final_address=at or source.address), now=self.moment)
        assert capture is not None
        return self._judge(capture)

    def fail(self, source: Source, fault: Fault = Fault.GONE) -> Capture:
        """Let a check of a source come to nothing, as often as it is tried."""
        while True:
            error = FetchFailed("No page came.", fault)
            taken = self._take(source)
            capture = finish_failed(self.session, taken, error, now=self.moment, politeness=timedelta(0))
            assert capture is not None
            if not capture.is_open:
                return self._judge(capture)

    def _take(self, source: Source) -> Taken:
        self.moment += timedelta(days=1)
        request_capture(self.session, actor=None, source=source, trigger=Trigger.WATCH)
        taken = take_next(self.session, now=self.moment, politeness=timedelta(0))
        assert taken is not None
        return taken

    def _judge(self, capture: Capture) -> Capture:
        judge_capture(self.session, self.files, capture)
        self.session.commit()
        return capture

    def looks(self) -> Sequence[tuple[int, str, bool]]:
        """Return every look there ever was as claim, reason and whether it is open."""
        rows = self.session.scalars(select(Look).order_by(Look.claim_id, Look.id))
        return [(look.claim_id, look.reason.value, look.settled_at is None) for look in rows]


@pytest.fixture
def site(session: Session, tmp_path: Path) -> Site:
    return Site(session, Files(tmp_path / "files"))
