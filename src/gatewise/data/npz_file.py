"""Series out of a NumPy `.npz` archive; never a pickle."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gatewise.data.examples import Examples
from gatewise.data.opening import nearest
from gatewise.data.series import Collector
from gatewise.data.text_table import label_text
from gatewise.errors import DataError

_HOW = (
    "Save series of unequal length with numpy.savez(path, values=numpy.concatenate(series), "
    "lengths=[len(one) for one in series], y=labels)."
)


def read_npz(path: Path, labelled: bool) -> Examples:
    """Read `x` `[N, T, I]` or `[N, T]` with optional `lengths` `[N]`, or `values`
    `[sum of lengths, I]` with `lengths`; and `y` `[N]` when `labelled`. `row` counts from 1.
    """
    try:
        archive = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile):
        archive = None
    if not isinstance(archive, np.lib.npyio.NpzFile):
        raise DataError(
            f"{path}: expected an archive written by numpy.savez, got something else or a "
            f"damaged one. {_HOW}"
        )
    with archive:
        series = list(_series(path, archive))
        labels = _labels(path, archive, len(series)) if labelled else [None] * len(series)
        channels = _channels(path, archive, series)
    collected = Collector(path, labelled)
    for row, (values, label) in enumerate(zip(series, labels, strict=True), 1):
        collected.add(row, values, label)
    return collected.examples(channels)


def _array(path: Path, archive: Any, name: str) -> np.ndarray:
    if name not in archive.files and name.upper() in archive.files:
        name = name.upper()  # X and y, as others write them
    try:
        return archive[name]
    except KeyError:
        raise DataError(
            f"{path}: there is no array {name!r}.{nearest(name, archive.files)} The arrays are "
            f"{', '.join(archive.files) or 'none'}. {_HOW}"
        ) from None
    except ValueError:
        raise DataError(
            f"{path}: the array {name!r} holds Python objects, which are never loaded: a file "
            f"with them can run code. {_HOW}"
        ) from None
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise DataError(
            f"{path}: the array {name!r} is damaged ({error}). Save the file again."
        ) from None


def _numbers(path: Path, archive: Any, name: str, axes: tuple[int, ...], shape: str) -> np.ndarray:
    array = _array(path, archive, name)
    if array.dtype.kind not in "biuf" or array.ndim not in axes:
        raise DataError(
            f"{path}: {name}: expected numbers {shape}, got {array.dtype} {list(array.shape)}. "
            f"{_HOW}"
        )
    return array


def _series(path: Path, archive: Any) -> Iterator[np.ndarray]:
    if "values" in archive.files and "x" not in archive.files:
        values = _numbers(path, archive, "values", (1, 2), "[sum of lengths, I]")
        values = values.reshape(len(values), -1) if values.ndim == 1 else values
        lengths = _lengths(path, archive)
        if lengths.sum() != len(values):
            raise DataError(
                f"{path}: lengths: expected them to add up to the {len(values)} rows of values, "
                f"got {lengths.sum()}. {_HOW}"
            )
        yield from np.split(values, np.cumsum(lengths)[:-1]) if len(lengths) else ()
        return
    x = _numbers(path, archive, "x", (2, 3), "[N, T, I] or [N, T]")
    x = x[:, :, None] if x.ndim == 2 else x
    if "lengths" not in archive.files:
        yield from x
        return
    lengths = _lengths(path, archive)
    if len(lengths) != len(x) or (len(lengths) and lengths.max() > x.shape[1]):
        raise DataError(
            f"{path}: lengths: expected {len(x)} of them, none above {x.shape[1]} (x is "
            f"{list(x.shape)}), got {len(lengths)}, the largest {max(lengths, default=0)}."
        )
    for values, length in zip(x, lengths, strict=True):
        yield values[:length]


def _lengths(path: Path, archive: Any) -> np.ndarray:
    lengths = _array(path, archive, "lengths")
    if lengths.ndim != 1 or lengths.dtype.kind not in "iu" or (lengths.astype(int) < 0).any():
        raise DataError(
            f"{path}: lengths: expected whole numbers [N], none below 0, got {lengths.dtype} "
            f"{list(lengths.shape)}. {_HOW}"
        )
    return lengths.astype(int)


def _labels(path: Path, archive: Any, count: int) -> list[str | None]:
    y = _array(path, archive, "y")
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.shape != (count,):
        remedy = "For one-hot labels, save y.argmax(axis=1)." if y.ndim == 2 else "One a series."
        raise DataError(f"{path}: y: expected [{count}], got {list(y.shape)}. {remedy}")
    if y.dtype.kind == "S":
        y = np.char.decode(y, "utf-8")
    return [label_text(label) for label in y.tolist()]


def _channels(path: Path, archive: Any, series: list[np.ndarray]) -> list[str] | None:
    if "channels" not in archive.files:
        return None
    names = [str(name) for name in _array(path, archive, "channels").ravel()]
    width = series[0].shape[1] if series else len(names)
    if len(names) != width:
        raise DataError(
            f"{path}: channels: expected {width} names, one a channel, got {len(names)}."
        )
    return names
