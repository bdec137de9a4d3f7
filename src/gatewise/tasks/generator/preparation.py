"""From texts, with or without labels, to training, validation and test parts."""

import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gatewise import data
from gatewise.data import Examples
from gatewise.data.columns import TARGET_NAMES
from gatewise.data.opening import form
from gatewise.data.running import STEPS, STREAMS
from gatewise.data.tables import column_names
from gatewise.data.writing import read_writing
from gatewise.errors import ArgumentError, DataError
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import (
    Parts,
    check_enough,
    held_apart,
    keep_known,
    parts,
    read,
    split_inputs,
)

LEAST_TEXTS = 8
LEAST_CHARACTERS = 1_000
RUNNING_ONLY = {"streams": STREAMS, "steps": STEPS}  # options with their defaults


def prepare(options: RunOptions, say: Callable[[str], None] = print) -> Parts:
    """Read and split the texts of a run. Equal texts stay on one side; of a running text the last
    part is held out.

    Raises:
        DataError: there is too little to train on.
    """
    train, test = read(options, say, lambda path: read_texts(path, options))
    running = options.model.get("running")
    whole = running or (running is None and len(train) == 1 and train.labels is None)
    if running is None and test is not None:
        _check_test(options, test, bool(whole))
    if whole:
        return _running(options, train, test)
    _refuse_for_sequences(options)
    train = data.deduplicate(train)
    if test is not None:
        train = data.without(train, test)
        test = test if train.labels is None else keep_known(test, set(train.answers))
    every = len(train)
    check_enough(options, (every, every), LEAST_TEXTS, "texts")
    train, validation, test, source = held_apart(
        options, train, test, split, "{} held out at random"
    )
    check_enough(options, (every, len(train)), LEAST_TEXTS, "texts")
    return parts(options, train, validation, test, source)


def read_texts(path: str, options: RunOptions) -> Examples:
    """The texts in a file, read as the run asks for."""
    given = {name: value for name, value in options.reading.items() if value is not None}
    if strange := next((name for name in ("id", "time", "features") if name in given), None):
        raise ArgumentError(f"--{strange}: is for series of measurements; a generator reads texts.")
    columns = next((name for name in ("target", "input") if name in given), None)
    if columns and form(Path(path)) == ".txt":
        raise ArgumentError(
            f"--{columns}: names a column of a table, but {path} is a text. Leave it out, or give "
            "a table (.csv for instance)."
        )
    if "target" in given and options.model.get("running"):
        raise ArgumentError(
            "--target: a running text is written for no label. Leave out --target or --running."
        )
    found = read_writing(path, running=options.model.get("running"), **given)
    if found.columns and "target" not in given:
        found.notes += _not_read(path, given.get("encoding"), found.columns["input"])
    return found


def _not_read(path: str, encoding: str | None, read: str) -> list[str]:
    """A note on a column that looks like one of labels."""
    others = [name for name in column_names(Path(path), encoding) if name != read]
    labels = [name for name in others if name.strip().lower() in TARGET_NAMES]
    return [
        f"column {name!r} is not read; --target {shlex.quote(name)} writes for a label of it"
        for name in labels[:1]
    ]


def split(examples: Examples, fraction: float, seed: int) -> tuple[Examples, Examples]:
    """Texts to learn from, and about `fraction` of them held out, within each label."""
    if len(set(examples.labels or ())) > 1:
        return data.hold_out(examples, fraction, seed)
    return split_inputs(examples, fraction, seed)


def cut(examples: Examples, fraction: float) -> tuple[Examples, Examples]:
    """A running text without its last part, and that part; cut where a line ends, if one does."""
    text = "".join(examples.inputs)
    place = round(len(text) * (1 - fraction))
    end = text.find("\n", place, place + len(text) // 50)
    place = end + 1 if end >= 0 else place
    return _text(examples, text[:place]), _text(examples, text[place:])


def _check_test(options: RunOptions, test: Examples, whole: bool) -> None:
    """Refuse texts as the test of a running text, and a running text as the test of texts."""
    texts = len(test) > 1 or test.labels is not None
    if texts if whole else options.test and form(Path(options.test)) == ".txt":
        one, several = "one running text", "several texts, each learned whole"
        wanted, got = (one, several) if whole else (several, one)
        raise ArgumentError(
            f"--test: expected {wanted}, as in {options.data}, got {got} in {options.test}. Give a "
            "file like the data, or say how to read both: --running as one running text each, "
            "--no-running as a text in each line or row."
        )


def _refuse_for_sequences(options: RunOptions) -> None:
    """Refuse what only a running text has; a run to be resumed has these options filled in."""
    for name, usual in RUNNING_ONLY.items():
        if options.model.get(name, usual) != usual:
            raise ArgumentError(
                f"--{name}: is for a running text, but {options.data} has several texts, each "
                f"learned whole. Leave it out, or say --running."
            )


def _running(options: RunOptions, train: Examples, test: Examples | None) -> Parts:
    streams = options.model.get("streams")  # a run to be resumed has both, equal
    if options.batch_size not in (None, streams):
        raise ArgumentError(
            f"--batch-size: expected none for a running text, got {options.batch_size}. It is read "
            f"in streams side by side: say --streams {options.batch_size} instead."
        )
    if test is not None and "".join(train.inputs) == "".join(test.inputs):
        raise DataError(
            f"{options.data}: expected another text than that of the test, got the same. Leave "
            "--test out, and the last part of the text is held out."
        )
    train, validation, test, source = held_apart(
        options, train, test, lambda text, part, _: cut(text, part), "the last {} of the text"
    )
    characters = sum(map(len, train.inputs))
    short = any(part is not None and not any(part.inputs) for part in (validation, test))
    if characters < LEAST_CHARACTERS or short:
        raise DataError(
            f"{options.data}: expected a text of at least {LEAST_CHARACTERS:,} characters to train "
            f"on, got {characters:,}. Give a longer one; if each line is a text of its own, say "
            "--no-running."
        )
    return parts(options, train, validation, test, source)


def _text(examples: Examples, text: str) -> Examples:
    part = examples.take(np.arange(1))
    part.inputs = [text]
    return part
