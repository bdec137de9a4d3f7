"""A tagger's answers to series: a label for each step."""

import csv
import itertools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from gatewise.cli.reading import as_in_training, named_or, there
from gatewise.data import Examples
from gatewise.data.opening import existing_file, form
from gatewise.data.tables import TABLES
from gatewise.errors import ArgumentError
from gatewise.tasks.tagger.preparation import read_file

COLUMNS = ("series", "row", "time", "label", "probability")


def read(tagger: Any, source: str | None, reading: dict[str, Any], *, labelled: bool) -> Examples:
    """Series read as in training, with the channels of training."""
    if source is None:
        raise ArgumentError(
            "This model reads series of measurements: give them with --file (.csv, .tsv, .jsonl or "
            ".parquet, a row for each step)."
        )
    found = named_or(source, lambda: _read_file(tagger, source, reading, labelled))
    if found.kind != "steps":
        raise ArgumentError(
            f"{source}: expected series with a label for every step, as this model was trained on, "
            f"got {found.kind}. `gatewise data list` names other sets."
        )
    return found


def _read_file(tagger: Any, source: str, reading: dict[str, Any], labelled: bool) -> Examples:
    if form(Path(source)) not in TABLES:
        raise ArgumentError(
            f"{source}: expected a table with a row for each step (.csv, .tsv, .jsonl, .parquet) "
            f"for a tagger of series, got {form(Path(source)) or 'no extension'}. Name the file "
            "after what is in it."
        )
    asked = as_in_training(tagger, source, reading)
    # A file of one series has no need of an id, nor a sorted one of a time.
    free = ("id", "time") if labelled else ("id", "time", "target")
    of_training = {**tagger.columns, **asked}
    wanted = {name: of_training[name] for name in free
              if name in of_training and reading.get(name) is None}  # fmt: skip
    found_there = there(wanted, existing_file(source), reading.get("encoding"))
    for name in [one for one in wanted if one not in found_there]:
        asked.pop(name, None)
        _tell_missing(name, wanted[name], source)
    found = read_file(source, asked, labelled)
    channels = found.inputs[0].shape[1]
    if channels != tagger.scaler.size:
        raise ArgumentError(
            f"{source}: expected {tagger.scaler.size} columns with measurements as in training, "
            f"got {channels} ({', '.join(found.channels or [])}). Name them with --features."
        )
    return found


def _tell_missing(name: str, column: str, source: str) -> None:
    """Say what it means that a file lacks a column of training."""
    meant = {
        "id": "told the series apart: all rows are read as one",
        "time": "ordered the steps: they are read as they stand",
    }
    if name in meant:
        click.echo(
            f"note: {source}: there is no column {column!r}, which in training {meant[name]}. "
            f"Name another with --{name}.",
            err=True,
        )


def answers(tagger: Any, examples: Examples) -> Iterator[dict[str, Any]]:
    """The label of each step, with its row and time, series after series."""
    assert examples.steps is not None
    for series, place in zip(examples.inputs, examples.steps, strict=True):
        found = tagger.tag([series])[0]
        times: list[Any] = place.times or [None] * len(place.rows)
        for row, time, label, p in zip(
            place.rows, times, found.tags, found.probabilities, strict=True
        ):
            yield dict(zip(COLUMNS, (place.name, row, time, label, round(p, 6)), strict=True))


def table(answers: Iterable[dict]) -> None:
    """A step a line, the series' names between them."""
    for name, steps in itertools.groupby(answers, lambda one: one["series"]):
        click.echo(name)
        for one in steps:
            when = f"{one['time']}  " if one["time"] is not None else ""
            click.echo(f"  row {one['row']}  {when}{one['label']} {one['probability']:.1%}")


def write_csv(answers: Iterable[dict]) -> None:
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(answers)
