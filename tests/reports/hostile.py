"""Texts that break careless writers of HTML, CSV and JSON; the big list beside the repository is read where it is."""

import json
import os
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from claims_app.reading import clean
from claims_app.reports.facts import Report

OWN = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "<!-- a comment that does not end",
    "]]> & &lt;b&gt; &#x202e;",
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7}",
    "%(name)s %s %d 100%",
    "@import url(//example.org/x.css); } body { display: none",
    "\\5d0 \\",
    "javascript:alert(1)",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "  =HYPERLINK(1)",
    "\u200f=1+1",
    "\u202a@SUM(1)",
    "\ufeff-2+3",
    "＝1+1",
    "＋1",
    "－1+1",
    "＠SUM(1)",
    "﹣1+1",
    "'=1+1",
    "''-1+1",
    "-40",
    "-40%",
    "- לא נמצא",
    "comma, semicolon; tab\tquote\" and 'apostrophe'",
    'two\nlines, "quoted"',
    "ש\u05b8ל\u05d5\u05b9ם ומקף־עליון",
    "עד 40% (כ-1.58 מיליון) של SOCAR",
    "\u202eright to left override",
    "👩‍👩‍👧‍👦 \U0001f1ee\U0001f1f1",
    "a\u0301\u0302\u0303\u0304\u0305",
    "\u2028line\u2029paragraph",
    "NaN",
    "null",
    "א" * 3000,
]


@cache
def all_texts() -> tuple[str, ...]:
    """Return our own texts and, where ``DESK_TEST_SHARED`` says it lies, the big list, as the desk would store each."""
    folder = Path(os.environ.get("DESK_TEST_SHARED", "nowhere")) / "data" / "naughty-strings"
    texts = list(OWN)
    if folder.is_dir():
        texts += json.loads((folder / "blns.json").read_text("utf-8"))
        texts += (folder / "csv-formulas.txt").read_text("utf-8").splitlines()
    return tuple(dict.fromkeys(text for text in map(clean, texts) if text))


def is_record(value: object) -> bool:
    """Whether a value is one of the facts, with fields of its own."""
    return hasattr(value, "__dataclass_fields__")


def with_text(record: Any, text: str) -> Any:
    """Return ``record`` with ``text`` in each of its fields that holds free text, those of its parts included."""
    changes: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, tuple):
            changes[field.name] = tuple(with_text(item, text) if is_record(item) else item for item in value)
        elif is_record(value):
            changes[field.name] = with_text(value, text)
        elif type(value) is str and field.name not in KNOWN:
            changes[field.name] = text
    return replace(record, **changes)


KNOWN = {"language", "published_on", "as_of", "text_sha256", "digest", "sha256", "warc_sha256"}
"""Fields that take a few words only, not free text."""


def texts_of(record: Any) -> list[str]:
    """Return every free text of ``record`` and its parts."""
    found: list[str] = []
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, tuple):
            found += [text for item in value if is_record(item) for text in texts_of(item)]
        elif is_record(value):
            found += texts_of(value)
        elif type(value) is str and field.name not in KNOWN:
            found.append(value)
    return found


def spoiled(report: Report, text: str) -> Report:
    """Return ``report`` with ``text`` wherever a person can write."""
    result: Report = with_text(report, text)
    assert set(texts_of(result)) == {text}
    return result
