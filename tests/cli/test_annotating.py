"""``claims annotations``: out as a file, in with a word on each annotation."""

import json
from pathlib import Path

import pytest

from tests.annotating.model import faults
from tests.cli.command import Desk

TEXT = "The bridge is 120 metres long.\n\nIt cost 4 million dollars."


@pytest.fixture
def bridge(empty: Desk, tmp_path: Path) -> Desk:
    (tmp_path / "bridge.txt").write_text(TEXT)
    empty.did("articles", "import", str(tmp_path / "bridge.txt"))
    empty.did("add", "1", "--quote", "The bridge is 120 metres long")
    return empty


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    selector = {"type": "TextQuoteSelector", "exact": "It cost 4 million dollars"}
    told = [
        {"type": "Annotation", "bodyValue": "Who says so?", "target": {"source": "urn:x:1", "selector": selector}},
        {"type": "Annotation", "target": "https://example.org/"},
        {
            "type": "Annotation",
            "target": {"source": "urn:x:1", "selector": {"type": "TextPositionSelector", "start": 0, "end": 10}},
        },
    ]
    path = tmp_path / "notes.json"
    path.write_text(json.dumps(told))
    return path


def test_what_goes_out_comes_back_as_nothing_new(bridge: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonld"
    bridge.did("annotations", "export", "1", "--version", "1", "--out", str(out))
    assert bridge.did("annotations", "export", "1") == out.read_text()
    told = json.loads(out.read_text())
    assert (told["total"], faults(told)) == (1, [])
    said = json.loads(bridge.did("annotations", "import", "1", str(out), "--by", "editor@localhost", "--json"))
    assert (said["here"], said["opened"], said["annotations"][0]["claim"]) == (1, 0, 1)
    assert "is there already" in bridge.refused("annotations", "export", "1", "--out", str(out))
    bridge.did("annotations", "export", "1", "--out", str(out), "--force")


def test_what_comes_in_is_told_one_by_one(bridge: Desk, notes: Path) -> None:
    dry = bridge.did("annotations", "import", "1", str(notes), "--dry-run")
    assert dry.splitlines() == [
        "    1  new claim       It cost 4 million dollars",
        "    2  left out        ",
        "       It is about the whole of https://example.org/, not about words in it.",
        "    3  to be confirmed The bridge",
        "       Only a position is told, and nothing says that it was counted in this text: are these the words?",
        "Would be: new claim 1, new place 0, here already 0, to be confirmed 1, left out 1.",
    ]
    assert json.loads(bridge.did("status", "--json"))["claims"] == 1
    done = bridge.did("annotations", "import", "1", str(notes), "--by", "editor@localhost")
    assert done.splitlines()[-1] == "Done: new claim 1, new place 0, here already 0, to be confirmed 1, left out 1."
    told = json.loads(
        bridge.did("annotations", "import", "1", str(notes), "--by", "editor@localhost", "--accept-unsure", "--json")
    )
    assert (told["opened"], told["here"]) == (1, 1)
    assert told["annotations"][2]["places"] == [[0, 10]]
    assert json.loads(bridge.did("status", "--json"))["claims"] == 3
    assert "The history is whole" in bridge.did("history", "verify")


def test_what_cannot_be_done_is_refused(bridge: Desk, notes: Path, tmp_path: Path) -> None:
    assert "Say who brings them in" in bridge.refused("annotations", "import", "1", str(notes))
    assert "no person with the address" in bridge.refused("annotations", "import", "1", str(notes), "--by", "x@y.z")
    assert "There is no article 7." in bridge.refused("annotations", "import", "7", str(notes), "--dry-run")
    assert "There is no article 7." in bridge.refused("annotations", "export", "7")
    assert "has no version 3" in bridge.refused("annotations", "export", "1", "--version", "3")
    (tmp_path / "half.json").write_bytes(notes.read_bytes()[:60])
    assert "It is not JSON" in bridge.refused("annotations", "import", "1", str(tmp_path / "half.json"), "--dry-run")
