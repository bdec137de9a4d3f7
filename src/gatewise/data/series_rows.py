"""The rows of a long table with dates: those that can be used, by series and sorted by date."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gatewise.data import examples as reasons
from gatewise.data.dates import MOST_STEP, as_array, contradiction, moments, told
from gatewise.data.examples import LeftOut, excerpt
from gatewise.data.tables import Table
from gatewise.data.text_table import label_text, missing
from gatewise.errors import DataError

TEXT = np.inf  # marks a cell that is no number, until its column is known to be kept
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
DRESSED = re.compile(r"[$€£¥]?\s*[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?\s*[$€£¥%]?")
NO_VALUE = {"", "na", "nan", "n/a", "null", "none", "?", "-"}  # of a column of numbers


@dataclass
class Rows:
    """The rows of one series, as they stand in the file and then sorted by `at`."""

    rows: list[int] = field(default_factory=list)
    times: list[Any] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=list)  # target, then covariates
    at: np.ndarray = field(default_factory=lambda: np.empty(0))  # the times once they are read

    def keep(self, places: Sequence[int]) -> None:
        """Only these rows, in this order."""
        self.rows = [self.rows[place] for place in places]
        self.times = [self.times[place] for place in places]
        self.values = [self.values[place] for place in places]


def gather(
    path: Path, table: Table, time: int, target: int, id: int | None, others: list[int]
) -> tuple[dict[str, Rows], list[LeftOut], list[str]]:
    """The usable rows of each series by its name, those left out, and notes.

    A row without a readable date or target is left out, and so is every row but the first of a
    date. What is infinite or `nan` counts as a missing target, which a note tells.

    Raises:
        DataError: there are no rows, or more than half of them are wrong in the same way.
    """
    read = _Read()
    for item in table.rows(list(range(len(table.columns)))):
        if isinstance(item, LeftOut):
            read.left_out.append(item)
            continue
        row, cells = item
        name = "" if id is None else label_text(cells[id]) or ""
        if id is not None and not name:
            read.left_out.append(LeftOut(row, reasons.MISSING_ID))
        else:
            values = [cells[place] for place in (target, *others)]
            read.add(row, name, cells[time], values)
    if not read.count:
        raise DataError(f"{path}: expected a row for each time, got none.")
    column, found = table.columns[target], read.found
    notes: list[str] = []
    left_out = [
        *read.left_out,
        *_without_target(path, column, read.wrong, read.count),
        *_read_times(path, found, notes),
        *_once_each(path, found),
    ]
    return found, left_out, [*notes, *_missing_told(column, found, read.odd)]


@dataclass
class _Read:
    """What the rows of a table say: `wrong` are those whose target is none, with its cell; `odd`
    those where it is infinite or `nan`; `count` rows with the name of a series."""

    found: dict[str, Rows] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    wrong: list[tuple[int, Any]] = field(default_factory=list)
    odd: set[int] = field(default_factory=set)
    count: int = 0

    def add(self, row: int, name: str, time: Any, cells: list[Any]) -> None:
        """One row; the first of its cells is the target."""
        self.count += 1
        target, *others = (number(cell) for cell in cells)
        if target is None:
            self.wrong.append((row, cells[0]))
            return
        if not np.isfinite(target) and not _empty(cells[0]):
            self.odd.add(row)
        series = self.found.setdefault(name, Rows())
        series.rows.append(row)
        series.times.append(time)
        series.values.append([target, *(TEXT if one is None else one for one in others)])


def label(name: str) -> str:
    """How a series is called in messages."""
    return f"series {name}" if name else "the series"


def number(cell: Any) -> float | None:
    """The number in a cell, NaN for a missing one, None for what is no number."""
    if cell is None or (isinstance(cell, str) and cell.strip().lower() in NO_VALUE):
        return float("nan")
    try:
        value = float(cell)
    except (TypeError, ValueError):
        return None
    return value if np.isfinite(value) else float("nan")


def _empty(cell: Any) -> bool:
    """Whether a cell without a number says that it has none, other than by `nan`."""
    return missing(cell) or (isinstance(cell, str) and cell.strip().lower() in NO_VALUE - {"nan"})


def _without_target(
    path: Path, column: str, wrong: list[tuple[int, Any]], count: int
) -> list[LeftOut]:
    if 2 * len(wrong) > count:
        row, cell = wrong[0]
        remedy = "Leave the cell empty where the number is missing."
        text = str(cell).strip()
        if DECIMAL_COMMA.fullmatch(text):
            remedy = f"Write numbers with a decimal point: {text.replace(',', '.')}."
        elif DRESSED.fullmatch(text):
            remedy = f"Write the number alone: {re.sub('[^0-9.+-]', '', text)}."
        raise DataError(
            f"{path}, row {row}: expected a number in column {column!r}, got {excerpt(cell)!r}, "
            f"as in {len(wrong):,} of {count:,} rows. {remedy}"
        )
    return [LeftOut(row, f"{reasons.NOT_A_NUMBER} in column {column!r}", excerpt(cell))
            for row, cell in wrong]  # fmt: skip


def _read_times(path: Path, found: dict[str, Rows], notes: list[str]) -> list[LeftOut]:
    """Read the times of all series alike; rows whose time says none are left out."""
    cells = [cell for one in found.values() for cell in one.times]
    rows = [row for one in found.values() for row in one.rows]
    times, told_of = moments(cells)
    notes += told_of
    wrong = [place for place, moment in enumerate(times) if moment is None]
    if 2 * len(wrong) > len(cells):
        raise DataError(f"{path}, {_no_dates(rows, cells, wrong)}")
    begin = 0
    for name, one in list(found.items()):
        here = times[begin : begin + len(one.rows)]
        begin += len(one.rows)
        one.keep([place for place, moment in enumerate(here) if moment is not None])
        one.at = as_array([moment for moment in here if moment is not None])
        if not one.rows:
            del found[name]
    return [LeftOut(rows[place], reasons.NOT_A_DATE, excerpt(cells[place])) for place in wrong]


def _no_dates(rows: list[int], cells: list[Any], wrong: list[int]) -> str:
    """What most cells of a column lack to be dates, with a row that shows it, and the remedy."""
    if found := contradiction(cells):
        odd, usual = found
        return (
            f"row {rows[odd]}: --time: expected day and month in one order, got "
            f"{excerpt(cells[odd])!r} beside {excerpt(cells[usual])!r} in row {rows[usual]}. "
            "Write the year first."
        )
    cell = cells[wrong[0]]
    remedy = "Write the year first."
    if number(cell) is not None and np.isfinite(float(cell or "nan")):
        remedy = "Make dates of Unix seconds, or number the steps 1, 2, 3."
    elif "/" in str(cell):
        remedy = "Where 1/2/2024 may be of January or of February, write the year first."
    return (
        f"row {rows[wrong[0]]}: --time: expected a date such as 2024-05-01, 2024-05 or "
        f"2024-05-01T12:00, or step numbers below {MOST_STEP:,} throughout, got "
        f"{str(cell)[:40]!r}, as in {len(wrong):,} of {len(cells):,} rows. {remedy}"
    )


def _once_each(path: Path, found: dict[str, Rows]) -> list[LeftOut]:
    """Sort each series by its times; of rows with the same time the first of the file stays."""
    left_out: list[LeftOut] = []
    repeated = dates = count = 0
    message = ""
    for name, one in found.items():
        order = np.argsort(one.at, kind="stable")
        first = np.concatenate([[True], np.diff(one.at[order]).astype(int) != 0])
        kept = order[np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))]
        for here, stays in zip(order[~first], kept[~first], strict=True):
            row, before = one.rows[here], one.rows[stays]
            message = message or (
                f"{path}: {label(name)}: two rows for {one.times[here]} (rows {before} and {row})"
            )
            shown = f"{label(name)}, {told(one.at[here])}"
            left_out.append(LeftOut(row, f"{reasons.REPEATED_DATE} of row {before}", shown))
        repeated += len(np.unique(kept[~first]))
        dates += int(first.sum())
        count += len(order)
        one.at = one.at[order[first]]
        one.keep(order[first].tolist())
    # Series laid one upon the other repeat most of their dates; that is no slip in a row.
    if 2 * repeated > dates or 2 * len(left_out) > count:
        raise DataError(
            f"{message}, and {repeated:,} of {dates:,} dates stand more than once. Keep one row "
            "of each, or name the column that tells the series apart with --id."
        )
    return left_out


def _missing_told(column: str, found: dict[str, Rows], odd: set[int]) -> list[str]:
    """Notes on targets that are missing where a row stands, but not on those of the future."""
    empty = infinite = 0
    for one in found.values():
        known = np.isfinite(np.array(one.values)[:, 0])
        places = np.flatnonzero(known)
        inside = np.arange(places[0], places[-1]) if len(places) else places
        infinite += sum(row in odd for row in one.rows)
        empty += sum(not known[place] and one.rows[place] not in odd for place in inside)
    told = [(infinite, "infinite or nan"), (empty, "empty within a series")]
    return [
        f"column {column!r}: {number:,} {'target is' if number == 1 else 'targets are'} {what}; "
        "counted as unknown"
        for number, what in told if number
    ]  # fmt: skip
