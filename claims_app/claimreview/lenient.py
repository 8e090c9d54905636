"""JSON as pages really carry it: strict where it can be, and forgiving where people wrote it by hand or by template.

Forgiven are line breaks and other control characters in texts, commas that are missing or too many, comments, wrappers
of HTML and CDATA, entities in place of quotation marks, quotation marks inside a text, names without any, and several
values one after the other. What ends in the middle is not: half of a review is none.
"""

import html
import json
import math
import re
from collections.abc import Iterator
from typing import Any

MOST_DEPTH = 100
"""How deep lists and objects may lie in each other."""

_BLANK = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/|<!--|-->|<!\[CDATA\[|\]\]>|;)*", re.DOTALL)
_RUN = re.compile(r'[^"\\]*')
_SINGLE_RUN = re.compile(r"[^'\\]*")
_NAME = re.compile(r"[@$\w][@$\w.-]*")
_BARE = re.compile(r"[^,\]}\n]*")
_GAP = r"(?:\s|//[^\n]{0,500}\n){0,200}"
_A_NAME = r"(?:\"[^\"\n]{0,100}\"|'[^'\n]{0,100}'|[@$\w]{1,60})\s{0,200}:"
#: What follows the end of a text: of a name, of a property's value, of a member of a list.
_AFTER_NAME = re.compile(r"\s{0,200}:")
_AFTER_VALUE = re.compile(rf"{_GAP}(?:\}}|\]|\Z|;|,?{_GAP}{_A_NAME}|,{_GAP}(?:[}}\]]|/[/*]))")
_AFTER_MEMBER = re.compile(rf"{_GAP}(?:\]|\}}|\Z|,{_GAP}[\"'{{\[\]\d/tfn-]|[\"{{\[])")
#: A half of a character, which JSON can write and neither a database nor a file of text can hold.
_HALF = re.compile("[\ud800-\udfff]")
_HALF_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": "\n"}
_WORDS = {"true": True, "false": False, "null": None, "undefined": None, "None": None, "True": True, "False": False}


class NotJson(ValueError):
    """A text that cannot be read as JSON, however leniently; ``line`` is where the reading stopped."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


class TooDeep(NotJson):
    """Lists and objects lie deeper in each other than ``MOST_DEPTH``."""


class Json:
    """The values that a text holds, and what was odd about them."""

    def __init__(self, documents: list[Any], doubled: set[str]) -> None:
        self.documents = documents
        #: The names that some object gives twice; the last value counts, as in every reader of JSON.
        self.doubled = sorted(doubled)


def read_json(text: str) -> Json:
    """Return what ``text`` holds; raises ``NotJson``."""
    text = text.lstrip("\ufeff").replace("\0", "")
    strict = _Strict()
    for attempt in (strict.read, strict.read_lines):
        found = attempt(text)
        if found is not None:
            return Json(found, strict.doubled)
    lenient = _Lenient(text)
    try:
        return Json(list(lenient.documents()), lenient.doubled)
    except NotJson:
        # Some sites escape the whole script as if it were text of the page.
        if "&quot;" not in text and "&#34;" not in text:
            raise
    lenient = _Lenient(html.unescape(text))
    return Json(list(lenient.documents()), lenient.doubled)


class _Strict:
    """The standard reader, which also takes control characters in texts."""

    def __init__(self) -> None:
        self.doubled: set[str] = set()

    def read(self, text: str) -> list[Any] | None:
        try:
            return [self._loads(text)]
        except RecursionError:
            raise TooDeep(1) from None
        except ValueError:
            return None

    def read_lines(self, text: str) -> list[Any] | None:
        """Return one value a line, or None where a line holds no whole one."""
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2 or lines[0].strip() in {"{", "["}:
            return None
        try:
            return [self._loads(line) for line in lines]
        except (ValueError, RecursionError):
            return None

    def _loads(self, text: str) -> Any:
        found = json.loads(
            text,
            strict=False,
            object_pairs_hook=self._object,
            parse_constant=str,  # NaN and its kin are no numbers that anything else could read
            parse_int=read_int,
            parse_float=read_float,
        )
        return _without_halves(found) if _HALF_ESCAPE.search(text) else found

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            self.doubled |= doubled_names(pairs)
        return made


def read_int(digits: str) -> int | str:
    """Return a whole number, or its digits where there are more than anybody counts."""
    return int(digits) if len(digits) <= 300 else digits


def read_float(digits: str) -> float | str:
    """Return a number, or its digits where it is too large to be one."""
    number = float(digits)
    return number if math.isfinite(number) else digits


def _without_halves(value: Any) -> Any:
    """Return a value without halves of characters, as all text comes in."""
    if isinstance(value, str):
        return _HALF.sub("", value)
    if isinstance(value, dict):
        return {_without_halves(name): _without_halves(inner) for name, inner in value.items()}
    return [_without_halves(inner) for inner in value] if isinstance(value, list) else value


def doubled_names(pairs: list[tuple[str, Any]]) -> set[str]:
    """Return the names that stand in ``pairs`` more than once."""
    seen: set[str] = set()
    return {name for name, _value in pairs if name in seen or seen.add(name)}  # type: ignore[func-returns-value]


class _Lenient:
    """Reads one character after the other and takes what a person would take it for."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.doubled: set[str] = set()

    def documents(self) -> Iterator[Any]:
        """Yield each value of the text; there has to be one."""
        self._skip()
        if self.at >= len(self.text):
            raise self._refusal()
        while self.at < len(self.text):
            if self.text[self.at] not in "{[":
                raise self._refusal()
            yield self._value(0)
            self._skip(",")

    def _refusal(self) -> NotJson:
        return NotJson(self.text.count("\n", 0, self.at) + 1)

    def _skip(self, also: str = "") -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at
        while also and self.text[self.at : self.at + 1] == also:
            self.at += 1
            self._skip()

    def _value(self, depth: int, *, in_list: bool = False) -> Any:
        self._skip()
        mark = self.text[self.at : self.at + 1]
        if depth > MOST_DEPTH:
            raise TooDeep(self.text.count("\n", 0, self.at) + 1)
        if mark == "{":
            return self._object(depth)
        if mark == "[":
            return self._list(depth)
        if mark in ('"', "'"):
            return self._text(_AFTER_MEMBER if in_list else _AFTER_VALUE)
        return self._bare()

    def _object(self, depth: int) -> dict[str, Any]:
        self.at += 1
        pairs: list[tuple[str, Any]] = []
        while True:
            self._skip(",")
            mark = self.text[self.at : self.at + 1]
            if mark == "}":
                self.at += 1
                self.doubled |= doubled_names(pairs)
                return dict(pairs)
            name = self._name(mark)
            self._skip()
            if self.text[self.at : self.at + 1] != ":":
                raise self._refusal()
            self.at += 1
            pairs.append((name, self._value(depth + 1)))

    def _list(self, depth: int) -> list[Any]:
        self.at += 1
        members: list[Any] = []
        while True:
            self._skip(",")
            mark = self.text[self.at : self.at + 1]
            if mark == "]":
                self.at += 1
                return members
            if mark in ("", "}", ":"):
                raise self._refusal()
            members.append(self._value(depth + 1, in_list=True))

    def _name(self, mark: str) -> str:
        if mark in ('"', "'"):
            return self._text(_AFTER_NAME)
        found = _NAME.match(self.text, self.at)
        if found is None:
            raise self._refusal()
        self.at = found.end()
        return found[0]

    def _text(self, after: re.Pattern[str]) -> str:
        """Return the text that begins here; a quotation mark ends it only where something fit to follow it does."""
        quote = self.text[self.at]
        run = _RUN if quote == '"' else _SINGLE_RUN
        parts: list[str] = []
        self.at += 1
        while True:
            found = run.match(self.text, self.at)
            if found is None or found.end() >= len(self.text):
                raise self._refusal()
            parts.append(found[0])
            self.at = found.end() + 1
            if self.text[found.end()] == "\\":
                parts.append(self._escape())
            elif after.match(self.text, self.at):
                return "".join(parts)
            else:
                parts.append(quote)

    def _escape(self) -> str:
        mark = self.text[self.at : self.at + 1]
        self.at += 1
        if mark == "u":
            digits = self.text[self.at : self.at + 4]
            if re.fullmatch("[0-9a-fA-F]{4}", digits):
                self.at += 4
                return self._pair(int(digits, 16))
            return "\\u"
        if mark in _ESCAPES:
            return _ESCAPES[mark]
        return mark if mark in "\"'\\/" else "\\" + mark

    def _pair(self, code: int) -> str:
        """Return the character of an escape, which may be the first half of two."""
        low = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})").match(self.text, self.at)
        if 0xD800 <= code < 0xDC00 and low:
            self.at = low.end()
            return chr(0x10000 + ((code - 0xD800) << 10) + int(low[1], 16) - 0xDC00)
        return _HALF.sub("", chr(code))

    def _bare(self) -> Any:
        """Return a number or a word without quotation marks; nothing at all is None."""
        found = _BARE.match(self.text, self.at)
        word = found[0].strip() if found else ""
        self.at = found.end() if found else self.at
        if self.at >= len(self.text):
            raise self._refusal()
        if word in _WORDS:
            return _WORDS[word]
        if re.fullmatch(r"-?(?:0|[1-9]\d{0,300})", word, re.ASCII):
            return int(word)
        if re.fullmatch(r"-?\d{1,300}\.\d{1,300}(?:[eE][+-]?\d{1,3})?", word, re.ASCII):
            return read_float(word)
        return word or None
