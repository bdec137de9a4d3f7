"""Pairs of a source and a target: sentences and their translations, words and their sounds."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

from gatewise.data import columns as pick
from gatewise.data import examples as reasons
from gatewise.data.examples import Examples, LeftOut, excerpt, nothing_left
from gatewise.data.opening import existing_file, form, text_lines
from gatewise.data.pair_names import (
    ASIDE,
    EITHER,
    LEAST_ROWS,
    SOURCE_NAMES,
    TARGET_NAMES,
    beside,
    holds_a_pair,
    is_header,
    languages,
    together,
    without_names,
)
from gatewise.data.tables import DELIMITERS, TABLES, Row, Table, open_table
from gatewise.data.text_table import cell_text, missing
from gatewise.errors import ArgumentError, DataError

Pair = tuple[int, Any, Any]  # row, source, target
MORE_ROWS = 8  # by which it may be told that no column holds labels
LOOKED_AT = 200  # rows by which it is told whether the first line names columns


def read_pairs(
    path: str | Path,
    *,
    input: str | None = None,
    target: str | None = None,
    encoding: str | None = None,
    labelled: bool = True,
) -> Examples:
    """Read pairs from one file or from two; the extension says how.

    - .tsv .csv .jsonl .json .parquet: a pair in each row. A .tsv or .csv file whose first line
      names no columns has the source first and the target second, or each behind its number.
    - any other file: a source a line, and in the file named by `target` the targets, line by line.

    A pair without one of its sides is left out and listed in `Examples.left_out`.

    Args:
        path: the file.
        input: the column of the sources; by default one with a well-known name.
        target: the column of the targets, likewise; or the file of the targets.
        encoding: of the files; by default UTF-8, or what the byte order mark says.
        labelled: False for sources alone, to translate.

    Raises:
        DataError: a file is not there, two files have different numbers of lines, or no pair can
            be used.
        ArgumentError: a file of lines without its other file.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "pairs.tsv"
    >>> _ = path.write_text("Go.\\tVe.\\nHello.\\tHola.\\n")
    >>> some = read_pairs(path)
    >>> some.inputs, some.labels
    (['Go.', 'Hello.'], ['Ve.', 'Hola.'])
    """
    path = existing_file(path)
    notes: list[str] = []
    columns: dict[str, str] = {}
    if form(path) in TABLES:
        if target is not None and form(Path(target)) in TABLES and Path(target).is_file():
            raise ArgumentError(
                f"--target: expected a column of {path.name}, got the file {target}. Of two files "
                "that go together line by line neither is a table: name them .txt."
            )
        pairs = _table(path, input, target, encoding, labelled, notes, columns)
    else:
        pairs = _lines(path, target, encoding, labelled)
    examples = _examples(path, pairs, notes, labelled)
    examples.columns = columns
    return examples


def holds_lines(path: str | Path) -> bool:
    """Whether a file holds a source a line, so that its targets stand in another file.

    >>> holds_lines("news.en"), holds_lines("news.tsv.gz")
    (True, False)
    """
    return form(Path(path)) not in TABLES


def partner(path: str | Path, source: str | Path, target: str | Path) -> Path:
    """The file of the targets of `path`, named after it as `target` is after `source`.

    Raises:
        ArgumentError: the names do not say, or there is no such file.

    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = [(folder / name).write_text("-") for name in ("test.en", "test.es")]
    >>> partner(folder / "test.en", "news.en", "news.es").name
    'test.es'
    """
    path = existing_file(path)
    remedy = (
        f"Name the file of its targets as {Path(target).name} is named after {Path(source).name}, "
        "beside it, or give a table (.tsv, .csv, .jsonl)."
    )
    name = _renamed(path.name, Path(source).name, Path(target).name)
    if name is None:
        raise ArgumentError(
            f"--test: {path} holds a source in each line, and its name does not say which file has "
            f"their targets. {remedy}"
        )
    if not (other := path.with_name(name)).is_file():
        raise ArgumentError(
            f"--test: {path} holds a source in each line, so its targets were expected in {other}, "
            f"which is not there. {remedy}"
        )
    return other


def _renamed(name: str, source: str, target: str) -> str | None:
    """`name` with the one part between dots that tells `target` from `source` put in; None where
    it is not one, or `name` has another.

    >>> _renamed("test.en.gz", "news.en.gz", "news.es.gz"), _renamed("test.txt", "en.txt", "es.txt")
    ('test.es.gz', None)
    """
    sides = zip(reversed(source.split(".")), reversed(target.split(".")), strict=False)
    others = [(place, *pair) for place, pair in enumerate(sides, 1) if pair[0] != pair[1]]
    parts = name.split(".")
    if source.count(".") != target.count(".") or len(others) != 1:
        return None
    place, of_source, of_target = others[0]
    if place >= len(parts) or parts[-place] != of_source:
        return None
    parts[-place] = of_target
    return ".".join(parts)


def seen_as_pairs(path: str | Path, encoding: str | None = None) -> bool:
    """Whether a table whose names do not say so is plainly one of pairs: texts stand in two
    columns, and neither's repeat as labels do, nor what stands in a further one.

    Args:
        path: the table.
        encoding: of the file; by default UTF-8, or what the byte order mark says.
    """
    try:
        with open_table(Path(path), encoding) as table:
            source, goal, nameless = _columns(Path(path), table, None, None, True)
            names = [name.strip().lower() for name in table.columns]
            plain = nameless and not {*names} & {*pick.INPUT_NAMES, *pick.TARGET_NAMES}
            plain = plain or together(names, EITHER) == (source, goal)
            if not plain and len(beside(names)) != 2:
                return False
            others = [place for place, name in enumerate(names)
                      if place not in (source, goal) and name not in ASIDE]  # fmt: skip
            found = [one[1] for one in islice(table.rows([source, goal, *others]), LOOKED_AT)
                     if not isinstance(one, LeftOut)]  # fmt: skip
    except DataError:
        return False
    # Under names that are as well those of a label, nearly all must differ, as no labels do.
    least, share = (LEAST_ROWS, 0.5) if plain else (MORE_ROWS, 0.9)
    first, second, *rest = zip(*found, strict=True) if len(found) >= least else ((), ())
    labels = any(2 * len(set(map(cell_text, cells))) <= len(cells) for cells in rest)
    return bool(first) and not labels and _texts(first, share) and _texts(second, share)


def _texts(cells: Iterable[Any], share: float) -> bool:
    """Whether nearly all are texts, and more than a share of those differ."""
    cells = [cell_text(cell) for cell in cells]
    words = [one for one in cells if sum(map(str.isalpha, one)) > sum(map(str.isdigit, one))]
    return len(words) >= 0.9 * len(cells) and len(set(words)) > share * len(words)


def _table(
    path: Path, input: str | None, target: str | None, encoding: str | None, labelled: bool,
    notes: list[str], columns: dict[str, str],
) -> Iterator[Pair | LeftOut]:  # fmt: skip
    with open_table(path, encoding) as table:
        source, goal, nameless = _columns(path, table, input, target, labelled)
        rows = table.rows([source, goal])
        if nameless:
            nameless, rows = _without_header(table, [source, goal], rows)
        if nameless:
            notes.append(_told(source, goal))
            yield 1, table.columns[source], table.columns[goal]
        else:
            told = [f"column {table.columns[source]!r} as source"]
            told += [f"{table.columns[goal]!r} as target"] if labelled else []
            notes.append(f"took {' and '.join(told)}")
            columns |= pick.named(table.columns, input=source, target=goal if labelled else None)
        for item in rows:
            yield item if isinstance(item, LeftOut) else (item[0], item[1][0], item[1][1])
        notes += table.notes


def _without_header(
    table: Table, places: list[int], rows: Iterator[Row | LeftOut]
) -> tuple[bool, Iterator[Row | LeftOut]]:
    """Whether the first line, of unknown names, is a pair already, by the rows below; and all of
    these."""
    head = list(islice(rows, LOOKED_AT))
    cells = [item[1] for item in head if not isinstance(item, LeftOut)]
    header = is_header([table.columns[place] for place in places], cells)
    return not header, chain(head, rows)


def _told(source: int, goal: int) -> str:
    """The note on a table without column names."""
    where = f"column {source + 1} is the source and column {goal + 1} the target"
    where = {
        (0, 1): "source first, then target",
        (source, source): f"it holds a source already, in column {source + 1}",
    }.get((source, goal), where)
    return f"the first line names no columns: {where}"


def _columns(
    path: Path, table: Table, input: str | None, target: str | None, labelled: bool
) -> tuple[int, int, bool]:
    """Places of the source and of the target, and whether the first line is a pair already."""
    names = table.columns
    if input is None and target is None and (found := languages(names)):
        return found[0], found[1] if labelled else found[0], False
    source = _place(path, names, input, SOURCE_NAMES, "--input")
    goal = _place(path, names, target, TARGET_NAMES, "--target") if labelled else source
    if source is not None and goal is not None:
        if labelled and source == goal:
            raise DataError(
                f"{path}: --input and --target both name the column {names[source]!r}; a target "
                "must stand in a column of its own."
            )
        return source, goal, False
    if source is None and goal is None:
        known = together(names)
        nameless = known is None and form(path) in DELIMITERS
        if nameless:
            known = without_names(names, labelled)
        if known is not None:
            return known[0], known[1] if labelled else known[0], nameless
    others = [place for place in beside(names) if place not in (source, goal)]
    if len(others) == 1 and (not labelled or source != goal):
        return (others[0] if source is None else source,
                others[0] if goal is None else goal, False)  # fmt: skip
    if input is None and target is None and form(path) in DELIMITERS and holds_a_pair(names):
        raise DataError(
            f"{path}: expected names of columns in line 1, got what looks like a pair "
            f"({pick.listed(names)}). Add a first line that names each column, two of them "
            "'source' and 'target'."
        )
    return _refuse(path, names, "--input" if source is None else "--target")


def _place(
    path: Path, names: list[str], asked: str | None, known: Iterable[str], option: str
) -> int | None:
    if asked is not None:
        return pick.find(path, names, asked, option)
    plain = [name.strip().lower() for name in names]
    return next((plain.index(name) for name in known if name in plain), None)


def _refuse(path: Path, names: list[str], option: str) -> Any:
    what = "source" if option == "--input" else "target"
    raise DataError(
        f"{path}: which column holds the {what} is not clear. The columns are "
        f"{pick.listed(names)}. Name it with {option} COLUMN."
    )


def _lines(
    path: Path, target: str | None, encoding: str | None, labelled: bool
) -> Iterator[Pair | LeftOut]:
    """Two files, line by line; or one of sources alone."""
    sources = _read(path, encoding)
    if not labelled:
        return ((row, one, one) for row, one in enumerate(sources, 1))
    if target is None:
        raise ArgumentError(
            f"--target: {path} holds a source in each line, so name the file with their targets, "
            "line by line: --target FILE. For both in one file use .tsv, .csv or .jsonl."
        )
    other = existing_file(target)
    targets = _read(other, encoding)
    if len(sources) != len(targets):
        raise DataError(
            f"{path} and {other}: expected as many lines in both, got {len(sources):,} and "
            f"{len(targets):,}. Line n of one must be the translation of line n of the other."
        )
    rows = range(1, len(sources) + 1)
    return ((row, *pair) for row, *pair in zip_longest(rows, sources, targets))  # type: ignore[misc]


def _read(path: Path, encoding: str | None) -> list[str]:
    with text_lines(path, encoding) as lines:
        return [line.rstrip("\r\n") for line in lines]


def _examples(
    path: Path, pairs: Iterable[Pair | LeftOut], notes: list[str], labelled: bool
) -> Examples:
    found: list[tuple[int, str, str]] = []
    left_out: list[LeftOut] = []
    for item in pairs:
        if isinstance(item, LeftOut):
            left_out.append(item)
            continue
        row, source, target = item
        reason = _reason(source, target)
        if reason:
            left_out.append(LeftOut(row, reason, excerpt(f"{source} → {target}")))
        else:
            found.append((row, cell_text(source).strip(), cell_text(target).strip()))
    if not found:
        raise nothing_left(str(path), "pairs", left_out)
    rows, sources, targets = map(list, zip(*found, strict=True))
    return Examples(
        "pairs", sources, targets if labelled else None, rows, left_out, str(path), notes=notes
    )


def _reason(source: Any, target: Any) -> str:
    for value, reason in ((source, reasons.EMPTY_INPUT), (target, reasons.EMPTY_TARGET)):
        if missing(value) or (isinstance(value, str) and not value.strip()):
            return reason
        if isinstance(value, list | dict | bytes):
            return reasons.NOT_TEXT
    return ""
