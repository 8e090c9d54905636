"""The form that a copy is brought with."""

from wtforms import FileField

from claims_app.language import lazy
from claims_app.web.forms import DeskForm


class UploadForm(DeskForm):
    """A copy that somebody made by hand; its bytes come beside the form."""

    file = FileField(
        lazy("File"),
        description=lazy("A screenshot, a PDF, a document, a saved page. It is kept as it is and never changed."),
    )
