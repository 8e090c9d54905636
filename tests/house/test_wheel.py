"""The built wheel: an installed copy makes and opens a desk where there is no checkout."""

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.cli.command import CHECKOUT, environment


def run(*arguments: str | Path, folder: Path, **variables: str) -> str:
    done = subprocess.run(
        arguments, cwd=folder, env=environment(**variables), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, CHECKOUT, folder=folder)
    (built,) = folder.glob("claims_desk-*.whl")
    return built


def test_everything_that_a_desk_needs_is_in_it(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for name in ("migrations/env.py", "seed/claims.jsonl", "seed/README.md", "static/desk.css", "templates/base.html"):
        assert f"claims_app/{name}" in held
    versions = {
        f"claims_app/migrations/versions/{path.name}" for path in (CHECKOUT / "migrations/versions").glob("0*.py")
    }
    assert versions <= held
    assert [name for name in held if name.startswith("claims_app/translations/he/") and name.endswith(".po")]
    assert [name for name in held if name.endswith("licenses/LICENSE")]
    assert not [name for name in held if name.startswith(("tests/", "benchmarks/")) or "__pycache__" in name]


def test_an_installed_copy_makes_a_desk_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    venv.create(tmp_path / "venv", with_pip=False)
    binaries = tmp_path / "venv" / "bin"
    (site,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    run(
        sys.executable, "-m", "pip", "--python", binaries / "python", "install", "--quiet", "--no-deps", "--no-index",
        "--disable-pip-version-check", wheel,
        folder=room,
    )  # fmt: skip
    # The libraries are those of this environment; the desk itself is the wheel's.
    (site / "libraries.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    claims = binaries / "claims"
    assert run(claims, "--version", folder=room).startswith("Claims Desk ")
    run(claims, "init", folder=room)
    status = json.loads(run(claims, "status", "--json", folder=room))
    assert (status["claims"], status["evidence"], status["data"]) == (104, 182, str(room / "var"))
    code = "import claims_app; print(claims_app.__file__)"
    assert run(binaries / "python", "-c", code, folder=room).startswith(str(site))
