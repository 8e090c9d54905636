"""Signing an article off, and taking a sign-off back."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.anchors.queries import count_without_place
from claims_app.articles.model import Article
from claims_app.articles.queries import find_version
from claims_app.claims.model import Place
from claims_app.evidence.rule import list_unmet
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.signoff import service
from claims_app.signoff.forms import SignForm
from claims_app.signoff.model import Side, SignOff
from claims_app.signoff.queries import count_blockers, digest_of, gather_closing, gather_content
from claims_app.web.forms import ReasonForm, saving
from claims_app.web.pages import done, form_page, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

signoff = Blueprint("signoff", __name__)


@signoff.route("/articles/<int:article_id>/sign-off", methods=["GET", "POST"])
@access("reader")
def sign(article_id: int) -> ResponseReturnValue:
    form = SignForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.sign_off(
                session,
                actor=current_person(),
                article_id=article_id,
                side=form.chosen_side,
                override_why=form.override_why.data,
                seen=form.seen.data or "",
            )
        if form.is_saved:
            return done(gettext("The article is signed off."), url_for("signoff.sign", article_id=article_id))
    return _sign_page(article_id, form)


def _sign_page(article_id: int, form: SignForm) -> ResponseReturnValue:
    """Return what blocks the sign-off and the form; what changed meanwhile has to be looked at first (409)."""
    session = get_session()
    article = session.get_one(Article, article_id)
    version = find_version(session, article_id)
    side = Side.LEGAL if (form.side.data or request.args.get("side")) == Side.LEGAL else Side.EDITOR
    if request.method == "GET" or form.conflict is not None:
        form.look_at(digest_of(gather_content(session, article, version)), side)
    facts = {
        "article": article,
        "version": version,
        "side": side,
        "blockers": count_blockers(session, article, version),
        "unmet": list_unmet(session, article),
        "unplaced": count_without_place(session, article_id)[Place.NONE] if version.text else 0,
        "closing": gather_closing(session, article),
    }
    if form.conflict is not None:
        return page("signoff/sign.html", 409, form=form, **facts)
    return form_page("signoff/sign.html", form, **facts)


@signoff.route("/sign-offs/<int:sign_off_id>/withdraw", methods=["GET", "POST"])
@access("reader")
def withdraw(sign_off_id: int) -> ResponseReturnValue:
    signed = get_session().get_one(SignOff, sign_off_id)
    back = url_for("signoff.sign", article_id=signed.article_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.withdraw_sign_off(session, actor=current_person(), sign_off_id=sign_off_id, why=form.why.data)
        if form.is_saved:
            return done(gettext("The sign-off is withdrawn. It is kept."), back)
    return form_page("signoff/withdraw.html", form, signed=signed, back=back)
