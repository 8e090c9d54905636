"""Who outside is told of what, and what came of it."""

from typing import Any

from flask import Blueprint, Flask, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.history.queries import values_of
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.web.forms import ActionForm, saving
from claims_app.web.pages import done, form_page, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session
from claims_app.webhooks import service
from claims_app.webhooks.forms import WebhookForm
from claims_app.webhooks.model import Delivery
from claims_app.webhooks.queries import find_webhook, is_anybody_told, list_changes, list_deliveries, list_webhooks

webhooks = Blueprint("webhooks", __name__)


def init_webhooks(app: Flask) -> None:
    """Wake the workers after whatever changed the desk, if anybody is told of such things."""

    @app.after_request
    def wake(response: Response) -> Response:
        is_change = request.method not in {"GET", "HEAD", "OPTIONS"} and response.status_code < 400
        if is_change and is_anybody_told(get_session()):
            current_app.extensions["wake"]()
        return response


@webhooks.get("/webhooks")
@access("admin")
def webhook_list() -> ResponseReturnValue:
    return page("webhooks/list.html", webhooks=list_webhooks(get_session()))


@webhooks.route("/webhooks/new", methods=["GET", "POST"])
@access("admin")
def webhook_add() -> ResponseReturnValue:
    form = WebhookForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            added = service.add_webhook(
                session,
                actor=current_person(),
                name=form.name.data,
                address=form.address.data,
                topics=form.topics,
            )
        if form.is_saved:
            return _page(added.id, ActionForm(), secret=added.secret)
    return form_page("webhooks/form.html", form)


@webhooks.get("/webhooks/<int:webhook_id>")
@access("admin")
def webhook(webhook_id: int) -> ResponseReturnValue:
    return _page(webhook_id, ActionForm())


@webhooks.route("/webhooks/<int:webhook_id>/edit", methods=["GET", "POST"])
@access("admin")
def webhook_edit(webhook_id: int) -> ResponseReturnValue:
    found = find_webhook(get_session(), webhook_id)
    form = WebhookForm(data=WebhookForm.of(found))
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.edit_webhook(
                session,
                actor=current_person(),
                webhook_id=webhook_id,
                revision=form.revision.data or 0,
                name=form.name.data,
                address=form.address.data,
                topics=form.topics,
            )
        if form.is_saved:
            return done(gettext("The webhook is saved."), url_for("webhooks.webhook", webhook_id=webhook_id))
    return form_page("webhooks/form.html", form, webhook=found)


@webhooks.post("/webhooks/<int:webhook_id>/secret")
@access("admin")
def webhook_secret(webhook_id: int) -> ResponseReturnValue:
    form = ActionForm()
    with saving(form) as session:
        renewed = service.renew_secret(session, actor=current_person(), webhook_id=webhook_id)
    return _page(webhook_id, form, secret=renewed.secret if form.is_saved else None)


@webhooks.post("/webhooks/<int:webhook_id>/trial")
@access("admin")
def webhook_trial(webhook_id: int) -> ResponseReturnValue:
    form = ActionForm()
    with saving(form) as session:
        service.send_trial(session, actor=current_person(), webhook_id=webhook_id)
    if form.is_saved:
        return done(gettext("A trial is on its way."), url_for("webhooks.webhook", webhook_id=webhook_id))
    return _page(webhook_id, form)


@webhooks.post("/webhooks/<int:webhook_id>/withdraw")
@access("admin")
def webhook_withdraw(webhook_id: int) -> ResponseReturnValue:
    form = ActionForm()
    with saving(form) as session:
        service.withdraw_webhook(session, actor=current_person(), webhook_id=webhook_id)
    if form.is_saved:
        return done(gettext("The webhook is withdrawn; nothing more is sent to it."), url_for("webhooks.webhook_list"))
    return _page(webhook_id, form)


@webhooks.post("/webhooks/deliveries/<int:delivery_id>/again")
@access("admin")
def delivery_again(delivery_id: int) -> ResponseReturnValue:
    webhook_id = get_session().get_one(Delivery, delivery_id).webhook_id
    form = ActionForm()
    with saving(form) as session:
        service.send_again(session, actor=current_person(), delivery_id=delivery_id)
    if form.is_saved:
        return done(gettext("The message is on its way again."), url_for("webhooks.webhook", webhook_id=webhook_id))
    return _page(webhook_id, form)


def _page(webhook_id: int, form: ActionForm, *, secret: str | None = None) -> ResponseReturnValue:
    session = get_session()
    shown: dict[str, Any] = {
        "webhook": find_webhook(session, webhook_id),
        "deliveries": list_deliveries(session, webhook_id),
        "entries": [(entry, values_of(entry)) for entry in list_changes(session, webhook_id)],
        "secret": secret,
    }
    if secret or request.method == "GET":
        return page("webhooks/webhook.html", form=form, **shown)
    return form_page("webhooks/webhook.html", form, **shown)
