"""JSON from outside, read strictly: what two readers could understand in two ways is refused with a sentence."""

import json
import math
import re
from typing import Any

from claims_app.errors import DomainError

#: Deeper records than any that a desk or a tool of its field writes.
MOST_DEPTH = 64

_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(data: bytes | str, *, most_depth: int = MOST_DEPTH) -> Any:
    """Return what a JSON text says; a byte order mark is passed over.

    Raises ``DomainError`` for another encoding than UTF-8, a name that stands twice in one record, numbers that are
    none, halves of characters, and records inside records to more than ``most_depth``.
    """
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DomainError("It is not text in UTF-8; save it as UTF-8 and try again.") from None
    try:
        found = json.loads(text, object_pairs_hook=_record, parse_float=_read_float, parse_constant=_refuse_constant)
        if text.count("[") + text.count("{") > most_depth:
            _need_flat(found, most_depth)
    except json.JSONDecodeError as error:
        raise DomainError(
            "It is not JSON: line %(line)s, column %(column)s cannot be read.", line=error.lineno, column=error.colno
        ) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # a number of more digits than any reader takes
        raise DomainError("A number in it is too long.") from None
    if _HALF_PAIR.search(text):
        _need_whole(found)
    return found


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DomainError("%(name)s stands twice in one record.", name=twice[:80])
    return made


def _read_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        _refuse_constant(digits[:80])
    return number


def _refuse_constant(name: str) -> None:
    raise DomainError("%(name)s is not a number.", name=name)


def _too_deep() -> DomainError:
    return DomainError("Its records stand inside each other too deeply.")


def _need_flat(found: Any, most: int) -> None:
    level = [found]
    for _depth in range(most):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return
    if any(isinstance(one, dict | list) for one in level):
        raise _too_deep()


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _need_whole(found: Any) -> None:
    """Refuse halves of characters, which JSON can write and no database keeps."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DomainError("It holds half of a character.") from None
