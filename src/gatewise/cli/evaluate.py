"""`gatewise evaluate`: how good a saved model is on other labelled examples."""

import json
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
    from gatewise.cli.reading import labelled
    from gatewise.cli.runtime import prepare_keras

    prepare_keras()
    import gatewise
    from gatewise import layers
    from gatewise.tasks.classifier.results import judge

    classifier = gatewise.load(model)
    if round_gates:
        layers.round_gates(classifier)
    examples, unseen = labelled(classifier, data, reading)
    found = judge(classifier, examples)
    left_out = examples.left_out_counts()
    if form == "json":
        more = {"examples": len(examples), "left_out": left_out}
        click.echo(json.dumps({**found["scores"], **more}, indent=1, ensure_ascii=False))
        return
    from gatewise.cli.show import show_scores

    show_scores(found, len(examples), left_out, examples.notes)
    if unseen:
        right = found["scores"]["accuracy"]["value"] * len(examples)
        whole = right / (len(examples) + unseen)
        click.echo(f"Counted as mistakes, those {unseen:,} rows make it {whole:.1%}.")
