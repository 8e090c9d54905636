"""``claims suggest`` tells a text's sentences and what in them has to be proved."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from claims_app.cli.suggest import suggest
from claims_app.errors import DomainError

TEXT = "כותרת קצרה\n\nהעירייה שתלה 4,000 עצים. תודה רבה לכולם.\n\nThe mayor said rents rose 12% in 2019."


def run(*arguments: str, given: bytes | None = None) -> Result:
    result = CliRunner().invoke(suggest, list(arguments), input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def write(folder: Path, content: bytes) -> str:
    file = folder / "text.txt"
    file.write_bytes(content)
    return str(file)


def test_json_tells_every_sentence_in_the_order_of_the_text(tmp_path: Path) -> None:
    lines = run(write(tmp_path, TEXT.encode()), "--json").stdout.splitlines()
    told = [json.loads(line) for line in lines]
    assert [TEXT[one["start"] : one["end"]] for one in told] == [one["text"] for one in told]
    assert [one["text"] for one in told] == [
        "כותרת קצרה",
        "העירייה שתלה 4,000 עצים.",
        "תודה רבה לכולם.",
        "The mayor said rents rose 12% in 2019.",
    ]
    assert all(list(one) == ["start", "end", "text", "score", "reasons"] for one in told)
    assert all(0 <= one["score"] <= 1 for one in told)
    assert told[0]["reasons"] == []
    assert "figure" in told[1]["reasons"]
    assert told[3]["reasons"][0] == "attribution"
    assert "העירייה" in lines[1]


def test_the_list_begins_with_what_most_needs_a_check(tmp_path: Path) -> None:
    shown = run(write(tmp_path, TEXT.encode())).stdout
    assert "תודה" not in shown
    scores = [float(line.split()[0]) for line in shown.splitlines() if line[0].isdigit()]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 2


def test_a_byte_order_mark_is_no_character(tmp_path: Path) -> None:
    told = json.loads(run(write(tmp_path, b"\xef\xbb\xbf" + "הגשר נסגר.".encode()), "--json").stdout)
    assert (told["start"], told["end"]) == (0, 10)


def test_line_breaks_keep_their_places(tmp_path: Path) -> None:
    lines = run(write(tmp_path, "אחת\r\nשתיים".encode()), "--json").stdout.splitlines()
    assert json.loads(lines[1])["start"] == 5


def test_a_dash_reads_standard_input() -> None:
    told = json.loads(run("-", "--json", given="הגשר נסגר ב-1998.".encode()).stdout)
    assert told["text"] == "הגשר נסגר ב-1998."


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="is not a text in UTF-8") as refusal:
        run(write(tmp_path, "הגשר נסגר".encode("cp1255")))
    assert "\n" not in str(refusal.value)


def test_a_text_with_nothing_to_prove_says_so(tmp_path: Path) -> None:
    result = run(write(tmp_path, "תודה רבה לכולם.".encode()))
    assert result.stdout == ""
    assert "Nothing" in result.stderr
    assert run(write(tmp_path, b""), "--json").stdout == ""
