"""Training that keeps its best weights, can be stopped at any moment and goes on bit for bit."""

import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from gatewise.data.batches import LengthBatches
from gatewise.errors import DataError
from gatewise.files import whole_file


class EpochOrder(keras.callbacks.Callback):
    """Lays out each epoch's batches from the seed and the epoch's number alone."""

    def __init__(self, batches: LengthBatches):
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.batches.start_epoch(epoch)


class EpochFacts(keras.callbacks.Callback):
    """Adds an epoch's seconds and learning rate to its metrics, for the callbacks after it."""

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._start = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
            logs["seconds"] = time.monotonic() - self._start


class KeepBest(keras.callbacks.Callback):
    """Stops when the monitored value no longer improves and puts the best weights back.

    Better is a higher `val_accuracy`, and at equal accuracy a lower `val_loss`; or by `val_loss`
    alone. With `examples`, an epoch within one standard error of the best accuracy is kept in its
    place (the rule of one standard error, Breiman et al. 1984): it cannot be told from it, and
    comes at a smaller learning rate. Without validation data the last epoch is kept. The state of
    `keras.callbacks.EarlyStopping` cannot be saved, so with it a resumed training would not end
    as the undisturbed one.

    Args:
        patience: epochs after the kept one after which training stops; default 5.
        examples: how many examples are validated on; default 0, no tolerance.
        monitor: `"val_accuracy"` or `"val_loss"`; default `"val_accuracy"`.
    """

    def __init__(self, patience: int = 5, examples: int = 0, monitor: str = "val_accuracy"):
        super().__init__()
        self.monitor = monitor
        self.patience, self.examples = patience, examples
        self.best_epoch = 0  # the kept one, 1-based; 0: no epoch yet
        self.best_score: tuple[float, float] | None = None
        self.best_weights: list[np.ndarray] = []

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs = logs or {}
        score = _score(logs, self.monitor)
        better = score is None or self.best_score is None or score > self.best_score
        if better:
            self.best_score = score
        if better or self._as_good(score):
            self.best_epoch = epoch + 1
            self.best_weights = [np.array(value) for value in self.model.get_weights()]
        elif self.exhausted(epoch + 1):
            self.model.stop_training = True

    def _as_good(self, score: Any) -> bool:
        """Whether an accuracy is within one standard error of the best."""
        best = self.best_score[0] if self.best_score else 0.0
        if not self.examples or not best:  # not asked for, or no accuracy is measured
            return False
        return score[0] >= best - (best * (1 - best) / self.examples) ** 0.5

    def exhausted(self, epochs: int) -> bool:
        """Whether `epochs` epochs are enough to give up."""
        return self.best_score is not None and epochs - self.best_epoch >= self.patience

    def on_train_end(self, logs: dict | None = None) -> None:
        self.restore()

    def restore(self, model: keras.Model | None = None) -> None:
        """Put the best weights into the model, if an epoch has ended."""
        if self.best_weights:
            (model or self.model).set_weights(self.best_weights)


class Checkpoint(keras.callbacks.Callback):
    """After each epoch writes all that the rest of the training depends on, in one file.

    That is every variable of the model (states of random generators among them) and of the
    optimizer, the best weights so far and the history. The file is whole at any moment; a
    training that starts with `read` goes on from it as if nothing had happened.

    Args:
        path: the file, `.npz`.
        keep_best: the callback whose state is kept along; give it to `fit` before this one.
        write: called with the history after each epoch, for what else must be on disk by then.
    """

    def __init__(
        self,
        path: str | Path,
        keep_best: KeepBest,
        write: Callable[[list[dict[str, float]]], None] = lambda history: None,
    ):
        super().__init__()
        self.path, self.keep_best, self.write = Path(path), keep_best, write
        self.history: list[dict[str, float]] = []
        self._pending: list[np.ndarray] | None = None

    def read(self) -> int:
        """Read the file; the next `fit` starts from it.

        Returns:
            The number of epochs done, to be given to `fit` as `initial_epoch`.

        Raises:
            DataError: the file is damaged.
        """
        try:
            with np.load(self.path, allow_pickle=False) as file:
                stored = {name: file[name] for name in file.files}
            state = json.loads(stored.pop("state").tobytes())
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise DataError(
                f"{self.path}: expected the checkpoint of a training, but it cannot be read "
                f"({error}). Train again into a new folder."
            ) from error
        self.history = state["history"]
        score = state["best"]["score"]
        self.keep_best.best_epoch = state["best"]["epoch"]
        self.keep_best.best_score = None if score is None else tuple(score)
        self.keep_best.best_weights = _named(stored, "best_")
        self._pending = _named(stored, "model_")
        return len(self.history)

    def on_train_begin(self, logs: dict | None = None) -> None:
        if self._pending is None:
            return
        self.model.optimizer.build(self.model.trainable_variables)
        variables, values = self._variables(), self._pending
        if [tuple(v.shape) for v in variables] != [v.shape for v in values]:
            raise DataError(
                f"{self.path}: expected the checkpoint of this very network, got another's "
                f"({len(values)} arrays for {len(variables)}). The data or the installed versions "
                "changed since; train again into a new folder."
            )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        self._pending = None

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        row = {"epoch": epoch + 1} | {name: float(value) for name, value in (logs or {}).items()}
        self.history.append(row)
        arrays: dict[str, Any] = {
            f"model_{i:05d}": np.asarray(v) for i, v in enumerate(self._variables())
        }
        arrays |= {f"best_{i:05d}": v for i, v in enumerate(self.keep_best.best_weights)}
        best = {"epoch": self.keep_best.best_epoch, "score": self.keep_best.best_score}
        state = json.dumps({"best": best, "history": self.history})
        with whole_file(self.path) as part:
            np.savez(part, state=np.frombuffer(state.encode(), "uint8"), **arrays)
        self.write(self.history)

    def _variables(self) -> list[Any]:
        metrics = {id(variable) for variable in self.model.metrics_variables}
        own = [variable for variable in self.model.variables if id(variable) not in metrics]
        return own + list(self.model.optimizer.variables)


def _score(logs: dict[str, float], monitor: str) -> tuple[float, float] | None:
    if "val_loss" not in logs:
        return None
    accuracy = logs.get("val_accuracy", 0.0) if monitor == "val_accuracy" else 0.0
    return (float(accuracy), -float(logs["val_loss"]))


def _named(arrays: dict[str, np.ndarray], prefix: str) -> list[np.ndarray]:
    return [arrays[name] for name in sorted(arrays) if name.startswith(prefix)]
