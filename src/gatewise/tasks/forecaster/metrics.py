"""How good forecasts are: sMAPE, MASE and the coverage of an interval; steps that are missing in
the truth (NaN) are left out."""

import numpy as np


def smape(true: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Symmetric mean absolute percentage error of each series, 0 to 200, `[N]`.

        200 · mean |y − ŷ| / (|y| + |ŷ|)      (Makridakis and Hibon 2000, the M3 competition)

    `true` and `forecast` are `[N, H]`. Where both are 0 the error is 0.

    >>> smape(np.array([[100.0, np.nan]]), np.array([[300.0, 1.0]])).tolist()
    [100.0]
    """
    size = np.abs(true) + np.abs(forecast)
    error = np.abs(true - forecast) / np.where(size > 0, size, 1.0)
    return 200 * _mean(error)


def mase(true: np.ndarray, forecast: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Mean absolute scaled error of each series, `[N]` (Hyndman and Koehler 2006).

    `scale` `[N]` is the mean error of the seasonal naive forecast, a step at a time, on the past;
    see `naive_error`. NaN where the past never changes.
    """
    return _mean(np.abs(true - forecast)) / np.where(scale > 0, scale, np.nan)


def naive_error(past: np.ndarray, season: int) -> float:
    """mean |y_t − y_{t−m}| over a series' past, with m the season; m is 1 where the past is no
    longer than a season.

    >>> naive_error(np.array([1.0, 2.0, 4.0]), 1)
    1.5
    """
    lag = season if len(past) > season else 1
    steps = np.abs(past[lag:] - past[:-lag])
    steps = steps[np.isfinite(steps)]
    return float(steps.mean()) if len(steps) else float("nan")


def coverage(true: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The part of each series' steps within `[low, high]`, `[N]`."""
    within = np.where(np.isfinite(true), (true >= low) & (true <= high), np.nan)
    return _mean(within.astype(float))


def pinball(true: np.ndarray, forecast: np.ndarray, quantiles: np.ndarray) -> float:
    """Mean quantile loss, max(q (y − ŷ), (q − 1)(y − ŷ)), over all `[N, H, Q]` (Koenker and Bassett
    1978)."""
    error = true[..., None] - forecast
    return float(np.nanmean(np.maximum(quantiles * error, (quantiles - 1) * error)))


def _mean(errors: np.ndarray) -> np.ndarray:
    known = np.isfinite(errors)
    count = known.sum(axis=-1)
    total = np.where(known, errors, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
