"""A training run from data to a folder with the model, its metrics and their history."""

import csv
import io
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from gatewise.errors import ArgumentError, DataError
from gatewise.files import whole_file, write_text
from gatewise.tasks import defaults
from gatewise.tasks.classifier import Classifier
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts, prepare
from gatewise.tasks.results import results
from gatewise.tasks.training import Checkpoint, KeepBest, TrainingInterrupted

Say = Callable[[str], None]


@dataclass(frozen=True)
class RunFolder:
    """The files of a run."""

    path: Path

    @property
    def options(self) -> Path:
        return self.path / "config.json"

    @property
    def model(self) -> Path:
        return self.path / "model.keras"

    @property
    def metrics(self) -> Path:
        return self.path / "metrics.json"

    @property
    def history(self) -> Path:
        return self.path / "history.csv"

    @property
    def checkpoint(self) -> Path:
        return self.path / "checkpoint.npz"

    @property
    def report(self) -> Path:
        return self.path / "report.html"

    def tidy(self) -> None:
        """Remove what a killed process left half written."""
        for part in self.path.glob(".part-*"):
            part.unlink(missing_ok=True)

    def create(self, overwrite: bool = False) -> None:
        """Make the folder, or make sure that nothing in it would be lost.

        Raises:
            ArgumentError: it is there and holds something, or cannot be made or written to.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if any(self.path.iterdir()) and not overwrite:
                raise ArgumentError(
                    f"--out {self.path}: expected a new or empty folder, but it holds files. Name "
                    "another, go on with --resume, or replace what is there with --overwrite."
                )
            for old in (self.checkpoint, self.model, self.metrics, self.history, self.report):
                old.unlink(missing_ok=True)
            with whole_file(self.path / "probe") as part:
                part.touch()
            (self.path / "probe").unlink()
        except OSError as error:
            raise ArgumentError(
                f"--out {self.path}: expected a folder that can be written to, got: "
                f"{error.strerror}. Name another with --out."
            ) from error


def train(
    options: RunOptions,
    folder: RunFolder,
    *,
    resume: bool = False,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    say: Say = print,
) -> dict[str, Any]:
    """Train, evaluate and save a classifier.

    The folder holds, from its first moment, what a later `resume` needs; at the end the model,
    the metrics and the history. A stop by Ctrl-C (or SIGTERM) ends here too, with the best
    weights so far.

    Args:
        options: what to do.
        folder: where to; its `create` has been called, or it holds a run to resume.
        resume: go on with the run in the folder.
        callbacks: further Keras callbacks, progress for instance.
        say: told what the user should know.

    Returns:
        The results, as in `metrics.json`.

    Raises:
        TrainingInterrupted: stopped before the first epoch ended.
        DataError: the data cannot be used, or changed since the run began.
    """
    folder.tidy()
    parts = prepare(options, say)
    if resume:
        _check_unchanged(folder, parts.sha256, options)
    else:
        options.write(folder.options)
        write_text(folder.path / "data.sha256", parts.sha256 + "\n")
    keras.utils.set_random_seed(options.seed)
    classifier = Classifier(**options.model)
    classifier.adapt(parts.train.inputs, parts.train.answers)
    classifier.reading = parts.reading
    batches = -(-len(parts.train) // options.batch_size)
    epochs = options.epochs or defaults.epochs(batches)
    keep_best = KeepBest(options.patience)
    checkpoint = Checkpoint(
        folder.checkpoint, keep_best, lambda history: _write_history(folder.history, history)
    )
    done = 0
    if resume and folder.checkpoint.exists():
        done = checkpoint.read()
        say(f"Going on after epoch {done} of {epochs}.")
    stopped = "finished"
    try:
        if done < epochs and not keep_best.exhausted(done):
            _fit(classifier, parts, options, epochs, done, [keep_best, *callbacks, checkpoint])
    except TrainingInterrupted:
        stopped = "interrupted"
        if not checkpoint.history:
            raise
    keep_best.restore(classifier)
    if stopped == "finished" and len(checkpoint.history) < epochs:
        stopped = "early"
    found = results(classifier, parts, options, checkpoint, epochs, stopped, resumed=done)
    save(classifier, folder.model)
    write_text(folder.metrics, json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    if stopped != "interrupted":
        folder.checkpoint.unlink(missing_ok=True)
    return found


def save(model: keras.Model, path: Path) -> None:
    """Save a model, whole or not at all."""
    with whole_file(path) as part:
        model.save(part)


def _fit(classifier, parts: Parts, options, epochs, done, callbacks) -> None:
    validation = parts.validation
    with stop_on_signal() as stop:
        classifier.fit(
            parts.train.inputs,
            parts.train.answers,
            batch_size=options.batch_size,
            epochs=epochs,
            initial_epoch=done,
            verbose=0,
            callbacks=[EpochFacts(), *callbacks, stop],
            validation_data=validation and (validation.inputs, validation.answers),
            class_weight=options.class_weight,
        )


class EpochFacts(keras.callbacks.Callback):
    """Adds an epoch's seconds and learning rate to its metrics, for the callbacks after it."""

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._start = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
            logs["seconds"] = time.monotonic() - self._start


class _StopOnRequest(keras.callbacks.Callback):
    """Ends a training between two batches once it was asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.requested = False

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if self.requested:
            raise TrainingInterrupted


@contextmanager
def stop_on_signal() -> Iterator[keras.callbacks.Callback]:
    """Give a callback that raises `TrainingInterrupted` after the batch in which Ctrl-C or SIGTERM
    came; a second Ctrl-C ends the program at once."""
    stop = _StopOnRequest()
    if threading.current_thread() is not threading.main_thread():
        yield stop  # only the main thread may set handlers
        return

    def request(number: int, frame: Any) -> None:
        stop.requested = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, request) for number in signals}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_unchanged(folder: RunFolder, sha256: str, options: RunOptions) -> None:
    recorded = folder.path / "data.sha256"
    if recorded.exists() and recorded.read_text().strip() != sha256:
        raise DataError(
            f"{options.data}: expected the data that the run in {folder.path} began with, but the "
            "file has changed since. Train again into a new folder."
        )


def _write_history(path: Path, history: list[dict[str, float]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(history[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    write_text(path, text.getvalue())
