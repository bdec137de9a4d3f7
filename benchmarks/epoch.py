"""Training time of one epoch: Gatewise against the Keras script that a tutorial would write.

Both train the same network on the same token ids in batches of the same size. The tutorial pads
every text to the longest; Gatewise batches texts of like length. They take turns epoch by epoch,
after one epoch each in which everything is compiled.

    python benchmarks/epoch.py
"""

import argparse
import tempfile
import time
from collections.abc import Callable
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

SEED, BATCH = 0, 32


@dataclass
class Side:
    """One of the two that are compared: what trains an epoch, and on which shapes."""

    epoch: Callable[[int], Any]
    padding: float
    shapes: int
    parameters: int


def main() -> None:
    asked = arguments()
    result: dict[str, Any] = {"about": about(), "seed": SEED, "data": asked.data, "variants": []}
    with tempfile.TemporaryDirectory() as cache:
        start_as_the_command_does(Path(cache))
        start = time.perf_counter()
        examples = training_examples(asked.data, asked.examples)
        counts = token_counts(examples)
        for limit in limits(asked.variants, max(counts)):
            result["variants"].append(variant(examples, counts, limit, asked.epochs))
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
    return found.parse_args()


def training_examples(name: str, most: int | None) -> Any:
    """The training part of a run with defaults."""
    import numpy as np

    from gatewise.tasks.options import RunOptions
    from gatewise.tasks.preparation import prepare

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


def variant(examples: Any, counts: list[int], limit: int | None, epochs: int) -> dict[str, Any]:
    """Both sides on the texts cut at one length, in turns."""
    from gatewise.tasks import Classifier

    classifier = Classifier(seed=SEED, max_length=limit)
    classifier.adapt(examples.inputs, examples.answers)
    encoded = classifier.encoder.encode(examples.inputs)
    lengths = [len(one) for one in encoded]
    say(f"{len(encoded):,} texts of up to {max(lengths)} tokens, {sum(lengths):,} in all")
    sides = {
        "gatewise": gatewise_side(classifier, examples),
        "tutorial": tutorial_side(classifier, examples, encoded),
    }
    assert len({side.parameters for side in sides.values()}) == 1, "the networks differ in size"
    warm_up: dict[str, float] = {}
    times: dict[str, list[float]] = {name: [] for name in sides}
    for name, side in sides.items():
        warm_up[name] = timed(side, 0)
        say(f"{name}: first epoch {warm_up[name]:.1f} s, compilation with it")
    for epoch in range(1, epochs + 1):
        for name, side in sides.items():
            times[name].append(timed(side, epoch))
            say(f"{name}: epoch {epoch} of {epochs}, {times[name][-1]:.2f} s")
    return {
        "texts": len(encoded),
        "longest": max(lengths),
        "cut": sum(count > classifier.encoder.max_length for count in counts),
        "parameters": sides["gatewise"].parameters,
        **{name: {"seconds": spread(times[name]), "first_seconds": warm_up[name],
                  "padding": side.padding, "shapes": side.shapes}
           for name, side in sides.items()},
        "ratio": spread(times["tutorial"])["median"] / spread(times["gatewise"])["median"],
    }  # fmt: skip


def timed(side: Side, epoch: int) -> float:
    start = time.perf_counter()
    side.epoch(epoch)
    return time.perf_counter() - start


def gatewise_side(classifier: Any, examples: Any) -> Side:
    """The batches, weights, optimizer and network that a run with defaults trains with.

    `fit` on raw texts would compile anew each time, so it gets the batches ready-made.
    """
    from gatewise.tasks import labels

    weights = labels.weights(examples.answers, classifier.labels, "auto")
    batches = classifier.batches(
        examples.inputs, examples.answers, weights=weights, batch_size=BATCH, seed=SEED
    )
    classifier.compile()

    def epoch(number: int) -> None:
        batches.start_epoch(number)
        classifier.fit(batches, epochs=1, verbose=0)

    shapes = {(len(members), width) for members, width in batches._plan}
    return Side(epoch, batches.padding, len(shapes), classifier.network.count_params())


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

    return Side(epoch, padding, shapes, model.count_params())


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
        for name, label in (("gatewise", "Gatewise"), ("tutorial", "Keras, padded to the longest")):
            side, seconds = one[name], one[name]["seconds"]
            ratio = f"**{one['ratio']:.1f}** times" if name == "tutorial" else "1"
            rows.append(
                [texts, label, f"{seconds['median']:.1f} s",
                 f"{seconds['low']:.1f} to {seconds['high']:.1f} s", f"{side['padding']:.0%}",
                 str(side["shapes"]), f"{side['first_seconds']:.1f} s", ratio]
            )  # fmt: skip
    return rows


if __name__ == "__main__":
    main()
