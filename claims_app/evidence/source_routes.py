"""The sources that evidence rests on: recording and changing them, what they repeat, and who publishes them."""

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.captures.model import Trigger
from claims_app.captures.service import request_capture
from claims_app.evidence import service, voices
from claims_app.evidence.queries import list_candidates
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.sources.forms import MergeForm, NewSourceForm, PublisherForm, SourceForm
from claims_app.sources.model import Publisher, Source
from claims_app.sources.queries import (
    find_at_address,
    find_publisher,
    find_publisher_at,
    list_houses,
    list_publisher_names,
    propose_domain,
)
from claims_app.sources.service import add_source
from claims_app.web.forms import ActionForm, DeskForm, ReasonForm, saving
from claims_app.web.pages import done, form_page, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

sources = Blueprint("sources", __name__)

MOST = 2**63 - 1
"""The largest number that a record can have."""


def _source_page(form: SourceForm, source: Source | None = None) -> ResponseReturnValue:
    """Return the page of a source's form; a refused address leads to the source that has it."""
    session, address = get_session(), (form.address.data or "").strip()
    known = find_at_address(session, address) if form.address.errors else None
    proposed = find_publisher_at(session, source.address) if source and source.publisher is None else None
    names = list_publisher_names(session)
    return form_page("sources/form.html", form, source=source, known=known, proposed=proposed, publishers=names)


@sources.route("/sources/new", methods=["GET", "POST"])
@access("checker")
def source_add() -> ResponseReturnValue:
    form = NewSourceForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            source = add_source(session, actor=current_person(), **form.details())
            if form.keeps_copy.data:
                request_capture(session, actor=current_person(), source=source, trigger=Trigger.ADDED)
        if form.is_saved:
            current_app.extensions["wake"]()
            return done(_recorded(form, source), url_for("desk.source", source_id=source.id))
    return _source_page(form)


def _recorded(form: NewSourceForm, source: Source) -> str:
    """Return what is said of a new source, also what the desk filled in by itself."""
    if source.publisher is None or form.publisher.data:
        return gettext("The source is recorded.")
    return gettext(
        "The source is recorded. Its address is one of %(name)s, which is filled in as its publisher.",
        name=source.publisher.name,
    )


@sources.route("/sources/<int:source_id>/edit", methods=["GET", "POST"])
@access("checker")
def source_edit(source_id: int) -> ResponseReturnValue:
    source = get_session().get_one(Source, source_id)
    if source.is_confidential and request.method == "GET":
        return redirect(url_for("confidential.show", source_id=source_id))
    form = SourceForm(data=SourceForm.of(source))
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.edit_source(
                session,
                actor=current_person(),
                source_id=source_id,
                revision=form.revision.data or 0,
                **form.details(),
            )
        if form.is_saved:
            return done(gettext("The source is saved."), url_for("desk.source", source_id=source_id))
    return _source_page(form, source)


@sources.route("/sources/<int:source_id>/withdraw", methods=["GET", "POST"])
@access("checker")
def source_withdraw(source_id: int) -> ResponseReturnValue:
    source = get_session().get_one(Source, source_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.withdraw_source(session, actor=current_person(), source_id=source_id, why=form.why.data)
        if form.is_saved:
            return done(
                gettext("The source is withdrawn. It is kept and can be restored."),
                url_for("desk.source", source_id=source_id),
            )
    return form_page("evidence/source_withdraw.html", form, source=source)


def _refused(form: DeskForm, title: str, source_id: int) -> ResponseReturnValue:
    """Return the page of a button whose action a rule refused."""
    return form_page("claims/action.html", form, title=title, back=url_for("desk.source", source_id=source_id))


@sources.post("/sources/<int:source_id>/restore")
@access("checker")
def source_restore(source_id: int) -> ResponseReturnValue:
    form = ActionForm()
    with saving(form) as session:
        service.restore_source(session, actor=current_person(), source_id=source_id)
    if form.is_saved:
        return done(gettext("The source is back in the list."), url_for("desk.source", source_id=source_id))
    return _refused(form, gettext("Restore the source"), source_id)


@sources.route("/sources/<int:source_id>/origin", methods=["GET", "POST"])
@access("checker")
def source_origin(source_id: int) -> ResponseReturnValue:
    source, text = get_session().get_one(Source, source_id), request.values.get("q", "")
    form = ActionForm()
    if form.is_submitted_and_valid():
        other_id = min(abs(request.form.get("other", 0, type=int)), MOST)
        with saving(form) as session:
            voices.mark_same_origin(session, actor=current_person(), source_id=source_id, other_id=other_id)
        if form.is_saved:
            return done(gettext("It is marked as repeating that source."), _origin(source_id))
    candidates = list_candidates(get_session(), source, text=text)
    status = 422 if request.method == "POST" else 200
    return page("sources/origin.html", status, form=form, source=source, text=text, candidates=candidates)


def _origin(source_id: int) -> str:
    return url_for("desk.source", source_id=source_id, _anchor="origin")


@sources.post("/sources/<int:source_id>/origin/remove")
@access("checker")
def source_origin_remove(source_id: int) -> ResponseReturnValue:
    form = ActionForm()
    with saving(form) as session:
        voices.unmark_same_origin(session, actor=current_person(), source_id=source_id)
    if form.is_saved:
        return done(gettext("The source stands for itself again."), _origin(source_id))
    return _refused(form, gettext("It stands for itself"), source_id)


@sources.route("/publishers/<int:publisher_id>/edit", methods=["GET", "POST"])
@access("checker")
def publisher_edit(publisher_id: int) -> ResponseReturnValue:
    publisher = get_session().get_one(Publisher, publisher_id)
    proposed = None if publisher.domain else propose_domain(get_session(), publisher_id)
    values = PublisherForm.of(publisher)
    form = PublisherForm(data={**values, "domain": publisher.domain or proposed})
    if form.is_submitted_and_valid():
        with saving(form) as session:
            voices.edit_publisher(
                session,
                actor=current_person(),
                publisher_id=publisher_id,
                revision=form.revision.data or 0,
                **form.details(),
            )
        if form.is_saved:
            return done(gettext("The publisher is saved."), url_for("desk.publisher", publisher_id=publisher_id))
    known = find_publisher(get_session(), (form.name.data or "").strip()) if form.name.errors else None
    houses = list_houses(get_session())
    return form_page("sources/publisher.html", form, publisher=publisher, proposed=proposed, known=known, houses=houses)


@sources.route("/publishers/<int:publisher_id>/merge", methods=["GET", "POST"])
@access("editor")
def publisher_merge(publisher_id: int) -> ResponseReturnValue:
    publisher = get_session().get_one(Publisher, publisher_id)
    form = MergeForm(data={"into": request.args.get("into", "")})
    if form.is_submitted_and_valid():
        with saving(form) as session:
            kept = voices.merge_publishers(
                session, actor=current_person(), publisher_id=publisher_id, into=form.into.data
            )
        if form.is_saved:
            return done(gettext("The two are one publisher now."), url_for("desk.publisher", publisher_id=kept.id))
    names = [name for name in list_publisher_names(get_session()) if name != publisher.name]
    return form_page("sources/merge.html", form, publisher=publisher, publishers=names)
