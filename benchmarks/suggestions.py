"""Measures sentences and suggestions on labelled sets: ``python -m benchmarks.suggestions SHARED_FOLDER``.

Sentences: a set's documents are put together again from its sentences, a blank between two of a paragraph and a line
break between paragraphs where the set knows them (``# newpar``, ``# newdoc``); a set that knows none is one long line.
So is every file in the second measurement, "one line", which leaves nothing to line breaks. A boundary is the end of a
sentence inside a line; one is right if the set has it at the same place.

Check-worthiness: ClaimBuster's experts' label 1 against the rest; the model is trained on the crowd's labels only.
Hebrew: 160 sentences drawn at random, labelled before the rules were tuned; the rules were then tuned with them in
sight, so the figure flatters.
"""

import argparse
import csv
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from claims_app.prose.checks import CHECKABLE, read_rules, read_sentences
from claims_app.prose.sentences import split_sentences

LABELS = Path(__file__).parents[1] / "tests" / "prose" / "check_labels.jsonl"


@dataclass(frozen=True)
class Score:
    """How many were found rightly, of how many found and how many there are."""

    right: int
    found: int
    there: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.there) if self.found + self.there else 0.0

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}  recall {self.recall:.3f}  F1 {self.f1:.3f}  ({self.there} there)"


def read_paragraphs(file: Path) -> list[list[str]]:
    """Return the sentences of a CoNLL-U file, those of a paragraph together."""
    paragraphs: list[list[str]] = [[]]
    for line in file.read_text("utf-8").splitlines():
        name, _, value = line.removeprefix("# ").partition(" = ")
        if line.startswith(("# newpar", "# newdoc")) and not name.startswith("newpar_block"):
            if paragraphs[-1]:
                paragraphs.append([])
        elif line.startswith("# text = "):
            paragraphs[-1].append(" ".join(value.split()))
    return [paragraph for paragraph in paragraphs if paragraph]


def score_sentences(paragraphs: Iterable[list[str]]) -> Score:
    """Compare the boundaries inside each paragraph with those that the splitter finds there."""
    right = found = there = 0
    for sentences in paragraphs:
        text = " ".join(sentences)
        wanted, place = set(), 0
        for sentence in sentences[:-1]:
            place += len(sentence) + 1
            wanted.add(place - 1)
        split = {span.end for span in split_sentences(text)[:-1]}
        right, found, there = right + len(split & wanted), found + len(split), there + len(wanted)
    return Score(right, found, there)


def score_conllu(files: Iterable[Path], *, is_one_line: bool = False) -> Score:
    """Score the sentences of a set; ``is_one_line`` joins each file's paragraphs with blanks."""
    paragraphs = [read_paragraphs(file) for file in files]
    if is_one_line:
        return score_sentences([sentence for paragraph in each for sentence in paragraph] for each in paragraphs)
    return score_sentences(paragraph for each in paragraphs for paragraph in each)


def score_experts(file: Path, found: Callable[[str], bool]) -> Score:
    """Compare what ``found`` says of each sentence with the experts' label "check-worthy"."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [(found(row["Text"]), row["Verdict"] == "1") for row in csv.DictReader(lines)]
    return _count(rows)


def score_labels(labels: Path, folder: Path) -> Score:
    """Compare ``is_checkable`` with labels of sentences, which are found again in ``folder`` by their digests."""
    wanted = {one["sha256"]: one["is_checkable"] for one in map(json.loads, labels.read_text("utf-8").splitlines())}
    told = {
        hashlib.sha256(sentence.text.encode()).hexdigest(): sentence.is_checkable
        for file in sorted(folder.glob("*.txt"))
        for sentence in read_sentences(file.read_text("utf-8"))
    }
    return _count([(told.get(digest, False), label) for digest, label in wanted.items()])


def _count(rows: list[tuple[bool, bool]]) -> Score:
    return Score(
        sum(found and label for found, label in rows),
        sum(found for found, _ in rows),
        sum(label for _, label in rows),
    )


def by_score(text: str) -> bool:
    """Return whether a sentence's score finds it worth checking."""
    return any(sentence.score >= CHECKABLE for sentence in read_sentences(text))


def by_rules(text: str) -> bool:
    """Return whether the rules alone find a sentence worth checking."""
    return read_rules(text) >= CHECKABLE


def by_duty(text: str) -> bool:
    """Return whether an editor has to answer for a sentence: the score or the rules find it worth checking."""
    return any(sentence.is_checkable for sentence in read_sentences(text))


def measure_speed(articles: Path) -> Iterator[str]:
    """Yield the processor time that suggestions take, best of three, for ever more articles after one another."""
    words = "\n\n".join(file.read_text("utf-8") for file in sorted(articles.glob("*.txt"))).split(" ")
    for count in (5_000, 20_000, 80_000):
        text = " ".join((words * (count // len(words) + 1))[:count])
        taken = []
        for _ in range(3):
            begin = time.process_time()
            found = read_sentences(text)
            taken.append(time.process_time() - begin)
        yield f"{count:6} words  {1000 * min(taken):7.0f} ms  {len(found)} sentences"


def main() -> None:
    """Print every measurement that the folder has data for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that holds data/")
    data: Path = parser.parse_args().folder / "data"
    sets = {file.stem: [file] for file in sorted(data.glob("hebrew-ud/*.conllu"))}
    sets["gum-news"] = sorted(data.glob("gum-news/*.conllu"))
    print("Sentences")
    for name, files in sets.items():
        print(f"  {name:24} {score_conllu(files)}\n  {'one line':>24} {score_conllu(files, is_one_line=True)}")
    experts = data / "claimbuster" / "groundtruth.csv"
    print("Check-worthiness, English (ClaimBuster, experts)")
    for name, found in {"score (model)": by_score, "rules alone": by_rules, "is_checkable": by_duty}.items():
        print(f"  {name:24} {score_experts(experts, found)}")
    print("is_checkable, Hebrew (own labels)")
    print(f"  {'davar-articles':24} {score_labels(LABELS, data / 'davar-articles')}")
    print("Speed", *measure_speed(data / "davar-articles"), sep="\n  ")


if __name__ == "__main__":
    main()
