"""Keeping who a source is: recording it, looking, and naming who may."""

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from claims_app.language import gettext, source_name
from claims_app.people.queries import list_people
from claims_app.people.session import current_person
from claims_app.sources import confidential as service
from claims_app.sources.confidential_forms import ConfidentialForm, DetailsForm, ReaderForm
from claims_app.sources.model import Source
from claims_app.web.forms import ActionForm, DeskForm, saving
from claims_app.web.pages import done, form_page, page, place
from claims_app.web.security import access
from claims_app.web.transaction import get_session

confidential = Blueprint("confidential", __name__)


def readable_source(source_id: int) -> Source:
    """Return a source that this person may know all of; for any other the request ends with a page that says why."""
    source = get_session().get_one(Source, source_id)
    if not service.may_read(get_session(), source, current_person()):
        abort(page("sources/closed.html", 403, source=source))
    return source


def _confidential_source(source_id: int) -> Source:
    source = readable_source(source_id)
    return source if source.is_confidential else abort(404)


def _page(source: Source, form: DeskForm, details: DetailsForm | None = None) -> ResponseReturnValue:
    """Return the page of who a source is; with ``details`` it shows them."""
    facts = service.gather_confidential(get_session(), source, reader=current_person())
    if facts is None or not facts.may_read:  # another reader took the right away while this was asked
        abort(page("sources/closed.html", 403, source=source))
    readers = form if isinstance(form, ReaderForm) else place(ReaderForm(None), "reader-form")
    readers.offer(facts.others)
    status = 422 if form.all_errors else 200
    values = {"source": source, "facts": facts, "form": form, "details": details, "readers": readers}
    return page("sources/confidential.html", status, **values)


def _address(source: Source) -> str:
    return url_for("desk.source", source_id=source.id)


@confidential.route("/sources/new/confidential", methods=["GET", "POST"])
@access("checker")
def source_add() -> ResponseReturnValue:
    form = ConfidentialForm()
    form.offer(one for one in list_people(get_session(), active_only=True) if one.id != current_person().id)
    if form.is_submitted_and_valid():
        with saving(form) as session:
            source = service.add_confidential(
                session,
                actor=current_person(),
                kind=form.kind.data,
                reader_ids=form.readers.data or (),
                **form.details(),
            )
        if form.is_saved:
            name = source_name(source.title)
            return done(gettext("It is recorded as %(name)s everywhere.", name=name), _address(source))
    return form_page("sources/confidential_form.html", form)


@confidential.get("/sources/<int:source_id>/confidential")
@access("reader")
def show(source_id: int) -> ResponseReturnValue:
    return _page(_confidential_source(source_id), ActionForm(None))


@confidential.post("/sources/<int:source_id>/confidential")
@access("reader")
def look(source_id: int) -> ResponseReturnValue:
    source = _confidential_source(source_id)
    form = ActionForm()
    with saving(form) as session:
        secret = service.show_secret(session, actor=current_person(), source_id=source_id)
    if not form.is_saved:
        return _page(source, form)
    return _page(source, form, place(DetailsForm(None, data=DetailsForm.of(secret)), "details-form"))


@confidential.post("/sources/<int:source_id>/confidential/details")
@access("checker")
def details_edit(source_id: int) -> ResponseReturnValue:
    source = _confidential_source(source_id)
    form = place(DetailsForm(), "details-form")
    if form.validate():
        with saving(form) as session:
            service.edit_secret(
                session,
                actor=current_person(),
                source_id=source_id,
                revision=form.revision.data or 0,
                **form.details(),
            )
        if form.is_saved:
            return done(gettext("The details are saved."), _address(source))
    return _page(source, form, form)


@confidential.post("/sources/<int:source_id>/confidential/readers")
@access("checker")
def reader_add(source_id: int) -> ResponseReturnValue:
    source = _confidential_source(source_id)
    form = place(ReaderForm(), "reader-form")
    form.offer(list_people(get_session(), active_only=True))
    if form.validate():
        with saving(form) as session:
            service.add_reader(session, actor=current_person(), source_id=source_id, person_id=form.person.data)
        if form.is_saved:
            return done(gettext("One more person may know."), url_for("confidential.show", source_id=source_id))
    return _page(source, form)


@confidential.post("/sources/<int:source_id>/confidential/readers/<int:person_id>/remove")
@access("checker")
def reader_remove(source_id: int, person_id: int) -> ResponseReturnValue:
    source = _confidential_source(source_id)
    form = ActionForm()
    with saving(form) as session:
        service.remove_reader(session, actor=current_person(), source_id=source_id, person_id=person_id)
    if form.is_saved:
        return done(gettext("This person may no longer know who it is."), _address(source))
    return _page(source, form)
