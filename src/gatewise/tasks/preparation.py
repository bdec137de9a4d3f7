"""From a file or a named set to training, validation and test examples."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gatewise import data
from gatewise.data import Examples, LeftOut
from gatewise.errors import DataError
from gatewise.tasks.options import RunOptions

LEAST_EXAMPLES = 8
UNSEEN_LABEL = "label never seen in training"


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


def prepare(options: RunOptions, say: Callable[[str], None] = print) -> Parts:
    """Read, deduplicate and split the data of a run.

    Raises:
        DataError: there is too little to train on; the message says what was found.
    """
    examples, test = _read(options, say)
    examples = data.deduplicate(examples)
    test_source = "none"
    if test is not None:
        examples = data.without(examples, test)
        test = keep_known(test, set(examples.answers))
        test_source = test.source
    data.check_trainable(examples)
    _check_enough(examples, options, "")
    if test is None and options.holdout:
        examples, test = data.hold_out(examples, options.holdout, options.seed)
        test_source = f"{options.holdout:.0%} held out at random within each label"
    validation = None
    train = examples
    if options.validation:
        train, validation = data.hold_out(examples, options.validation, options.seed + 1)
    _check_enough(train, options, ", or hold out less with --holdout and --validation")
    sources = [examples] + ([test] if test is not None and test.source != examples.source else [])
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


def _check_enough(examples: Examples, options: RunOptions, remedy: str) -> None:
    labels = len(set(examples.answers))
    if len(examples) < LEAST_EXAMPLES or labels < 2:
        raise DataError(
            f"{options.data}: expected at least {LEAST_EXAMPLES} different examples with two "
            f"labels to train on, got {len(examples)} with {labels}. Add examples{remedy}."
        )


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


def _read(options: RunOptions, say: Callable[[str], None]) -> tuple[Examples, Examples | None]:
    test = None
    if known_data_set(options.data):
        examples, test = data.load(options.data, say)
    else:
        examples = data.read(options.data, **options.reading)
    if options.test:
        test = data.read(options.test, **options.reading)
    return examples, test


def keep_known(test: Examples, labels: set[str]) -> Examples:
    """The labelled examples whose label occurs in training; the others are left out and said."""
    known = np.array([label in labels for label in test.answers])
    if known.all():
        return test
    strange = sorted({label for label in test.answers if label not in labels})
    kept = test.take(np.flatnonzero(known))
    kept.left_out = kept.left_out + [
        LeftOut(test.rows[i], UNSEEN_LABEL, test.answers[i]) for i in np.flatnonzero(~known)
    ]
    kept.notes = [
        *kept.notes,
        f"{int((~known).sum())} examples of {test.source} have labels that training never saw "
        f"({', '.join(strange[:5])}); no answer to them could be right. They are left out.",
    ]
    if not len(kept):
        raise DataError(
            f"{test.source}: expected labels seen in training ({', '.join(sorted(labels)[:8])}), "
            f"got only others ({', '.join(strange[:8])}). Check --target and the file."
        )
    return kept
