"""The README is a promise: what it names exists, and what exists is named."""

import dataclasses
import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import click
import pytest

from claims_app.captures.service import WAITS
from claims_app.claims.figure import CLOSE
from claims_app.claims.model import Status
from claims_app.claims.units import BARRELS
from claims_app.cli import main
from claims_app.config import Settings, variable
from claims_app.people.model import Role
from claims_app.people.tokens import MOST_DAYS as TOKEN_DAYS
from claims_app.verdicts.model import Finding
from claims_app.watching.service import MOST_DAYS

CHECKOUT = Path(__file__).parents[2]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
BLOCKS = [(kind, block) for kind, block in re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)]
CODE = re.findall(r"`([^`\n]+)`", README) + [
    line.partition("#")[0].strip() for kind, block in BLOCKS if not kind for line in block.splitlines()
]


def leaves(group: click.Command, context: click.Context, *above: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, by its whole name."""
    if not isinstance(group, click.Group):
        yield " ".join(above), group
        return
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from leaves(command, context, *above, name)
    if above:  # a group may also do something by itself, as "bundle ARTICLE" does
        with suppress(click.UsageError):
            _, itself, _ = group.resolve_command(context, ["1"])
            assert itself is not None
            yield " ".join(above), itself


def commands() -> dict[str, click.Command]:
    return dict(leaves(main, click.Context(main)))


def named_commands() -> list[list[str]]:
    return [words.split()[1:] for words in CODE if words.startswith("claims ")]


def command_of(words: list[str]) -> str | None:
    """Return the command that a line calls, by the longest name that fits it."""
    names = (name for name in commands() if words[: len(name.split())] == name.split())
    return max(names, key=len, default=None)


def test_every_command_is_named() -> None:
    assert commands().keys() - {command_of(words) for words in named_commands()} == set()


def test_every_command_that_is_named_exists() -> None:
    for words in named_commands():
        if words[0] in {"COMMAND", "--help"}:
            continue
        name = command_of(words)
        assert name is not None, words
        known = {option for each in commands()[name].params for option in each.opts} | {"--help"}
        assert {word for word in words if word.startswith("-")} <= known, words


def test_every_option_that_is_named_belongs_to_a_command() -> None:
    known = {option for command in commands().values() for each in command.params for option in each.opts}
    named = {word for code in CODE for word in code.split() if re.fullmatch("--[a-z-]+", word)}
    assert named - known - {"--help"} == set()


def rows(heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading, without its first two lines."""
    section = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert section is not None, heading
    lines = [line for line in section[1].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_setting_stands_there_with_its_default_and_what_it_does() -> None:
    told = {row[0].strip("`"): (row[1].strip("`"), row[2]) for row in rows("Settings")}
    assert list(told) == [variable(item.name) for item in dataclasses.fields(Settings)]
    for item in dataclasses.fields(Settings):
        default, does = told[variable(item.name)]
        value = (
            {True: "yes", False: "no"}.get(item.default, item.default)
            if isinstance(item.default, bool)
            else item.default or ("" if item.default is None else item.default)
        )
        assert default.removeprefix("./") == str(value), item.name
        plain = item.metadata["tells"].replace("(", "").replace(")", "")
        assert does.replace(",", "").replace("`", "").startswith(plain.split(" (")[0].replace(",", "")), item.name


def test_no_other_setting_is_named() -> None:
    known = {variable(item.name) for item in dataclasses.fields(Settings)}
    assert set(re.findall(r"CLAIMS_[A-Z_]+", README)) == known


def test_every_make_target_is_named_and_exists() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    named = {words.split()[1] for words in CODE if words.startswith("make ")}
    assert named == set(phony.split())


def test_every_file_and_folder_that_is_named_exists() -> None:
    block = next(block for _kind, block in BLOCKS if block.startswith("claims_app/"))
    assert "claims_app/" in block
    listed = set()
    for line in block.splitlines():
        if line.startswith("  "):
            words = line.split()
            listed |= {word for word in words if word.endswith("/")} or {words[0]}
        else:
            assert (CHECKOUT / line.split()[0]).is_dir(), line
    present = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in (CHECKOUT / "claims_app").iterdir()
        if not path.name.startswith("__")
    }
    assert listed == present


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)]+)\)", README))
def test_every_link_leads_somewhere(target: str) -> None:
    if not target.startswith("https://"):
        assert (CHECKOUT / target.partition("#")[0]).exists()


@pytest.mark.parametrize(
    "path",
    sorted(
        {words for words in CODE if re.fullmatch(r"(claims_app|tests|docs|seed|benchmarks|migrations)/[\w./-]+", words)}
    ),
)
def test_every_path_that_is_named_exists(path: str) -> None:
    assert (CHECKOUT / path).exists()


def test_the_words_of_the_records_are_the_ones_it_uses() -> None:
    flow = next(code for code in CODE if code.startswith("unchecked →"))
    said = flow.replace("(awaiting second check)", "awaiting")
    assert set(re.findall(r"\w+", said)) == {str(status) for status in Status}
    findings = {word.strip() for row in rows("The rules of a verdict") for word in row[0].split(",")}
    assert findings == {str(finding) for finding in Finding}
    roles = re.findall(r"\*\*(reader|checker|editor|administrator)\*\*", README)
    assert [role.removesuffix("istrator") for role in roles] == [str(role) for role in Role]


def test_the_bounds_of_a_match_are_the_ones_it_says() -> None:
    said = " ".join(README.split())
    assert f'"about" covers {CLOSE:.0%} at least'.replace("%", " %") in said
    assert f"({BARRELS} barrels of crude oil to a tonne)" in said


def test_the_times_are_the_ones_it_says() -> None:
    *first, last = (f"{wait // timedelta(minutes=1)}" for wait in WAITS)
    said = " ".join(README.split())
    assert f"tried again after {', '.join(first)} and {last} minutes" in said
    assert f"again every 1 to {MOST_DAYS} days" in said
    assert f"works for 1 to {TOKEN_DAYS} days" in said


def test_it_asks_for_the_python_that_the_project_asks_for() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"Python {project['requires-python'].removeprefix('>=')} or newer" in README
    assert f"{project['license']} licence" in README
