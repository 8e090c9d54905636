"""The numbers of a spreadsheet as its cells show them: percent, thousands, decimals and days."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

#: The formats that every spreadsheet knows by number, as far as they change what is read.
_KNOWN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0", 38: "#,##0"} | {
    39: "#,##0.00", 40: "#,##0.00", 14: "d/m/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 22: "d/m/yyyy h:mm",
}  # fmt: skip
#: What stands in a format and is no place for a digit or a part of a date: words, colours, blanks as wide as a sign.
_ASIDE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_FIRST_DAY = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - a cell knows no zone
_LAST_DAY = 2_958_465
_MOST_DECIMALS = 10


@dataclass(frozen=True)
class Formats:
    """How the cells of a workbook show numbers; ``by_style`` has the format of each style."""

    by_style: tuple[str, ...]
    is_from_1904: bool

    def show(self, value: str, style: str) -> str:
        """Return a cell's number as its style shows it, and as it is stored where that is not known."""
        try:
            number = float(value)
            code = self.by_style[int(style)]
        except (ValueError, IndexError):
            return value
        if re.search("[dy]", code) and 0 < number <= _LAST_DAY:
            day = _FIRST_DAY[self.is_from_1904] + timedelta(days=number)
            return day.date().isoformat()
        if abs(number) > 1e15:
            return value
        # Commas behind the last digit show thousands or millions.
        thousands = re.search(r"[0#?](,+)(?![0#?,])", code)
        number /= 1000 ** len(thousands[1]) if thousands else 1
        decimals = re.search(r"\.([0#?]+)", code)
        if "%" in code:
            return _fixed(number * 100, len(decimals[1]) if decimals else 0, is_parted=False) + "%"
        if re.search("[0#]", code) is None or "E" in code:
            return f"{number:.15g}" if "e" not in f"{number:.15g}" else value
        return _fixed(number, len(decimals[1]) if decimals else 0, is_parted=re.search(",[0#?]", code) is not None)


def read_formats(styles: Any, workbook: Any) -> Formats:
    """Return the formats of a workbook from its parts; one without styles has none."""
    own: dict[int, str] = {}
    by_style: list[str] = []
    if styles is not None:
        for each in styles.iter("{*}numFmt"):
            own[_whole(each.get("numFmtId"))] = each.get("formatCode", "")
        for group in styles.iter("{*}cellXfs"):
            numbers = [_whole(each.get("numFmtId")) for each in group.iterfind("{*}xf")]
            # A format has parts for numbers below zero, for zero and for words; the first is for the others.
            by_style += [_ASIDE.sub("", own.get(number, _KNOWN.get(number, ""))).split(";")[0] for number in numbers]
    properties = workbook.find("{*}workbookPr")
    is_from_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
    return Formats(tuple(by_style), is_from_1904)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _fixed(number: float, decimals: int, *, is_parted: bool) -> str:
    places = min(decimals, _MOST_DECIMALS)
    return f"{number:,.{places}f}" if is_parted else f"{number:.{places}f}"
