"""A forecaster: the window of the past that it reads, and in words what it foresees."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gatewise.padding import SERIES_PADDING
from gatewise.report import words
from gatewise.report.look.answers import Answers
from gatewise.report.look.inputs import Shown, measured

PARTS = False
READ = ("level", "season", "measured", "log scale")  # of each step, before covariates and calendar


def shown(forecaster: Any, one: Any, channels: Sequence[str] | None = None) -> Shown:
    """A `gatewise.data.TimeSeries`, as its last window is read: without its season, in steps of
    its own size."""
    past, known = forecaster.network_input([one])
    there = int((past[0] != SERIES_PADDING).any(axis=-1).sum())
    read = past[:, :there]
    names = [*READ, *one.columns]
    names += [f"calendar {place + 1}" for place in range(read.shape[-1] - len(names))]
    seen = measured(read[0].astype("float64"), [read, known], names, [_foreseen(forecaster, one)])
    return replace(seen, title=f"{one.name}: the last {words.plural(there, 'step')}")


def answered(forecaster: Any, outputs: np.ndarray, one: Shown) -> Answers:
    """None at a step: the steps answered are of the future, and stand in a note."""
    return Answers()


def _foreseen(forecaster: Any, one: Any) -> str:
    found = forecaster.forecast([one])[0]
    low, high = words.number(found.values[0, 0]), words.number(found.values[0, -1])
    part = found.quantiles[-1] - found.quantiles[0]
    last = f"; {found.times[-1]}: {words.number(found.median[-1])}" if len(found.times) > 1 else ""
    return (
        f"Forecast of {found.times[0]}: {words.number(found.median[0])} "
        f"({part:.0%} interval {low} to {high}){last}."
    )
