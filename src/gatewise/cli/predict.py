"""`gatewise predict`: labels for new texts or series."""

import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click

from gatewise.cli.options import reading_options, round_gates_option

CHUNK = 2_048  # inputs answered at a time: results appear as they come, memory stays small


@click.command("predict", short_help="Label new texts or series.")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("texts", nargs=-1)
@click.option("--file", "source", help="File of inputs; a .txt file holds a text in each line.")
@round_gates_option
@reading_options(default="as in training if left out", without="target")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Labels shown for each input.",
)
def command(
    model: Path,
    texts: tuple[str, ...],
    source: str | None,
    round_gates: bool,
    form: str,
    top: int,
    **reading: Any,
) -> None:
    """Answer with MODEL for TEXTS, for the inputs in --file, or, with - for TEXTS, for the lines of
    standard input.

    \b
    gatewise predict runs/spam/model.keras "Congratulations, you won"
    gatewise predict runs/spam/model.keras --file new.csv --format csv > answers.csv
    cat messages.txt | gatewise predict runs/spam/model.keras -
    """  # fmt: skip
    # An argument that is no UTF-8 comes with surrogates, which nothing could print.
    texts = tuple(os.fsencode(text).decode("utf-8", "replace") for text in texts)
    if not texts and not source:
        raise click.UsageError("Nothing to predict on: give a text, --file FILE, or - for "
                               "standard input.")  # fmt: skip
    if texts and source:
        raise click.UsageError("Give texts or --file, not both.")
    from gatewise.cli.runtime import prepare_keras

    prepare_keras()
    import gatewise
    from gatewise import layers

    classifier = gatewise.load(model)
    if round_gates:
        layers.round_gates(classifier)
    numbered, left_out = _inputs(classifier, texts, source, reading)
    write = {"table": _table, "json": _json, "csv": _csv}[form]
    write(_answers(classifier, numbered, top))
    for reason, count in left_out.items():
        click.echo(f"Left out: {count:,} {reason}.", err=True)


def _inputs(
    classifier: Any, texts: tuple[str, ...], source: str | None, reading: dict[str, Any]
) -> tuple[Iterable[tuple[int, Any]], dict[str, int]]:
    """Inputs with the number of their row, and how many were left out for which reason."""
    from gatewise.errors import ArgumentError

    lines = texts == ("-",) or (source or "").lower().endswith(".txt")
    if classifier.encoder.kind != "text" and (texts or lines):
        raise ArgumentError("This model reads series of measurements: give them with --file "
                            "(.ts, .npz or a long table).")  # fmt: skip
    if lines:
        blank: Counter[str] = Counter()
        return _lines(source, reading["encoding"], blank), blank
    if texts:
        return enumerate(texts, 1), {}
    from gatewise.cli.reading import unlabelled

    examples = unlabelled(classifier, Path(str(source)), reading)
    for note in examples.notes:
        click.echo(f"note: {note}", err=True)
    return zip(examples.rows, examples.inputs, strict=True), examples.left_out_counts()


def _lines(source: str | None, encoding: str | None, blank: Counter) -> Iterator[tuple[int, str]]:
    """The lines of a file or of standard input that hold something, with their numbers."""
    from gatewise.data.opening import existing_file, text_lines

    if source is None:
        yield from _filled(_decoded(sys.stdin.buffer, encoding or "utf-8-sig"), blank)
        return
    with text_lines(existing_file(source), encoding) as lines:
        yield from _filled(lines, blank)


def _filled(lines: Iterable[str], blank: Counter) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        if text := line.strip():
            yield number, text
        else:
            blank["empty lines"] += 1


def _decoded(stream: IO[bytes], encoding: str) -> Iterator[str]:
    """The lines of standard input, each as soon as it has come."""
    from gatewise.errors import ArgumentError, DataError

    for number, line in enumerate(stream, 1):
        try:
            yield line.decode(encoding)
        except LookupError:
            raise ArgumentError(
                f"--encoding: {encoding!r} is no encoding that Python knows. Try utf-8 or latin-1."
            ) from None
        except UnicodeDecodeError as error:
            raise DataError(
                f"standard input, line {number}: expected text in {encoding.removesuffix('-sig')}, "
                f"got byte 0x{line[error.start]:02x}. Name its encoding with --encoding."
            ) from None


def _answers(classifier: Any, numbered: Iterable[tuple[int, Any]], top: int) -> Iterator[dict]:
    waiting = iter(numbered)
    while chunk := list(islice(waiting, CHUNK)):
        predictions = classifier.classify([one for _, one in chunk])
        for (row, one), prediction in zip(chunk, predictions, strict=True):
            best = list(prediction.probabilities.items())[:top]
            yield {
                "row": row,
                "input": one if isinstance(one, str) else f"series of {len(one)} steps",
                "labels": [{"label": label, "probability": round(p, 6)} for label, p in best],
            }


def _table(answers: Iterable[dict]) -> None:
    for answer in answers:
        labels = "  ".join(f"{one['label']} {one['probability']:.1%}" for one in answer["labels"])
        text = " ".join(answer["input"].split())
        click.echo(f"{labels}\t{text if len(text) <= 100 else text[:99] + '…'}")


def _json(answers: Iterable[dict]) -> None:
    """A JSON array with an answer a line, written as they come."""
    separator = "[\n"
    for answer in answers:
        click.echo(separator + json.dumps(answer, ensure_ascii=False), nl=False)
        separator = ",\n"
    click.echo("\n]" if separator != "[\n" else "[]")


def _csv(answers: Iterable[dict]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["row", "rank", "label", "probability", "input"])
    for answer in answers:
        for rank, one in enumerate(answer["labels"], 1):
            writer.writerow([answer["row"], rank, one["label"], one["probability"],
                             answer["input"]])  # fmt: skip
