"""What a request may be, and what is told to one that may not: shapes, JSON, languages, states, pages."""

import json
from typing import Any

import pytest
from flask import Flask

from claims_app.api.problems import ADVICE, TITLES
from claims_app.api.reading import DEEPEST, MOST_BYTES
from claims_app.people.model import Role
from tests.api.conftest import MakeProgram
from tests.factories import Factory

DEEP = "[" * 100_000 + "]" * 100_000


class TestTheBody:
    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"", "not JSON"),
            (b"{", "not JSON"),
            (b'{"text": "\xff"}', "not JSON"),
            ("﻿{}".encode(), "not JSON"),
            ('{"text": "x"}'.encode("utf-16"), "not JSON"),
            (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
            (b'{"text": "x", "text": "y"}', "twice"),
            (b'{"a": {"b": 1, "b": 2}}', "twice"),
            (b'{"a": NaN}', "NaN"),
            (b'{"a": -Infinity}', "NaN"),
            (b'{"a": 1e999}', "NaN"),
            (DEEP.encode(), "deep"),
            (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "deep"),
        ],
        ids=range(13),
    )
    def test_is_strict_json(self, program: MakeProgram, make: Factory, body: bytes, said: str) -> None:
        address = f"/claims/{make.claim().id}/comments"
        response = program().ask("POST", address, data=body, content_type="application/json")
        assert (response.status_code, response.json["status"]) == (400, 400)
        assert said in response.json["detail"]

    def test_is_sent_as_json(self, program: MakeProgram, make: Factory) -> None:
        address = f"/claims/{make.claim().id}/comments"
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
            response = program().ask("POST", address, data=b'{"text": "x"}', content_type=content_type)
            assert response.status_code == 415

    def test_is_small_enough(self, program: MakeProgram, make: Factory) -> None:
        body = b'{"text": "' + b"x" * MOST_BYTES + b'"}'
        address = f"/claims/{make.claim().id}/comments"
        response = program().ask("POST", address, data=body, content_type="application/json")
        assert response.status_code == 413

    def test_is_not_wanted_everywhere(self, program: MakeProgram, make: Factory) -> None:
        assert program().post(f"/claims/{make.claim().id}/restore", {"why": "x"}).status_code == 415

    @pytest.mark.parametrize(
        ("body", "errors"),
        [
            ([], {"#": "Write an object here."}),
            ({}, {"#/stance": "Fill this in.", "#/summary": "Fill this in.", "#": "Name one source"}),
            ({"stance": "maybe"}, {"#/stance": "Write one of these: 'supports', 'refutes', 'context'."}),
            ({"source_id": "1"}, {"#/source_id": "Write a whole number here."}),
            ({"source_id": 1.5}, {"#/source_id": "Write a whole number here."}),
            ({"source_id": True}, {"#/source_id": "Write a whole number here."}),
            ({"source_id": 0}, {"#/source_id": "Write a number from 1."}),
            ({"source": {"address": "https://a.example", "colour": 1}}, {"#/source/colour": "There is no such field"}),
            ({"a/b~c": 1}, {"#/a~1b~0c": "There is no such field here."}),
            ({"figure": {"low": "1"}}, {"#/figure/low": "Write a number here."}),
            ({"figure": {"low": 1e300}}, {"#/figure/low": "Write a number up to"}),
            ({"keeps_copy": "yes"}, {"#/keeps_copy": "Write true or false here."}),
            ({"locator": "x" * 1001}, {"#/locator": "Shorten this: at most 1000 characters are kept."}),
            ({"looked_on": "2024-02-30"}, {"#/looked_on": "This is not written as"}),
            ({"looked_on": 1_700_000_000}, {"#/looked_on": "This is not written as"}),
        ],
        ids=range(15),
    )
    def test_has_the_shape_described(
        self, program: MakeProgram, make: Factory, body: Any, errors: dict[str, str]
    ) -> None:
        response = program().post(f"/claims/{make.claim().id}/evidence", body)
        assert response.status_code == 422
        told = {error["pointer"]: error["detail"] for error in response.json["errors"]}
        for pointer, said in errors.items():
            if pointer != "#" or pointer in told:
                assert told[pointer].startswith(said)

    def test_loses_what_no_page_can_show(self, program: MakeProgram, make: Factory) -> None:
        body = json.dumps({"text": "Ask\x00 the \ud800mayor\u202e."})
        address = f"/claims/{make.claim().id}/comments"
        response = program().ask("POST", address, data=body, content_type="application/json")
        assert response.json["text"] == "Ask the mayor\u202e."

    def test_takes_a_whole_number_however_json_writes_it(self, program: MakeProgram, make: Factory) -> None:
        claim = make.claim()
        response = program().ask(
            "POST",
            "/claims/prioritise",
            data=f'{{"claim_ids": [{claim.id}.0], "priority": "high"}}',
            content_type="application/json",
        )
        assert response.json == {"changed": 1}


class TestTheAddress:
    @pytest.mark.parametrize(
        ("query", "parameter"),
        [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=+5", "limit"),
            ("limit=5.0", "limit"),
            ("limit=٥", "limit"),
            ("limit=1&limit=2", "limit"),
            ("status=true", "status"),
            ("overdue=yes", "overdue"),
            ("sort=random", "sort"),
            ("colour=blue", "colour"),
            ("after=a~b", "after"),
        ],
    )
    def test_has_the_shape_described(self, program: MakeProgram, query: str, parameter: str) -> None:
        response = program().get(f"/claims?{query}")
        assert response.status_code == 422
        assert parameter in {error["parameter"] for error in response.json["errors"]}

    @pytest.mark.parametrize("path", ["/nothing", "/claims/999", "/claims/x", "/claims/" + "9" * 30, "/claims/0"])
    def test_leads_somewhere(self, program: MakeProgram, path: str) -> None:
        response = program().get(path)
        assert (response.status_code, response.json["title"]) == (404, "There is nothing here")

    def test_does_one_thing(self, program: MakeProgram) -> None:
        response = program().ask("DELETE", "/claims/1")
        assert response.status_code == 405
        assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PATCH"}

    def test_answers_in_a_form_that_is_taken(self, program: MakeProgram, make: Factory) -> None:
        article = make.article().id
        for accept, status in (("text/html", 406), ("application/*", 200), ("*/*;q=0.1", 200), ("image/png", 406)):
            assert program().get("/me", headers={"Accept": accept}).status_code == status
        assert program().get(f"/articles/{article}/report.csv", headers={"Accept": "text/csv"}).status_code == 200


class TestProblems:
    def test_have_their_words_for_every_status(self) -> None:
        assert TITLES.keys() == ADVICE.keys()

    @pytest.mark.parametrize(("asked", "spoken"), [("he", "he"), ("en-GB", "en"), ("fr, he;q=0.5", "he"), ("fr", "en")])
    def test_speak_the_language_asked_for(self, program: MakeProgram, asked: str, spoken: str) -> None:
        response = program().get("/nothing", headers={"Accept-Language": asked})
        assert response.headers["Content-Language"] == spoken
        assert response.json["title"] == {"he": "אין כאן דבר", "en": "There is nothing here"}[spoken]
        assert "Accept-Language" in response.headers["Vary"]

    def test_lead_to_what_the_page_says_of_them(self, program: MakeProgram) -> None:
        dana = program()
        address, _, anchor = dana.get("/nothing").json["type"].partition("#")
        assert f'id="{anchor}"' in dana.client.get(address).text

    def test_are_told_of_what_breaks_too(
        self, app: Flask, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
        monkeypatch.setitem(app.view_functions, "api.get_me", app.view_functions["api.get_me"])
        view = app.view_functions["api.get_me"]
        monkeypatch.setattr("claims_app.api.history.me", lambda: 1 / 0)
        assert view is app.view_functions["api.get_me"]
        response = program().get("/me")
        assert (response.status_code, response.json["title"]) == (500, "Something broke on our side")
        assert "ZeroDivision" not in response.text


class TestStates:
    """ETags, and what depends on them."""

    def test_a_record_that_is_known_is_not_sent_again(self, program: MakeProgram, make: Factory) -> None:
        dana, path = program(), f"/claims/{make.claim().id}"
        tag = dana.tag(path)
        for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            response = dana.get(path, headers={"If-None-Match": sent})
            assert (response.status_code, response.headers["ETag"]) == (304, tag)
        assert dana.get(path, headers={"If-None-Match": '"other"'}).status_code == 200

    def test_a_change_needs_the_state_it_is_of(self, program: MakeProgram, make: Factory) -> None:
        dana, path = program(), f"/claims/{make.claim().id}"
        tag = dana.tag(path)
        assert dana.patch(path, {"section": "End"}).status_code == 428
        assert dana.patch(path, {"section": "End"}, tag="3-ab").status_code == 400
        assert dana.patch(path, {"section": "End"}, tag='"other"').status_code == 412
        assert dana.patch(path, {"section": "End"}, tag=f"W/{tag}").status_code == 412
        changed = dana.patch(path, {"section": "End"}, tag=f'"other", {tag}')
        assert changed.status_code == 200
        assert changed.headers["ETag"] == dana.tag(path) != tag
        assert changed.headers["ETag"].startswith('"2-')

    def test_who_comes_second_gets_what_the_first_left(self, program: MakeProgram, make: Factory) -> None:
        dana, avi, claim = program(), program(), make.claim()
        path = f"/claims/{claim.id}"
        tag = dana.tag(path)
        assert avi.patch(path, {"section": "Opening"}, tag=tag).status_code == 200
        response = dana.patch(path, {"section": "End"}, tag=tag)
        assert response.status_code == 412
        assert response.json["current"]["section"] == "Opening"
        assert response.headers["ETag"] == dana.tag(path)
        assert dana.get(path).json["section"] == "Opening"

    def test_a_state_is_all_that_is_shown(self, program: MakeProgram, make: Factory) -> None:
        """The revision alone stays when evidence comes or the claim changes hands."""
        dana, claim = program(), make.claim()
        path = f"/claims/{claim.id}"
        seen = {dana.tag(path)}
        make.evidence(claim)
        seen.add(dana.tag(path))
        assert dana.post("/claims/assign", {"claim_ids": [claim.id], "assignee_id": dana.person.id}).json == {
            "changed": 1
        }
        seen.add(dana.tag(path))
        assert len(seen) == 3
        assert all(tag.startswith('"1-') for tag in seen)


class TestPages:
    @pytest.mark.parametrize("sort", ["order", "changed", "opened", "urgency"])
    def test_lead_through_all_claims_once(self, program: MakeProgram, make: Factory, sort: str) -> None:
        article, dana = make.article(), program()
        numbers = [make.claim(article).id for _ in range(7)]
        found, path = [], f"/claims?article={article.id}&limit=3&sort={sort}"
        sizes = []
        while path:
            response = dana.get(path)
            page = response.json
            found += [row["id"] for row in page["items"]]
            sizes.append(len(page["items"]))
            assert page["total"] == 7
            path = response.headers.get("Link", "").removesuffix('>; rel="next"').removeprefix("</api/v1")
            assert bool(path) == bool(page["next"])
        assert sizes == [3, 3, 1]
        assert sorted(found) == numbers

    def test_lead_through_every_other_list(self, program: MakeProgram, make: Factory) -> None:
        records, dana = make.everything(), program(Role.ADMIN)
        article, claim = records["article_id"], records["claim_id"]
        lists = [
            *("/articles", "/sources", "/history", f"/articles/{article}/versions", f"/articles/{article}/sign-offs"),
            *(f"/articles/{article}/suggestions", f"/articles/{article}/history", f"/claims/{claim}/history"),
            *(f"/claims/{claim}/evidence?withdrawn=true", f"/claims/{claim}/comments"),
        ]
        for path in lists:
            whole = dana.get(path + ("&" if "?" in path else "?") + "limit=200").json
            assert whole["next"] is None
            found: list[Any] = []
            here: str | None = path + ("&" if "?" in path else "?") + "limit=1"
            for _ in range(len(whole["items"])):
                assert here is not None, path
                response = dana.get(here)
                found += response.json["items"]
                link = response.headers.get("Link", "")
                here = link.removesuffix('>; rel="next"').removeprefix("</api/v1") or None
            assert found == whole["items"], path
            assert here is None, path
            assert len(found) > 1, path

    @pytest.mark.parametrize("path", ["/claims", "/articles", "/sources", "/history"])
    def test_begin_only_where_one_ended(self, program: MakeProgram, path: str) -> None:
        for cursor in ("AAAA", "x", "MX4x", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"):
            assert program().get(f"{path}?after={cursor}").status_code == 404
