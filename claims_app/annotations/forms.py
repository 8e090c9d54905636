"""Forms for annotations from a file: the file, and what a person says about those whose place is not sure."""

from flask import request
from wtforms import FileField, HiddenField

from claims_app.language import lazy
from claims_app.web.forms import DeskForm
from claims_app.web.seals import seal, unseal

_MOST_DIGITS = 9


class AnnotationsForm(DeskForm):
    """A file of annotations; its bytes come beside the form."""

    file = FileField(
        lazy("File"),
        description=lazy(
            "JSON-LD by the Web Annotation model of the W3C, or what Hypothesis exports. You see what it does first."
        ),
    )


class ConfirmForm(DeskForm):
    """The file that was looked at, and the annotations that a person holds for rightly placed."""

    file = HiddenField()

    @property
    def accepted(self) -> set[int]:
        """The numbers of the annotations whose places were confirmed."""
        sent = (each for each in request.form.getlist("take") if each.isascii() and each.isdigit())
        return {int(each) for each in sent if len(each) <= _MOST_DIGITS}

    def opened(self, article_id: int) -> tuple[str, int]:
        """Return the digest of the file and the version it was looked at with.

        A seal that is not the desk's, or of another article, raises ``DomainError``.
        """
        sha256, version_id = unseal(_seal_of(article_id), self.file.data)
        return str(sha256), int(version_id)


def _seal_of(article_id: int) -> str:
    return f"annotations of {article_id}"


def seal_file(sha256: str, article_id: int, version_id: int) -> str:
    """Return what the form carries of a file that waits to be brought into an article."""
    return seal(_seal_of(article_id), [sha256, version_id])
