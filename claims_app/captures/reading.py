"""From bytes to a copy in the store: the bytes, the exchange on the wire and the text, each a file of its own."""

from dataclasses import replace

from claims_app.captures.service import Kept
from claims_app.copies.kinds import tell_kind
from claims_app.copies.reading import read_copy
from claims_app.errors import DomainError
from claims_app.fetching import Fetched, Recording, write_warc
from claims_app.files import Files
from claims_app.version import read_version

SOFTWARE = f"Claims Desk {read_version()}"
"""The program and version that copies are made with."""


def keep_recording(files: Files, recording: Recording) -> str | None:
    """Keep what went over the wire as a WARC file and return its digest; None where there was no connection."""
    return files.put(write_warc(recording, software=SOFTWARE)) if recording.exchanges else None


def keep_page(files: Files, page: Fetched, recording: Recording) -> Kept:
    """Keep a fetched page with its recording and its text; reading a PDF may take a minute."""
    kept = _read(files, page.body, said=page.media_type, charset=page.charset, address=page.address)
    return replace(
        kept,
        redirects=page.redirects,
        status=page.status,
        headers=page.headers,
        warc_sha256=keep_recording(files, recording),
    )


def read_upload(files: Files, *, data: bytes, name: str, media_type: str | None) -> Kept:
    """Keep a file that a person brought with its text, for ``captures.service.keep_upload``; an empty one is refused.

    Outside of any transaction: reading a PDF may take a minute.
    """
    if not data:
        raise DomainError("The file is empty; choose another.", field="file")
    return _read(files, data, said=media_type, name=name[:200])


def _read(
    files: Files,
    data: bytes,
    *,
    said: str | None,
    charset: str | None = None,
    name: str = "",
    address: str | None = None,
) -> Kept:
    copy = read_copy(data, media_type=said, charset=charset, name=name, address=address)
    return Kept(
        sha256=files.put(data),
        size=len(data),
        media_type=tell_kind(data, said, name),
        software=SOFTWARE,
        charset=charset,
        file_name=name or None,
        final_address=address,
        text_sha256=files.put(copy.text.encode()) if copy.text else None,
        text_note=copy.note,
        title=copy.title,
        published_on=copy.published_on,
        language=copy.language,
    )
