"""Every gate of every step of one layer: from a kernel's own residual, or from the equations."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from keras import ops

from gatewise.equations import (
    Gates,
    GRUGates,
    LSTMGates,
    SimpleRNNGates,
    run_sequence,
    stacked,
)
from gatewise.equations.gates import STATES
from gatewise.kernels.contract import Array, Kernel, Outputs
from gatewise.kernels.select import explain

KINDS: dict[str, type[Gates]] = {"LSTM": LSTMGates, "GRU": GRUGates, "SimpleRNN": SimpleRNNGates}

# `run(x, states, mask)`: the states after the last step, and by name every state [B, T, U] and, as
# "gates", all else side by side [B, T, G·U] in the order of the weights. At a masked step states
# are those held, all else is zero.
Run = Callable[[Array, list[Array], Array | None], tuple[list[Array], dict[str, Array]]]


def runner(layer: Any, kind: str) -> tuple[Run, str]:
    """How the steps of a layer of `gatewise.layers` are computed, and which path that is in words.

    Steps are taken in the order of the input, whatever `go_backwards` says.
    """
    choice = explain(layer.kernel_request())
    if choice.kernel is None:
        return _by_equation(layer), f"equations ({choice.reason})"
    return _by_kernel(layer, KINDS[kind], choice.kernel), choice.reason


def _by_equation(layer: Any) -> Run:
    def run(x: Array, states: list[Array], mask: Array | None) -> tuple[list[Array], dict]:
        step, projected = layer.equation(x)
        states = [ops.cast(state, projected.dtype) for state in states]
        found = run_sequence(step, projected, tuple(states), mask)
        arrays = {name: getattr(found.gates, name) for name in STATES[type(found.gates)]}
        if len(found.gates) > 1:  # not a simple RNN, whose hidden state is all there is
            arrays["gates"] = stacked(found.gates)
        return list(found.states), arrays

    return run


def _by_kernel(layer: Any, kind: type[Gates], kernel: Kernel) -> Run:
    def run(x: Array, states: list[Array], mask: Array | None) -> tuple[list[Array], dict]:
        spec, inputs = layer.kernel_arguments(x, states, mask, False)
        spec = replace(spec, reverse=False, fill="hold", outputs=True)
        outputs = kernel.record(spec, inputs)
        arrays = _named(kind, outputs)
        if inputs.mask is not None:
            before = dict(zip(STATES[kind], (state[0] for state in inputs.states), strict=True))
            arrays = _hold(arrays, before, inputs.mask)
        return [state[0] for state in outputs.states], arrays

    return run


def _named(kind: type[Gates], outputs: Outputs) -> dict[str, Array]:
    """A kernel's outputs by name; what is masked is left as it is."""
    assert outputs.hidden is not None
    assert outputs.residual is not None
    residual = outputs.residual
    arrays = {"hidden": outputs.hidden[:, :, 0]}
    if residual.gates is not None:
        arrays["gates"] = residual.gates[0]
    if kind is LSTMGates and residual.cells is not None:
        arrays["cell"] = residual.cells[0]
    return arrays


def _hold(arrays: dict[str, Array], before: dict[str, Array], mask: Array) -> dict[str, Array]:
    """Masked steps as `run_sequence` gives them: states held, all else zero."""
    T = mask.shape[1]
    real = ops.expand_dims(mask, -1)
    # The last real step so far, or -1; the states of a masked step are those of that one.
    last = ops.where(mask, ops.arange(T, dtype="int32"), -ops.ones((), "int32"))
    last = ops.expand_dims(ops.associative_scan(ops.maximum, last, axis=1), -1)

    def held(name: str, array: Array) -> Array:
        if name == "hidden":  # held by the kernel itself, as Spec.fill asks
            return array
        if name not in before:
            return ops.where(real, array, ops.zeros_like(array))
        # With one index a row and step, whole rows are taken rather than single numbers.
        taken = ops.take_along_axis(array, ops.maximum(last, 0), axis=1)
        return ops.where(last < 0, ops.expand_dims(before[name], 1), taken)

    return {name: held(name, array) for name, array in arrays.items()}
