"""The figures of a text: what each sentence states, and how well the reader does on text that it was not made for."""

import csv
import hashlib
import json
import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from claims_app.prose import units
from claims_app.prose.figures import Figure, read_figures

HERE = Path(__file__).parent


class Case(NamedTuple):
    """A sentence and the lines that say what it states: words, kind, value, unit."""

    text: str
    figures: list[str]


def _read_cases() -> list[Case]:
    cases: list[Case] = []
    for line in (HERE / "figures.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            cases[-1].figures.append(line.strip())
        elif line and not line.startswith("#"):
            cases.append(Case(line, []))
    return cases


def _line(figure: Figure) -> str:
    """Return a figure as a line of figures.txt."""
    low, high = (f"{side:.16g}" if isinstance(side, float) else side for side in (figure.low, figure.high))
    value = low if low == high else f"{low}..{high}"
    value = {"min": f">={low}", "max": f"<={high}"}.get(figure.bound, value)
    approximate = "~" if figure.approximate else ""
    return f"{figure.text} | {figure.kind} | {approximate}{value} | {figure.unit or ''}".strip()


@pytest.mark.parametrize("case", _read_cases(), ids=lambda case: case.text)
def test_a_sentence_states_these_figures(case: Case) -> None:
    assert [_line(figure) for figure in read_figures(case.text)] == case.figures


def test_each_way_of_saying_a_unit_is_read() -> None:
    ways = {" ".join(way): unit.name for way, unit in units._KNOWN.items() if way != ("m",)}  # 5 m may be a million
    assert {way: [figure.unit for figure in read_figures(f"5 {way}")] for way in ways} == {
        way: [name] for way, name in ways.items()
    }


def test_a_figure_says_where_it_stands_in_code_points() -> None:
    text = "🙂 נמכרו בכ-40% מהחנויות, ב-15 ביולי."
    assert [text[figure.start : figure.end] for figure in read_figures(text)] == ["כ-40%", "15 ביולי"]
    assert all(figure.text == text[figure.start : figure.end] for figure in read_figures(text))


def test_figures_do_not_overlap_and_stand_in_order() -> None:
    figures = read_figures(" ".join(case.text for case in _read_cases()))
    assert all(one.end <= other.start for one, other in pairwise(figures))


def test_a_figure_does_not_reach_over_a_line_break() -> None:
    assert [figure.text for figure in read_figures("Page 3\n\n40\n\nmillion people\n\nבסך הכול 5\n\nאחוזים")] == [
        "40",
        "5",
    ]


@pytest.mark.parametrize(
    "words",
    [
        "9",
        ",",
        "מיליון ",
        "1,",
        "5-",
        "5 - ",
        "כ-",
        "a.",
        "a@",
        "+1-",
        "twenty ",
        "מ-1 ל-2 ",
        "יולי 2024 עד ",
        "$",
        "and a half ",
    ],
)
def test_a_text_of_one_thing_over_and_over_is_read(words: str) -> None:
    assert all(figure.end - figure.start < 200 for figure in read_figures(words * 3000))


class Score(NamedTuple):
    """How many figures were found, how many are labelled, and how many of the found ones are right."""

    found: int
    labelled: int
    same: int
    same_words: int

    @property
    def precision(self) -> float:
        return self.same / self.found

    @property
    def recall(self) -> float:
        return self.same / self.labelled


SHARED = Path(os.environ.get("DESK_TEST_SHARED", "nowhere")) / "data"


def _sentences(name: str) -> Iterator[str]:
    """Yield the sentences of a set as they were labelled: by line and full stop, or as the set parts them."""
    for path in sorted((SHARED / name).glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from re.split(r"(?<=[.?!])\s+", line.strip())
    for path in sorted((SHARED / name).glob("*.conllu")):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from (line.removeprefix("# text = ").strip() for line in lines if line.startswith("# text = "))
    for path in sorted((SHARED / name).glob("groundtruth.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from (row["Text"].strip() for row in csv.DictReader(file))


def _told(figure: Figure) -> tuple[object, ...]:
    said = (figure.kind, figure.low, figure.high, figure.bound, figure.unit, figure.approximate)
    return (figure.start, figure.end, *(round(part, 9) if isinstance(part, float) else part for part in said))


def _score(names: tuple[str, ...], half: str) -> Score:
    """Compare what is read with the labels of one half: those of "held" were made before the reader was."""
    labels = [json.loads(line) for line in (HERE / "figure_labels.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = {hashlib.sha256(text.encode()).hexdigest(): text for name in names for text in _sentences(name)}
    found = labelled = same = same_words = 0
    for label in labels:
        if label["set"] not in names or label["half"] != half:
            continue
        right = {tuple(round(part, 9) if isinstance(part, float) else part for part in one) for one in label["figures"]}
        told = [_told(figure) for figure in read_figures(texts[label["sha256"]])]
        found, labelled = found + len(told), labelled + len(right)
        same += sum(one in right for one in told)
        same_words += sum(one[:2] in {other[:2] for other in right} for one in told)
    return Score(found, labelled, same, same_words)


@pytest.mark.parametrize(
    ("names", "half", "precision", "recall"),
    [
        (("davar-articles", "hebrew-ud"), "dev", 0.98, 0.98),
        (("davar-articles", "hebrew-ud"), "held", 0.95, 0.95),
        (("gum-news", "claimbuster"), "dev", 0.97, 0.98),
        (("gum-news", "claimbuster"), "held", 0.95, 0.95),
    ],
    ids=["Hebrew, for making it", "Hebrew, held out", "English, for making it", "English, held out"],
)
def test_the_reader_agrees_with_the_labels(names: tuple[str, ...], half: str, precision: float, recall: float) -> None:
    if not all((SHARED / name).is_dir() for name in names):
        pytest.skip("DESK_TEST_SHARED does not name a folder with these texts")
    score = _score(names, half)
    words = (
        f"words alone: precision {score.same_words / score.found:.3f}, recall {score.same_words / score.labelled:.3f}"
    )
    print(f"{score}: precision {score.precision:.3f}, recall {score.recall:.3f}; {words}")  # noqa: T201 - the figures
    assert score.precision >= precision
    assert score.recall >= recall
