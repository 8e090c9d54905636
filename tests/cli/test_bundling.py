"""Writing and checking bundles from the command line."""

import json
import zipfile
from pathlib import Path

from tests.cli.command import Desk


def test_a_bundle_is_checked_on_a_machine_without_a_desk(example: Desk, tmp_path: Path) -> None:
    out = tmp_path / "bundle.zip"
    said = example.did("bundle", "1", "--out", str(out))
    assert said.startswith(f"{out}: 0 copies, ")
    elsewhere = Desk(tmp_path / "nothing here")
    checked = elsewhere.did("bundle", "verify", str(out))
    assert checked.startswith(f"{out} is whole: ")
    assert said.splitlines()[-1].rsplit(" ", 1)[1] == checked.splitlines()[-1].rsplit(" ", 1)[1]
    assert not elsewhere.data.exists()
    told = json.loads(elsewhere.did("bundle", "verify", str(out), "--json"))
    assert told["is_whole"] is True
    assert told["entries"] > 300


def test_a_bundle_that_is_not_whole_ends_the_command_with_1(example: Desk, tmp_path: Path) -> None:
    out = tmp_path / "bundle.zip"
    example.did("bundle", "1", "--out", str(out), "--public", "--language", "he")
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("more.txt", "x")
    result = example.claims("bundle", "verify", str(out))
    assert result.exit_code == 1
    assert "more.txt: is not in the manifest" in result.stdout


def test_a_bundle_never_overwrites_by_itself_and_leaves_nothing_half_written(example: Desk, tmp_path: Path) -> None:
    out = tmp_path / "bundle.zip"
    out.write_text("mine")
    assert example.refused("bundle", "1", "--out", str(out)) == f"{out} is there already; --force overwrites it."
    assert out.read_text() == "mine"
    example.did("bundle", "1", "--out", str(out), "--force")
    assert zipfile.is_zipfile(out)
    assert example.refused("bundle", "99", "--out", str(tmp_path / "x.zip")) == "There is no article 99."
    assert [path.name for path in tmp_path.glob("*.zip*")] == ["bundle.zip"]
