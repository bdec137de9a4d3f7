"""Scores against published values, against scikit-learn, and what an interval must do."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from gatewise.tasks.evaluation import accuracy, macro_f1, mistakes, score


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [  # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_of_accuracy_is_wilsons(right, total, low, high):
    found = accuracy(right, total)
    assert found["value"] == right / total
    assert (found["low"], found["high"]) == (
        pytest.approx(low, abs=5e-5),
        pytest.approx(high, abs=5e-5),
    )


pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)


@given(pairs)
def test_macro_f1_is_scikit_learns_over_labels_that_occur(pairs):
    true, predicted = np.array(pairs).T
    found = score(true, predicted, "abcd")
    expected = f1_score(true, predicted, average="macro", zero_division=0.0)
    assert found["macro_f1"]["value"] == pytest.approx(expected)
    assert found["accuracy"]["value"] == np.mean(true == predicted)
    assert np.sum(found["confusion"]["counts"]) == len(pairs)
    assert sum(row["support"] for row in found["per_class"]) == len(pairs)


def test_the_interval_of_f1_holds_the_value_and_shrinks_with_more_examples():
    counts = np.array([[40, 10], [5, 45]])
    widths = []
    for times in (1, 10, 100):
        found = macro_f1(counts * times)
        assert found["low"] < found["value"] < found["high"]
        widths.append(found["high"] - found["low"])
    # Its width goes with the square root of the number of examples.
    assert widths[0] / widths[1] == pytest.approx(10**0.5, rel=0.1)
    assert widths[1] / widths[2] == pytest.approx(10**0.5, rel=0.1)
    assert macro_f1(counts) == macro_f1(counts)


def test_the_interval_of_f1_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    shares = np.array([[0.5, 0.1], [0.1, 0.3]])
    truth = macro_f1((shares * 1e9).astype(int))["value"]
    found = [macro_f1(rng.multinomial(200, shares.ravel()).reshape(2, 2)) for _ in range(200)]
    covered = np.mean([one["low"] <= truth <= one["high"] for one in found])
    assert 0.9 <= covered <= 0.99


def test_labels_are_told_in_plain_data():
    found = score(np.array([0, 1, 1]), np.array([0, 1, 0]), [7, "x"])
    assert json.loads(json.dumps(found)) == found
    assert found["confusion"] == {"labels": ["7", "x"], "counts": [[1, 0], [1, 1]]}
    assert found["per_class"][1] == {
        "label": "x",
        "precision": 1.0,
        "recall": 0.5,
        "f1": pytest.approx(2 / 3),
        "support": 2,
    }


def test_the_most_confident_mistakes_come_first():
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7]])
    assert mistakes(np.array([1, 1, 0, 0]), probabilities).tolist() == [0, 2, 3]
    assert mistakes(np.array([1, 1, 0, 0]), probabilities, most=1).tolist() == [0]
    assert mistakes(np.array([0, 1, 1, 1]), probabilities).tolist() == []


def test_many_labels_need_memory_for_what_occurs_alone():
    labels = [f"label {number}" for number in range(1_500)]
    true = np.arange(1_500).repeat(2)
    found = score(true, np.roll(true, 1), labels)
    assert found["macro_f1"]["low"] <= found["macro_f1"]["value"] <= found["macro_f1"]["high"]
    assert found["accuracy"]["value"] == 0.5
    assert found["confusion"] is None
    assert len(found["per_class"]) == 1_500
