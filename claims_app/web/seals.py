"""What a form carries of a file that waits to be looked over, sealed so that nobody can name another."""

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from claims_app.errors import DomainError


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=purpose)


def seal(purpose: str, value: Any) -> str:
    """Return a value of JSON as a text that ``unseal`` reads for the same purpose only."""
    text = _serializer(purpose).dumps(value)
    return text if isinstance(text, str) else text.decode()


def unseal(purpose: str, text: str | None) -> Any:
    """Return the value that was sealed; a seal that is not the desk's raises ``DomainError``."""
    try:
        return _serializer(purpose).loads(text or "")
    except BadSignature:
        raise DomainError("The file that was read is not known any more; bring it in again.") from None
