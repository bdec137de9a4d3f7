"""What a forecaster's run has to tell beside what every run tells."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gatewise.data import TimeSeries
from gatewise.tasks.evaluation import Z, with_interval
from gatewise.tasks.forecaster import baselines, metrics
from gatewise.tasks.forecaster.model import HIGHEST, LOWEST, MIDDLE, Forecaster
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts

SHOWN = 6  # series whose forecast is drawn
MEASURES = ("smape", "mase", "coverage")
# Where an interval ends; `saved` is by how much a baseline's sMAPE is higher, window by window.
BOUNDS = {"coverage": (0.0, 1.0), "saved": (-np.inf, np.inf)}
METHODS = (("seasonal naive", baselines.seasonal_naive), ("persistence", baselines.persistence))


def results(task: Forecaster, parts: Parts, options: RunOptions) -> dict[str, Any]:
    """Scores, baselines and drawn forecasts; see `gatewise.tasks.results`."""
    shown = parts.test or parts.validation
    judged = judge(task, shown.inputs) if shown else None
    shape = task.shape
    assert shape is not None
    return {
        "kind": "forecast",
        "title": f"{shape.horizon} steps ahead",
        "measures": list(MEASURES),
        "test": judged and judged["scores"],
        "baselines": judged and judged["baselines"],
        "notes": judged["notes"] if judged else [],
        "forecasts": judged["forecasts"] if judged else [],
        "data": {"channels": list(shape.columns)},
        "model": {
            "horizon": shape.horizon, "window": shape.window, "season": shape.season,
            "transform": shape.transform, "members": task.options["members"],
            "quantiles": list(task.quantiles), "interval_factors": list(task.factors),
        },
    }  # fmt: skip


def judge(task: Forecaster, series: Sequence[TimeSeries], drawn: int = SHOWN) -> dict[str, Any]:
    """Backtest a forecaster on the origins of series, beside simpler methods."""
    shape = task.shape
    assert shape is not None
    pairs, true, quantiles = task.backtest(series)
    scale = np.array(
        [metrics.naive_error(series[i].target[:origin], shape.season) for i, origin in pairs]
    )
    median = quantiles[..., MIDDLE]
    within = metrics.coverage(true, quantiles[..., LOWEST], quantiles[..., HIGHEST])
    errors = metrics.smape(true, median)
    own = {"smape": errors, "mase": metrics.mase(true, median, scale), "coverage": within}
    methods, notes = _methods(len(pairs))
    others = []
    for name, method in methods:
        found = baselines.forecasts(method, series, pairs, shape.season, shape.horizon)
        one = {"smape": metrics.smape(true, found), "mase": metrics.mase(true, found, scale)}
        saved = _measured({"saved": one["smape"] - errors})
        others.append({"name": name, **_measured(one), **saved, **_absolute(true, found)})
    return {
        "scores": {
            **_measured(own),
            **_absolute(true, median),
            "pinball": metrics.pinball(true, quantiles, np.array(task.quantiles)),
            "windows": len(pairs),
        },
        "baselines": others,
        "notes": notes,
        "forecasts": [
            _drawn(series[pairs[row][0]], int(pairs[row][1]), quantiles[row], errors[row], shape)
            for row in _spread(errors, drawn)
        ],
    }


def _methods(windows: int) -> tuple[list, list[str]]:
    if not baselines.theta_installed():
        return list(METHODS), [
            "No statistical method stands beside the model: pip install 'gatewise[forecasting]' "
            "adds Theta."
        ]
    if windows > baselines.MOST_WINDOWS:
        return list(METHODS), [
            f"Theta is not fitted to more than {baselines.MOST_WINDOWS:,} windows; there are "
            f"{windows:,}."
        ]
    return [*METHODS, ("Theta", baselines.theta)], []


def _measured(found: dict[str, np.ndarray]) -> dict[str, Any]:
    """Means over the windows, with 95% intervals by their spread where there are enough."""
    measured = {}
    for name, values in found.items():
        values = values[np.isfinite(values)]
        if not len(values):
            continue
        mean, reach = float(values.mean()), Z * float(values.std()) / len(values) ** 0.5
        least, most = BOUNDS.get(name, (0.0, np.inf))
        low, high = max(mean - reach, least), min(mean + reach, most)
        measured[name] = with_interval(mean, low, high, len(values))
    return measured


def _absolute(true: np.ndarray, found: np.ndarray) -> dict[str, float]:
    return {"mae": float(np.nanmean(np.abs(true - found)))}


def _spread(errors: np.ndarray, count: int) -> list[int]:
    """Rows from the best forecast to the worst, evenly by rank."""
    order = [int(row) for row in np.argsort(errors) if np.isfinite(errors[row])]
    places = np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int)
    return [order[place] for place in places]


def _drawn(one: TimeSeries, origin: int, quantiles: np.ndarray, error: float, shape) -> dict:
    begin = max(0, origin - max(3 * shape.horizon, 2 * shape.season))
    return {
        "series": one.name,
        "smape": float(error),
        "times": [str(time) for time in one.times[begin : origin + shape.horizon]],
        "dated": one.times.dtype.kind == "M",
        "target": [_plain(value) for value in one.target[begin : origin + shape.horizon]],
        "origin": origin - begin,
        "quantiles": [[_plain(value) for value in step] for step in quantiles],
    }


def _plain(value: float) -> float | None:
    return float(f"{value:.6g}") if np.isfinite(value) else None
