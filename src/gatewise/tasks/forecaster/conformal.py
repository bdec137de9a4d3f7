"""Quantiles stretched until their intervals hold what they promise on data kept apart."""

from collections.abc import Sequence

import numpy as np

NONE = (1.0, 1.0)  # factors of the outer and the inner interval


def factors(
    true: np.ndarray, quantiles: np.ndarray, shares: Sequence[float]
) -> tuple[float, float]:
    """By which factor each interval's distance from the median is multiplied, the outer one first.

    Split conformal prediction (Romano, Patterson and Candès 2019, arXiv:1905.03222) with the
    error measured in units of the distance between quantile and median (Sesia and Candès 2020,
    "CQR-r"); the factor is the quantile of that error, with the correction (n + 1) / n for a finite
    sample.

    Args:
        true: `[N, H]`, NaN where missing.
        quantiles: `[N, H, 5]`, ascending.
        shares: what they should be, such as 0.1, 0.25, 0.5, 0.75, 0.9.
    """
    found = []
    middle = quantiles[..., 2]
    for low, high in ((0, 4), (1, 3)):
        below = (middle - true) / np.maximum(middle - quantiles[..., low], 1e-9)
        above = (true - middle) / np.maximum(quantiles[..., high] - middle, 1e-9)
        errors = np.maximum(below, above)
        errors = errors[np.isfinite(errors)]
        if not len(errors):
            return NONE
        share = (shares[high] - shares[low]) * (1 + 1 / len(errors))
        found.append(float(np.quantile(errors, min(share, 1.0))))
    outer, inner = found
    return outer, inner


def stretched(quantiles: np.ndarray, by: tuple[float, float] | Sequence[float]) -> np.ndarray:
    """Quantiles `[N, H, 5]` with their distances from the median multiplied; still ascending.

    >>> stretched(np.array([-2.0, -1, 0, 1, 2]), (2.0, 0.5)).tolist()
    [-4.0, -0.5, 0.0, 0.5, 4.0]
    """
    outer, inner = by
    middle = quantiles[..., 2:3]
    return np.sort(middle + (quantiles - middle) * np.array([outer, inner, 1.0, inner, outer]))
