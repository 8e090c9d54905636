"""The pages that readers outside see: the same for everybody, and nothing on them that a public report leaves out."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from claims_app.articles.model import Article
from claims_app.language import use_language
from claims_app.publishing.as_claimreview import as_file, for_script, write_review
from claims_app.publishing.as_feed import write_atom, write_data_feed, write_sitemap, write_sitemap_index
from claims_app.publishing.facts import CheckFacts, State
from claims_app.publishing.imprint import LANGUAGES, Imprint
from claims_app.publishing.queries import (
    Shown,
    count_maps,
    gather_check,
    has_pages,
    list_live_reviews,
    list_mapped,
    list_shown,
    state_of,
)
from claims_app.publishing.rules import list_refusals
from claims_app.web.pages import page
from claims_app.web.security import PUBLIC, access
from claims_app.web.transaction import get_session

readers = Blueprint("readers", __name__)

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""No script runs on a public page; the markup for search engines is data, which a browser does not run."""
FRESH = 60
"""Seconds for which a cache between us and readers may answer by itself; a browser asks every time."""


def _imprint() -> Imprint:
    """Return under whose name this desk publishes; one that does not publish has no public pages."""
    imprint: Imprint = current_app.extensions["imprint"]
    if list_refusals(imprint):
        abort(404)
    return imprint


def _kept(response: Response, modified_at: datetime | None = None) -> Response:
    """Let others keep an answer; whether it still holds is told by what is in it, not by a date."""
    response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={FRESH}, must-revalidate"
    response.headers["Content-Security-Policy"] = POLICY
    response.add_etag()
    response.last_modified = modified_at
    if response.status_code == 200 and "If-None-Match" in request.headers:
        response.make_conditional(request)
    return response


def _file(content: bytes, media_type: str) -> Response:
    return _kept(Response(content, content_type=f"{media_type}; charset=utf-8"))


def _page(
    template: str, code: str, imprint: Imprint, *, status: int = 200, modified_at: datetime | None = None, **values: Any
) -> Response:
    """Return a page in a language, whatever the visitor's own is."""
    use_language(code)
    return _kept(page(f"publishing/{template}", status, imprint=imprint, code=code, **values), modified_at)


@readers.get("/checks/<int:review_id>")
@readers.get("/checks/<int:review_id>/<any(he, en):code>")
@access(PUBLIC)
def check(review_id: int, code: str | None = None) -> ResponseReturnValue:
    imprint = _imprint()
    facts = gather_check(get_session(), review_id, language=code or imprint.language)
    state, own = state_of(facts, imprint), facts.languages[0]
    if state is not State.SHOWN:
        return _not_shown(facts, state, imprint, code or own)
    if code == own:
        return redirect(url_for("readers.check", review_id=review_id))
    if code is not None and code not in facts.languages:
        abort(404)
    code = code or own
    return _page(
        "check.html",
        code,
        imprint,
        modified_at=facts.page.modified_at,
        check=facts,
        rating=imprint.scale.ratings[facts.verdict.finding],
        **_ways({spoken: url_for("readers.check", **_place(facts, spoken)) for spoken in facts.languages}, imprint),
        markup=for_script(write_review(facts, imprint, code)),
    )


def _place(facts: CheckFacts, code: str) -> dict[str, Any]:
    """Return what makes the address of a check in a language; in its own it is the bare one."""
    place: dict[str, Any] = {"review_id": facts.page.id}
    return place if code == facts.languages[0] else {**place, "code": code}


def _ways(paths: dict[str, str], imprint: Imprint) -> dict[str, Any]:
    """Return what a page says of itself in each language: the path for who is on it, the address for all others."""
    return {"paths": paths, "addresses": {code: imprint.address + path for code, path in paths.items()}}


def _not_shown(facts: CheckFacts, state: State, imprint: Imprint, code: str) -> Response:
    """Return the page of a check whose verdict readers must not take for ours: neither verdict nor claim is on it."""
    is_gone = state is State.WITHDRAWN
    corrections = () if is_gone or facts.review is None else facts.review.corrections
    status = 410 if is_gone else 200
    return _page("not_shown.html", code, imprint, status=status, is_gone=is_gone, corrections=corrections)


@readers.get("/checks")
@readers.get("/checks/<any(he, en):code>")
@access(PUBLIC)
def checks(code: str | None = None) -> ResponseReturnValue:
    imprint = _imprint()
    spoken = code or imprint.language
    shown = list_shown(get_session(), imprint, language=spoken, after=request.args.get("after", ""))
    place = {"endpoint": "readers.checks"}
    return _list_page(shown, imprint, spoken, place, title=None)


@readers.get("/checks/articles/<int:article_id>")
@readers.get("/checks/articles/<int:article_id>/<any(he, en):code>")
@access(PUBLIC)
def article_checks(article_id: int, code: str | None = None) -> ResponseReturnValue:
    imprint, session = _imprint(), get_session()
    article = session.get_one(Article, article_id)
    if not has_pages(session, article_id):
        abort(404)
    spoken = code or article.language
    if article.withdrawn_at is not None or not list_live_reviews(session, article_id):
        return _page("not_shown.html", spoken, imprint, status=410, is_gone=True, corrections=())
    after = request.args.get("after", "")
    shown = list_shown(session, imprint, language=spoken, article_id=article_id, after=after)
    place = {"endpoint": "readers.article_checks", "article_id": article_id}
    return _list_page(shown, imprint, spoken, place, title=article)


def _list_page(
    shown: Shown, imprint: Imprint, code: str, place: dict[str, Any], *, title: Article | None
) -> ResponseReturnValue:
    modified = max((one.page.modified_at for one in shown.checks), default=None)
    return _page(
        "list.html",
        code,
        imprint,
        modified_at=modified,
        checks=shown.checks,
        article=title,
        **_ways({spoken: url_for(**place, code=spoken) for spoken in LANGUAGES}, imprint),
        next=url_for(**place, code=code, after=shown.after) if shown.after else None,
    )


def _feed() -> tuple[Imprint, Shown, str, str | None]:
    """Return what a feed holds: who publishes it, its checks, its own address and that of the older ones."""
    imprint, after = _imprint(), request.args.get("after", "")
    shown = list_shown(get_session(), imprint, language=imprint.language, after=after)
    address = imprint.address + request.path
    here = f"{address}?after={after}" if after.replace("-", "").isalnum() and after.isascii() else address
    return imprint, shown, here, f"{address}?after={shown.after}" if shown.after else None


@readers.get("/checks/feed.atom")
@access(PUBLIC)
def feed_atom() -> ResponseReturnValue:
    imprint, shown, here, after = _feed()
    content = write_atom(shown.checks, imprint, code=imprint.language, here=here, after=after)
    return _file(content, "application/atom+xml")


@readers.get("/checks/feed.json")
@access(PUBLIC)
def feed_json() -> ResponseReturnValue:
    imprint, shown, _here, after = _feed()
    response = _file(as_file(write_data_feed(shown.checks, imprint, code=imprint.language)), "application/json")
    if after:
        response.headers["Link"] = f'<{after}>; rel="next"'
    return response


@readers.get("/checks/sitemap.xml")
@access(PUBLIC)
def sitemap() -> ResponseReturnValue:
    imprint, session = _imprint(), get_session()
    number = count_maps(session)
    if number == 1:
        return _file(write_sitemap(list_mapped(session, imprint, 1)), "application/xml")
    parts = (url_for("readers.sitemap_part", part=part) for part in range(1, number + 1))
    return _file(write_sitemap_index(f"{imprint.address}{part}" for part in parts), "application/xml")


@readers.get("/checks/sitemap-<int:part>.xml")
@access(PUBLIC)
def sitemap_part(part: int) -> ResponseReturnValue:
    imprint, session = _imprint(), get_session()
    if not 1 <= part <= count_maps(session):
        abort(404)
    return _file(write_sitemap(list_mapped(session, imprint, part)), "application/xml")


@readers.get("/robots.txt")
@access(PUBLIC)
def robots() -> ResponseReturnValue:
    imprint: Imprint = current_app.extensions["imprint"]
    lines = ["User-agent: *"]
    if not list_refusals(imprint):
        # The longer rule wins: what readers may see, and how it looks.
        lines += ["Allow: /checks", "Allow: /static/"]
    lines.append("Disallow: /")
    if not list_refusals(imprint):
        lines.append(f"Sitemap: {imprint.address}/checks/sitemap.xml")
    return _file(("\n".join(lines) + "\n").encode(), "text/plain")
