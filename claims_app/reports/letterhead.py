"""Whose report it is, as the settings say."""

from claims_app.config import Settings
from claims_app.reports.facts import Letterhead


def read_letterhead(settings: Settings, language: str) -> Letterhead:
    """Return the desk's own name, closing words and logo for reports in a language; a missing one is the other's."""
    other = "en" if language == "he" else "he"

    def own(name: str) -> str | None:
        return getattr(settings, f"{name}_{language}") or getattr(settings, f"{name}_{other}") or None

    return Letterhead(
        name=own("name"), closing=own("closing"), logo=settings.logo.read_bytes() if settings.logo else None
    )
