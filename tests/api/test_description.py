"""The description is whole and right: schemathesis holds the API to it, as nobody and as each role."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from claims_app.api.operations import OPERATIONS
from claims_app.api.spec import TAGS, describe
from claims_app.app import create_app
from claims_app.config import Settings
from claims_app.people.model import Role
from claims_app.reports.export import FORMATS
from tests.api.contract import OFTEN, Findings, config, run
from tests.client import StrictClient
from tests.factories import Factory


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a description."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(inner)


def test_every_operation_is_told_of() -> None:
    spec = describe()
    told = {made["operationId"]: made for methods in spec["paths"].values() for made in methods.values()}
    assert told.keys() == {made.name for made in OPERATIONS}
    assert len(told) == len(OPERATIONS)
    for made in told.values():
        assert made["summary"]
        assert made["tags"][0] in TAGS
    assert {name for name in told if name.startswith("get_report_")} == {f"get_report_{name}" for name in FORMATS}


def test_every_reference_leads_somewhere() -> None:
    spec = describe()
    for part in parts(spec):
        reference = part.get("$ref")
        if isinstance(reference, str):
            target = spec
            for step in reference.removeprefix("#/").split("/"):
                target = target[step]


def test_every_text_that_is_sent_has_its_longest() -> None:
    schemas = describe()["components"]["schemas"]
    sent = {made.body.__name__ for made in OPERATIONS if made.body} | {"FigureShape"}
    endless = [
        f"{name}.{field}"
        for name in sent
        for field, schema in schemas[name]["properties"].items()
        for part in parts(schema)
        if part.get("type") == "string" and not part.keys() & {"maxLength", "enum", "format", "pattern", "const"}
    ]
    assert endless == []


def test_nothing_stands_in_for_what_a_change_leaves_out() -> None:
    schemas = describe()["components"]["schemas"]
    changes = [made.body.__name__ for made in OPERATIONS if made.body and made.method == "PATCH"]
    assert len(changes) == 4
    assert [part for name in changes for part in schemas[name]["properties"].values() if "default" in part] == []


def test_it_is_open_to_all_and_the_same_each_time(client: StrictClient) -> None:
    response = client.get("/api/v1/openapi.json")
    assert json.loads(response.text) == describe()
    assert describe()["openapi"] == "3.1.0"


@pytest.mark.parametrize("language", ["he", "en"])
def test_the_page_shows_all_of_it(client: StrictClient, make: Factory, language: str) -> None:
    client.sign_in(make.person(role=Role.READER, language=language))
    text = client.get("/api/v1/docs").text
    assert all(f'id="{made.name}"' in text for made in OPERATIONS)
    assert all(f'id="shape-{name}"' in text for name in ("ClaimOut", "NewEvidence", "ProblemOut"))
    client.sign_out()
    assert client.get("/api/v1/docs").status_code == 200


@pytest.mark.contract
@pytest.mark.parametrize("who", ["nobody", *Role])
def test_the_api_does_what_it_says(engine: Engine, session: Session, make: Factory, tmp_path: Path, who: str) -> None:
    """A few examples of every operation, and all the corners of those whose least role this is."""
    app = create_app(Settings(data=tmp_path, language="en", api_rate=OFTEN, sign_in_rate=OFTEN), engine)
    records = make.everything()
    token = None if who == "nobody" else make.token(make.person(role=Role(who))).secret
    session.commit()
    findings = Findings()
    run(app, config(token, records, examples=1, seed=1, phases={"examples", "fuzzing"}), findings)
    own = {made.name for made in OPERATIONS if made.role == who}
    if own:
        run(app, config(token, records, examples=1, seed=1, phases={"coverage"}), findings, only=own)
    assert "\n\n".join(f"{check} of {label}\n{told}" for (check, label), told in findings.faults.items()) == ""
    assert findings.statuses.keys() - {401, 403} if token else findings.statuses.keys() <= {401, 404, 405}
