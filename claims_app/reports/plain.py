"""Values as files of data have them: the same in every language, for a program to read back."""

from datetime import UTC, datetime


def plain_number(value: float) -> int | float:
    """Return a number without the noise of binary fractions, whole where it is whole."""
    value = float(f"{value:.15g}")
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def plain_moment(value: datetime) -> str:
    """Return a moment in UTC to the second, as ISO 8601 writes it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
