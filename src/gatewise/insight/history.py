"""Looks inside a network at the end of each epoch, as Keras callbacks. Training is not changed."""

from collections.abc import Collection
from typing import Any

import keras
import numpy as np

from gatewise.errors import ArgumentError
from gatewise.insight.flow import GradientFollower
from gatewise.insight.gradients import undrawn
from gatewise.insight.memory import span
from gatewise.insight.recorder import Recorder
from gatewise.insight.recording import LayerRecording

GATES = {"LSTM": ("update", "forget", "output"), "GRU": ("update", "reset"), "SimpleRNN": ()}
STATES = {"LSTM": ("hidden", "cell"), "GRU": ("hidden",), "SimpleRNN": ("hidden",)}


class _EachEpoch(keras.callbacks.Callback):
    """Looks before training and after every few epochs; a new `fit` starts anew, as Keras's own
    History does."""

    def __init__(self, every: int):
        super().__init__()
        if not isinstance(every, int) or every < 1:
            raise ArgumentError(f"every: expected a number of epochs from 1, got {every!r}.")
        self._every = every
        self._clear()

    def on_train_begin(self, logs: Any = None) -> None:
        self._clear()
        self._prepare()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if not self.epochs:
            self._look(epoch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if (epoch + 1) % self._every == 0:
            self._look(epoch + 1)

    def _look(self, epoch: int) -> None:
        # Under JAX, `fit` keeps the weights elsewhere until a callback is asked for its model.
        _ = self.model
        self._see()
        self.epochs.append(epoch)

    def _clear(self) -> None:
        self.epochs: list[int] = []

    def _prepare(self) -> None:
        """Make what looks, once the model is known."""
        raise NotImplementedError

    def _see(self) -> None:
        """Look, and keep what is seen."""
        raise NotImplementedError


class GradientHistory(_EachEpoch):
    """Gradient flow over training, on the same few rows each time.

    Args:
        x, y: rows to follow, as `gradient_flow` takes them; a few dozen are enough.
        every: after how many epochs to look again; default 1. The first look is before training.
        layers: names of the layers to look at; default all.
        loss, at, batch_size: as in `gradient_flow`.

    Attributes, each with an entry for each look:
        epochs: how many epochs were done.
        verdict: of the whole model.
        half_life: by layer name, in steps.
        verdicts: by layer name.
        medians: by layer name and by `"hidden"`, `"cell"` and `"transport"`, arrays `[L]` by lag.

    Raises: ArgumentError when training starts, as `gradient_flow` does.

    >>> model = keras.Sequential([keras.Input((None, 2)), keras.layers.GRU(1, name="gru")])
    >>> model.compile("sgd", "mse")
    >>> x, y = np.ones((4, 3, 2), "float32"), np.ones((4, 1), "float32")
    >>> history = GradientHistory(x, y)
    >>> _ = model.fit(x, y, epochs=2, verbose=0, callbacks=[history])
    >>> history.epochs, [one.shape for one in history.medians["gru"]["hidden"]]
    ([0, 1, 2], [(3,), (3,), (3,)])
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        every: int = 1,
        *,
        layers: Collection[str] | None = None,
        loss: Any = None,
        at: str = "loss",
        batch_size: int = 32,
    ):
        super().__init__(every)
        self._data = x, y
        self._options = {"layers": layers, "loss": loss, "at": at}
        self._batch_size = batch_size

    def _clear(self) -> None:
        super()._clear()
        self.verdict: list[str] = []
        self.half_life: dict[str, list[float]] = {}
        self.verdicts: dict[str, list[str]] = {}
        self.medians: dict[str, dict[str, list[np.ndarray]]] = {}

    def _prepare(self) -> None:
        self._follower = GradientFollower(self.model, **self._options)

    def _see(self) -> None:
        flow = self._follower(*self._data, batch_size=self._batch_size)
        self.verdict.append(flow.verdict)
        for name, layer in flow.items():
            self.half_life.setdefault(name, []).append(layer.half_life)
            self.verdicts.setdefault(name, []).append(layer.verdict)
            medians = self.medians.setdefault(name, {})
            for of in (*STATES[layer.kind], "transport"):
                medians.setdefault(of, []).append(layer.by_lag(of).median)


class GateHistory(_EachEpoch):
    """Gates and memory spans over training, on the same few rows each time.

    Args:
        x: rows to record, as `record` takes them; a few dozen are enough.
        layers: names of the layers to look at; default all.
        every: after how many epochs to look again; default 1. The first look is before training.
        batch_size: rows computed at a time; default 32.

    Attributes, each with an entry for each look:
        epochs: how many epochs were done.
        gates: by layer name and gate, the mean over rows, real steps and units, in 0..1; none for
            a simple RNN.
        span: by layer name, arrays `[U]`: the steps in which a unit keeps 1/e of what it holds, the
            median over the rows; none for a simple RNN.

    Raises: ArgumentError when training starts, as `record` does.

    >>> model = keras.Sequential([keras.Input((None, 2)), keras.layers.LSTM(3, name="lstm")])
    >>> model.compile("sgd", "mse")
    >>> x, y = np.ones((4, 3, 2), "float32"), np.ones((4, 3), "float32")
    >>> history = GateHistory(x)
    >>> _ = model.fit(x, y, epochs=2, verbose=0, callbacks=[history])
    >>> len(history.gates["lstm"]["forget"]), history.span["lstm"][0].shape
    (3, (3,))
    """

    def __init__(
        self,
        x: Any,
        layers: Collection[str] | None = None,
        *,
        every: int = 1,
        batch_size: int = 32,
    ):
        super().__init__(every)
        self._x = x
        self._layers = layers
        self._batch_size = batch_size

    def _clear(self) -> None:
        super()._clear()
        self.gates: dict[str, dict[str, list[float]]] = {}
        self.span: dict[str, list[np.ndarray]] = {}

    def _prepare(self) -> None:
        self._recorder = Recorder(self.model, layers=self._layers)

    def _see(self) -> None:
        with undrawn(self.model):
            recording = self._recorder(self._x, batch_size=self._batch_size)
        for name, layer in recording.items():
            self._keep(name, layer)

    def _keep(self, name: str, layer: LayerRecording) -> None:
        means = self.gates.setdefault(name, {})
        for gate in GATES[layer.kind]:
            mean = float(layer.arrays[gate][layer.mask].mean())
            means.setdefault(gate, []).append(mean)
        if layer.kind != "SimpleRNN":
            self.span.setdefault(name, []).append(np.median(span(layer), axis=0))
