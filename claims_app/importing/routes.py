"""Bringing a table in: read first, its columns matched and looked over, then saved as a whole; and taken back."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from claims_app.articles.model import Article
from claims_app.articles.queries import list_articles_at_hand
from claims_app.articles.service import File
from claims_app.db import now
from claims_app.errors import DomainError
from claims_app.importing.fields import fields_of, find_field
from claims_app.importing.forms import TableForm, UndoForm
from claims_app.importing.matching import check_columns, is_heading, match_headings, propose_kind
from claims_app.importing.model import Import, ImportKind
from claims_app.importing.plan import Plan
from claims_app.importing.planning import plan_import
from claims_app.importing.queries import count_made, find_same_file, list_imports
from claims_app.importing.service import save_import
from claims_app.importing.tables import MOST_ROWS, Table, column_name, read_table
from claims_app.importing.template import WRITERS
from claims_app.importing.undoing import find_worked, undo_import
from claims_app.language import gettext, translated
from claims_app.people.session import current_person
from claims_app.reading import clean, row_number
from claims_app.reports.routes import disposition
from claims_app.web.forms import saving
from claims_app.web.pages import done, form_page, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

importing = Blueprint("importing", __name__)

SHOWN = 10
"""Rows that the page shows as they were read."""
NAMED = 100
"""Problems that the page names; the others are counted."""


@dataclass(frozen=True)
class Look:
    """A table as it was read, for the page that looks it over."""

    table: Table
    kind: ImportKind
    columns: list[str]
    notes: list[str]
    #: None: the columns do not make a table of this kind yet.
    plan: Plan | None
    #: An earlier import of this very file that stands. None: there is none.
    same: Import | None

    @property
    def can_be_saved(self) -> bool:
        return self.plan is not None and not self.plan.problems and not self.plan.is_empty


@importing.get("/tables")
@access("reader")
def tables() -> ResponseReturnValue:
    before = row_number(request.args.get("before", ""))
    return page("importing/tables.html", facts=list_imports(get_session(), before=before))


@importing.get("/tables/<int:import_id>")
@access("reader")
def table(import_id: int) -> ResponseReturnValue:
    session = get_session()
    imported = session.get_one(Import, import_id)
    known = ((heading, find_field(imported.kind, name)) for heading, name in imported.columns.items())
    columns = [(heading, field.heading) for heading, field in known if field is not None]
    return page("importing/table.html", imported=imported, counts=count_made(session, imported), columns=columns)


@importing.get("/tables/template/<kind>.<file_format>")
@access("reader")
def template(kind: str, file_format: str) -> ResponseReturnValue:
    if kind not in set(ImportKind) or file_format not in WRITERS:
        abort(404)
    media_type, write = WRITERS[file_format]
    response = Response(write(ImportKind(kind)), content_type=media_type)
    name = f"claims-desk-{kind}.{file_format}"
    response.headers["Content-Disposition"] = disposition(name, name, is_shown=False)
    return response


@importing.get("/tables/new")
@access("editor")
def table_add() -> ResponseReturnValue:
    return _begin(_form())


def _form() -> TableForm:
    """Return the form, with the articles to choose from; an address may name one."""
    asked = request.args.get("article", "")
    form = TableForm(data={"article_id": asked})
    session = get_session()
    articles = list(list_articles_at_hand(session))
    chosen = form.article_id.data
    if chosen is not None and chosen not in {one.id for one in articles}:
        articles.insert(0, session.get_one(Article, chosen))
    form.offer_articles(articles)
    return form


def _begin(form: TableForm) -> ResponseReturnValue:
    most = current_app.config["MAX_CONTENT_LENGTH"] // 1024**2
    return form_page("importing/new.html", form, kinds=ImportKind, formats=WRITERS, most=most, most_rows=MOST_ROWS)


@importing.post("/tables/read")
@access("editor")
def table_read() -> ResponseReturnValue:
    """Read a file that was sent, or the one that was read before with its columns as they are chosen now."""
    form = _form()
    upload = request.files.get("table")
    try:
        if not form.validate():
            return _begin(form)
        look = _receive(form, upload) if upload is not None and upload.filename else _look_again(form)
    except DomainError as error:
        form.refuse(error)
        return _begin(form)
    return _show(form, look)


def _receive(form: TableForm, upload: FileStorage) -> Look:
    """Read a file that was sent and lay it aside."""
    data, name = upload.read(), clean((upload.filename or "").replace("\\", "/").rpartition("/")[2])
    read = read_table(data, name=name or "", is_known=is_heading)
    form.hold(File(current_app.extensions["files"].stage(data, now()), len(data), name=name and name[:200]))
    kind = form.kind.data or propose_kind(read.headings)
    form.kind.data = kind
    return _look_over(form, read, match_headings(kind, read.headings, has_article=form.article_id.data is not None))


def _look_again(form: TableForm) -> Look:
    if not form.file.data:
        raise DomainError("Choose a file first.")
    file = form.held
    data = current_app.extensions["files"].read_staged(file.sha256)
    read = read_table(data, name=file.name or "", sheet=form.sheet.data or None, is_known=is_heading)
    kind = form.kind.data or propose_kind(read.headings)
    was = (request.form.get("was_kind"), request.form.get("was_sheet"), request.form.get("was_article"))
    is_same = was == (str(kind), read.sheet or "", str(form.article_id.data or ""))
    form.kind.data = kind
    matched = match_headings(kind, read.headings, has_article=form.article_id.data is not None)
    return _look_over(form, read, form.columns if is_same else matched)


def _look_over(form: TableForm, read: Table, columns: list[str]) -> Look:
    """Plan what a table brings; where its columns do not make one yet, the form says so."""
    session, article_id = get_session(), form.article_id.data
    kind = ImportKind(form.kind.data)
    if kind in (ImportKind.SOURCES, ImportKind.ARTICLES):
        article_id = form.article_id.data = None
    columns = [*columns, *[""] * (len(read.headings) - len(columns))][: len(read.headings)]
    form.offer_sheets(read.sheets, read.sheet)
    plan = None
    try:
        chosen = check_columns(kind, read, columns, has_article=article_id is not None)
        plan = plan_import(session, kind=kind, table=read, columns=chosen, article_id=article_id)
    except DomainError as error:
        form.refuse(error)
    return Look(read, kind, columns, translated(read.notes), plan, find_same_file(session, form.held.sha256))


def _show(form: TableForm, look: Look) -> ResponseReturnValue:
    status = 422 if form.form_errors else 200
    fields = fields_of(look.kind, has_article=form.article_id.data is not None)
    problems = look.plan.problems if look.plan else []
    return page(
        "importing/look.html",
        status,
        form=form,
        look=look,
        fields=fields,
        names=[column_name(at) for at in range(len(look.table.headings))],
        problems=[(problem, _told(problem.error)) for problem in problems[:NAMED]],
        shown=look.table.rows[:SHOWN],
    )


def _told(error: DomainError) -> str:
    values: dict[str, Any] = error.values
    return gettext(error.message, **values)


@importing.post("/tables")
@access("editor")
def table_save() -> ResponseReturnValue:
    form = _form()
    try:
        if not form.validate():
            return _begin(form)
        look = _look_again(form)
    except DomainError as error:
        form.refuse(error)
        return _begin(form)
    if look.plan is None:
        return _show(form, look)
    file, files = form.held, current_app.extensions["files"]
    with saving(form) as session:
        # Planned again, so that what was saved meanwhile is known.
        chosen = check_columns(look.kind, look.table, look.columns, has_article=form.article_id.data is not None)
        plan = plan_import(session, kind=look.kind, table=look.table, columns=chosen, article_id=form.article_id.data)
        imported = save_import(
            session,
            actor=current_person(),
            plan=plan,
            file=file,
            columns={look.table.headings[column] or column_name(column): name for name, column in chosen.items()},
            article_id=form.article_id.data,
            files=files,
        )
        files.adopt(file.sha256)
    if form.is_saved:
        return done(gettext("The table is brought in."), url_for("importing.table", import_id=imported.id))
    return _show(form, look)


@importing.route("/tables/<int:import_id>/undo", methods=["GET", "POST"])
@access("editor")
def table_undo(import_id: int) -> ResponseReturnValue:
    form = UndoForm()
    if form.is_submitted_and_valid():
        with saving(form) as session:
            undo_import(
                session,
                actor=current_person(),
                import_id=import_id,
                why=form.why.data,
                keeps_worked=form.keeps_worked.data,
            )
        if form.is_saved:
            return done(gettext("The import is undone."), url_for("importing.table", import_id=import_id))
    session = get_session()
    imported = session.get_one(Import, import_id)
    worked = find_worked(session, imported) if imported.undone_at is None else []
    counts = count_made(session, imported)
    return form_page("importing/undo.html", form, imported=imported, worked=worked, counts=counts)
