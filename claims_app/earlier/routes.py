"""What was published about claims before: finding it, bringing it in, and taking it out of the lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.claimreview.review import Note, Review
from claims_app.db import now
from claims_app.earlier import service
from claims_app.earlier.forms import KeepForm, UploadForm, seal_files
from claims_app.earlier.queries import find_check, list_checks
from claims_app.earlier.reading import Read, read_file, readable
from claims_app.earlier.service import Outcome, Planned, plan_import
from claims_app.errors import DomainError
from claims_app.language import gettext, ngettext, told
from claims_app.people.session import current_person
from claims_app.web.forms import ActionForm, ReasonForm, saving
from claims_app.web.pages import done, form_page, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

earlier = Blueprint("earlier", __name__)

MOST_SHOWN = 300
"""So many reviews are shown before they are brought in; the others are only counted."""


@earlier.get("/earlier")
@access("reader")
def checks() -> ResponseReturnValue:
    facts = list_checks(
        get_session(),
        text=request.args.get("q", ""),
        after=request.args.get("after", ""),
        is_withdrawn=request.args.get("withdrawn") == "yes",
    )
    return page("earlier/checks.html", facts=facts)


@earlier.get("/earlier/<int:check_id>")
@access("reader")
def check(check_id: int) -> ResponseReturnValue:
    return page("earlier/check.html", check=find_check(get_session(), check_id))


@dataclass(frozen=True)
class ShownReview:
    """A review that was understood, what becomes of it, and what was odd about it."""

    review: Review
    outcome: Outcome
    notes: Sequence[str]


@dataclass(frozen=True)
class ShownFile:
    """A file as it is looked over: what was understood, what was not and why."""

    name: str
    #: Why it could not be read. None: it could.
    problem: str | None
    notes: Sequence[str]
    reviews: Sequence[ShownReview]
    #: Why objects were not understood.
    refusals: Sequence[str]
    hidden: int


def _show(read: Sequence[Read], planned: Sequence[Planned]) -> list[ShownFile]:
    shown, left = [], MOST_SHOWN
    for one in read:
        items = one.reading.items if one.reading else ()
        own = [each for each in planned if each.file.reading is one.reading]
        shown.append(
            ShownFile(
                name=one.name,
                problem=_say(one.problem) if one.problem else None,
                notes=[_say(note) for note in one.reading.notes] if one.reading else [],
                reviews=[
                    ShownReview(each.review, each.outcome, [_say(note) for note in each.item.notes])
                    for each in own[: max(left, 0)]
                ],
                refusals=[_say(item.problem) for item in items if item.problem],
                hidden=max(0, len(own) - max(left, 0)),
            )
        )
        left -= len(own)
    return shown


def _say(note: Note) -> str:
    return told(note.message, note.values)


@earlier.route("/earlier/import", methods=["GET", "POST"])
@access("editor")
def bring() -> ResponseReturnValue:
    form = UploadForm()
    if not form.is_submitted_and_valid():
        return _bring_page(form, ())
    waiting: list[tuple[str, str]] = []
    read: list[Read] = []
    for upload in request.files.getlist("file"):
        data, name = upload.read(), upload.filename or ""
        if not name:
            continue
        read.append(read_file(name, data))
        if read[-1].problem is None:
            waiting.append((name, current_app.extensions["files"].stage(data, now())))
    try:
        planned = _plan(read)
    except DomainError as error:
        form.refuse(error)
        return _bring_page(form, _show(read, []))
    keep = KeepForm(None, data={"files": seal_files(waiting)})
    counts = {outcome: sum(one.outcome is outcome for one in planned) for outcome in Outcome}
    return page("earlier/look.html", form=keep, files=_show(read, planned), counts=counts)


def _plan(read: Sequence[Read]) -> list[Planned]:
    """Return what would become of what was uploaded; nothing at all is refused."""
    if not read:
        raise DomainError("Choose a file.")
    planned = plan_import(get_session(), readable(read))
    if not planned:
        raise DomainError("No review was understood.")
    return planned


def _bring_page(form: UploadForm, files: Sequence[ShownFile]) -> ResponseReturnValue:
    return form_page("earlier/bring.html", form, files=files)


@earlier.post("/earlier/import/keep")
@access("editor")
def keep() -> ResponseReturnValue:
    form, upload = KeepForm(), UploadForm(None)
    files = current_app.extensions["files"]
    try:
        read = [read_file(name, files.read_staged(digest)) for name, digest in form.waiting]
        sources = readable(read)
    except DomainError as error:
        upload.refuse(error)
        return _bring_page(upload, ())
    with saving(upload) as session:
        _brought, planned = service.import_reviews(session, actor=current_person(), files=sources)
    if not upload.is_saved:
        return _bring_page(upload, ())
    return done(_kept(planned), url_for("earlier.checks"))


def _kept(planned: Sequence[Planned]) -> str:
    added, renewed = (sum(one.outcome is outcome for one in planned) for outcome in (Outcome.ADDED, Outcome.RENEWED))
    if not added and not renewed:
        return gettext("Nothing was new: the desk has read all of it before.")
    parts = [
        ngettext("%(num)s earlier check is added.", "%(num)s earlier checks are added.", added) if added else "",
        ngettext("%(num)s is read anew.", "%(num)s are read anew.", renewed) if renewed else "",
    ]
    return " ".join(part for part in parts if part)


@earlier.route("/earlier/<int:check_id>/withdraw", methods=["GET", "POST"])
@access("editor")
def withdraw(check_id: int) -> ResponseReturnValue:
    known = find_check(get_session(), check_id)
    form = ReasonForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            service.withdraw_check(session, actor=current_person(), check_id=check_id, why=form.why.data)
        if form.is_saved:
            return done(
                gettext("The earlier check is withdrawn. It is kept and can be restored."),
                url_for("earlier.check", check_id=check_id),
            )
    return form_page("earlier/withdraw.html", form, check=known)


@earlier.post("/earlier/<int:check_id>/restore")
@access("editor")
def restore(check_id: int) -> ResponseReturnValue:
    form = ActionForm()
    back = url_for("earlier.check", check_id=check_id)
    with saving(form) as session:
        service.restore_check(session, actor=current_person(), check_id=check_id)
    if form.is_saved:
        return done(gettext("The earlier check is back in the list."), back)
    return form_page("claims/action.html", form, title=gettext("Restore the earlier check"), back=back)
