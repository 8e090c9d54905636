"""Downloading a bundle."""

from tempfile import TemporaryFile

from flask import Blueprint, current_app, request, send_file
from flask.typing import ResponseReturnValue

from claims_app.bundles.writing import record_bundle, write_bundle
from claims_app.language import language
from claims_app.people.session import current_person
from claims_app.web.security import access
from claims_app.web.transaction import get_session, transaction

bundles = Blueprint("bundles", __name__)


@bundles.get("/articles/<int:article_id>/bundle.zip")
@access("checker")
def article_bundle(article_id: int) -> ResponseReturnValue:
    is_public = request.args.get("public") == "yes"
    # Through a file that has no name and goes when it is closed: a bundle may be larger than the memory.
    file = TemporaryFile()  # noqa: SIM115 - the server closes it after the last byte
    written = write_bundle(
        get_session(),
        current_app.extensions["files"],
        file,
        article_id=article_id,
        actor=current_person(),
        language=language(),
        zone=current_app.config["TIMEZONE"],
        is_public=is_public,
        letterhead=current_app.extensions["letterheads"][language()],
    )
    with transaction() as session:
        record_bundle(session, actor=current_person(), article_id=article_id, written=written, is_public=is_public)
    size = file.tell()
    file.seek(0)
    name = f"claims-bundle-{article_id}{'-public' if is_public else ''}.zip"
    response = send_file(file, mimetype="application/zip", as_attachment=True, download_name=name)
    response.content_length = size
    return response
