"""Forecast series: their past in, quantiles of their next steps out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from gatewise import architectures
from gatewise.architectures.parts import check_whole
from gatewise.data.time_series import TimeSeries, check_series, horizon_for
from gatewise.errors import ArgumentError, DataError
from gatewise.tasks import inputs
from gatewise.tasks.forecaster import conformal
from gatewise.tasks.forecaster.losses import QuantileLoss
from gatewise.tasks.forecaster.windows import (
    Shape,
    WindowBatches,
    WindowMaker,
    unforeseen,
    window_for,
)
from gatewise.tasks.task import BATCH_SIZE, Task

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
LOWEST, MIDDLE, HIGHEST = 0, 2, 4
WINDOWS_AN_EPOCH, WINDOWS_A_BATCH = 25_600, 128
STEPS, EPOCHS, MOST_EPOCHS = 1_500, 15, 60  # a small set needs many epochs to take enough steps


def known_names(known: Sequence[str] | str | None) -> list[str]:
    """Names in a list, or with commas between them."""
    if isinstance(known, str):
        return [one.strip() for one in known.split(",") if one.strip()]
    return list(known or ())


@dataclass(frozen=True, eq=False)
class Forecast:
    """The forecast of one series: `times` `[H]` and, for each of `quantiles` `[Q]`, `values`
    `[H, Q]`."""

    series: str
    times: np.ndarray
    quantiles: tuple[float, ...]
    values: np.ndarray

    @property
    def median(self) -> np.ndarray:
        return self.values[:, len(self.quantiles) // 2]


@keras.saving.register_keras_serializable(package="gatewise")
class Forecaster(Task):
    """A global recurrent forecaster: one network for all series, quantiles of every step at once.

    It is the MQ-RNN of Wen et al. 2017 (arXiv:1711.11053) on windows that are made alike first: a
    positive target's logarithm is taken; each window's seasonal part, level and step size, all from
    its own past, are taken out and put back around what the network gives. An ensemble of `members`
    networks is trained at once and averaged. The 80% interval is then widened or narrowed until it
    holds 80% of the validation part (split conformal prediction, Romano et al. 2019).

    `fit`, `evaluate` and `predict` take lists of `gatewise.data.TimeSeries`. `fit` learns from all
    windows of its series; `validation_data` is `(series, None)`, the same series and at least one
    horizon more.

    Args:
        horizon: H, steps to forecast; by default 18 for months, 8 for quarters, 6 for years, 13 for
            weeks, 14 for days, 24 for hours.
        window: T, past steps read; by default three seasons, or two horizons if that is more.
        known: names of the covariates that are known in the future too, in a list or with commas.
        season: m, steps in a season; by default as the series say.
        cell: `"lstm"`, `"gru"`, `"simple_rnn"` or `"binary_gate_lstm"`; default `"lstm"`.
        units: U, units of each recurrent layer; default 48.
        depth: number of recurrent layers; default 1.
        dropout: part of the last state dropped in training; default 0.1.
        members: networks that are averaged; default 3.
        seed: seed of weights, dropout and the order of the windows; default 0.

    Raises:
        ArgumentError: an argument is out of its range; see the message.

    Example:
        >>> series = TimeSeries("waves", np.arange(60), 9 + np.tile([0.0, 4, 0, -4], 15), season=4)
        >>> forecaster = Forecaster(horizon=4, units=8, members=1)
        >>> history = forecaster.fit([series], epochs=1, verbose=0)
        >>> forecaster.forecast([series])[0].values.shape
        (4, 5)
    """

    task = "forecaster"
    default_metrics: Sequence[Any] = ()
    monitor = "val_loss"
    answered = False
    peak_rate = 3e-3

    def __init__(
        self,
        horizon: int | None = None,
        window: int | None = None,
        known: Sequence[str] | str = (),
        season: int | None = None,
        cell: str = "lstm",
        units: int = 48,
        depth: int = 1,
        dropout: float = 0.1,
        members: int = 3,
        seed: int = 0,
        name: str | None = None,
    ):
        options = {
            "horizon": horizon,
            "window": window,
            "known": known_names(known),
            "season": season,
            "cell": cell,
            "units": units,
            "depth": depth,
            "dropout": dropout,
            "members": members,
            "seed": seed,
        }
        super().__init__(options, name)
        self.quantiles = QUANTILES
        self.shape: Shape | None = None  # once adapted
        self.factors = conformal.NONE
        checked = ("horizon", "cell", "units", "depth", "dropout", "members", "seed")
        chosen: dict[str, Any] = {name: options[name] for name in checked}
        architectures.check_multi_horizon(context=12, **chosen)
        if window is not None:
            check_whole(2, window=window)
        if season is not None:
            check_whole(1, season=season)

    @property
    def resolved(self) -> dict[str, Any]:
        """The arguments, with those filled in that the data decided."""
        decided = {name: getattr(self._shape, name) for name in ("horizon", "window", "season")}
        return self.options | decided

    def compile(self, optimizer="auto", loss="auto", *more, **options) -> None:
        """As `Task.compile`; the default loss is the pinball loss of all quantiles."""
        loss = QuantileLoss(self.quantiles) if loss == "auto" else loss
        super().compile(optimizer, loss, *more, **options)

    def plan(
        self, examples: Sequence, batch_size: int | None = None, epochs: int | None = None
    ) -> tuple[int, int]:
        """Batch size and most epochs: windows make many examples of few series."""
        least = self._shape.least + self._shape.horizon - 1
        windows = sum(max(0, len(one) - least) for one in examples)
        batch_size = batch_size or min(max(windows // 16, 8), WINDOWS_A_BATCH)
        batches = -(-min(max(windows, 1), WINDOWS_AN_EPOCH) // batch_size)
        return batch_size, epochs or min(max(-(-STEPS // batches), EPOCHS), MOST_EPOCHS)

    def fit(self, x: Any, y: Any = None, *more: Any, **options: Any) -> keras.callbacks.History:
        """Train on series; see `Task.fit`. With `validation_data` the interval is calibrated."""
        history = super().fit(x, y, *more, **options)
        validation = options.get("validation_data")
        if validation is not None and not isinstance(validation, keras.utils.PyDataset):
            self.settle(validation[0])
        return history

    def settle(self, validation: Sequence | None) -> None:
        """Calibrate the interval on the judged windows of the validation part."""
        if not validation:
            return
        maker = WindowMaker(validation, self._shape)
        scaled, targets, _ = self._scaled(maker)
        self.factors = conformal.factors(targets, scaled, self.quantiles)

    def backtest(self, x: Sequence) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Forecast from every origin of the series, always from what was known by then.

        Returns:
            The pairs (series, origin) `[N, 2]`, the truth `[N, H]` and the quantiles `[N, H, Q]`.
        """
        maker = WindowMaker(self._series(x), self._shape)
        pairs = maker.judged()
        scaled, _, scales = self._scaled(maker)
        truth = np.full((len(pairs), self._shape.horizon), np.nan)
        for row, (place, origin) in enumerate(pairs):
            true = maker.series[place].target[origin : origin + self._shape.horizon]
            truth[row, : len(true)] = true
        return pairs, truth, maker.raw(self._calibrated(scaled), scales)

    def forecast(self, x: Sequence) -> list[Forecast]:
        """The next H steps of each series.

        Raises:
            DataError: a series has no past to begin from, or one of other targets than the
                training's (0 or less where all were positive).
        """
        given = self._series(x)
        for one in given:
            if why := unforeseen(one, self._shape):
                raise DataError(f"x: {why}")
        series = [one.until(len(one), (len(one),)) for one in given]
        _, _, values = self.backtest(series)
        return [
            Forecast(one.name, one.after(self._shape.horizon), self.quantiles, found)
            for one, found in zip(series, values, strict=True)
        ]

    def predict(self, x: Any, *more: Any, **options: Any) -> Any:
        """Quantiles `[N, H, Q]` of the next steps of each series."""
        if isinstance(x, keras.utils.PyDataset):
            return super().predict(x, *more, **options)
        return np.stack([one.values for one in self.forecast(x)])

    def batches(
        self,
        x: Sequence,
        y: Sequence | None = None,
        *,
        weights: np.ndarray | None = None,
        batch_size: int = BATCH_SIZE,
        seed: int | None = None,
    ) -> WindowBatches:
        """Windows of the series: with a seed all of them in its order, without the judged ones."""
        return WindowBatches(
            WindowMaker(self._series(x), self._shape),
            batch_size=batch_size,
            per_epoch=WINDOWS_AN_EPOCH,
            seed=seed,
            weights=self._shape.transform != "none",
        )

    def network_input(self, x: Any) -> Any:
        """The last window of each series, `[past [N, T, I], known [N, H, F]]`."""
        series = [one.until(len(one), (len(one),)) for one in self._series(x)]
        maker = WindowMaker(series, self._shape)
        return maker.windows(maker.judged())[0]

    @property
    def _shape(self) -> Shape:
        self._check_adapted_shape()
        assert self.shape is not None
        return self.shape

    def _check_adapted_shape(self) -> None:
        if self.shape is None:
            self._check_adapted()

    def _scaled(self, maker: WindowMaker) -> tuple[np.ndarray, np.ndarray, dict]:
        """Quantiles of the judged windows in scaled units, averaged over the members."""
        pairs = maker.judged()
        found = []
        for start in range(0, len(pairs), 1_024):
            given, targets, scales = maker.windows(pairs[start : start + 1_024])
            values = self.network.predict(given, batch_size=BATCH_SIZE, verbose=0)
            found.append((values.mean(axis=1), targets, scales["level"], scales["scale"]))
        values, targets, level, scale = (np.concatenate(one) for one in zip(*found, strict=True))
        return values, targets, {"level": level, "scale": scale}

    def _calibrated(self, scaled: np.ndarray) -> np.ndarray:
        return conformal.stretched(scaled, self.factors)

    def _series(self, x: Any) -> list[TimeSeries]:
        if isinstance(x, TimeSeries):
            raise ArgumentError("x: expected a list, got one series. Put it in a list: [series].")
        series = inputs.listed(x)
        if not series:
            raise ArgumentError("x: expected one series or more, got none. Give some.")
        check_series(series)
        if self.shape and series and series[0].frequency != self.shape.frequency:
            raise DataError(
                f"x: expected a row every {self.shape.frequency} as in training, got one every "
                f"{series[0].frequency}."
            )
        if self.shape and series and series[0].columns != self.shape.columns:
            raise DataError(
                f"x: expected the covariates of training ({', '.join(self.shape.columns) or 'none'}"
                f"), got {', '.join(series[0].columns) or 'none'}."
            )
        return series

    def _held_out(self, x: list, y: Any, fraction: float) -> tuple[list[int], list[int]]:
        """Whole series at random."""
        order = np.random.default_rng(self.options["seed"]).permutation(len(x))
        held = sorted(order[: max(1, round(len(x) * fraction))].tolist())
        return sorted(set(range(len(x))) - set(held)), held

    def _learn(self, x: list, y: Any) -> None:
        series = self._series(x)
        season = self.options["season"] or series[0].season
        horizon = self.options["horizon"] or horizon_for(season)
        known, columns = tuple(self.options["known"]), series[0].columns
        strange = [name for name in known if name not in columns]
        if strange:
            raise ArgumentError(
                f"known: expected names of covariates ({', '.join(columns) or 'there are none'}), "
                f"got {strange[0]!r}."
            )
        rows = (
            np.concatenate([one.covariates[: len(one)] for one in series])
            if columns
            else np.empty((0, 0))
        )
        seen = np.isfinite(rows).any(axis=0) if len(rows) else np.zeros(len(columns), bool)
        mean, spread = np.zeros(len(columns)), np.zeros(len(columns))
        mean[seen] = np.nanmean(rows[:, seen], axis=0) if seen.any() else 0.0
        spread[seen] = np.nanstd(rows[:, seen], axis=0) if seen.any() else 0.0
        lowest = min((np.nanmin(one.target) for one in series if np.isfinite(one.target).any()),
                     default=0.0)  # fmt: skip
        transform = "log" if lowest > 0 else "log1p" if lowest == 0 else "none"
        self.shape = Shape(
            window=self.options["window"] or window_for(season, horizon),
            horizon=horizon, season=season, frequency=series[0].frequency, transform=transform,
            columns=columns, known=known, mean=tuple(mean.tolist()),
            deviation=tuple(np.where(spread > 0, spread, 1.0).tolist()),
        )  # fmt: skip
        if not len(WindowMaker(series, self.shape).pairs()):
            longest = max(map(len, series))
            raise DataError(
                f"x: expected a series of {self.shape.least + horizon} steps or more, to learn "
                f"{horizon} ahead from {self.shape.least} (a season has {season}), got {longest} "
                "at most. Set a smaller horizon or season, or give longer series."
            )

    def _learned(self) -> dict[str, Any]:
        return {"shape": vars(self._shape), "factors": list(self.factors)}

    def _recall(self, learned: dict[str, Any]) -> None:
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list | tuple) else value
            for name, value in learned["shape"].items()
        }
        self.shape, self.factors = Shape(**plain), tuple(learned["factors"])

    def _architecture(self) -> keras.Model:
        used = ("cell", "units", "depth", "dropout", "members")
        sizes: dict[str, Any] = self._shape.sizes
        return architectures.multi_horizon(
            horizon=self._shape.horizon,
            quantiles=len(self.quantiles),
            seed=self.options["seed"] * 1000,
            name="network",
            **sizes,
            **{name: self.options[name] for name in used},
        )
