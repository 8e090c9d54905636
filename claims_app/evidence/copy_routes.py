"""Copies of all that an article rests on, and what a copy tells about its source."""

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.articles.model import Article
from claims_app.evidence.keeping import count_copies, request_copies, use_proposal
from claims_app.language import gettext, ngettext
from claims_app.people.session import current_person
from claims_app.web.forms import ActionForm, saving
from claims_app.web.pages import done, form_page, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

copies = Blueprint("copies", __name__)


@copies.get("/articles/<int:article_id>/copies")
@access("reader")
def article_copies(article_id: int) -> ResponseReturnValue:
    article = get_session().get_one(Article, article_id)
    return page("captures/_progress.html", copies=count_copies(get_session(), article.id))


@copies.post("/articles/<int:article_id>/copies")
@access("checker")
def article_capture(article_id: int) -> ResponseReturnValue:
    article = get_session().get_one(Article, article_id)
    back = url_for("desk.article", article_id=article.id, _anchor="copies")
    form = ActionForm()
    with saving(form) as session:
        only_missing = "all" not in request.form
        number = request_copies(session, actor=current_person(), article_id=article_id, only_missing=only_missing)
    if form.is_saved:
        current_app.extensions["wake"]()
        sentence = ngettext("One copy is asked for.", "%(num)s copies are asked for.", number)
        return done(sentence if number else gettext("There is no copy to ask for: each source has one."), back)
    return form_page("claims/action.html", form, title=gettext("Keep copies"), back=back)


def _use(capture_id: int, name: str) -> ResponseReturnValue:
    back = url_for("desk.capture", capture_id=capture_id, view="facts")
    form = ActionForm()
    with saving(form) as session:
        use_proposal(session, actor=current_person(), capture_id=capture_id, name=name)
    if form.is_saved:
        return done(gettext("The source is saved."), back)
    return form_page("claims/action.html", form, title=gettext("Use it for the source"), back=back)


@copies.post("/captures/<int:capture_id>/title")
@access("checker")
def title_use(capture_id: int) -> ResponseReturnValue:
    return _use(capture_id, "title")


@copies.post("/captures/<int:capture_id>/date")
@access("checker")
def date_use(capture_id: int) -> ResponseReturnValue:
    return _use(capture_id, "published_on")
