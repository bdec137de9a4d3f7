"""Recording: a model runs once, and every gate of every step of its recurrent layers is kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from gatewise.equations.gates import KERNEL_ORDER, STATES
from gatewise.errors import ArgumentError
from gatewise.insight.recording import LayerRecording, Recording
from gatewise.insight.steps import KINDS, Run, runner
from gatewise.insight.taps import readable, tapped
from gatewise.kernels.contract import Array
from gatewise.kernels.reference import filled
from gatewise.layers.kernel_io import fill_of, mask_of
from gatewise.layers.recurrent import activation_name

Chosen = slice | Sequence[int] | np.ndarray | None

# What is computed at a time where an input is long: its gates, before any are chosen, take so much.
CHUNK_BYTES = 64 << 20
DTYPES = ("float16", "float32")


@dataclass(frozen=True)
class Selection:
    """What of each layer is kept."""

    units: Chosen = None
    steps: Chosen = None
    dtype: str = "float32"
    inputs: bool = False  # whether what the layers are given is kept too


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
        self._recorded = _Recorded(network, self._layers, Selection(units, steps, dtype, inputs))

    def __call__(
        self, x: Any, batch_size: int = 32, given: dict[str, np.ndarray] | None = None
    ) -> Recording:
        """The recording of an input; see `record`.

        `given` has, by layer, the input [B, T, I] that it gets in the place of the model's.
        """
        x = network_input(self.model, x)
        build(self._recorded.network, x)
        x = x, given or {}
        rows = len(keras.tree.flatten(x)[0])
        if rows == 0:
            raise ArgumentError("x: expected at least one row, got none.")
        parts = [
            self._recorded.predict_on_batch(
                keras.tree.map_structure(lambda one, at=start: one[at : at + batch_size], x)
            )
            for start in range(0, rows, batch_size)
        ]
        whole = keras.tree.map_structure(lambda *one: np.concatenate(one), *parts)
        # In the order in which they ran, which a compiled function's dictionaries lose.
        found = {name: self._layer(name, whole["layers"][name]) for name in self._recorded.paths}
        return Recording(found, whole["outputs"])

    def _layer(self, name: str, arrays: dict[str, Any]) -> LayerRecording:
        layer = self._layers[name.partition("#")[0]]
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
            weights={"recurrent_kernel": ops.convert_to_numpy(layer.cell.recurrent_kernel)},
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
    return keras.tree.map_structure(ops.convert_to_numpy, x)


def build(network: keras.Model, x: Any) -> None:
    """Run a network that was never called on a row, so that its weights are there."""
    if not all(layer.built for layer in network._flatten_layers()):
        network(keras.tree.map_structure(lambda one: one[:1], x), training=False)


def layer_kind(layer: Any) -> str:
    """One of KINDS."""
    names = {"LSTM": keras.layers.LSTM, "GRU": keras.layers.GRU}
    return next((name for name, one in names.items() if isinstance(layer, one)), "SimpleRNN")


def positions(name: str, chosen: Chosen, length: int) -> np.ndarray:
    """What was chosen of `length` as ascending positions.

    >>> positions("units", [2, -1], 4).tolist()
    [2, 3]
    """
    if chosen is None or isinstance(chosen, slice):
        return np.arange(length)[chosen or slice(None)]
    found = np.atleast_1d(np.asarray(chosen))
    if found.dtype.kind not in "iu" or (found < -length).any() or (found >= length).any():
        raise ArgumentError(
            f"{name}: expected positions from 0 to {length - 1}, got {found.tolist()[:8]}."
        )
    return np.unique(found % length)


class _Recorded(keras.Model):
    """Runs a network and gives, beside its outputs, what its recurrent layers computed.

    As a model of its own, it is compiled and run by Keras's `predict` on every back end.
    """

    def __init__(self, network: keras.Model, layers: dict[str, Any], selection: Selection):
        super().__init__(name="recorded")
        self.network = network
        self.chosen = tuple(layers.items())
        self.selection = selection
        self.paths: dict[str, str] = {}

    def build(self, input_shape: Any = None) -> None:
        self.built = True

    def call(self, inputs: Any) -> dict[str, Any]:
        inputs, given = inputs
        found: dict[str, Any] = {}
        self.paths.clear()  # of an earlier tracing

        def tap(path, layer, sequences, states, mask):
            name, count = path, 2
            while name in found:  # a layer that the model uses in several places
                name, count = f"{path}#{count}", count + 1
            sequences = ops.cast(given.get(name, sequences), sequences.dtype)
            results, found[name], self.paths[name] = _record(
                layer, sequences, states, mask, self.selection
            )
            return results

        with tapped(self.network, dict(self.chosen), tap):
            outputs = self.network(inputs, training=False)
        return {"outputs": outputs, "layers": found}


def _record(layer: Any, sequences: Array, states: list[Array], mask: Any, selection: Selection):
    """What `inner_loop` gives, the arrays to keep, and the path that computed them."""
    run, path = runner(layer, layer_kind(layer))
    mask, backwards = mask_of(mask, sequences.shape[0]), layer.go_backwards
    inputs = {"inputs": ops.cast(sequences, "float32")} if selection.inputs else {}
    T = sequences.shape[1]
    real = ops.ones(sequences.shape[:2], "bool") if mask is None else mask
    names = STATES[KINDS[layer_kind(layer)]]
    initial = dict(zip(names, states, strict=True))
    if backwards:  # taken in the order of the steps, and put in that of time at the end
        sequences = ops.flip(sequences, axis=1)
        mask = None if mask is None else ops.flip(mask, axis=1)
    steps = positions("steps", selection.steps, T)
    steps = np.sort(T - 1 - steps) if backwards else steps
    units = positions("units", selection.units, layer.units)
    hidden, states, kept = _in_chunks(
        run, sequences, states, mask, _chunk(layer, sequences), steps, units, selection.dtype
    )
    outputs = hidden if mask is None else filled(fill_of(layer), hidden, mask)
    arrays = {
        "gates": {name: ops.flip(a, axis=1) if backwards else a for name, a in kept.items()},
        "initial": initial,
        "last": dict(zip(names, states, strict=True)),
        "mask": real,
        **inputs,
    }
    return (outputs[:, -1], outputs, states), arrays, path


def _in_chunks(
    run: Run,
    x: Array,
    states: list[Array],
    mask: Array | None,
    size: int,
    steps: np.ndarray,
    units: np.ndarray,
    dtype: str,
) -> tuple[Array, list[Array], dict[str, Array]]:
    """All hidden states, the last states, and the chosen steps and units of every gate."""
    hidden, kept = [], []
    for start in range(0, x.shape[1], size):
        part = slice(start, start + size)
        states, arrays = run(x[:, part], states, None if mask is None else mask[:, part])
        hidden.append(arrays["hidden"])
        U = arrays["hidden"].shape[2]
        inside = steps[(steps >= start) & (steps < start + size)] - start
        if len(inside):
            kept.append(
                {
                    name: ops.cast(_taken(array, inside, units, U), dtype)
                    for name, array in arrays.items()
                }
            )
    names = kept[0] if kept else {}
    joined = {name: _joined([one[name] for one in kept]) for name in names}
    return _joined(hidden), states, joined


def _joined(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=1)


def _taken(array: Array, steps: np.ndarray, units: np.ndarray, U: int) -> Array:
    """[B, T, G·U] -> [B, S, G·V]; nothing moves where all are wanted."""
    if len(steps) < array.shape[1]:
        array = ops.take(array, steps, axis=1)
    if len(units) == U:
        return array
    columns = (np.arange(array.shape[2] // U)[:, None] * U + units).ravel()
    return ops.take(array, columns, axis=2)


def _chunk(layer: Any, sequences: Array) -> int:
    """How many steps to compute at a time."""
    arrays = 2 + len(KINDS[layer_kind(layer)]._fields)
    bytes_a_step = 4 * sequences.shape[0] * layer.units * arrays
    return max(16, CHUNK_BYTES // bytes_a_step)
