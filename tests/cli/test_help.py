"""What the command says of itself, and how it refuses."""

import errno
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from claims_app.cli import SECTIONS
from tests.cli.command import CHECKOUT, Desk

COMMANDS = [name for commands in SECTIONS.values() for name in commands]


def test_the_help_names_every_command_in_the_order_of_use(desk: Desk) -> None:
    words = [line.split()[0] for line in desk.did("--help").splitlines() if line.startswith("  ") and line.split()]
    assert [word for word in words if word in COMMANDS] == COMMANDS


def test_without_a_command_the_help_is_shown(desk: Desk) -> None:
    assert "A fact-checking desk" in desk.claims().output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(desk: Desk, command: str) -> None:
    told = desk.did(command, "--help")
    assert f"Usage: claims {command}" in told
    assert len(told.splitlines()) > 3


@pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS.keys())
def test_each_command_has_one_line(section: dict[str, tuple[str, str]]) -> None:
    for _, tells in section.values():
        assert tells.endswith(".")
        assert len(tells) < 65


def test_the_help_needs_no_database_and_no_web_framework() -> None:
    code = (
        "import sys; from claims_app.cli import main; main(['--help'], standalone_mode=False); "
        "print([name for name in ('sqlalchemy', 'flask', 'alembic', 'babel') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_the_project_s(desk: Desk) -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    assert desk.did("--version") == f"Claims Desk {project['version']}\n"


def test_an_installed_copy_knows_its_version_too(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("claims_app.version.PROJECT", tmp_path / "pyproject.toml")
    monkeypatch.setattr("importlib.metadata.version", {"claims-desk": "7.8"}.__getitem__)
    assert desk.did("--version") == "Claims Desk 7.8\n"


@pytest.mark.parametrize(
    "arguments",
    [["fly"], ["status", "--loud"], ["report"], ["report", "one"], ["people", "add", "a@b"], ["demo", "--port", "-1"]],
)
def test_wrong_usage_ends_with_2(desk: Desk, arguments: list[str]) -> None:
    result = desk.claims(*arguments)
    assert result.exit_code == 2
    assert "Usage: claims" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["seed"],
        ["migrate"],
        ["report", "1"],
        ["backup", "copy.zip"],
        ["history", "verify"],
        ["people", "list"],
        ["people", "link", "a@b"],
        ["people", "deactivate", "a@b"],
        ["people", "add", "a@b", "--name", "A", "--role", "reader"],
    ],
)
def test_a_command_that_needs_a_desk_says_so(desk: Desk, arguments: list[str]) -> None:
    assert desk.refused(*arguments) == f"There is no desk in {desk.data} yet; run claims init."
    assert not desk.data.exists()


@pytest.mark.parametrize(("name", "value"), [("port", "http"), ("language", "fr"), ("colour", "red")])
def test_a_wrong_setting_is_one_sentence(desk: Desk, name: str, value: str) -> None:
    assert desk.refused("init", **{name: value}).startswith(f"CLAIMS_{name.upper()} is ")
    assert not desk.data.exists()


def test_a_folder_that_cannot_be_used_is_one_sentence(desk: Desk) -> None:
    desk.data.write_text("a file")
    assert desk.refused("init") == f"{desk.data}: File exists."


def test_the_module_is_the_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.environ", desk.environment())
    monkeypatch.setattr("sys.argv", ["-m", "status"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("claims_app", run_name="__main__")
    assert end.value.code == 1
    assert capsys.readouterr() == ("", f"There is no desk in {desk.data} yet; run claims init.\n")


def test_who_reads_only_the_beginning_gets_no_complaint(empty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(*_: object) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("claims_app.cli.people.list_people", leave)
    result = empty.claims("people", "list")
    assert (result.exit_code, result.output) == (1, "")
