"""The queue for programs: claims under its filters, and the search."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from claims_app.api.operations import operation
from claims_app.api.paging import no_such_place
from claims_app.api.shapes import (
    MOST_NUMBER,
    WHOLE,
    FigureOut,
    Number,
    Page,
    PageQuery,
    Shape,
    Switch,
    Who,
    figure_of,
    read_cursor,
    write_cursor,
)
from claims_app.articles.model import Article
from claims_app.claims.model import Kind, Place, Priority, Status
from claims_app.people.model import Role
from claims_app.reading import clean
from claims_app.search.counts import count_claims, count_scope
from claims_app.search.model import ClaimFilter, usual_sort
from claims_app.search.queries import knows_place, list_page
from claims_app.web.transaction import get_session

TAG = "claims"


class ClaimRow(Shape):
    """A claim as the queue lists it."""

    id: Number
    article_id: Number
    number: Number
    article_he: str | None
    article_en: str | None
    statement_he: str | None
    statement_en: str | None
    kind: Kind
    priority: Priority
    status: Status
    section: str | None
    figure: FigureOut | None
    assignee: Who | None
    supports: int
    refutes: int
    contexts: int
    differing: int
    place: Place
    is_stale: bool
    needs_look: bool
    created_at: datetime
    updated_at: datetime


class ClaimPage(Page[ClaimRow]):
    """A page of claims, and how many there are under the filter."""

    total: int
    is_more: bool = Field(description="There are more than `total`; how many was not counted.")


def _show_row(row: Any) -> ClaimRow:
    same = ClaimRow.model_fields.keys() - {"article_he", "article_en", "figure", "assignee"}
    return ClaimRow(
        **{name: getattr(row, name) for name in same},
        article_he=row.title_he,
        article_en=row.title_en,
        figure=figure_of(row),
        assignee=None if row.assignee_id is None else Who(id=row.assignee_id, name=row.assignee),
    )


class ClaimQuery(PageQuery):
    """Which claims, as the queue's address says it."""

    article: Annotated[int, Field(ge=1, le=MOST_NUMBER), WHOLE] | None = None
    status: list[Status] = Field(default=[])
    kind: list[Kind] = Field(default=[])
    priority: list[Priority] = Field(default=[])
    assignee: list[Annotated[int, Field(ge=0, le=MOST_NUMBER), WHOLE]] = Field(
        default=[], max_length=50, description="People's numbers; 0 is nobody."
    )
    proof: list[Literal["none", "some", "conflict"]] = Field(default=[])
    tag: Annotated[str, Field(max_length=60)] = ""
    q: Annotated[str, Field(max_length=200, description="Words of the statement, or beginnings of them.")] = ""
    place: list[Literal["stale", "lost", "none"]] = Field(default=[])
    overdue: Switch = False
    differ: Switch = Field(default=False, description="Evidence states another figure than the article.")
    look: Switch = Field(default=False, description="Something has to be looked at again.")
    withdrawn: Switch = Field(default=False, description="Those that were withdrawn, in place of the others.")
    sort: Literal["order", "changed", "opened", "urgency"] | None = Field(
        default=None, description="`order` is that of the article, and needs `article`; else it is `changed`."
    )

    def filter(self) -> ClaimFilter:
        """Return the queue's filter that is asked for."""
        usual = usual_sort(self.article)
        sort = usual if self.sort is None or (self.sort == "order" and self.article is None) else self.sort
        return ClaimFilter(
            article=self.article,
            status=tuple(self.status),
            kind=tuple(self.kind),
            priority=tuple(self.priority),
            assignee=tuple(self.assignee),
            proof=tuple(self.proof),
            tag=clean(self.tag) or "",
            text=clean(self.q) or "",
            place=tuple(self.place),
            is_overdue=self.overdue,
            is_differing=self.differ,
            needs_look=self.look,
            is_withdrawn=self.withdrawn,
            sort=sort,
        )


def _page_of(wanted: ClaimFilter, query: PageQuery) -> ClaimPage:
    session = get_session()
    if wanted.article is not None:
        session.get_one(Article, wanted.article)
    after = read_cursor(query.after)
    if after is None or (after and not knows_place(after, wanted)):
        raise no_such_place()
    counts = count_claims(session, wanted, count_scope(session, wanted.article))
    listed = list_page(session, wanted, found=counts.found, sizes=counts.sizes, after=after, most=query.limit)
    return ClaimPage(
        items=[_show_row(row) for row in listed.rows],
        next=write_cursor(listed.after) if listed.after else None,
        total=counts.total,
        is_more=counts.is_more,
    )


@operation("GET", "/claims", tag=TAG, role=Role.READER)
def list_claims(query: ClaimQuery) -> ClaimPage:
    """List claims under the queue's filters: of the desk, or of one article."""
    return _page_of(query.filter(), query)


class SearchQuery(PageQuery):
    """What is searched for."""

    q: Annotated[str, Field(min_length=1, max_length=200, description="Words; each may be the beginning of one.")]


@operation("GET", "/search", tag=TAG, role=Role.READER)
def search_claims(query: SearchQuery) -> ClaimPage:
    """Search the statements of all claims, in Hebrew and in English; the last to change comes first."""
    return _page_of(ClaimQuery(q=query.q).filter(), query)
