"""Measures of forecasts, against their definitions written out by hand."""

import numpy as np
import pytest

from gatewise.tasks.forecaster import metrics


def test_smape_by_hand():
    true = np.array([[100.0, 200.0, np.nan], [0.0, 10.0, 10.0]])
    forecast = np.array([[110.0, 100.0, 5.0], [0.0, 10.0, 30.0]])
    first = 200 * (10 / 210 + 100 / 300) / 2
    np.testing.assert_allclose(metrics.smape(true, forecast), [first, 200 * (20 / 40) / 3])


def test_seasonal_naive_has_an_error_of_one_on_its_own_past():
    past = np.random.default_rng(0).normal(size=60)
    scale = np.array([metrics.naive_error(past, 12)])
    found = metrics.mase(past[None, 12:], past[None, :-12], scale)
    np.testing.assert_allclose(found, 1.0)


def test_a_past_that_never_changes_has_no_scale():
    assert np.isnan(metrics.mase(np.ones((1, 2)), np.zeros((1, 2)), np.array([0.0])))[0]


def test_coverage_counts_known_steps_alone():
    true = np.array([[1.0, 5.0, np.nan, 2.0]])
    found = metrics.coverage(true, np.zeros((1, 4)), np.full((1, 4), 3.0))
    assert found[0] == pytest.approx(2 / 3)


def test_pinball_is_least_at_the_quantile():
    sample = np.random.default_rng(0).exponential(size=4_000)[:, None]
    q = np.array([0.9])
    losses = {
        share: metrics.pinball(sample, np.full((4_000, 1, 1), np.quantile(sample, share)), q)
        for share in (0.8, 0.9, 0.97)
    }
    assert min(losses, key=losses.get) == 0.9
