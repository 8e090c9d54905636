"""Having sources checked again, and saying when a claim is."""

from flask import Blueprint, current_app, url_for
from flask.typing import ResponseReturnValue

from claims_app.articles.model import Article
from claims_app.claims.queries import find_claim
from claims_app.language import gettext, ngettext
from claims_app.people.session import current_person
from claims_app.sources.model import Source
from claims_app.watching import service
from claims_app.watching.forms import USUAL_DAYS, RecheckForm, WatchForm
from claims_app.watching.queries import count_watched, find_watch
from claims_app.web.forms import ActionForm, saving
from claims_app.web.pages import done, form_page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

watching = Blueprint("watching", __name__)


@watching.route("/sources/<int:source_id>/watch", methods=["GET", "POST"])
@access("checker")
def watch(source_id: int) -> ResponseReturnValue:
    source, known = get_session().get_one(Source, source_id), find_watch(get_session(), source_id)
    form = WatchForm(data={"every_days": known.every_days if known else USUAL_DAYS})
    if form.is_submitted_and_valid():
        with saving(form) as session:
            days = form.every_days.data
            service.watch_source(session, actor=current_person(), source_id=source_id, every_days=days)
        if form.is_saved:
            current_app.extensions["wake"]()
            return done(gettext("The source is watched."), url_for("desk.source", source_id=source_id))
    return form_page("watching/watch.html", form, source=source)


@watching.post("/sources/<int:source_id>/unwatch")
@access("checker")
def unwatch(source_id: int) -> ResponseReturnValue:
    form, back = ActionForm(), url_for("desk.source", source_id=source_id)
    with saving(form) as session:
        service.unwatch_source(session, actor=current_person(), source_id=source_id)
    if form.is_saved:
        return done(gettext("The source is not watched any more."), back)
    return form_page("claims/action.html", form, title=gettext("Stop watching"), back=back)


@watching.route("/articles/<int:article_id>/watch", methods=["GET", "POST"])
@access("checker")
def article_watch(article_id: int) -> ResponseReturnValue:
    form, changed = WatchForm(data={"every_days": USUAL_DAYS}), 0
    if form.is_submitted_and_valid():
        with saving(form) as session:
            days = form.every_days.data
            changed = service.watch_article(session, actor=current_person(), article_id=article_id, every_days=days)
        if form.is_saved:
            current_app.extensions["wake"]()
            said = ngettext("%(num)s source is watched anew.", "%(num)s sources are watched anew.", changed)
            return done(said, url_for("desk.article", article_id=article_id))
    article = get_session().get_one(Article, article_id)
    return form_page("watching/article.html", form, article=article, counts=count_watched(get_session(), article_id))


@watching.route("/claims/<int:claim_id>/recheck", methods=["GET", "POST"])
@access("checker")
def recheck(claim_id: int) -> ResponseReturnValue:
    claim = find_claim(get_session(), claim_id)
    form = RecheckForm(data={"recheck_on": claim.recheck_on})
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.set_recheck(session, actor=current_person(), claim_id=claim_id, on=form.recheck_on.data)
        if form.is_saved:
            return done(gettext("The day to check again is saved."), url_for("desk.claim", claim_id=claim_id))
    return form_page("watching/recheck.html", form, claim=claim)
