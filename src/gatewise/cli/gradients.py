"""`gatewise gradients`: where a saved model's gradient vanishes or explodes, and what to do."""

from pathlib import Path
from typing import Any

import click

from gatewise.cli.options import reading_options


@click.command("gradients", short_help="Show where the gradient vanishes or explodes.")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("data")
@reading_options(default="as in training if left out")
@click.option(
    "--rows",
    type=click.IntRange(min=1),
    default=256,
    show_default=True,
    help="Most examples to follow, drawn at random.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of that draw.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for gradients.html and gradients.npz; the model's own if left out.",
)
def command(model: Path, data: str, rows: int, seed: int, out: Path | None, **reading: Any) -> None:
    """Follow the loss's gradient back through MODEL's recurrent layers, step by step, on the
    labelled examples in DATA, a file or the name of a data set (its official test part, where it
    has one).

    \b
    gatewise gradients runs/spam/model.keras sms-spam
    gatewise gradients runs/spam/model.keras messages.csv --rows 64 --out look
    """  # fmt: skip
    from gatewise.cli.reading import labelled
    from gatewise.cli.runtime import prepare_keras

    prepare_keras()
    import gatewise
    from gatewise.cli.show import show_flow
    from gatewise.errors import ArgumentError
    from gatewise.report.flow import write_flow
    from gatewise.tasks import Classifier

    classifier = gatewise.load(model)
    if not isinstance(classifier, Classifier):
        raise ArgumentError(
            f"{model}: expected a classifier, got a {classifier.task}. In Python "
            "gatewise.gradient_flow takes any Keras model with its encoded inputs and targets, "
            "such as the network of this one."
        )
    examples, _ = labelled(classifier, data, reading)
    notes = list(examples.notes)
    if len(examples) > rows:
        notes.append(f"{rows:,} of {len(examples):,} examples, drawn at random (seed {seed}).")
        examples = examples.take(drawn(len(examples), rows, seed))
    flow = gatewise.gradient_flow(classifier, examples.inputs, examples.answers)
    show_flow(flow, notes)
    folder = out or model.parent
    folder.mkdir(parents=True, exist_ok=True)
    flow.save(folder / "gradients.npz")
    about = {"title": f"{model.name} on {data}", "rows": len(examples), "notes": notes}
    write_flow(flow, about, folder / "gradients.html")
    click.echo(f"\nWrote {folder / 'gradients.html'} and {folder / 'gradients.npz'}")


def drawn(examples: int, rows: int, seed: int) -> Any:
    """Which examples to take, in their order."""
    import numpy as np

    return np.sort(np.random.default_rng(seed).choice(examples, rows, replace=False))
