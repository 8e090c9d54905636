"""Measures capturing and verifying: ``python -m benchmarks.capturing``.

A site on this machine, in a process of its own, serves pages under many names. They are fetched with the bare HTTP
client and with ``claims capture``'s own machinery, by turns; then a store of files is verified, and only hashed.
"""

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx2
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from claims_app import schema
from claims_app.captures.model import Capture, CaptureState, Trigger
from claims_app.captures.service import request_capture
from claims_app.captures.verifying import verify_files
from claims_app.config import Settings
from claims_app.db import open_engine, open_sessions, writing
from claims_app.fetching import Guard
from claims_app.files import Files
from claims_app.people.model import Person, Role
from claims_app.people.service import add_person
from claims_app.sources.service import add_source
from claims_app.worker import Workshop
from claims_app.worker.batch import capture_all

HOSTS = 50
SITE = """
import http.server, sys
words = "The bridge over the river is 120 metres long and opened in 1998. "
class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        paragraphs = "".join(f"<p>{number} {words * 8}</p>" for number in range(int(sys.argv[1]) // 520))
        body = f"<!doctype html><title>{self.path}</title><h1>{self.path}</h1>{paragraphs}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


@contextmanager
def serving(size: int) -> Iterator[int]:
    """Run the site and give its port."""
    with subprocess.Popen([sys.executable, "-c", SITE, str(size)], stdout=subprocess.PIPE, text=True) as site:
        assert site.stdout is not None
        yield int(site.stdout.readline())
        site.kill()


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@contextmanager
def desk(data: Path) -> Iterator[sessionmaker[Session]]:
    """Make an empty desk with one person."""
    _migrate(open_engine(data / "claims.db", foreign_keys=False))
    engine = open_engine(data / "claims.db")
    sessions = open_sessions(engine)
    with sessions() as session, writing(session):
        add_person(session, actor=None, email="a@example.org", name="A", role=Role.ADMIN, language="en")
    yield sessions
    engine.dispose()


def _migrate(engine: Engine) -> None:
    schema.upgrade(engine)
    engine.dispose()


def ask(sessions: sessionmaker[Session], addresses: Sequence[str]) -> list[int]:
    """Record sources and ask for their copies."""
    with sessions() as session, writing(session):
        person = session.get_one(Person, 1)
        sources = [add_source(session, actor=person, address=address) for address in addresses]
        asked = [request_capture(session, actor=None, source=one, trigger=Trigger.COMMAND) for one in sources]
    return [capture.id for capture in asked if capture is not None]


def fetch_bare(port: int, pages: int, threads: int, mark: str) -> None:
    """Fetch as many pages with the client alone, a connection for each as the desk has."""

    def get(number: int) -> None:
        headers = {"Host": f"h{number % HOSTS}.example:{port}", "Connection": "close"}
        httpx2.get(f"http://127.0.0.1:{port}/{mark}/{number}", headers=headers, trust_env=False).raise_for_status()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(get, range(pages)))


def measure_capturing(*, pages: int, size: int, threads: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, serving(size) as port, desk(Path(folder)) as sessions:
        guard = Guard(lambda *_: ["127.0.0.1"], frozenset((f"h{number}.example", port) for number in range(HOSTS)))
        workshop = Workshop(Settings(data=Path(folder), politeness=0), sessions, guard)
        bare, ours = list[float](), list[float]()
        fetch_bare(port, threads, threads, "warm")
        for turn in range(rounds):
            addresses = [f"http://h{number % HOSTS}.example:{port}/{turn}/{number}" for number in range(pages)]
            ids = ask(sessions, addresses)
            bare.append(timed(lambda turn=turn: fetch_bare(port, pages, threads, f"b{turn}")))  # type: ignore[misc]
            ours.append(
                timed(lambda ids=ids: capture_all(workshop, ids, threads=threads, tell=lambda _: None))  # type: ignore[misc]
            )
        with sessions() as session:
            kept = session.scalar(select(func.count()).where(Capture.state == CaptureState.KEPT))
        assert kept == pages * rounds, kept
    print(f"{pages} pages of {size / 1000:.0f} kB from {HOSTS} hosts, {threads} threads, median of {rounds} rounds")
    print(f"  bare HTTP client  {pages / median(bare) * 60:8.0f} pages a minute")
    print(f"  captured          {pages / median(ours) * 60:8.0f} copies a minute")
    ratios = sorted(mine / theirs for mine, theirs in zip(ours, bare, strict=True))
    print(f"  ratio of the times {median(ratios):.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})")


def measure_verifying(*, megabytes: int, rounds: int) -> None:
    chance = random.Random(5)
    with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as sessions, sessions() as session:
        files = Files(Path(folder) / "captures")
        digests = [files.put(chance.randbytes(1_000_000)) for _ in range(megabytes)]

        def hash_only() -> None:
            for digest in digests:
                with files.path(digest).open("rb") as file:
                    hashlib.file_digest(file, "sha256")

        hash_only()  # both read what the system has in its memory
        bare, ours = list[float](), list[float]()
        for _ in range(rounds):
            bare.append(timed(hash_only))
            ours.append(timed(lambda: list(verify_files(session, files))))
    print(f"{megabytes} files of 1 MB, median of {rounds} rounds")
    print(f"  hashing alone     {median(bare) * 1000 / megabytes:8.2f} s per GB")
    print(
        f"  captures verify   {median(ours) * 1000 / megabytes:8.2f} s per GB, {median(ours) / median(bare):.2f} times"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--size", type=int, default=40_000, help="bytes of a page")
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--megabytes", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    measure_capturing(pages=chosen.pages, size=chosen.size, threads=chosen.threads, rounds=chosen.rounds)
    measure_verifying(megabytes=chosen.megabytes, rounds=chosen.rounds)


if __name__ == "__main__":
    main()
