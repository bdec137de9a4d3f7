"""Scores of steps: what counts, and intervals that know that neighbours are alike."""

import numpy as np
from sklearn.metrics import f1_score

from gatewise.tasks.tagger.step_scores import step_scores


def test_steps_without_a_label_do_not_count_and_strange_labels_are_mistakes():
    found = step_scores(("a", "b"), [["a", "", "c", "b"]], [["a", "b", "b", "b"]], 4)
    assert found["step_accuracy"]["value"] == 2 / 3
    wanted = f1_score(["a", "c", "b"], ["a", "b", "b"], average="macro", zero_division=0)
    assert np.isclose(found["macro_f1"]["value"], wanted)


def test_repeating_every_step_makes_no_interval_narrower():
    rng = np.random.default_rng(0)
    true = [list(rng.choice(["a", "b"], 6)) for _ in range(30)]
    given = [[label if rng.random() < 0.8 else "a" for label in row] for row in true]
    once = step_scores(("a", "b"), true, given, 6)
    often = step_scores(("a", "b"), *([np.repeat(row, 9).tolist() for row in rows]
                                      for rows in (true, given)), 6)  # fmt: skip
    assert once["step_accuracy"] == often["step_accuracy"]
    assert once["step_accuracy"]["low"] < once["step_accuracy"]["value"]


def test_of_few_stretches_there_is_no_interval():
    true, given = [["a", "b"] * 8], [["a", "b"] * 7 + ["a", "a"]]
    assert step_scores(("a", "b"), true, given, 4)["step_accuracy"] == {"value": 15 / 16}
    assert set(step_scores(("a", "b"), true, given, 4)["macro_f1"]) == {"value"}
    found = step_scores(("a", "b"), true, given, 3)["step_accuracy"]
    assert found["low"] < found["value"]
