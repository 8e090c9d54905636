"""The forms that bring earlier checks in: what was uploaded waits, sealed, until a person has looked it over."""

from collections.abc import Sequence

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import HiddenField

from claims_app.errors import DomainError
from claims_app.web.forms import DeskForm


class UploadForm(DeskForm):
    """Files to be read; they travel beside the form's fields."""


class KeepForm(DeskForm):
    """The files that were read and looked over."""

    files = HiddenField()

    @property
    def waiting(self) -> list[tuple[str, str]]:
        """The files that wait, each by its name and digest; a seal that is not the desk's raises ``DomainError``."""
        try:
            return [(str(name), str(digest)) for name, digest in _seal().loads(self.files.data or "")]
        except (BadSignature, TypeError, ValueError):
            raise DomainError("The files that were read are not known any more; bring them in again.") from None


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="earlier checks")


def seal(files: Sequence[tuple[str, str]]) -> str:
    """Return what the form carries of the files that wait, so that nobody can name others."""
    text = _seal().dumps([list(file) for file in files])
    return text if isinstance(text, str) else text.decode()
