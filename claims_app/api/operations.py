"""How an operation of the API is put together: who may call it, what it takes and answers; the description reads it.

A handler is as thin as a page's route. The shapes it takes (``body``, ``query``) and answers stand in its signature;
its docstring is what the description says of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from flask import Blueprint, Response, request, url_for

from claims_app.api.problems import Problem, answer
from claims_app.api.reading import check_no_body, read_body, read_query
from claims_app.api.shapes import NoQuery, Page, Query, Shape
from claims_app.api.tags import content_of, is_known, quoted, tag_of
from claims_app.errors import DomainError
from claims_app.people.model import Role, Scope
from claims_app.web.security import access

ROOT = "/api/v1"
JSON = "application/json"

api = Blueprint("api", __name__, url_prefix=ROOT)
api.register_error_handler(DomainError, answer)


@dataclass(frozen=True)
class File:
    """A file as the answer: its bytes, what they are, and what a program may call it."""

    content: bytes
    content_type: str
    disposition: str


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked of the API."""

    name: str
    method: str
    #: As Flask writes it, below the root.
    path: str
    #: Under which heading it is described.
    tag: str
    tells: str
    role: Role
    scope: Scope
    body: type[Shape] | None
    query: type[Query]
    #: The shape of the answer; ``File`` for a report.
    answer: type[Any]
    #: Of what is created: where it is found, to be filled from the answer.
    location: str | None
    #: The answer is a record with an ETag.
    is_tagged: bool
    #: It changes a record that the caller has to have seen.
    is_conditional: bool
    #: What a file may be.
    media_types: tuple[str, ...]

    @property
    def status(self) -> int:
        return 201 if self.location else 200

    @property
    def is_page(self) -> bool:
        return isinstance(self.answer, type) and issubclass(self.answer, Page)


OPERATIONS: list[Operation] = []

Handler = TypeVar("Handler", bound=Callable[..., Any])


def operation(
    method: str,
    path: str,
    *,
    tag: str,
    role: Role = Role.CHECKER,
    scope: Scope | None = None,
    location: str | None = None,
    is_tagged: bool = False,
    is_conditional: bool = False,
    media_types: tuple[str, ...] = (JSON,),
) -> Callable[[Handler], Handler]:
    """Make an operation of a handler; reading asks for the scope ``read``, all else for ``work`` or what it says."""

    def make(handler: Handler) -> Handler:
        hints = get_type_hints(handler)
        made = Operation(
            name=handler.__name__,
            method=method,
            path=path,
            tag=tag,
            tells=" ".join((handler.__doc__ or "").split()),
            role=role,
            scope=scope or (Scope.READ if method == "GET" else Scope.WORK),
            body=hints.get("body"),
            query=hints.get("query", NoQuery),
            answer=hints["return"],
            location=location,
            is_tagged=is_tagged,
            is_conditional=is_conditional,
            media_types=media_types,
        )
        OPERATIONS.append(made)
        api.add_url_rule(path, made.name, _view(made, handler), methods=[method])
        return handler

    return make


def _view(made: Operation, handler: Callable[..., Any]) -> Callable[..., Response]:
    """Return the view of an operation: it reads what the request carries, has it done, and writes the answer."""

    def view(**arguments: Any) -> Response:
        _check_accept(made)
        query = read_query(made.query)
        if made.query is not NoQuery:
            arguments["query"] = query
        if made.body is None:
            check_no_body()
        else:
            arguments["body"] = read_body(made.body)
        return _answer(made, handler(**arguments))

    view.scope = made.scope  # type: ignore[attr-defined]
    return access(made.role.value)(view)


def _check_accept(made: Operation) -> None:
    wanted = request.accept_mimetypes
    if wanted and not any(wanted[media_type] > 0 for media_type in made.media_types):
        raise Problem(406)


def _answer(made: Operation, found: Any) -> Response:
    if isinstance(found, File):
        response = Response(found.content, content_type=found.content_type)
        response.headers["Content-Disposition"] = found.disposition
        return response
    content = content_of(found)
    response = Response(content, made.status, content_type=JSON)
    if made.location:
        response.headers["Location"] = ROOT + made.location.format_map(dict(found))
    if made.is_tagged:
        _tag(made, response, tag_of(found, content))
    if made.is_page and found.next:
        here = {**(request.view_args or {}), **request.args.to_dict(flat=False), "after": found.next}
        response.headers["Link"] = f'<{url_for(f"api.{made.name}", **here)}>; rel="next"'
    return response


def _tag(made: Operation, response: Response, tag: str) -> None:
    """Give the answer its ETag; who has this state already gets no more than that (304)."""
    response.headers["ETag"] = quoted(tag)
    response.headers["Cache-Control"] = "private, no-cache"  # kept by the caller, and asked for again each time
    response.vary.add("Authorization")
    if made.method == "GET" and is_known(tag):
        response.status_code = 304
        response.data = b""
        del response.headers["Content-Type"]
