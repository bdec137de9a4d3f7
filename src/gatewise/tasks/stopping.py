"""Stopping a training that was asked to stop, at a point from which it can go on."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras


class TrainingInterrupted(KeyboardInterrupt):
    """A training was asked to stop; the best weights so far are in the model."""


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
