"""Keeping what is known about an article."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from claims_app.articles import service
from claims_app.articles.forms import DETAILS, ArticleForm, CitationForm
from claims_app.articles.model import Article
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.web.forms import saving
from claims_app.web.pages import done, form_page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

articles = Blueprint("articles", __name__)


def _page_of(article_id: int) -> str:
    return url_for("desk.article", article_id=article_id)


@articles.route("/articles/<int:article_id>/edit", methods=["GET", "POST"])
@access("editor")
def article_edit(article_id: int) -> ResponseReturnValue:
    article = get_session().get_one(Article, article_id)
    form = ArticleForm(data=ArticleForm.of(article))
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.edit_article(
                session,
                actor=current_person(),
                article_id=article_id,
                revision=form.revision.data or 0,
                **{name: form[name].data for name in DETAILS},
            )
        if form.is_saved:
            return done(gettext("The article is saved."), _page_of(article_id))
    return form_page("articles/form.html", form, article=article)


@articles.route("/articles/<int:article_id>/citations/new", methods=["GET", "POST"])
@access("checker")
def citation_add(article_id: int) -> ResponseReturnValue:
    article = get_session().get_one(Article, article_id)
    form = CitationForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.add_citation(
                session,
                actor=current_person(),
                article_id=article_id,
                address=form.address.data,
                note=form.note.data,
            )
        if form.is_saved:
            return done(gettext("The link is added."), _page_of(article_id))
    return form_page("articles/citation.html", form, article=article)
