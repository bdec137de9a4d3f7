"""Lags count real steps back from the last one taken, wherever the padding lies."""

import math

import numpy as np
import pytest

from gatewise.insight.lags import by_lag


def test_padding_on_either_side_shifts_nothing():
    norms = np.array([[4.0, 2.0, 1.0], [9.0, 3.0, 1.0]])
    right = by_lag(np.hstack([norms, np.zeros((2, 2))]), np.array([[1, 1, 1, 0, 0]] * 2, bool))
    left = by_lag(np.hstack([np.zeros((2, 2)), norms]), np.array([[0, 0, 1, 1, 1]] * 2, bool))
    for lags in (right, left):
        np.testing.assert_array_equal(lags.lag, [0, 1, 2])
        np.testing.assert_array_equal(lags.median, [1, 2.5, 6.5])
        np.testing.assert_array_equal(lags.rows, [2, 2, 2])


def test_a_gap_is_passed_over_and_backwards_starts_at_the_first_step():
    norms, mask = np.array([[8.0, 0.0, 4.0, 2.0]]), np.array([[True, False, True, True]])
    np.testing.assert_array_equal(by_lag(norms, mask).median, [2, 4, 8])
    np.testing.assert_array_equal(by_lag(norms, mask, backwards=True).median, [8, 4, 2])


def test_quantiles_are_over_the_rows_that_are_long_enough():
    mask = np.arange(5) < np.array([5, 2, 2, 2, 2])[:, None]
    lags = by_lag(np.arange(25.0).reshape(5, 5), mask)
    np.testing.assert_array_equal(lags.rows, [5, 5, 1, 1, 1])
    assert lags.usable == 1
    last = np.array([4.0, 6, 11, 16, 21])
    for q, values in lags.quantiles.items():
        assert values[0] == np.quantile(last, q)


@pytest.mark.parametrize(
    ("norms", "half_life"),
    [
        (2.0 ** -np.arange(8), 1),
        (2.0 ** (-np.arange(8) / 3), 3),
        (np.ones(8), math.inf),
        (1.5 ** np.arange(8), math.inf),
        (np.ones(1), math.inf),  # one step: nothing to fade
        (np.array([1.0, 0, 0]), 0),  # nothing gets past the last step
        (np.array([1.0, 0.5, 0.25, 0, 0]), 1),  # underflow is not fitted
    ],
)
def test_the_half_life_is_the_slope_of_the_logarithm(norms, half_life):
    backwards_in_time = norms[None, ::-1]
    found = by_lag(backwards_in_time, np.ones(backwards_in_time.shape, bool)).half_life
    assert found == half_life or abs(found - half_life) < 1e-6 or found > 1e9 < half_life


def test_rows_without_a_real_step():
    lags = by_lag(np.zeros((2, 3)), np.zeros((2, 3), bool))
    assert (lags.median.tolist(), lags.half_life) == ([0.0], math.inf)
