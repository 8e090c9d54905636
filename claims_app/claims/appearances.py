"""Where a claim was said: the addresses of the works in which it stands, kept one a line."""

from claims_app.errors import DomainError
from claims_app.reading import read_address

MOST_APPEARANCES = 50
"""So many works a claim can name; more would prove nothing more."""


def read_appearances(text: str | None) -> str | None:
    """Return the addresses of a text with one a line, each once; what is no address raises ``DomainError``."""
    found = [read_address(part, field="appearances") for part in (text or "").splitlines()]
    addresses = list(dict.fromkeys(address for address in found if address))
    if len(addresses) > MOST_APPEARANCES:
        raise DomainError("Name at most %(most)s appearances.", field="appearances", most=MOST_APPEARANCES)
    return "\n".join(addresses) or None
