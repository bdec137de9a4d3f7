"""A training's progress in the terminal: a bar with time left, a line for each epoch."""

import time
from statistics import median

import keras
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

SHOWN = {"loss": "loss", "accuracy": "accuracy", "val_loss": "val loss"}
SHOWN["val_accuracy"] = "val accuracy"


class EpochLines(keras.callbacks.Callback):
    """One line an epoch, and while it runs a bar with the time left for the whole training.

    Where the output is no terminal there is no bar, so that a log stays readable.
    """

    def __init__(self, console: Console):
        super().__init__()
        self.console = console
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("batches ·"),
            TimeElapsedColumn(),
            TextColumn("· at most"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.seconds: list[float] = []
        self.task = self.progress.add_task("starting")
        self.progress.start()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        epochs, steps = self.params["epochs"], self.params["steps"]
        self.start = time.monotonic()
        self.progress.update(
            self.task,
            description=f"epoch {epoch + 1}/{epochs}",
            total=epochs * steps,
            completed=epoch * steps,
        )

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.progress.advance(self.task)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs = logs or {}
        figures = "  ".join(
            f"{label} {logs[name]:.4f}" for name, label in SHOWN.items() if name in logs
        )
        self.seconds.append(time.monotonic() - self.start)
        left = self.params["epochs"] - epoch - 1
        # The first epoch compiles: the median soon forgets it.
        ahead = f", at most {_span(left * median(self.seconds))} left" if left else ""
        self.console.print(
            f"epoch {epoch + 1:>2}/{self.params['epochs']}  {figures}  "
            f"[dim]{self.seconds[-1]:.1f} s{ahead}[/dim]",
            highlight=False,
        )

    def close(self) -> None:
        """Take the bar away, however training ended."""
        self.progress.stop()


def _span(seconds: float) -> str:
    """A span of time as one says it.

    >>> _span(42.4), _span(150), _span(4000)
    ('42 s', '3 min', '1 h 7 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = -(-int(seconds) // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
