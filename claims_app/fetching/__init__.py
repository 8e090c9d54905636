"""From an address that a person gives to the bytes of its page, without a way into the desk's own network."""

from claims_app.fetching.faults import Fault, FetchFailed
from claims_app.fetching.guard import Guard
from claims_app.fetching.page import Fetched, Limits, fetch
from claims_app.fetching.recording import Exchange, Recording
from claims_app.fetching.warc import write_warc

__all__ = ["Exchange", "Fault", "FetchFailed", "Fetched", "Guard", "Limits", "Recording", "fetch", "write_warc"]
