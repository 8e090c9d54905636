"""What ``make`` promises: that it explains itself, needs the right Python, and installs only when a lock changed."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.command import CHECKOUT, environment


def outside(**settings: str) -> dict[str, str]:
    """Return the environment of somebody whose shell was not started by make, as these tests' may be."""
    return {name: value for name, value in environment(**settings).items() if not name.startswith("MAKE")}


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=outside(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout that uses the environment of these tests as its own."""
    for name in ("claims_app", "migrations", "seed"):
        shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(CHECKOUT / name, tmp_path / name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tmp_path / ".venv" / "bin" / "python").chmod(0o755)
    return tmp_path


def test_every_target_for_people_is_explained() -> None:
    told = make(CHECKOUT).stdout
    rules = (CHECKOUT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: (.*)$", rules, re.MULTILINE)
    assert re.findall(r"^make (\w+) ", told, re.MULTILINE) == phony.split()


@pytest.mark.parametrize(("stamp", "lock"), [(".run", "requirements.txt"), (".test", "requirements-dev.txt")])
def test_installs_only_when_the_lock_changed(checkout: Path, stamp: str, lock: str) -> None:
    target = f".venv/{stamp}"
    assert f"-r {lock}" in make(checkout, "--dry-run", target).stdout
    (checkout / target).touch()
    assert "is up to date" in make(checkout, target).stdout
    later = (checkout / target).stat().st_mtime + 5
    os.utime(checkout / lock, (later, later))
    told = make(checkout, "--dry-run", target).stdout
    assert f"-r {lock}" in told
    assert "--require-hashes" in told


def test_an_older_python_is_refused_in_one_sentence(checkout: Path) -> None:
    old = checkout / "old-python"
    old.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -c "import sys; sys.version_info = (3, 9, 2); exec(sys.argv[1])" "$2"\n'
    )
    old.chmod(0o755)
    (checkout / ".venv" / "bin" / "python").unlink()
    done = make(checkout, ".venv/bin/python", f"PYTHON={old}")
    assert done.returncode != 0
    assert f"Claims Desk needs Python 3.11 or newer; {old} is 3.9. Name another one" in done.stderr
    assert not (checkout / ".venv" / "bin" / "python").exists()


def test_a_missing_python_is_refused_in_one_sentence(checkout: Path) -> None:
    (checkout / ".venv" / "bin" / "python").unlink()
    done = make(checkout, ".venv/bin/python", "PYTHON=no-such-python")
    assert "Claims Desk needs Python 3.11 or newer, and there is no no-such-python here." in done.stderr


def test_run_starts_the_desk_from_the_checkout(checkout: Path) -> None:
    (checkout / ".venv" / ".run").touch()
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["make", "run"],
        cwd=checkout,
        env=outside(port=str(port)),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            assert process.stdout is not None
            told = list(iter(process.stdout.readline, "Stop with Ctrl+C.\n"))
            assert told[0] == f"The desk is at http://127.0.0.1:{port}, its data in {checkout}/var.\n"
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
                connection.request("GET", "/sign-in")
                assert connection.getresponse().status == 200
        finally:
            os.killpg(process.pid, signal.SIGTERM)
    assert (checkout / "var" / "claims.db").is_file()


def test_the_judge_of_a_change_runs_the_same_tests() -> None:
    script = CHECKOUT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    text = script.read_text()
    assert "set -euo pipefail" in text
    assert "make test" in text
    assert "DESK_TEST_REQUIRE=browser" in text
