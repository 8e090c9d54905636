"""Opening, changing and withdrawing claims, one or many at once."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, Citation
from claims_app.articles.queries import list_citations
from claims_app.claims import service, withdrawing
from claims_app.claims.forms import BulkForm, ClaimForm, Deed, TagForm
from claims_app.claims.model import Claim
from claims_app.claims.queries import find_claim, list_claimant_names
from claims_app.language import gettext, ngettext
from claims_app.people.model import Role
from claims_app.people.queries import list_people
from claims_app.people.session import current_person
from claims_app.web.forms import ActionForm, DeskForm, ReasonForm, saving
from claims_app.web.pages import done, form_page, next_address
from claims_app.web.security import access
from claims_app.web.transaction import get_session
from claims_app.words import WORDS

claims = Blueprint("claims", __name__)


def _claim_form_page(form: ClaimForm, article: Article, claim: Claim | None = None) -> ResponseReturnValue:
    return form_page(
        "claims/form.html",
        form,
        article=article,
        claim=claim,
        claimants=list_claimant_names(get_session()),
        units=WORDS["unit"],
    )


@claims.route("/articles/<int:article_id>/claims/new", methods=["GET", "POST"])
@access("checker")
def claim_add(article_id: int) -> ResponseReturnValue:
    article = get_session().get_one(Article, article_id)
    form = ClaimForm()
    form.offer_citations(list_citations(get_session(), article_id))
    if form.is_submitted_and_valid():
        with saving(form) as session:
            claim = service.open_claim(session, actor=current_person(), article_id=article_id, **form.details())
        if form.is_saved:
            return done(
                gettext("Claim %(number)s is opened.", number=claim.number), url_for("desk.claim", claim_id=claim.id)
            )
    return _claim_form_page(form, article)


@claims.route("/claims/<int:claim_id>/edit", methods=["GET", "POST"])
@access("checker")
def claim_edit(claim_id: int) -> ResponseReturnValue:
    claim = find_claim(get_session(), claim_id)
    form = ClaimForm(data=ClaimForm.of(claim))
    form.offer_citations(list_citations(get_session(), claim.article_id))
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.edit_claim(
                session,
                actor=current_person(),
                claim_id=claim_id,
                revision=form.revision.data or 0,
                **form.details(),
            )
        if form.is_saved:
            return done(gettext("The claim is saved."), url_for("desk.claim", claim_id=claim_id))
    return _claim_form_page(form, claim.article, claim)


@claims.route("/claims/<int:claim_id>/withdraw", methods=["GET", "POST"])
@access("checker")
def claim_withdraw(claim_id: int) -> ResponseReturnValue:
    claim = find_claim(get_session(), claim_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            withdrawing.withdraw_claim(session, actor=current_person(), claim_id=claim_id, why=form.why.data)
        if form.is_saved:
            return done(
                gettext("The claim is withdrawn. It is kept and can be restored."),
                url_for("desk.claim", claim_id=claim_id),
            )
    return form_page("claims/claim_withdraw.html", form, claim=claim)


@claims.route("/claims/<int:claim_id>/put-back", methods=["GET", "POST"])
@access("checker")
def put_back(claim_id: int) -> ResponseReturnValue:
    claim = find_claim(get_session(), claim_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.put_back(session, actor=current_person(), claim_id=claim_id, why=form.why.data)
        if form.is_saved:
            return done(
                gettext("The claim is back in the queue, and nobody's."), url_for("desk.claim", claim_id=claim_id)
            )
    return form_page("claims/put_back.html", form, claim=claim)


@claims.post("/claims/<int:claim_id>/restore")
@access("checker")
def claim_restore(claim_id: int) -> ResponseReturnValue:
    form = ActionForm()
    with saving(form) as session:
        withdrawing.restore_claim(session, actor=current_person(), claim_id=claim_id)
    if form.is_saved:
        return done(gettext("The claim is back in the work."), url_for("desk.claim", claim_id=claim_id))
    return _refused(form, gettext("Restore the claim"), url_for("desk.claim", claim_id=claim_id))


def _refused(form: DeskForm, title: str, back: str) -> ResponseReturnValue:
    """Return the page of a button whose action a rule refused."""
    return form_page("claims/action.html", form, title=title, back=back)


@claims.route("/articles/<int:article_id>/withdraw", methods=["GET", "POST"])
@access("editor")
def article_withdraw(article_id: int) -> ResponseReturnValue:
    article = get_session().get_one(Article, article_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            withdrawing.withdraw_article(session, actor=current_person(), article_id=article_id, why=form.why.data)
        if form.is_saved:
            return done(
                gettext("The article and its claims are withdrawn. They are kept and can be restored."),
                url_for("desk.article", article_id=article_id),
            )
    return form_page("claims/article_withdraw.html", form, article=article)


@claims.post("/articles/<int:article_id>/restore")
@access("editor")
def article_restore(article_id: int) -> ResponseReturnValue:
    form = ActionForm()
    with saving(form) as session:
        withdrawing.restore_article(session, actor=current_person(), article_id=article_id)
    if form.is_saved:
        return done(
            gettext("The article is back, with the claims that left with it."),
            url_for("desk.article", article_id=article_id),
        )
    return _refused(form, gettext("Restore the article"), url_for("desk.article", article_id=article_id))


@claims.route("/citations/<int:citation_id>/withdraw", methods=["GET", "POST"])
@access("checker")
def citation_withdraw(citation_id: int) -> ResponseReturnValue:
    citation = get_session().get_one(Citation, citation_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            withdrawing.withdraw_citation(session, actor=current_person(), citation_id=citation_id, why=form.why.data)
        if form.is_saved:
            return done(
                gettext("The link is withdrawn. Adding its address again brings it back."),
                url_for("desk.article", article_id=citation.article_id),
            )
    return form_page("claims/citation_withdraw.html", form, citation=citation)


@claims.post("/claims/bulk")
@access("checker")
def bulk() -> ResponseReturnValue:
    form = BulkForm()
    people = list_people(get_session(), active_only=True)
    form.offer_people([one for one in people if one.may(Role.CHECKER)])
    if form.validate():
        with saving(form) as session:
            sentence = _do_to_many(session, form)
        if form.is_saved:
            return done(sentence, next_address(url_for("search.queue")))
    return form_page("claims/bulk.html", form, next=next_address(url_for("search.queue")))


def _do_to_many(session: Session, form: BulkForm) -> str:
    """Do what the form says to its claims, and return the sentence that tells it."""
    actor, claim_ids = current_person(), form.claim.data or []
    match Deed(form.do.data):
        case Deed.ASSIGN:
            number = service.assign_claims(session, actor=actor, claim_ids=claim_ids, assignee_id=form.assignee_id.data)
            sentence = ngettext("One claim changed hands.", "%(num)s claims changed hands.", number)
        case Deed.PRIORITISE:
            number = service.prioritise_claims(session, actor=actor, claim_ids=claim_ids, priority=form.priority.data)
            sentence = ngettext("One claim has another priority.", "%(num)s claims have another priority.", number)
        case Deed.TAG:
            number = service.tag_claims(session, actor=actor, claim_ids=claim_ids, tag=form.tag.data)
            sentence = ngettext("One claim has the tag now.", "%(num)s claims have the tag now.", number)
        case Deed.START:
            number = service.start_checking(session, actor=actor, claim_ids=claim_ids)
            sentence = ngettext("One claim is being checked now.", "%(num)s claims are being checked now.", number)
    return sentence if number else gettext("There was nothing to change.")


@claims.post("/claims/<int:claim_id>/tags/remove")
@access("checker")
def tag_remove(claim_id: int) -> ResponseReturnValue:
    form = TagForm()
    if form.validate():
        with saving(form) as session:
            service.untag_claim(session, actor=current_person(), claim_id=claim_id, tag=form.tag.data)
        if form.is_saved:
            return done(gettext("The tag is removed."), url_for("desk.claim", claim_id=claim_id))
    return _refused(form, gettext("Remove the tag"), url_for("desk.claim", claim_id=claim_id))
