"""Starting the desk: what it prints, that it answers, and that it ends cleanly."""

import http.client
import os
import re
import signal
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from waitress import create_server

from claims_app.claims.model import Claim
from claims_app.cli import running
from claims_app.cli.opening import opened
from claims_app.db import writing
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Person
from tests.cli.command import Desk
from tests.factories import set_password

LINK = re.compile(r"(http://[\d.]+:\d+)(/sign-in/\S+)")


@pytest.fixture
def port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        number: int = free.getsockname()[1]
    return number


@contextmanager
def ended_after(monkeypatch: pytest.MonkeyPatch, seen: list[tuple[int, str]], path: str = "/sign-in") -> Iterator[None]:
    """Ask a desk that starts in this process for a page, note the answer, and end it as a service manager would."""

    def visit(port: int) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            seen.append((answer.status, answer.read().decode()))
        os.kill(os.getpid(), signal.SIGTERM)

    def create(app: Flask, *, sockets: list[socket.socket], **options: Any) -> Any:
        server = create_server(app, sockets=sockets, **options)
        threads.append(threading.Thread(target=visit, args=(sockets[0].getsockname()[1],)))
        threads[0].start()
        return server

    threads = list[threading.Thread]()
    monkeypatch.setattr(running, "create_server", create)
    yield
    threads[0].join(timeout=20)


def token_of(told: str) -> str:
    found = LINK.search(told)
    assert found is not None, told
    return found[2].rpartition("/")[2]


def sign_in(port: int, token: str) -> str:
    """Use a link of the desk that answers on a port, and return the session's cookie."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", f"/sign-in/{token}")
        page = connection.getresponse()
        cookie, text = page.getheader("Set-Cookie") or "", page.read().decode()
        assert page.status == 200
        assert page.getheader("Server") is None
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        assert found is not None
        connection.request(
            "POST",
            f"/sign-in/{token}",
            body=f"csrf_token={found[1]}",
            headers={"Cookie": cookie.partition(";")[0], "Content-Type": "application/x-www-form-urlencoded"},
        )
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 303
        return (answer.getheader("Set-Cookie") or "").partition(";")[0]


def fill(desk: Desk, claims: int) -> None:
    """Repeat the example's first claim, with a long statement, until a table of all is many megabytes."""
    columns = [column.name for column in Claim.__table__.columns if not column.computed and column.name != "id"]
    changed = {
        "number": "value + 1000",
        "statement_en": "printf('%.4000c', 'x')",
        "status": "'unchecked'",
        "place": "'none'",
        **dict.fromkeys(("origin_key", "verdict_id", "settled_words"), "NULL"),
        **dict.fromkeys(("supports", "refutes", "contexts", "is_stale"), "0"),
    }
    copied = ", ".join(changed.get(name, name) for name in columns)
    desk.execute(
        f"WITH RECURSIVE counted(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM counted LIMIT {claims}) "
        f"INSERT INTO claim ({', '.join(columns)}) SELECT {copied} FROM claim, counted WHERE claim.id = 1"
    )


def test_who_reads_slowly_keeps_nobody_waiting(example: Desk, port: int) -> None:
    """More downloads than threads stop halfway, two of them in one breath; pages still come, and so does the rest."""
    fill(example, 5000)
    with ExitStack() as stack, example.process("run", port=str(port), threads="2") as process:
        assert process.stdout is not None
        token = token_of("".join(process.stdout.readline() for _ in range(4)))
        request = f"GET /claims.csv HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {sign_in(port, token)}\r\n\r\n"
        slow = [stack.enter_context(socket.socket()) for _ in range(4)]
        for client in slow:
            client.settimeout(20)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", port))
            client.sendall(request.encode() * 2)
        for client in slow:
            assert client.recv(12) == b"HTTP/1.1 200"
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.request("GET", "/sign-in")
            assert connection.getresponse().status == 200
        length = re.search(rb"Content-Length: (\d+)", slow[0].recv(1000, socket.MSG_PEEK))
        assert length is not None
        assert int(length[1]) > 20_000_000


def test_more_threads_than_usual_have_connections_of_their_own(example: Desk) -> None:
    with opened(example.database) as engine, ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(engine.connect())


class TestRun:
    def test_the_first_start_makes_the_desk_and_prints_the_way_in(
        self, desk: Desk, port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[tuple[int, str]] = []
        with ended_after(monkeypatch, seen):
            told = desk.did("run", port=str(port))
        assert f"The desk is at http://127.0.0.1:{port}, its data in {desk.data}." in told
        assert f"Sign in as First editor: http://127.0.0.1:{port}/sign-in/" in told
        assert [status for status, _ in seen] == [200]
        assert stat.S_IMODE((desk.data / "secret.key").stat().st_mode) == 0o600
        assert "claims                 104" in desk.did("status")

    def test_a_later_start_makes_a_fresh_link_while_nobody_has_a_password(
        self, empty: Desk, port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tokens = []
        for _ in range(2):
            with monkeypatch.context() as patch, ended_after(patch, []):
                tokens.append(token_of(empty.did("run", port=str(port))))
        assert tokens[0] != tokens[1]

    def test_a_later_start_prints_the_address_only_once_somebody_has_a_password(
        self, empty: Desk, port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with empty.session() as session, writing(session):
            set_password(session, actor=session.get_one(Person, 1), current=None, new="long enough")
        with ended_after(monkeypatch, []):
            told = empty.did("run", port=str(port))
        assert f"http://127.0.0.1:{port}" in told
        assert "Sign in as" not in told

    def test_an_empty_desk_starts_if_asked(self, desk: Desk, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
        with ended_after(monkeypatch, []):
            desk.did("run", "--no-example", port=str(port))
        assert "claims                   0" in desk.did("status")

    def test_an_older_database_is_copied_and_migrated(
        self, example: Desk, port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        revision = example.step_back()
        with ended_after(monkeypatch, []):
            told = example.did("run", port=str(port))
        (copy,) = example.data.glob(f"claims-{revision}-*.db")
        assert f"A copy as it was: {copy}" in told
        assert "claims                 104" in example.did("status")

    def test_the_example_that_cannot_be_loaded_is_left_out_aloud(
        self, desk: Desk, port: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(
            "claims_app.schema.packaged", {"seed": tmp_path, "migrations": Path("migrations").resolve()}.get
        )
        with ended_after(monkeypatch, []):
            result = desk.claims("run", port=str(port))
        assert result.exit_code == 0
        assert result.stderr == f"The example newsroom is left out: There is no file newsroom.json in {tmp_path}.\n"

    def test_a_taken_port_is_refused_before_anything_is_made(self, desk: Desk) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = str(taken.getsockname()[1])
            assert desk.refused("run", port=port) == (
                f"Port {port} on 127.0.0.1 cannot be used (Address already in use). "
                "Stop what uses it, or set CLAIMS_PORT to another."
            )
        assert not desk.data.exists()

    def test_a_port_taken_while_the_desk_was_made_is_refused_too(
        self, empty: Desk, port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        others = []

        def come_first(_session: Session) -> None:
            others.append(socket.socket())
            others[0].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            others[0].bind(("127.0.0.1", port))
            others[0].listen()

        monkeypatch.setattr(running, "first_link", come_first)
        assert empty.refused("run", port=str(port)).startswith(f"Port {port} on 127.0.0.1 cannot be used")
        others[0].close()

    def test_an_address_that_is_none_is_refused(self, desk: Desk) -> None:
        assert "not-a-host.invalid is not an address to listen on" in desk.refused("run", host="not-a-host.invalid")

    def test_a_server_of_its_own_lets_the_editor_in_and_keeps_the_desk(self, desk: Desk, port: int) -> None:
        """Two starts in processes of their own: the link signs in once, what is there stays."""
        for start in range(2):
            with desk.process("run", "--no-example", port=str(port)) as process:
                assert process.stdout is not None
                told = [process.stdout.readline() for _ in range(4)]
                token = token_of("".join(told))
                assert sign_in(port, token)
                process.send_signal(signal.SIGTERM)
                assert process.wait(timeout=20) == 0
                assert process.stderr is not None
                assert process.stderr.read() == ""
            with desk.session() as session:
                actions = session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.id)).all()
            assert actions.count("signed_in") == start + 1
            assert actions.count("linked") == start + 1
        assert desk.did("history", "verify").startswith("The history is whole")


class TestDemo:
    def test_serves_a_newsroom_and_removes_it(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        with ended_after(monkeypatch, []):
            told = desk.did("demo")
        folder = re.search(r"its data in (\S+)\.\n", told)
        assert folder is not None
        assert not Path(folder[1]).exists()
        assert token_of(told)
        assert told.endswith("The demonstration is removed.\n")
        assert not desk.data.exists()

    def test_takes_the_port_it_is_given(self, desk: Desk) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = str(taken.getsockname()[1])
            assert desk.refused("demo", "--port", port).startswith(f"Port {port} on 127.0.0.1 cannot be used")
