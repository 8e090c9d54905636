"""``claims figures``: the figures of a text, for people and for programs."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from claims_app.cli.figures import figures
from claims_app.errors import DomainError

TEXT = "בשנת 2022 הופקו 1.58 מיליון טונות.\nMore than 300 homes, 3 to 5 percent, at most 20.\n"


def _run(*arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(figures, list(arguments), input=given, catch_exceptions=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT.encode("utf-8"))
    return path


def test_each_figure_is_one_json_object_with_its_place_in_code_points(file: Path) -> None:
    told = [json.loads(line) for line in _run(str(file), "--json").stdout.splitlines()]
    keys = ["start", "end", "text", "kind", "low", "high", "bound", "unit", "approximate"]
    assert [list(one) for one in told] == [keys] * 5
    assert [TEXT[one["start"] : one["end"]] for one in told] == [one["text"] for one in told]
    assert [(one["low"], one["high"], one["bound"], one["unit"]) for one in told] == [
        ("2022", "2022", "exact", None),
        (1580000, 1580000, "exact", "tonnes"),
        (300, None, "min", None),
        (3, 5, "exact", "percent"),
        (None, 20, "max", None),
    ]


def test_hebrew_is_printed_as_it_is_and_whole_numbers_without_a_point(file: Path) -> None:
    line = _run(str(file), "--json").stdout.splitlines()[1]
    assert '"text": "1.58 מיליון טונות"' in line
    assert '"low": 1580000,' in line


def test_people_get_a_table(file: Path) -> None:
    assert [[line[12:21].strip(), line[21:53].strip()] for line in _run(str(file)).stdout.splitlines()] == [
        ["date", "2022"],
        ["measure", "1,580,000"],
        ["number", "at least 300"],
        ["percent", "3 to 5"],
        ["number", "at most 20"],
    ]


def test_standard_input_is_read_and_a_byte_order_mark_is_no_part_of_the_text() -> None:
    told = json.loads(_run("-", "--json", given="40 days".encode("utf-8-sig")).stdout)
    assert (told["start"], told["end"]) == (0, 7)


def test_a_text_without_figures_says_so_to_people_only() -> None:
    assert _run("-", given=b"Nothing.").stderr == "No figures here.\n"
    assert _run("-", "--json", given=b"Nothing.").output == ""


def test_another_encoding_is_refused() -> None:
    with pytest.raises(DomainError, match="is not a text in UTF-8"):
        _run("-", given="40 אחוז".encode("cp1255"))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        _run(str(tmp_path / "none.txt"))
