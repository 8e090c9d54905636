"""The description of the API: OpenAPI 3.1, read from the operations themselves."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel, Field
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from claims_app.api.operations import JSON, OPERATIONS, ROOT, File, Operation
from claims_app.api.problems import ADVICE, MEDIA_TYPE, TITLES
from claims_app.api.shapes import MOST_NUMBER, Shape
from claims_app.api.tags import TAGS_SENT
from claims_app.version import read_version

Schema = dict[str, Any]

TAGS = {
    "claims": "Statements of fact under check: the queue, one claim, and what is done to it.",
    "articles": "The texts under check and their versions.",
    "evidence": "What sources say about claims.",
    "sources": "Where proof comes from.",
    "verdicts": "What the desk concludes. Each of these is about a claim as you saw it: send its ETag.",
    "comments": "Notes for the desk and queries to the author.",
    "suggestions": "Passages of the text that have to be proved.",
    "sign-off": "Closing an article.",
    "reports": "The fact-check report.",
    "history": "Who changed what, when and why.",
    "people": "Whose token this is, and who works here.",
}
ABOUT = (
    "The desk for programs: the same records, rules, access and history as its pages. Send a token with every "
    "request, as `Authorization: Bearer claims_…`; make one under *My account*. A token never may more than its "
    "person, and reads unless it was made for work or for signing off.\n\n"
    "A single record comes with an `ETag`. Whoever changes one sends it back as `If-Match`, and is refused (412, with "
    "the record as it stands now) where somebody else was there first. Lists come in pages: give `next` back as "
    "`after`. Errors are `application/problem+json` in Hebrew or English, as `Accept-Language` asks: 422 is a body or "
    "an address that does not have the shape described here, 409 one that a rule of the desk refuses."
)
_PATH = re.compile(r"<int:(\w+)>")


class ProblemError(Shape):
    """What is wrong with one field."""

    pointer: str = Field(default="", description="The field of the body, as a JSON pointer.")
    parameter: str = Field(default="", description="The argument of the address.")
    detail: str


class ProblemOut(Shape):
    """What did not go through, and why (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError] = Field(default=[], description="What is wrong, field by field.")
    current: dict[str, Any] = Field(default={}, description="With 412: the record as it stands now.")


class _Plain(GenerateJsonSchema):
    """Schemas without a title for each field, which says nothing but its name again."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False


def _shapes() -> list[tuple[type[BaseModel], Any]]:
    found: dict[tuple[type[BaseModel], str], None] = {(ProblemOut, "validation"): None}
    for made in OPERATIONS:
        if made.body is not None:
            found[made.body, "validation"] = None
        if made.answer is not File:
            found[made.answer, "serialization"] = None
    return list(found)


def _parameters(made: Operation) -> Iterator[Schema]:
    for name in _PATH.findall(made.path):
        number = {"type": "integer", "format": "int64", "minimum": 1, "maximum": MOST_NUMBER}
        yield {"name": name, "in": "path", "required": True, "schema": number, "example": 12}
    query = made.query.model_json_schema(schema_generator=_Plain, ref_template="#/components/schemas/{model}")
    for name, schema in query.get("properties", {}).items():
        known = _without_null(_inlined(schema, query.get("$defs", {})))
        told = {"description": known.pop("description")} if "description" in known else {}
        required = name in query.get("required", ())
        yield {"name": name, "in": "query", "required": required, "schema": known, **told}
    if made.is_conditional:
        yield {"$ref": "#/components/parameters/IfMatch"}
    if made.is_tagged and made.method == "GET":
        yield {"$ref": "#/components/parameters/IfNoneMatch"}


def _inlined(schema: Any, known: Schema) -> Any:
    """Return a schema without references: the words that an argument may be stand where they are needed."""
    if isinstance(schema, list):
        return [_inlined(one, known) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target = known[schema["$ref"].rsplit("/", 1)[1]]
        return {name: value for name, value in target.items() if name not in ("title", "description")} | {
            name: value for name, value in schema.items() if name != "$ref"
        }
    return {name: _inlined(value, known) for name, value in schema.items()}


def _without_null(schema: Schema) -> Schema:
    """Return the schema of an argument: one that is left out is not sent as null."""
    if "anyOf" in schema:
        (one,) = (each for each in schema["anyOf"] if each != {"type": "null"})
        rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
        return {**one, **rest}
    return schema


def _success(made: Operation, names: dict[Any, Schema]) -> Schema:
    if made.answer is File:
        content = {one: {"schema": {"type": "string", "format": "binary"}} for one in made.media_types}
        if JSON in content:
            content[JSON] = {"schema": {"type": "object"}}
        return {"description": "The file.", "content": content}
    answer: Schema = {
        "description": (made.answer.__doc__ or made.tells).strip().splitlines()[0],
        "content": {JSON: {"schema": names[made.answer, "serialization"]}},
    }
    headers = {}
    if made.is_tagged:
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    if made.is_page:
        headers["Link"] = {"$ref": "#/components/headers/Link"}
    if made.location:
        headers["Location"] = {"$ref": "#/components/headers/Location"}
    return {**answer, "headers": headers} if headers else answer


def _statuses(made: Operation) -> list[int]:
    """Return the problems that an operation can answer with."""
    is_change = made.method != "GET"
    wanted = {400, 401, 403, 406, 422, 429, 500}
    if "<" in made.path or made.is_page or made.body is not None:
        wanted.add(404)
    if is_change:
        wanted |= {409, 413, 415}
    if made.answer is File:
        wanted.add(409)  # such as a report as of a sign-off that there is not
    if made.is_conditional:
        wanted |= {412, 428}
    return sorted(wanted)


def _operation(made: Operation, names: dict[Any, Schema]) -> Schema:
    responses: Schema = {str(made.status): _success(made, names)}
    if made.is_tagged and made.method == "GET":
        responses["304"] = {"description": "You have this state of the record already."}
    for status in _statuses(made):
        responses[str(status)] = {"$ref": f"#/components/responses/{status}"}
    summary, _, more = made.tells.partition(". ")
    described: Schema = {
        "operationId": made.name,
        "summary": summary.rstrip("."),
        "description": f"{more.strip()} Asks for the role {made.role.value} and the scope {made.scope.value}.".strip(),
        "tags": [made.tag],
        "x-role": made.role.value,
        "x-scope": made.scope.value,
        "parameters": list(_parameters(made)),
        "responses": responses,
    }
    if made.body is not None:
        schema = names[made.body, "validation"]
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return described


def _problem(status: int) -> Schema:
    headers: Schema = {}
    if status == 429:
        headers["Retry-After"] = {
            "description": "Seconds to wait.",
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
        }
    if status == 401:
        headers["WWW-Authenticate"] = {"required": True, "schema": {"type": "string"}}
    if status == 412:
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    return {
        "description": f"{TITLES[status].message}. {ADVICE[status].message}",
        "content": content,
        "headers": headers,
    }


def _components(schemas: Schema) -> Schema:
    tag = {"type": "string", "pattern": '^"[0-9]+-[0-9a-f]{24}"$', "example": '"3-0f5b2c7d8e9a0b1c2d3e4f5a"'}
    return {
        "schemas": schemas,
        "responses": {str(status): _problem(status) for status in TITLES},
        "headers": {
            "ETag": {
                "description": "The state of the record, to be sent back as If-Match.",
                "required": True,
                "schema": tag,
            },
            "Link": {"description": "The next page, as rel=next.", "schema": {"type": "string"}},
            "Location": {
                "description": "Where the new record is.",
                "required": True,
                "schema": {"type": "string", "format": "uri-reference"},
            },
        },
        "parameters": {
            "IfMatch": {
                "name": "If-Match",
                "in": "header",
                "required": True,
                "description": "The ETag of the record as you saw it. Several may be named; `*` is any state.",
                "schema": {"type": "string", "pattern": TAGS_SENT.pattern, "example": tag["example"]},
            },
            "IfNoneMatch": {
                "name": "If-None-Match",
                "in": "header",
                "required": False,
                "description": "The ETag of the record as you have it: unchanged, it is not sent again (304).",
                "schema": {"type": "string"},
            },
        },
        "securitySchemes": {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "A token of a person, made under *My account*. Cookies mean nothing here.",
            }
        },
    }


@cache
def describe() -> Schema:
    """Return the whole description."""
    names, definitions = models_json_schema(
        _shapes(), schema_generator=_Plain, ref_template="#/components/schemas/{model}"
    )
    paths: Schema = {}
    for made in OPERATIONS:
        path = paths.setdefault(_PATH.sub(r"{\1}", made.path), {})
        path[made.method.lower()] = _operation(made, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Claims Desk", "version": read_version(), "description": ABOUT, "license": {"name": "MIT"}},
        "servers": [{"url": ROOT}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "security": [{"token": []}],
        "paths": paths,
        "components": _components(definitions.get("$defs", {})),
    }
