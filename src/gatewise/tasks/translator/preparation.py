"""From pairs to training, validation and test parts."""

from collections.abc import Callable
from typing import Any

from gatewise import data
from gatewise.data import Examples
from gatewise.data import examples as reasons
from gatewise.data.examples import LeftOut, excerpt
from gatewise.data.pairs import holds_lines, partner
from gatewise.errors import ArgumentError, DataError
from gatewise.tasks import preparation as shared
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts, check_enough, held_apart, parts, split_inputs

LEAST_PAIRS = 8


def prepare(options: RunOptions, say: Callable[[str], None] = print) -> Parts:
    """Read and split the pairs of a run; all the targets of one source stay on one side.

    Raises:
        DataError: there is too little to train on.
    """
    examples, test = shared.read(options, say, lambda path: read(path, options))
    examples = _once(examples, {} if test is None else dict.fromkeys(test.inputs))
    every = len(examples)
    check_enough(options, (every, every), LEAST_PAIRS, "pairs")
    train, validation, test, source = held_apart(
        options, examples, test, split_inputs, "{} held out at random"
    )
    check_enough(options, (every, len(train)), LEAST_PAIRS, "pairs")
    found = parts(options, train, validation, test, source)
    if holds_lines(options.data):
        # The file of training's targets says nothing about how another file is read.
        found.reading = {**found.reading, "target": None}
    return found


def read(path: str, options: RunOptions) -> Examples:
    """The pairs in a file, read as the run asks for."""
    given = {name: value for name, value in options.reading.items() if value is not None}
    if strange := next((name for name in ("id", "time", "features") if name in given), None):
        raise ArgumentError(
            f"--{strange}: is for series of measurements; a translator reads pairs."
        )
    if path == options.test and not shared.known_data_set(options.data):
        given = _for_test(given, options)
    return data.read_pairs(path, **given)


def _for_test(given: dict[str, Any], options: RunOptions) -> dict[str, Any]:
    """How the test is read, where the training data are read as `given`: its targets stand in a
    file of their own, if it is no table."""
    path, target = str(options.test), given.get("target")
    if holds_lines(options.data):
        given = {name: value for name, value in given.items() if name == "encoding"}
    if not holds_lines(path):
        return given
    if not holds_lines(options.data):
        raise ArgumentError(
            f"--test: expected a table, as {options.data} is one, got {path}, which holds a source "
            "in each line. Give its pairs as .tsv, .csv or .jsonl."
        )
    if target is None:
        return given  # the training data, read first, ask for it
    return {**given, "target": str(partner(path, options.data, target))}


def _once(examples: Examples, tested: dict[str, None]) -> Examples:
    """Each pair once, and none whose source is in the test."""
    first: dict[tuple[str, str], int] = {}
    kept, left_out = [], []
    for place, pair in enumerate(zip(examples.inputs, examples.answers, strict=True)):
        row = examples.rows[place]
        if pair[0] in tested:
            left_out.append(LeftOut(row, reasons.IN_BOTH, excerpt(pair[0])))
        elif pair in first:
            reason = f"{reasons.DUPLICATE} of row {first[pair]}"
            left_out.append(LeftOut(row, reason, excerpt(" → ".join(pair))))
        else:
            first[pair] = row
            kept.append(place)
    if not kept:
        raise DataError(
            f"{examples.source}: every source also stands in the test data. Give other pairs to "
            "train on than to test on."
        )
    found = examples.take(kept)
    found.left_out = sorted([*examples.left_out, *left_out], key=lambda item: item.row)
    return found
