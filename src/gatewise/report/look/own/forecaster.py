"""A forecaster: the window of the past that it reads, and in words what it foresees."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from gatewise.data import dates
from gatewise.padding import SERIES_PADDING
from gatewise.report import words
from gatewise.report.look.answers import Answer, Answers
from gatewise.report.look.inputs import Shown, measured

PARTS = False
READ = ("level", "season", "measured", "log scale")  # of each step, before covariates and calendar


@dataclass(frozen=True)
class Window(Shown):
    """What is read of a series, and the median of each step foreseen."""

    foreseen: list[Answer] = field(default_factory=list)


def shown(forecaster: Any, one: Any, channels: Sequence[str] | None = None) -> Window:
    """A `gatewise.data.TimeSeries`, as its last window is read: without its season, in steps of
    its own size."""
    past, known = forecaster.network_input([one])
    there = int((past[0] != SERIES_PADDING).any(axis=-1).sum())
    read = past[:, :there]
    names = [*READ, *one.columns]
    names += [f"calendar {place + 1}" for place in range(read.shape[-1] - len(names))]
    found = forecaster.forecast([one])[0]
    times = [dates.told(time) for time in found.times]
    low, high = words.number(found.values[0, 0]), words.number(found.values[0, -1])
    part = found.quantiles[-1] - found.quantiles[0]
    note = f"{times[0]}: {part:.0%} interval {low} to {high}."
    seen = measured(read[0].astype("float64"), [read, known], names, [note])
    return Window(
        **{one.name: getattr(seen, one.name) for one in fields(seen) if one.name != "title"},
        title=f"{one.name}: the last {words.plural(there, 'step')}",
        foreseen=[
            Answer(time, float(value), False)
            for time, value in zip(times, found.median, strict=True)
        ],
    )


def answered(forecaster: Any, outputs: np.ndarray, one: Shown) -> Answers:
    """The medians of the steps of the future, in the target's own units."""
    return Answers(one.foreseen if isinstance(one, Window) else [])
