"""Who is measured, and how each does the same work: the product, the floor, and three peers."""

import json
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session
from werkzeug.routing import BuildError

from benchmarks.browser import Answer, Browser
from benchmarks.servers import Server, free_port, serving
from benchmarks.words import FEW, FREQUENT, HEBREW, RARE
from claims_app.app import create_app
from claims_app.config import Settings
from claims_app.db import open_engine, writing
from claims_app.people.service import make_link

APPS = Path(__file__).parent / "apps"
PAGE = 50
WORDS = {"search_frequent": FREQUENT, "search_rare": RARE, "search_few": FEW, "search_hebrew": HEBREW}

Operation = Callable[[int], Answer]


@dataclass(frozen=True)
class Sample:
    """The records that every contender is asked for."""

    claims: list[int]
    articles: list[int]
    #: The row in the middle of the desk, newest change first: when it was changed, and its number.
    middle: tuple[str, int]
    total: int


def take_sample(database: Path) -> Sample:
    """Choose forty claims with evidence, spread evenly over the desk, and their articles."""
    with closing(sqlite3.connect(database)) as connection:
        total = connection.execute("SELECT max(id) FROM claim").fetchone()[0]
        wanted = (
            "SELECT id, article_id FROM claim WHERE id >= ? AND withdrawn_at IS NULL AND verdict_id IS NOT NULL "
            "AND supports + refutes + contexts >= 2 ORDER BY id LIMIT 1"
        )
        rows = [connection.execute(wanted, (total * at // 42 + 1,)).fetchone() for at in range(1, 41)]
        live = connection.execute("SELECT count(*) FROM claim WHERE withdrawn_at IS NULL").fetchone()[0]
        middle = connection.execute(
            "SELECT updated_at, id FROM claim WHERE withdrawn_at IS NULL ORDER BY updated_at DESC, id DESC "
            "LIMIT 1 OFFSET ?",
            (live // 2,),
        ).fetchone()
    return Sample([row[0] for row in rows], [row[1] for row in rows], middle, total)


@dataclass
class Contender:
    """One server with the operations it can do."""

    name: str
    server: Server
    operations: dict[str, Operation] = field(default_factory=dict)


def _each(browser: Browser, addresses: list[str]) -> Operation:
    return lambda turn: browser.get(addresses[turn % len(addresses)])


def _once(browser: Browser, address: str, *, keep: bool = True) -> Operation:
    return lambda _turn: browser.get(address, keep=keep)


def _saver(browser: Browser, addresses: list[str]) -> Operation:
    """Return the operation that changes a claim's section: the form is fetched beforehand, the sending is timed."""
    return lambda turn: browser.fill_and_post(
        addresses[turn % len(addresses)], "section", {"section": f"Edited {turn} of {len(addresses)}"}
    )


def _link(folder: Path) -> str:
    """Return the secret of a new one-time link for the administrator."""
    engine = open_engine(folder / "claims.db")
    with Session(engine, expire_on_commit=False) as session, writing(session):
        token = make_link(session, actor=None, person_id=1)
    engine.dispose()
    return token


@contextmanager
def product(folder: Path, sample: Sample) -> Iterator[Contender]:
    """Serve the desk of ``folder`` as its own command does, with a person signed in by a one-time link."""
    port = free_port()
    environment = {"CLAIMS_DATA": str(folder), "CLAIMS_PORT": str(port), "CLAIMS_SIGN_IN_RATE": "1000 per minute"}
    command = [sys.executable, "-m", "claims_app", "run", "--no-example"]
    with serving("product", command, port=port, log=folder / "product.log", environment=environment) as server:
        browser = Browser(port)
        browser.get("/sign-in")  # it has printed its own link then, which ends all others
        browser.fill_and_post(f"/sign-in/{_link(folder)}", "csrf_token", {})
        yield Contender("product", server, _product_operations(browser, folder, sample))


def _product_operations(browser: Browser, folder: Path, sample: Sample) -> dict[str, Operation]:
    app = create_app(Settings(data=folder))
    known: dict[str, Operation] = {}

    def add(name: str, make: Callable[[Browser, list[str]], Operation], endpoint: str, *values: dict[str, Any]) -> None:
        try:
            with app.test_request_context():
                known[name] = make(browser, [app.url_for(endpoint, **value) for value in values or ({},)])
        except BuildError:
            print(f"The product has no {endpoint} yet; {name} is left out.", file=sys.stderr)

    claims: list[dict[str, Any]] = [{"claim_id": number} for number in sample.claims]
    at, number = sample.middle
    add("list", _each, "search.queue")
    add("deep", _each, "search.queue", {"after": f"{at.replace(' ', 'T')}+00:00~{number}"})
    add("filter", _each, "search.queue", {"status": "disputed"})
    for name, word in WORDS.items():
        add(name, _each, "search.queue", {"q": word})
    add("claim", _each, "desk.claim", *claims)
    add("edit", _each, "claims.claim_edit", *claims)
    add("save", _saver, "claims.claim_edit", *claims)
    for kind in ("html", "csv", "json"):
        reports: list[dict[str, Any]] = [{"article_id": article, "file_format": kind} for article in sample.articles]
        add(f"report_{kind}", _each, "reports.article_report", *reports)
    add("export", lambda held, paths: _once(held, paths[0], keep=False), "reports.queue_csv")
    return known


@contextmanager
def floor(folder: Path, sample: Sample) -> Iterator[Contender]:
    """Serve the bare application."""
    port = free_port()
    command = [sys.executable, str(APPS / "floor.py"), str(folder / "claims.db"), str(port)]
    with serving("floor", command, port=port, log=folder / "floor.log") as server:
        browser = Browser(port)
        at, number = sample.middle
        yield Contender(
            "floor",
            server,
            {
                "list": _once(browser, "/list"),
                "deep": _once(browser, f"/deep?at={quote(at)}&id={number}"),
                "filter": _once(browser, "/filter?status=disputed"),
                **{name: _once(browser, f"/search?q={quote(word)}") for name, word in WORDS.items()},
                "claim": _each(browser, [f"/detail/{claim}" for claim in sample.claims]),
                "edit": _each(browser, [f"/edit/{claim}" for claim in sample.claims]),
                "save": _saver(browser, [f"/edit/{claim}" for claim in sample.claims]),
                "report_csv": _each(browser, [f"/article/{article}.csv" for article in sample.articles]),
                "export": _once(browser, "/all.csv", keep=False),
            },
        )


@contextmanager
def flask_admin(folder: Path, sample: Sample, python: Path) -> Iterator[Contender]:
    """Serve Flask-Admin."""
    port = free_port()
    command = [str(python), str(APPS / "flask_admin_desk.py"), str(folder / "claims.db"), str(port)]
    with serving("Flask-Admin", command, port=port, log=folder / "flask-admin.log") as server:
        browser, base = Browser(port), "/admin/claim"
        edits = [f"{base}/edit/?id={claim}" for claim in sample.claims]
        exports = [f"{base}/export/csv/?flt0_article_number_equals={article}" for article in sample.articles]
        yield Contender(
            "Flask-Admin",
            server,
            {
                "list": _once(browser, f"{base}/"),
                "deep": _once(browser, f"{base}/?page={sample.total // 2 // PAGE}"),
                "filter": _once(browser, f"{base}/?flt0_status_equals=disputed"),
                **{name: _once(browser, f"{base}/?search={quote(word)}") for name, word in WORDS.items()},
                "claim": _each(browser, edits),
                "edit": _each(browser, edits),
                "save": _saver(browser, edits),
                "report_csv": _each(browser, exports),
                "export": _once(browser, f"{base}/export/csv/", keep=False),
            },
        )


@contextmanager
def django_admin(folder: Path, sample: Sample, python: Path) -> Iterator[Contender]:
    """Serve the Django admin, with a person signed in."""
    port = free_port()
    command = [str(python), str(APPS / "django_desk.py"), str(folder / "claims.db"), str(port)]
    with serving("Django admin", command, port=port, log=folder / "django.log") as server:
        browser, base = Browser(port), "/admin/auth/claim"
        browser.fill_and_post("/admin/login/", "password", {"username": "admin", "password": "admin"})
        edits = [f"{base}/{claim}/change/" for claim in sample.claims]
        exports = [f"{base}/export/?article__id__exact={article}" for article in sample.articles]
        yield Contender(
            "Django admin",
            server,
            {
                "list": _once(browser, f"{base}/"),
                "deep": _once(browser, f"{base}/?p={sample.total // 2 // PAGE}"),
                "filter": _once(browser, f"{base}/?status__exact=disputed"),
                **{name: _once(browser, f"{base}/?q={quote(word)}") for name, word in WORDS.items()},
                "claim": _each(browser, edits),
                "edit": _each(browser, edits),
                "save": _saver(browser, edits),
                "report_csv": _each(browser, exports),
                "export": _once(browser, f"{base}/export/", keep=False),
            },
        )


def _tilde(text: str) -> str:
    """Return a value as Datasette writes it in addresses."""
    return re.sub(r"[^A-Za-z0-9_-]", lambda found: "".join(f"~{byte:02X}" for byte in found[0].encode()), text)


@contextmanager
def datasette(folder: Path, sample: Sample, python: Path) -> Iterator[Contender]:
    """Serve Datasette in its fastest form: no facets, no suggestions, pages by key; it reads only."""
    port, settings = free_port(), folder / "datasette.json"
    claim = {
        "fts_table": "claim_search",
        "fts_pk": "id",
        "sort_desc": "updated_at",
        "facets": ["status", "kind", "priority"],
    }
    settings.write_text(json.dumps({"databases": {"claims": {"tables": {"claim": claim}}}}), encoding="utf-8")
    command = [str(python), "-m", "datasette", "serve", str(folder / "claims.db"), "--port", str(port)]
    command += ["--metadata", str(settings), "--setting", "default_page_size", str(PAGE)]
    command += ["--setting", "sql_time_limit_ms", "20000", "--setting", "max_csv_mb", "0"]
    with serving("Datasette", command, port=port, log=folder / "datasette.log") as server:
        browser, base = Browser(port), "/claims/claim"
        fast = "_nofacet=1&_nosuggest=1"
        at, number = sample.middle
        yield Contender(
            "Datasette",
            server,
            {
                "list": _once(browser, f"{base}?{fast}"),
                "deep": _once(browser, f"{base}?{fast}&_next={_tilde(at)}%2C{number}"),
                "filter": _once(browser, f"{base}?{fast}&status=disputed"),
                **{name: _once(browser, f"{base}?{fast}&_search={quote(word)}") for name, word in WORDS.items()},
                "report_csv": _each(
                    browser, [f"{base}.csv?article_id={article}&{fast}" for article in sample.articles]
                ),
                "export": _once(browser, f"{base}.csv?_stream=on&_sort=id&{fast}", keep=False),
            },
        )


@contextmanager
def everyone(desk: Path, copy: Path, sample: Sample, python: Path | None) -> Iterator[list[Contender]]:
    """Serve the product over ``desk`` and all others over ``copy``; without ``python`` there are no peers."""
    with ExitStack() as running:
        contenders = [running.enter_context(product(desk, sample)), running.enter_context(floor(copy, sample))]
        if python is not None:
            contenders += [
                running.enter_context(serve(copy, sample, python)) for serve in (flask_admin, django_admin, datasette)
            ]
        yield contenders
