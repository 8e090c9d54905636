"""Places in lists that a program hands back."""

from claims_app.api.problems import Problem
from claims_app.api.shapes import PageQuery
from claims_app.language import gettext


def need_place(query: PageQuery) -> None:
    """Refuse a place where no page of a list by number begins."""
    if query.is_lost:
        raise no_such_place()


def no_such_place() -> Problem:
    """Return the answer to a cursor that no answer gave."""
    return Problem(404, gettext("No page of this list begins there; begin with the first one."))
