"""Files on their way in: what was read of each, or why it could not be."""

from collections.abc import Iterable
from dataclasses import dataclass

from claims_app.claimreview.reading import Reading, read_reviews
from claims_app.claimreview.review import Note
from claims_app.db import today
from claims_app.earlier.service import File
from claims_app.errors import DomainError

MOST_REVIEWS = 200_000
"""So many reviews are brought in at once."""


@dataclass(frozen=True)
class Read:
    """One file: what it holds, or why it could not be read."""

    name: str
    reading: Reading | None
    problem: Note | None


def read_file(name: str, data: bytes) -> Read:
    """Return what a file holds; one that cannot be read says why."""
    try:
        return Read(name, read_reviews(data, today=today()), None)
    except DomainError as error:
        return refused(name, error)


def refused(name: str, error: DomainError) -> Read:
    """Return a file that was not even opened."""
    return Read(name, None, Note(error.message, error.values))


def readable(read: Iterable[Read]) -> list[File]:
    """Return the files that could be read; too many reviews together raise ``DomainError``."""
    files = [File(one.name, one.reading) for one in read if one.reading is not None]
    if sum(len(file.reading.items) for file in files) > MOST_REVIEWS:
        raise DomainError("These are more than %(most)s reviews; bring them in in parts.", most=MOST_REVIEWS)
    return files
