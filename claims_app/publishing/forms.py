"""Forms for publishing checks and correcting them."""

from claims_app.claims.forms import NumbersField
from claims_app.language import lazy
from claims_app.web.forms import DeskForm, paragraph


class PublishForm(DeskForm):
    claim = NumbersField(lazy("Claims"))


class CorrectionForm(DeskForm):
    text_he = paragraph(
        "What was corrected, in Hebrew",
        help="For readers: what stood there, what is right, and since when. One of the two languages is enough.",
        most=2000,
    )
    text_en = paragraph(
        "What was corrected, in English",
        help="For readers: what stood there, what is right, and since when. One of the two languages is enough.",
        most=2000,
    )
