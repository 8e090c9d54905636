"""The sites of the example newsroom, played on this machine: every address has its page, over TLS where it says so."""

import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpcore2
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.evidence.model import Evidence
from claims_app.fetching import Guard, page
from claims_app.fetching.guard import read_place
from claims_app.sources.model import Source

#: Where the names of the sites lead to in the guard's eyes; connections to it end at this machine.
PUBLIC = "93.184.215.14"
Key = tuple[str, str]


def key_of(address: str) -> Key:
    """Return how a request names this address."""
    place = read_place(address)
    return place.host, place.target.decode()


def play_pages(session: Session) -> dict[Key, str]:
    """Return a page for each address of the desk: its title and what the evidence says that stands there."""
    pages = {}
    for source in session.scalars(select(Source).where(Source.address.is_not(None))):
        assert source.address is not None
        evidence = session.scalars(select(Evidence).where(Evidence.source_id == source.id)).all()
        figures = [
            f"{item.figure.low:,.15g} {item.figure.unit or ''}" for item in evidence if item.figure and item.figure.unit
        ]
        parts = [source.title, *(item.summary for item in evidence), *figures]
        body = "".join(f"<p>{escape(part)}</p>" for part in parts)
        pages[key_of(source.address)] = f"<!doctype html><title>{escape(source.title)}</title><main>{body}</main>"
    return pages


def make_certificate(folder: Path, hosts: list[str]) -> Path:
    """Return one certificate with its key for all of these names, which the desk is told to trust."""
    path, key = folder / "sites.pem", folder / "sites.key"
    names = ",".join(f"DNS:{host}" for host in hosts)
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=sites", "-addext", f"subjectAltName={names}", "-days", "2"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(path)], check=True, capture_output=True)
    path.write_text(path.read_text() + key.read_text())
    return path


class Sites:
    """The pages that are served, and the keys that were asked for; a page may be changed while they are."""

    def __init__(self, pages: dict[Key, str]) -> None:
        self.pages = pages
        self.asked: list[Key] = []

    def handler(self) -> type[BaseHTTPRequestHandler]:
        sites = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                key = self.headers["Host"], self.path
                sites.asked.append(key)
                found = sites.pages.get(key)
                body = (found or "gone").encode()
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@contextmanager
def _serving(sites: Sites, context: ssl.SSLContext | None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), sites.handler())
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def _lead_here(monkeypatch: pytest.MonkeyPatch, ports: Mapping[int, int]) -> None:
    real = httpcore2.SyncBackend.connect_tcp

    def connect(self: Any, host: str, port: int, *more: Any) -> Any:
        assert host == PUBLIC
        return real(self, "127.0.0.1", ports[port], *more)

    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connect)
    monkeypatch.setattr("claims_app.cli.capturing.make_guard", lambda: Guard(lambda *_: [PUBLIC]))


@contextmanager
def playing(pages: dict[Key, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sites]:
    """Serve the pages under their own names at the ports of the web, for whatever this process fetches."""
    sites = Sites(pages)
    certificate = make_certificate(folder, sorted({host for host, _target in pages}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trust = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(page, "trust", lambda: trust)
    with ExitStack() as stack:
        plain, safe = (stack.enter_context(_serving(sites, one)) for one in (None, context))
        _lead_here(monkeypatch, {80: plain, 443: safe})
        yield sites
