"""The form of a bundle: what its files are called and what its manifest says."""

from dataclasses import dataclass
from typing import Any

FORMAT = "claims-desk-bundle/1"
MANIFEST = "manifest.json"
HISTORY = "history.jsonl"
#: What a history entry says of itself; its digest is worked out of the first twelve.
ENTRY = (
    "id", "at", "actor_id", "actor_name", "action", "subject", "subject_id", "claim_id", "article_id", "changes", "why",
    "previous_hash", "hash",
)  # fmt: skip
#: What stays of an entry in a public bundle: that it is there, and its place in the chain.
BARE_ENTRY = ("id", "at", "action", "subject", "previous_hash", "hash")

#: Pages are kept under a name that a double click opens as text: nothing in them runs.
_ENDINGS = {
    "text/html": "html.txt",
    "application/xhtml+xml": "html.txt",
    "image/svg+xml": "svg.txt",
    "text/plain": "txt",
    "text/csv": "csv.txt",
    "application/json": "json",
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a bundle."""

    sha256: str
    bytes: int

    def as_json(self) -> dict[str, Any]:
        return {"sha256": self.sha256, "bytes": self.bytes}


def name_copy(sha256: str, media_type: str | None) -> str:
    """Return the path of a captured copy in the bundle."""
    return f"copies/{sha256}.{_ENDINGS.get(media_type or '', 'bin')}"


def name_recording(sha256: str) -> str:
    """Return the path of what went over the wire."""
    return f"recordings/{sha256}.warc.gz"


def name_text(sha256: str) -> str:
    """Return the path of the text that was read from a copy."""
    return f"texts/{sha256}.txt"


def name_original(sha256: str) -> str:
    """Return the path of the file that an article was brought in from."""
    return f"originals/{sha256}.bin"


def name_stamp(day: str, part: str) -> str:
    """Return the path of a day's list of digests (``txt``) or of the timestamp over it (``tsr``)."""
    return f"timestamps/{day}.{part}"
