"""What an annotation says, once it is read: words about words of a text, and where in the text those are."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from claims_app.errors import DomainError

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MEDIA_TYPE = f'application/ld+json; profile="{CONTEXT}"'

_NAMED = re.compile("ni:///sha-256;([A-Za-z0-9_-]{43})")


class Remark(DomainError):
    """A remark on what was read, such as why it is left out; it is told to people and not raised."""


class Quote(NamedTuple):
    """The words that are meant, and those before and behind them; empty where they are not told."""

    exact: str
    prefix: str
    suffix: str


class Position(NamedTuple):
    """Where the words begin and end, in code points; the end is excluded."""

    start: int
    end: int


@dataclass(frozen=True)
class Body:
    """Words that an annotation says."""

    words: str
    #: What they are for, such as ``describing``, ``commenting`` or ``tagging``. None: nobody says.
    purpose: str | None = None
    #: The code of their language, such as ``he``. None: nobody says.
    language: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Target:
    """What an annotation is about; ``note`` says why no words of a text can be found by it."""

    source: str | None
    quote: Quote | None = None
    position: Position | None = None
    #: The SHA-256 of the text that it was made on. None: nobody says.
    digest: str | None = None
    note: Remark | None = None


@dataclass(frozen=True)
class Annotation:
    #: Its place in the file, from 1.
    number: int
    #: What it is known by: its own id, or where it has none a digest of what it says.
    key: str
    bodies: Sequence[Body]
    targets: Sequence[Target]
    #: What of it is not taken over, and why.
    notes: Sequence[Remark]


@dataclass(frozen=True)
class Reading:
    """The annotations of a file in their order, and what else is to be told about the file."""

    annotations: Sequence[Annotation]
    notes: Sequence[Remark]


def name_text(sha256: str) -> str:
    """Return the name of the text with this digest (RFC 6920), by which others can tell that theirs is the same."""
    return f"ni:///sha-256;{base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip('=')}"


def digest_in(name: object) -> str | None:
    """Return the digest in the name of a text, or None where it is no such name."""
    found = _NAMED.fullmatch(name) if isinstance(name, str) else None
    return base64.urlsafe_b64decode(f"{found[1]}=").hex() if found else None
