"""Holds the API to its description: schemathesis sends what fits it and what does not, as nobody and as each role.

The test runs a few examples of each operation. A long run: ``python -m tests.api.contract --examples 200 --seed 7``.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from flask import Flask
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from schemathesis.engine.context import EngineContext
from schemathesis.schemas import BaseSchema

from claims_app.app import create_app
from claims_app.config import Settings
from claims_app.db import open_engine, open_sessions
from claims_app.people.model import Role
from claims_app.schema import upgrade
from tests.factories import Factory

OFTEN = "1000000 per minute"
PATHS = ("article_id", "claim_id", "evidence_id", "source_id", "comment_id", "passage_id", "sign_off_id", "number")
# Besides what the program's own defaults allow: a tag that fits its form is seldom that of the record (RFC 9110,
# 13.1.1), and where If-Match is missing there is a status for just that (RFC 6585).
CHECKS = {
    "positive_data_acceptance": {"expected-statuses": ["2xx", "304", "401", "403", "404", "409", "412", "429"]},
    "missing_required_header": {"expected-statuses": ["400", "401", "403", "406", "415", "422", "428"]},
}


@dataclass
class Findings:
    """What a run found, each fault once, and how often each status was answered."""

    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)


@contextmanager
def in_process() -> Iterator[None]:
    """Keep from the transport that calls the application in this process what only a network needs."""
    original = EngineContext.get_transport_kwargs

    def only_for_calls(self: EngineContext, operation: Any = None) -> dict[str, Any]:
        wanted = original(self, operation=operation)
        return {name: value for name, value in wanted.items() if name in {"headers", "timeout", "app"}}

    EngineContext.get_transport_kwargs = only_for_calls  # type: ignore[method-assign]
    try:
        yield
    finally:
        EngineContext.get_transport_kwargs = original  # type: ignore[method-assign]


def config(token: str | None, records: Mapping[str, Any], *, examples: int, seed: int, phases: set[str]) -> Any:
    """Return how the run goes: most addresses lead to records that are there."""
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "continue-on-failure": True,
            "headers": {"Authorization": f"Bearer {token}"} if token else {},
            "generation": {"max-examples": examples, "no-shrink": True, "database": "none"},
            "phases": {name: {"enabled": name in phases} for name in ("examples", "coverage", "fuzzing", "stateful")},
            "checks": CHECKS,
            "dictionaries": {name: {"values": [records[name]]} for name in PATHS},
            "parameters": {f"path.{name}": {"dictionary": name, "probability": 0.8} for name in PATHS},
        }
    )


def run(app: Flask, settings: Any, findings: Findings, *, only: set[str] | None = None) -> None:
    """Let schemathesis loose on the application, on the operations named or on all."""
    schema: BaseSchema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=settings)
    if only is not None:
        schema = schema.include(operation_id=sorted(only))
    with in_process():
        for event in engine.from_schema(schema).execute():
            if isinstance(event, events.NonFatalError | events.FatalError):
                findings.faults["error", str(getattr(event, "label", ""))] = repr(event)
            recorder = getattr(event, "recorder", None)
            if recorder is not None:
                _note(recorder, findings)


def _note(recorder: Any, findings: Findings) -> None:
    for interaction in recorder.interactions.values():
        if interaction.response is not None:
            findings.statuses[interaction.response.status_code] += 1
    for number, checks in recorder.checks.items():
        for check in checks:
            if check.status == "failure":
                failure = check.failure_info
                operation = recorder.cases[number].value.operation.label
                told = f"{failure.failure.message}\n{failure.code_sample}"
                findings.faults.setdefault((check.name, operation), told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100, help="of each operation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as", dest="who", nargs="+", default=["nobody", *Role], choices=["nobody", *Role])
    arguments = parser.parse_args()
    wrong = 0
    for who in arguments.who:
        with tempfile.TemporaryDirectory(prefix="claims-contract-") as folder:
            settings = Settings(data=Path(folder), language="en", api_rate=OFTEN, sign_in_rate=OFTEN)
            upgrade(open_engine(settings.database, foreign_keys=False))
            database = open_engine(settings.database)
            with open_sessions(database)() as session:
                make = Factory(session)
                records = make.everything()
                token = None if who == "nobody" else make.token(make.person(role=Role(who))).secret
            findings = Findings()
            every = {"examples", "coverage", "fuzzing", "stateful"}
            chosen = config(token, records, examples=arguments.examples, seed=arguments.seed, phases=every)
            run(create_app(settings, database), chosen, findings)
            database.dispose()
        for (check, operation), told in findings.faults.items():
            sys.stdout.write(f"{who}: {check} of {operation}\n{told}\n\n")
        sys.stdout.write(f"{who}: {dict(sorted(findings.statuses.items()))}, {len(findings.faults)} faults\n")
        wrong += len(findings.faults)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
