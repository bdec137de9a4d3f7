"""A classifier's head: how its scores are read from the outputs of its last recurrent layer.

Found by walking the model's graph back from its output,

    Dense ← dropout, activation ← pooling over time ← recurrent layer or Bidirectional,

whatever the layers are called.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from gatewise.errors import ArgumentError
from gatewise.layers import MaxOverTime, find_recurrent

# What a layer does to its input when nothing is trained: nothing.
PASSED = (
    keras.layers.Dropout, keras.layers.SpatialDropout1D, keras.layers.GaussianDropout,
    keras.layers.GaussianNoise, keras.layers.AlphaDropout, keras.layers.ActivityRegularization,
    keras.layers.Identity,
)  # fmt: skip
POOLINGS: dict[Any, str] = {
    MaxOverTime: "max",  # over the real steps
    keras.layers.GlobalMaxPooling1D: "padded max",  # over all of them
    keras.layers.GlobalAveragePooling1D: "mean",
}
ELEMENTWISE = (
    keras.layers.Activation, keras.layers.ReLU, keras.layers.LeakyReLU, keras.layers.ELU,
)  # fmt: skip
READ = ("softmax", "sigmoid")  # activations of the head that scores are read before
OVER_FEATURES = ("softmax", "log_softmax", "glu", "sparsemax")  # activations that mix them
MERGES = ("concat", "sum", "ave")


@dataclass(frozen=True)
class Head:
    """Scores = pooled · weights + bias; F pooled features, C classes."""

    weights: np.ndarray  # [F, C] float64
    bias: np.ndarray  # [C]
    activations: tuple[Any, ...]  # layers between pooling and Dense, in the order they run
    pooling: str  # "last", or one of POOLINGS
    directions: dict[str, Any]  # the last recurrent layer, or its two directions, by path
    merge: str | None  # how the two are merged; None: there is one

    def slope(self, given: np.ndarray, silent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores [B, C] by pooled values [B, F]: how they change on the way from `silent` to
        `given`, [B, F, C], and what they are at `silent`. The rest is a product.

        An activation f in between changes by (f(p) - f(s)) / (p - s) for each unit of p.
        """
        factor = np.ones_like(given)
        for layer in self.activations:
            before = given - silent
            given, silent = _applied(layer, given), _applied(layer, silent)
            factor *= np.divide(
                given - silent, before, out=np.zeros_like(before), where=before != 0
            )
        return factor[:, :, None] * self.weights, silent @ self.weights + self.bias

    def scores(self, pooled: np.ndarray) -> np.ndarray:
        """[B, C]: what softmax sees, of pooled values [B, F]."""
        for layer in self.activations:
            pooled = _applied(layer, pooled)
        return pooled @ self.weights + self.bias


def find_head(network: keras.Model) -> Head:
    """The head of a functional or sequential model.

    Raises: ArgumentError for a model of another kind, and where a score is not linear in the
        pooled states: the message names the layer in the way.

    >>> model = keras.Sequential(
    ...     [keras.Input((None, 3)), keras.layers.GRU(4), keras.layers.Dense(2, "softmax")]
    ... )
    >>> find_head(model).pooling
    'last'
    """
    layers = _back(_output(network))
    dense, activation = _dense(layers)
    weights, bias = _classes(dense, activation)
    activations, pooling, top = _pooling(layers)
    both = isinstance(top, keras.layers.Bidirectional)
    if both and top.merge_mode not in MERGES:
        raise _in_the_way(top, f"its merge_mode={top.merge_mode!r} is none of {', '.join(MERGES)}")
    if pooling == "last" and top.return_sequences:
        raise _in_the_way(top, "it gives every step to Dense: put a pooling over time between")
    parts = [top.forward_layer, top.backward_layer] if both else [top]
    merge = top.merge_mode if both else None
    return Head(weights, bias, activations, pooling, _by_path(network, parts), merge)


def _output(network: Any) -> Any:
    outputs = getattr(network, "outputs", None)
    if not outputs and isinstance(network, keras.Sequential):
        raise ArgumentError(
            f"model {network.name!r}: expected a built model, got a Sequential that does not know "
            "its input yet. Begin it with keras.Input((None, features)), or call it on a batch."
        )
    if not outputs:
        raise ArgumentError(
            "model: expected a Classifier or a built functional or sequential Keras model, whose "
            f"graph can be read, got {type(network).__name__}."
        )
    if len(outputs) != 1:
        raise ArgumentError(
            f"model {network.name!r}: expected one output, got {len(outputs)}. Make a "
            "keras.Model of its inputs and of the output that you ask about."
        )
    return outputs[0]


def _back(tensor: Any) -> Iterator[Any]:
    """The layers and operations that lead to `tensor`, last first, through nested models."""
    around: list[tuple[Any, int]] = []
    while True:
        operation, node, place = tensor._keras_history
        if isinstance(operation, keras.Model):
            around.append((operation, node))
            tensor = _output(operation) if place == 0 else operation.outputs[place]
            continue
        if isinstance(operation, keras.layers.InputLayer):
            if not around:
                return
            operation, node = around.pop()
        else:
            yield operation
        tensor = operation._inbound_nodes[node].input_tensors[0]


def _dense(layers: Iterator[Any]) -> tuple[Any, str]:
    """The layer that gives the scores, and what makes them probabilities."""
    activation = "linear"
    for layer in layers:
        if isinstance(layer, keras.layers.Dense):
            own = _name(layer.activation)
            if type(layer) is not keras.layers.Dense:
                raise _in_the_way(layer, "a subclass of Dense may compute something else")
            if own != "linear" and (activation != "linear" or own not in READ):
                raise _in_the_way(layer, f"its activation={own!r} stands between the scores "
                                  "and the output")  # fmt: skip
            return layer, own if activation == "linear" else activation
        if isinstance(layer, keras.layers.Softmax):
            activation = "softmax"
        elif isinstance(layer, keras.layers.Activation) and activation == "linear":
            activation = _name(layer.activation)
        elif not isinstance(layer, PASSED):
            raise _in_the_way(layer, "expected a Dense layer that gives the scores")
    raise ArgumentError("model: expected a Dense layer that gives the scores, found none.")


def _pooling(layers: Iterator[Any]) -> tuple[tuple[Any, ...], str, Any]:
    """The activations, the pooling and the recurrent layer or Bidirectional before Dense."""
    activations: list[Any] = []
    pooling = "last"
    for layer in layers:
        if isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional):
            return tuple(reversed(activations)), pooling, layer
        if type(layer) in POOLINGS and pooling == "last":
            if getattr(layer, "keepdims", False) or _channels_first(layer):
                raise _in_the_way(layer, "keepdims and channels_first are not read")
            pooling = POOLINGS[type(layer)]
        elif _elementwise(layer) and pooling == "last":
            activations.append(layer)
        elif not isinstance(layer, PASSED):
            raise _in_the_way(layer, "the score is not linear in the pooled states")
    raise ArgumentError(
        "model: expected a recurrent layer (LSTM or GRU) below the head, found none."
    )


def _classes(dense: Any, activation: str) -> tuple[np.ndarray, np.ndarray]:
    """Weights [F, C] and bias [C] of what softmax sees.

    It is the same for logits that are all shifted by one amount, so each is taken less their
    mean. A single sigmoid makes two classes, 0 and 1, of logits -z and z.
    """
    weights = ops.convert_to_numpy(dense.kernel).astype("float64")
    bias = np.zeros(weights.shape[1]) if dense.bias is None else ops.convert_to_numpy(dense.bias)
    bias = bias.astype("float64")
    if activation == "softmax":
        return weights - weights.mean(1, keepdims=True), bias - bias.mean()
    if activation == "sigmoid" and len(bias) == 1:
        return np.concatenate([-weights, weights], 1), np.concatenate([-bias, bias])
    return weights, bias


def _by_path(network: Any, parts: list[Any]) -> dict[str, Any]:
    paths = {id(layer): path for path, layer in find_recurrent(network)}
    return {paths[id(part)]: part for part in parts}


def _name(activation: Any) -> str:
    return getattr(activation, "__name__", type(activation).__name__)


def _elementwise(layer: Any) -> bool:
    if isinstance(layer, keras.layers.Activation) and _name(layer.activation) in OVER_FEATURES:
        return False
    return isinstance(layer, ELEMENTWISE)


def _applied(layer: Any, values: np.ndarray) -> np.ndarray:
    return ops.convert_to_numpy(layer(values.astype("float32"))).astype("float64")


def _channels_first(layer: Any) -> bool:
    return getattr(layer, "data_format", "channels_last") == "channels_first"


def _in_the_way(layer: Any, why: str) -> ArgumentError:
    return ArgumentError(
        f"layer {layer.name!r} ({type(layer).__name__}): {why}. Exact parts need a head of the "
        "form recurrent layer, pooling over time, dropout or activation, one Dense layer."
    )
