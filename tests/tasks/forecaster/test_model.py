"""The forecaster from raw series to dates with quantiles."""

from dataclasses import replace

import numpy as np
import pytest

import gatewise
from gatewise.data import TimeSeries
from gatewise.errors import ArgumentError, DataError
from gatewise.tasks import Forecaster
from gatewise.tasks.forecaster import baselines, metrics
from gatewise.tasks.forecaster.seasonal import seasonal_parts

START = np.datetime64("2015-01-01T00:00:00").astype("datetime64[M]")


def waves(count=12, length=84, seed=0):
    """Monthly series with a season, a trend and some noise."""
    rng = np.random.default_rng(seed)
    steps = np.arange(length)
    times = (START + steps).astype("datetime64[s]")
    return [
        TimeSeries(
            f"wave {n}", times,
            (20 + 30 * n) * np.exp(0.01 * steps + 0.4 * np.sin(steps * np.pi / 6)
                                   + rng.normal(0, 0.03, length)),
            frequency="month", season=12,
        )
        for n in range(count)
    ]  # fmt: skip


def cut(series, steps):
    return [one.until(len(one) - steps) for one in series]


@pytest.fixture(scope="module")
def trained():
    forecaster = Forecaster(horizon=6, units=8, members=2)
    every = waves()
    forecaster.fit(
        cut(every, 12), validation_data=(cut(every, 6), None), epochs=20, batch_size=32, verbose=0
    )
    return forecaster


def test_it_beats_the_seasonal_naive_forecast(trained):
    every = waves()
    pairs, true, found = trained.backtest(every)
    naive = baselines.forecasts(baselines.seasonal_naive, every, pairs, 12, 6)
    assert metrics.smape(true, found[..., 2]).mean() < 0.8 * metrics.smape(true, naive).mean()


def test_quantiles_ascend_and_dates_go_on(trained):
    forecast = trained.forecast(waves())[0]
    assert (np.diff(forecast.values, axis=1) >= 0).all()
    assert [str(time)[:7] for time in forecast.times[:2]] == ["2022-01", "2022-02"]
    np.testing.assert_array_equal(forecast.median, forecast.values[:, 2])


def test_it_answers_the_same_from_its_file(trained, tmp_path):
    trained.save(tmp_path / "m.keras")
    again = gatewise.load(tmp_path / "m.keras")
    assert again.factors == trained.factors != (1.0, 1.0)
    np.testing.assert_array_equal(trained.predict(waves()), again.predict(waves()))


def test_a_series_is_forecast_alike_alone_and_among_others(trained):
    every = waves()
    np.testing.assert_allclose(trained.predict(every)[3], trained.predict(every[3:4])[0], rtol=1e-5)


def test_gaps_and_short_pasts_are_answered(trained):
    (one,) = waves(1)
    one.target[60:70] = np.nan
    assert np.isfinite(trained.predict([one.until(75), one.until(3)])).all()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Forecaster(horizon=0), "horizon"),
        (lambda: Forecaster(window=1), "window"),
        (lambda: Forecaster(season=0), "season"),
        (lambda: Forecaster(known="price").fit(waves(2), epochs=1, verbose=0), "known"),
        (lambda: Forecaster().fit([[1.0, 2.0]], epochs=1, verbose=0), "TimeSeries"),
    ],
)
def test_wrong_arguments_are_named(make, words):
    with pytest.raises(ArgumentError, match=words):
        make()


def test_series_that_are_too_short_are_said():
    with pytest.raises(DataError, match="30 steps or more"):
        Forecaster(horizon=18).fit(waves(2, 20), epochs=1, verbose=0)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda one: one, ArgumentError, r"one series. Put it in a list: \[series\]"),
        (lambda one: [], ArgumentError, "x: expected one series or more"),
        (lambda one: [replace(one, times=one.times[:5])], ArgumentError, "84 targets and 5 times"),
        (lambda one: [one.until(0)], ArgumentError, "0 targets"),
        (lambda one: [replace(one, covariates=np.zeros((3, 1)), columns=("p",))], ArgumentError,
         r"covariates of shape \(84 or more, 1\)"),
        (lambda one: [replace(one, target=-one.target)], DataError, "wave 0: expected targets"),
        (lambda one: [replace(one, target=0 * one.target)], DataError, "got 0, as in 84 of 84"),
        (lambda one: [replace(one, target=np.nan * one.target)], DataError, "wave 0: expected a t"),
    ],
)  # fmt: skip
def test_series_without_a_forecast_are_refused_by_name(trained, change, error, words):
    with pytest.raises(error, match=words):
        trained.forecast(change(waves(1)[0]))


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_target_that_has_no_logarithm_is_unknown(trained):
    (one,) = waves(1)
    lost, zero = one.target.copy(), one.target.copy()
    lost[50], zero[50] = np.nan, 0.0
    answers = [trained.predict([replace(one, target=target)]) for target in (lost, zero)]
    np.testing.assert_array_equal(*answers)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_huge_targets_need_no_squares():
    wave = 1e300 * np.tile([0.0, 1.0, 0.0, -1.0], 5)[None]
    np.testing.assert_allclose(seasonal_parts(wave, 4)[0], 1e300 * np.array([0, 1.0, 0, -1]))


def test_other_frequencies_than_in_training_are_refused(trained):
    other = TimeSeries("a", np.arange(40), np.arange(1.0, 41), season=12)
    with pytest.raises(DataError, match="every month"):
        trained.forecast([other])


@pytest.mark.parametrize(("low", "transform"), [(1.0, "log"), (0.0, "log1p"), (-5.0, "none")])
def test_the_transform_fits_the_sign(low, transform):
    target = np.random.default_rng(0).uniform(low, low + 9, 50)
    target[7] = low
    one = TimeSeries("a", np.arange(50), target, season=4)
    forecaster = Forecaster(horizon=2, units=4, members=1).adapt([one])
    assert forecaster.shape.transform == transform
    assert np.isfinite(forecaster.predict([one])).all()


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_covariate_without_numbers_is_zero():
    one = TimeSeries("a", np.arange(50), np.arange(1.0, 51), np.full((50, 1), np.nan), season=4,
                     columns=("p",))  # fmt: skip
    forecaster = Forecaster(horizon=2, units=4, members=1).adapt([one])
    assert (forecaster.shape.mean, forecaster.shape.deviation) == ((0.0,), (1.0,))


def test_covariates_after_the_training_part_do_not_set_their_scale():
    values = np.concatenate([np.arange(40.0), np.full(10, 1e6)])[:, None]
    one = TimeSeries("a", np.arange(50), np.arange(1.0, 51), values, season=4, columns=("p",))
    forecaster = Forecaster(horizon=2, units=4, members=1).adapt([one.until(40)])
    assert forecaster.shape.mean == (19.5,)


def test_theta_stands_beside_where_statsforecast_is_installed():
    pytest.importorskip("statsforecast", reason="Theta needs statsforecast, an optional package")
    (one,) = waves(1)
    found = baselines.forecasts(baselines.theta, [one], np.array([[0, 72]]), 12, 12)
    assert metrics.smape(one.target[None, 72:], found)[0] < 10
