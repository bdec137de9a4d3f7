"""`gatewise evaluate`: how good a saved model is on other labelled examples."""

from pathlib import Path
from typing import Any

import click

from gatewise.cli.options import reading_options, round_gates_option


@click.command("evaluate", short_help="Score a model on labelled examples.")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("data")
@round_gates_option
@reading_options(default="as in training if left out")
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True
)
def command(model: Path, data: str, round_gates: bool, form: str, **reading: Any) -> None:
    """Score MODEL on the labelled examples in DATA, a file or the name of a data set (its official
    test part, where it has one)."""  # fmt: skip
    from gatewise.cli.runtime import prepare_keras

    prepare_keras()
    import gatewise
    from gatewise import layers
    from gatewise.cli import answers
    from gatewise.tasks.preparation import check_named_set

    task = gatewise.load(model)
    check_named_set(data, task.task)
    if round_gates:
        layers.round_gates(task)
    answers.of(task.task).evaluate(task, data, reading, form)
