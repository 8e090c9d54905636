"""Saying that somebody looked and that the verdict stands."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from claims_app.language import gettext
from claims_app.looks import service
from claims_app.looks.queries import find_look
from claims_app.people.session import current_person
from claims_app.web.forms import ReasonForm, saving
from claims_app.web.pages import done, form_page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

looks = Blueprint("looks", __name__)


@looks.route("/looks/<int:look_id>/settle", methods=["GET", "POST"])
@access("checker")
def settle(look_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            look = service.settle_look(session, actor=current_person(), look_id=look_id, why=form.why.data)
            claim_id = look.claim_id
        if form.is_saved:
            return done(gettext("The look is settled; the verdict stands."), url_for("desk.claim", claim_id=claim_id))
    return form_page("looks/settle.html", form, look=find_look(get_session(), look_id))
