"""Where a claim was said: the addresses of the works in which it stands, as a form takes and shows them."""

from collections.abc import Sequence
from typing import Any

from claims_app.claims.model import Appearance, Claim
from claims_app.errors import DomainError
from claims_app.reading import read_address

MOST_APPEARANCES = 50
"""So many works a claim can name; more would prove nothing more."""


def read_appearances(text: str | None) -> list[str]:
    """Return the addresses of a text with one a line, each once; what is no address raises ``DomainError``."""
    found = [read_address(part, field="appearances") for part in (text or "").splitlines()]
    addresses = list(dict.fromkeys(address for address in found if address))
    if len(addresses) > MOST_APPEARANCES:
        raise DomainError("Name at most %(most)s appearances.", field="appearances", most=MOST_APPEARANCES)
    return addresses


def join_appearances(addresses: Sequence[str]) -> str | None:
    """Return addresses as a form shows them and the history keeps them, one a line; None for none."""
    return "\n".join(addresses) or None


def set_appearances(claim: Claim, addresses: Sequence[str]) -> dict[str, list[Any]]:
    """Give a claim these appearances in place of those it has, and return what changed."""
    before = [one.address for one in claim.appearances]
    if before == list(addresses):
        return {}
    known = {one.address: one for one in claim.appearances}
    claim.appearances = [known.get(address) or Appearance(address=address) for address in addresses]
    for position, one in enumerate(claim.appearances, start=1):
        one.position = position
    return {"appearances": [join_appearances(before), join_appearances(addresses)]}
