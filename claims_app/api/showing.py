"""The API's description as people read it: by heading, each operation with what it takes and answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from claims_app.api.problems import ADVICE, TITLES
from claims_app.api.spec import describe
from claims_app.language import LazyText

_SCHEMAS = "#/components/schemas/"


@dataclass(frozen=True)
class Entry:
    """A field, or an argument of an address: its name, what it may be, whether it has to be there, what it says."""

    name: str
    kind: str
    #: The shape that it refers to. None: it is a plain value.
    shape: str | None
    is_required: bool
    tells: str


@dataclass(frozen=True)
class Shown:
    """An operation."""

    name: str
    method: str
    path: str
    summary: str
    tells: str
    role: str
    scope: str
    arguments: list[Entry]
    #: The shapes of the body and of the answer. None: there is no body; the answer is a file.
    body: str | None
    answer: str | None
    problems: list[str]


@dataclass(frozen=True)
class Heading:
    name: str
    tells: str
    operations: list[Shown]


@dataclass(frozen=True)
class ShapeShown:
    name: str
    tells: str
    fields: list[Entry]


@dataclass(frozen=True)
class Manual:
    """The whole description."""

    title: str
    version: str
    about: list[str]
    root: str
    headings: list[Heading]
    shapes: list[ShapeShown]
    #: What each status of a problem means, and what to do.
    problems: dict[int, tuple[LazyText, LazyText]]


def _plain(text: str) -> str:
    """Return what is said without the marks by which other readers of the description set names apart."""
    return text.replace("`", "").replace("*My account*", "My account")


def _shape(schema: Mapping[str, Any]) -> str | None:
    """Return the name of the shape that a schema is, or is a list of, or may be."""
    reference = schema.get("$ref", "")
    if reference.startswith(_SCHEMAS):
        return str(reference.removeprefix(_SCHEMAS))
    for inner in (schema.get("items"), *schema.get("anyOf", ())):
        found = _shape(inner) if isinstance(inner, dict) else None
        if found:
            return found
    return None


def _kind(schema: Mapping[str, Any]) -> str:
    """Return what a value may be, in a few words."""
    if "$ref" in schema:
        return _shape(schema) or ""
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    words = [str(schema.get("format") or schema.get("type", "anything"))]
    for name, said in (("minimum", "from"), ("maximum", "to"), ("minLength", "at least"), ("maxLength", "at most")):
        if name in schema and abs(schema[name]) < 2**63 - 1:
            unit = " characters" if name.endswith("Length") else ""
            words.append(f"{said} {schema[name]:,}{unit}")
    return " ".join(words)


def _fields(schema: Mapping[str, Any]) -> Iterator[Entry]:
    for name, field in schema.get("properties", {}).items():
        is_required = name in schema.get("required", ())
        yield Entry(name, _kind(field), _shape(field), is_required, _plain(field.get("description", "")))


def _arguments(made: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Entry]:
    for one in made["parameters"]:
        parameter = known[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one
        yield Entry(
            parameter["name"],
            _kind(parameter["schema"]),
            None,
            parameter["required"],
            _plain(parameter.get("description", "")),
        )


def _shown(method: str, path: str, made: Mapping[str, Any], known: Mapping[str, Any]) -> Shown:
    sent = made.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    answers = next(answer for status, answer in made["responses"].items() if status in ("200", "201"))
    schema = answers["content"].get("application/json", {}).get("schema", {})
    return Shown(
        name=made["operationId"],
        method=method.upper(),
        path=path,
        summary=_plain(made["summary"]),
        tells=_plain(made["description"]),
        role=made["x-role"],
        scope=made["x-scope"],
        arguments=list(_arguments(made, known)),
        body=_shape(sent),
        answer=_shape(schema),
        problems=[status for status in made["responses"] if status not in ("200", "201", "304")],
    )


def _in_order(operations: list[Shown]) -> list[Shown]:
    """Return operations with the shortest paths first, and reading before changing."""
    return sorted(operations, key=lambda one: (one.path.count("/"), one.path, one.method))


@cache
def gather_manual() -> Manual:
    """Return what the page of the API shows."""
    spec = describe()
    known = spec["components"]["parameters"]
    by_tag: dict[str, list[Shown]] = {tag["name"]: [] for tag in spec["tags"]}
    for path, methods in spec["paths"].items():
        for method, made in methods.items():
            by_tag[made["tags"][0]].append(_shown(method, path, made, known))
    schemas = spec["components"]["schemas"].items()
    return Manual(
        title=spec["info"]["title"],
        version=spec["info"]["version"],
        about=_plain(spec["info"]["description"]).split("\n\n"),
        root=spec["servers"][0]["url"],
        headings=[Heading(tag["name"], tag["description"], _in_order(by_tag[tag["name"]])) for tag in spec["tags"]],
        shapes=[
            ShapeShown(name, _plain(schema.get("description", "")), list(_fields(schema)))
            for name, schema in schemas
            if "properties" in schema
        ],
        problems={status: (title, ADVICE[status]) for status, title in TITLES.items()},
    )
