"""The form that waives a passage."""

from wtforms.validators import InputRequired

from claims_app.language import lazy
from claims_app.web.forms import DeskForm, line


class WaiveForm(DeskForm):
    why = line(
        "Why it needs no claim",
        InputRequired(lazy("Say why this passage needs no claim; it stays in the history.")),
        help="An opinion, common knowledge, checked in another claim … It stays in the history.",
        render_kw={"list": "waive-reasons", "autocomplete": "off"},
    )


REASONS = (
    lazy("An opinion of the author"),
    lazy("Common knowledge"),
    lazy("Another claim states it"),
    lazy("A prediction"),
    lazy("Nothing is asserted"),
)
"""What most waivers say, for the form to offer."""
