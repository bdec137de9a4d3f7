"""Simpler forecasts of the same windows, to stand beside the model's."""

import importlib.util
import os
from collections.abc import Callable, Sequence

import numpy as np

from gatewise.data import TimeSeries
from gatewise.tasks.forecaster.windows import filled

MOST_WINDOWS = 2_000  # that a statistical method is fitted to
MOST_PAST = 1_000  # steps of the past that it is given

Method = Callable[[np.ndarray, int, int], np.ndarray]


def seasonal_naive(past: np.ndarray, season: int, horizon: int) -> np.ndarray:
    """Each step as one season before.

    >>> seasonal_naive(np.array([1.0, 2, 3, 4]), 2, 3).tolist()
    [3.0, 4.0, 3.0]
    """
    season = season if len(past) >= season else 1
    return past[len(past) - season + np.arange(horizon) % season]


def persistence(past: np.ndarray, season: int, horizon: int) -> np.ndarray:
    """Every step as the last one."""
    return np.full(horizon, past[-1])


def theta_installed() -> bool:
    """Whether statsforecast, an optional package, is there."""
    return importlib.util.find_spec("statsforecast") is not None


def theta(past: np.ndarray, season: int, horizon: int) -> np.ndarray:
    """The Theta method (Assimakopoulos and Nikolopoulos 2000), by statsforecast."""
    os.environ.setdefault("NIXTLA_ID_AS_COL", "1")
    from statsforecast.models import Theta

    if len(past) < max(4, season + 1):
        return persistence(past, season, horizon)
    return Theta(season_length=season).forecast(past[-MOST_PAST:], h=horizon)["mean"]


def forecasts(
    method: Method, series: Sequence[TimeSeries], pairs: np.ndarray, season: int, horizon: int
) -> np.ndarray:
    """A method's forecasts `[N, H]` of the windows (series, origin), each from its past alone."""
    return np.stack(
        [method(filled(series[place].target[:origin]), season, horizon) for place, origin in pairs]
    )
