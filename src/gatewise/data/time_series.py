"""Series to be continued: targets on an even grid of dates, with what else is known."""

from dataclasses import dataclass, field, replace

import numpy as np

from gatewise.errors import ArgumentError

# Step of the grid: its name, NumPy's unit and how many of them, and the steps in a season.
FREQUENCIES = {
    "year": ("Y", 1, 1),
    "quarter": ("M", 3, 4),
    "month": ("M", 1, 12),
    "week": ("D", 7, 52),
    "day": ("D", 1, 7),
    "business day": ("B", 1, 5),
    "hour": ("h", 1, 24),
    "half hour": ("m", 30, 48),
    "quarter of an hour": ("m", 15, 96),
    "minute": ("m", 1, 60),
    "second": ("s", 1, 60),
    "step": ("step", 1, 1),
}
# Steps to forecast where nobody says: those of the M3 and M4 competitions, a day of hours.
HORIZONS = {1: 6, 4: 8, 12: 18, 52: 13, 7: 14, 5: 10}


@dataclass(frozen=True, eq=False)
class TimeSeries:
    """One series on an even grid.

    Args:
        name: its id.
        times: of the steps, `datetime64` or whole numbers, `[T]`.
        target: float64 `[T]`; NaN where it is missing.
        covariates: float64 `[T + more, C]`; rows after T are of the future.
        frequency: a key of `FREQUENCIES`.
        season: m, steps in a season; 1: none.
        columns: names of the covariates.
        origins: steps from which forecasts are judged: the first step to forecast; by default the
            last horizon.
    """

    name: str
    times: np.ndarray
    target: np.ndarray
    covariates: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    frequency: str = "step"
    season: int = 1
    columns: tuple[str, ...] = ()
    origins: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return len(self.target)

    def until(self, end: int, origins: tuple[int, ...] | None = None) -> "TimeSeries":
        """The first `end` steps; what is known of later ones stays."""
        return replace(self, times=self.times[:end], target=self.target[:end], origins=origins)

    def after(self, steps: int) -> np.ndarray:
        """The times of the next `steps` steps."""
        return advance(self.times[-1], np.arange(1, steps + 1), self.frequency)


def advance(start, steps: np.ndarray, frequency: str) -> np.ndarray:
    """The times some steps after `start`.

    >>> [str(day) for day in advance(np.datetime64("2024-01-31"), np.array([0, 1, 2]), "month")]
    ['2024-01-31', '2024-02-29', '2024-03-31']
    >>> [str(day) for day in advance(np.datetime64("2024-05-03"), np.arange(2), "business day")]
    ['2024-05-03', '2024-05-06']
    """
    unit, each, _ = FREQUENCIES[frequency]
    if unit == "step":
        return int(start) + steps
    if unit == "B":
        day = start.astype("datetime64[D]")
        return np.busday_offset(day, steps, roll="forward").astype(start.dtype) + (start - day)
    if unit in ("M", "Y"):
        months = steps * (each if unit == "M" else 12)
        month = start.astype("datetime64[M]")
        offset = start - month.astype(start.dtype)
        ends = is_month_end(np.array([start]))[0]
        first = (month + months).astype(start.dtype)
        last = (month + months + 1).astype(start.dtype) - np.timedelta64(1, "D")
        return last if ends else np.minimum(first + offset, last)
    return start + np.asarray(steps * each, f"timedelta64[{unit}]")


def is_month_end(times: np.ndarray) -> np.ndarray:
    """Whether each time is on the last day of its month."""
    days = times.astype("datetime64[D]")
    return (days + 1).astype("datetime64[M]") != days.astype("datetime64[M]")


def calendar(times: np.ndarray, frequency: str) -> np.ndarray:
    """Where in the day, week and year each time is, as sines and cosines, `[T, C]`.

    Only cycles longer than a step: an hourly series gets three, a monthly one the year. Steps
    without dates get none.
    """
    unit, each, _ = FREQUENCIES[frequency]
    if unit == "step" or frequency == "year":
        return np.empty((len(times), 0))
    days = times.astype("datetime64[D]")
    year = (days - days.astype("datetime64[Y]")) / np.timedelta64(1, "D") / 365.25
    cycles = [year]
    if unit in ("B", "D", "h", "m", "s") and each != 7:
        cycles.append((days.astype(int) % 7) / 7)
    if unit in ("h", "m", "s"):
        cycles.append((times - days) / np.timedelta64(1, "D"))
    turns = 2 * np.pi * np.stack(cycles, axis=1)
    return np.concatenate([np.sin(turns), np.cos(turns)], axis=1)


def horizon_for(season: int) -> int:
    """Steps to forecast where nobody says.

    >>> horizon_for(12), horizon_for(24)
    (18, 24)
    """
    return HORIZONS.get(season, season)


def check_series(x: list) -> None:
    """Raise an `ArgumentError` unless all are whole `TimeSeries` with the same frequency and
    columns."""
    for place, one in enumerate(x):
        if not isinstance(one, TimeSeries):
            raise ArgumentError(
                f"x: expected a list of gatewise.data.TimeSeries, got {type(one).__name__} at "
                f"position {place}. gatewise.data.read_time_series makes them of a table."
            )
        _check_sizes(one)
        for name in ("frequency", "season", "columns"):
            if getattr(one, name) != getattr(x[0], name):
                raise ArgumentError(
                    f"x: expected series of one {name}, got {getattr(x[0], name)!r} and, in "
                    f"series {one.name}, {getattr(one, name)!r}. Train a model for each."
                )


def _check_sizes(one: TimeSeries) -> None:
    steps, width = len(one.target), len(one.columns)
    if not steps or len(one.times) != steps:
        raise ArgumentError(
            f"x: series {one.name}: expected a target for each of its times, one at least, got "
            f"{steps:,} targets and {len(one.times):,} times. Give as many of both."
        )
    found = np.shape(one.covariates)
    if width and (len(found) != 2 or found[1] != width or found[0] < steps):
        raise ArgumentError(
            f"x: series {one.name}: expected covariates of shape ({steps} or more, {width}), a row "
            f"for each step and a column for each of its columns, got {found}."
        )
