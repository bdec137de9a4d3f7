"""Training time of one epoch: Gatewise, the same without its kernels, and a tutorial's script.

All train the same network on the same token ids in batches of the same size. The tutorial pads
every text to the longest; Gatewise batches texts of like length, with the kernels that it chooses
or, as `reference`, with GATEWISE_KERNELS=reference. They take turns epoch by epoch, after one
epoch each in which everything is compiled.

    python benchmarks/epoch.py
    python benchmarks/epoch.py --sides gatewise reference --variants default
"""

import argparse
import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import (
    about,
    conditions,
    markdown,
    parser,
    say,
    spread,
    start_as_the_command_does,
    write_result,
)
from layers_sides import native_count

SEED, BATCH = 0, 32
SIDES = {
    "gatewise": "Gatewise",
    "reference": "Gatewise, kernels off",
    "tutorial": "Keras, padded to the longest",
}


@dataclass
class Side:
    """One of those that are compared: what trains an epoch, and on which shapes."""

    epoch: Callable[[int], Any]
    padding: float
    shapes: int
    parameters: int
    path: str  # of the recurrent layers, in words
    native_calls: int = 0  # of the kernel's backward pass, by its own counter


def main() -> None:
    asked = arguments()
    result: dict[str, Any] = {"about": about(), "seed": SEED, "data": asked.data, "variants": []}
    with tempfile.TemporaryDirectory() as cache:
        start_as_the_command_does(Path(cache))
        start = time.perf_counter()
        examples = training_examples(asked.data, asked.examples)
        counts = token_counts(examples)
        for limit in limits(asked.variants, max(counts)):
            result["variants"].append(variant(examples, counts, limit, asked))
            result["seconds"] = time.perf_counter() - start
            write_result(asked.out, result)
    print(f"\n{markdown(table(result))}\n\n{conditions(result)}")


def arguments() -> argparse.Namespace:
    found = parser("Training time of one epoch, against a plain Keras script.", "epoch")
    found.add_argument("--data", default="reuters-r8", help="a named data set of texts")
    found.add_argument("--epochs", type=int, default=5, help="timed epochs of each side")
    found.add_argument("--examples", type=int, help="only so many training examples, for a trial")
    found.add_argument("--variants", nargs="+", choices=["default", "full"],
                       default=["default", "full"],
                       help="texts cut at the default length, and whole")  # fmt: skip
    found.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES), help="who trains")
    return found.parse_args()


def training_examples(name: str, most: int | None) -> Any:
    """The training part of a run with defaults."""
    import numpy as np

    from gatewise.tasks.classifier.preparation import prepare
    from gatewise.tasks.options import RunOptions

    train = prepare(RunOptions(data=name), say).train
    if most is None:
        return train
    drawn = np.random.default_rng(SEED).permutation(len(train))[:most]
    return train.take(np.sort(drawn))


def token_counts(examples: Any) -> list[int]:
    """Tokens of each text, uncut."""
    from gatewise.data.tokens import TextEncoder

    encoder = TextEncoder(max_length=1_000_000).adapt(examples.inputs)
    return [len(one) for one in encoder.encode(examples.inputs)]


def limits(variants: list[str], longest: int) -> list[int | None]:
    """The lengths to cut at, None for the default; one where no text is longer than that."""
    from gatewise.data.tokens import TextEncoder

    if longest <= TextEncoder().max_length:
        return [None]
    return [{"default": None, "full": longest}[one] for one in variants]


def variant(
    examples: Any, counts: list[int], limit: int | None, asked: argparse.Namespace
) -> dict[str, Any]:
    """All sides on the texts cut at one length, in turns."""
    classifier = adapted(examples, limit)
    encoded = classifier.encoder.encode(examples.inputs)
    lengths = [len(one) for one in encoded]
    say(f"{len(encoded):,} texts of up to {max(lengths)} tokens, {sum(lengths):,} in all")
    make = {
        "gatewise": lambda: gatewise_side(classifier, examples, None),
        "reference": lambda: gatewise_side(adapted(examples, limit), examples, "reference"),
        "tutorial": lambda: tutorial_side(classifier, examples, encoded),
    }
    sides = {name: make[name]() for name in SIDES if name in asked.sides}
    assert len({side.parameters for side in sides.values()}) == 1, "the networks differ in size"
    first, times = taking_turns(sides, asked.epochs)
    return {
        "texts": len(encoded),
        "longest": max(lengths),
        "cut": sum(count > classifier.encoder.max_length for count in counts),
        "parameters": next(iter(sides.values())).parameters,
        **{name: {"seconds": spread(times[name]), "first_seconds": first[name],
                  "padding": side.padding, "shapes": side.shapes, "path": side.path,
                  "native_calls": side.native_calls}
           for name, side in sides.items()},
    }  # fmt: skip


def adapted(examples: Any, limit: int | None) -> Any:
    """A classifier with defaults that knows the texts and has a network."""
    from gatewise.tasks import Classifier

    return Classifier(seed=SEED, max_length=limit).adapt(examples.inputs, examples.answers)


def taking_turns(
    sides: dict[str, Side], epochs: int
) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Seconds of each side's first epoch, and of those after it."""
    first: dict[str, float] = {}
    times: dict[str, list[float]] = {name: [] for name in sides}
    for name, side in sides.items():
        first[name] = timed(side, 0)
        say(f"{name}: first epoch {first[name]:.1f} s, compilation with it ({side.path})")
    for epoch in range(1, epochs + 1):
        for name, side in sides.items():
            times[name].append(timed(side, epoch))
            say(f"{name}: epoch {epoch} of {epochs}, {times[name][-1]:.2f} s")
    return first, times


def timed(side: Side, epoch: int) -> float:
    calls, start = native_count("backward"), time.perf_counter()
    side.epoch(epoch)
    seconds = time.perf_counter() - start
    side.native_calls += native_count("backward") - calls
    return seconds


def gatewise_side(classifier: Any, examples: Any, kernels: str | None) -> Side:
    """The batches, weights, optimizer and network that a run with defaults trains with.

    `fit` on raw texts would compile anew each time, so it gets the batches ready-made.

    Args:
        classifier: an adapted one, of its own.
        examples: what it learns.
        kernels: what GATEWISE_KERNELS is while it trains; None leaves it as it is.
    """
    from gatewise.tasks import labels

    weights = labels.weights(examples.answers, classifier.labels, "auto")
    batches = classifier.batches(
        examples.inputs, examples.answers, weights=weights, batch_size=BATCH, seed=SEED
    )
    classifier.compile()

    def epoch(number: int) -> None:
        batches.start_epoch(number)
        with kernels_set(kernels):  # read when a shape is compiled
            classifier.fit(batches, epochs=1, verbose=0)

    shapes = {(len(members), width) for members, width in batches._plan}
    parameters = classifier.network.count_params()
    with kernels_set(kernels):
        path = paths(classifier.network)
    return Side(epoch, batches.padding, len(shapes), parameters, path)


@contextlib.contextmanager
def kernels_set(value: str | None) -> Iterator[None]:
    """GATEWISE_KERNELS as told, for a while."""
    before = os.environ.get("GATEWISE_KERNELS")
    if value is not None:
        os.environ["GATEWISE_KERNELS"] = value
    yield
    if value is not None:
        os.environ.pop("GATEWISE_KERNELS")
        if before is not None:
            os.environ["GATEWISE_KERNELS"] = before


def paths(network: Any) -> str:
    """Which path the recurrent layers take, each answer once."""
    from gatewise.layers import explain, find_recurrent

    choices = [explain(layer) for _, layer in find_recurrent(network)]
    found = [f"native: {one.reason}" if one.kernel else f"stock: {one.reason}" for one in choices]
    return "; ".join(dict.fromkeys(found))


def tutorial_side(classifier: Any, examples: Any, encoded: list[Any]) -> Side:
    """Pad to the longest, mask, fit."""
    import keras

    from gatewise.tasks import labels

    x = keras.utils.pad_sequences(encoded, padding="post")
    y = labels.ids(examples.answers, classifier.labels)
    model = tutorial_model(classifier.encoder.size, classifier.options, len(classifier.labels))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    shapes = 1 + (len(x) % BATCH > 0)
    padding = 1 - sum(map(len, encoded)) / x.size

    def epoch(number: int) -> None:
        model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)

    return Side(epoch, padding, shapes, model.count_params(), paths(model))


def tutorial_model(vocabulary: int, options: dict[str, Any], classes: int) -> Any:
    """Gatewise's default network, written with Keras's own layers."""
    import keras

    from gatewise.layers import MaxOverTime

    keras.utils.set_random_seed(SEED)
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(vocabulary, options["embedding"], mask_zero=True),
            keras.layers.Dropout(options["dropout"]),
            keras.layers.Bidirectional(keras.layers.LSTM(options["units"], return_sequences=True)),
            MaxOverTime(),  # Keras's own pooling ignores the mask
            keras.layers.Dropout(options["dropout"]),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


def table(result: dict[str, Any]) -> list[list[str]]:
    rows = [["texts", "trained by", "one epoch (median)", "range", "padding", "compiled shapes",
             "first epoch, compiling", "ratio"]]  # fmt: skip
    for one in result["variants"]:
        cut = f" ({one['cut']} cut there)" if one["cut"] else ""
        texts = f"{one['texts']:,}, up to {one['longest']} tokens{cut}"
        for name, label in SIDES.items():
            if name not in one:
                continue
            side, seconds = one[name], one[name]["seconds"]
            rows.append(
                [texts, label, f"{seconds['median']:.1f} s",
                 f"{seconds['low']:.1f} to {seconds['high']:.1f} s", f"{side['padding']:.0%}",
                 str(side["shapes"]), f"{side['first_seconds']:.1f} s", ratio(one, name)]
            )  # fmt: skip
    return rows


def ratio(one: dict[str, Any], name: str) -> str:
    """How many times as long as Gatewise a side takes."""
    if name == "gatewise" or "gatewise" not in one:
        return "1" if name == "gatewise" else ""
    median = one[name]["seconds"]["median"]
    return f"**{median / one['gatewise']['seconds']['median']:.1f}** times"


if __name__ == "__main__":
    main()
