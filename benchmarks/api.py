"""Measures the API beside the page that shows the same, and beside one bare query: ``python -m benchmarks.api``.

Fifty claims, the last to change first: from ``/api/v1/claims?limit=50``, from the queue's page, and as JSON from the
floor (Flask, sqlite3, json). The three take turns request by request, so that ratios hold on a busy machine.
"""

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from benchmarks.browser import Browser
from benchmarks.contenders import APPS, Contender
from benchmarks.generate import generate
from benchmarks.run import measure
from benchmarks.servers import free_port, serving
from claims_app.db import open_engine, writing
from claims_app.people.model import Person, Scope
from claims_app.people.service import make_link
from claims_app.people.tokens import make_token

OFTEN = "1000000 per minute"


def _secrets(folder: Path) -> tuple[str, str]:
    """Return a one-time link and a token of the administrator."""
    engine = open_engine(folder / "claims.db")
    with Session(engine, expire_on_commit=False) as session, writing(session):
        person = session.get_one(Person, 1)
        link = make_link(session, actor=None, person_id=person.id)
        secret = make_token(session, actor=person, name="benchmark", scope=Scope.READ, days=1).secret
    engine.dispose()
    return link, secret


@contextmanager
def contenders(folder: Path) -> Iterator[list[Contender]]:
    """Serve the desk of ``folder``, and the floor over the same file."""
    port, bare = free_port(), free_port()
    environment = {"CLAIMS_DATA": str(folder), "CLAIMS_PORT": str(port), "CLAIMS_API_RATE": OFTEN}
    run = [sys.executable, "-m", "claims_app", "run", "--no-example"]
    floor = [sys.executable, str(APPS / "floor.py"), str(folder / "claims.db"), str(bare)]
    with (
        serving("product", run, port=port, log=folder / "product.log", environment=environment) as product,
        serving("floor", floor, port=bare, log=folder / "floor.log") as other,
    ):
        person, below = Browser(port), Browser(bare)
        person.get("/sign-in")  # the server has printed its own link then, which ends all others
        link, secret = _secrets(folder)
        person.fill_and_post(f"/sign-in/{link}", "csrf_token", {})
        program = Browser(port, headers={"Authorization": f"Bearer {secret}", "Accept": "application/json"})
        yield [
            Contender("API", product, {"list": lambda _turn: program.get("/api/v1/claims?limit=50")}),
            Contender("page", product, {"list": lambda _turn: person.get("/claims")}),
            Contender("floor", other, {"list": lambda _turn: below.get("/list.json")}),
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="where the desk is made and kept; a temporary one if left out")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="claims-benchmark-") as temporary:
        desk = (arguments.folder or Path(temporary)) / f"desk-{arguments.claims}"
        if not (desk / "claims.db").exists():
            generate(desk, arguments.claims)
        with contenders(desk) as all_of_them:
            found = measure("list", all_of_them)
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, Python {platform.python_version()}, ", end=""
    )
    print(f"SQLite {sqlite3.sqlite_version}, {arguments.claims:,} claims")
    print("| | p50 / p95 (ms) | bytes | API ÷ this |\n|---|---|---|---|")
    for name, timing in found.items():
        ratio = found["API"].p50 / timing.p50
        print(f"| {name} | {timing.p50:.1f} / {timing.p95:.1f} | {timing.size:,} | {ratio:.1f}× |")


if __name__ == "__main__":
    main()
