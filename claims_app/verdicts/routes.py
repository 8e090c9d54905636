"""Deciding a claim: propose, second check, send back, reopen."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.claims.queries import find_claim
from claims_app.evidence.queries import list_evidence
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.verdicts import service
from claims_app.verdicts.forms import VerdictForm, missing_for
from claims_app.web.forms import ActionForm, ReasonForm, saving
from claims_app.web.pages import done, form_page, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

verdicts = Blueprint("verdicts", __name__)


def _claim_page(claim_id: int) -> str:
    return url_for("desk.claim", claim_id=claim_id)


@verdicts.route("/claims/<int:claim_id>/verdict", methods=["GET", "POST"])
@access("checker")
def propose(claim_id: int) -> ResponseReturnValue:
    form = VerdictForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            verdict = service.propose_verdict(
                session,
                actor=current_person(),
                claim_id=claim_id,
                revision=form.revision.data or 0,
                finding=form.finding.data,
                rationale_he=form.rationale_he.data,
                rationale_en=form.rationale_en.data,
                override_why=form.override_why.data,
            )
        if form.is_saved:
            return done(
                gettext("The verdict is proposed and waits for a second check.")
                if verdict.needs_second_check
                else gettext("The claim is decided."),
                _claim_page(claim_id),
            )
    return _verdict_page(claim_id, form)


def _verdict_page(claim_id: int, form: VerdictForm) -> ResponseReturnValue:
    """Return the form beside the claim as it now stands; one that changed meanwhile has to be looked at first (409)."""
    claim = find_claim(get_session(), claim_id)
    if request.method == "GET":
        if claim.verdict_id is not None:
            return redirect(_claim_page(claim_id))
        form.judge(claim)
    facts = {
        "claim": claim,
        "missing": missing_for(list_evidence(get_session(), claim_id)),
        "needs_second_check": service.needs_second_check(claim),
    }
    if form.conflict is None:
        return form_page("verdicts/propose.html", form, **facts)
    form.judge(claim)
    return page("verdicts/propose.html", 409, form=form, **facts)


@verdicts.post("/claims/<int:claim_id>/verdict/approve")
@access("checker")
def approve(claim_id: int) -> ResponseReturnValue:
    form = ActionForm()
    with saving(form) as session:
        service.approve_verdict(session, actor=current_person(), claim_id=claim_id)
    if form.is_saved:
        return done(gettext("The second check is confirmed; the claim is decided."), _claim_page(claim_id))
    return form_page("claims/action.html", form, title=gettext("Confirm the second check"), back=_claim_page(claim_id))


@verdicts.route("/claims/<int:claim_id>/verdict/return", methods=["GET", "POST"])
@access("checker")
def give_back(claim_id: int) -> ResponseReturnValue:
    claim = find_claim(get_session(), claim_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.return_verdict(session, actor=current_person(), claim_id=claim_id, why=form.why.data)
        if form.is_saved:
            return done(gettext("The verdict is sent back to checking."), _claim_page(claim_id))
    return form_page("verdicts/give_back.html", form, claim=claim)


@verdicts.route("/claims/<int:claim_id>/verdict/reopen", methods=["GET", "POST"])
@access("checker")
def reopen(claim_id: int) -> ResponseReturnValue:
    claim = find_claim(get_session(), claim_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.reopen_claim(session, actor=current_person(), claim_id=claim_id, why=form.why.data)
        if form.is_saved:
            return done(gettext("The claim is open again."), _claim_page(claim_id))
    return form_page("verdicts/reopen.html", form, claim=claim)
