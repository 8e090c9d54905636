"""JSON as pages carry it: what is forgiven comes out as meant, and what breaks off is refused."""

import json
from typing import Any

import pytest

from claims_app.claimreview.lenient import MOST_DEPTH, NotJson, TooDeep, read_json

FORGIVEN = [
    ("strict", '{"a": [1, 2.5, true, null]}', {"a": [1, 2.5, True, None]}),
    ("a line break in a text", '{"a": "one\ntwo\tthree"}', {"a": "one\ntwo\tthree"}),
    ("a comma too many", '{"a": [1, 2,], "b": 3,}', {"a": [1, 2], "b": 3}),
    ("a comma missing", '{"a": "one"\n "b": {"c": 1} "d": ["x" "y"]}', {"a": "one", "b": {"c": 1}, "d": ["x", "y"]}),
    ("comments", '{/* first */ "a": 1, // second\n "b": "http://c/d"}', {"a": 1, "b": "http://c/d"}),
    ("a comment of HTML around", '<!--\n{"a": 1}\n-->', {"a": 1}),
    ("CDATA around", '//<![CDATA[\n{"a": 1}\n//]]>', {"a": 1}),
    ("a semicolon behind", '{"a": 1};', {"a": 1}),
    ("entities for quotation marks", "{&quot;a&quot;: &quot;one&quot;}", {"a": "one"}),
    ("marks inside", '{"a": "He said "never", and left", "b": 1}', {"a": 'He said "never", and left', "b": 1}),
    ("Hebrew gershayim", '{"a": "צה"ל וארה"ב", "b": "דו"ח"}', {"a": 'צה"ל וארה"ב', "b": 'דו"ח'}),
    ("names without marks", "{a: 'one', @type: \"two\"}", {"a": "one", "@type": "two"}),
    ("an escape that is none", r'{"a": "it\'s C:\path"}', {"a": r"it's C:\path"}),
    ("words", '{"a": undefined, "b": False, "c": , "d": NaN}', {"a": None, "b": False, "c": None, "d": "NaN"}),
    ("an escaped pair", r'{"a": "\ud83d\ude00",}', {"a": "😀"}),
    ("a number of 500 digits", f'{{"a": {"9" * 500}}}', {"a": "9" * 500}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), [row[1:] for row in FORGIVEN], ids=[row[0] for row in FORGIVEN])
def test_is_read_as_it_was_meant(text: str, meant: Any) -> None:
    assert read_json(text).documents == [meant]


@pytest.mark.parametrize("between", ["", ",\n", "\n", ";", "\n\n,;"])
def test_several_values_are_several(between: str) -> None:
    assert read_json(f'{{"a": 1}}{between}{{"b": 2}}').documents == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": "one', 1),
        ('{"a": "one",\n"b": [1, 2', 2),
        ('{"a": 1,\n\n"b"}', 3),
        ("[1, 2]]", 1),
        ('{"a": }}', 1),
        ("", 1),
        ("just words", 1),
        ("{", 1),
        ('{"a": tru', 1),
    ],
)
def test_what_breaks_off_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(NotJson) as refusal:
        read_json(text)
    assert refusal.value.line == line


@pytest.mark.parametrize("piece", ["[", '{"a":'])
@pytest.mark.parametrize("end", ["", "not the end"])
def test_depth_without_end_is_refused(piece: str, end: str) -> None:
    with pytest.raises(NotJson):
        read_json(piece * 100_000 + end)


def test_lenient_reading_has_a_depth_of_its_own() -> None:
    with pytest.raises(TooDeep):
        read_json("[" * (MOST_DEPTH + 2) + "1" + ",]" * (MOST_DEPTH + 2))


@pytest.mark.parametrize("end", ["}", ",}"], ids=["strict", "lenient"])
def test_what_no_file_can_hold_is_read_as_text_that_can(end: str) -> None:
    """A number beyond all numbers, and halves of characters: kept as they are, the desk could not be exported."""
    text = '{"a": 1.0e999, "b": ["x \\ud800 y"], "c\\udfff": "\\ud83d\\ude00"'
    assert read_json(text + end).documents == [{"a": "1.0e999", "b": ["x  y"], "c": "😀"}]


def test_a_name_given_twice_counts_as_the_last_and_is_told() -> None:
    for text in ('{"a": 1, "a": 2}', '{"a": 1, "a": 2,}'):
        read = read_json(text)
        assert (read.documents, read.doubled) == ([{"a": 2}], ["a"])


def test_what_is_hostile_takes_no_more_than_its_length() -> None:
    """Every quotation mark may be looked behind; that has to end soon each time."""
    read_json(json.dumps({"a": 'x" ' * 20_000})[:-1] + ",}")
    with pytest.raises(NotJson):
        read_json('{"a": "' + '" , ' * 30_000)
