"""`gatewise generate`: a trained generator writes, seen as it writes."""

import os
import sys
from pathlib import Path
from typing import Any

import click


@click.command("generate", short_help="Write texts: freely, after a prompt or for a label.")
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--prompt", default="", help="What each text begins with.")
@click.option("--label", help="What to write for, where training had labels.")
@click.option(
    "--length",
    type=click.IntRange(min=1),
    help="Most tokens to write [to the end; of a running text 500].",
)
@click.option(
    "--temperature",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Below 1 safer, above 1 bolder; 0 takes the likeliest token.",
)
@click.option(
    "--top-k", type=click.IntRange(min=1), help="Draw among the k likeliest tokens [all]."
)
@click.option(
    "--top-p",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help="Draw among the fewest tokens that have this probability together.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--number", type=click.IntRange(min=1), default=1, show_default=True)
def command(model: Path, number: int, seed: int, **given: Any) -> None:
    """Write texts with MODEL, a generator that gatewise train made, each shown as it is drawn.

    \b
    gatewise generate runs/names/model.keras --label Italian --number 10
    gatewise generate runs/novel/model.keras --prompt "It was" --temperature 0.7 --length 800
    """  # fmt: skip
    from gatewise.cli.runtime import prepare_keras

    prepare_keras()
    import gatewise
    from gatewise.cli.answers.generator import label_of
    from gatewise.errors import ArgumentError
    from gatewise.tasks.generator import Generator, Sampling

    task = gatewise.load(model)
    if not isinstance(task, Generator):
        raise ArgumentError(
            f"{model}: expected a generator, got a {task.task}. Train one with gatewise train DATA "
            "--task generator; this model answers to gatewise predict."
        )
    sampling = Sampling(*(given.pop(name) for name in ("temperature", "top_k", "top_p")))
    prompt = os.fsencode(given.pop("prompt")).decode("utf-8", "replace")
    label = label_of(task, given.pop("label"))
    run = task.steps()
    for place in range(number):
        written = task.write(
            run=run, sampling=sampling, seed=[seed, place], prompt=prompt, label=label, **given
        )
        _stream(written)


def _stream(written: Any) -> None:
    """Show each token as it comes, and end the line."""
    last = ""
    for part in written:
        sys.stdout.write(part)
        sys.stdout.flush()
        last = part or last
    if not last.endswith("\n"):
        sys.stdout.write("\n")
        sys.stdout.flush()
