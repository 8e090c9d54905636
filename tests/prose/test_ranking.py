"""The ranking is small data of known origin, and better than the rules."""

import json
import math
import os
from pathlib import Path

import pytest

from benchmarks.suggestions import by_rules, by_score, score_experts
from benchmarks.train_ranking import Row, best_threshold, tell, train
from claims_app.prose.ranking import WEIGHTS, features, probability, rank

EXPERTS = Path(os.environ.get("DESK_TEST_SHARED", "nowhere")) / "data" / "claimbuster" / "groundtruth.csv"


def test_the_weights_are_small_and_say_where_they_come_from() -> None:
    stored = json.loads(WEIGHTS.read_text("utf-8"))
    assert WEIGHTS.stat().st_size < 150_000
    assert stored["licence"] == "CC BY 4.0"
    assert "ClaimBuster" in stored["origin"]


def test_features_are_words_neighbours_and_traits() -> None:
    assert features("Taxes rose 5%", ["figure"]) == {
        *("taxes", "rose", "#", "%"),
        *("< taxes", "taxes rose", "rose #", "# %", "% >"),
        "=figure",
    }


def test_a_fact_ranks_above_a_courtesy() -> None:
    fact = rank("Unemployment fell by 2 percent last year.", ["figure", "comparison"])
    courtesy = rank("Thank you, it is good to be here.", ["opinion"])
    assert courtesy < 0.5 < fact


def test_nothing_known_is_ranked_too() -> None:
    assert 0 < rank("", []) < 1
    assert rank("qwxz", []) == rank("", [])


@pytest.mark.parametrize("logit", [-1e9, -1, 0, 1, 1e9])
def test_a_probability_is_between_nothing_and_one(logit: float) -> None:
    assert 0 < probability(logit) < 1 or math.isclose(probability(logit), logit > 0, abs_tol=1e-12)


def test_training_learns_what_the_labels_show() -> None:
    rows: list[Row] = [
        (("cost", "#"), True),
        (("thank", "you"), False),
        (("cost", "you"), True),
        (("thank",), False),
    ] * 20
    model = train(rows)
    assert tell(model, ("cost",)) > best_threshold(rows) > tell(model, ("thank",))


def test_training_is_the_same_each_time() -> None:
    rows: list[Row] = [(("a", "b"), True), (("b", "c"), False)] * 10
    assert train(rows) == train(rows)


def test_the_ranking_beats_the_rules_on_experts_labels() -> None:
    if not EXPERTS.is_file():
        pytest.skip("DESK_TEST_SHARED does not name a folder with these labels")
    ranked = score_experts(EXPERTS, by_score).f1
    assert ranked >= 0.87
    assert ranked > score_experts(EXPERTS, by_rules).f1
