r"""Each step's exact part in a classifier's score, in two ways that both add up to it.

A head that pools over time and ends in one Dense layer is linear in the hidden states it reads,
:math:`score = b + \sum_t a_t \cdot h_t`.

- *Inputs*: what a step's input brings, through the gates, the states and all steps after it. The
  run is compared with a silent one in which nothing is said, and the difference of the scores is
  taken apart (`differences`).
- *Writes*: what a step wrote into the memory, which is a sum (`writes`). Gates that let it in, kept
  and showed it are taken as they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gatewise.errors import ArgumentError
from gatewise.insight.differences import input_parts
from gatewise.insight.head import find_head
from gatewise.insight.reading import (
    Shown,
    merged,
    on_steps,
    pooled,
    pooling_weights,
    separated,
    shown,
)  # fmt: skip
from gatewise.insight.recorder import Recorder, network_input
from gatewise.insight.recording import LayerRecording, Recording
from gatewise.insight.writes import check_writes, written_parts
from gatewise.padding import PADDING_ID, SERIES_PADDING, UNKNOWN_ID

OF = ("inputs", "writes")


@dataclass(frozen=True)
class Attribution:
    """A score as a sum: `parts.sum(1) + rest == score`, but for rounding."""

    parts: np.ndarray  # [B, T] float64: each step's part, in the order of time; 0 where masked
    by_layer: dict[str, np.ndarray]  # [B, T, U]: the same by the unit through which it came in
    rest: np.ndarray  # [B]: of inputs the silent score; of writes the bias and initial states
    score: np.ndarray  # [B]
    target: np.ndarray  # [B] int: position of the class that the score is of

    @property
    def error(self) -> float:
        """The largest difference between the sum of all parts and the score: rounding."""
        return float(np.abs(self.parts.sum(1) + self.rest - self.score).max())


def attribute(
    model: Any, x: Any, target: Any = None, *, of: str = "inputs", against: Any = None
) -> Attribution:
    """Each step's exact part in a classifier's score.

    The score is what softmax sees: the class's logit less the mean of all logits. Of a single
    sigmoid it is the logit z for class 1 and -z for class 0, of several sigmoids the label's
    logit, of a linear output the output. In a stack, steps are those of the last recurrent
    layer: what comes in there may come from other words through the layers below.

    Args:
        model: a `Classifier`, or a functional or sequential Keras model that ends in a recurrent
            layer (or a Bidirectional), pooling over time, dropout, activation, one Dense layer.
        x: what the model takes; for a `Classifier` raw inputs, or token ids `[B, T]`.
        target: the class, as a label of the classifier or a position, for all rows or one for
            each; default the one with the highest score.
        of: `"inputs"`: what each step's input brings to the score against a silent run, through
            all gates and states; or `"writes"`: what it wrote into the memory of an LSTM or GRU.
        against: the silent run's input, like `x` and masked alike. By default unknown words for a
            `Classifier` of texts, the mean of each channel for one of series, and for other models
            zeros as the input of the last recurrent layer.

    Returns: an `Attribution`, in float64.

    Raises: ArgumentError for a model whose score is not linear in its pooled states (the layer in
        the way is named), for a class that is not there, for the writes of a simple RNN, and for
        `against` with another mask.

    >>> import keras
    >>> from gatewise.layers import LSTM
    >>> model = keras.Sequential(
    ...     [keras.Input((None, 3)), LSTM(4), keras.layers.Dense(2, "softmax")]
    ... )
    >>> found = attribute(model, np.ones((1, 5, 3), "float32"))
    >>> found.parts.shape, found.error < 1e-5
    ((1, 5), True)
    """
    return Attributor(model, of=of)(x, target, against)


class Attributor:
    """`attribute` for many inputs: what was compiled for one serves the next of its shape.

    >>> import keras
    >>> model = keras.Sequential(
    ...     [keras.Input((None, 3)), keras.layers.GRU(4), keras.layers.Dense(2)]
    ... )
    >>> Attributor(model, of="writes")(np.ones((1, 5, 3), "float32")).parts.shape
    (1, 5)
    """

    def __init__(self, model: Any, *, of: str = "inputs"):
        if of not in OF:
            raise ArgumentError(f"of: expected one of {', '.join(OF)}, got {of!r}.")
        self.model, self.of = model, of
        self._network = getattr(model, "network", model)
        self._head = find_head(self._network)
        if of == "writes":
            for path, layer in self._head.directions.items():
                check_writes(path, layer)
        paths = list(self._head.directions)
        self._record = Recorder(self._network, layers=paths, inputs=of == "inputs")
        self._silence = Recorder(self._network, layers=paths, inputs=True, silent=True)

    def __call__(self, x: Any, target: Any = None, against: Any = None) -> Attribution:
        """The attribution of an input; see `attribute`."""
        x = self._encoded(x)
        run = self._layers(self._record(x))
        values = self._shown(run)
        mask, pooling = run[0].mask, self._head.pooling
        scores = self._head.scores(pooled(pooling, merged(self._head, values), mask))
        labels = getattr(self.model, "labels", ())
        chosen = _targets(target, scores, labels)
        silent = self._silent(x, against, mask) if self.of == "inputs" else []
        on_hidden, rest = self._read(values, self._shown(silent), mask, chosen)
        by_layer = {}
        for number, (path, layer) in enumerate(self._head.directions.items()):
            if silent:
                by_layer[path] = input_parts(layer, run[number], silent[number], on_hidden[number])
            else:
                by_layer[path], initial = written_parts(run[number], on_hidden[number])
                rest = rest + initial
        parts = np.sum([part.sum(-1) for part in by_layer.values()], axis=0)
        return Attribution(parts, by_layer, rest, scores[np.arange(len(chosen)), chosen], chosen)

    def _read(
        self, run: list[Shown], silent: list[Shown], mask: np.ndarray, chosen: np.ndarray
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """The weight of each hidden state in the score [B, T, U] for each direction, and what of
        the score is in none of them [B]."""
        head = self._head
        values = merged(head, run)
        before = merged(head, silent) if silent else np.zeros_like(values)
        slope, rest = head.slope(*(pooled(head.pooling, one, mask) for one in (values, before)))
        rows = np.arange(len(chosen))
        weights = pooling_weights(head.pooling, before, values, mask)
        weights = weights * slope[rows, :, chosen][:, None]
        rest, found = rest[rows, chosen], []
        for one, weight in zip(run, separated(head, weights), strict=True):
            on_hidden, elsewhere = on_steps(one, weight, mask.shape[1])
            found.append(on_hidden)
            # Where no step was real yet the silent run shows the same.
            rest = rest if silent else rest + elsewhere
        return found, rest

    def _layers(self, recording: Recording) -> list[LayerRecording]:
        """The recordings of the head's layers, which must be used once."""
        for path in self._head.directions:
            if f"{path}#2" in list(recording):
                raise ArgumentError(
                    f"layer {path!r}: expected a layer that the model uses once, got one that it "
                    "uses in several places, which share its steps."
                )
        return [recording[path] for path in self._head.directions]

    def _shown(self, layers: list[LayerRecording]) -> list[Shown]:
        return [
            shown(layer, one, turned=number == 1)
            for number, (layer, one) in enumerate(
                zip(self._head.directions.values(), layers, strict=False)
            )
        ]

    def _encoded(self, x: Any) -> Any:
        """As the network takes it; ids are so already."""
        ids = getattr(x, "ndim", 0) == 2 and np.asarray(x).dtype.kind in "iu"
        return network_input(self._network if ids else self.model, x)

    def _silent(self, x: Any, against: Any, mask: np.ndarray) -> list[LayerRecording]:
        """The recordings of the silent run."""
        kind = getattr(getattr(self.model, "encoder", None), "kind", None)
        if against is not None:
            against = self._encoded(against)
        elif kind == "text":
            against = np.where(x == PADDING_ID, x, UNKNOWN_ID)
        elif kind == "series":
            against = np.where(x == SERIES_PADDING, x, np.zeros_like(x))
        if against is None:
            return self._layers(self._silence(x))
        found = self._layers(self._record(against))
        if found[0].mask.shape != mask.shape or (found[0].mask != mask).any():
            raise ArgumentError(
                "against: expected an input with the real steps of x, got one of shape "
                f"{found[0].mask.shape} for {mask.shape}, or padded elsewhere."
            )
        return found


def _targets(target: Any, scores: np.ndarray, labels: Sequence) -> np.ndarray:
    """Positions of classes [B]."""
    rows, classes = scores.shape
    if target is None:
        return scores.argmax(1)
    listed = [target] if isinstance(target, str) or np.ndim(target) == 0 else list(target)
    if len(listed) not in (1, rows):
        raise ArgumentError(
            f"target: expected one class, or one for each of {rows} rows, got {len(listed)}."
        )
    found = [_position(one, classes, labels) for one in listed]
    return np.broadcast_to(np.array(found), (rows,)).copy()


def _position(target: Any, classes: int, labels: Sequence) -> int:
    if target in labels:
        return labels.index(target)
    whole = isinstance(target, int | np.integer) and not isinstance(target, bool)
    if whole and -classes <= target < classes:
        return int(target) % classes
    known = ", ".join(map(repr, labels[:8])) + ", …" * (len(labels) > 8)
    raise ArgumentError(
        f"target: expected {f'one of {known}, or ' if labels else ''}a position from 0 to "
        f"{classes - 1}, got {target!r}."
    )
