"""Read a file of examples, whatever its format."""

from collections.abc import Sequence
from pathlib import Path

from gatewise.data.examples import Examples
from gatewise.data.opening import existing_file, form
from gatewise.data.tables import TABLES
from gatewise.errors import ArgumentError, DataError

_OTHERS = {
    ".xlsx": "Save the sheet as CSV (UTF-8).",
    ".xls": "Save the sheet as CSV (UTF-8).",
    ".txt": "Name it .tsv or .csv if it is a table with column names in its first line.",
    ".npy": "Save it with numpy.savez (.npz): x, y and lengths.",
    ".pkl": "Gatewise never loads a pickle; save CSV or .npz instead.",
    ".zip": "Unpack it first.",
}


def read(
    path: str | Path,
    *,
    input: str | None = None,
    target: str | None = None,
    id: str | None = None,
    time: str | None = None,
    features: str | Sequence[str] | None = None,
    encoding: str | None = None,
    labelled: bool = True,
) -> Examples:
    """Read examples from a file; its extension says how.

    | extension | what is read |
    | --- | --- |
    | .csv .tsv .tab .jsonl .ndjson .json .parquet | a text and a label in each row |
    | the same, with `id` | measurements: one row a time step, series told apart by `id` |
    | .ts | series `[T, I]` as the time series archives write them |
    | .npz | arrays: `x` `[N, T, I]`, `y` `[N]` and, unless all are as long, `lengths` `[N]` |

    Text files may be compressed (.gz, .bz2). What cannot be used is left out and listed in
    `Examples.left_out`.

    Args:
        path: the file.
        input: the column with the text; by default one with a well-known name.
        target: the column with the label; by default one with a well-known name.
        id: the column that tells series apart; makes the file one of measurements.
        time: the column by which the rows of a series are sorted; by default the file's order.
        features: the columns with measurements; by default every other numeric column.
        encoding: of a text file; by default UTF-8, or what the byte order mark says.
        labelled: False for a file to predict on: no label is looked for, `labels` is None.

    Raises:
        DataError: the file is not there, or nothing in it can be used.
        ArgumentError: an option does not fit the kind of file.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "sms.csv"
    >>> _ = path.write_text("label,text\\nham,see you at six\\nspam,you won\\n")
    >>> some = read(path)
    >>> some.inputs, some.labels
    (['see you at six', 'you won'], ['ham', 'spam'])
    """
    _refuse_name(Path(path))
    path = existing_file(path)
    kind = form(path)
    options = {"--id": id, "--time": time, "--features": features}
    columns = {"--input": input, "--target": target, **options}
    if kind in TABLES:
        return _read_table(path, input, target, id, time, features, encoding, labelled)
    _refuse(path, {name: value for name, value in columns.items() if value is not None})
    if kind == ".ts":
        from gatewise.data.ts_file import read_ts

        return read_ts(path, encoding, labelled)
    if kind == ".npz":
        from gatewise.data.npz_file import read_npz

        _refuse(path, {"--encoding": encoding} if encoding else {})
        return read_npz(path, labelled)
    remedy = _OTHERS.get(kind, "Give the file the extension of its format.")
    raise DataError(
        f"{path}: expected one of {', '.join(TABLES)}, .ts, .npz; got {kind or 'no extension'}. "
        f"{remedy}"
    )


def _read_table(
    path: Path,
    input: str | None,
    target: str | None,
    id: str | None,
    time: str | None,
    features: str | Sequence[str] | None,
    encoding: str | None,
    labelled: bool,
) -> Examples:
    if id is not None:
        from gatewise.data.long_table import read_measurements

        if input is not None:
            raise ArgumentError(
                "--input: names the column of a text; with --id the columns with measurements "
                "are named by --features."
            )
        return read_measurements(path, id, time, features, target, encoding, labelled)
    if time is not None or features is not None:
        raise ArgumentError(
            f"{'--time' if time is not None else '--features'}: needs --id as well, the column "
            "that tells one series from another."
        )
    from gatewise.data.text_table import read_texts

    return read_texts(path, input, target, encoding, labelled)


def _refuse_name(path: Path) -> None:
    """A bare word that is no file was meant as the name of a data set."""
    if path.suffix or len(path.parts) != 1 or path.exists():
        return
    from gatewise.data.registry import info

    info(path.name)  # raises where there is no such data set
    raise ArgumentError(
        f"{path.name!r} is a named data set, not a file. From Python, load it with "
        f"gatewise.data.load({path.name!r})."
    )


def _refuse(path: Path, given: dict[str, object]) -> None:
    if given:
        raise ArgumentError(
            f"{next(iter(given))}: is for tables; {path} has no columns with names. Leave it out."
        )
