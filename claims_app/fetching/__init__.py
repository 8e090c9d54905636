"""From an address that a person gives to the bytes of its page, without a way into the desk's own network."""

from claims_app.fetching.guard import Guard
from claims_app.fetching.page import Fetched, Limits, fetch

__all__ = ["Fetched", "Guard", "Limits", "fetch"]
