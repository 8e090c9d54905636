"""How typed-in text, addresses, dates and numbers are read; each raises ``DomainError`` with what to do instead."""

import re
import unicodedata
from datetime import date
from urllib.parse import urlsplit

from claims_app.errors import DomainError

MOST_DIGITS = 18
"""Digits of the longest number that a record can have."""

_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(?:(H[12]|Q[1-4])|(\d{2})(?:-(\d{2}))?))?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?")


def clean(text: str | None) -> str | None:
    """Return ``text`` without surrounding blanks and control characters, or None when nothing is left to see."""
    if text is None:
        return None
    text = without_controls(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    # Direction marks, joiners, blanks and loose accents stay in a text but make none by themselves.
    return text if any(unicodedata.category(mark)[0] not in "CZM" for mark in text) else None


def without_controls(text: str) -> str:
    """Return ``text`` without the characters that no page may carry: controls, halves of pairs, noncharacters."""
    return "".join(
        mark
        for mark in text
        if mark in "\r\n\t"
        or (
            unicodedata.category(mark) not in {"Cc", "Cs"}
            and not 0xFDD0 <= ord(mark) <= 0xFDEF
            and ord(mark) & 0xFFFE != 0xFFFE
        )
    )


def row_number(text: str) -> int | None:
    """Return the number of a record, or of a place in a list, that an address or a form names; None: it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def read_address(text: str | None, *, field: str = "address") -> str | None:
    """Return a web address as given; anything but ``http`` and ``https`` with a host is refused."""
    text = clean(text)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        is_web = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_web = False
    if not is_web or len(text) > 4000 or any(mark.isspace() for mark in text):
        raise DomainError("An address starts with http:// or https:// and has no blanks.", field=field)
    scheme, rest = text.split(":", 1)
    return f"{scheme.lower()}:{rest}"


def read_partial_date(text: str | None, *, field: str) -> str | None:
    """Return a date as ISO text as fine as it is known: ``2024``, ``2024-H1``, ``2024-03`` or ``2024-03-15``."""
    text = clean(text)
    if text is None:
        return None
    if not _is_date(text):
        raise DomainError("Write the date as 2024-03-15, 2024-03, 2024-H1 or 2024.", field=field)
    return text


def _is_date(text: str) -> bool:
    found = _PARTIAL_DATE.fullmatch(text)
    try:
        return found is not None and bool(date(int(found[1]), int(found[3] or 1), int(found[4] or 1)))
    except ValueError:
        return False


def read_number(text: str | None, *, field: str) -> float | None:
    """Return a number written with or without thousands commas."""
    text = clean(text)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text) or not any(mark.isdigit() for mark in text) or len(text) > 30:
        raise DomainError("Write a plain number, such as 1580000 or 1,580,000.5.", field=field)
    return float(text.replace(",", ""))
