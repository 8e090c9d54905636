"""Keeping what is known of a claimant."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from claims_app.claims.claimants import edit_claimant
from claims_app.claims.forms import ClaimantForm
from claims_app.claims.model import Claimant
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.web.forms import saving
from claims_app.web.pages import done, form_page, next_address
from claims_app.web.security import access
from claims_app.web.transaction import get_session

claimants = Blueprint("claimants", __name__)


@claimants.route("/claimants/<int:claimant_id>/edit", methods=["GET", "POST"])
@access("editor")
def claimant_edit(claimant_id: int) -> ResponseReturnValue:
    claimant = get_session().get_one(Claimant, claimant_id)
    form = ClaimantForm(data=ClaimantForm.of(claimant))
    back = next_address(url_for("desk.claimant", claimant_id=claimant_id))
    if form.is_submitted_and_valid():
        with saving(form) as session:
            edit_claimant(
                session,
                actor=current_person(),
                claimant_id=claimant_id,
                revision=form.revision.data or 0,
                **{name: form[name].data for name in ("name", "kind", "same_as")},
            )
        if form.is_saved:
            return done(gettext("The claimant is saved."), back)
    return form_page("claims/claimant.html", form, claimant=claimant, back=back)
