"""Publishing: what of an article can go to readers, and sending it, withdrawing it and correcting it."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.articles.model import Article
from claims_app.language import gettext, language, ngettext
from claims_app.people.session import current_person
from claims_app.publishing import service
from claims_app.publishing.as_claimreview import as_file
from claims_app.publishing.export import FORMS, write_export
from claims_app.publishing.facts import CheckFacts, State
from claims_app.publishing.forms import CorrectionForm, PublishForm
from claims_app.publishing.imprint import Imprint
from claims_app.publishing.queries import find_review, list_article_checks, list_live_reviews, state_of
from claims_app.publishing.rules import find_problems, is_publishable, list_refusals
from claims_app.reading import row_number
from claims_app.reports.export import record_export
from claims_app.signoff.queries import gather_closing
from claims_app.web.forms import ReasonForm, saving
from claims_app.web.pages import done, form_page
from claims_app.web.security import access
from claims_app.web.transaction import get_session, transaction

publishing = Blueprint("publishing", __name__)


def _imprint() -> Imprint:
    imprint: Imprint = current_app.extensions["imprint"]
    return imprint


def _page_of(article_id: int) -> str:
    return url_for("publishing.checks", article_id=article_id)


@publishing.get("/articles/<int:article_id>/checks")
@access("reader")
def checks(article_id: int) -> ResponseReturnValue:
    return _checks_page(article_id, PublishForm())


@publishing.post("/articles/<int:article_id>/checks/publish")
@access("editor")
def publish(article_id: int) -> ResponseReturnValue:
    get_session().get_one(Article, article_id)
    form = PublishForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            reviews = service.publish_checks(
                session,
                actor=current_person(),
                article_id=article_id,
                claim_ids=form.claim.data or [],
                imprint=_imprint(),
            )
        if form.is_saved:
            return done(_said(len(reviews)), _page_of(article_id))
    return _checks_page(article_id, form)


def _said(number: int) -> str:
    if not number:
        return gettext("There was nothing to change.")
    return ngettext("One check is public now.", "%(num)s checks are public now.", number)


def _checks_page(article_id: int, form: PublishForm) -> ResponseReturnValue:
    """Return the claims of an article, each with whether it can be published and every reason why not."""
    session, imprint = get_session(), _imprint()
    article = session.get_one(Article, article_id)
    found = list_article_checks(session, article_id, language=language(), offset=_offset())
    return form_page(
        "publishing/checks.html",
        form,
        article=article,
        rows=[_row(check, imprint) for check in found.checks],
        offset=_offset(),
        after=found.after,
        refusals=[gettext(error.message, **error.values) for error in list_refusals(imprint)],
        is_closed=gather_closing(session, article).is_closed,
        is_public=bool(list_live_reviews(session, article_id)),
        imprint=imprint,
    )


def _offset() -> int:
    """Return how many claims stand on the pages before this one."""
    return row_number(request.args.get("after", "")) or 0


def _row(check: CheckFacts, imprint: Imprint) -> dict[str, Any]:
    problems = find_problems(check, imprint)
    state = None if check.review is None else state_of(check, imprint)
    return {
        "check": check,
        "problems": problems,
        "state": state,
        "is_publishable": is_publishable(problems),
        "is_new": is_publishable(problems) and state is not State.SHOWN,
    }


@publishing.route("/articles/<int:article_id>/checks/withdraw", methods=["GET", "POST"])
@access("editor")
def withdraw_all(article_id: int) -> ResponseReturnValue:
    article = get_session().get_one(Article, article_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.withdraw_checks(session, actor=current_person(), article_id=article_id, why=form.why.data)
        if form.is_saved:
            return done(
                gettext("No check of this article is public any more; its pages say that they were withdrawn."),
                _page_of(article_id),
            )
    return form_page("publishing/withdraw_all.html", form, article=article)


@publishing.route("/reviews/<int:review_id>/withdraw", methods=["GET", "POST"])
@access("editor")
def withdraw(review_id: int) -> ResponseReturnValue:
    review = find_review(get_session(), review_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.withdraw_check(session, actor=current_person(), review_id=review_id, why=form.why.data)
        if form.is_saved:
            return done(gettext("The public check is withdrawn; its page says so."), _page_of(review.claim.article_id))
    return form_page("publishing/withdraw.html", form, claim=review.claim)


@publishing.route("/reviews/<int:review_id>/correct", methods=["GET", "POST"])
@access("editor")
def correct(review_id: int) -> ResponseReturnValue:
    review = find_review(get_session(), review_id)
    form = CorrectionForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.correct_check(
                session,
                actor=current_person(),
                review_id=review_id,
                text_he=form.text_he.data,
                text_en=form.text_en.data,
            )
        if form.is_saved:
            return done(gettext("The correction stands on the public page."), _page_of(review.claim.article_id))
    return form_page("publishing/correct.html", form, claim=review.claim, review=review)


@publishing.get("/articles/<int:article_id>/checks.<form>")
@access("reader")
def download(article_id: int, form: str) -> ResponseReturnValue:
    if form not in FORMS:
        abort(404)
    imprint = _imprint()
    if list_refusals(imprint):
        abort(404)
    export = write_export(get_session(), actor=current_person(), article_id=article_id, imprint=imprint, form=form)
    with transaction() as session:
        record_export(
            session,
            actor=current_person(),
            file_format=f"claimreview {form}",
            language=language(),
            article_id=article_id,
        )
    response = Response(as_file(export.content), content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="claimreview-{article_id}-{form}.json"'
    return response
