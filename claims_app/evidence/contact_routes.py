"""The contact log of a source: adding to it, and taking entries out."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.db import now
from claims_app.evidence import voices
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.sources import contacts as service
from claims_app.sources.confidential_routes import readable_source
from claims_app.sources.contact_forms import ContactForm
from claims_app.sources.contacts import find_contact, gather_contacts, list_askers
from claims_app.web.forms import ActionForm, ReasonForm, saving
from claims_app.web.pages import done, form_page, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

contacts = Blueprint("contacts", __name__)

MOST = 2**63 - 1
"""The largest number that a record can have."""


@contacts.get("/sources/<int:source_id>/contacts")
@access("reader")
def contact_list(source_id: int) -> ResponseReturnValue:
    source = readable_source(source_id)
    after = request.args.get("after", type=int)
    behind = None if after is None else min(abs(after), MOST)
    log = gather_contacts(get_session(), source, reader=current_person(), after=behind)
    return page("sources/contacts.html", source=source, log=log)


@contacts.route("/sources/<int:source_id>/contacts/new", methods=["GET", "POST"])
@access("checker")
def contact_add(source_id: int) -> ResponseReturnValue:
    source = readable_source(source_id)
    form = ContactForm(data={"asked_by": current_person().id, "asked_at": now()})
    form.offer(list_askers(get_session(), source))
    if form.is_submitted_and_valid():
        with saving(form) as session:
            voices.log_contact(session, actor=current_person(), source_id=source_id, **form.details())
        if form.is_saved:
            return done(gettext("The contact is logged."), _log(source_id))
    return form_page("sources/contact.html", form, source=source)


def _log(source_id: int) -> str:
    return url_for("desk.source", source_id=source_id, _anchor="contacts")


@contacts.post("/contacts/<int:contact_id>/read-back")
@access("checker")
def contact_read_back(contact_id: int) -> ResponseReturnValue:
    _contact, source = find_contact(get_session(), contact_id)
    readable_source(source.id)
    form = ActionForm()
    with saving(form) as session:
        service.mark_read_back(session, actor=current_person(), contact_id=contact_id)
    if form.is_saved:
        return done(gettext("The answer is marked as read back."), _log(source.id))
    return form_page("claims/action.html", form, title=gettext("Mark as read back"), back=_log(source.id))


@contacts.route("/contacts/<int:contact_id>/withdraw", methods=["GET", "POST"])
@access("checker")
def contact_withdraw(contact_id: int) -> ResponseReturnValue:
    contact, source = find_contact(get_session(), contact_id)
    readable_source(source.id)
    form = ActionForm() if source.is_confidential else ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            why = form.why.data if isinstance(form, ReasonForm) else None
            voices.withdraw_contact(session, actor=current_person(), contact_id=contact_id, why=why)
        if form.is_saved:
            return done(gettext("The contact is withdrawn. A corrected one can be logged."), _log(source.id))
    return form_page("sources/contact_withdraw.html", form, source=source, contact=contact)
