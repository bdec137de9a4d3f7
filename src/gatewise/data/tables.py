"""Tables of any file format, as columns and rows: the one view the readers work on."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol

from gatewise.data import examples as reasons
from gatewise.data.examples import LeftOut, excerpt
from gatewise.data.opening import form, text_lines
from gatewise.data.records import FIELD_LIMIT, Records, delimiter_of
from gatewise.errors import ArgumentError, DataError

DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
JSON_LINES = (".jsonl", ".ndjson", ".json")
PARQUET = (".parquet", ".pq")
TABLES = (*DELIMITERS, *JSON_LINES, *PARQUET)  # endings of what `open_table` opens
_PEEK = 100

Row = tuple[int, list[Any]]


class Table(Protocol):
    """A table being read: its columns and, once, its rows."""

    columns: list[str]
    notes: list[str]

    def rows(self, places: list[int]) -> Iterator[Row | LeftOut]:
        """`(row, values at places)` of each row, or why a row is left out."""
        ...


@contextmanager
def open_table(path: Path, encoding: str | None) -> Iterator[Table]:
    """The table in a .csv, .tsv, .jsonl or .parquet file."""
    kind = form(path)
    if kind in PARQUET:
        if encoding is not None:
            raise ArgumentError(f"--encoding: {path} is Parquet, which is always UTF-8. Drop it.")
        yield _open_parquet(path)
        return
    with text_lines(path, encoding) as lines:
        if kind in JSON_LINES:
            yield _JsonTable(path, lines)
            return
        before = csv.field_size_limit(FIELD_LIMIT)
        try:
            yield _CsvTable(path, lines, DELIMITERS[kind])
        finally:
            csv.field_size_limit(before)


class _CsvTable:
    def __init__(self, path: Path, lines: Iterator[str], expected: str):
        first = next((line for line in lines if line.strip()), "")
        delimiter = delimiter_of(first, expected)
        self._records = Records(chain([first], lines), delimiter)
        self._iterator = iter(self._records)
        _, columns = next(self._iterator, (0, [""]))
        if columns[0].startswith("{"):
            raise DataError(f"{path}: expected a table, got JSON. Rename the file to .jsonl.")
        if not any(name.strip() for name in columns):
            raise DataError(f"{path}: the file holds blank lines alone. Was it saved to the end?")
        self.columns = [name.strip() or f"column {n}" for n, name in enumerate(columns, 1)]
        self.notes: list[str] = []
        if delimiter != expected:
            self.notes.append(f"columns are parted by {delimiter!r}")

    def rows(self, places: list[int]) -> Iterator[Row | LeftOut]:
        width = len(self.columns)
        for number, fields in self._iterator:
            while len(fields) > width and not fields[-1]:
                fields.pop()
            if len(fields) == width:
                yield number, [fields[place] for place in places]
            else:
                reason = f"{reasons.RAGGED}: {len(fields)}, not {width}"
                yield LeftOut(number, reason, excerpt(" ".join(fields)))
        self._tell(self._records.repaired, "a quote is never closed; read to the end of the line")
        self._tell(self._records.null_bytes, "null bytes taken out")

    def _tell(self, lines: list[int], what: str) -> None:
        if lines:
            shown = ", ".join(map(str, lines[:5])) + (", …" if len(lines) > 5 else "")
            self.notes.append(f"{'line' if len(lines) == 1 else 'lines'} {shown}: {what}")


class _JsonTable:
    """JSON lines, or one JSON list, of objects; the columns are the keys of the first hundred."""

    def __init__(self, path: Path, lines: Iterator[str]):
        self.notes: list[str] = []
        filled = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
        first = next(filled, None)
        if first is None:
            raise DataError(f"{path}: the file holds blank lines alone. Was it saved to the end?")
        records = chain([first], filled)
        objects = _json_list(path, records) if first[1].lstrip()[0] == "[" else _json_lines(records)
        head = list(islice(objects, _PEEK))
        self._objects = chain(head, objects)
        found = (item[1] for item in head if not isinstance(item, LeftOut))
        self.columns = list(dict.fromkeys(key for record in found for key in record))
        if not self.columns:
            raise DataError(
                f"{path}: expected a JSON object with named values on each line, got none in the "
                f'first {len(head)} lines. A line should look like {{"text": "…", "label": "…"}}.'
            )

    def rows(self, places: list[int]) -> Iterator[Row | LeftOut]:
        names = [self.columns[place] for place in places]
        for item in self._objects:
            if isinstance(item, LeftOut):
                yield item
            else:
                yield item[0], [item[1].get(name) for name in names]


_Json = Iterator[tuple[int, dict[str, Any]] | LeftOut]


def _json_lines(lines: Iterator[tuple[int, str]]) -> _Json:
    for number, line in lines:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield LeftOut(number, f"{reasons.BROKEN}: not JSON", excerpt(line))
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            yield LeftOut(number, f"{reasons.BROKEN}: not an object", excerpt(line))


def _json_list(path: Path, lines: Iterator[tuple[int, str]]) -> _Json:
    try:
        values = json.loads("".join(line for _, line in lines))
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"{path}: expected JSON, got a list that breaks off or is not JSON ({error}). "
            "Write one object a line (.jsonl) and only broken lines are left out."
        ) from None
    for number, value in enumerate(values, 1):
        if isinstance(value, dict):
            yield number, value
        else:
            yield LeftOut(number, f"{reasons.BROKEN}: not an object", excerpt(value))


@dataclass
class _ParquetTable:
    file: Any
    columns: list[str]
    notes: list[str] = field(default_factory=list)

    def rows(self, places: list[int]) -> Iterator[Row | LeftOut]:
        names = [self.columns[place] for place in places]
        row = 0
        for batch in self.file.iter_batches(columns=names):
            values = [batch.column(name).to_pylist() for name in names]
            for cells in zip(*values, strict=True):
                row += 1
                yield row, list(cells)


def _open_parquet(path: Path) -> _ParquetTable:
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise DataError(
            f"{path}: Parquet is read through pyarrow, which is not installed. "
            "Run: pip install 'gatewise[parquet]'"
        ) from None
    try:
        file = parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(
            f"{path}: expected a Parquet file, got something else or a damaged one ({error}). "
            "If it is a table in text, name it .csv."
        ) from None
    return _ParquetTable(file, list(file.schema_arrow.names))


def column_names(path: Path, encoding: str | None = None) -> list[str]:
    """The names of a table's columns."""
    with open_table(path, encoding) as table:
        return list(table.columns)
