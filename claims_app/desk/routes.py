"""Where the rooms come together: the pages that people read."""

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue

from claims_app.captures.model import Capture
from claims_app.captures.standing import list_standings
from claims_app.desk.article import gather_article
from claims_app.desk.capture import gather_capture
from claims_app.desk.claim import gather_claim
from claims_app.desk.claimant import gather_claimant
from claims_app.desk.draft import gather_draft
from claims_app.desk.look import gather_look
from claims_app.desk.panel import ClaimPanel, PassagePanel, gather_claim_panel, gather_passage_panel
from claims_app.desk.publisher import gather_publisher
from claims_app.desk.queries import gather_articles, gather_history, gather_home
from claims_app.desk.source import gather_source_page
from claims_app.desk.workbench import gather_places, gather_workbench
from claims_app.evidence.queries import gather_sources
from claims_app.history.queries import read_filter
from claims_app.people.session import current_person
from claims_app.reading import row_number
from claims_app.sources.confidential_routes import readable_source
from claims_app.sources.queries import gather_publishers
from claims_app.web.pages import page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

desk = Blueprint("desk", __name__)


@desk.get("/")
@access("reader")
def home() -> ResponseReturnValue:
    return page("desk/home.html", facts=gather_home(get_session(), person_id=current_person().id))


@desk.get("/articles")
@access("reader")
def articles() -> ResponseReturnValue:
    is_withdrawn = request.args.get("withdrawn") == "yes"
    facts = gather_articles(get_session(), is_withdrawn=is_withdrawn, after=request.args.get("after", ""))
    return page("desk/articles.html", facts=facts)


@desk.get("/articles/<int:article_id>")
@access("reader")
def article(article_id: int) -> ResponseReturnValue:
    return page("desk/article.html", facts=gather_article(get_session(), article_id))


@desk.get("/articles/<int:article_id>/versions/<int:number>")
@access("reader")
def draft(article_id: int, number: int) -> ResponseReturnValue:
    return page("desk/draft.html", facts=gather_draft(get_session(), article_id, number))


@desk.get("/claims/<int:claim_id>")
@access("reader")
def claim(claim_id: int) -> ResponseReturnValue:
    return page("desk/claim.html", facts=gather_claim(get_session(), claim_id))


@desk.get("/claimants/<int:claimant_id>")
@access("reader")
def claimant(claimant_id: int) -> ResponseReturnValue:
    return page("desk/claimant.html", facts=gather_claimant(get_session(), claimant_id, after=_asked_number("after")))


@desk.get("/looks/<int:look_id>")
@access("reader")
def look(look_id: int) -> ResponseReturnValue:
    files = current_app.extensions["files"]
    return page("looks/look.html", facts=gather_look(get_session(), files, look_id, reader=current_person()))


@desk.get("/articles/<int:article_id>/text")
@access("reader")
def workbench(article_id: int) -> ResponseReturnValue:
    facts = gather_workbench(get_session(), article_id, number=_asked_number("version"))
    return page("desk/workbench.html", facts=facts, panel=_asked_panel(article_id))


def _asked_number(name: str) -> int | None:
    """Return the number that the address gives under this name; what is no number is found nowhere."""
    value = request.args.get(name, "")
    if not value:
        return None
    number = row_number(value)
    if number is None:
        abort(404)
    return number


def _asked_panel(article_id: int) -> ClaimPanel | PassagePanel | None:
    """Return what the address wants beside the text; what belongs to another article is not found."""
    claim_id, passage_id = _asked_number("claim"), _asked_number("passage")
    panel: ClaimPanel | PassagePanel | None = None
    if claim_id is not None:
        panel = gather_claim_panel(get_session(), claim_id)
    elif passage_id is not None:
        panel = gather_passage_panel(get_session(), passage_id)
    if panel is not None and panel.version.article_id != article_id:
        abort(404)
    return panel


@desk.get("/claims/<int:claim_id>/panel")
@access("reader")
def claim_panel(claim_id: int) -> ResponseReturnValue:
    return page("desk/_panel.html", panel=gather_claim_panel(get_session(), claim_id))


@desk.get("/passages/<int:passage_id>/panel")
@access("reader")
def passage_panel(passage_id: int) -> ResponseReturnValue:
    return page("desk/_panel.html", panel=gather_passage_panel(get_session(), passage_id))


@desk.get("/articles/<int:article_id>/places")
@access("reader")
def places(article_id: int) -> ResponseReturnValue:
    return page("desk/places.html", facts=gather_places(get_session(), article_id))


@desk.get("/sources")
@access("reader")
def sources() -> ResponseReturnValue:
    facts = gather_sources(get_session(), text=request.args.get("q", ""), after=request.args.get("after", ""))
    copies = list_standings(get_session(), [source.id for source, _ in facts.rows if not source.is_confidential])
    return page("desk/sources.html", facts=facts, copies=copies)


@desk.get("/sources/<int:source_id>")
@access("reader")
def source(source_id: int) -> ResponseReturnValue:
    after = request.args.get("after", "")
    return page("desk/source.html", facts=gather_source_page(get_session(), source_id, current_person(), after=after))


@desk.get("/publishers")
@access("reader")
def publishers() -> ResponseReturnValue:
    return page("desk/publishers.html", facts=gather_publishers(get_session(), after=request.args.get("after", "")))


@desk.get("/publishers/<int:publisher_id>")
@access("reader")
def publisher(publisher_id: int) -> ResponseReturnValue:
    facts = gather_publisher(get_session(), publisher_id, after=request.args.get("after", ""))
    return page("desk/publisher.html", facts=facts)


@desk.get("/captures/<int:capture_id>")
@access("reader")
def capture(capture_id: int) -> ResponseReturnValue:
    found = get_session().get_one(Capture, capture_id)
    readable_source(found.source_id)
    if "HX-Request" in request.headers and request.args.get("seen") == f"{found.state}{found.attempts}":
        return "", {"HX-Reswap": "none"}  # nothing new to a page that follows a capture
    facts = gather_capture(
        get_session(),
        current_app.extensions["files"],
        found,
        view=request.args.get("view", ""),
        evidence_id=_asked_number("evidence"),
    )
    return page("captures/capture.html", facts=facts)


@desk.get("/history")
@access("reader")
def history() -> ResponseReturnValue:
    wanted = read_filter(request.args, zone=current_app.config["TIMEZONE"])
    return page("desk/history.html", facts=gather_history(get_session(), wanted, reader=current_person()))
