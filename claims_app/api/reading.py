"""What a request carries: a body of strict JSON, and the arguments of its address, each in the shape described."""

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn, TypeVar

from flask import g, request
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from claims_app.api.problems import Problem
from claims_app.api.shapes import Query, Shape
from claims_app.language import gettext, lazy
from claims_app.reading import without_controls

MOST_BYTES = 4 * 1024 * 1024
"""Largest body, in bytes: the longest text of an article, with each of its letters written as an escape."""
DEEPEST = 16
"""So many lists and objects may stand inside one another."""

Read = TypeVar("Read", bound=Shape)
Asked = TypeVar("Asked", bound=Query)

_MESSAGES = {
    "missing": lazy("Fill this in."),
    "extra_forbidden": lazy("There is no such field here."),
    "string_type": lazy("Write a text here."),
    "int_type": lazy("Write a whole number here."),
    "int_from_float": lazy("Write a whole number here."),
    "float_type": lazy("Write a number here."),
    "bool_type": lazy("Write true or false here."),
    "list_type": lazy("Write a list here."),
    "model_type": lazy("Write an object here."),
    "dict_type": lazy("Write an object here."),
    "date_type": lazy("Write the day as 2024-03-15."),
    "datetime_type": lazy("Write the moment as 2026-01-02T12:00:00Z."),
    "timezone_aware": lazy("Write the moment as 2026-01-02T12:00:00Z."),
    "one_source": lazy("Name one source: by source_id, or with source."),
    "not_twice": lazy("Give this once."),
}
"""What is said of each way in which a value misses its shape, beside those that name a bound."""
_OTHER = lazy("This is not written as the API's description asks for.")


def read_json(data: bytes) -> Any:
    """Return what strict JSON in UTF-8 says.

    Doubled keys, NaN and infinities, numbers too large to hold and nesting deeper than ``DEEPEST`` are refused.
    """
    try:
        found = json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_number
        )
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # bytes that are no UTF-8, a number of thousands of digits, or no JSON at all
        raise Problem(400, gettext("The body is not JSON in UTF-8.")) from None
    if _is_deep(found):
        raise _too_deep()
    return found


def _too_deep() -> Problem:
    return Problem(400, gettext("The body's lists and objects stand too deep inside one another."))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Problem(400, gettext("The body names a field twice."))
    return found


def _no_constant(_word: str) -> NoReturn:
    raise Problem(400, gettext("JSON has no NaN and no infinity."))


def _number(text: str) -> float:
    """Read a number with a point or an exponent; 12.0 is the same number as 12 in JSON."""
    number = float(text)
    if not math.isfinite(number):
        raise Problem(400, gettext("JSON has no NaN and no infinity."))
    return int(number) if number.is_integer() else number


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return False
    return True


def _plain(value: Any) -> Any:
    """Return a value without the characters that no page can show again, as forms are read too."""
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, dict):
        return {without_controls(name): _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def read_body(shape: type[Read]) -> Read:
    """Return the body of this request in the shape asked for."""
    if request.mimetype != "application/json":
        raise Problem(415)
    sent = _plain(read_json(request.get_data(cache=False)))
    g.body = sent  # a rule that refuses a field is shown its place in it
    try:
        return shape.model_validate_json(json.dumps(sent))
    except ValidationError as refusal:
        errors = [{"pointer": _pointer(one["loc"]), "detail": _said(one)} for one in refusal.errors()]
        raise Problem(422, errors=errors) from None


def check_no_body() -> None:
    """Refuse a body where nothing is asked for."""
    if request.content_length and request.get_data(cache=False).strip():
        raise Problem(415, gettext("This takes no body."))


def read_query(shape: type[Asked]) -> Asked:
    """Return the arguments of this address in the shape asked for; what is not known is refused."""
    values: dict[str, Any] = {}
    errors = []
    for name, given in request.args.to_dict(flat=False).items():
        is_many = name in shape.lists()
        values[name] = given if is_many else given[0]
        if len(given) > 1 and not is_many:
            errors.append({"parameter": name, "detail": str(_MESSAGES["not_twice"])})
    try:
        found = shape.model_validate(values)
    except ValidationError as refusal:
        errors += [{"parameter": str(one["loc"][0]), "detail": _said(one)} for one in refusal.errors()]
    if errors:
        raise Problem(422, errors=errors)
    return found


def _pointer(place: tuple[int | str, ...]) -> str:
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in place)


def _said(error: ErrorDetails) -> str:
    """Return what is wrong with a value, in the language that was asked for."""
    kind, bounds = error["type"], error.get("ctx", {})
    match kind:
        case "string_too_long":
            return gettext("Shorten this: at most %(most)s characters are kept.", most=bounds["max_length"])
        case "string_too_short":
            return gettext("Write at least %(least)s characters.", least=bounds["min_length"])
        case "too_long":
            return gettext("Give at most %(most)s of these.", most=bounds["max_length"])
        case "too_short":
            return gettext("Give at least %(least)s of these.", least=bounds["min_length"])
        case "greater_than_equal":
            return gettext("Write a number from %(least)s.", least=bounds["ge"])
        case "less_than_equal":
            return gettext("Write a number up to %(most)s.", most=bounds["le"])
        case "enum" | "literal_error":
            return gettext("Write one of these: %(words)s.", words=bounds["expected"].replace(" or ", ", "))
        case _ if kind in _MESSAGES:
            return str(_MESSAGES[kind])
    return str(_OTHER)
