"""Deciding a claim: propose, second check, send back, reopen."""

from collections.abc import Callable

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.anchors.queries import present_words
from claims_app.claims.queries import find_claim
from claims_app.evidence.queries import list_evidence
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.verdicts import service
from claims_app.verdicts.forms import ConfirmForm, EndForm, NewWordsForm, VerdictForm, missing_for
from claims_app.verdicts.model import Verdict
from claims_app.verdicts.proof import find_cautions
from claims_app.web.forms import saving
from claims_app.web.pages import done, form_page, next_address, page
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
                seen=form.seen.data or "",
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
    claim, evidence = find_claim(get_session(), claim_id), list_evidence(get_session(), claim_id)
    words = present_words(get_session(), claim)
    if request.method == "GET":
        if claim.verdict_id is not None:
            return redirect(_claim_page(claim_id))
        form.judge(claim, evidence, words)
    facts = {
        "claim": claim,
        "missing": missing_for(evidence, claim.article.source_rule),
        "cautions": find_cautions(claim.figure, evidence),
        "needs_second_check": service.needs_second_check(claim),
    }
    if form.conflict is None:
        return form_page("verdicts/propose.html", form, **facts)
    form.judge(claim, evidence, words)
    return page("verdicts/propose.html", 409, form=form, **facts)


def _second_look(template: str, form: ConfirmForm, claim_id: int) -> ResponseReturnValue:
    """Return the form about the verdict in force; one that is not the verdict the page showed has to be read (409)."""
    session = get_session()
    claim = find_claim(session, claim_id)
    if request.method == "GET" or form.conflict is not None:
        form.judge(claim)
    facts = {"claim": claim, "cautions": find_cautions(claim.figure, list_evidence(session, claim_id))}
    if form.conflict is None:
        return form_page(template, form, **facts)
    verdict = None if claim.verdict_id is None else session.get_one(Verdict, claim.verdict_id)
    return page(template, 409, form=form, verdict=verdict, **facts)


@verdicts.post("/claims/<int:claim_id>/verdict/approve")
@access("checker")
def approve(claim_id: int) -> ResponseReturnValue:
    form = ConfirmForm()
    with saving(form) as session:
        service.approve_verdict(session, actor=current_person(), claim_id=claim_id, verdict_id=form.verdict.data or 0)
    if form.is_saved:
        return done(gettext("The second check is confirmed; the claim is decided."), _claim_page(claim_id))
    return _second_look("verdicts/approve.html", form, claim_id)


@verdicts.route("/claims/<int:claim_id>/verdict/return", methods=["GET", "POST"])
@access("checker")
def give_back(claim_id: int) -> ResponseReturnValue:
    said = gettext("The verdict is sent back to checking.")
    return _end(claim_id, service.return_verdict, "verdicts/give_back.html", said)


@verdicts.route("/claims/<int:claim_id>/verdict/reopen", methods=["GET", "POST"])
@access("checker")
def reopen(claim_id: int) -> ResponseReturnValue:
    return _end(claim_id, service.reopen_claim, "verdicts/reopen.html", gettext("The claim is open again."))


def _end(claim_id: int, end: Callable[..., object], template: str, said: str) -> ResponseReturnValue:
    """Have ``end`` end the verdict with the reason that the form gives."""
    form = EndForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            end(
                session, actor=current_person(), claim_id=claim_id, why=form.why.data, verdict_id=form.verdict.data or 0
            )
        if form.is_saved:
            return done(said, _claim_page(claim_id))
    return _second_look(template, form, claim_id)


@verdicts.route("/claims/<int:claim_id>/verdict/confirm", methods=["GET", "POST"])
@access("checker")
def confirm(claim_id: int) -> ResponseReturnValue:
    form = NewWordsForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.confirm_verdict(
                session,
                actor=current_person(),
                claim_id=claim_id,
                why=form.why.data,
                verdict_id=form.verdict.data or 0,
                seen=form.seen.data or "",
            )
        if form.is_saved:
            return done(gettext("The verdict stands for the new words."), next_address(_claim_page(claim_id)))
    claim = find_claim(get_session(), claim_id)
    words = present_words(get_session(), claim)
    if request.method == "GET" or form.conflict is not None:
        form.judge(claim, words)
    verdict = None if claim.verdict_id is None else get_session().get_one(Verdict, claim.verdict_id)
    facts = {
        "claim": claim,
        "words": words,
        "verdict": verdict,
        "cautions": find_cautions(claim.figure, list_evidence(get_session(), claim_id)),
        "next": next_address(""),
    }
    if form.conflict is not None:
        return page("verdicts/confirm.html", 409, form=form, **facts)
    return form_page("verdicts/confirm.html", form, **facts)
