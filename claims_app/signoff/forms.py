"""The forms that sign an article off and take a sign-off back."""

from wtforms import HiddenField

from claims_app.signoff.model import Side
from claims_app.web.forms import DeskForm, paragraph


class SignForm(DeskForm):
    #: The digest of what the page showed.
    seen = HiddenField()
    side = HiddenField(default=Side.EDITOR.value)
    override_why = paragraph(
        "Reason for signing in spite of what is open", help="It stays in the history and in the report."
    )

    @property
    def chosen_side(self) -> Side:
        """For whom is signed; nonsense is the editor, whose role is asked for."""
        return Side.LEGAL if self.side.data == Side.LEGAL else Side.EDITOR

    def look_at(self, digest: str, side: Side) -> None:
        """Have the form speak of what has this digest; what was typed is kept."""
        self.seen.data, self.side.data = digest, side.value
