"""Series to be continued out of a long table: a row for each time, perhaps an id, a target, more
columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from gatewise.data import columns as pick
from gatewise.data.dates import moments, rare
from gatewise.data.examples import Examples, LeftOut
from gatewise.data.grids import grid, infer
from gatewise.data.off_grid import leave_out
from gatewise.data.opening import existing_file, form
from gatewise.data.series_rows import Rows, gather, label, number
from gatewise.data.tables import TABLES, open_table
from gatewise.data.time_series import FREQUENCIES, TimeSeries
from gatewise.errors import ArgumentError, DataError

TIME_NAMES = ("time", "date", "ds", "timestamp", "datetime", "day", "month", "week", "hour", "year")
TARGET_NAMES = ("y", "target", "value", "sales", "demand", "quantity", "count")
LEAST_TARGETS = 10  # different ones; fewer may be labels
ID_NAMES = ("id", "unique_id", "series", "series_id")


def read_time_series(
    path: str | Path,
    *,
    time: str | None = None,
    target: str | None = None,
    id: str | None = None,
    features: Sequence[str] | None = None,
    season: int | None = None,
    frequency: str | None = None,
    encoding: str | None = None,
) -> Examples:
    """Series with their dates from CSV, TSV, JSON lines or Parquet, a row for each step.

    The step between dates (second to year) is inferred. Missing targets stay missing, and so does
    what a gap leaves out, which a note tells. Rows after the last target give the covariates of the
    future. A row whose date or target cannot be read is left out, and so is the second row of a
    date; what is no number in a further column is missing. So are few dates that lie between two
    steps or far from all others. Times with offsets are told in UTC. Notes and `left_out` tell of
    it.

    Args:
        path: the file.
        time: column of dates (2024-05-01, 2024-05, 2024-05-01T12:00; 1/5/2024 where the column
            shows which is the day) or whole numbers; by default one with a well-known name.
        target: column to forecast; by default one with a well-known name or the only one there is.
        id: column that tells the series apart; by default `id`, `unique_id` or `series`, or else
            the file is one series.
        features: further columns of numbers; by default all that there are.
        season: steps in a season; by default 12 for months, 4 for quarters, 7 for days, 24 for
            hours, and so on; 1, that is none, for whole numbers.
        frequency: the step to expect, where so few dates stand that it could be another: a week of
            business days.
        encoding: of a text file, if it is not UTF-8.

    Returns:
        `Examples` of kind `"forecast"`, whose inputs are `TimeSeries`; `row` is a series' first.

    Raises:
        DataError: a column is missing, more than half of the dates or targets cannot be read or of
            the dates stand twice, more than one time in twenty does not lie on an even grid.
    """
    path = existing_file(path)
    if form(path) not in TABLES:
        raise DataError(
            f"{path}: expected a table of dates and numbers (.csv, .tsv, .jsonl, .parquet), got "
            f"{form(path) or 'no ending'!r}."
        )
    with open_table(path, encoding) as table:
        places = _places(path, table.columns, time, target, id, features)
        names_of = (places.time, places.target, places.id, places.others)
        found, left_out, more = gather(path, table, *names_of)
        columns = pick.named(table.columns, time=places.time, target=places.target, id=places.id)
        notes = [*places.notes, *table.notes, *more]
    notes += _numbers_alone(path, places, found)
    frequency = infer(path, [one.at for one in found.values()], frequency)
    left_out += leave_out(path, found, frequency)
    names = tuple(places.names)
    kept, rows = [], []
    for name, one in sorted(found.items(), key=lambda item: min(item[1].rows)):
        series = _series(name, one, frequency, season, names, notes)
        if series is None:
            left_out.append(LeftOut(min(one.rows), "no target at all", f"series {name}"))
        else:
            kept.append(series)
            rows.append(min(one.rows))
    left_out.sort(key=lambda item: item.row)
    if not kept:
        raise DataError(f"{path}: expected numbers in the target column, got none.")
    return Examples(
        kind="forecast", inputs=kept, labels=None, rows=rows, left_out=left_out,
        source=str(path), channels=list(names), notes=notes, columns=columns,
    )  # fmt: skip


@dataclass
class _Places:
    time: int
    target: int
    id: int | None
    columns: list[int] | None  # as asked
    others: list[int]
    names: list[str]
    notes: list[str]


def _places(path, names, time, target, id, features) -> _Places:
    notes = []
    when = _one(path, names, time, TIME_NAMES, "--time", set())
    which = id_column(path, names, id, {when})
    taken = {when, which}
    if target is None and (left := [n for n in range(len(names)) if n not in taken]) == left[:1]:
        goal = left[0] if left else _one(path, names, None, TARGET_NAMES, "--target", taken)
    else:
        goal = _one(path, names, target, TARGET_NAMES, "--target", taken)
    chosen = [place for place in (when, goal, which) if place is not None]
    if len(set(chosen)) < len(chosen):
        raise ArgumentError(
            "--time, --target and --id: expected different columns, got "
            f"{pick.listed([names[place] for place in chosen])}."
        )
    taken.add(goal)
    guessed = [f"{names[place]!r} as {what}" for what, place, asked in
               (("time", when, time), ("target", goal, target), ("id", which, id))
               if asked is None and place is not None]  # fmt: skip
    if guessed:
        notes.append(f"took {', '.join(guessed)}")
    columns = None
    if features is not None:
        columns = [pick.find(path, names, name, "--features") for name in features]
        if clash := [names[n] for n in columns if n in taken]:
            raise ArgumentError(f"--features: {clash[0]!r} is already the id, time or target. "
                                "Leave it out.")  # fmt: skip
    others = columns if columns is not None else [n for n in range(len(names)) if n not in taken]
    return _Places(when, goal, which, columns, others, [names[n] for n in others], notes)


def _one(path, names, asked, known, option, taken) -> int:
    if asked is not None:
        return pick.find(path, names, asked, option)
    plain = [name.strip().lower() for name in names]
    for name in known:
        if name in plain and plain.index(name) not in taken:
            return plain.index(name)
    what = {"--time": "time", "--target": "number to forecast"}[option]
    raise DataError(
        f"{path}: which column holds the {what} is not clear. The columns are "
        f"{pick.listed(names)}. Name it with {option} COLUMN."
    )


def id_column(path, names, asked, taken) -> int | None:
    """The column that tells series apart: as asked, or one with a well-known name."""
    if asked is not None:
        return pick.find(path, names, asked, "--id")
    plain = [name.strip().lower() for name in names]
    return next((plain.index(n) for n in ID_NAMES if n in plain and plain.index(n) not in taken),
                None)  # fmt: skip


def dates_and_numbers(path: Path, reading: Mapping[str, Any], rows: int = 200) -> bool:
    """Whether a table's first rows are plainly series to be continued: dates under a well-known
    name, a target of many different numbers, and nothing beside them but numbers and an id."""
    try:
        with open_table(path, reading.get("encoding")) as table:
            time, target, id = (reading.get(name) for name in ("time", "target", "id"))
            places = _places(path, table.columns, time, target, id, reading.get("features"))
            found = [one[1] for one in islice(table.rows(list(range(len(table.columns)))), rows)
                     if not isinstance(one, LeftOut)]  # fmt: skip
    except (ArgumentError, DataError):
        return False
    times, _ = moments([cells[places.time] for cells in found])
    targets = [number(cells[places.target]) for cells in found]
    others = [number(cells[place]) for cells in found for place in places.others]
    dates = sum(isinstance(one, datetime) for one in times)
    return (
        rare(len(found) - dates, len(found))
        and rare(targets.count(None), len(targets))
        and rare(others.count(None), len(others))
        and len({one for one in targets if one is not None and isfinite(one)}) >= LEAST_TARGETS
    )


def _numbers_alone(path: Path, places: _Places, found: dict[str, Rows]) -> list[str]:
    """Make cells of further columns that are no numbers missing ones, and drop the columns that
    hold mostly such, unless they were asked for; say both."""
    values = {name: np.array(one.values) for name, one in found.items()}
    further = np.concatenate(list(values.values()))[:, 1:]
    text, good = np.isinf(further).sum(axis=0), np.isfinite(further).sum(axis=0)
    mostly = text > good
    if places.columns is not None and mostly.any():
        place = int(np.flatnonzero(mostly)[0])
        raise DataError(
            f"{path}: --features: expected numbers in column {places.names[place]!r}, got "
            f"something else in {text[place]:,} of {text[place] + good[place]:,} cells. "
            "Leave it out, or make numbers of it."
        )
    notes = _told_of(places.names, text, good, mostly)
    kept = np.flatnonzero(~mostly)
    places.names = [places.names[place] for place in kept]
    for name, one in found.items():
        numbers = np.where(np.isinf(values[name]), np.nan, values[name])
        one.values = numbers[:, [0, *(kept + 1)]].tolist()
    return notes


def _told_of(names: list[str], text: np.ndarray, good: np.ndarray, mostly: np.ndarray) -> list[str]:
    """Notes on columns without numbers, on cells that are none, and on columns of mostly such;
    `text` and `good` count such cells and numbers of each column."""
    empty = [
        f"column {names[place]!r} has no number at all; it tells the model nothing"
        for place in np.flatnonzero((good == 0) & (text == 0))
    ]
    some = [
        f"column {names[place]!r}: {text[place]:,} "
        f"{'cell is no number' if text[place] == 1 else 'cells are no numbers'}; counted as unknown"
        for place in np.flatnonzero((text > 0) & ~mostly)
    ]
    dropped = [names[place] for place in np.flatnonzero(mostly)]
    left = [f"left out columns that are not numbers: {pick.listed(dropped)}"] if dropped else []
    return [*empty, *some, *left]


def _series(name, one: Rows, frequency, season, names, notes) -> TimeSeries | None:
    """A series on its grid, from its first target to its last."""
    place, full = grid(one.at, frequency, label(name), notes)
    values = np.full((len(full), 1 + len(names)), np.nan)
    values[place] = np.array(one.values)
    known = np.flatnonzero(np.isfinite(values[:, 0]))
    if not len(known):
        return None
    begin, end = int(known[0]), int(known[-1]) + 1
    return TimeSeries(
        name=name or "series", times=full[begin:end], target=values[begin:end, 0],
        covariates=values[begin:, 1:], frequency=frequency,
        season=season or FREQUENCIES[frequency][2], columns=names,
    )  # fmt: skip
