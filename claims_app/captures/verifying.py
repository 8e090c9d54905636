"""Whether the files of the desk are what the database says: every digest is worked out again."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from claims_app.archiving import verify_timestamp
from claims_app.articles.model import ArticleVersion, Original
from claims_app.captures.model import Capture, DayStamp
from claims_app.errors import DomainError
from claims_app.files import Files, is_digest

# Imports stand above captures; of what they are made, only their files are needed here.
_IMPORT = table("import", column("id"), column("sha256"))


class Flaw(enum.StrEnum):
    """What is wrong with a file."""

    MISSING = "missing"
    ALTERED = "altered"
    #: A timestamp that is not, or no longer, one of the list that it was kept for.
    UNSTAMPED = "unstamped"
    #: Nobody names it: left by a capture that was stopped, or put there by hand.
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that is not as it should be; ``name`` is its digest, or the path of one that has no digest for a name."""

    flaw: Flaw
    name: str
    #: What it is to the desk, such as "copy of source 3".
    role: str = ""

    @property
    def is_loss(self) -> bool:
        return self.flaw is not Flaw.EXTRA


def verify_files(session: Session, files: Files) -> Iterator[Finding]:
    """Yield every file that is missing, altered or extra, in the order of their names, then each stamp that fails."""
    # The names first: a file is kept before a row names it, so that none of the rows is ahead of the disk.
    roles = dict(list_named(session))
    kept = list(files.list_kept())
    for name in sorted({*roles, *kept}):
        role = roles.get(name, "")
        is_there = is_digest(name) and files.has(name)
        if name in roles and not is_there:
            yield Finding(Flaw.MISSING, name, role)
        elif is_there and not files.holds(name):
            yield Finding(Flaw.ALTERED, name, role)
        elif name not in roles:
            yield Finding(Flaw.EXTRA, name)
    yield from _verify_stamps(session, files)


def list_named(session: Session) -> Iterator[tuple[str, str]]:
    """Yield each digest that a row names, with what the file is."""
    originals = select(Original.sha256, ArticleVersion.article_id).join(Original.version)
    for digest, article_id in session.execute(originals):
        yield digest, f"original of article {article_id}"
    rows = session.execute(
        select(Capture.source_id, Capture.sha256, Capture.warc_sha256, Capture.text_sha256).order_by(Capture.id)
    )
    for source_id, copy, recording, words in rows:
        for file, what in ((copy, "copy"), (recording, "recording"), (words, "text")):
            if file is not None:
                yield file, f"{what} of source {source_id}"
    for digest, import_id in session.execute(select(_IMPORT.c.sha256, _IMPORT.c.id)):
        yield digest, f"table of import {import_id}"
    for day, listed, token in session.execute(select(DayStamp.day, DayStamp.list_sha256, DayStamp.token_sha256)):
        yield listed, f"list of digests of {day}"
        yield token, f"timestamp of {day}"


def _verify_stamps(session: Session, files: Files) -> Iterator[Finding]:
    for stamp in session.scalars(select(DayStamp).order_by(DayStamp.day)):
        if files.holds(stamp.list_sha256) and files.holds(stamp.token_sha256):
            try:
                verify_timestamp(files.read(stamp.token_sha256), files.read(stamp.list_sha256))
            except DomainError:
                yield Finding(Flaw.UNSTAMPED, stamp.token_sha256, f"timestamp of {stamp.day}")
