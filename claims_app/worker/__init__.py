"""What the desk does while nobody waits: capturing, checking again, depositing and stamping."""

from claims_app.worker.jobs import Jobs
from claims_app.worker.workshop import Workshop

__all__ = ["Jobs", "Workshop"]
