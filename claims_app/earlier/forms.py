"""The forms that bring earlier checks in: what was uploaded waits, sealed, until a person has looked it over."""

from collections.abc import Sequence

from wtforms import HiddenField

from claims_app.web.forms import DeskForm
from claims_app.web.seals import seal, unseal

_SEAL = "earlier checks"


class UploadForm(DeskForm):
    """Files to be read; they travel beside the form's fields."""


class KeepForm(DeskForm):
    """The files that were read and looked over."""

    files = HiddenField()

    @property
    def waiting(self) -> list[tuple[str, str]]:
        """The files that wait, each by its name and digest; a seal that is not the desk's raises ``DomainError``."""
        return [(name, digest) for name, digest in unseal(_SEAL, self.files.data)]


def seal_files(files: Sequence[tuple[str, str]]) -> str:
    """Return what the form carries of the files that wait."""
    return seal(_SEAL, [list(file) for file in files])
