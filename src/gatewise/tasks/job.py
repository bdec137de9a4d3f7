"""A training run from data to a folder with the model, its metrics and their history."""

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras

from gatewise.errors import DataError
from gatewise.files import whole_file, write_text
from gatewise.tasks import defaults, kinds
from gatewise.tasks.options import RunOptions
from gatewise.tasks.preparation import Parts, check_named_set
from gatewise.tasks.results import results
from gatewise.tasks.run_folder import RunFolder
from gatewise.tasks.stopping import TrainingInterrupted, stop_on_signal
from gatewise.tasks.task import Task
from gatewise.tasks.training import Checkpoint, EpochFacts

Say = Callable[[str], None]


def train(
    options: RunOptions,
    folder: RunFolder,
    *,
    resume: bool = False,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    say: Say = print,
) -> dict[str, Any]:
    """Train, evaluate and save a task.

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
    kind = kinds.kind(options.task)
    check_named_set(options.data, options.task)
    task = kind.model(**options.model)  # before the data are read: it judges its arguments
    parts = kind.prepare(options, say)
    if parts.decided:
        task = kind.model(**options.model | parts.decided)
    _tell(parts.notes, say)
    task.adapt(parts.train.inputs, parts.train.labels)
    task.reading, task.columns = parts.reading, parts.columns
    options = _resolved(options, task, parts)
    if resume:
        _check_unchanged(folder, parts.sha256, options)
    else:  # not before all that can be wrong with the data has been found
        folder.begin(options, parts.sha256)
    epochs: Any = options.epochs
    keep_best = defaults.keep_best(
        task.monitor,
        options.patience or epochs,
        task.examined(parts.validation.inputs) if parts.validation else 0,
    )
    checkpoint = Checkpoint(
        folder.checkpoint, keep_best, lambda history: folder.write_history(history)
    )
    done = 0
    if resume and folder.checkpoint.exists():
        done = checkpoint.read()
        say(f"Going on after epoch {done} of {epochs}.")
    stopped = "finished"
    try:
        if done < epochs and not keep_best.exhausted(done):
            _fit(task, parts, options, epochs, done, [keep_best, *callbacks, checkpoint])
        else:
            task.compile()
            task.optimizer.build(task.trainable_variables)
            folder.write_history(checkpoint.history)
    except TrainingInterrupted:
        stopped = "interrupted"
        if not checkpoint.history:
            raise
    keep_best.restore(task)
    task.settle(parts.validation and parts.validation.inputs)
    if stopped == "finished" and len(checkpoint.history) < epochs:
        stopped = "early"
    save(task, folder.model)
    found = results(task, kind, parts, options, checkpoint, epochs, stopped, resumed=done)
    _tell(found["notes"][len(parts.notes) :], say)
    write_text(folder.metrics, json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    if stopped != "interrupted":
        folder.checkpoint.unlink(missing_ok=True)
    return found


def _tell(notes: Sequence[str], say: Say) -> None:
    for note in notes:
        say(f"note: {note}")


def _resolved(options: RunOptions, task: Task, parts: Parts) -> RunOptions:
    """The options with what the size of the data decides filled in, so that what is written down
    still means the same where a later version decides otherwise."""
    batch_size, epochs = task.plan(parts.train.inputs, options.batch_size, options.epochs)
    return dataclasses.replace(
        options,
        batch_size=batch_size,
        epochs=epochs,
        patience=options.patience or defaults.patience(epochs),
        model=options.model | task.resolved,
    )


def save(model: keras.Model, path: Path) -> None:
    """Save a model, whole or not at all."""
    with whole_file(path) as part:
        model.save(part)


def _fit(task, parts: Parts, options, epochs, done, callbacks) -> None:
    validation = parts.validation
    with stop_on_signal() as stop:
        task.fit(
            parts.train.inputs,
            parts.train.labels,
            batch_size=options.batch_size,
            epochs=epochs,
            initial_epoch=done,
            verbose=0,
            callbacks=[EpochFacts(), *callbacks, stop],
            validation_data=validation and (validation.inputs, validation.labels),
            class_weight=options.class_weight,
        )


def _check_unchanged(folder: RunFolder, sha256: str, options: RunOptions) -> None:
    if not folder.data_hash.exists():  # stopped between the first file of the run and the second
        write_text(folder.data_hash, sha256 + "\n")
    if folder.data_hash.read_text().strip() != sha256:
        files = " and ".join(filter(None, (options.data, options.test)))
        raise DataError(
            f"{files}: expected the data that the run in {folder.path} began with, but a file has "
            "changed since. Train again into a new folder."
        )
