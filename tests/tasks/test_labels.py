"""Labels as people write them."""

import numpy as np
import pytest

from gatewise.errors import ArgumentError, DataError
from gatewise.tasks import labels


def test_labels_are_sorted_numbers_before_strings():
    assert labels.distinct(["b", 10, "a", 9, "b"]) == (9, 10, "a", "b")
    assert labels.ids(["b", 9], (9, 10, "a", "b")).tolist() == [3, 0]


@pytest.mark.parametrize(
    ("given", "expected"),
    [(np.str_("a"), "a"), (np.int64(3), 3), (2.0, 2), (np.array([4]), 4), (True, 1)],
)
def test_any_scalar_is_a_plain_label(given, expected):
    found = labels.plain(given)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("given", [0.5, float("nan"), None, [1, 0], b"a"])
def test_what_is_no_label(given):
    with pytest.raises(ArgumentError, match="y: expected class labels"):
        labels.plain(given)


def test_many_labels_are_not_all_listed():
    with pytest.raises(DataError, match=r"\(0, 1, 2, 3, 4, 5, 6, 7 and 92 more\), got also x"):
        labels.ids(["x"], range(100))


def test_weights_go_with_a_power_of_how_rare_a_label_is():
    ratio = 2 * labels.BALANCED
    y = ["a"] * 3 * ratio + ["b"] * 3
    found = labels.class_weights(y, ("a", "b"))
    assert found["b"] / found["a"] == pytest.approx(ratio**labels.POWER)
    assert np.mean([found[label] for label in y]) == pytest.approx(1.0)
    assert labels.class_weights(["a"] * labels.BALANCED + ["b"], ("a", "b")) is None


def test_whole_groups_of_equal_inputs_are_held_out():
    x, y = ["yes", "yeah", "no", "nope"] * 5, ["y", "y", "n", "n"] * 5
    kept, held = labels.held_out(x, y, 0.1, seed=0)
    assert sorted(kept + held) == list(range(20))
    assert not {x[i] for i in kept} & {x[i] for i in held}
    assert {y[i] for i in held} == {y[i] for i in kept} == {"y", "n"}


def test_class_weights_by_position_as_in_keras():
    assert labels.class_weights(["a", "b"], ("a", "b"), {0: 2.0, 1: 1.0}) == {"a": 2.0, "b": 1.0}
