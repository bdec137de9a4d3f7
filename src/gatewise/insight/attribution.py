r"""Each step's exact part in a classifier's score, since the score is a sum over what was written.

A head that pools over time and ends in one Dense layer is linear in the hidden states it reads,
:math:`score = b + \sum_t a_t \cdot h_t`. The states are sums of writes (see `memory`):

.. math::
    \text{GRU: } h_t = \dots \qquad
    \text{LSTM: } h_t = m_t \odot c_t, \quad m_t = \Gamma_o \odot \tanh(c_t) / c_t

where the factor m takes the output nonlinearity apart without a remainder: it is DeepLIFT's rescale
rule (Shrikumar et al. 2017, arXiv:1704.02685) from the empty cell, and the integrated gradient of
tanh along the straight path to it (Sundararajan et al. 2017, arXiv:1703.01365). So the part of what
step s wrote is

.. math::
    part_s = w_s \cdot g_s, \qquad g_s = a_s m_s + k_{s+1} \odot g_{s+1}

and all parts, the bias and what is left of the initial states add up to the score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from gatewise.errors import ArgumentError
from gatewise.insight.head import Head, find_head
from gatewise.insight.memory import state_name, terms
from gatewise.insight.reading import merged, on_steps, pooling_weights, separated, shown
from gatewise.insight.recorder import record
from gatewise.insight.recording import LayerRecording, Recording


@dataclass(frozen=True)
class Attribution:
    """A score as a sum: `parts.sum(1) + rest == score`, but for rounding."""

    parts: np.ndarray  # [B, T] float64: each step's part, in the order of time; 0 where masked
    by_layer: dict[str, np.ndarray]  # [B, T, U]: the same by the unit that wrote it
    rest: np.ndarray  # [B]: what no step wrote: the head's bias, and the initial states
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
    recording: Recording | None = None,
) -> Attribution:
    """Each step's exact part in a classifier's score.

    The score is what softmax sees: the class's logit less the mean of all logits. Of a single
    sigmoid it is the logit z for class 1 and -z for class 0, of several sigmoids the label's
    logit, of a linear output the output. In a stack, steps are those of the last recurrent
    layer: what they wrote may come from earlier words through the layers below.

    Args:
        model: a `Classifier`, or a functional or sequential Keras model that ends in LSTM or GRU
            (or a Bidirectional of them), pooling over time, dropout, activation, one Dense layer.
        x: what the model takes; for a `Classifier` raw inputs or encoded ones `[B, T]`.
        target: the class, as a label of the classifier or a position, for all rows or one for
            each; default the one with the highest score.
        recording: of the model on this `x`, where there is one already: it saves the run.

    Returns: an `Attribution`, in float64.

    Raises: ArgumentError for a model whose score is not linear in its pooled states (the layer in
        the way is named), for simple RNNs, and for a class that is not there.

    >>> import keras
    >>> from gatewise.layers import LSTM
    >>> model = keras.Sequential(
    ...     [keras.Input((None, 3)), LSTM(4), keras.layers.Dense(2, "softmax")]
    ... )
    >>> found = attribute(model, np.ones((1, 5, 3), "float32"))
    >>> found.parts.shape, found.error < 1e-6
    ((1, 5), True)
    """
    network = getattr(model, "network", model)
    head = find_head(network)
    for path, layer in head.directions.items():
        _check(path, layer)
    if recording is None:
        # Ids go to the network as they are; a task encodes all else.
        encoded = getattr(x, "ndim", 0) == 2 and np.asarray(x).dtype.kind in "iu"
        recording = record(network if encoded else model, x, layers=list(head.directions))
    return _attributed(head, recording, getattr(model, "labels", ()), target)


def _attributed(head: Head, recording: Recording, labels: Sequence, target: Any) -> Attribution:
    layers = [_whole(recording, path) for path in head.directions]
    read = [
        shown(layer, one, turned=number == 1)
        for number, (layer, one) in enumerate(zip(head.directions.values(), layers, strict=True))
    ]
    values = merged(head, read)
    pooling = pooling_weights(head.pooling, values, layers[0].mask)
    given, factor, offset = head.given((pooling * values).sum(1))
    scores = given @ head.weights + head.bias
    chosen = _targets(target, scores, labels)
    slope = head.weights.T[chosen]  # [B, F]: of the score, by what Dense is given
    rest = head.bias[chosen] + (slope * offset).sum(-1)
    weights = separated(head, pooling * (slope * factor)[:, None])
    by_layer = {}
    for path, one, places, weight in zip(head.directions, layers, read, weights, strict=True):
        on_hidden, unwritten = on_steps(places, weight, one.mask.shape[1])
        by_layer[path], initial = written_parts(one, on_hidden)
        rest = rest + unwritten + initial
    parts = sum(part.sum(-1) for part in by_layer.values())
    return Attribution(parts, by_layer, rest, scores[np.arange(len(chosen)), chosen], chosen)


def written_parts(
    recording: LayerRecording, on_hidden: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Of Σ on_hidden · hidden, what each step's write brings [B, T, U], and the initial state [B].

    Args:
        recording: of an LSTM or a GRU, with all steps and units.
        on_hidden: [B, T, U], the weight of each hidden state in the order of time; 0 where masked.
    """
    keep, written = terms(recording)
    order = slice(None, None, -1 if recording.backwards else 1)
    on_state = (on_hidden * shown_part(recording))[:, order]
    keep = keep[:, order]
    reached = np.empty_like(on_state)  # g: of the sum, by the state after each step
    after = np.zeros_like(on_state[:, 0])
    for t in range(on_state.shape[1] - 1, -1, -1):
        reached[:, t] = on_state[:, t] + after
        after = keep[:, t] * reached[:, t]
    before = recording.initial[state_name(recording)].astype("float64")
    return written * reached[:, order], (after * before).sum(-1)


def shown_part(recording: LayerRecording) -> np.ndarray:
    """m [B, T, U]: what of its memory a cell shows, as hidden = m · state; 1 for a GRU."""
    if recording.kind == "GRU":
        return np.ones_like(recording.hidden, "float64")
    cell, hidden = recording.cell.astype("float64"), recording.hidden.astype("float64")
    # As tanh goes through 0 with slope 1, an empty cell is shown by its output gate.
    shown = recording.output.astype("float64")
    return np.divide(hidden, cell, out=shown, where=np.abs(cell) > 1e-30)


def _check(path: str, layer: Any) -> None:
    """Raise an ArgumentError for a layer whose output is no sum of what its steps wrote."""
    if isinstance(layer, keras.layers.SimpleRNN):
        raise ArgumentError(
            f"layer {path!r}: expected an LSTM or a GRU, got a simple RNN, whose state is no sum "
            "of what its steps wrote. jacobian_products(recording) is what it has."
        )
    if isinstance(layer, keras.layers.LSTM):
        nothing = float(ops.convert_to_numpy(layer.activation(ops.zeros((1,))))[0])
        if nothing != 0:
            raise ArgumentError(
                f"layer {path!r}: expected an activation that is 0 at 0 (tanh is), so that an "
                f"empty cell shows nothing, got {nothing:g}."
            )


def _whole(recording: Recording, path: str) -> LayerRecording:
    """A layer's recording, once it is sure that it has what the head reads."""
    if f"{path}#2" in list(recording):
        raise ArgumentError(
            f"layer {path!r}: expected a layer that the model uses once, got one that it uses in "
            "several places, which share its steps."
        )
    if not recording[path].whole:
        raise ArgumentError(
            f"recording: expected all steps and units of layer {path!r}, got some. Record without "
            "steps= and units=."
        )
    return recording[path]


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
