"""The queue: every claim of the desk, or of one article, under a filter that stands in the address."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from claims_app.articles.model import Article
from claims_app.claims.model import Priority
from claims_app.claims.queries import group_ticks, list_ticks
from claims_app.people.model import Person, Role
from claims_app.people.queries import list_people
from claims_app.people.session import current_person
from claims_app.search.counts import count_claims, count_scope
from claims_app.search.model import MOST_OVERDUE, ClaimFilter, usual_sort
from claims_app.search.queries import count_attention, count_overdue, list_page
from claims_app.web.pages import page
from claims_app.web.security import access
from claims_app.web.transaction import get_session

search = Blueprint("search", __name__)


@dataclass(frozen=True)
class View:
    """A tab over the queue: a filter people ask for often, and how many claims it holds for."""

    label: str
    filter: ClaimFilter
    number: int


_ATTENTION: dict[str, dict[str, Any]] = {
    "stale": {"place": ("stale",)},
    "lost": {"place": ("lost",)},
    "differ": {"is_differing": True},
    "look": {"needs_look": True},
}


def _views(
    article: int | None, scope: dict[str, Counter[str]], late: int, attention: dict[str, int], me: Person
) -> list[View]:
    everything = ClaimFilter(article=article, sort=usual_sort(article))
    return [
        View("all", everything, scope["status"].total()),
        View("high", replace(everything, priority=("high",)), scope["priority"]["high"]),
        View("mine", replace(everything, assignee=(me.id,)), scope["assignee"][str(me.id)]),
        View("awaiting", replace(everything, status=("awaiting",)), scope["status"]["awaiting"]),
        View("none", replace(everything, proof=("none",)), scope["proof"]["none"]),
        View("conflict", replace(everything, proof=("conflict",)), scope["proof"]["conflict"]),
        *(View(name, replace(everything, **_ATTENTION[name]), number) for name, number in attention.items() if number),
        View("overdue", replace(everything, is_overdue=True), late),
    ]


@search.get("/claims")
@access("reader")
def queue() -> ResponseReturnValue:
    session, me = get_session(), current_person()
    wanted = ClaimFilter.read(request.args.to_dict(flat=False))
    article = session.get_one(Article, wanted.article) if wanted.article else None
    scope = count_scope(session, wanted.article)
    counts = count_claims(session, wanted, scope)
    listed = list_page(
        session,
        wanted,
        found=counts.found,
        sizes=counts.sizes,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    people = list_people(session)
    return page(
        "search/queue.html",
        wanted=wanted,
        article=article,
        counts=counts,
        scope=scope,
        listed=listed,
        people=people,
        checkers=[person for person in people if person.may(Role.CHECKER)],
        priorities=list(Priority),
        ticks=group_ticks(list_ticks(session, article.id)) if article else None,
        most_overdue=MOST_OVERDUE,
        views=_views(
            wanted.article,
            scope,
            count_overdue(session, wanted.article),
            count_attention(session, wanted.article),
            me,
        ),
    )
