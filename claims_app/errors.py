"""What a rule of the desk may refuse, in words a person can act on.

A message is an English sentence that also serves as the key of the translation catalogue; ``values`` fill its
``%(name)s`` places. The edge that shows it (page or command line) translates; the rules know no language.
"""

from typing import Any


class DomainError(Exception):
    """A refusal that a person can understand and mend; ``field`` names the form field it belongs to, if one does."""

    def __init__(self, message: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.field = field
        self.values = values


class NotAllowed(DomainError):
    """The acting person's role does not permit this."""


class NotFound(DomainError):
    """Nothing by that name or number."""


class IllegalMove(DomainError):
    """A claim cannot go from the one status to the other."""


class Duplicate(DomainError):
    """Something with the same identity is already here."""


class Unproven(DomainError):
    """The evidence does not carry the finding."""


class Stale(DomainError):
    """Somebody saved the record since it was opened; ``current`` is the record as it stands now."""

    def __init__(self, current: Any) -> None:
        super().__init__("Somebody else saved this in the meantime.")
        self.current = current
