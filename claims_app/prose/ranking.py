"""How much an English sentence reads like those that people found worth checking.

``ranking.json`` holds a logistic regression over words, pairs of words and what the rules found. Its weights come from
the crowd's labels of ClaimBuster (Arslan, Hassan, Li and Tremayne: A Benchmark Dataset of Check-worthy Factual
Claims, 2020; CC BY 4.0, as are the weights): sentences of presidential debates in the United States, one in four of
them "check-worthy". ``python -m benchmarks.train_ranking SHARED_FOLDER`` makes the file and says how. There are no such
labels for Hebrew; there the rules rank alone.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

WEIGHTS = Path(__file__).with_name("ranking.json")
UNIT = 100
"""The weights are stored as whole numbers of hundredths."""

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d[\d.,]*|[$%€£?!]")


def features(sentence: str, traits: Iterable[str]) -> set[str]:
    """Return what the ranking looks at: words, pairs of neighbours, any number as "#", and the traits marked "="."""
    tokens = ["#" if token[0].isdigit() else token.lower().replace("’", "'") for token in _TOKEN.findall(sentence)]
    return {*tokens, *_pairs(tokens), *(f"={trait}" for trait in traits)}


def _pairs(tokens: list[str]) -> Iterator[str]:
    return (f"{one} {next_one}" for one, next_one in zip(["<", *tokens], [*tokens, ">"], strict=True))


def rank(sentence: str, traits: Iterable[str]) -> float:
    """Return how likely an English sentence is worth checking, from 0 to 1; 0.5 parts best in the labels."""
    bias, weights = _load()
    known = [weights[feature] for feature in features(sentence, traits) if feature in weights]
    return probability(bias + sum(known) / math.sqrt(len(known) or 1))


def probability(logit: float) -> float:
    """Return the probability that a logit stands for."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@cache
def _load() -> tuple[float, dict[str, float]]:
    stored = json.loads(WEIGHTS.read_text("utf-8"))
    return stored["bias"] / UNIT, {feature: weight / UNIT for feature, weight in stored["weights"].items()}
