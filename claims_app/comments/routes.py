"""Talking about a claim."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from claims_app.claims.queries import find_claim
from claims_app.comments import service
from claims_app.comments.forms import AnswerForm, CommentForm
from claims_app.comments.model import Comment
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.web.forms import ActionForm, ReasonForm, saving
from claims_app.web.pages import done, form_page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

comments = Blueprint("comments", __name__)


@comments.route("/claims/<int:claim_id>/comments/new", methods=["GET", "POST"])
@access("checker")
def comment_add(claim_id: int) -> ResponseReturnValue:
    claim = find_claim(get_session(), claim_id)
    form = CommentForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.add_comment(
                session, actor=current_person(), claim_id=claim_id, kind=form.kind.data, text=form.text.data
            )
        if form.is_saved:
            return done(gettext("The comment is added."), url_for("desk.claim", claim_id=claim_id))
    return form_page("comments/add.html", form, claim=claim)


@comments.route("/comments/<int:comment_id>/answer", methods=["GET", "POST"])
@access("checker")
def comment_answer(comment_id: int) -> ResponseReturnValue:
    comment = get_session().get_one(Comment, comment_id)
    form = AnswerForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.answer_query(session, actor=current_person(), comment_id=comment_id, answer=form.answer.data)
        if form.is_saved:
            return done(gettext("The answer is recorded."), url_for("desk.claim", claim_id=comment.claim_id))
    return form_page("comments/answer.html", form, comment=comment)


@comments.route("/comments/<int:comment_id>/withdraw", methods=["GET", "POST"])
@access("checker")
def comment_withdraw(comment_id: int) -> ResponseReturnValue:
    comment = get_session().get_one(Comment, comment_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.withdraw_comment(session, actor=current_person(), comment_id=comment_id, why=form.why.data)
        if form.is_saved:
            return done(
                gettext("The comment is withdrawn. It stays in the history."),
                url_for("desk.claim", claim_id=comment.claim_id),
            )
    return form_page("comments/withdraw.html", form, comment=comment)


@comments.post("/comments/<int:comment_id>/restore")
@access("checker")
def comment_restore(comment_id: int) -> ResponseReturnValue:
    comment = get_session().get_one(Comment, comment_id)
    form = ActionForm()
    with saving(form) as session:
        service.restore_comment(session, actor=current_person(), comment_id=comment_id)
    back = url_for("desk.claim", claim_id=comment.claim_id)
    if form.is_saved:
        return done(gettext("The comment is back."), back)
    return form_page("claims/action.html", form, title=gettext("Restore the comment"), back=back)
