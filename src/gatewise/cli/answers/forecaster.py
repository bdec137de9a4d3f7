"""A forecaster's answers: dates with quantiles."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import click
import numpy as np

from gatewise import data
from gatewise.cli.reading import as_in_training
from gatewise.cli.show import percent
from gatewise.cli.writing import write_json
from gatewise.data import Examples, LeftOut, TimeSeries, dates
from gatewise.data.examples import counted
from gatewise.errors import ArgumentError, DataError
from gatewise.report import words
from gatewise.tasks.forecaster.preparation import TOO_SHORT, Cut, read_file
from gatewise.tasks.forecaster.results import judge
from gatewise.tasks.forecaster.windows import LOWEST, strange_targets, unforeseen
from gatewise.tasks.preparation import check_named_set, known_data_set

CHUNK = 512  # series answered at a time
NO_FORECAST = "series of which no forecast can be given"


def inputs(
    task: Any, texts: tuple[str, ...], source: str | None, reading: dict[str, Any]
) -> tuple[Iterable[tuple[int, Any]], dict[str, int]]:
    """Series with the number of their first row, and how many were left out for which reason."""
    if texts or source is None:
        raise ArgumentError("This model forecasts series: give their history with --file.")
    examples = _read(task, source, reading)
    for note in _future_told(task, examples.inputs):
        click.echo(f"note: {note}", err=True)
    return zip(examples.rows, examples.inputs, strict=True), examples.left_out_counts()


def look_at(
    task: Any, texts: tuple[str, ...], source: str | None, reading: dict[str, Any]
) -> tuple[Iterable[tuple[int, Any]], None]:
    """Series to look at, each by the number of its first row."""
    return inputs(task, texts, source, {**reading, "target": None})[0], None


def answers(
    task: Any, numbered: Iterable[tuple[int, Any]], given: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """A forecast for each series."""
    waiting = iter(numbered)
    while chunk := list(islice(waiting, CHUNK)):
        for forecast in task.forecast([one for _, one in chunk]):
            yield {
                "series": forecast.series,
                "quantiles": list(forecast.quantiles),
                "forecast": [
                    {"time": dates.told(time), "values": [float(f"{one:.6g}") for one in values]}
                    for time, values in zip(forecast.times, forecast.values, strict=True)
                ],
            }


def _table(answers: Iterable[dict]) -> None:
    for place, answer in enumerate(answers):
        heads = [f"{one:.0%}" for one in answer["quantiles"]]
        rows = [
            [step["time"], *(words.number(one) for one in step["values"])]
            for step in answer["forecast"]
        ]
        widths = [max(map(len, column)) for column in zip(["", *heads], *rows, strict=True)]
        click.echo(("\n" if place else "") + answer["series"])
        for row in (["", *heads], *rows):
            click.echo("  ".join(one.rjust(width) for one, width in zip(row, widths, strict=True)))


def _csv(answers: Iterable[dict]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for place, answer in enumerate(answers):
        if not place:
            writer.writerow(["series", "time", *(f"q{one:g}" for one in answer["quantiles"])])
        for step in answer["forecast"]:
            writer.writerow([answer["series"], step["time"], *step["values"]])


FORMATS = {"table": _table, "json": write_json, "csv": _csv}


def evaluate(task: Any, source: str, reading: dict[str, Any], form: str) -> None:
    """Backtest the forecaster on the end of each series and print what came out."""
    examples = _read(task, source, reading)
    horizon = task.shape.horizon
    cuts = [Cut(one, horizon, 0.2, 0) for one in examples.inputs if len(one) > horizon]
    if not cuts:
        longest = max(map(len, examples.inputs))
        raise DataError(
            f"{source}: expected a series of {horizon + 1} steps or more, to forecast the last "
            f"{horizon} from what comes before, got {longest} at most. Give longer series."
        )
    found = judge(task, [cut.test for cut in cuts])
    left_out = examples.left_out_counts()
    if short := len(examples) - len(cuts):
        left_out[TOO_SHORT] = left_out.get(TOO_SHORT, 0) + short
    if form == "json":
        more = {"baselines": found["baselines"], "left_out": left_out}
        click.echo(json.dumps({**found["scores"], **more}, indent=1))
        return
    scores = found["scores"]
    click.echo(
        f"{counted(scores['windows'], 'window')} of {counted(horizon, 'step')}: sMAPE "
        f"{words.number(scores['smape']['value'])}, MASE "
        f"{words.number((scores.get('mase') or {}).get('value'))}, "
        f"{percent(scores['coverage'])} within the 80% interval"
    )
    for one in found["baselines"]:
        click.echo(f"  {one['name']}: sMAPE {words.number(one['smape']['value'])}")
    for note in found["notes"]:
        click.echo(f"note: {note}", err=True)
    for reason, count in left_out.items():
        click.echo(f"Left out: {count:,} {reason}.", err=True)


def _future_told(task: Any, series: list[TimeSeries]) -> list[str]:
    """Which known features lack values for the steps to forecast, and how to give them."""
    horizon, columns = task.shape.horizon, task.shape.columns
    lacking = {}
    for name in task.shape.known:
        place = columns.index(name)
        lacking[name] = sum(_lacks(one, place, horizon) for one in series)
    return [
        f"column {name!r} should be known in the future, but {count:,} of {len(series):,} series "
        f"lack{'s' if count == 1 else ''} some of its values for the {horizon} steps to forecast; "
        "the last value is held. Give them in rows after the last one, with the target empty."
        for name, count in lacking.items()
        if count
    ]


def _lacks(one: TimeSeries, place: int, horizon: int) -> bool:
    future = one.covariates[len(one) : len(one) + horizon, place]
    return int(np.isfinite(future).sum()) < horizon


def _read(task: Any, source: str, reading: dict[str, Any]) -> Examples:
    """Series read as in training, with the covariates of training."""
    examples = _examples(task, source, reading)
    shape = task.shape
    first: TimeSeries = examples.inputs[0]
    if first.frequency != shape.frequency:
        raise DataError(
            f"{source}: expected a row every {shape.frequency}, as the model was trained, got one "
            f"every {first.frequency}. Train a model on such dates."
        )
    examples = _with_forecast(source, examples, shape)
    for one in examples.inputs:
        if count := strange_targets(one, shape):
            click.echo(
                f"note: series {one.name}: {counted(count, 'target')} not "
                f"{LOWEST[shape.transform][1]} as in training; counted as unknown",
                err=True,
            )
    return examples


def _with_forecast(source: str, examples: Examples, shape: Any) -> Examples:
    """The series that a forecast can be given of; of the others it is said why not."""
    reasons = {place: why for place, one in enumerate(examples.inputs)
               if (why := unforeseen(one, shape))}  # fmt: skip
    if len(reasons) == len(examples):
        raise DataError(f"{source}: {reasons[0]}")
    for why in reasons.values():
        click.echo(f"note: {why}", err=True)
    found = examples.take([place for place in range(len(examples)) if place not in reasons])
    found.left_out = found.left_out + [
        LeftOut(examples.rows[place], NO_FORECAST, f"series {examples.inputs[place].name}")
        for place in reasons
    ]
    return found


def _examples(task: Any, source: str, reading: dict[str, Any]) -> Examples:
    if known_data_set(source):
        check_named_set(source, task.task)
        return data.load(source)[0]
    asked = as_in_training(task, source, reading)
    asked |= {"features": list(task.shape.columns), "frequency": task.shape.frequency}
    examples = read_file(source, asked)
    # As training writes them: a file may have them in other letters.
    examples.inputs = [replace(one, columns=task.shape.columns) for one in examples.inputs]
    for note in examples.notes:
        click.echo(f"note: {note}", err=True)
    return examples


def example(results: dict[str, Any]) -> tuple[str, str]:
    """A command to try next, and what stands after the model."""
    return "predict", " --file history.csv"
