"""One network of the lesson, from its first weights to its answers on unseen examples."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from gatewise.insight import GradientFollower
from gatewise.lessons.adding import adding_problem
from gatewise.lessons.gradients import profile
from gatewise.lessons.networks import TITLES, network
from gatewise.lessons.options import ROUND, LessonOptions
from gatewise.tasks.stopping import TrainingInterrupted
from gatewise.tasks.training import Checkpoint, EpochFacts, KeepBest

SOLVED = 0.01  # mean squared error below which the problem counts as solved, as in the issue
ENOUGH = SOLVED / 2  # on the validation examples: training ends, with a margin to `SOLVED`
CLIP = 1.0  # of the gradient's norm over all weights
EXAMPLES = {"validation": 1_000, "test": 2_000, "gradient": 64}

# Streams of random examples that must not meet: the last part of a seed.
STREAMS = {"training": 0, "validation": 1, "test": 2, "gradient": 3}


class Watch:
    """Told how the lesson goes on; a base to derive progress displays from."""

    def begin(self, length: int, cell: str, steps: int) -> None:
        """A network is trained from now on, `steps` of its budget being done already."""

    def step(self, loss: float) -> None:
        """A training step is done; `loss` is the mean of this round's steps so far."""

    def end(self, trained: dict[str, Any]) -> None:
        """A network's results are there."""


class FreshExamples(keras.utils.PyDataset):
    """Batches that nobody has seen before, laid out by the seed and their number alone."""

    def __init__(self, options: LessonOptions, length: int):
        super().__init__()
        self.options, self.length, self.round = options, length, 0

    def __len__(self) -> int:
        return ROUND

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        number = self.round * ROUND + index
        seed = (self.options.seed, self.length, STREAMS["training"], number)
        return adding_problem(self.options.batch_size, self.length, seed)


class _Rounds(keras.callbacks.Callback):
    """Counts the rounds for the data, tells each step, and ends training once it is solved."""

    def __init__(self, examples: FreshExamples, watch: Watch):
        super().__init__()
        self.examples, self.watch = examples, watch

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.examples.round = epoch

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.watch.step(float((logs or {})["loss"]))

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if (logs or {})["val_loss"] < ENOUGH:
            self.model.stop_training = True


def examples(options: LessonOptions, length: int, part: str) -> tuple[np.ndarray, np.ndarray]:
    """The examples that are not trained on: `"validation"`, `"test"` or `"gradient"`."""
    seed = (options.seed, length, STREAMS[part])
    return adding_problem(EXAMPLES[part], length, seed)


def train_network(
    options: LessonOptions,
    length: int,
    cell: str,
    checkpoint_path: Path,
    watch: Watch,
    stop: keras.callbacks.Callback,
) -> dict[str, Any]:
    """Train one network until it solves the problem or its budget is spent.

    A checkpoint that is there is gone on from, and stays when training is stopped.

    Returns: the network's results; `interrupted` in them says whether it was stopped.
    Raises: TrainingInterrupted: stopped before the first round ended.
    """
    model = network(cell, length, options.units, options.seed)
    optimizer = keras.optimizers.Adam(options.learning_rate, global_clipnorm=CLIP)
    model.compile(optimizer=optimizer, loss="mse")
    probe = examples(options, length, "gradient")
    follower = GradientFollower(model)
    gradient = {"start": profile(follower, *probe)}
    keep_best = KeepBest(options.rounds)
    checkpoint = Checkpoint(checkpoint_path, keep_best)
    done = checkpoint.read() if checkpoint_path.exists() else 0
    watch.begin(length, cell, done * ROUND)
    interrupted = False
    try:
        if not _over(checkpoint.history, options):
            _fit(model, options, length, done, [keep_best, checkpoint, stop], watch)
    except TrainingInterrupted:
        interrupted = True
        if not checkpoint.history:
            raise
    keep_best.restore(model)
    gradient["end"] = profile(follower, *probe)
    x, y = examples(options, length, "test")
    error = float(model.evaluate(x, y, batch_size=EXAMPLES["gradient"], verbose=0))
    return {
        "cell": cell,
        "name": TITLES[cell],
        "length": length,
        "weights": model.count_params(),
        "budget": options.rounds * ROUND,
        "interrupted": interrupted,
        "seconds": sum(row["seconds"] for row in checkpoint.history),
        "curve": _curve(checkpoint.history),
        "best_step": keep_best.best_epoch * ROUND,
        "test_error": error,
        "solved": error < SOLVED,
        "gradient": gradient,
    }


def _over(history: list[dict[str, float]], options: LessonOptions) -> bool:
    """Whether a training that is gone on with has nothing left to do."""
    return bool(history) and (len(history) >= options.rounds or history[-1]["val_loss"] < ENOUGH)


def _fit(model, options: LessonOptions, length: int, done: int, callbacks, watch: Watch) -> None:
    fresh = FreshExamples(options, length)
    model.fit(
        fresh,
        epochs=options.rounds,
        initial_epoch=done,
        shuffle=False,
        verbose=0,
        validation_data=examples(options, length, "validation"),
        validation_batch_size=EXAMPLES["gradient"],
        callbacks=[EpochFacts(), _Rounds(fresh, watch), *callbacks],
    )


def _curve(history: list[dict[str, float]]) -> dict[str, list]:
    return {
        "step": [int(row["epoch"]) * ROUND for row in history],
        "training": [float(f"{row['loss']:.5g}") for row in history],
        "validation": [float(f"{row['val_loss']:.5g}") for row in history],
    }
