"""`gatewise predict`: labels for new texts or series."""

import os
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from gatewise.cli.options import reading_options, round_gates_option


@click.command("predict", short_help="Label new texts or series.")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("texts", nargs=-1)
@click.option("--file", "source", help="File of inputs; a .txt file holds a text in each line.")
@round_gates_option
@reading_options(default="as in training if left out")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "conll"]),
    default="table",
    show_default=True,
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Labels that a classifier shows for each input.",
)
@click.pass_context
def command(
    ctx: click.Context,
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

    task = gatewise.load(model)
    if round_gates:
        layers.round_gates(task)
    from gatewise.cli import answers

    answering = answers.of(task.task)
    if form not in answering.FORMATS:
        raise click.UsageError(
            f"--format: expected one of {', '.join(answering.FORMATS)} of a {task.task}, got "
            f"{form}."
        )
    if task.task != "classifier" and ctx.get_parameter_source("top") == ParameterSource.COMMANDLINE:
        raise click.UsageError(
            f"--top: only a classifier has several labels to show for an input, and this is a "
            f"{task.task}. Leave it out."
        )
    if reading["target"] is not None and task.task != "forecaster":
        raise click.UsageError(
            f"--target: only a forecaster goes on with a column, and this is a {task.task}. Labels "
            "are not looked at. Leave it out."
        )
    numbered, left_out = answering.inputs(task, texts, source, reading)
    answering.FORMATS[form](answering.answers(task, numbered, {"top": top}))
    for reason, count in left_out.items():
        click.echo(f"Left out: {count:,} {reason}.", err=True)
