"""Seasonal parts of many windows at once, estimated from the past of each alone."""

import numpy as np

# One-sided 90% limit of the normal distribution: the test of Theta's authors.
LIMIT = 1.645
HUGE = 1e100


def seasonal_parts(windows: np.ndarray, season: int) -> np.ndarray:
    """The seasonal part of the next `season` steps of each window, additive, mean 0.

    Classical decomposition: a centred moving average over a season is the trend, the mean of what
    is left at each position in the season the seasonal part. Windows whose autocorrelation at the
    season is not significant (90%, as Assimakopoulos and Nikolopoulos 2000 test), or that are
    shorter than two seasons, get zeros.

    Args:
        windows: `[N, L]`, aligned at their end; NaN before a window begins.
        season: m.

    Returns:
        `[N, m]`; column k is the part of the step k + 1 after the window.

    >>> wave = np.tile([0.0, 1.0, 0.0, -1.0], 5)[None]
    >>> seasonal_parts(wave, 4).round(3).tolist()
    [[0.0, 1.0, 0.0, -1.0]]
    """
    count, length = windows.shape
    found = np.zeros((count, season))
    if season < 2 or length < 2 * season:
        return found
    present = np.isfinite(windows)
    usable = np.flatnonzero(present.sum(axis=1) >= 2 * season)
    if len(usable):
        usable = usable[_seasonal(windows[usable], season)]
    if len(usable):
        found[usable] = _means(windows[usable], season)
    return found


def _seasonal(windows: np.ndarray, season: int) -> np.ndarray:
    """Whether |r_m| > 1.645 √((1 + 2 Σ r_k²) / n), k from 1 to m − 1."""
    present = np.isfinite(windows)
    size = present.sum(axis=1)
    mean = np.where(present, windows, 0).sum(axis=1) / size
    centred = np.where(present, windows - mean[:, None], 0.0)
    # Of huge numbers the squares are infinite; the ratio below has no unit.
    peak = np.abs(centred).max(axis=1, keepdims=True)
    centred = centred / np.where(peak > HUGE, peak, 1.0)
    # Autocovariances at all lags at once (Wiener and Khinchin).
    spectrum = np.fft.rfft(centred, 2 * windows.shape[1], axis=1)
    power = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, : season + 1]
    ratio = power / np.maximum(power[:, :1], 1e-30)
    limit = LIMIT * np.sqrt((1 + 2 * (ratio[:, 1:season] ** 2).sum(axis=1)) / size)
    return np.abs(ratio[:, season]) > limit


def _means(windows: np.ndarray, season: int) -> np.ndarray:
    left = windows - _moving_average(windows, season)
    pad = -windows.shape[1] % season
    left = np.pad(left, ((0, 0), (pad, 0)), constant_values=np.nan)
    cycles = left.reshape(len(windows), -1, season)
    known = np.isfinite(cycles)
    means = np.where(known, cycles, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return means - means.mean(axis=1, keepdims=True)


def _moving_average(windows: np.ndarray, season: int) -> np.ndarray:
    """Centred, over a season (for an even one the two half steps at its ends); NaN at the ends."""
    reach = season // 2
    weights = np.full(2 * reach + 1, 1.0 / season)
    if season % 2 == 0:
        weights[[0, -1]] /= 2
    views = np.lib.stride_tricks.sliding_window_view(windows, 2 * reach + 1, axis=1)
    trend = np.full(windows.shape, np.nan)
    trend[:, reach : windows.shape[1] - reach] = views @ weights
    return trend
