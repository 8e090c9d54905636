"""Bringing an article in, and a new version of it: read first, looked over, then saved."""

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.articles.forms import DETAILS
from claims_app.articles.model import Article
from claims_app.articles.queries import find_version
from claims_app.drafts import service
from claims_app.drafts.forms import BringForm, NewArticleForm, TextForm, VersionForm, seal_file
from claims_app.drafts.reading import Brought, read_page, read_upload, read_words, title_of
from claims_app.errors import DomainError
from claims_app.language import gettext, translated
from claims_app.people.session import current_person
from claims_app.web.forms import saving
from claims_app.web.pages import done, form_page, page, place
from claims_app.web.security import access
from claims_app.web.transaction import get_session

drafts = Blueprint("drafts", __name__)


def _bring(*sent: None) -> BringForm:
    """Return the form that brings a text in, whose fields stand beside those of the text itself."""
    return place(BringForm(*sent), "bring")


def _read(form: BringForm) -> Brought | None:
    """Read what the form brings; what cannot be read is said on the form, which then stands as it was sent."""
    files, language = current_app.extensions["files"], form.language.data
    upload = request.files.get("file")
    try:
        if upload is not None and upload.filename:
            return read_upload(
                files, upload.read(), name=upload.filename, media_type=upload.mimetype, language=language
            )
        if form.address.data:
            return read_page(files, form.address.data, guard=current_app.extensions["guard"], language=language)
        return read_words(form.text.data or "", language=language)
    except DomainError as error:
        form.refuse(error)
        return None


def _show(form: TextForm, brought: Brought) -> None:
    form.show(brought.reading, seal_file(brought.file) if brought.file else None)


@drafts.route("/articles/new", methods=["GET", "POST"])
@access("editor")
def article_add() -> ResponseReturnValue:
    form = NewArticleForm(data={"language": current_person().language})
    if form.is_submitted_and_valid():
        with saving(form) as session:
            article = service.bring_in_article(
                session,
                actor=current_person(),
                text=form.text.data,
                note=form.note.data,
                file=form.kept_file,
                links=form.links,
                **{name: form[name].data for name in DETAILS},
            )
            _adopt(form)
        if form.is_saved:
            endpoint = "desk.workbench" if form.text.data else "desk.article"
            return done(gettext("The article is here. Add its claims."), url_for(endpoint, article_id=article.id))
    return _article_page(form)


def _adopt(form: TextForm) -> None:
    """Keep the file that the text was read from; done last, so that a refused text leaves none behind."""
    file = form.kept_file
    if file is not None:
        current_app.extensions["files"].adopt(file.sha256)


def _article_page(form: NewArticleForm, *, brought: Brought | None = None) -> ResponseReturnValue:
    links = brought.reading.links if brought else form.links
    bring = _bring(None)
    notes = translated(brought.reading.notes) if brought else ()
    return form_page("drafts/article.html", form, bring=bring, links=links, notes=notes, brought=brought)


@drafts.post("/articles/read")
@access("editor")
def article_read() -> ResponseReturnValue:
    bring = _bring()
    brought = _read(bring) if bring.validate() else None
    if brought is None:
        empty = NewArticleForm(None, data={"language": current_person().language})
        return page("drafts/article.html", 422, form=empty, bring=bring, links=(), notes=(), brought=None)
    reading, file = brought.reading, brought.file
    form = NewArticleForm(
        None,
        data={
            f"title_{reading.language}": title_of(reading),
            "language": reading.language,
            "byline": reading.byline,
            "outlet": reading.outlet,
            "published_on": reading.published_on,
            "address": reading.address or (file.address if file else None),
        },
    )
    _show(form, brought)
    return page(
        "drafts/article.html",
        form=form,
        bring=bring,
        links=reading.links,
        notes=translated(reading.notes),
        brought=brought,
    )


@drafts.route("/articles/<int:article_id>/versions/new", methods=["GET", "POST"])
@access("editor")
def revise(article_id: int) -> ResponseReturnValue:
    form = VersionForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            revision = service.revise_article(
                session,
                actor=current_person(),
                article_id=article_id,
                text=form.text.data,
                note=form.note.data,
                file=form.kept_file,
                seen=form.seen.data or 0,
            )
            _adopt(form)
        if form.is_saved:
            return done(
                gettext("Version %(number)s is added.", number=revision.version.number),
                url_for("desk.draft", article_id=article_id, number=revision.version.number),
            )
    return _version_page(article_id, form, _bring(None))


def _version_page(
    article_id: int, form: VersionForm, bring: BringForm, *, brought: Brought | None = None, status: int | None = None
) -> ResponseReturnValue:
    session = get_session()
    version = find_version(session, article_id)
    if request.method == "GET" or brought is not None or form.conflict is not None:
        form.seen.raw_data, form.seen.data = None, version.number
    facts = {
        "article": session.get_one(Article, article_id),
        "version": version,
        "bring": bring,
        "notes": translated(brought.reading.notes) if brought else (),
        "brought": brought,
    }
    if form.conflict is not None:
        return page("drafts/version.html", 409, form=form, **facts)
    if status is not None:
        return page("drafts/version.html", status, form=form, **facts)
    return form_page("drafts/version.html", form, **facts)


@drafts.post("/articles/<int:article_id>/versions/read")
@access("editor")
def version_read(article_id: int) -> ResponseReturnValue:
    bring = _bring()
    brought = _read(bring) if bring.validate() else None
    form = VersionForm(None)
    if brought is not None:
        _show(form, brought)
    return _version_page(article_id, form, bring, brought=brought, status=200 if brought else 422)
