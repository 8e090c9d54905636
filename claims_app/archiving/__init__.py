"""What others keep for the desk: copies in a public archive, and timestamps that prove when a digest was known."""

from claims_app.archiving.asking import LIMITS, ArchivingDelayed, ArchivingFailed
from claims_app.archiving.timestamp import Timestamp, ask_for_timestamp, read_timestamp, verify_timestamp
from claims_app.archiving.wayback import Archive, Job, Memento, Progress, ask_to_save, look_at

__all__ = [
    "LIMITS",
    "Archive",
    "ArchivingDelayed",
    "ArchivingFailed",
    "Job",
    "Memento",
    "Progress",
    "Timestamp",
    "ask_for_timestamp",
    "ask_to_save",
    "look_at",
    "read_timestamp",
    "verify_timestamp",
]
