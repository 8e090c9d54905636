"""The small drawings and the colours that stand for a status, a stance or a warning, as the desk's pages have them."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

_ICONS = Path(__file__).resolve().parents[1] / "static" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="i-([a-z0-9-]+)" viewBox="0 0 16 16">(.*?)</symbol>', re.DOTALL)

INK, INK_2 = "15202b", "4a5763"


class Mark(NamedTuple):
    """A drawing of ``icons.svg``, its colour as six digits, and the sign for it where there are letters only."""

    icon: str
    colour: str
    sign: str


MARKS = {
    "verified": Mark("check-circle-fill", "0d6b3e", "●"),
    "partly": Mark("circle-half", "7d4f00", "◐"),
    "disputed": Mark("exclamation-diamond-fill", "ac1d2d", "◆"),
    "unverifiable": Mark("question-square-fill", "6636a5", "■"),
    "opinion": Mark("chat-quote", INK_2, "❞"),
    "awaiting": Mark("hourglass-split", INK, "◷"),
    "checking": Mark("pencil-square", INK_2, "◌"),
    "unchecked": Mark("circle", "43515e", "○"),
    "stale": Mark("pencil", "4d4000", "✎"),
    "lost": Mark("slash-circle", INK, "⊘"),
    "query": Mark("question-circle", INK, "?"),
    "warning": Mark("exclamation-triangle", INK, "▲"),
    "supports": Mark("plus-circle", "0d6b3e", "⊕"),
    "refutes": Mark("dash-circle", "ac1d2d", "⊖"),
    "context": Mark("info-circle", INK_2, "◇"),
    "match": Mark("check-lg", "0d6b3e", "✓"),
    "mismatch": Mark("x-lg", "ac1d2d", "✗"),
    "other_unit": Mark("slash-circle", INK_2, "⊘"),
    "reopened": Mark("arrow-counterclockwise", INK, "↺"),
}
"""What a run's ``mark`` may be."""


@cache
def _symbols() -> dict[str, str]:
    return dict(_SYMBOL.findall(_ICONS.read_text(encoding="utf-8")))


def svg_of(mark: str) -> str:
    """Return a mark as a drawing of its own."""
    icon, colour, _sign = MARKS[mark]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16" fill="#{colour}">'
        f"{_symbols()[icon]}</svg>"
    )
