"""Gradient norms by lag: how many steps before the last one taken, over all rows of a batch."""

import math
from dataclasses import dataclass

import numpy as np

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
# A lag counts for half-life and verdict where so many of the rows are long enough to have it; the
# few longest rows would make its median jump.
ENOUGH_ROWS = 0.25


@dataclass(frozen=True)
class ByLag:
    """Norms over the batch by lag, each array `[L]`; lag 0 is the last real step taken."""

    lag: np.ndarray  # 0..L-1
    median: np.ndarray
    quantiles: dict[float, np.ndarray]  # by QUANTILES
    rows: np.ndarray  # how many rows are long enough to have the lag

    @property
    def usable(self) -> int:
        """The largest lag that a quarter of the rows have."""
        return int(np.flatnonzero(self.rows >= ENOUGH_ROWS * self.rows[0])[-1])

    @property
    def slope(self) -> float:
        """The change of log2 of the median for each step back: a straight line by least squares,
        over the usable lags up to the first whose median is zero or not finite."""
        medians = self.median[: self.usable + 1]
        if len(medians) < 2:
            return 0.0
        good = (medians > 0) & np.isfinite(medians)
        end = len(good) if good.all() else int(np.argmin(good))
        if end < 2:
            return -math.inf
        lags = np.arange(end)
        return float(np.polyfit(lags, np.log2(medians[:end]), 1)[0])

    @property
    def half_life(self) -> float:
        """Steps in which the median halves on its way back, from `slope`.

        Infinite where it does not fade, and 0 where nothing gets past the last step.
        """
        return -1.0 / self.slope if self.slope < 0 else math.inf


def by_lag(norms: np.ndarray, mask: np.ndarray, backwards: bool = False) -> ByLag:
    """Medians and quantiles by lag.

    Args:
        norms: `[B, T]`, in the order of time.
        mask: `[B, T]`, true where a step is real; others are passed over.
        backwards: whether the last step in time was taken first.

    >>> norms, mask = np.array([[1.0, 2.0, 4.0]]), np.array([[True, True, False]])
    >>> by_lag(norms, mask).median.tolist(), by_lag(norms, mask, backwards=True).median.tolist()
    ([2.0, 1.0], [1.0, 2.0])
    """
    order = slice(None) if backwards else slice(None, None, -1)  # from the last step taken
    real = mask[:, order]
    lags = np.cumsum(real, axis=1) - 1
    found = np.full(real.shape, np.nan)
    rows, steps = np.nonzero(real)
    found[rows, lags[rows, steps]] = norms[:, order][rows, steps]
    reached = np.arange(real.shape[1]) < real.sum(1)[:, None]
    columns = [found[reached[:, lag], lag] for lag in range(max(1, int(real.sum(1).max())))]
    columns = [column if len(column) else np.zeros(1) for column in columns]  # no real step at all
    with np.errstate(invalid="ignore"):  # between infinities lies no number
        spread = {q: np.array([np.quantile(column, q) for column in columns]) for q in QUANTILES}
    return ByLag(
        np.arange(len(columns)),
        spread[0.5],
        spread,
        np.array([len(column) for column in columns]),
    )
