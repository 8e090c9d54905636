"""Asking for copies of a source, bringing one along, and handing out the files of what is kept.

What was captured is somebody else's: of its bytes only pictures of four kinds are ever shown, and everything else is
a file to be saved, which no browser opens as a page of the desk.
"""

import re

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.captures.forms import UploadForm
from claims_app.captures.model import Capture, Trigger
from claims_app.captures.queries import list_captures
from claims_app.captures.reading import read_upload
from claims_app.captures.service import Kept, keep_upload, request_capture
from claims_app.captures.standing import tell_failure
from claims_app.copies.kinds import SHOWN_IMAGES, UNKNOWN, tell_kind
from claims_app.errors import DomainError
from claims_app.language import gettext
from claims_app.people.session import current_person
from claims_app.sources.confidential_routes import readable_source
from claims_app.sources.model import Source
from claims_app.web.forms import ActionForm, saving
from claims_app.web.pages import done, form_page, next_address, page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

captures = Blueprint("captures", __name__)
captures.add_app_template_filter(tell_failure, "failure")
captures.add_app_template_filter(gettext, "kept_message")

CLOSED = "default-src 'none'; sandbox"
"""What a captured file may do, should a browser show it after all."""


def _source_page(source_id: int) -> str:
    return url_for("desk.source", source_id=source_id, _anchor="copies")


@captures.get("/sources/<int:source_id>/copies")
@access("reader")
def source_copies(source_id: int) -> ResponseReturnValue:
    source = readable_source(source_id)
    return page("captures/_list.html", source=source, copies=list_captures(get_session(), source_id))


@captures.post("/sources/<int:source_id>/copies")
@access("checker")
def source_capture(source_id: int) -> ResponseReturnValue:
    source = get_session().get_one(Source, source_id)
    form = ActionForm()
    with saving(form) as session:
        if request_capture(session, actor=current_person(), source=source, trigger=Trigger.ASKED) is None:
            raise DomainError("There is nothing to fetch: the source has no address, or it is withdrawn.")
    if form.is_saved:
        current_app.extensions["wake"]()
        return done(gettext("A copy is asked for."), next_address(_source_page(source_id)))
    return form_page("claims/action.html", form, title=gettext("Keep a copy"), back=_source_page(source_id))


def _read(form: UploadForm) -> Kept | None:
    """Keep the bytes that came with the form and read them; what cannot be kept is said on the form."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        form.refuse(DomainError("Choose a file.", field="file"))
        return None
    files = current_app.extensions["files"]
    try:
        return read_upload(files, data=upload.read(), name=upload.filename, media_type=upload.mimetype)
    except DomainError as error:
        form.refuse(error)
        return None


@captures.route("/sources/<int:source_id>/copies/new", methods=["GET", "POST"])
@access("checker")
def upload(source_id: int) -> ResponseReturnValue:
    source = readable_source(source_id)
    form = UploadForm()
    kept = _read(form) if form.is_submitted_and_valid() else None
    if kept is not None:
        with saving(form) as session:
            capture = keep_upload(session, actor=current_person(), source_id=source_id, kept=kept)
        if form.is_saved:
            current_app.extensions["wake"]()  # evidence is looked for in it
            return done(gettext("The copy is kept."), url_for("desk.capture", capture_id=capture.id))
    most = current_app.config["MAX_CONTENT_LENGTH"] // 1024**2
    return form_page("captures/upload.html", form, source=source, most=most)


# ---------------------------------------------------------------- Files


def _find(capture_id: int) -> Capture:
    capture = get_session().get_one(Capture, capture_id)
    readable_source(capture.source_id)
    return capture


def _bytes(capture: Capture, sha256: str | None) -> bytes:
    """Return a file of a capture; where it is none of the desk's any more the capture's page says so."""
    if sha256 is None:
        abort(404)
    try:
        data: bytes = current_app.extensions["files"].read(sha256)
    except DomainError as error:
        sentence = gettext(error.message, **error.values)
        abort(current_app.make_response(done(sentence, url_for("desk.capture", capture_id=capture.id))))
    return data


def _answer(data: bytes, media_type: str, name: str | None) -> Response:
    """Return bytes that no browser runs; with a ``name`` as a file to be saved."""
    response = Response(data, content_type=media_type)
    response.headers["Content-Security-Policy"] = CLOSED
    response.headers["X-Content-Type-Options"] = "nosniff"
    if name is not None:
        response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _name(capture: Capture, ending: str) -> str:
    return f"source-{capture.source_id}-copy-{capture.id}{ending}"


@captures.get("/captures/<int:capture_id>/image")
@access("reader")
def image(capture_id: int) -> ResponseReturnValue:
    capture = _find(capture_id)
    data = _bytes(capture, capture.sha256)
    kind = tell_kind(data, None)
    if kind not in SHOWN_IMAGES:
        abort(404)
    response = _answer(data, kind, None)
    if not capture.source.is_confidential:  # who may see those can change, and a browser forgets nothing
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@captures.get("/captures/<int:capture_id>/file")
@access("reader")
def file(capture_id: int) -> ResponseReturnValue:
    capture = _find(capture_id)
    known = re.search(r"\.[A-Za-z0-9]{1,8}$", capture.file_name or "")
    ending = known[0] if known else _ENDINGS.get(capture.media_type or "", ".bin")
    return _answer(_bytes(capture, capture.sha256), UNKNOWN, _name(capture, ending))


@captures.get("/captures/<int:capture_id>/recording")
@access("reader")
def recording(capture_id: int) -> ResponseReturnValue:
    capture = _find(capture_id)
    data = _bytes(capture, capture.warc_sha256)
    return _answer(data, UNKNOWN, _name(capture, ".warc.gz" if data.startswith(b"\x1f\x8b") else ".warc"))


@captures.get("/captures/<int:capture_id>/text")
@access("reader")
def text(capture_id: int) -> ResponseReturnValue:
    capture = _find(capture_id)
    return _answer(_bytes(capture, capture.text_sha256), "text/plain; charset=utf-8", _name(capture, ".txt"))


_ENDINGS = {
    "text/html": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/json": ".json",
    "application/xml": ".xml",
    "image/svg+xml": ".svg",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
}
