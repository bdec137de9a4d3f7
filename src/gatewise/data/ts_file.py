"""The `.ts` format of the time series classification archives (sktime, aeon).

A header of `@` lines, then `@data`, then a series a line: channels parted by `:`, values by
`,`, the label last. Lines that begin with `#` are comments.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gatewise.data import examples as reasons
from gatewise.data.examples import Examples, LeftOut, excerpt
from gatewise.data.opening import text_lines
from gatewise.data.series import Collector
from gatewise.errors import DataError


@dataclass
class _Header:
    labelled: bool = False
    classes: list[str] = field(default_factory=list)
    ends_at: int = 0


def read_ts(path: Path, encoding: str | None, labelled: bool) -> Examples:
    """Read a `.ts` file as series `[T, I]`; `row` is the line in the file."""
    # Comments of the archives hold stray bytes of other encodings; nothing is read from them.
    with text_lines(path, encoding, errors="surrogateescape") as lines:
        content = _content(lines)
        header = _read_header(path, content)
        if labelled and not header.labelled:
            raise DataError(
                f"{path}: expected labels, got a header without `@classLabel true`. Add the "
                "label to the end of each line and name the labels in the header."
            )
        collected = Collector(path, labelled)
        for number, line in content:
            _add(collected, header, number, line, labelled)
    return collected.examples()


def _content(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if line and not line.startswith("#"):
            line.encode()  # a byte that did not decode is a UnicodeError here
            yield number, line


def _read_header(path: Path, content: Iterator[tuple[int, str]]) -> _Header:
    header = _Header()
    number = 0
    for number, line in content:
        word, _, rest = line.partition(" ")
        word, value = word.lower(), rest.strip().split()
        true = bool(value) and value[0].lower() == "true"
        if word == "@data":
            return header
        if not word.startswith("@"):
            break
        if word == "@timestamps" and true:
            raise DataError(
                f"{path}, line {number}: series with their own time stamps are not read. Write "
                "the values alone, or a table with id, time and feature columns."
            )
        if word == "@targetlabel" and true:
            raise DataError(
                f"{path}, line {number}: expected class labels, got a target to predict as a "
                "number (@targetLabel). Gatewise classifies; name classes with @classLabel."
            )
        if word == "@classlabel":
            header.labelled, header.classes = true, value[1:]
    raise DataError(
        f"{path}, line {number}: expected a .ts header ending in `@data`, got none. Is this a "
        ".ts file? A table should end in .csv or .tsv."
    )


def _add(collected: Collector, header: _Header, number: int, line: str, labelled: bool) -> None:
    *channels, last = line.split(":")
    label: str | None = None
    if header.labelled:
        label = last.strip()
        if labelled and header.classes and label not in header.classes:
            reason = reasons.UNKNOWN_LABEL if label not in ("", "?") else reasons.MISSING_LABEL
            collected.leave_out(LeftOut(number, reason, excerpt(label)))
            return
    else:
        channels.append(last)
    parsed = parse_channels(channels)
    if isinstance(parsed, str):
        collected.leave_out(LeftOut(number, parsed, excerpt(line)))
    else:
        collected.add(number, parsed, label)


def parse_channels(channels: list[str]) -> np.ndarray | str:
    """The series `[T, I]` of channels written as `1.0,2.0`, or the reason why there is none.

    >>> parse_channels(["1,2,3", "4,5,6"]).shape
    (3, 2)
    >>> parse_channels(["1,?"])
    'missing or infinite value'
    """
    written = [channel.strip().strip(",").split(",") for channel in channels]
    if all(values == [""] for values in written):
        return reasons.NO_STEPS
    if any("?" in (value.strip() for value in values) for values in written):
        return reasons.MISSING_VALUE
    if len({len(values) for values in written}) > 1:
        return f"{reasons.BROKEN}: channels of different lengths"
    try:
        return np.array(written, dtype=np.float64).T
    except ValueError:
        return reasons.NOT_A_NUMBER
