"""Serving the desk: ``claims run`` and ``claims demo``."""

import logging
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import click
from flask import Flask
from sqlalchemy import Engine
from waitress import create_server, wasyncore

from claims_app.app import create_app
from claims_app.cli.opening import address_of, first_link, make_ready, opened, settings
from claims_app.config import Settings
from claims_app.db import open_sessions
from claims_app.errors import DomainError
from claims_app.worker import Jobs, Workshop

MEGABYTE = 1024 * 1024


@click.command
@click.option("--no-example", is_flag=True, help="Start with an empty desk.")
def run(no_example: bool) -> None:
    """Start the desk and print its address.

    The first start makes the data folder, the database, the example newsroom and the first editor, and prints a link
    that signs the editor in once. An older database is copied and brought up to date.
    """
    _serve(settings(), with_example=not no_example)


@click.command
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on; a free one if left out.")
def demo(port: int) -> None:
    """Serve a newsroom that lies in a temporary folder and is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="claims-demo-") as folder:
        _serve(replace(settings(), data=Path(folder), port=port), with_example=True)
    click.echo("The demonstration is removed.")


def _take_port(host: str, port: int) -> socket.socket:
    """Take the port before anything else is done; a taken one is refused. It answers only when the desk is ready."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, number)
    except OSError as error:
        raise DomainError(
            "%(host)s is not an address to listen on: %(problem)s.", host=host, problem=error.strerror
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise _taken(host, port, error) from error
    return listener


def _taken(host: str, port: int, error: OSError) -> DomainError:
    return DomainError(
        "Port %(port)s on %(host)s cannot be used (%(problem)s). Stop what uses it, or set CLAIMS_PORT to another.",
        port=port,
        host=host,
        problem=error.strerror,
    )


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _serve(chosen: Settings, *, with_example: bool) -> None:
    with _take_port(chosen.host, chosen.port) as listener:
        chosen = replace(chosen, port=listener.getsockname()[1])
        before = signal.signal(signal.SIGTERM, _end)
        try:
            _serve_on(listener, chosen, with_example=with_example)
        finally:
            signal.signal(signal.SIGTERM, before)


def _serve_on(listener: socket.socket, chosen: Settings, *, with_example: bool) -> None:
    start = make_ready(chosen, with_example=with_example)
    if start.copy:
        click.echo(f"The database had an older schema. A copy as it was: {start.copy}")
    if start.problem:
        click.echo(f"The example newsroom is left out: {start.problem}", err=True)
    with opened(chosen.database) as engine:
        app = create_app(chosen, engine)
        click.echo(f"The desk is at {address_of(chosen)}, its data in {chosen.data}.")
        with open_sessions(engine)() as session:
            link = first_link(session)
        if link:
            person, token = link
            click.echo(f"Sign in as {person.name}: {address_of(chosen, token)}")
            click.echo("The link works once, within two days.")
        with _working(app, engine, chosen):
            _answer(app, listener, chosen)


@contextmanager
def _working(app: Flask, database: Engine, chosen: Settings) -> Iterator[None]:
    """Do the desk's jobs beside the pages, or call those who do them elsewhere."""
    jobs = Jobs(Workshop(chosen, open_sessions(database), app.extensions["guard"]))
    app.extensions["wake"] = jobs.wake
    with jobs.running(chosen.workers) if chosen.workers else nullcontext():
        yield


def _answer(app: Flask, listener: socket.socket, chosen: Settings) -> None:
    """Serve until told to stop; whoever waits for the port, or for the last line printed, finds the desk ready."""
    try:
        listener.listen(1024)
    except OSError as error:  # somebody else began to listen there in the meantime
        raise _taken(chosen.host, chosen.port, error) from error
    # A request that waits a moment for its turn is nothing to tell.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    channels: dict[int, Any] = {}
    server = create_server(
        app,
        map=channels,
        sockets=[listener],
        threads=chosen.threads,
        # No thread waits for whoever reads slowly; what is not read yet lies on the disk.
        outbuf_high_watermark=sys.maxsize,
        ident="",
        # The desk itself reads these, from as many proxies as the settings name.
        clear_untrusted_proxy_headers=chosen.proxies == 0,
        # Somewhat above the desk's own limit, so that its own page answers.
        max_request_body_size=(chosen.upload_mb + 8) * MEGABYTE,
    )
    click.echo("Stop with Ctrl+C.")
    server.run()
    wasyncore.close_all(channels)
