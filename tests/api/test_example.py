"""The README's example runs as it stands there, against a desk that listens on the loopback address."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from claims_app.evidence.model import Evidence
from claims_app.people.model import Role, Scope
from claims_app.verdicts.model import Finding
from tests.client import StrictClient
from tests.factories import Factory

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
LISTENS = "http://127.0.0.1:8000"


@pytest.fixture
def desk(app: Flask) -> Iterator[str]:
    """The address of a desk that serves the test's own database."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def example(beginning: str) -> str:
    """Return the example of the README that begins like this."""
    (found,) = re.findall(rf"^```\n({re.escape(beginning)}.*?)^```", README, re.DOTALL | re.MULTILINE)
    return str(found)


def test_lists_what_is_disputed_and_adds_evidence(desk: str, make: Factory, session: Session) -> None:
    first, second = make.claim(statement_en="The bridge is new."), make.claim(statement_en="The bridge is old.")
    for claim in (first, second):
        make.verdict(claim, finding=Finding.DISPUTED)
    make.claim()
    secret = make.token(make.person(role=Role.CHECKER), scope=Scope.WORK).secret
    session.commit()
    script = example("import json, os").replace(LISTENS, desk)
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "TOKEN": secret},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    *listed, said = ran.stdout.splitlines()
    assert listed == [f"{second.id} The bridge is old.", f"{first.id} The bridge is new."]
    added = session.query(Evidence).order_by(Evidence.id.desc()).first()
    assert added is not None
    assert said == f"Evidence {added.id} is added."
    assert (added.claim_id, added.source.address) == (first.id, "https://example.org/plan")


def test_the_address_for_curl_is_one(client: StrictClient, make: Factory) -> None:
    address = re.search(r'^curl .* "(.*)"$', README, re.MULTILINE)
    assert address is not None
    headers = {"Authorization": f"Bearer {make.token(make.person(role=Role.READER)).secret}"}
    assert client.get(address[1].removeprefix(LISTENS), headers=headers).status_code == 200
