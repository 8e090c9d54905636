"""Two numbers that belong together: the ends of a range, or what something was before a change and after."""

from collections.abc import Sequence
from dataclasses import replace

from claims_app.prose.around import Around
from claims_app.prose.pieces import Piece, is_hebrew, is_hyphen, touches, words
from claims_app.prose.quantities import Quantity, read_quantity

# What says that a value went from one to another. Hebrew needs no such list: its "from A to B" is a change.
_CHANGES = words("up down went go goes going cut cuts cutting lower lowers lowered")
_CHANGING = tuple(
    words(
        "rise rising rose risen fall fell increas grow grew drop rais jump climb reduc expan shrink shrank shrunk slid "
        "slip doubl chang mov decreas declin boost surg plung soar shift widen narrow improv swell swung"
    )
)
_VARIES = words("נע נעה נעים נעות נעו ינוע תנוע בטווח טווח")


def second_of(pieces: Sequence[Piece], first: Quantity, around: Around) -> tuple[Quantity, bool] | None:
    """Return the other end of what begins with ``first``, and whether the two are a range rather than a change."""
    joint, at = _joint(pieces, first.next)
    second = read_quantity(pieces, at, is_second=True) if joint else None
    if second is None or second.first != at or second.is_vague or not _is_same_kind(first, second):
        return None
    if joint in ("and", "ו", "ל") and between_place(around) is not None:
        return second, True
    if joint == "ל" and around.before == "מ":
        return second, _varies(pieces, first.first)
    if joint == "to" and around.before == "from":
        return second, first.value < second.value and not _changes(pieces, first.first)
    return (second, True) if _is_plain_range(pieces, first, second, joint) else None


def _is_plain_range(pieces: Sequence[Piece], first: Quantity, second: Quantity, joint: str) -> bool:
    """Whether two numbers joined by a hyphen, "to" or "or" are a range though no word before them says so."""
    if joint == "dash":
        is_near = touches(pieces, first.next) and touches(pieces, second.first)
        is_parted = first.unit is not None and first.unit == second.unit and first.value < second.value
        return is_near or is_parted or (first.unit is None and second.unit is not None)
    if joint == "or":
        return first.unit is None and first.value < second.value
    return joint == "to" and (first.unit is None or (second.unit is not None and not _changes(pieces, first.first)))


def _changes(pieces: Sequence[Piece], at: int) -> bool:
    earlier = [piece.word for piece in pieces[max(0, at - 14) : at]]
    return any(word in _CHANGES or word.startswith(_CHANGING) for word in earlier)


def _varies(pieces: Sequence[Piece], at: int) -> bool:
    return any(piece.word in _VARIES for piece in pieces[max(0, at - 5) : at])


def between_place(around: Around) -> int | None:
    """Return where "between" stands before a number, if it does."""
    if around.before == "between":
        return around.before_place
    if around.before.endswith("בין") and len(around.before) < 6:
        return around.before_place + len(around.before) - len("בין")
    return None


def _joint(pieces: Sequence[Piece], at: int) -> tuple[str, int]:
    """Return how another number is joined at ``at``, and the piece where it begins."""
    word = pieces[at].word
    if is_hyphen(pieces, at):
        return "dash", at + 1
    if word in ("to", "and", "or"):
        return word, at + 1
    if word in ("או", "עד", "ועד"):
        at += 1 + 2 * (pieces[at + 1].word in ("ל", "כ") and is_hyphen(pieces, at + 2))
        return "or" if word == "או" else "to", at
    if word in ("ל", "לבין", "ו", "לכ", "וכ"):
        return word[0], at + 1 + is_hyphen(pieces, at + 1)
    if is_hebrew(word) and word[0] in "לו":
        return word[0], at
    return "", at


def _is_same_kind(first: Quantity, second: Quantity) -> bool:
    return first.unit is None or second.unit is None or first.unit == second.unit


def share(first: Quantity, second: Quantity) -> tuple[Quantity, Quantity]:
    """Give both ends of a range the unit and the magnitude that were said once: 10 to 20 million dollars."""
    unit = first.unit or second.unit
    if first.unit is None and unit is not None and unit.factor != 1:
        first = replace(first, value=first.value * unit.factor)
    if first.scale == 1 and second.scale > 1 and first.mantissa <= second.mantissa:
        first = replace(first, value=first.value * second.scale, scale=second.scale)
    return replace(first, unit=unit), replace(second, unit=unit)


def is_score(first: Quantity, second: Quantity) -> bool:
    """Whether two bare numbers are rather the result of a game."""
    is_bare = first.is_bare_digits and second.is_bare_digits
    return is_bare and first.value < 10 and second.value < 10 and first.value > second.value
