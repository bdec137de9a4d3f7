"""A network as a model that gives, beside its outputs, what its recurrent layers computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from gatewise.equations.gates import STATES
from gatewise.errors import ArgumentError
from gatewise.insight.steps import KINDS, Run, runner
from gatewise.insight.taps import tapped
from gatewise.kernels.contract import Array
from gatewise.kernels.reference import filled
from gatewise.layers.kernel_io import fill_of, mask_of

Chosen = slice | Sequence[int] | np.ndarray | None

# What is computed at a time where an input is long: its gates, before any are chosen, take so much.
CHUNK_BYTES = 64 << 20


@dataclass(frozen=True)
class Selection:
    """What of each layer is kept."""

    units: Chosen = None
    steps: Chosen = None
    dtype: str = "float32"
    inputs: bool = False  # whether what the layers are given is kept too


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


class Recorded(keras.Model):
    """Runs a network and gives, beside its outputs, what its recurrent layers computed.

    As a model of its own, it is compiled and run by Keras's `predict` on every back end.
    """

    def __init__(self, network: keras.Model, layers: dict[str, Any], selection: Selection):
        super().__init__(name="recorded", dtype=network.variable_dtype)
        self.network = network
        self.chosen = tuple(layers.items())
        self.selection = selection
        self.paths: dict[str, str] = {}
        self._set(found=None, rounded=None)

    def build(self, input_shape: Any = None) -> None:
        self.built = True

    def arrays(self, x: Any) -> dict[str, Any]:
        """`predict_on_batch` without its copy of each array, which costs as much as a small layer.

        They are the back end's own memory, which under JAX cannot be written to.
        """
        rounded = [getattr(layer, "round_gates", False) for _, layer in self.chosen]
        if rounded != self.rounded:  # what was compiled has the gates as they were
            self._set(rounded=rounded)
            self.make_predict_function(force=True)
        self.predict_on_batch(x)
        found = self.found
        self._set(found=None)
        return keras.tree.map_structure(shown, found)

    def _set(self, **attributes: Any) -> None:
        # Past Keras, which would wrap lists and dictionaries as something to save.
        for name, value in attributes.items():
            object.__setattr__(self, name, value)

    def make_predict_function(self, force: bool = False) -> Any:
        """Keras's, whose results are put aside instead of given to `predict_on_batch`."""
        if self.predict_function is not None and not force:
            return self.predict_function
        super().make_predict_function(force)
        function = self.predict_function

        def aside(*arguments: Any) -> Any:
            found = function(*arguments)
            if not isinstance(found, tuple):
                self._set(found=found)
                return {}
            outputs, state = found  # under JAX
            self._set(found=outputs)
            return {}, state

        self.predict_function: Any = aside
        return aside

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
        # Copies, as the compiled function makes them: one read outside it would be a second.
        weights = {name: ops.copy(one.cell.recurrent_kernel.value) for name, one in self.chosen}
        return {"outputs": outputs, "layers": found, "weights": weights}


def shown(array: Array) -> np.ndarray:
    """An array of the back end as NumPy's, without a copy where it lies on the processor."""
    return np.asarray(array) if keras.backend.backend() == "jax" else ops.convert_to_numpy(array)


def _record(layer: Any, sequences: Array, states: list[Array], mask: Any, selection: Selection):
    """What `inner_loop` gives, the arrays to keep, and the path that computed them."""
    run, path = runner(layer, layer_kind(layer))
    mask, backwards = mask_of(mask, sequences.shape[0]), layer.go_backwards
    # Copies: under torch they may be the caller's own memory, or a stateful layer's.
    inputs = {"inputs": ops.copy(ops.cast(sequences, "float32"))} if selection.inputs else {}
    T = sequences.shape[1]
    real = ops.ones(sequences.shape[:2], "bool") if mask is None else mask
    names = STATES[KINDS[layer_kind(layer)]]
    initial = dict(zip(names, map(ops.copy, states), strict=True))
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
