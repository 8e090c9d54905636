"""Server processes: started on a free port, waited for, weighed and ended."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _status(pid: int) -> dict[str, float]:
    """Return the memory lines of a process in megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    pairs = (line.split(":") for line in lines if line.startswith(("Vm", "Rss")))
    return {name: int(value.split()[0]) / 1024 for name, value in pairs}


@dataclass
class Server:
    """A running server."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def memory(self) -> float:
        """Return its own memory in megabytes: without the database file that it maps, which all processes share."""
        return _status(self.process.pid)["RssAnon"]

    def peak(self) -> float:
        """Return the most memory it ever had, the mapped file included."""
        return _status(self.process.pid)["VmHWM"]

    @contextmanager
    def watched(self) -> Iterator[list[float]]:
        """Collect its own memory every 20 ms while the block runs."""
        seen, done = [self.memory()], threading.Event()

        def watch() -> None:
            while not done.wait(0.02):
                seen.append(self.memory())

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield seen
        finally:
            done.set()
            watcher.join()


def _wait(server: Server, log: Path) -> None:
    for _ in range(1200):
        if server.process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{server.name} did not start:\n{log.read_text(errors='replace')[-2000:]}")


@contextmanager
def serving(
    name: str, command: Sequence[str], *, port: int, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run a server for the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
        )
        server = Server(name, port, process)
        try:
            _wait(server, log)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)
