"""A translator's answers: a text for each text."""

import csv
import json
import shlex
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from gatewise import data
from gatewise.cli.lines import given_lines
from gatewise.cli.reading import as_in_training, named_or
from gatewise.cli.writing import write_json
from gatewise.data.examples import counted
from gatewise.data.pairs import holds_lines
from gatewise.report import measures
from gatewise.tasks.translator.results import judge

CHUNK = 512  # sources answered at a time


def inputs(
    translator: Any, texts: tuple[str, ...], source: str | None, reading: dict[str, Any]
) -> tuple[Iterable[tuple[int, str]], dict[str, int]]:
    """Numbered sources, and how many were left out for which reason."""
    found = given_lines(texts, source, reading["encoding"])
    if found:
        return found
    asked = as_in_training(translator, str(source), reading, "input", "encoding")
    examples = data.read_pairs(str(source), labelled=False, **asked)
    _tell(examples.notes)
    return zip(examples.rows, examples.inputs, strict=True), examples.left_out_counts()


def answers(
    translator: Any, numbered: Iterable[tuple[int, str]], given: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """What is written for each source, as they come."""
    waiting = iter(numbered)
    while chunk := list(islice(waiting, CHUNK)):
        found = translator.translate([text for _, text in chunk])
        for (row, text), one in zip(chunk, found, strict=True):
            probability = round(one.probability, 6)
            yield {"row": row, "input": text, "output": one.text, "probability": probability}


def look_page(translator: Any, asked: Any, page: Path, pictures: Path | None) -> None:
    """Write the page of its attention, in place of one of its gates."""
    from gatewise.cli.look_attention import draw

    draw(translator, asked, page, pictures)


def _table(answers: Iterable[dict]) -> None:
    for answer in answers:
        click.echo(f"{' '.join(answer['input'].split())}\t{answer['output']}")


def _csv(answers: Iterable[dict]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    columns = ("row", "input", "output", "probability")
    writer.writerow(columns)
    for answer in answers:
        writer.writerow([answer[name] for name in columns])


FORMATS = {"table": _table, "json": write_json, "csv": _csv}


def evaluate(translator: Any, source: str, reading: dict[str, Any], form: str) -> None:
    """Score the translator on pairs and print what came out."""
    examples = named_or(
        source, lambda: data.read_pairs(source, **_asked(translator, source, reading))
    )
    _tell(examples.notes)
    scores = judge(translator, examples)["scores"]
    left_out = examples.left_out_counts()
    if form == "json":
        more = {"pairs": len(examples), "left_out": left_out}
        click.echo(json.dumps({**scores, **more}, indent=1, ensure_ascii=False))
        return
    for name, told in scores.items():
        measure = measures.MEASURES[name]
        value, interval = measure.wording(told["value"]), measure.interval(told)
        click.echo(f"{measure.title} {value} (95% interval {interval})")
        if "signature" in told:
            click.echo(f"  sacrebleu {told['signature']}")
    click.echo(f"over {counted(len(examples), 'pair')}")
    for reason, count in left_out.items():
        click.echo(f"Left out: {count:,} {reason}.", err=True)


def _tell(notes: list[str]) -> None:
    for note in notes:
        click.echo(f"note: {note}", err=True)


def _asked(translator: Any, source: str, reading: dict[str, Any]) -> dict[str, Any]:
    """How a file of pairs is read: as asked, and a table else as in training."""
    if holds_lines(source):
        return {name: reading.get(name) for name in ("input", "target", "encoding")}
    return as_in_training(translator, source, reading, "input", "target", "encoding")


def example(results: dict[str, Any]) -> tuple[str, str]:
    """A command to try next, and what stands after the model."""
    told = results["translations"]
    source = " ".join(told[0]["source"].split())[:60] if told else "something new"
    return "predict", f" {shlex.quote(source)}"
