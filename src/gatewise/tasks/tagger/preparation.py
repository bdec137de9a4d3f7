"""From tagged sentences, or series with a label a step, to training, validation and test parts."""

from collections.abc import Callable
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

from gatewise import data
from gatewise.data import Examples, LeftOut
from gatewise.data.columns import listed
from gatewise.data.long_table import NoMeasurements
from gatewise.data.opening import existing_file, form
from gatewise.data.tables import JSON_LINES, TABLES, open_table
from gatewise.data.tagged import READERS, TAG_KEYS, WORD_KEYS
from gatewise.errors import ArgumentError, DataError
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts, check_enough, held_apart, parts, read, split_inputs
from gatewise.tasks.tagger.model import Tagger

LEAST_SENTENCES = 8
LEAST_SERIES = 5  # of which whole ones are held out
LEAST_STEPS = 8  # of a part cut off a series
COLUMNS = ("id", "time", "target", "features")
OF_WORDS = ("characters", "embedding", "vocabulary_size")  # options that only sentences have
OF_SERIES = ("window",)  # and only series


def prepare(options: RunOptions, say: Callable[[str], None] = print) -> Parts:
    """Read and split the sentences or series of a run; equal ones stay on one side.

    Of few series the test is the end of each, and the validation part lies before it.

    Raises:
        DataError: there is too little to train on.
    """
    examples, test = read(options, say, partial(read_file, reading=options.reading))
    if test is not None:
        examples = data.without(examples, test)
    check_options(examples.kind, options.reading, options.model)
    if examples.kind != "steps":
        every = len(examples)
        check_enough(options, (every, every), LEAST_SENTENCES, "sentences")
        how = "{} held out at random"
        found = parts(options, *held_apart(options, examples, test, split_inputs, how))
        check_enough(options, (every, len(found.train)), LEAST_SENTENCES, "sentences")
        _check_tags(options, found.train)
        return found
    say(_told(examples))
    every = _steps(examples)
    check_enough(options, (every, every), LEAST_STEPS, "steps")
    whole = len(examples) >= LEAST_SERIES
    how = "{} of the series held out at random" if whole else "the last {} of each series"
    found = parts(options, *held_apart(options, examples, test, split_series, how))
    check_enough(options, (every, _steps(found.train)), LEAST_STEPS, "steps")
    for name, part in found.present.items():
        if not any(map(any, part.answers)):
            raise DataError(
                f"{options.data}: expected a step with a label in the {name} part, got none. "
                "Label more steps, or change its size with --holdout and --validation."
            )
    _check_tags(options, found.train)
    found.reading = {name: value for name, value in options.reading.items() if value is not None}
    if examples.channels and found.reading.get("features") is None:
        found.reading["features"] = list(examples.channels)
    return found


def read_file(source: str, reading: dict[str, Any], labelled: bool = True) -> Examples:
    """Sentences, or series of a table, read with the options of the command line."""
    asked = {name: reading.get(name) for name in (*COLUMNS, "encoding")}
    if reading.get("input"):
        raise ArgumentError("--input: a tagger has none. Of series, --features names the columns "
                            "with measurements.")  # fmt: skip
    if _is_table(source, any(asked[name] for name in COLUMNS), asked["encoding"]):
        try:
            return data.read_step_labels(source, labelled=labelled, **asked)
        except NoMeasurements as error:
            raise DataError(
                f"{source}: expected series of measurements in columns of numbers, or sentences "
                f"whose words carry tags (in one of {', '.join(READERS)}), got a table with the "
                f"columns {listed(error.columns)}. A label for each row of texts is learned with "
                "--task classifier."
            ) from None
    return data.read_tagged(source, encoding=asked["encoding"], labelled=labelled)


def check_options(kind: str, reading: dict[str, Any], model: dict[str, Any]) -> None:
    """Raise an `ArgumentError` at an option that means nothing for sentences, or for series; a run
    that is gone on with names every one, those with their defaults."""
    columns = () if kind == "steps" else COLUMNS
    usual = signature(Tagger).parameters
    asked = [name for name in columns if reading.get(name) is not None]
    asked += [
        name
        for name in (OF_WORDS if kind == "steps" else OF_SERIES)
        if model.get(name, usual[name].default) != usual[name].default
    ]
    if asked:
        told = "series" if kind == "steps" else "sentences whose words carry tags"
        other = "sentences" if kind == "steps" else "tables of series"
        raise ArgumentError(
            f"--{asked[0].replace('_', '-')}: expected with {other} alone, got it with {told}. "
            "Leave it out."
        )


def _is_table(source: str, named: bool, encoding: str | None) -> bool:
    """Whether a file is a table of series; JSON lines may hold sentences as well."""
    kind = form(Path(source))
    if kind not in JSON_LINES:
        return kind in TABLES
    with open_table(existing_file(source), encoding) as table:
        names = table.columns
        first = next((one[1] for one in table.rows(list(range(len(names))))
                      if not isinstance(one, LeftOut)), [])  # fmt: skip
    words = any(name in WORD_KEYS for name in names)
    lists = [name for name, cell in zip(names, first, strict=False) if isinstance(cell, list)]
    if lists and not words:
        raise DataError(
            f"{source}: expected sentences as lists of words under {' or '.join(WORD_KEYS)}, their "
            f"tags under one of {', '.join(TAG_KEYS)}, got lists under {listed(lists)}. Rename "
            "the keys."
        )
    return not words or (named and not lists)


def split_series(examples: Examples, fraction: float, seed: int) -> tuple[Examples, Examples]:
    """Whole series held out at random; of fewer than five, the end of each."""
    if len(examples) >= LEAST_SERIES:
        return split_inputs(examples, fraction, seed)
    cuts = [len(one) - max(1, round(fraction * len(one))) for one in examples.inputs]
    kept = [place for place, cut in enumerate(cuts) if cut > 0]
    if not kept:
        raise DataError(
            f"{examples.source}: expected series of two steps or more, to hold the end of each "
            "out, got shorter ones. Does --id name the column that tells series apart?"
        )
    first, last = (examples.take(kept) for _ in range(2))
    for at, place in enumerate(kept):
        cut = cuts[place]
        _narrow(first, at, 0, cut)
        _narrow(last, at, cut, len(examples.inputs[place]))
    return first, last


def _narrow(examples: Examples, at: int, begin: int, end: int) -> None:
    assert examples.steps is not None
    examples.inputs[at] = examples.inputs[at][begin:end]
    examples.answers[at] = examples.answers[at][begin:end]
    examples.steps[at] = examples.steps[at].part(begin, end)
    examples.rows[at] = examples.steps[at].rows[0]


def _steps(examples: Examples) -> int:
    return sum(map(len, examples.inputs))


def _told(examples: Examples) -> str:
    labels = {label for row in examples.answers for label in row if label}
    channels = len(examples.channels or ())
    return (
        f"{len(examples):,} series, {_steps(examples):,} steps of {channels} channels, "
        f"{len(labels)} labels: a label is learned for every step (a tagger)."
    )


def _check_tags(options: RunOptions, train: Examples) -> None:
    tags = {tag for row in train.answers for tag in row if tag}
    if len(tags) < 2:
        series = train.kind == "steps"
        remedy = "Is the right column named with --target" if series else "Are these the tags"
        raise DataError(
            f"{options.data}: expected at least two different {'labels' if series else 'tags'} to "
            f"tell apart in training, got {', '.join(map(repr, tags))} alone. {remedy}? If so, add "
            "examples of another."
        )
