"""Recording a source."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.sources import service
from claims_app.sources.forms import SourceForm
from claims_app.sources.model import Source
from claims_app.sources.queries import find_at_address
from claims_app.web.forms import saving
from claims_app.web.pages import done, form_page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

sources = Blueprint("sources", __name__)


def source_page(form: SourceForm, source: Source | None = None) -> ResponseReturnValue:
    """Return the page of a source's form; a refused address leads to the source that has it."""
    known = find_at_address(get_session(), form.address.data) if form.address.errors else None
    return form_page("sources/form.html", form, source=source, known=known)


@sources.route("/sources/new", methods=["GET", "POST"])
@access("checker")
def source_add() -> ResponseReturnValue:
    form = SourceForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            source = service.add_source(session, actor=current_person(), **form.details())
        if form.is_saved:
            return done(gettext("The source is recorded."), url_for("desk.source", source_id=source.id))
    return source_page(form)
