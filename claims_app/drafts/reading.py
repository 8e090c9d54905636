"""From what a person brings (a file, an address, pasted words) to a text to look over."""

from dataclasses import dataclass

from claims_app.articles.service import File
from claims_app.db import now
from claims_app.errors import DomainError
from claims_app.fetching import Guard, fetch
from claims_app.files import Files
from claims_app.intake.readers import read_file, read_pasted
from claims_app.intake.reading import Reading
from claims_app.reading import clean

LONGEST_TITLE = 160


@dataclass(frozen=True)
class Brought:
    """A text that was read, and the file it was read from, laid aside until it is saved. None: it was pasted."""

    reading: Reading
    file: File | None


def read_upload(files: Files, data: bytes, *, name: str, media_type: str | None, language: str | None) -> Brought:
    """Read an article out of a file's bytes, and lay them aside."""
    reading = read_file(data, name=name, media_type=media_type, language=language)
    sha256 = files.stage(data, now())
    return Brought(reading, File(sha256, len(data), name=clean(name), media_type=media_type))


def read_page(files: Files, address: str, *, guard: Guard, language: str | None) -> Brought:
    """Fetch a page, read the article out of it, and lay its bytes aside."""
    page = fetch(address, guard=guard)
    reading = read_file(
        page.body, media_type=page.media_type, charset=page.charset, language=language, address=page.address
    )
    sha256 = files.stage(page.body, now())
    return Brought(reading, File(sha256, len(page.body), media_type=page.media_type, address=page.address))


def read_words(text: str, *, language: str | None) -> Brought:
    """Read an article out of pasted words."""
    if clean(text) is None:
        raise DomainError("Choose a file, give an address, or paste the text.", field="text")
    return Brought(read_pasted(text, language=language), None)


def title_of(reading: Reading, name: str | None = None) -> str | None:
    """Return the title that a text gives, or its first line where that is short enough to be one."""
    first = reading.paragraphs[0].text if reading.paragraphs else ""
    return reading.title or (first if 0 < len(first) <= LONGEST_TITLE else None) or name
