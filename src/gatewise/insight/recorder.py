"""Recording: a model runs once, and every gate of every step of its recurrent layers is kept."""

from collections.abc import Collection
from typing import Any

import keras
import numpy as np
from keras import ops

from gatewise.equations.gates import KERNEL_ORDER
from gatewise.errors import ArgumentError
from gatewise.insight.recorded import (
    Chosen,
    Recorded,
    Selection,
    layer_kind,
    positions,
)
from gatewise.insight.recording import LayerRecording, Recording
from gatewise.insight.steps import KINDS
from gatewise.insight.taps import readable
from gatewise.layers.recurrent import activation_name

DTYPES = ("float16", "float32")


def record(
    model: keras.Model,
    x: Any,
    *,
    layers: Collection[str] | None = None,
    units: Chosen = None,
    steps: Chosen = None,
    dtype: str = "float32",
    batch_size: int = 32,
) -> Recording:
    """Every gate of every step of a model's recurrent layers on an input.

    The model runs once as in `predict`, unchanged. Where a layer has a native kernel, the gates are
    those that its forward pass keeps for the backward pass; elsewhere the equations compute them.

    Args:
        model: a Keras model with LSTM, GRU or SimpleRNN layers, ours or stock, stacked,
            bidirectional, masked; or a task such as `Classifier`.
        x: what the model takes: arrays, or for a task raw inputs.
        layers: names of the layers to record; default all.
        units: which units to keep, a slice or positions; default all.
        steps: which steps in time; default all.
        dtype: `"float32"` or `"float16"`, in which the arrays are kept.
        batch_size: rows computed at a time; default 32.

    Long inputs are computed some steps at a time, so what is not chosen takes no memory.

    Returns: a `Recording`: by layer name the arrays `[B, T, U]`, in the order of time.

    Raises: ArgumentError for a model without recurrent layers or with none that can be read, an
        unknown layer, and units or steps out of range.
    Warns: GatewiseWarning for each layer left out since it cannot be read.

    >>> model = keras.Sequential([keras.Input((None, 3)), keras.layers.LSTM(4, name="lstm")])
    >>> recording = record(model, np.ones((2, 5, 3), "float32"))
    >>> recording["lstm"].forget.shape
    (2, 5, 4)
    """
    recorder = Recorder(model, layers=layers, units=units, steps=steps, dtype=dtype)
    return recorder(x, batch_size=batch_size)


class Recorder:
    """`record` for many inputs: what was compiled for one serves the next of its shape.

    With `inputs`, what each layer is given is kept too.

    >>> model = keras.Sequential([keras.Input((None, 3)), keras.layers.GRU(4, name="gru")])
    >>> recorder = Recorder(model, units=[0, 2])
    >>> recorder(np.ones((1, 5, 3), "float32"))["gru"].update.shape
    (1, 5, 2)
    """

    def __init__(
        self,
        model: keras.Model,
        *,
        layers: Collection[str] | None = None,
        units: Chosen = None,
        steps: Chosen = None,
        dtype: str = "float32",
        inputs: bool = False,
    ):
        if dtype not in DTYPES:
            raise ArgumentError(f"dtype: expected one of {', '.join(DTYPES)}, got {dtype!r}.")
        self.model = model
        network = getattr(model, "network", model)
        self._layers = readable(network, layers)
        self._recorded = Recorded(network, self._layers, Selection(units, steps, dtype, inputs))

    def __call__(
        self, x: Any, batch_size: int = 32, given: dict[str, np.ndarray] | None = None
    ) -> Recording:
        """The recording of an input; see `record`.

        `given` has, by layer, the input [B, T, I] that it gets in the place of the model's.
        """
        x = network_input(self.model, x)
        check_input(self._recorded.network, x)
        build(self._recorded.network, x)
        x = x, given or {}
        rows = len(keras.tree.flatten(x)[0])
        if rows == 0:
            raise ArgumentError("x: expected at least one row, got none.")
        parts = [
            self._recorded.arrays(
                keras.tree.map_structure(lambda one, at=start: one[at : at + batch_size], x)
            )
            for start in range(0, rows, batch_size)
        ]
        weights = [part.pop("weights") for part in parts].pop()
        whole = parts[0]
        if len(parts) > 1:  # else it would be no more than a copy
            whole = keras.tree.map_structure(lambda *one: np.concatenate(one), *parts)
        # In the order in which they ran, which a compiled function's dictionaries lose.
        found = {
            name: self._layer(name, whole["layers"][name], weights) for name in self._recorded.paths
        }
        return Recording(found, whole["outputs"])

    def _layer(
        self, name: str, arrays: dict[str, Any], weights: dict[str, np.ndarray]
    ) -> LayerRecording:
        path = name.partition("#")[0]
        layer = self._layers[path]
        gates, mask = arrays["gates"], arrays["mask"]
        selection = self._recorded.selection
        return LayerRecording(
            name=name,
            kind=layer_kind(layer),
            arrays=_split(layer_kind(layer), gates),
            initial=arrays["initial"],
            last=arrays["last"],
            mask=mask,
            backwards=layer.go_backwards,
            steps=positions("steps", selection.steps, mask.shape[1]),
            units=positions("units", selection.units, layer.units),
            activation=activation_name(layer.activation),
            inputs=arrays.get("inputs"),
            weights={"recurrent_kernel": weights[path]},
            path=self._recorded.paths[name],
        )


def _split(kind: str, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The gates that lie side by side apart, without a copy."""
    gates = KERNEL_ORDER[KINDS[kind]] if "gates" in arrays else ()
    apart = np.split(arrays["gates"], len(gates), axis=-1) if gates else []
    found = {**arrays, **dict(zip(gates, apart, strict=True))}
    return {name: found[name] for name in KINDS[kind]._fields}


def network_input(model: keras.Model, x: Any) -> Any:
    """What the network takes: raw inputs of a task are encoded, all else is arrays."""
    if hasattr(model, "network_input"):
        return model.network_input(x)
    if isinstance(x, list) and not any(hasattr(one, "shape") for one in keras.tree.flatten(x)):
        x = np.asarray(x)  # rows written as lists of numbers, not several inputs
    return keras.tree.map_structure(
        lambda one: one if type(one) is np.ndarray else ops.convert_to_numpy(one), x
    )


def check_input(network: keras.Model, x: Any) -> None:
    """That arrays have the shapes which a network says it takes, and a step at least.

    Raises: ArgumentError.
    """
    arrays, wanted = (
        keras.tree.flatten(x),
        keras.tree.flatten(getattr(network, "inputs", None) or []),
    )
    for one in arrays:
        if len(one.shape) > 1 and one.shape[1] == 0:
            raise ArgumentError(
                f"x: expected at least one step, got an input of shape {list(one.shape)}."
            )
    if len(arrays) != len(wanted):
        return  # Keras's own words tell which are missing
    for one, expected in zip(arrays, wanted, strict=True):
        sizes = expected.shape[1:]
        if len(one.shape) == len(sizes) + 1 and any(
            size not in (None, given) for size, given in zip(sizes, one.shape[1:], strict=True)
        ):
            told = ["any" if size is None else size for size in sizes]
            raise ArgumentError(
                f"x: expected rows of shape [{', '.join(map(str, told))}], as model "
                f"{network.name!r} takes them, got {list(one.shape[1:])}."
            )


def build(network: keras.Model, x: Any) -> None:
    """Run a network that was never called on a row, so that its weights are there."""
    if not all(layer.built for layer in network._flatten_layers()):
        network(keras.tree.map_structure(lambda one: one[:1], x), training=False)
