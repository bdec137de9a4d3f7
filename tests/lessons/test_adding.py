"""The adding problem: what is marked, what is asked, and what knowing nothing costs."""

import numpy as np
import pytest

from gatewise.errors import ArgumentError
from gatewise.lessons.adding import BASELINE, adding_problem, baseline


@pytest.mark.parametrize("length", [2, 3, 7, 50])
def test_a_number_in_each_half_is_marked_and_their_sum_asked_for(length):
    x, y = adding_problem(200, length)
    numbers, markers = x[..., 0], x[..., 1]
    assert x.dtype == y.dtype == np.float32
    assert ((numbers >= 0) & (numbers < 1)).all()
    assert set(np.unique(markers)) <= {0.0, 1.0}
    half = length // 2
    assert (markers[:, :half].sum(axis=1) == 1).all()
    assert (markers[:, half:].sum(axis=1) == 1).all()
    expected = [row[mark == 1].sum() for row, mark in zip(numbers, markers, strict=True)]
    np.testing.assert_allclose(y[:, 0], expected, rtol=1e-6)


def test_every_step_can_be_marked():
    x, _ = adding_problem(500, 10)
    assert (x[..., 1].sum(axis=0) > 0).all()


def test_equal_seeds_give_equal_examples_and_streams_do_not_meet():
    first, again, other = (adding_problem(4, 9, seed)[0] for seed in ((1, 2), (1, 2), (1, 3)))
    np.testing.assert_array_equal(first, again)
    assert not np.isin(first[..., 0], other[..., 0]).any()


def test_always_answering_1_costs_a_sixth_and_not_0_1767():
    _, y = adding_problem(200_000, 10, seed=5)
    # The mean of (a + b - 1)² has a standard deviation of (1/15 - 1/36)^½ = 0.197 a sequence.
    error = 0.198 / 200_000**0.5
    assert abs(baseline(y) - BASELINE) < 4 * error
    assert abs(baseline(y) - 0.1767) > 4 * error
    assert baseline(np.array([[0.5], [1.0]])) == 0.125


@pytest.mark.parametrize(("count", "length", "name"), [(0, 5, "count"), (5, 1, "length")])
def test_what_cannot_be_is_refused(count, length, name):
    with pytest.raises(ArgumentError, match=f"^{name}: expected"):
        adding_problem(count, length)
