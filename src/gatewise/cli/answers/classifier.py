"""A classifier's answers: labels with probabilities."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from gatewise.cli.lines import given_lines
from gatewise.cli.reading import labelled, unlabelled
from gatewise.cli.show import show_scores
from gatewise.cli.writing import on_one_line, write_json
from gatewise.errors import ArgumentError
from gatewise.tasks.classifier.results import judge

CHUNK = 2_048  # inputs answered at a time: results appear as they come, memory stays small


def inputs(
    classifier: Any, texts: tuple[str, ...], source: str | None, reading: dict[str, Any]
) -> tuple[Iterable[tuple[int, Any]], dict[str, int]]:
    """Inputs with the number of their row, and how many were left out for which reason."""
    found = given_lines(texts, source, reading["encoding"])
    if classifier.encoder.kind != "text" and found:
        raise ArgumentError(
            "This model reads series of measurements: give them with --file (.ts, .npz or a long "
            "table)."
        )
    if found:
        return found
    examples = unlabelled(classifier, Path(str(source)), reading)
    for note in examples.notes:
        click.echo(f"note: {note}", err=True)
    return zip(examples.rows, examples.inputs, strict=True), examples.left_out_counts()


def answers(
    classifier: Any, numbered: Iterable[tuple[int, Any]], given: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """An answer for each input, as they come."""
    waiting = iter(numbered)
    while chunk := list(islice(waiting, CHUNK)):
        predictions = classifier.classify([one for _, one in chunk])
        for (row, one), prediction in zip(chunk, predictions, strict=True):
            best = list(prediction.probabilities.items())[: given["top"]]
            yield {
                "row": row,
                "input": one if isinstance(one, str) else f"series of {len(one)} steps",
                "labels": [{"label": label, "probability": round(p, 6)} for label, p in best],
            }


def _table(answers: Iterable[dict]) -> None:
    for answer in answers:
        labels = "  ".join(f"{one['label']} {one['probability']:.1%}" for one in answer["labels"])
        click.echo(f"{labels}\t{on_one_line(answer['input'])}")


def _csv(answers: Iterable[dict]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["row", "rank", "label", "probability", "input"])
    for answer in answers:
        for rank, one in enumerate(answer["labels"], 1):
            writer.writerow([answer["row"], rank, one["label"], one["probability"],
                             answer["input"]])  # fmt: skip


FORMATS = {"table": _table, "json": write_json, "csv": _csv}


def evaluate(classifier: Any, source: str, reading: dict[str, Any], form: str) -> None:
    """Score the classifier on labelled examples and print what came out."""
    examples, unseen = labelled(classifier, source, reading)
    found = judge(classifier, examples)
    left_out = examples.left_out_counts()
    if form == "json":
        more = {"examples": len(examples), "left_out": left_out}
        click.echo(json.dumps({**found["scores"], **more}, indent=1, ensure_ascii=False))
        return
    show_scores(found, f"{len(examples):,} examples", left_out, examples.notes)
    if unseen:
        right = found["scores"]["accuracy"]["value"] * len(examples)
        whole = right / (len(examples) + unseen)
        click.echo(f"Counted as mistakes, those {unseen:,} rows make it {whole:.1%}.")


def example(results: dict[str, Any]) -> tuple[str, str]:
    """A command to try next, and what stands after the model."""
    return "predict", ' "a new text"' if results["kind"] == "text" else " --file new_series.ts"
