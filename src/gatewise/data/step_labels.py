"""Series with a label for every step, out of a table with a row a step."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gatewise.data import examples as reasons
from gatewise.data.columns import INPUT_NAMES
from gatewise.data.dates import rare
from gatewise.data.examples import Examples, LeftOut, Steps, excerpt, nothing_left
from gatewise.data.long_table import (
    Columns,
    Series,
    choose,
    is_blank,
    measured,
    rows_in_time,
    series_name,
)
from gatewise.data.opening import existing_file, form
from gatewise.data.row_order import refuse_unless_rare
from gatewise.data.series_table import id_column
from gatewise.data.tables import TABLES, open_table
from gatewise.data.text_table import cell_text, label_text
from gatewise.errors import DataError

# Names that are sure to be those of a time: an hour or a month may well be a measurement.
TIME_NAMES = ("time", "timestamp", "datetime", "date", "ds", "seconds")
LEAST_RUN = 4  # rows of a series on average, where a column is to be seen as its id
NO_LABEL = ""  # the label of a step of which none is known


@dataclass
class _Labelled(Series):
    labels: list[str] = field(default_factory=list)


def read_step_labels(
    path: str | Path,
    *,
    id: str | None = None,
    time: str | None = None,
    target: str | None = None,
    features: str | Sequence[str] | None = None,
    encoding: str | None = None,
    labelled: bool = True,
) -> Examples:
    """Series from CSV, TSV, JSON lines or Parquet, a row for each step and a label in each row.

    A row with a measurement missing is left out, and its series goes on without it. A row without
    a label is read, but its label is unknown.

    Args:
        path: the file.
        id: column that tells the series apart; by default `id`, `unique_id`, `series` or
            `series_id`, or else the file is one series.
        time: column by which the rows of a series are sorted; by default one with a well-known
            name, or else the order of the file.
        target: column with the label; by default one with a well-known name.
        features: columns with measurements; by default every other one that holds numbers.
        encoding: of a text file, if it is not UTF-8.
        labelled: whether labels are expected; without, they are not looked at.

    Returns:
        `Examples` of kind `"steps"`: inputs float32 `[T, I]`, for each a list of T labels, `""`
        where none is known, and `steps` with the rows and times.

    Raises:
        DataError: a column is missing, or no row can be used.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "watch.csv"
    >>> _ = path.write_text("time,x,activity\\n1,0.1,sit\\n2,0.9,walk\\n3,0.8,\\n")
    >>> some = read_step_labels(path)
    >>> some.labels, some.steps[0].rows, some.channels
    ([['sit', 'walk', '']], [2, 3, 4], ['x'])
    """
    path = existing_file(path)
    if form(path) not in TABLES:
        raise DataError(
            f"{path}: expected a table with a row for each step (.csv, .tsv, .jsonl, .parquet), "
            f"got {form(path) or 'no ending'!r}."
        )
    asked = time is not None
    with open_table(path, encoding) as table:
        guessed: list[str] = []
        id, time = _usual(path, table.columns, id, time, guessed)
        chosen, rows = choose(path, table, id, time, features, target, labelled)
        found: dict[str, _Labelled] = {}
        left_out = []
        for item in rows:
            wrong = item if isinstance(item, LeftOut) else _add(found, chosen, *item, labelled)
            if wrong is not None:
                left_out.append(wrong)
        notes = guessed + chosen.notes + table.notes
        names = [table.columns[place] for place in chosen.features]
    if not found:
        raise nothing_left(str(path), "rows", left_out)
    if labelled and not any(label for one in found.values() for label in one.labels):
        assert chosen.target is not None
        raise DataError(
            f"{path}: expected a label in the rows, got none in column "
            f"{table.columns[chosen.target]!r}. Is the right column named with --target?"
        )
    orders = _orders(path, found, time, asked, left_out)
    examples = _examples(path, found, orders, labelled, names, notes, left_out)
    examples.columns = chosen.named(table.columns)
    return examples


def _usual(
    path: Path, names: list[str], id: str | None, time: str | None, notes: list[str]
) -> tuple[str | None, str | None]:
    """The columns of the id and the time, by well-known names where they are not asked for."""
    plain = [name.strip().lower() for name in names]
    if time is None:
        place = next((plain.index(name) for name in TIME_NAMES if name in plain), None)
        time = None if place is None or names[place] == id else names[place]
        if time is not None:
            notes.append(f"took {time!r} as time")
    if id is None:
        place = id_column(path, names, None, set())
        id = None if place is None else names[place]
        notes.append(
            f"took {id!r} as the id of the series" if id is not None
            else "took the file as one series (--id names the column that tells series apart)"
        )  # fmt: skip
    return id, time


def _add(
    found: dict[str, _Labelled], columns: Columns, row: int, cells: list[Any], labelled: bool
) -> LeftOut | None:
    """Take one step, or say why it is left out."""
    name = series_name(cells, columns)
    if columns.id is not None and not name:
        return LeftOut(row, reasons.MISSING_ID)
    told = f"series {name}" if name else ""
    values = measured(cells, columns.features)
    if isinstance(values, str):
        return LeftOut(row, values, told)
    when = None if columns.time is None else cells[columns.time]
    if columns.time is not None and is_blank(when):
        return LeftOut(row, f"{reasons.MISSING_VALUE} in the time column", told)
    label = NO_LABEL
    if labelled and columns.target is not None:
        known = label_text(cells[columns.target])
        if known is None:
            return LeftOut(row, reasons.NOT_A_LABEL, told)
        label = known
    series = found.setdefault(name, _Labelled(row))
    series.values.extend(values)
    series.rows.append(row)
    series.labels.append(label)
    if columns.time is not None:
        series.times.append(when)
    return None


def _orders(
    path: Path,
    found: dict[str, _Labelled],
    time: str | None,
    asked: bool,
    left_out: list[LeftOut],
) -> dict[str, list[int]]:
    """The order of the rows of each series in time; few rows whose time says none are left out."""
    orders = {}
    unread: dict[int, tuple[str, Any]] = {}
    for name, one in found.items():
        order, wrong = rows_in_time(one)
        unread |= {one.rows[place]: (name, one.times[place]) for place in wrong}
        if order:
            orders[name] = order
    cells = [(row, cell) for row, (_, cell) in sorted(unread.items())]
    refuse_unless_rare(path, time or "", asked, cells, sum(len(one.rows) for one in found.values()))
    for row, (name, cell) in unread.items():
        told = f"{cell} in series {name}" if name else str(cell)
        left_out.append(LeftOut(row, reasons.NOT_A_TIME, excerpt(told)))
    left_out.sort(key=lambda item: item.row)
    return orders


def _examples(
    path: Path,
    found: dict[str, _Labelled],
    orders: dict[str, list[int]],
    labelled: bool,
    names: list[str],
    notes: list[str],
    left_out: list[LeftOut],
) -> Examples:
    inputs, labels, steps = [], [], []
    for name, order in orders.items():
        one = found[name]
        values = np.array(one.values, np.float64).reshape(-1, len(names))[order]
        inputs.append(np.ascontiguousarray(values, np.float32))
        labels.append([one.labels[place] for place in order])
        times = [cell_text(one.times[place]) for place in order] if one.times else []
        steps.append(Steps(name or "series", [one.rows[place] for place in order], times))
    unknown = sum(label == NO_LABEL for row in labels for label in row) if labelled else 0
    if unknown:
        notes.append(
            f"{unknown:,} rows have no label: they are read, but neither learned nor scored"
        )
    return Examples(
        kind="steps", inputs=inputs, labels=labels if labelled else None,
        rows=[one.rows[0] for one in steps], left_out=left_out, source=str(path), channels=names,
        notes=notes, steps=steps,
    )  # fmt: skip


class Varying(NamedTuple):
    """A table whose label changes along a series.

    Attributes:
        id: the column that was seen to tell its series apart, where nothing names it.
    """

    id: str | None = None


def labels_vary(path: Path, reading: Mapping[str, Any], rows: int = 20_000) -> Varying | None:
    """Whether a table is plainly one of series with a label for every step: measurements, a label
    and an id or a time are there, no text is, and the label changes within a series.

    Args:
        path: the table.
        reading: `id`, `time`, `target`, `features` and `encoding`, where they are asked for.
        rows: how many of the first are looked at.
    """
    asked = (reading.get("features"), reading.get("target"))
    try:
        with open_table(path, reading.get("encoding")) as table:
            names = table.columns
            id, time = _usual(path, names, reading.get("id"), reading.get("time"), [])
            chosen, found = choose(path, table, id, time, *asked, labelled=True)
            read = [one[1] for one in itertools.islice(found, rows) if not isinstance(one, LeftOut)]
    except DataError:
        return None
    taken = {chosen.id, chosen.time, chosen.target, *chosen.features}
    others = {
        place: ["" if is_blank(cells[place]) else cell_text(cells[place]) for cells in read]
        for place in range(len(names))
        if place not in taken and asked[0] is None
    }
    if any(_texts(names[place], cells) for place, cells in others.items()):
        return None
    seen = None
    if id is None and (others or time is None):
        seen = chosen.id = _told_apart(names, others)
        if seen is None:  # nothing to do with time, or something beside the numbers that is no id
            return None
    return Varying(None if seen is None else names[seen]) if _varies(chosen, read) else None


def _texts(name: str, cells: list[str]) -> bool:
    """Whether a column beside the numbers holds texts: what is said differs from row to row."""
    words = [cell for cell in cells if sum(map(str.isalpha, cell)) > sum(map(str.isdigit, cell))]
    if 2 * len(words) <= len(cells) or _in_runs(cells):
        return False
    several = sum(len(word.split()) > 2 for word in words)
    return (
        name.strip().lower() in INPUT_NAMES
        or 2 * len(set(words)) > len(words)
        or 2 * several > len(words)
    )


def _in_runs(cells: list[str]) -> bool:
    """Whether each value of a column fills rows that stand together, as an id's do; a rare cell
    may be empty.

    >>> _in_runs(["r1"] * 5 + ["r2"] * 4), _in_runs(["r1", "r2"] * 5), _in_runs(["r1", "r2", "r3"])
    (True, False, False)
    """
    filled = [cell for cell in cells if cell]
    runs = sum(1 for _ in itertools.groupby(filled))
    whole = rare(len(cells) - len(filled), len(cells))
    return whole and runs == len(set(filled)) and LEAST_RUN * runs <= len(filled)


def _told_apart(names: list[str], others: dict[int, list[str]]) -> int | None:
    """The column in runs that has the most values, and more than one."""
    counts = {
        place: len(set(filter(None, cells)))
        for place, cells in others.items()
        if _in_runs(cells) and names[place].strip().lower() not in INPUT_NAMES
    }
    counts = {place: count for place, count in counts.items() if count > 1}
    return max(counts, key=lambda place: counts[place], default=None)


def _varies(columns: Columns, rows: list[list[Any]]) -> bool:
    assert columns.target is not None
    before: dict[str, str] = {}
    different = set()
    counted = 0
    for cells in rows:
        name, label = series_name(cells, columns), label_text(cells[columns.target])
        if label and (name or columns.id is None):
            counted += 1
            different.add(label)
            if before.setdefault(name, label) != label and len(different) * 2 <= counted:
                return True
    return False
