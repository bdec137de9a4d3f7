"""Measurements out of a table with one row a time step: an id, a time, features, a label."""

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from gatewise.data import columns as pick
from gatewise.data import examples as reasons
from gatewise.data.examples import Examples, LeftOut, excerpt
from gatewise.data.opening import nearest
from gatewise.data.row_order import in_time, number, refuse_unless_rare
from gatewise.data.series import Collector
from gatewise.data.tables import Row, Table, open_table
from gatewise.data.text_table import label_text, missing
from gatewise.errors import ArgumentError, DataError

_PEEK = 100
_LARGEST = float(np.finfo(np.float32).max)  # of a measurement: beyond, float32 holds infinity


@dataclass
class Series:
    """The rows of one series so far; `reason` is why it cannot be used, if it cannot."""

    row: int
    values: array = field(default_factory=lambda: array("d"))
    rows: list[int] = field(default_factory=list)
    times: list[Any] = field(default_factory=list)  # of each row; empty without a time column
    label: str = ""
    reason: str = ""


@dataclass
class Columns:
    """The places of the columns in use; without `id` the table is one series."""

    id: int | None
    time: int | None
    target: int | None
    features: list[int]
    notes: list[str]

    def named(self, names: list[str]) -> dict[str, str]:
        """Their names, by what they are read as."""
        return pick.named(names, id=self.id, time=self.time, target=self.target)


class NoMeasurements(DataError):
    """A table has no column with numbers beside those in use."""

    def __init__(self, path: Path, names: list[str]):
        self.columns = names
        super().__init__(
            f"{path}: --features: no column with numbers is left for the measurements. The "
            f"columns are {pick.listed(names)}."
        )


def read_measurements(
    path: Path,
    id: str,
    time: str | None,
    features: str | Sequence[str] | None,
    target: str | None,
    encoding: str | None,
    labelled: bool,
) -> Examples:
    """Read series `[T, I]`, the rows of each sorted by `time`; `row` is a series' first row."""
    with open_table(path, encoding) as table:
        chosen, rows = choose(path, table, id, time, features, target, labelled)
        left_out: list[LeftOut] = []
        found: dict[str, Series] = {}
        for item in rows:
            if isinstance(item, LeftOut):
                left_out.append(item)
            elif not (name := series_name(item[1], chosen)):
                left_out.append(LeftOut(item[0], reasons.MISSING_ID))
            else:
                series = found.setdefault(name, Series(item[0]))
                _add_step(series, chosen, item[0], item[1], labelled)
        notes = chosen.notes + table.notes
        names = [table.columns[place] for place in chosen.features]
    collected = Collector(path, labelled)
    for item in left_out:
        collected.leave_out(item)
    orders = _orders(path, list(found.values()), time)
    for (name, series), order in zip(found.items(), orders, strict=True):
        if series.reason:
            collected.leave_out(LeftOut(series.row, series.reason, f"series {excerpt(name)}"))
        else:
            values = np.array(series.values, np.float64).reshape(-1, len(names))
            collected.add(series.row, values[order], series.label)
    examples = collected.examples(names, notes)
    examples.columns = chosen.named(table.columns)
    return examples


def _orders(path: Path, found: list[Series], time: str | None) -> list[list[int]]:
    """The order of the rows of each series; one with a time that says none gets a reason."""
    orders, unread, count = [], [], 0
    for series in found:
        order, wrong = rows_in_time(series)
        orders.append(order)
        if series.reason:
            continue
        count += len(series.rows)
        blank = [place for place in wrong if is_blank(series.times[place])]
        unread += [(series.rows[place], series.times[place]) for place in wrong
                   if place not in blank]  # fmt: skip
        if blank:
            series.reason = f"{reasons.MISSING_VALUE} in the time column"
        elif wrong:
            series.reason = f"{reasons.NOT_A_TIME} in row {series.rows[wrong[0]]}"
    refuse_unless_rare(path, time or "", True, unread, count)
    return orders


def rows_in_time(series: Series) -> tuple[list[int], list[int]]:
    """The places of a series' rows in time, and those whose time says none; without a time column
    all as they stand."""
    return in_time(series.times) if series.times else (list(range(len(series.rows))), [])


def is_blank(cell: Any) -> bool:
    """Whether a cell says nothing."""
    return missing(cell) or (isinstance(cell, str) and not cell.strip())


def series_name(cells: list[Any], columns: Columns) -> str:
    """What a row's id says, and nothing where it says nothing."""
    return "" if columns.id is None else label_text(cells[columns.id]) or ""


def choose(
    path: Path,
    table: Table,
    id: str | None,
    time: str | None,
    features: str | Sequence[str] | None,
    target: str | None,
    labelled: bool,
) -> tuple[Columns, Iterator[Row | LeftOut]]:
    """The columns to use, and the rows with their cells in the order of the table's columns."""
    names = table.columns
    place = pick.find(path, names, id, "--id") if id is not None else None
    when = pick.find(path, names, time, "--time") if time is not None else None
    rows = table.rows(list(range(len(names))))
    before = list(islice(rows, _PEEK))
    rows = chain(before, rows)
    numeric = _numeric(before, len(names)) - {place, when}
    if features is None and not numeric:
        raise NoMeasurements(path, names)
    goal = _target(path, names, target, {place, when}) if labelled else None
    taken = {place, when, goal}
    notes = _told(names, goal, target)
    if features is not None:
        chosen = _named_features(path, names, features, taken)
        return Columns(place, when, goal, chosen, notes), rows
    if not labelled:  # a file to predict on may well hold labels; they are not measurements
        known = {(target or "").strip().lower(), *pick.TARGET_NAMES[:5]}
        taken |= {one for one, name in enumerate(names) if name.strip().lower() in known}
    chosen = sorted(numeric - taken)
    if not chosen:
        raise NoMeasurements(path, names)
    notes.append(f"took {pick.listed([names[one] for one in chosen])} as measurements")
    return Columns(place, when, goal, chosen, notes), rows


def _named_features(
    path: Path, names: list[str], features: str | Sequence[str], taken: set[int | None]
) -> list[int]:
    wanted = [features] if isinstance(features, str) else list(features)
    chosen = [pick.find(path, names, name, "--features") for name in wanted]
    clash = [names[one] for one in chosen if one in taken]
    if clash:
        raise ArgumentError(
            f"--features: {clash[0]!r} is already the id, time or label. Leave it out."
        )
    return chosen


def _told(names: list[str], goal: int | None, target: str | None) -> list[str]:
    return [f"took column {names[goal]!r} as label"] if goal is not None and not target else []


def _target(path: Path, names: list[str], target: str | None, taken: set[int | None]) -> int:
    if target is not None:
        return pick.find(path, names, target, "--target")
    plain = [name.strip().lower() for name in names]
    for known in pick.TARGET_NAMES:
        if known in plain and plain.index(known) not in taken:
            return plain.index(known)
    raise DataError(
        f"{path}: which column holds the label is not clear.{nearest('label', names)} The columns "
        f"are {pick.listed(names)}. Name it with --target COLUMN."
    )


def _numeric(rows: list[Row | LeftOut], width: int) -> set[int]:
    """The places of the columns that hold measurements in the first rows of a table."""
    cells = [item[1] for item in rows if not isinstance(item, LeftOut)]
    return {place for place in range(width) if _measures([row[place] for row in cells])}


def _measures(cells: Sequence[Any]) -> bool:
    """Whether a column holds measurements: numbers in more than half of the cells that hold
    anything.

    >>> _measures(["", "r1", "r1"]), _measures(["", "1.5", "much", "2"]), _measures(["", ""])
    (False, True, True)
    """
    filled = [cell for cell in cells if not is_blank(cell)]
    numbers = sum(number(cell) is not None for cell in filled)
    return not filled or 2 * numbers > len(filled)


def _add_step(series: Series, columns: Columns, row: int, cells: list, labelled: bool) -> None:
    if series.reason:
        return
    found = measured(cells, columns.features)
    if isinstance(found, str):
        series.reason = f"{found} in row {row}"
        return
    series.values.extend(found)
    series.rows.append(row)
    if columns.time is not None:
        series.times.append(cells[columns.time])
    if labelled and columns.target is not None:
        label = label_text(cells[columns.target])
        if label is None:
            series.reason = reasons.NOT_A_LABEL
        elif label and series.label and label != series.label:
            series.reason = f"{reasons.LABEL_VARIES}: {series.label}, then {label} in row {row}"
        series.label = series.label or label or ""


def measured(cells: list[Any], places: Sequence[int]) -> list[float] | str:
    """The numbers in a row's cells, or the reason why they cannot be used."""
    found = []
    for place in places:
        cell = cells[place]
        value = math.nan if is_blank(cell) else number(cell)
        if value is None or not abs(value) <= _LARGEST:
            return reasons.NOT_A_NUMBER if value is None else reasons.MISSING_VALUE
        found.append(value)
    return found
