"""Series of measurements become standardised arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gatewise.errors import ArgumentError, DataError


class SeriesScaler:
    """Brings each channel to mean 0 and standard deviation 1, as seen in the training series.

    Args:
        max_length: steps kept of each series, from its beginning; default 2,048.

    Raises:
        ArgumentError: `max_length` is not positive, or the scaler is used before `adapt`.
        DataError: a series has another number of channels than the training series, no step, or a
            value that is NaN or infinite.

    Example:
        >>> scaler = SeriesScaler().adapt([np.array([[0.0, 10.0], [2.0, 10.0]])])
        >>> scaler.encode([np.array([[1.0, 10.0], [3.0, 12.0]])])[0].tolist()
        [[0.0, 0.0], [2.0, 2.0]]
    """

    kind = "series"

    def __init__(self, max_length: int = 2_048):
        if not isinstance(max_length, int) or max_length < 1:
            raise ArgumentError(f"max_length: expected a whole number above 0, got {max_length!r}.")
        self.max_length = max_length
        self.mean: np.ndarray | None = None
        self.deviation: np.ndarray | None = None

    @property
    def adapted(self) -> bool:
        return self.mean is not None

    @property
    def size(self) -> int:
        """The number of channels."""
        return len(self._adapted()[0])

    def adapt(self, series: Sequence[np.ndarray]) -> "SeriesScaler":
        """Learn each channel's mean and deviation from the training series, each `[T, I]`."""
        channels = _two_dimensional(series[0]).shape[1] if len(series) else 0
        checked = [_checked(one, place, channels) for place, one in enumerate(series, 1)]
        steps = np.concatenate(checked).astype("float64")
        self.mean = steps.mean(axis=0)
        deviation = steps.std(axis=0)
        # A channel that never moves says nothing; dividing by 1 keeps it at 0.
        self.deviation = np.where(deviation > 0, deviation, 1.0)
        return self

    def encode(self, series: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Standardised series, float32 `[T, I]`, T at most `max_length`."""
        mean, deviation = self._adapted()
        found = []
        for place, one in enumerate(series, 1):
            steps = _checked(one, place, len(mean))[: self.max_length]
            found.append(((steps - mean) / deviation).astype("float32"))
        return found

    def lengths(self, series: Sequence[np.ndarray]) -> list[int]:
        """How many steps each series has before it is cut to `max_length`."""
        return [len(one) for one in series]

    def get_config(self) -> dict[str, Any]:
        """Plain data from which `from_config` makes an equal scaler."""
        return {
            "max_length": self.max_length,
            "mean": None if self.mean is None else self.mean.tolist(),
            "deviation": None if self.deviation is None else self.deviation.tolist(),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "SeriesScaler":
        scaler = cls(config["max_length"])
        if config["mean"] is not None:
            scaler.mean = np.asarray(config["mean"], "float64")
            scaler.deviation = np.asarray(config["deviation"], "float64")
        return scaler

    def _adapted(self) -> tuple[np.ndarray, np.ndarray]:
        if self.mean is None or self.deviation is None:
            raise ArgumentError("This SeriesScaler has no scale yet: call adapt(series) first.")
        return self.mean, self.deviation


def _checked(one: Any, place: int, channels: int) -> np.ndarray:
    """A series as `[T, I]` of finite numbers; `place`, counted from 1, is told in errors."""
    steps = _two_dimensional(one)
    if steps.shape[1] != channels:
        raise DataError(
            f"Series {place}: expected {channels} channels as in the training series, got "
            f"{steps.shape[1]} (shape {steps.shape}, meant as [steps, channels])."
        )
    if not len(steps) or not np.isfinite(steps).all():
        fault = "no steps" if not len(steps) else "a value that is NaN or infinite"
        raise DataError(
            f"Series {place} has {fault}: expected finite numbers, at least one step. Fill the "
            "gap or leave the series out."
        )
    return steps


def _two_dimensional(one: Any) -> np.ndarray:
    try:
        array = np.asarray(one)
    except ValueError:  # steps of different lengths
        array = np.empty(0, object)
    if array.ndim == 1:
        array = array[:, None]  # one channel
    if array.ndim != 2 or array.dtype.kind not in "fiub":
        raise DataError(
            "A series: expected numbers of shape [steps, channels] or [steps], got "
            f"shape {array.shape} of {array.dtype}."
        )
    return array
