"""Adding, changing and withdrawing evidence."""

from flask import Blueprint, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.claims.queries import find_claim
from claims_app.db import today
from claims_app.errors import NotFound
from claims_app.evidence import service
from claims_app.evidence.forms import EvidenceEditForm, EvidenceForm
from claims_app.evidence.queries import find_evidence
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.sources.model import Source
from claims_app.sources.queries import find_source, list_publisher_names, list_without_address
from claims_app.sources.service import find_or_add_source
from claims_app.web.forms import ActionForm, DeskForm, ReasonForm, saving
from claims_app.web.pages import done, form_page
from claims_app.web.security import access
from claims_app.web.transaction import get_session
from claims_app.words import WORDS

evidence = Blueprint("evidence", __name__)

MOST = 2**63 - 1
"""The largest number that a record can have."""


def _asked_source() -> int | None:
    """Return the number of the source that the address or the form names, if it names one."""
    number = request.values.get("source", type=int)
    return None if number is None else min(abs(number), MOST)


def _chosen_source(source_id: int | None) -> Source | None:
    """Return the source that a form begins with; where it is gone, the form asks for another."""
    if source_id is None:
        return None
    try:
        return find_source(get_session(), source_id)
    except NotFound:
        return None if request.method == "POST" else abort(404)


@evidence.route("/claims/<int:claim_id>/evidence/new", methods=["GET", "POST"])
@access("checker")
def evidence_add(claim_id: int) -> ResponseReturnValue:
    claim = find_claim(get_session(), claim_id)
    source_id = _asked_source()
    form = EvidenceForm(data={"looked_on": today()})
    if form.is_submitted_and_valid():
        with saving(form) as session:
            actor = current_person()
            if source_id is None:
                source = find_or_add_source(session, actor=actor, **form.source_details())
            else:
                source = find_source(session, source_id)
            service.add_evidence(
                session,
                actor=actor,
                claim_id=claim_id,
                source=source,
                files=current_app.extensions["files"],
                keeps_copy=form.keeps_copy.data,
                **form.details(),
            )
        if form.is_saved:
            current_app.extensions["wake"]()  # a copy may have been asked for
            return done(gettext("The evidence is added."), url_for("desk.claim", claim_id=claim_id))
    chosen = _chosen_source(source_id)
    form.fit(chosen)
    offered = {
        "publishers": list_publisher_names(get_session()),
        "without_address": list_without_address(get_session()),
        "units": WORDS["unit"],
    }
    return form_page("evidence/add.html", form, claim=claim, source=chosen, **offered)


@evidence.route("/evidence/<int:evidence_id>/edit", methods=["GET", "POST"])
@access("checker")
def evidence_edit(evidence_id: int) -> ResponseReturnValue:
    item = find_evidence(get_session(), evidence_id)
    form = EvidenceEditForm(data=EvidenceEditForm.of(item))
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.edit_evidence(
                session,
                actor=current_person(),
                evidence_id=evidence_id,
                revision=form.revision.data or 0,
                files=current_app.extensions["files"],
                **form.details(),
            )
        if form.is_saved:
            return done(gettext("The evidence is saved."), url_for("desk.claim", claim_id=item.claim_id))
    return form_page("evidence/edit.html", form, evidence=item, claim=item.claim, units=WORDS["unit"])


@evidence.route("/evidence/<int:evidence_id>/withdraw", methods=["GET", "POST"])
@access("checker")
def evidence_withdraw(evidence_id: int) -> ResponseReturnValue:
    item = find_evidence(get_session(), evidence_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.withdraw_evidence(session, actor=current_person(), evidence_id=evidence_id, why=form.why.data)
        if form.is_saved:
            return done(
                gettext("The evidence is withdrawn. It is kept and can be restored."),
                url_for("desk.claim", claim_id=item.claim_id),
            )
    return form_page("evidence/withdraw.html", form, evidence=item, claim=item.claim)


def _refused(form: DeskForm, title: str, back: str) -> ResponseReturnValue:
    """Return the page of a button whose action a rule refused."""
    return form_page("claims/action.html", form, title=title, back=back)


@evidence.post("/evidence/<int:evidence_id>/restore")
@access("checker")
def evidence_restore(evidence_id: int) -> ResponseReturnValue:
    back = url_for("desk.claim", claim_id=find_evidence(get_session(), evidence_id).claim_id)
    form = ActionForm()
    with saving(form) as session:
        service.restore_evidence(session, actor=current_person(), evidence_id=evidence_id)
    if form.is_saved:
        return done(gettext("The evidence counts again."), back)
    return _refused(form, gettext("Restore the evidence"), back)
