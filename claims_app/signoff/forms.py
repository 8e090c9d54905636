"""The forms that sign an article off and take a sign-off back."""

from wtforms import HiddenField
from wtforms.validators import Optional

from claims_app.signoff.model import Side
from claims_app.web.forms import DeskForm, RevisionField, paragraph


class SignForm(DeskForm):
    #: The number of the version that the page showed.
    version = RevisionField(validators=[Optional()])
    side = HiddenField(default=Side.EDITOR.value)
    override_why = paragraph(
        "Reason for signing in spite of what is open", help="It stays in the history and in the report."
    )

    @property
    def chosen_side(self) -> Side:
        """For whom is signed; nonsense is the editor, whose role is asked for."""
        return Side.LEGAL if self.side.data == Side.LEGAL else Side.EDITOR

    def look_at(self, version: int, side: Side) -> None:
        """Have the form speak of this version; what was typed is kept."""
        self.version.raw_data, self.version.data = None, version
        self.side.data = side.value
