"""Services on this machine that speak the real protocols: an archive ("Save Page Now 2") and a timestamp authority."""

import hashlib
import json
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs

from claims_app.archiving import Archive

KEY, SECRET = "test-key", "test-secret"
STAMP = "20260302081500"
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


#: A whole answer, or pieces that are sent as they are, head and all.
Says = Callable[[Asked], "Reply | Iterator[bytes]"]


def raw(*pieces: bytes) -> Says:
    return lambda _: iter(pieces)


def say(told: object, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(told).encode(), headers=named)


class Service:
    """A server that keeps what it was asked, and answers as the test says."""

    def __init__(self, says: Says, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.says = says
        self.faults: list[AssertionError] = []
        self.is_closing = Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def setup(self) -> None:
                if context:
                    self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def finish(self) -> None:
                super().finish()
                self.request.close()

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                service.asked.append(asked)
                reply = service.says(asked)
                self.close_connection = True
                # The other side leaves when it has had enough: that is what is tested.
                with suppress(OSError):
                    if not isinstance(reply, Reply):
                        for piece in reply:
                            self.wfile.write(piece)
                        return
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Type", reply.media_type)
                    self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body)

            do_GET = do_POST = answer  # noqa: N815 - the library's names

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
                """Say nothing: the test asks."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                """Say nothing of a caller that leaves in the middle of TLS; what a handler asserts is the test's."""
                service.faults += [error] if isinstance(error := sys.exception(), AssertionError) else []

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self.server.server_address[1]
        self._thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.is_closing.set()
        self.server.shutdown()
        self.server.server_close()
        self._thread.join(10)
        assert not self._thread.is_alive()
        assert self.faults == []


@contextmanager
def serving(says: Says, context: ssl.SSLContext | None = None) -> Iterator[Service]:
    service = Service(says, context)
    try:
        yield service
    finally:
        service.close()


class ArchiveService(Service):
    """Save Page Now 2 with its state: jobs that take a while, the hour between two copies, the limits of a day."""

    def __init__(self) -> None:
        super().__init__(self.speak)
        self.lock = Lock()
        #: By the id of the job: what it answers, one after the other; the last one stays.
        self.jobs: dict[str, list[dict[str, object]]] = {}
        #: By address: what its job comes to instead of success.
        self.failing: dict[str, tuple[str, str]] = {}
        #: By address: where the page was found in the end.
        self.moved: dict[str, str] = {}
        self.captures_today: dict[str, int] = {}
        self.most_jobs = 3
        self.is_forgetful = False

    @property
    def archive(self) -> Archive:
        return Archive(self.address, KEY, SECRET)

    def speak(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"LOW {KEY}:{SECRET}":
            return say({"message": "You need to be logged in to use Save Page Now."}, 401)
        with self.lock:
            if (asked.method, asked.path) == ("POST", "/save"):
                assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
                return self.begin(parse_qs(asked.body.decode(), strict_parsing=True)["url"][0])
            if asked.method == "GET" and asked.path.startswith("/save/status/"):
                return self.tell(asked.path.removeprefix("/save/status/"))
        return Reply(404, b"<!doctype html><title>Not found</title>", "text/html")

    def begin(self, address: str) -> Reply:
        if self.captures_today.get(address, 0) >= 5:
            message = "This URL has been already captured 5 times today. Please try again tomorrow."
            return say({"status": "error", "status_ext": "error:too-many-daily-captures", "message": message})
        if sum(len(states) > 1 for states in self.jobs.values()) >= self.most_jobs:
            message = "You have already reached the limit of active Save Page Now sessions. Please wait for a minute."
            return say({"status": "error", "status_ext": "error:user-session-limit", "message": message}, 429)
        job = f"spn2-{hashlib.sha1(address.encode(), usedforsecurity=False).hexdigest()}"
        answer: dict[str, object] = {"url": address, "job_id": job}
        if job in self.jobs:
            answer["message"] = (
                "The same snapshot had been made 2 minutes ago. You can make new capture of this URL after 1 hour."
            )
            return say(answer)
        self.captures_today[address] = self.captures_today.get(address, 0) + 1
        self.jobs[job] = [{"status": "pending", "job_id": job, "resources": []}, self.end(address, job)]
        return say(answer)

    def end(self, address: str, job: str) -> dict[str, object]:
        if address in self.failing:
            code, message = self.failing[address]
            return {"status": "error", "status_ext": code, "message": message, "job_id": job, "resources": []}
        found = self.moved.get(address, address)
        return {
            "status": "success",
            "job_id": job,
            "timestamp": STAMP,
            "original_url": found,
            "http_status": 200,
            "duration_sec": 4.2,
            "resources": [found, "https://news.example/style.css"],
            "outlinks": {},
        }

    def tell(self, job: str) -> Reply:
        if self.is_forgetful or job not in self.jobs:
            return Reply(404, b"<!doctype html><title>Not found</title>", "text/html")
        states = self.jobs[job]
        return say(states.pop(0) if len(states) > 1 else states[0])


def run(folder: Path, *command: str) -> None:
    """Run openssl in a folder; what it says is shown where it fails."""
    done = subprocess.run(["openssl", *command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
RSA = ("-newkey", "rsa:2048")


@dataclass(frozen=True)
class Authority:
    """The keys and certificates of an authority, as files in a folder: root, what is between, and the signer's."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, *, kind: tuple[str, ...] = CURVE, digest: str = "sha256") -> "Authority":
        folder.mkdir()
        new = ("req", *kind, "-nodes")
        run(folder, *new, "-x509", "-keyout", "root.key", "-out", "root.pem", "-days", "3650", "-subj", "/CN=Test Root")
        signed_by = "root"
        for name, subject, more in (
            ("between", "/CN=Test Between", "basicConstraints=critical,CA:TRUE\n"),
            ("signer", "/O=Test Time/CN=Test Clock", "extendedKeyUsage=critical,timeStamping\n"),
        ):
            (folder / "more").write_text(more)
            run(folder, *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
            by = ("-CA", f"{signed_by}.pem", "-CAkey", f"{signed_by}.key", "-CAcreateserial")
            use = ("-days", "3650", "-extfile", "more", "-out", f"{name}.pem")
            run(folder, "x509", "-req", "-in", f"{name}.csr", *by, *use)
            signed_by = name
        authority = cls(folder)
        authority.take(digests="sha256, sha512", signer_digest=digest)
        return authority

    def take(self, **settings: str) -> None:
        """Write the authority's own settings."""
        known = {"serial": "serial", "default_policy": "1.2.3.4.1", "crypto_device": "builtin"} | settings
        lines = "".join(f"{name} = {value}\n" for name, value in known.items())
        (self.folder / "ts.cnf").write_text(f"[tsa]\ndefault_tsa = t\n[t]\n{lines}")

    @property
    def root(self) -> bytes:
        return (self.folder / "root.pem").read_bytes()

    def answer(self, query: bytes) -> bytes:
        """Return the answer to a query as openssl makes it: a token, or a refusal with its reason."""
        (self.folder / "query").write_bytes(query)
        files = ("-config", "ts.cnf", "-queryfile", "query", "-out", "reply")
        keys = ("-signer", "signer.pem", "-inkey", "signer.key", "-chain", "between.pem")
        run(self.folder, "ts", "-reply", *files, *keys)
        return (self.folder / "reply").read_bytes()

    def speak(self, asked: Asked) -> Reply:
        """Answer as an authority on the web does."""
        assert (asked.method, asked.headers["content-type"]) == ("POST", QUERY)
        return Reply(body=self.answer(asked.body), media_type=REPLY)
