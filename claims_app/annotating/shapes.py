"""The shapes that JSON-LD lets one thing have: one or a list of them, with a prefix or without."""

from collections.abc import Mapping
from typing import Any

from claims_app.reading import without_controls

GROUPS = {"Composite", "List", "Independents"}
"""Kinds of record whose items all count; of a ``Choice`` one does."""


def as_list(value: Any) -> list[Any]:
    """Return what may be one thing, a list of them, or nothing, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text_of(value: Any) -> str | None:
    """Return the first text of a value, or None where it has none."""
    return next((one for one in as_list(value) if isinstance(one, str) and one.strip()), None)


def types_of(told: Mapping[str, Any]) -> set[str]:
    """Return the kinds that a record says it is of, without the prefix of their vocabulary."""
    named = as_list(told.get("type", told.get("@type")))
    return {name.rpartition(":")[2] for name in named if isinstance(name, str)}


def name_of(value: Any) -> str | None:
    """Return the address or name of what stands for itself, or is told in a record."""
    if isinstance(value, dict):
        return text_of(value.get("id", value.get("@id")))
    return text_of(value)


def short(value: object) -> str:
    """Return a value of a file as a note names it: on one line, and no longer than one."""
    text = " ".join(without_controls(str(value)).split())
    return text if len(text) <= 80 else f"{text[:79]}…"
