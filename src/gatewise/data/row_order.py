"""The order of a table's rows in time, and the rows whose time says none."""

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from gatewise.data.dates import rare
from gatewise.data.examples import excerpt
from gatewise.errors import DataError


def in_time(times: Sequence[Any]) -> tuple[list[int], list[int]]:
    """The places of times in their order, equal ones as they stand, and those of cells that say
    none. Times are numbers or, where more cells are such, dates.

    >>> in_time(["2", "10", "late", "1"]), in_time(["2024-02-01", 7, "2024-01-01"])
    (([3, 0, 1], [2]), ([2, 0], [1]))
    """
    keys = [_finite(time) for time in times]
    if None in keys:
        dates = [_moment(time) for time in times]
        keys = dates if dates.count(None) < keys.count(None) else keys
    read = [(key, place) for place, key in enumerate(keys) if key is not None]
    return [place for _, place in sorted(read)], [n for n, key in enumerate(keys) if key is None]


def refuse_unless_rare(
    path: Path, column: str, asked: bool, wrong: list[tuple[int, Any]], count: int
) -> None:
    """Raise a `DataError` where more than few of `count` rows have a time that says none.

    Args:
        path: the table.
        column: that of the time.
        asked: whether the user named it.
        wrong: row and cell of each such time.
        count: rows with a time.
    """
    if rare(len(wrong), count):
        return
    row, cell = wrong[0]
    remedy = "leave --time and the column out: the file's order is kept"
    if not asked:
        remedy = "name another column with --time, or leave this one out: the file's order is kept"
    raise DataError(
        f"{path}, row {row}: --time: expected numbers or dates such as 2024-05-01T12:00:00 in "
        f"column {column!r}, got {excerpt(cell)!r}, as in {len(wrong):,} of {count:,} rows. Write "
        f"the times that way, or {remedy}."
    )


def number(cell: Any) -> float | None:
    """The number in a cell, or None where there is another thing, or a date."""
    if isinstance(cell, (datetime, date)):
        return None
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None


def _finite(cell: Any) -> float | None:
    found = number(cell)
    return found if found is not None and math.isfinite(found) else None


def _moment(time: Any) -> float | None:
    if isinstance(time, str):
        try:
            time = datetime.fromisoformat(time.strip())
        except ValueError:
            return None
    if isinstance(time, date) and not isinstance(time, datetime):
        time = datetime(time.year, time.month, time.day)
    if not isinstance(time, datetime):
        return None
    # Differences rather than timestamp(): that reads times without a zone as local ones, and an
    # hour happens twice on the day the clocks go back.
    naive = time.replace(tzinfo=None) - (time.utcoffset() or timedelta())
    return (naive - datetime(1970, 1, 1)) / timedelta(seconds=1)
