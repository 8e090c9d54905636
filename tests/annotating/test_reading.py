"""Annotations are read in every shape of the model and in that of Hypothesis; what is not understood is named."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims_app.annotating import reading as module
from claims_app.annotating.form import Body, Position, Quote, digest_in, name_text
from claims_app.annotating.reading import read_annotations
from claims_app.errors import DomainError
from tests.annotating.model import CONTEXT, faults

SAMPLES = Path(os.environ.get("DESK_TEST_SHARED", "nowhere")) / "data" / "web-annotation" / "correct"


def read(told: Any) -> Any:
    return read_annotations(json.dumps(told).encode())


def one(**values: Any) -> Any:
    """Read one annotation that has these values."""
    (annotation,) = read({"@context": CONTEXT, "id": "urn:x:1", "type": "Annotation", **values}).annotations
    return annotation


def about(selector: Any, **values: Any) -> Any:
    """Read one annotation and return its target with this selector."""
    (target,) = one(target={"source": "https://example.org/", "selector": selector, **values}).targets
    return target


def quote(exact: Any = "120 metres", **values: Any) -> dict[str, Any]:
    return {"type": "TextQuoteSelector", "exact": exact, **values}


class TestTheW3CSamples:
    @pytest.fixture(autouse=True)
    def _need(self) -> None:
        if not SAMPLES.is_dir():
            pytest.skip("DESK_TEST_SHARED does not name a folder with the samples")

    def test_are_all_read_and_nothing_of_them_is_passed_over(self) -> None:
        found = {path.name: read_annotations(path.read_bytes()) for path in sorted(SAMPLES.glob("*.json"))}
        assert len(found) >= 44
        assert sum(len(one.annotations) for one in found.values()) == 41 + 41 + 4
        assert len(found["collection1.json"].annotations) == 41
        assert [str(note) for note in found["example41.json"].notes] == [
            "More annotations are at http://example.org/page1; nothing is fetched."
        ]
        for reading in found.values():
            for annotation in reading.annotations:
                assert annotation.targets
                for target in annotation.targets:
                    assert target.quote or target.position or target.note
                assert annotation.bodies or annotation.notes or annotation.key == "http://example.org/anno8"

    def test_tell_their_quotes_their_positions_and_their_words(self) -> None:
        every = read_annotations((SAMPLES / "collection1.json").read_bytes()).annotations
        targets = [target for annotation in every for target in annotation.targets]
        assert [target.quote for target in targets if target.quote] == [
            Quote("anotation", "this is an ", " that has some"),
            Quote("Selected Text", "text before the ", " and text after it"),
        ]
        assert [target.position for target in targets if target.position] == [Position(412, 795)]
        words = {body.words for annotation in every for body in annotation.bodies}
        assert {"j'adore !", "Comment text", "love", "important"} <= words

    def test_are_right_by_the_rules_that_ours_are_held_against(self) -> None:
        for path in SAMPLES.glob("*.json"):
            assert [fault for fault in faults(json.loads(path.read_text())) if "UTC" not in fault] == [], path.name


class TestWhatAFileHolds:
    def test_is_one_or_a_list_a_page_or_a_collection(self) -> None:
        told = {"id": "urn:x:1", "type": "Annotation", "target": "https://example.org/"}
        page = {"type": "AnnotationPage", "items": [told, told]}
        for wrapped, number in (
            (told, 1),
            ([told, told], 2),
            (page, 2),
            ({"type": "AnnotationCollection", "first": {**page, "next": page}}, 4),
            ({"@graph": [told]}, 1),
            ({"@type": "oa:Annotation", "@id": "urn:x:2", "target": "https://example.org/"}, 1),
        ):
            assert len(read(wrapped).annotations) == number

    def test_is_what_hypothesis_exports(self) -> None:
        told = {
            "export_date": "2026-01-01T00:00:00Z",
            "annotations": [
                {
                    "id": "abc",
                    "uri": "https://example.org/a",
                    "text": "Says who?",
                    "tags": ["check", 5],
                    "target": [
                        {
                            "source": "https://example.org/a",
                            "selector": [
                                {"type": "RangeSelector", "startContainer": "/p[1]", "startOffset": 3},
                                {"type": "TextPositionSelector", "start": 3, "end": 13},
                                quote(prefix="is ", suffix=" long"),
                            ],
                        }
                    ],
                },
                {"id": "def", "text": "I do.", "references": ["abc"], "target": [{"source": "https://example.org/a"}]},
            ],
        }
        first, answer = read(told).annotations
        assert first.bodies == (Body("Says who?"), Body("check", "tagging"))
        assert first.targets[0].quote == Quote("120 metres", "is ", " long")
        assert first.targets[0].position == Position(3, 13)
        assert (answer.targets, [str(note) for note in answer.notes]) == (
            (),
            ["It is an answer to another annotation; those are not brought in."],
        )

    def test_that_is_something_else_is_said(self) -> None:
        assert [str(note) for note in read([5, {"type": "Person"}, None]).notes] == [
            "5 is not an annotation.",
            "Person is not an annotation.",
            "None is not an annotation.",
        ]
        with pytest.raises(DomainError, match="There is no annotation in the file"):
            read([])


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "wanted"),
        [
            ({"type": "TextualBody", "value": "A"}, [Body("A")]),
            ([{"value": "A", "purpose": "tagging"}, {"value": "B"}], [Body("A", "tagging"), Body("B")]),
            (
                {"type": "TextualBody", "value": "א", "language": "he-IL", "purpose": "oa:describing"},
                [Body("א", "describing", "he")],
            ),
            (
                {"type": "TextualBody", "value": "<p>A &amp; B<script>x()</script></p>", "format": "text/html"},
                [Body("A & B")],
            ),
            ({"type": "Choice", "items": ["https://example.org/", {"value": "A"}, {"value": "B"}]}, [Body("A")]),
            ({"type": "Composite", "items": [{"value": "A"}, {"value": "B"}]}, [Body("A"), Body("B")]),
            (
                {"type": "SpecificResource", "purpose": "tagging", "source": {"type": "TextualBody", "value": "A"}},
                [Body("A", "tagging")],
            ),
            ({"@type": "cnt:ContentAsText", "chars": "A"}, [Body("A")]),
        ],
    )
    def test_are_read_in_every_shape(self, body: Any, wanted: list[Body]) -> None:
        assert list(one(body=body, target="https://example.org/").bodies) == wanted

    def test_take_the_motivation_for_their_purpose(self) -> None:
        told = one(bodyValue="A", motivation="commenting", target="https://example.org/")
        assert list(told.bodies) == [Body("A", "commenting")]

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("https://example.org/b", "Its body is at https://example.org/b; nothing is fetched."),
            ({"id": "https://example.org/b", "type": "Video"}, "Its body is at https://example.org/b"),
            ({"type": "SpecificResource", "source": "https://example.org/b"}, "Its body is at https://example.org/b"),
            ({"type": "Choice", "items": ["https://example.org/b"]}, "Its body is at https://example.org/b"),
            (7, "Its body cannot be read: 7"),
            ({"type": "TextualBody"}, "Its body cannot be read: {'type': 'TextualBody'}"),
            ({"type": "TextualBody", "value": ["A", "B"]}, "Its body cannot be read:"),
            ({"type": "TextualBody", "value": " \u200f "}, "Its body has no words."),
            ({"value": "a" * 20_001}, "Its text is longer than 20000 characters and is left out."),
        ],
    )
    def test_that_are_not_read_are_named(self, body: Any, said: str) -> None:
        told = one(body=body, target="https://example.org/")
        assert list(told.bodies) == []
        assert said in str(told.notes[0])


class TestTargets:
    def test_are_one_or_several(self) -> None:
        specific = {"source": {"id": "https://example.org/"}, "selector": quote()}
        for value, number in ((specific, 1), ([specific] * 3, 3), ({"type": "List", "items": [specific] * 2}, 2)):
            assert [one.quote for one in one(target=value).targets] == [Quote("120 metres", "", "")] * number

    def test_have_the_digest_of_their_text(self) -> None:
        name = name_text("ab" * 32)
        assert digest_in(name) == "ab" * 32
        assert about(quote(), state={"type": "TimeState", "cached": name}).digest == "ab" * 32
        state = [{"type": "HttpRequestState", "value": "x", "refinedBy": {"type": "TimeState", "cached": name}}]
        assert about(quote(), state=state).digest == "ab" * 32
        assert about(quote(), state={"type": "TimeState", "cached": "https://example.org/"}).digest is None

    def test_take_the_inner_one_of_two_selectors(self) -> None:
        assert about({"type": "FragmentSelector", "value": "p5", "refinedBy": quote()}).quote == Quote(
            "120 metres", "", ""
        )
        outer = about({**quote("The bridge is 120 metres long"), "refinedBy": quote()})
        assert outer.quote == Quote("120 metres", "", "")

    def test_do_not_take_an_inner_position_for_one_of_the_text(self) -> None:
        inner = {"type": "TextPositionSelector", "start": 1, "end": 4}
        told = about({"type": "XPathSelector", "value": "/p[2]", "refinedBy": inner})
        assert told.position is None
        assert str(told.note) == "Its place is told as TextPositionSelector, by which no words can be found."

    @pytest.mark.parametrize(
        "selector",
        [
            *("https://example.org/s", 5, {}, [[]], {"type": "CssSelector", "value": "p"}, quote(5), quote(["a", "b"])),
            *(quote(""), quote(" \n"), {"type": "TextQuoteSelector"}, {"type": "RangeSelector"}),
            *({"type": "TextPositionSelector", **values} for values in ({}, {"start": 3}, {"start": 5, "end": 5})),
            *(
                {"type": "TextPositionSelector", "start": a, "end": b}
                for a, b in ((-1, 4), (9, 4), (True, 4), (1.0, 4))
            ),
        ],
    )
    def test_by_which_nothing_is_found_say_so(self, selector: Any) -> None:
        assert about(selector).note is not None

    def test_that_are_missing_or_whole_say_so(self) -> None:
        assert [str(note) for note in one(target=None).notes] == ["It does not say what it is about."]
        assert "It is about the whole of https://example.org/a" in str(
            one(target="https://example.org/a").targets[0].note
        )


class TestHostileFiles:
    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "It is not JSON"),
            (b'{"type": "Annotation", "target": ', "It is not JSON: line 1, column 34"),
            (b'{"type": "Annotation", "type": "Annotation"}', "type stands twice in one record."),
            (b"[" * 200_000, "Its records stand inside each other too deeply."),
            (b"[" * 50 + b"]" * 50, "Its records stand inside each other too deeply."),
            (b'{"type": "Annotation", "target": NaN}', "NaN is not a number."),
            (b'{"type": "Annotation", "target": 1e999}', "1e999 is not a number."),
            (b'{"type": "Annotation", "bodyValue": "\\ud83d"}', "It holds half of a character."),
            ('["סימון"]'.encode("cp1255"), "It is not text in UTF-8"),
            ('["סימון"]'.encode("utf-16"), "It is not text in UTF-8"),
            (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "It is not JSON"),
            (b"PK\x03\x04" + b"\0" * 40, "It is not"),
            (b"[" + b"9" * 5000 + b"]", "A number in it is too long."),
        ],
    )
    def test_are_refused_in_a_sentence(self, data: bytes, said: str) -> None:
        with pytest.raises(DomainError, match=said.replace(".", r"\.")):
            read_annotations(data)

    def test_are_refused_where_they_are_too_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MOST_BYTES", 100)
        with pytest.raises(DomainError, match="larger than 0 MB"):
            read_annotations(b" " * 101)
        monkeypatch.setattr(module, "MOST_BYTES", 10_000)
        monkeypatch.setattr(module, "MOST_ANNOTATIONS", 3)
        with pytest.raises(DomainError, match="more than 3 annotations"):
            read([{"type": "Annotation"}] * 4)

    def test_may_begin_with_a_byte_order_mark(self) -> None:
        told = {"type": "Annotation", "target": "https://example.org/"}
        assert read_annotations(b"\xef\xbb\xbf" + json.dumps(told).encode()).annotations

    @settings(max_examples=60)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["Annotation", "Choice"]),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "@context",
                            "type",
                            "target",
                            "body",
                            "source",
                            "selector",
                            "exact",
                            "items",
                            "refinedBy",
                            "value",
                        ]
                    ),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=12,
        )
    )
    def test_never_crash_whatever_stands_where(self, told: Any) -> None:
        for wrapped in (told, {"type": "Annotation", "target": told, "body": told}):
            with suppress(DomainError):  # and nothing else
                read(wrapped)
