"""Makes the weights of the ranking: ``python -m benchmarks.train_ranking SHARED_FOLDER``, in less than a minute.

Logistic regression by stochastic gradient descent (AdaGrad, L2 penalty) on the crowd's labels of ClaimBuster; the
experts' labels take no part. A sentence's features are divided by the root of their number. All features of five
sentences or more are learnt first; the 6,000 that then matter most (size of the weight times the root of its count)
are learnt again alone. The bias is moved so that 0.5 is the threshold with the best F1 in a four-fold cross-validation
in which debates stay together. The penalty was chosen there too. The seed is fixed: the same labels and rules make the
same file.
"""

import argparse
import csv
import json
import math
import random
from collections import Counter
from pathlib import Path

from benchmarks.suggestions import Score
from claims_app.prose.checks import read_traits
from claims_app.prose.ranking import UNIT, WEIGHTS, features, probability

KEPT = 6000
SEEN = 5
FOLDS = 4
EPOCHS = 16
RATE = 0.4
SLACK = 40.0
"""How freely weights may grow: the inverse of the strength of an L2 penalty."""

Row = tuple[tuple[str, ...], bool]
Model = tuple[float, dict[str, float]]


def read_labels(file: Path) -> list[Row]:
    """Return the features of each sentence of a ClaimBuster file, and whether it was found check-worthy."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            (tuple(sorted(features(row["Text"], read_traits(row["Text"])))), row["Verdict"] == "1")
            for row in csv.DictReader(lines)
        ]


def only(rows: list[Row], kept: set[str]) -> list[Row]:
    """Return the rows with no features but the kept ones."""
    return [(tuple(feature for feature in found if feature in kept), label) for found, label in rows]


def count_features(rows: list[Row]) -> Counter[str]:
    """Return in how many rows each feature is."""
    return Counter(feature for found, _ in rows for feature in found)


def train(rows: list[Row]) -> Model:
    """Return the bias and the weights that tell the rows' labels."""
    order = list(rows)
    draw = random.Random(1)
    pull = {feature: 1 / (SLACK * count) for feature, count in count_features(rows).items()}
    bias, bias_seen = 0.0, 1.0
    weights: dict[str, float] = {}
    seen: dict[str, float] = {}
    sums: Counter[str] = Counter()
    bias_sum = 0.0
    for epoch in range(EPOCHS):
        draw.shuffle(order)
        for found, label in order:
            share = 1 / math.sqrt(len(found) or 1)
            error = label - probability(bias + share * sum(weights.get(feature, 0.0) for feature in found))
            bias_seen += error * error
            bias += RATE * error / math.sqrt(bias_seen)
            step = error * share
            for feature in found:
                weight = weights.get(feature, 0.0)
                slope = step - pull[feature] * weight
                seen[feature] = seen.get(feature, 0.01) + slope * slope
                weights[feature] = weight + RATE * slope / math.sqrt(seen[feature])
        if epoch >= EPOCHS // 2:  # the mean of the later rounds is steadier than the last
            sums.update(weights)
            bias_sum += bias
    rounds = EPOCHS - EPOCHS // 2
    return bias_sum / rounds, {feature: total / rounds for feature, total in sums.items()}


def tell(model: Model, found: tuple[str, ...]) -> float:
    """Return the logit of one row."""
    bias, weights = model
    known = [weights[feature] for feature in found if feature in weights]
    return bias + sum(known) / math.sqrt(len(known) or 1)


def best_threshold(rows: list[Row]) -> float:
    """Return the logit that parts the labels best in a cross-validation."""
    told: list[tuple[float, bool]] = []
    size = -(-len(rows) // FOLDS)  # of rows that follow one another: a debate's words would tell its own labels
    for start in range(0, len(rows), size):
        model = train(rows[:start] + rows[start + size :])
        told += [(tell(model, found), label) for found, label in rows[start : start + size]]
    there = sum(label for _, label in told)

    def f1(threshold: float) -> float:
        found = [label for logit, label in told if logit >= threshold]
        return Score(sum(found), len(found), there).f1

    return max((step / 20 for step in range(-40, 41)), key=f1)


def main() -> None:
    """Write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that holds data/claimbuster")
    rows = read_labels(parser.parse_args().folder / "data" / "claimbuster" / "crowdsourced.csv")
    counts = count_features(rows)
    rows = only(rows, {feature for feature, count in counts.items() if count >= SEEN})
    _, weights = train(rows)
    order = sorted(weights, key=lambda feature: (-abs(weights[feature]) * math.sqrt(counts[feature]), feature))
    rows = only(rows, set(order[:KEPT]))
    threshold = best_threshold(rows)
    bias, weights = train(rows)
    stored = {
        "about": "Weights, in hundredths, of a logistic regression that ranks English sentences; see ranking.py.",
        "origin": "Derived from ClaimBuster, crowdsourced.csv (Arslan, Hassan, Li, Tremayne, 2020).",
        "licence": "CC BY 4.0",
        "bias": round(UNIT * (bias - threshold)),
        "weights": {feature: round(UNIT * weights[feature]) for feature in sorted(weights)},
    }
    WEIGHTS.write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
