"""A training run from data to a folder with the model, its metrics and their history."""

import csv
import io
import json
import signal
import tempfile
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

    @property
    def data_hash(self) -> Path:
        return self.path / "data.sha256"

    @property
    def finished(self) -> bool:
        """Whether a run has come to its end here; its report may still be missing."""
        return self.metrics.exists() and not self.checkpoint.exists()

    def create(self, overwrite: bool = False) -> None:
        """Make the folder, and make sure that it can be written to and that nothing in it would
        be lost.

        Raises:
            ArgumentError: it is there and holds something, or cannot be made or written to.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.tidy()
            if any(self.path.iterdir()) and not overwrite:
                raise ArgumentError(
                    f"--out {self.path}: expected a new or empty folder, but it holds files. Name "
                    "another, go on with --resume, or replace what is there with --overwrite."
                )
            with tempfile.TemporaryFile(dir=self.path) as probe:
                probe.write(b"can this be written to?")
        except OSError as error:
            raise ArgumentError(
                f"--out {self.path}: expected a folder that can be written to, got: "
                f"{error.strerror}. Name another with --out."
            ) from error

    def begin(self, options: RunOptions, data_hash: str) -> None:
        """Write down what this run is to do, and take away what would pass for its state.

        `config.json` is the first file of a run; with it a later `resume` can do all that was not
        done. The model and the report of an earlier run stay until there are new ones.
        """
        for old in (self.checkpoint, self.metrics, self.history, self.data_hash):
            old.unlink(missing_ok=True)
        options.write(self.options)
        write_text(self.data_hash, data_hash + "\n")


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
    keras.utils.set_random_seed(options.seed)
    classifier = Classifier(**options.model)
    parts = prepare(options, say)
    classifier.adapt(parts.train.inputs, parts.train.answers)
    classifier.reading = parts.reading
    if resume:
        _check_unchanged(folder, parts.sha256, options)
    else:  # not before all that can be wrong with the data has been found
        folder.begin(options, parts.sha256)
    batch_size = options.batch_size or defaults.batch_size(len(parts.train))
    epochs = options.epochs or defaults.epochs(-(-len(parts.train) // batch_size))
    validated = len(parts.validation) if parts.validation else 0
    keep_best = KeepBest(options.patience or defaults.patience(epochs), validated)
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
        else:
            classifier.compile()
            classifier.optimizer.build(classifier.trainable_variables)
            _write_history(folder.history, checkpoint.history)
    except TrainingInterrupted:
        stopped = "interrupted"
        if not checkpoint.history:
            raise
    keep_best.restore(classifier)
    if stopped == "finished" and len(checkpoint.history) < epochs:
        stopped = "early"
    save(classifier, folder.model)
    found = results(classifier, parts, options, checkpoint, epochs, stopped, resumed=done)
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
        self._stop_if_asked()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._stop_if_asked()  # asked for while the last epoch was validated

    def _stop_if_asked(self) -> None:
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
    if not folder.data_hash.exists():  # stopped between the first file of the run and the second
        write_text(folder.data_hash, sha256 + "\n")
    if folder.data_hash.read_text().strip() != sha256:
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
