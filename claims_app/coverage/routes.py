"""Answering for passages that need no claim."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from claims_app.articles.model import ArticleVersion, Passage
from claims_app.coverage import service
from claims_app.coverage.forms import REASONS, WaiveForm
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.web.forms import ActionForm, saving
from claims_app.web.pages import done, form_page, next_address
from claims_app.web.security import access
from claims_app.web.transaction import get_session

coverage = Blueprint("coverage", __name__)


def _look_up(passage_id: int) -> tuple[Passage, ArticleVersion]:
    passage = get_session().get_one(Passage, passage_id)
    return passage, get_session().get_one(ArticleVersion, passage.version_id)


def _text_page(passage: Passage, version: ArticleVersion) -> str:
    return next_address(url_for("desk.workbench", article_id=version.article_id, passage=passage.id))


@coverage.route("/passages/<int:passage_id>/waive", methods=["GET", "POST"])
@access("checker")
def waive(passage_id: int) -> ResponseReturnValue:
    passage, version = _look_up(passage_id)
    form = WaiveForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.waive_passage(session, actor=current_person(), passage_id=passage_id, why=form.why.data)
        if form.is_saved:
            return done(gettext("The passage is waived."), _text_page(passage, version))
    return form_page(
        "coverage/waive.html",
        form,
        passage=passage,
        version=version,
        reasons=REASONS,
        back=_text_page(passage, version),
    )


@coverage.post("/passages/<int:passage_id>/reopen")
@access("checker")
def reopen(passage_id: int) -> ResponseReturnValue:
    passage, version = _look_up(passage_id)
    form = ActionForm()
    with saving(form) as session:
        service.reopen_passage(session, actor=current_person(), passage_id=passage_id)
    back = _text_page(passage, version)
    if form.is_saved:
        return done(gettext("The passage is open again."), back)
    return form_page("claims/action.html", form, title=gettext("Open the passage again"), back=back)
