"""Windows: nothing of the future, the same in any unit, put back as they were."""

import numpy as np
import pytest

from gatewise.data import TimeSeries
from gatewise.tasks.forecaster.seasonal import seasonal_parts
from gatewise.tasks.forecaster.windows import (
    Shape,
    WindowBatches,
    WindowMaker,
    filled,
    filled_from_past,
)


def shape(**more):
    given = {
        "window": 12, "horizon": 4, "season": 4, "frequency": "step", "transform": "log",
        "columns": (), "known": (), "mean": (), "deviation": (),
    }  # fmt: skip
    return Shape(**(given | more))


def series(length=60, seed=0, **more):
    rng = np.random.default_rng(seed)
    target = 50 * np.exp(0.3 * np.sin(np.arange(length) * np.pi / 2) + rng.normal(0, 0.05, length))
    return TimeSeries("a", np.arange(length), target, season=4, **more)


def test_nothing_after_the_origin_moves_the_inputs():
    one = series()
    later = one.target.copy()
    later[40:] = np.random.default_rng(5).uniform(1, 500, 20)
    other = TimeSeries("a", one.times, later, season=4)
    pairs = np.array([[0, 40]])
    for before, after in zip(
        WindowMaker([one], shape()).windows(pairs)[0],
        WindowMaker([other], shape()).windows(pairs)[0],
        strict=True,
    ):
        np.testing.assert_array_equal(before, after)


def test_a_gap_before_the_origin_is_not_filled_with_what_came_after():
    one, later = series(), series()
    one.target[35:40] = later.target[35:40] = np.nan
    later.target[40:] *= 9
    pairs = np.array([[0, 38]])
    first, second = (WindowMaker([each], shape()).windows(pairs)[0][0] for each in (one, later))
    np.testing.assert_array_equal(first, second)


def test_targets_come_back_in_their_own_units():
    one = series()
    maker = WindowMaker([one, series(seed=1)], shape())
    pairs = np.array([[0, 30], [1, 41]])
    _, targets, scales = maker.windows(pairs)
    back = maker.raw(targets[..., None], scales)[..., 0]
    expected = [maker.series[i].target[o : o + 4] for i, o in pairs]
    np.testing.assert_allclose(back, expected, rtol=1e-5)


def test_the_unit_of_a_positive_target_does_not_matter():
    one = series()
    cents = TimeSeries("a", one.times, one.target * 100, season=4)
    pairs = np.array([[0, 50]])
    dollars = WindowMaker([one], shape()).windows(pairs)
    found = WindowMaker([cents], shape()).windows(pairs)
    np.testing.assert_allclose(found[0][0], dollars[0][0], atol=1e-4)
    np.testing.assert_allclose(found[1], dollars[1], atol=1e-4)


def test_missing_targets_stay_missing_in_the_truth():
    one = series()
    one.target[42] = np.nan
    _, targets, _ = WindowMaker([one], shape()).windows(np.array([[0, 40]]))
    np.testing.assert_array_equal(np.isnan(targets[0]), [False, False, True, False])


def test_covariates_known_in_the_future_are_those_of_their_steps():
    values = np.arange(64.0)
    one = series(covariates=np.stack([values, -values], axis=1), columns=("p", "q"))
    made = WindowMaker([one], shape(columns=("p", "q"), known=("q",), mean=(0.0, 0.0),
                                    deviation=(1.0, 2.0)))  # fmt: skip
    (past, known), _, _ = made.windows(np.array([[0, 60]]))
    np.testing.assert_array_equal(known[0, :, 1], -np.arange(60, 64) / 2)
    np.testing.assert_array_equal(past[0, :, 4], np.arange(48, 60))
    assert past.shape[-1] == made.shape.sizes["past"]
    assert known.shape[-1] == made.shape.sizes["future"]


def test_epochs_are_a_function_of_seed_and_number():
    def drawn(epoch, seed=3):
        batches = WindowBatches(
            WindowMaker([series()], shape()), batch_size=8, per_epoch=24, seed=seed, weights=False
        )
        batches.start_epoch(epoch)
        return np.concatenate([batches[i][1] for i in range(batches.num_batches)])

    np.testing.assert_array_equal(drawn(2), drawn(2))
    assert not np.array_equal(drawn(1), drawn(2))
    assert len(drawn(0)) == 24


def test_seasonal_parts_line_up_with_the_steps_ahead():
    wave = np.array([5.0, -1.0, -4.0, 0.0])
    steps = np.arange(43)
    window = (wave[steps % 4] + 0.1 * steps)[None]
    np.testing.assert_allclose(
        seasonal_parts(window, 4)[0], wave[(43 + np.arange(4)) % 4], atol=1e-9
    )


def test_noise_has_no_season():
    noise = np.random.default_rng(0).normal(size=(300, 80))
    zero = (seasonal_parts(noise, 4) == 0).all(axis=1).mean()
    assert zero == pytest.approx(0.9, abs=0.07)  # a two-sided test at one-sided 95%


def test_gaps_are_filled():
    gap = np.array([np.nan, 1.0, np.nan, 3.0, np.nan])
    np.testing.assert_array_equal(filled(gap), [1, 1, 2, 3, 3])
    np.testing.assert_array_equal(filled_from_past(gap), [np.nan, 1, 1, 3, 3])
