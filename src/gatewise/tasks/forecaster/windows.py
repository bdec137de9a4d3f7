"""Windows of many series as the network takes them: transformed, deseasonalised, scaled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from gatewise.data.time_series import TimeSeries, calendar
from gatewise.padding import SERIES_PADDING
from gatewise.tasks.forecaster.seasonal import seasonal_parts

SEASONS = 10  # of the past that the seasonal part is estimated from
LEVEL_STEPS, LEVEL_DECAY = 12, 0.5  # the level is an exponentially weighted mean of the last steps
FLOOR = 1e-2  # of a window's scale, in the transformed target
# What each transform does, and undoes.
TRANSFORMS: dict[str, Any] = {
    "log": (np.log, np.exp),
    "log1p": (np.log1p, np.expm1),
    "none": (lambda y: y, lambda z: z),
}


# Down to which the target has no such transform, and how that is said.
LOWEST: dict[str, tuple[float, str]] = {
    "log": (0.0, "above 0"),
    "log1p": (-1.0, "above -1"),
    "none": (-np.inf, ""),
}


def window_for(season: int, horizon: int) -> int:
    """Past steps read where nobody says."""
    return max(3 * season, 2 * horizon)


def least_past(window: int, season: int) -> int:
    """Fewest past steps worth learning from."""
    return max(3, min(season, 2 * window // 3))


@dataclass(frozen=True)
class Shape:
    """How windows are cut: past steps T, horizon H, season m, transform of the target, names of
    the covariates and which are known in the future, and the covariates' mean and deviation."""

    window: int
    horizon: int
    season: int
    frequency: str
    transform: str
    columns: tuple[str, ...]
    known: tuple[str, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    @property
    def lookback(self) -> int:
        return max(self.window, SEASONS * self.season)

    @property
    def least(self) -> int:
        """Fewest past steps worth learning from."""
        return least_past(self.window, self.season)

    @property
    def sizes(self) -> dict[str, int]:
        """Numbers of each past and future step."""
        dated = calendar(advance_none(self.frequency), self.frequency).shape[1]
        return {"past": 4 + len(self.columns) + dated, "future": 1 + len(self.known) + dated}


def advance_none(frequency: str) -> np.ndarray:
    return np.zeros(1, int if frequency == "step" else "datetime64[s]")


def transformed(target: np.ndarray, transform: str) -> np.ndarray:
    """The target as the network learns it; NaN where it has no such transform.

    >>> transformed(np.array([1.0, 0.0, -1.0]), "log").tolist()
    [0.0, nan, nan]
    """
    good = np.isfinite(target) & (target > LOWEST[transform][0])
    return TRANSFORMS[transform][0](np.where(good, target, np.nan))


def unforeseen(one: TimeSeries, shape: Shape) -> str | None:
    """Why the end of a series gives no forecast, in words; None if it does.

    A past of mostly such targets as the model has not learned, or with none to begin from, would
    give a forecast that has nothing to do with it.
    """
    known = one.target[np.isfinite(one.target)]
    above, words = LOWEST[shape.transform]
    strange = known[known <= above]
    if 2 * len(strange) > len(known):
        return (
            f"series {one.name}: expected targets {words}, as in training, got {strange[0]:g}, as "
            f"in {len(strange):,} of {len(known):,} steps. Forecast it with a model trained on "
            "such targets."
        )
    last = transformed(one.target[-shape.lookback :], shape.transform)
    if not np.isfinite(last).any():
        return (
            f"series {one.name}: expected a target in the last {shape.lookback:,} steps to begin "
            "from, got none. Leave the series out, or give its targets."
        )
    return None


def strange_targets(one: TimeSeries, shape: Shape) -> int:
    """How many targets have no such transform as the model learned with."""
    return int((one.target <= LOWEST[shape.transform][0]).sum())


def filled(values: np.ndarray) -> np.ndarray:
    """Gaps filled on a straight line, the ends held; zeros where nothing is known.

    >>> filled(np.array([np.nan, 1.0, np.nan, 3.0])).tolist()
    [1.0, 1.0, 2.0, 3.0]
    """
    known = np.isfinite(values)
    if not known.any():
        return np.zeros_like(values)
    places = np.arange(len(values))
    return np.interp(places, places[known], values[known])


def filled_from_past(values: np.ndarray) -> np.ndarray:
    """Gaps filled with the last value before them: nothing of later steps; NaN before the first."""
    known = np.isfinite(values)
    last = np.maximum.accumulate(np.where(known, np.arange(len(values)), -1))
    return np.where(last >= 0, values[np.maximum(last, 0)], np.nan)


class WindowMaker:
    """Cuts windows out of series: all series lie one after the other in flat arrays, apart by NaN.

    Args:
        series: what to cut from.
        shape: how.
    """

    def __init__(self, series: Sequence[TimeSeries], shape: Shape):
        self.series, self.shape = list(series), shape
        values, truths, covariates, dates, self._starts = [], [], [], [], []
        place = 0
        width = len(shape.columns)
        for one in self.series:
            place += shape.lookback
            self._starts.append(place)
            length = len(one) + shape.horizon
            z = transformed(one.target, shape.transform)
            values.append(_framed(filled_from_past(z)[:, None], shape))
            truths.append(_framed(z[:, None], shape))
            covariates.append(_framed(self._covariates(one, length, width), shape, length))
            times = np.concatenate([one.times, one.after(shape.horizon)])
            dates.append(_framed(calendar(times, shape.frequency), shape, length))
            place += length
        self._value = np.concatenate(values)[:, 0]
        self._truth = np.concatenate(truths)[:, 0]
        self._covariate = np.concatenate(covariates)
        self._date = np.concatenate(dates)
        self._known = [shape.columns.index(name) for name in shape.known]

    def _covariates(self, one: TimeSeries, length: int, width: int) -> np.ndarray:
        found = np.full((length, width), np.nan)
        rows = one.covariates[:length]
        if width:
            found[: len(rows)] = (rows - self.shape.mean) / self.shape.deviation
            found = np.stack([filled_from_past(column) for column in found.T], axis=1)
        return np.nan_to_num(found)

    def windows(self, pairs: np.ndarray) -> tuple[list[np.ndarray], np.ndarray, dict]:
        """Inputs, targets and scales for `(series, origin)` pairs `[N, 2]`.

        Returns:
            `[past [N, T, I], known [N, H, F]]`, targets `[N, H]` (NaN where missing) in scaled
            units, and `{"level" [N, H], "scale" [N, 1]}` with which `raw` gets back to the
            target's own units: the level is that of the seasonal naive idea, the last level and the
            seasonal part of each step.
        """
        shape = self.shape
        ends = np.asarray(self._starts)[pairs[:, 0]] + pairs[:, 1]
        back = self._value[ends[:, None] + np.arange(-shape.lookback, 0)]  # [N, L]
        part = seasonal_parts(back, shape.season)  # [N, m]
        cycle = np.arange(-shape.lookback, 0) % shape.season
        smooth = back - part[:, cycle]
        scale = _scale(smooth[:, -max(shape.window, 2 * shape.season) :])
        level = _level(smooth)
        ahead = part[:, np.arange(shape.horizon) % shape.season]  # [N, H]
        future_places = ends[:, None] + np.arange(shape.horizon)
        truth = self._truth[future_places]
        base = level[:, None] + ahead
        past = self._past(ends, (smooth - level[:, None]) / scale, part[:, cycle] / scale, scale)
        known = np.concatenate(
            [
                (ahead / scale)[..., None],
                self._covariate[future_places][..., self._known],
                self._date[future_places],
            ],
            axis=-1,
        )
        inputs = [past, known.astype("float32")]
        return inputs, ((truth - base) / scale).astype("float32"), {"level": base, "scale": scale}

    def _past(self, ends, values, parts, scale) -> np.ndarray:
        """Each past step: value, seasonal part, whether it was measured, the window's scale,
        covariates, calendar; moved so that the padding is at the end."""
        steps = self.shape.window
        places = ends[:, None] + np.arange(-steps, 0)
        values, parts = values[:, -steps:], parts[:, -steps:]
        measured = np.isfinite(self._truth[places])
        columns = [values, parts, measured, np.broadcast_to(np.log(scale), values.shape)]
        past = np.concatenate(
            [np.stack(columns, axis=-1), self._covariate[places], self._date[places]], axis=-1
        )
        present = np.isfinite(values)
        order = np.argsort(~present, axis=1, kind="stable")
        past = np.where(present[..., None], past, SERIES_PADDING)
        past = np.take_along_axis(past, order[..., None], axis=1)
        return past.astype("float32")

    def raw(self, forecast: np.ndarray, scales: dict) -> np.ndarray:
        """Scaled quantiles `[N, H, Q]` in the target's own units."""
        backward = TRANSFORMS[self.shape.transform][1]
        z = scales["level"][..., None] + forecast * scales["scale"][..., None]
        limit = 700.0 if self.shape.transform != "none" else np.inf
        return backward(np.clip(z, -limit, limit))

    def pairs(self) -> np.ndarray:
        """Every window to learn from: enough past, the whole horizon within the series."""
        found = []
        for place, one in enumerate(self.series):
            origins = np.arange(self.shape.least, len(one) - self.shape.horizon + 1)
            first = np.flatnonzero(np.isfinite(one.target))
            begin = first[0] if len(first) else len(one)
            origins = origins[origins >= begin + self.shape.least]
            found.append(np.stack([np.full(len(origins), place), origins], axis=1))
        return np.concatenate(found)

    def judged(self) -> np.ndarray:
        """The windows that forecasts are judged on: each series' origins."""
        found = []
        for place, one in enumerate(self.series):
            origins = one.origins if one.origins is not None else (len(one) - self.shape.horizon,)
            found += [(place, origin) for origin in origins if origin >= 1]
        return np.array(found, int).reshape(-1, 2)


def _framed(values: np.ndarray, shape: Shape, length: int | None = None) -> np.ndarray:
    """NaN (zeros for what is always known) before a series and, for the target, after it."""
    before = np.full((shape.lookback, values.shape[1]), np.nan if length is None else 0.0)
    after = np.full((0 if length else shape.horizon, values.shape[1]), np.nan)
    return np.concatenate([before, values, after])


def _scale(smooth: np.ndarray) -> np.ndarray:
    """Mean size of a step of each window, `[N, 1]`."""
    steps = np.abs(np.diff(smooth, axis=1))
    known = np.isfinite(steps)
    mean = np.where(known, steps, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.maximum(mean, FLOOR)[:, None]


def _level(smooth: np.ndarray) -> np.ndarray:
    last = smooth[:, -LEVEL_STEPS:]
    weights = LEVEL_DECAY ** np.arange(last.shape[1])[::-1]
    known = np.isfinite(last)
    total = (np.where(known, last, 0) * weights).sum(axis=1)
    return total / np.maximum((known * weights).sum(axis=1), 1e-12)


class WindowBatches(keras.utils.PyDataset):
    """Batches of windows: while training a fresh draw each epoch, else the judged ones in order.

    Args:
        maker: cuts the windows.
        batch_size: windows in a batch.
        per_epoch: most windows of a training epoch.
        seed: order of the windows; None: the judged windows, for evaluation.
        weights: whether windows count by their scale, which makes the loss one of relative errors.
    """

    def __init__(self, maker, *, batch_size: int, per_epoch: int, seed: int | None, weights: bool):
        super().__init__()
        self.maker, self.batch_size, self.seed = maker, batch_size, seed
        self.per_epoch, self.weights = per_epoch, weights
        self._pairs = maker.judged() if seed is None else maker.pairs()
        self.start_epoch(0)

    @property
    def num_batches(self) -> int:
        return -(-min(len(self._pairs), self.per_epoch) // self.batch_size)

    @property
    def examples(self) -> int:
        """How many windows there are."""
        return len(self._pairs)

    def start_epoch(self, epoch: int) -> None:
        """Draw the windows of one epoch, a function of the seed and the epoch alone."""
        order = np.arange(len(self._pairs))
        if self.seed is not None:
            order = np.random.default_rng([self.seed, epoch]).permutation(len(order))
            order = order[: self.per_epoch]
        self._order = order

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        inputs, targets, scales = self.maker.windows(self._pairs[chosen])
        if not self.weights:
            return tuple(inputs), targets
        return tuple(inputs), targets, scales["scale"][:, 0].astype("float32") * 10.0
