"""The reports that take long: how far one is, and its file when it is ready."""

import hashlib
from pathlib import Path

from flask import Blueprint, Response, current_app, url_for
from flask.typing import ResponseReturnValue

from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.reports.export import FORMATS, record_export
from claims_app.reports.model import Export, ExportState
from claims_app.reports.routes import content_type, name_file
from claims_app.reports.scope import unpack_scope
from claims_app.reports.service import KEPT, count_before
from claims_app.web.pages import done, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session, transaction

exports = Blueprint("exports", __name__)


def _page(template: str, export_id: int) -> Response:
    session = get_session()
    export = session.get_one(Export, export_id)
    before = count_before(session, export) if export.state is ExportState.WAITING else 0
    return page(template, export=export, before=before, kept_days=KEPT.days, scope=unpack_scope(export.scope))


@exports.get("/exports/<int:export_id>")
@access("reader")
def export(export_id: int) -> ResponseReturnValue:
    return _page("reports/export.html", export_id)


@exports.get("/exports/<int:export_id>/progress")
@access("reader")
def progress(export_id: int) -> ResponseReturnValue:
    return _page("reports/_export.html", export_id)


@exports.get("/exports/<int:export_id>/file")
@access("reader")
def export_file(export_id: int) -> ResponseReturnValue:
    export = get_session().get_one(Export, export_id)
    data = _read(export) if export.state is ExportState.READY else None
    if data is None:
        sentence = gettext("The file of this report is not here (any more); ask for it again.")
        return done(sentence, url_for("exports.export", export_id=export_id))
    scope = unpack_scope(export.scope)
    with transaction() as session:
        record_export(
            session,
            actor=current_person(),
            file_format=export.file_format,
            language=export.language,
            article_id=export.article_id,
            scope=scope,
        )
    response = Response(data, content_type=content_type(export.file_format))
    name_file(response, export.article_id, export.file_format, export.language, scope)
    return response


def _read(export: Export) -> bytes | None:
    """Return the file of an export; None where it is gone, or not what was written."""
    folder: Path = current_app.extensions["exports"]
    try:
        data = (folder / export.file_name).read_bytes()
    except FileNotFoundError:
        return None
    is_whole = hashlib.sha256(data).hexdigest() == export.sha256 and export.file_format in FORMATS
    return data if is_whole else None
