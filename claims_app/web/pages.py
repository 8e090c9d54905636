"""Answers: a page, a form that came back, a sentence after a success, and what templates can say."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import Environment
from markupsafe import Markup, escape

from claims_app import language
from claims_app.config import Settings
from claims_app.prose.compare import compare_words
from claims_app.web.forms import DeskForm, EditForm, conflict_rows

Placed = TypeVar("Placed", bound=DeskForm)

_FORM_ID = re.compile("[a-z]+(-[a-z0-9]+)*")


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Return a rendered page."""
    return make_response(render_template(template, **values), status)


def form_page(template: str, form: DeskForm, **values: Any) -> Response:
    """Return the page of a form: fresh, refused with 422, or, when somebody else saved meanwhile, both versions (409).

    A form sent from inside another page is put back in its own place.
    """
    if isinstance(form, EditForm) and form.conflict is not None:
        return page("conflict.html", 409, form=form, rows=conflict_rows(form), current=form.conflict, **values)
    form_id = _wanted_id()
    placed = form if form_id == "form" else place(form, form_id)
    response = page(template, 422 if request.method == "POST" else 200, form=placed, form_id=form_id, **values)
    if request.method == "POST" and "HX-Request" in request.headers:
        response.headers["HX-Retarget"] = response.headers["HX-Reselect"] = f"#{form_id}"
        response.headers["HX-Reswap"] = "outerHTML"
    return response


def _wanted_id() -> str:
    """Return the id that a form gets: on a page with several, the one it was sent from or is asked into."""
    sent = request.method == "POST"
    wanted = request.headers.get("HX-Trigger", "") if sent else request.args.get("form", "")
    return wanted if _FORM_ID.fullmatch(wanted) else "form"


def place(form: Placed, form_id: str) -> Placed:
    """Give the form's fields ids that no other form of the page has."""
    for field in form:
        field.id = field.label.field_id = f"{form_id}-{field.name}"
    return form


def done(message: str, address: str) -> ResponseReturnValue:
    """Say one sentence and go on to ``address``."""
    flash(message)
    return redirect(address, 303)


def next_address(default: str) -> str:
    """Return where the form asked to go on, if that is a page of this desk."""
    wanted = request.values.get("next", "")
    is_ours = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if is_ours else default


def web_link(address: str | None) -> str | None:
    """Return an address that may be a link: http and https only."""
    return address if address and urlsplit(address).scheme in {"http", "https"} else None


def initials(name: str) -> str:
    """Return the first letters of the first and the last part of a name."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


def _isolated(text: object) -> Markup:
    return Markup("<bdi>{}</bdi>").format(escape(text))


def _filling(translate: Callable[[str], str]) -> Callable[..., Markup]:
    """Return ``translate`` for templates: it fills the places of a message and escapes what it fills in."""

    def fill(message: str, /, **values: Any) -> Markup:
        return Markup(translate(message)) % values  # noqa: S704 - messages are the desk's own

    return fill


def word_changes(before: str | None, after: str | None) -> list[tuple[str, str, str]]:
    """Return what differs between two texts word by word: what kind of change, the old words and the new."""
    old, new = before or "", after or ""
    return [
        (change.kind, old[change.old.start : change.old.end], new[change.new.start : change.new.end])
        for change in compare_words(old, new)
    ]


def equip_templates(environment: Environment, zone: str) -> None:
    """Give templates the desk's words, dates, numbers and figures; moments are shown in ``zone``."""
    environment.add_extension("jinja2.ext.i18n")
    environment.add_extension("jinja2.ext.do")
    # The template fills the places, so that what it fills in is escaped.
    environment.install_gettext_callables(language.gettext, language.plural, newstyle=True)  # type: ignore[attr-defined]
    # Jinja's own does the same through three more calls, for each of the hundred messages of a page.
    environment.globals["_"] = environment.globals["gettext"] = _filling(language.gettext)
    environment.trim_blocks = environment.lstrip_blocks = True

    def moment(value: datetime | None) -> str:
        text = language.moment(value, zone)
        # Digits have no direction of their own: an isolate keeps the day before the hour in Hebrew.
        return f"\u2067{text}\u2069" if text and language.direction() == "rtl" else text

    environment.filters.update(
        day=language.day,
        moment=moment,
        number=language.number,
        figure=language.figure_words,
        source_name=language.source_name,
        isolated=_isolated,
        web_link=web_link,
        initials=initials,
    )
    environment.globals.update(
        word=language.word,
        in_language=language.in_language,
        language=language.language,
        direction=language.direction,
        DIRECTIONS=language.DIRECTIONS,
        word_changes=word_changes,
    )


def init_pages(app: Flask, settings: Settings) -> None:
    """Let the templates of ``app`` speak for the desk."""
    app.config["TIMEZONE"] = settings.timezone
    equip_templates(app.jinja_env, settings.timezone)
