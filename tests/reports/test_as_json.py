"""The report as data, against the schema that ships with it."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.claims.model import Claim
from claims_app.people.model import Role
from claims_app.reports.as_json import SCHEMA, write_json
from claims_app.reports.plain import plain_moment, plain_number
from claims_app.signoff.service import withdraw_sign_off
from tests.factories import Factory
from tests.reports.conftest import Gather
from tests.reports.hostile import all_texts, spoiled

FORM: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "claims_app" / "reports" / "report.schema.json").read_text("utf-8")
)
KINDS: dict[str, type] = {"string": str, "null": type(None), "object": dict, "array": list, "boolean": bool}
READ = {"$ref", "anyOf", "enum", "const", "type", "pattern", "minimum", "properties", "required", "items"}
IGNORED = {"$schema", "$id", "$defs", "title", "description", "additionalProperties"}


def is_kind(value: object, kind: str) -> bool:
    if kind in {"integer", "number"}:
        return isinstance(value, int if kind == "integer" else (int, float)) and not isinstance(value, bool)
    return isinstance(value, KINDS[kind])


def fits(value: Any, form: dict[str, Any]) -> bool:
    """Whether a value by itself, without its parts, is of ``form``."""
    kinds = form.get("type", [])
    return (
        (not kinds or any(is_kind(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)))
        and value == form.get("const", value)
        and value in form.get("enum", [value])
        and (not isinstance(value, str) or re.search(form.get("pattern", ""), value) is not None)
        and (not isinstance(value, int) or value >= form.get("minimum", value))
    )


def faults(value: Any, form: dict[str, Any], place: str = "$") -> list[str]:
    """Return where ``value`` is not of ``form``; reads the part of JSON Schema that ours uses, and refuses more."""
    assert set(form) <= READ | IGNORED, place
    if "$ref" in form:
        return faults(value, FORM["$defs"][form["$ref"].removeprefix("#/$defs/")], place)
    if "anyOf" in form:
        tries = [faults(value, option, place) for option in form["anyOf"]]
        return [] if [] in tries else tries[0]
    if not fits(value, form):
        return [f"{place} is {value!r}"]
    if isinstance(value, list):
        return [fault for at, item in enumerate(value) for fault in faults(item, form["items"], f"{place}[{at}]")]
    if not isinstance(value, dict):
        return []
    assert form["additionalProperties"] is False, place
    found = [f"{place}.{name}" for name in set(value) ^ set(form["required"])]
    for name in set(value) & set(form["properties"]):
        found += faults(value[name], form["properties"][name], f"{place}.{name}")
    return found


class TestForm:
    @pytest.mark.parametrize("language", ["he", "en"])
    def test_a_report_is_of_the_form_we_publish(self, busy: Article, gather: Gather, language: str) -> None:
        content = json.loads(write_json(gather(busy, language=language)))
        assert faults(content, FORM) == []
        assert content["schema"] == SCHEMA == FORM["properties"]["schema"]["const"]

    def test_so_is_one_with_everything_the_text_brings(
        self, marked: Article, make: Factory, gather: Gather, session: Session
    ) -> None:
        signed = make.sign_off(marked, override_why="To print at eight.")
        withdraw_sign_off(session, actor=make.regular(Role.EDITOR), sign_off_id=signed.id, why="Too early.")
        make.sign_off(marked, override_why="To print at nine.")
        make.evidence(session.get_one(Claim, 1))
        content = json.loads(write_json(gather(marked)))
        assert faults(content, FORM) == []
        assert [one["state"] for one in content["sign_offs"]] == ["reopened", "withdrawn"]

    def test_an_empty_report_is_too(self, make: Factory, gather: Gather) -> None:
        assert faults(json.loads(write_json(gather(make.article()))), FORM) == []

    def test_the_reading_of_the_schema_sees_faults(self, busy: Article, gather: Gather) -> None:
        content = json.loads(write_json(gather(busy)))
        content["claims"][0]["status"] = "true"
        content["claims"][0]["evidence"][0]["figure"]["low"] = "40"
        content["made_at"] = "yesterday"
        content["article"]["more"] = 1
        del content["summary"]["total"]
        assert len(faults(content, FORM)) == 5

    def test_every_definition_of_the_schema_is_used_and_all_objects_are_closed(self) -> None:
        text = json.dumps(FORM)
        assert [name for name in FORM["$defs"] if f'"#/$defs/{name}"' not in text] == []
        for form in (FORM, *FORM["$defs"].values()):
            if form["type"] == "object":
                assert sorted(form["properties"]) == form["required"]


class TestFacts:
    def test_the_same_facts_give_the_same_bytes_in_every_language(self, busy: Article, gather: Gather) -> None:
        at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
        assert write_json(gather(busy, made_at=at)) == write_json(gather(busy, made_at=at, language="he"))

    def test_only_the_makers_fields_differ_from_run_to_run(self, busy: Article, gather: Gather) -> None:
        early, late = (
            json.loads(write_json(gather(busy, made_at=datetime(year, 1, 1, tzinfo=UTC)))) for year in (2026, 2027)
        )
        assert early.pop("made_at") != late.pop("made_at")
        assert early == late

    def test_keys_are_sorted_and_texts_are_readable(self, busy: Article, gather: Gather) -> None:
        content = write_json(gather(busy)).decode("utf-8")
        assert json.dumps(json.loads(content), ensure_ascii=False, sort_keys=True, indent=2) + "\n" == content
        assert "הגשר החדש" in content

    def test_a_place_is_counted_in_code_points_of_the_text(self, make: Factory, gather: Gather) -> None:
        claim = make.claim(make.article(text="😀 The bridge is 120 metres long."))
        make.place(claim, "120 metres")
        content = json.loads(write_json(gather(claim.article)))
        (anchor,) = content["claims"][0]["anchors"]
        assert content["article"]["text"][anchor["start"] : anchor["end"]] == anchor["quote"] == "120 metres"
        assert (anchor["start"], anchor["paragraph"]) == (16, 1)

    def test_a_verdict_that_does_not_hold_says_so(self, marked: Article, gather: Gather) -> None:
        content = json.loads(write_json(gather(marked)))
        told = [(claim["status"], claim["is_stale"], claim["place"], claim["matters"]) for claim in content["claims"]]
        assert told[0] == ("verified", True, "placed", ["stale"])
        assert told[3] == ("verified", False, "lost", ["lost"])
        assert [len(claim["confirmations"]) for claim in content["claims"]] == [0, 0, 1, 0, 0]
        summary = content["summary"]
        assert (summary["decided"], summary["stale"], summary["lost"], summary["is_signed_off"]) == (3, 1, 1, False)
        assert summary["needs_decision"] == [1, 4]

    def test_coverage_is_counted_and_told(self, marked: Article, make: Factory, gather: Gather) -> None:
        coverage = json.loads(write_json(gather(marked)))["coverage"]
        assert (coverage["claimed"], coverage["waived"], coverage["open"], len(coverage["passages"])) == (2, 1, 1, 4)
        empty = json.loads(write_json(gather(make.article())))
        assert (empty["coverage"], empty["article"]["text"], empty["sign_offs"]) == (None, None, [])

    def test_what_changed_since_a_sign_off_is_in_english(self, marked: Article, make: Factory, gather: Gather) -> None:
        make.sign_off(marked, override_why="To print at eight.")
        make.revision(marked, "The bridge.")
        (signed,) = json.loads(write_json(gather(marked, language="he")))["sign_offs"]
        assert signed["changes"] == ["Version 2 was signed; the text is now version 3."]

    def test_numbers_have_no_noise(self, busy: Article, gather: Gather) -> None:
        claim = json.loads(write_json(gather(busy)))["claims"][0]
        assert claim["figure"] == {"low": 40, "high": 40, "unit": "percent", "is_about": True, "as_of": "2022"}
        figure = claim["evidence"][1]["figure"]
        assert (figure["low"], figure["high"]) == (0.3, 9)
        assert '"low": 40,' in write_json(gather(busy)).decode()

    def test_hostile_texts_come_back(self, busy: Article, gather: Gather) -> None:
        report = gather(busy)
        for text in all_texts():
            claim = json.loads(write_json(spoiled(report, text)))["claims"][0]
            assert claim["statement_he"] == claim["verdict"]["rationale_en"] == claim["evidence"][0]["title"] == text


class TestPlain:
    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_a_number_keeps_fifteen_digits(self, value: float) -> None:
        plain = plain_number(value)
        assert float(f"{value:.15g}") == plain
        assert isinstance(plain, int) == (float(plain).is_integer() and abs(plain) < 1e15)

    def test_a_moment_is_told_in_utc(self) -> None:
        moment = datetime.fromisoformat("2026-11-23T02:30:15.999+02:00")
        assert plain_moment(moment) == "2026-11-23T00:30:15Z"
