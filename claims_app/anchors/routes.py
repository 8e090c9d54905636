"""Marking words of the text: a new claim on them, another place of a claim, and taking a mark away."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.anchors import service
from claims_app.anchors.forms import MarkedClaimForm, PlaceForm, QuoteForm, propose_details
from claims_app.anchors.model import Anchor
from claims_app.articles.model import Article, ArticleVersion
from claims_app.articles.queries import list_citations
from claims_app.claims.model import Claim
from claims_app.claims.queries import find_claim, list_claimant_names
from claims_app.errors import DomainError
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.web.forms import ActionForm, saving
from claims_app.web.pages import done, form_page, next_address, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session
from claims_app.words import WORDS

anchors = Blueprint("anchors", __name__)


def _in_text(claim: Claim) -> str:
    return url_for("desk.workbench", article_id=claim.article_id, claim=claim.id)


@anchors.route("/articles/<int:article_id>/text/claim", methods=["GET", "POST"])
@access("checker")
def claim_open(article_id: int) -> ResponseReturnValue:
    article = get_session().get_one(Article, article_id)
    if request.method == "GET" and "begins" not in request.args:
        return _find_words(article)
    form = MarkedClaimForm() if request.method == "POST" else _proposed_form(article)
    form.offer_citations(list_citations(get_session(), article_id))
    if form.is_submitted_and_valid():
        with saving(form) as session:
            begins, ends, version_id = form.span
            claim = service.open_claim_at(
                session,
                actor=current_person(),
                article_id=article_id,
                begins=begins,
                ends=ends,
                version_id=version_id,
                **form.details(),
            )
        if form.is_saved:
            return done(gettext("Claim %(number)s is opened.", number=claim.number), _in_text(claim))
    return form_page(
        "anchors/claim.html",
        form,
        article=article,
        quote=_quote(form, article_id),
        claimants=list_claimant_names(get_session()),
        units=WORDS["unit"],
    )


def _proposed_form(article: Article) -> MarkedClaimForm:
    """Return the form for the words that the address names, filled with what can be read out of them."""
    asked = PlaceForm(request.args)
    try:
        begins, ends, version_id = asked.span
        version = service.current_version(get_session(), article.id, version_id)
        details = propose_details(version, begins, ends, language=article.language)
    except DomainError as error:
        form = MarkedClaimForm(None, data=asked.data)
        form.refuse(error)
        return form
    return MarkedClaimForm(None, data=details)


def _quote(form: PlaceForm, article_id: int) -> str:
    """Return the words that a form names, or nothing where it names none."""
    try:
        begins, ends, version_id = form.span
    except DomainError:
        return ""
    version = get_session().get(ArticleVersion, version_id)
    if version is None or version.article_id != article_id:
        return ""
    return (version.text or "")[begins:ends].strip()


def _find_words(article: Article) -> ResponseReturnValue:
    """Lead from words that were typed to the form for a claim on them."""
    is_asked = "quote" in request.args
    form = QuoteForm(request.args if is_asked else None)
    if is_asked and form.validate():
        try:
            version = service.current_version(get_session(), article.id)
            span = service.find_quote(version, form.quote.data, occurrence=form.occurrence.data)
        except DomainError as error:
            form.refuse(error)
        else:
            return redirect(
                url_for(
                    "anchors.claim_open", article_id=article.id, begins=span.start, ends=span.end, version=version.id
                )
            )
    return page("anchors/find.html", 422 if form.all_errors else 200, form=form, article=article)


@anchors.post("/claims/<int:claim_id>/places")
@access("checker")
def place_add(claim_id: int) -> ResponseReturnValue:
    claim = find_claim(get_session(), claim_id)
    form = PlaceForm()
    if form.validate():
        with saving(form) as session:
            begins, ends, version_id = form.span
            service.place_claim(
                session, actor=current_person(), claim_id=claim_id, begins=begins, ends=ends, version_id=version_id
            )
        if form.is_saved:
            said = gettext("Claim %(number)s has its place in the text.", number=claim.number)
            return done(said, next_address(_in_text(claim)))
    return form_page("anchors/place.html", form, claim=claim, quote=_quote(form, claim.article_id))


@anchors.post("/anchors/<int:anchor_id>/remove")
@access("checker")
def place_remove(anchor_id: int) -> ResponseReturnValue:
    claim = get_session().get_one(Anchor, anchor_id).claim
    form = ActionForm()
    with saving(form) as session:
        service.remove_place(session, actor=current_person(), anchor_id=anchor_id)
    if form.is_saved:
        return done(gettext("The mark is removed."), next_address(_in_text(claim)))
    return form_page("claims/action.html", form, title=gettext("Remove the mark"), back=_in_text(claim))
