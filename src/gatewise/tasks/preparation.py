"""From a file or a named set to training, validation and test examples."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gatewise import data
from gatewise.data import Examples, LeftOut
from gatewise.tasks.options import RunOptions


@dataclass
class Parts:
    """The examples of a run, apart from each other, and what happened on the way."""

    train: Examples
    validation: Examples | None
    test: Examples | None
    test_source: str
    sha256: str
    left_out: list[tuple[str, LeftOut]] = field(default_factory=list)  # source and row
    notes: list[str] = field(default_factory=list)
    reading: dict[str, Any] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, Examples | None]:
        """The parts by their names."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


def fingerprint(options: RunOptions) -> str:
    """SHA-256 of the files that the run reads, to tell whether they changed since."""
    digest = hashlib.sha256()
    for name in filter(None, (options.data, options.test)):
        path = Path(name)
        if path.is_file():
            with open(path, "rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        else:
            digest.update(name.encode())
    return digest.hexdigest()


def known_data_set(name: str) -> bool:
    """Whether `name` means a named data set rather than a file."""
    return not Path(name).exists() and name in {entry.name for entry in data.catalogue()}


def read(options: RunOptions, say: Callable[[str], None]) -> tuple[Examples, Examples | None]:
    """The examples of a run, and those of its test where they stand apart."""
    test = None
    if known_data_set(options.data):
        examples, test = data.load(options.data, say)
    else:
        examples = data.read(options.data, **options.reading)
    if options.test:
        test = data.read(options.test, **options.reading)
    return examples, test


def parts(
    options: RunOptions,
    train: Examples,
    validation: Examples | None,
    test: Examples | None,
    test_source: str,
) -> Parts:
    """The parts of a run with all that was left out and said on the way."""
    named: Iterable[Examples] = [one for one in (train, validation, test) if one is not None]
    sources = {one.source: one for one in named}.values()
    return Parts(
        train,
        validation,
        test,
        test_source,
        fingerprint(options),
        left_out=[(one.source, row) for one in sources for row in one.left_out],
        notes=list(dict.fromkeys(note for one in sources for note in one.notes)),
        reading={} if known_data_set(options.data) else dict(options.reading),
    )
