"""Measurements brought to one scale, and what is no measurement."""

import json

import numpy as np
import pytest

from gatewise.data.scaling import SeriesScaler
from gatewise.errors import ArgumentError, DataError

RNG = np.random.default_rng(0)
SERIES = [RNG.normal([5.0, -3.0], [2.0, 0.1], size=(steps, 2)) for steps in (4, 9, 1)]


def test_each_channel_gets_mean_0_and_deviation_1_over_all_steps():
    steps = np.concatenate(SeriesScaler().adapt(SERIES).encode(SERIES))
    assert steps.dtype == np.float32
    np.testing.assert_allclose(steps.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(steps.std(axis=0), 1, rtol=1e-5)


def test_a_channel_that_never_moves_stays_at_0():
    flat = [np.full((3, 1), 7.0)]
    assert SeriesScaler().adapt(flat).encode(flat)[0].tolist() == [[0.0]] * 3


def test_one_channel_may_come_without_its_axis():
    found = SeriesScaler().adapt([[0.0, 2.0]]).encode([[1, 3]])
    assert found[0].tolist() == [[0.0], [2.0]]


def test_long_series_are_cut_and_their_lengths_told():
    scaler = SeriesScaler(max_length=3).adapt(SERIES)
    assert [len(one) for one in scaler.encode(SERIES)] == [3, 3, 1]
    assert scaler.lengths(SERIES) == [4, 9, 1]


def test_large_values_do_not_overflow_the_scale():
    big = [np.array([[1e30], [2e30], [3e30]])]
    assert np.isfinite(SeriesScaler().adapt(big).encode(big)[0]).all()


def test_the_configuration_is_plain_and_gives_an_equal_scaler():
    scaler = SeriesScaler(5).adapt(SERIES)
    again = SeriesScaler.from_config(json.loads(json.dumps(scaler.get_config())))
    assert again.size == 2
    np.testing.assert_array_equal(again.encode(SERIES)[1], scaler.encode(SERIES)[1])
    assert not SeriesScaler.from_config(SeriesScaler().get_config()).adapted


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (np.ones((3, 1)), r"Series 2: expected 2 channels .* got 1 \(shape \(3, 1\)"),
        (np.ones((0, 2)), "Series 2 has no steps"),
        (np.array([[1, np.nan]]), "Series 2 has a value that is NaN or infinite"),
        (np.array([[np.inf, 1]]), "NaN or infinite"),
        (np.ones((2, 2, 2)), r"expected numbers of shape \[steps, channels\]"),
        (np.array([["a", "b"]]), "expected numbers"),
        ([[1, 2], [3]], "expected numbers"),
    ],
    ids=["channels", "empty", "nan", "inf", "dimensions", "strings", "ragged"],
)
def test_what_is_no_series_is_named(broken, message):
    with pytest.raises(DataError, match=message):
        SeriesScaler().adapt([SERIES[0], broken])
    with pytest.raises(DataError, match=message):
        SeriesScaler().adapt(SERIES).encode([SERIES[0], broken])


def test_arguments_out_of_range():
    with pytest.raises(ArgumentError, match="max_length: expected a whole number above 0, got 0"):
        SeriesScaler(0)
    with pytest.raises(ArgumentError, match=r"call adapt\(series\) first"):
        SeriesScaler().encode(SERIES)
