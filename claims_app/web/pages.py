"""Answers: a page, a form that came back, a sentence after a success, and what templates can say."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from claims_app import language
from claims_app.config import Settings
from claims_app.web.forms import DeskForm, EditForm, conflict_rows


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Return a rendered page."""
    return make_response(render_template(template, **values), status)


def form_page(template: str, form: DeskForm, **values: Any) -> Response:
    """Return the page of a form: fresh, refused with 422, or, when somebody else saved meanwhile, both versions (409).

    A form sent from inside another page is put back in its own place.
    """
    if isinstance(form, EditForm) and form.conflict is not None:
        return page("conflict.html", 409, form=form, rows=conflict_rows(form), current=form.conflict, **values)
    response = page(template, 422 if request.method == "POST" else 200, form=form, **values)
    if request.method == "POST" and "HX-Request" in request.headers:
        response.headers["HX-Retarget"] = response.headers["HX-Reselect"] = "#form"
        response.headers["HX-Reswap"] = "outerHTML"
    return response


def done(message: str, address: str) -> ResponseReturnValue:
    """Say one sentence and go on to ``address``."""
    flash(message)
    return redirect(address, 303)


def next_address(default: str) -> str:
    """Return where the form asked to go on, if that is a page of this desk."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return wanted if is_ours and "\\" not in wanted and wanted.isprintable() else default


def web_link(address: str | None) -> str | None:
    """Return an address that may be a link: http and https only."""
    return address if address and urlsplit(address).scheme in {"http", "https"} else None


def initials(name: str) -> str:
    """Return the first letters of the first and the last part of a name."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


def _isolated(text: object) -> Markup:
    return Markup("<bdi>{}</bdi>").format(escape(text))


def init_pages(app: Flask, settings: Settings) -> None:
    """Give templates the desk's words, dates, numbers and figures."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    def moment(value: datetime | None) -> str:
        return language.moment(value, settings.timezone)

    app.jinja_env.filters.update(
        day=language.day,
        moment=moment,
        number=language.number,
        figure=language.figure_words,
        isolated=_isolated,
        web_link=web_link,
        initials=initials,
    )
    app.jinja_env.globals.update(
        word=language.word, in_language=language.in_language, language=language.language, direction=language.direction
    )
