"""Intervals stretched until they hold what they promise."""

import numpy as np
import pytest

from gatewise.tasks.forecaster import conformal, metrics

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)


@pytest.mark.parametrize("width", [0.3, 3.0])
def test_intervals_of_the_wrong_width_are_mended(width):
    rng = np.random.default_rng(0)
    made = np.broadcast_to(width * np.array([-1.28, -0.67, 0, 0.67, 1.28]), (400, 5, 5))
    seen, new = rng.normal(size=(2, 400, 5))
    by = conformal.factors(seen, made, SHARES)
    mended = conformal.stretched(made, by)
    held = metrics.coverage(new, mended[..., 0], mended[..., 4]).mean()
    half = metrics.coverage(new, mended[..., 1], mended[..., 3]).mean()
    assert held == pytest.approx(0.8, abs=0.03)
    assert half == pytest.approx(0.5, abs=0.04)


def test_without_a_truth_nothing_is_stretched():
    assert conformal.factors(np.full((2, 3), np.nan), np.zeros((2, 3, 5)), SHARES) == (1.0, 1.0)
