r"""Each step's exact part in a classifier's score, in two ways that both add up to it.

A head that pools over time and ends in one Dense layer is linear in the hidden states it reads,
:math:`score = b + \sum_t a_t \cdot h_t`.

- *Inputs*: what a step's input brings, through the gates, the states and all steps after it. The
  run is compared with a silent one in which nothing is said, and the difference of the scores is
  taken apart (`differences`), in a few legs on the way from one to the other.
- *Writes*: what a step wrote into the memory, which is a sum (`writes`). Gates that let it in, kept
  and showed it are taken as they were.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
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
LEGS = 4  # one is too coarse for the bends of the gates where many words count

Layers = list[LayerRecording]  # of the last recurrent layer, or of its two directions


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
    model: Any,
    x: Any,
    target: Any = None,
    *,
    of: str = "inputs",
    against: Any = None,
    legs: int = LEGS,
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
        legs: in how many legs the way from the silent run is taken; default 4. The parts are exact
            with any number. More follow the bends of the gates closer, and each costs a run.

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
    return Attributor(model, of=of, legs=legs)(x, target, against)


class Attributor:
    """`attribute` for many inputs: what was compiled for one serves the next of its shape.

    >>> import keras
    >>> model = keras.Sequential(
    ...     [keras.Input((None, 3)), keras.layers.GRU(4), keras.layers.Dense(2)]
    ... )
    >>> Attributor(model, of="writes")(np.ones((1, 5, 3), "float32")).parts.shape
    (1, 5)
    """

    def __init__(self, model: Any, *, of: str = "inputs", legs: int = LEGS):
        if of not in OF:
            raise ArgumentError(f"of: expected one of {', '.join(OF)}, got {of!r}.")
        if not isinstance(legs, int) or legs < 1:
            raise ArgumentError(f"legs: expected a whole number above 0, got {legs!r}.")
        self.model, self.of, self.legs = model, of, legs
        self._network = getattr(model, "network", model)
        self._head = find_head(self._network)
        for path, layer in self._head.directions.items():
            if of == "writes":
                check_writes(path, layer)
            else:
                _check_inputs(path, layer)
        paths = list(self._head.directions)
        self._record = Recorder(self._network, layers=paths, inputs=of == "inputs")

    def __call__(self, x: Any, target: Any = None, against: Any = None) -> Attribution:
        """The attribution of an input; see `attribute`."""
        x = self._encoded(x)
        run = self._layers(self._record(x))
        scores = self._head.scores(self._pooled(run))
        chosen = _targets(target, scores, getattr(self.model, "labels", ()))
        if self.of == "writes":
            by_layer, rest = self._writes(run, chosen)
        else:
            by_layer, rest = self._inputs(run, self._way(x, run, against), chosen)
        parts = np.sum([part.sum(-1) for part in by_layer.values()], axis=0)
        return Attribution(parts, by_layer, rest, scores[np.arange(len(chosen)), chosen], chosen)

    def _writes(self, run: Layers, chosen: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """The parts by layer, and the rest."""
        on_hidden, rest, elsewhere = self._read(run, None, chosen)
        by_layer = {}
        for path, layer, weight in zip(self._head.directions, run, on_hidden, strict=True):
            by_layer[path], initial = written_parts(layer, weight)
            rest = rest + initial
        return by_layer, rest + elsewhere

    def _inputs(
        self, run: Layers, way: list[Layers], chosen: np.ndarray
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """The parts by layer, leg by leg, and the score at the start of the way."""
        by_layer = {path: np.zeros(layer.hidden.shape) for path, layer in self._named(run)}
        for start, end in pairwise([*way, run]):
            on_hidden, _, _ = self._read(end, start, chosen)
            for number, (path, layer) in enumerate(self._head.directions.items()):
                by_layer[path] += input_parts(layer, end[number], start[number], on_hidden[number])
        rest = self._head.scores(self._pooled(way[0]))
        return by_layer, rest[np.arange(len(chosen)), chosen]

    def _read(
        self, run: Layers, start: Layers | None, chosen: np.ndarray
    ) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
        """The weight of each hidden state in the score [B, T, U] for each direction; the score [B]
        where all of them are as at the start, or 0; what the score reads of no step [B]."""
        head, mask = self._head, run[0].mask
        places = self._shown(run)
        values = merged(head, places)
        before = merged(head, self._shown(start)) if start else np.zeros_like(values)
        slope, rest = head.slope(*(pooled(head.pooling, one, mask) for one in (values, before)))
        rows = np.arange(len(chosen))
        weights = pooling_weights(head.pooling, before, values, mask)
        directions = separated(head, weights * slope[rows, :, chosen][:, None])
        found = [
            on_steps(one, weight, mask.shape[1])
            for one, weight in zip(places, directions, strict=True)
        ]
        elsewhere = np.sum([one for _, one in found], axis=0)
        return [one for one, _ in found], rest[rows, chosen], elsewhere

    def _way(self, x: Any, run: Layers, against: Any) -> list[Layers]:
        """The recordings from the silent run on, without the last, at equal distances."""
        silent = self._silent(x, run, against)
        parts = np.arange(1, self.legs) / self.legs
        return [silent, *(self._given(x, silent, run, part) for part in parts)]

    def _given(self, x: Any, start: Layers, end: Layers, part: float) -> Layers:
        """The recordings where the layers are given what lies between two recordings' inputs."""
        given = {
            path: one.inputs + np.float32(part) * (other.inputs - one.inputs)
            for (path, one), other in zip(self._named(start), end, strict=True)
        }
        return self._layers(self._record(x, given=given))

    def _silent(self, x: Any, run: Layers, against: Any) -> Layers:
        """The recordings of the silent run."""
        kind = getattr(getattr(self.model, "encoder", None), "kind", None)
        if against is not None:
            against = self._encoded(against)
        elif kind == "text":
            against = np.where(x == PADDING_ID, x, UNKNOWN_ID)
        elif kind == "series":
            against = np.where(x == SERIES_PADDING, x, np.zeros_like(x))
        else:
            zeros = {path: np.zeros_like(layer.inputs) for path, layer in self._named(run)}
            return self._layers(self._record(x, given=zeros))
        found = self._layers(self._record(against))
        if not np.array_equal(found[0].mask, run[0].mask):
            raise ArgumentError(
                "against: expected an input with the real steps of x, got one of shape "
                f"{found[0].mask.shape} for {run[0].mask.shape}, or padded elsewhere."
            )
        return found

    def _named(self, layers: Layers) -> Iterator[tuple[str, Any]]:
        return zip(self._head.directions, layers, strict=True)

    def _pooled(self, layers: Layers) -> np.ndarray:
        return pooled(self._head.pooling, merged(self._head, self._shown(layers)), layers[0].mask)

    def _shown(self, layers: Layers) -> list[Shown]:
        directions = self._head.directions.values()
        return [
            shown(layer, one, turned=number == 1)
            for number, (layer, one) in enumerate(zip(directions, layers, strict=True))
        ]

    def _layers(self, recording: Recording) -> Layers:
        """The recordings of the head's layers, which must be used once."""
        for path in self._head.directions:
            if f"{path}#2" in list(recording):
                raise ArgumentError(
                    f"layer {path!r}: expected a layer that the model uses once, got one that it "
                    "uses in several places, which share its steps."
                )
        return [recording[path] for path in self._head.directions]

    def _encoded(self, x: Any) -> Any:
        """As the network takes it; ids are so already."""
        ids = getattr(x, "ndim", 0) == 2 and np.asarray(x).dtype.kind in "iu"
        return network_input(self._network if ids else self.model, x)


def _check_inputs(path: str, layer: Any) -> None:
    """Raise an ArgumentError for a layer whose gates are not those of the difference rules."""
    if not getattr(layer, "drop_in", True):
        raise ArgumentError(
            f"layer {path!r}: expected an LSTM, GRU or simple RNN for the parts of inputs, got a "
            f"{type(layer).__name__}, whose gates are computed otherwise. Ask for of='writes'."
        )


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
