"""An article's claims as annotations to download, and annotations from a file: looked over first, then brought in."""

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.annotating.form import MEDIA_TYPE
from claims_app.annotating.reading import read_annotations
from claims_app.annotations.forms import AnnotationsForm, ConfirmForm, seal_file
from claims_app.annotations.service import (
    Outcome,
    Plan,
    bring_in_annotations,
    plan_annotations,
    record_annotations,
    write_annotations,
)
from claims_app.articles.model import Article
from claims_app.db import now
from claims_app.errors import DomainError
from claims_app.language import gettext, ngettext
from claims_app.people.session import current_person
from claims_app.reading import row_number
from claims_app.web.forms import saving
from claims_app.web.pages import done, form_page, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session, transaction

annotations = Blueprint("annotations", __name__)

MOST_SHOWN = 300
"""Annotations of one kind on the page that shows what a file does."""


@annotations.get("/articles/<int:article_id>/annotations.jsonld")
@access("reader")
def article_annotations(article_id: int) -> ResponseReturnValue:
    number = row_number(request.args.get("version", ""))
    content = write_annotations(get_session(), actor=current_person(), article_id=article_id, number=number)
    with transaction() as session:
        record_annotations(session, actor=current_person(), article_id=article_id)
    response = Response(content, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="claims-annotations-{article_id}.jsonld"'
    return response


@annotations.route("/articles/<int:article_id>/annotations/import", methods=["GET", "POST"])
@access("checker")
def annotations_read(article_id: int) -> ResponseReturnValue:
    article = get_session().get_one(Article, article_id)
    form = AnnotationsForm()
    if form.is_submitted_and_valid():
        try:
            return _show(article, *_read(article_id))
        except DomainError as error:
            form.refuse(error)
    return form_page("annotations/import.html", form, article=article)


def _read(article_id: int) -> tuple[ConfirmForm, Plan]:
    """Read the file that was sent, and lay it aside until somebody says that it may come in."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise DomainError("Choose a file.", field="file")
    data = upload.read()
    plan = plan_annotations(get_session(), article_id=article_id, reading=read_annotations(data))
    sha256 = current_app.extensions["files"].stage(data, now())
    return ConfirmForm(None, data={"file": seal_file(sha256, article_id, plan.version.id)}), plan


def _show(article: Article, form: ConfirmForm, plan: Plan) -> ResponseReturnValue:
    kinds = {kind: [step for step in plan.steps if step.outcome is kind] for kind in Outcome}
    return page("annotations/look.html", form=form, article=article, plan=plan, kinds=kinds, most=MOST_SHOWN)


@annotations.post("/articles/<int:article_id>/annotations/bring-in")
@access("checker")
def annotations_bring_in(article_id: int) -> ResponseReturnValue:
    article = get_session().get_one(Article, article_id)
    form = ConfirmForm()
    with saving(form) as session:
        sha256, version_id = form.opened(article_id)
        reading = read_annotations(current_app.extensions["files"].read_staged(sha256))
        plan = plan_annotations(
            session, article_id=article_id, reading=reading, version_id=version_id, accepted=form.accepted
        )
        bring_in_annotations(session, actor=current_person(), article_id=article_id, plan=plan)
    if not form.is_saved:
        again = AnnotationsForm(None)
        again.form_errors += form.form_errors
        return form_page("annotations/import.html", again, article=article)
    opened, placed = plan.count(Outcome.OPENED), plan.count(Outcome.PLACED)
    if not plan.adds:
        return done(
            gettext("Nothing was added: the desk has it already, or it has no place in the text."), _text(article_id)
        )
    said = [
        ngettext("One claim is opened.", "%(num)s claims are opened.", opened) if opened else "",
        ngettext("One place is added.", "%(num)s places are added.", placed) if placed else "",
    ]
    return done(" ".join(filter(None, said)), _text(article_id))


def _text(article_id: int) -> str:
    return url_for("desk.workbench", article_id=article_id)
