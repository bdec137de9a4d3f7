"""The options of `gatewise train` that are arguments of the model, and whose they are."""

from collections.abc import Callable
from typing import Any, NamedTuple

import click

from gatewise.errors import ArgumentError

TASKS = ("classifier", "forecaster", "generator", "tagger", "translator")
CLASSIFIER = ("classifier",)
FORECASTER = ("forecaster",)
GENERATOR = ("generator",)
READERS = ("classifier", "tagger")
BOTH_WAYS = (*READERS, "translator")
SERIES = ("classifier", "tagger", "forecaster")
TAGGER = ("tagger",)
TEXTS = ("classifier", "generator", "translator")
TRANSLATOR = ("translator",)
WORDS = ("classifier", "generator", "tagger", "translator")


class Option(NamedTuple):
    """An argument of a task's model; the defaults are the model's own, told in `help`."""

    kind: Any  # click's type, or "switch"
    help: str
    tasks: tuple[str, ...] = TASKS


AT_LEAST_ONE = click.IntRange(min=1)
PART = click.FloatRange(0, 1, max_open=True)

MODEL: dict[str, Option] = {
    "cell": Option(
        click.Choice(["lstm", "gru", "simple_rnn", "binary_gate_lstm"]), "Recurrent cell [lstm]."
    ),
    "units": Option(
        AT_LEAST_ONE,
        "Of each layer and direction [64; tagger 128, generator 512, translator 256, forecaster "
        "48].",
    ),
    "depth": Option(AT_LEAST_ONE, "Recurrent layers [1; translator 2]."),
    "bidirectional": Option("switch", "Read both ways [yes].", BOTH_WAYS),
    "pooling": Option(
        click.Choice(["max", "mean", "last"]),
        "What of the steps goes to the head [max].",
        CLASSIFIER,
    ),
    "embedding": Option(
        AT_LEAST_ONE, "Length of a vector [200; tagger 100, translator 128, generator 64].", WORDS
    ),
    "vectors": Option(str, "Pretrained vectors: a name (glove-6b-50d) or a file.", CLASSIFIER),
    "tokens": Option(
        click.Choice(["word", "character", "bpe"]),
        "What a token is [word; generator character; translator as the data suggest].",
        TEXTS,
    ),
    "vocabulary_size": Option(
        click.IntRange(min=3), "Most token ids kept [20000; tagger 50000, translator 4000].", WORDS
    ),
    "max_length": Option(
        AT_LEAST_ONE,
        "Steps kept of an input [512 tokens, 2048 steps; generator 1024, translator 128].",
        TEXTS,
    ),
    "dropout": Option(
        PART,
        "Part of the values dropped in training [0.5; tagger 0.4, translator 0.3, forecaster 0.1].",
    ),
    "token_dropout": Option(
        PART,
        "Part of the tokens read as unknown [0.2; 0.1 with --vectors; tagger 0.05, generator 0.1].",
        (*READERS, "generator"),
    ),
    "characters": Option(
        click.IntRange(min=0), "Most characters of a word that are read, 0 for none [16].", TAGGER
    ),
    "crf": Option("switch", "Judge whole sequences of tags by a CRF [no].", TAGGER),
    "condition": Option(AT_LEAST_ONE, "Length of the vector of a label [32].", GENERATOR),
    "running": Option(
        "switch", "One long text, whose lines are no sequences [yes for a .txt].", GENERATOR
    ),
    "streams": Option(
        AT_LEAST_ONE, "Parts of a running text that are read side by side [32].", GENERATOR
    ),
    "steps": Option(
        AT_LEAST_ONE, "Of a running text, over which gradients go back [128].", GENERATOR
    ),
    "attention": Option(
        click.Choice(["luong", "bahdanau"]),
        "After the recurrent layers or inside [luong].",
        TRANSLATOR,
    ),
    "target_tokens": Option(
        click.Choice(["word", "character", "bpe"]),
        "Of the target [as the data suggest].",
        TRANSLATOR,
    ),
    "label_smoothing": Option(
        PART, "Part of the target spread over all tokens in training [0.1].", TRANSLATOR
    ),
    "scheduled_sampling": Option(
        PART, "Part of the target that is the decoder's own in training [0].", TRANSLATOR
    ),
    "beams": Option(AT_LEAST_ONE, "Answers followed side by side, 1 for greedy [5].", TRANSLATOR),
    "horizon": Option(AT_LEAST_ONE, "Steps to forecast [months: 18].", FORECASTER),
    "window": Option(
        click.IntRange(min=2),
        "Past steps read [three seasons]; tagger: steps of a series read at once [256].",
        (*FORECASTER, *TAGGER),
    ),
    "season": Option(AT_LEAST_ONE, "Steps in a season [as the dates say].", FORECASTER),
    "known": Option(str, "Features known in the future too, comma-separated.", FORECASTER),
    "members": Option(AT_LEAST_ONE, "Networks that are averaged [3].", FORECASTER),
    "seed": Option(click.IntRange(min=0), "Of weights, dropout and batches [0]."),
}


# Options of a run that not every task has.
RUN: dict[str, tuple[str, ...]] = {
    "input": TEXTS,
    "id": SERIES,
    "time": SERIES,
    "features": SERIES,
    "class_weight": CLASSIFIER,
}


def tasks_of(name: str) -> tuple[str, ...]:
    """The tasks that have an option.

    >>> tasks_of("crf"), tasks_of("class_weight"), tasks_of("epochs") == TASKS
    (('tagger',), ('classifier',), True)
    """
    return MODEL[name].tasks if name in MODEL else RUN.get(name, TASKS)


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of `MODEL` to a command."""
    for name, option in reversed(MODEL.items()):
        flag = "--" + name.replace("_", "-")
        if option.kind == "switch":
            added = click.option(
                f"{flag}/{flag.replace('--', '--no-', 1)}", default=None, help=option.help
            )
        else:
            added = click.option(flag, type=option.kind, help=option.help)
        command = added(command)
    return command


def belongs(task: str) -> set[str]:
    """The names of the options that a task has."""
    return {name for name, option in MODEL.items() if task in option.tasks}


def refuse_strange(task: str, given: dict[str, Any], seen: bool = False) -> None:
    """Raise an `ArgumentError` for an option that the task does not have; `seen`: nobody named the
    task, it was seen from the data."""
    remedy = "Name the task with --task, or leave the option out." if seen else "Leave it out."
    for name in (*MODEL, "class_weight"):
        if given[name] is not None and task not in tasks_of(name):
            raise ArgumentError(
                f"--{name.replace('_', '-')}: expected with --task {' or '.join(tasks_of(name))}, "
                f"got it with the {task}{' that the data suggest' if seen else ''}. {remedy}"
            )
