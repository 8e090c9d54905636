"""The forms that say how often sources are checked, and when a claim is checked again."""

from wtforms import DateField, IntegerField
from wtforms.validators import Optional

from claims_app.language import lazy
from claims_app.web.forms import DeskForm

USUAL_DAYS = 7
"""What a form offers for a source that is not watched yet."""


class WatchForm(DeskForm):
    every_days = IntegerField(
        lazy("Check every so many days"), [Optional()], render_kw={"inputmode": "numeric", "min": 1, "max": 366}
    )


class RecheckForm(DeskForm):
    recheck_on = DateField(
        lazy("Check again on"),
        [Optional()],
        description=lazy("For facts that do not last. Left empty, there is no day."),
    )
