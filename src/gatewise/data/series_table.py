"""Series to be continued out of a long table: a row for each time, perhaps an id, a target, more
columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from gatewise.data import columns as pick
from gatewise.data.dates import grid, infer, moments
from gatewise.data.examples import MISSING_ID, Examples, LeftOut
from gatewise.data.opening import existing_file, form
from gatewise.data.tables import TABLES, open_table
from gatewise.data.text_table import label_text
from gatewise.data.time_series import FREQUENCIES, TimeSeries
from gatewise.errors import ArgumentError, DataError

TIME_NAMES = ("time", "date", "ds", "timestamp", "datetime", "day", "month", "week", "hour", "year")
TARGET_NAMES = ("y", "target", "value", "sales", "demand", "quantity", "count")
ID_NAMES = ("id", "unique_id", "series", "series_id")
TEXT = np.inf  # marks a cell that is no number, until its column is known to be kept
MISSING = {"", "na", "nan", "n/a", "null", "none", "?", "-"}


@dataclass
class _Rows:
    """The rows of one series as they stand in the file."""

    rows: list[int] = field(default_factory=list)
    times: list[Any] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=list)  # target, then covariates


def read_time_series(
    path: str | Path,
    *,
    time: str | None = None,
    target: str | None = None,
    id: str | None = None,
    features: Sequence[str] | None = None,
    season: int | None = None,
    encoding: str | None = None,
) -> Examples:
    """Series with their dates from CSV, TSV, JSON lines or Parquet, a row for each step.

    The step between dates (second to year) is inferred. Missing targets stay missing, and so does
    what a gap leaves out, which a note tells. Rows after the last target give the covariates of the
    future.

    Args:
        path: the file.
        time: column of dates (2024-05-01, 2024-05, 2024-05-01T12:00) or whole numbers; by default
            one with a well-known name.
        target: column to forecast; by default one with a well-known name or the only one there is.
        id: column that tells the series apart; by default `id`, `unique_id` or `series`, or else
            the file is one series.
        features: further columns of numbers; by default all that there are.
        season: steps in a season; by default 12 for months, 4 for quarters, 7 for days, 24 for
            hours, and so on; 1, that is none, for whole numbers.
        encoding: of a text file, if it is not UTF-8.

    Returns:
        `Examples` of kind `"forecast"`, whose inputs are `TimeSeries`; `row` is a series' first.

    Raises:
        DataError: a column is missing, a date cannot be read, two rows have the same time, times do
            not lie on an even grid.
    """
    path = existing_file(path)
    if form(path) not in TABLES:
        raise DataError(
            f"{path}: expected a table of dates and numbers (.csv, .tsv, .jsonl, .parquet), got "
            f"{form(path) or 'no ending'!r}."
        )
    with open_table(path, encoding) as table:
        places = _places(path, table.columns, time, target, id, features)
        found, left_out = _gather(path, table, places)
        notes = [*places.notes, *table.notes]
    if places.columns is None:  # nobody named the features: those that are numbers
        notes += _keep_numbers(places, found)
    frequency = infer(path, found, lambda one: moments(path, one.times, one.rows))
    names = tuple(places.names)
    kept, rows = [], []
    for name, one in sorted(found.items(), key=lambda item: item[1].rows[0]):
        series = _series(path, name, one, frequency, season, names, notes)
        if series is None:
            left_out.append(LeftOut(one.rows[0], "no target at all", f"series {name}"))
        else:
            kept.append(series)
            rows.append(one.rows[0])
    if not kept:
        raise DataError(f"{path}: expected numbers in the target column, got none.")
    return Examples(
        kind="forecast", inputs=kept, labels=None, rows=rows, left_out=left_out,
        source=str(path), channels=list(names), notes=notes,
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


def _gather(path, table, places: _Places) -> tuple[dict[str, _Rows], list[LeftOut]]:
    found: dict[str, _Rows] = {}
    left_out: list[LeftOut] = []
    for item in table.rows(list(range(len(table.columns)))):
        if isinstance(item, LeftOut):
            left_out.append(item)
            continue
        row, cells = item
        name = "" if places.id is None else label_text(cells[places.id]) or ""
        if places.id is not None and not name:
            left_out.append(LeftOut(row, MISSING_ID))
            continue
        series = found.setdefault(name, _Rows())
        series.rows.append(row)
        series.times.append(cells[places.time])
        value = _number(cells[places.target])
        if value is None:
            raise DataError(
                f"{path}, row {row}: expected a number in column "
                f"{table.columns[places.target]!r}, got {cells[places.target]!r}. Leave the cell "
                "empty where the number is missing."
            )
        others = (_number(cells[place]) for place in places.others)
        series.values.append([value, *(TEXT if one is None else one for one in others)])
    if not found:
        raise DataError(f"{path}: expected a row for each time, got none.")
    return found, left_out


def _number(cell: Any) -> float | None:
    """The number in a cell, NaN for a missing one, None for what is no number."""
    if cell is None or (isinstance(cell, str) and cell.strip().lower() in MISSING):
        return float("nan")
    try:
        value = float(cell)
    except (TypeError, ValueError):
        return None
    return value if np.isfinite(value) else float("nan")


def _keep_numbers(places: _Places, found: dict[str, _Rows]) -> list[str]:
    """Drop the columns that hold other things than numbers, and say so."""
    wrong = np.zeros(len(places.others), bool)
    for one in found.values():
        wrong |= np.isinf(np.array(one.values)[:, 1:]).any(axis=0)
    if not wrong.any():
        return []
    for one in found.values():
        values = np.array(one.values)
        one.values = np.concatenate([values[:, :1], values[:, 1:][:, ~wrong]], axis=1).tolist()
    dropped = [name for name, bad in zip(places.names, wrong, strict=True) if bad]
    places.names = [name for name, bad in zip(places.names, wrong, strict=True) if not bad]
    return [f"left out columns that are not numbers: {pick.listed(dropped)}"]


def _series(path, name, one: _Rows, frequency, season, names, notes) -> TimeSeries | None:
    """A series on its grid, from its first target to its last."""
    times = moments(path, one.times, one.rows)
    order = np.argsort(times, kind="stable")
    label = f"series {name}" if name else "the series"
    for before, here in pairwise(order):
        if times[before] == times[here]:
            raise DataError(
                f"{path}: {label}: two rows for {one.times[here]} (rows {one.rows[before]} and "
                f"{one.rows[here]}). Keep one of them, or name the column that tells the series "
                "apart with --id."
            )
    places, full = grid(path, times[order], frequency, label, notes)
    values = np.full((len(full), 1 + len(names)), np.nan)
    values[places] = np.array(one.values)[order]
    if np.isinf(values).any():
        column = names[int(np.argwhere(np.isinf(values))[0][1]) - 1]
        raise DataError(f"{path}: {label}: expected numbers in column {column!r}, got text.")
    known = np.flatnonzero(np.isfinite(values[:, 0]))
    if not len(known):
        return None
    begin, end = int(known[0]), int(known[-1]) + 1
    return TimeSeries(
        name=name or "series", times=full[begin:end], target=values[begin:end, 0],
        covariates=values[begin:, 1:], frequency=frequency,
        season=season or FREQUENCIES[frequency][2], columns=names,
    )  # fmt: skip
