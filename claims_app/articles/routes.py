"""Bringing an article in, and keeping what is known about it."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from claims_app.articles import service
from claims_app.articles.forms import DETAILS, ArticleForm, CitationForm, NewArticleForm, VersionForm
from claims_app.articles.model import Article
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.web.forms import saving
from claims_app.web.pages import done, form_page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

articles = Blueprint("articles", __name__)


def _details(form: ArticleForm) -> dict[str, Any]:
    return {name: form[name].data for name in DETAILS}


def _page_of(article_id: int) -> str:
    return url_for("desk.article", article_id=article_id)


@articles.route("/articles/new", methods=["GET", "POST"])
@access("editor")
def article_add() -> ResponseReturnValue:
    form = NewArticleForm(data={"language": current_person().language})
    if form.is_submitted_and_valid():
        with saving(form) as session:
            article = service.add_article(session, actor=current_person(), text=form.text.data, **_details(form))
        if form.is_saved:
            return done(gettext("The article is here. Add its claims."), _page_of(article.id))
    return form_page("articles/form.html", form)


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
                **_details(form),
            )
        if form.is_saved:
            return done(gettext("The article is saved."), _page_of(article_id))
    return form_page("articles/form.html", form, article=article)


@articles.route("/articles/<int:article_id>/versions/new", methods=["GET", "POST"])
@access("editor")
def version_add(article_id: int) -> ResponseReturnValue:
    article = get_session().get_one(Article, article_id)
    form = VersionForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            version = service.add_version(
                session, actor=current_person(), article_id=article_id, text=form.text.data, note=form.note.data
            )
        if form.is_saved:
            return done(gettext("Version %(number)s is added.", number=version.number), _page_of(article_id))
    return form_page("articles/version.html", form, article=article)


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
