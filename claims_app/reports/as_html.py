"""The report as a page: one file that needs nothing beside it, on screen and on paper, without a running desk."""

import base64
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from claims_app.language import in_language, speaking
from claims_app.reports.annotated import annotate_report
from claims_app.reports.facts import Report
from claims_app.reports.scope import describe_scope, name_scope
from claims_app.reports.telling import shortened
from claims_app.web.pages import equip_templates

POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
"""What a browser may load for the report: what is in the file itself."""

_STATIC = Path(__file__).resolve().parents[1] / "static"
_FONT = re.compile(r'url\("(vendor/fonts/[a-z0-9-]+\.woff2)"\)')
_SYMBOL = re.compile(r'<symbol id="i-([a-z-]+)".*?</symbol>', re.DOTALL)
_ICONS = {
    *("check-circle-fill", "circle-half", "exclamation-diamond-fill", "question-square-fill", "chat-quote"),
    *("circle", "pencil-square", "hourglass-split", "plus-circle", "dash-circle", "info-circle"),
    *("check-lg", "x-lg", "slash-circle", "exclamation-triangle", "question-circle"),
    *("patch-check", "pencil", "arrow-counterclockwise"),
}


@cache
def _style() -> Markup:
    """Return the stylesheet with its fonts inside."""

    def embed(found: re.Match[str]) -> str:
        content = base64.b64encode((_STATIC / found[1]).read_bytes()).decode("ascii")
        return f'url("data:font/woff2;base64,{content}")'

    return Markup(_FONT.sub(embed, (_STATIC / "report.css").read_text(encoding="utf-8")))  # noqa: S704 - our own file


@cache
def _symbols() -> Markup:
    """Return the drawings of the icons that the report uses."""
    text = (_STATIC / "icons.svg").read_text(encoding="utf-8")
    found = [symbol[0] for symbol in _SYMBOL.finditer(text) if symbol[1] in _ICONS]
    return Markup("\n".join(found))  # noqa: S704 - our own file


@cache
def _environment(zone: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("claims_app"), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    equip_templates(environment, zone)
    # An icon stands in this very file, so that its address is what comes after the file's name: nothing.
    environment.globals.update(url_for=lambda *_place, **_names: "", style=_style, symbols=_symbols)
    environment.filters["css_text"] = css_text
    return environment


def report_template(zone: str, name: str) -> Template:
    """Return a template of a file that needs nothing beside it; moments are those of ``zone``."""
    return _environment(zone).get_template(name)


def css_text(text: str) -> Markup:
    """Return ``text`` as a CSS string in which every character is its number, so that none can end it."""
    return Markup('"{}"').format("".join(f"\\{ord(mark):x} " for mark in text))


def data_address(picture: bytes | None) -> str | None:
    """Return a PNG or JPEG file as an address that holds it."""
    if picture is None:
        return None
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode('ascii')}"


def write_html(report: Report, *, zone: str) -> bytes:
    """Return the report as one HTML file in the report's language; moments are those of ``zone``."""
    with speaking(report.language):
        title, _code = in_language(report.article, "title")
        text = report_template(zone, "reports/report.html").render(
            report=report,
            article=report.article,
            title=title,
            folio=shortened(title),
            ticks=[
                (name, [(claim.id, claim.number, claim.status) for claim in claims]) for name, claims in report.sections
            ],
            paragraphs=annotate_report(report),
            policy=POLICY,
            scope=describe_scope(report, zone),
            scope_name=name_scope(report.scope),
            logo=data_address(report.letterhead.logo),
        )
    return text.encode("utf-8")
