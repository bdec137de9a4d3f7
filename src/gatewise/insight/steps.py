"""Every gate of every step of one layer: from a kernel's own residual, or from the equations."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from keras import ops

from gatewise.equations import Gates, GRUGates, LSTMGates, SimpleRNNGates, run_sequence
from gatewise.equations.gates import STATES, unstacked
from gatewise.kernels.contract import Array, Kernel
from gatewise.kernels.select import explain

KINDS: dict[str, type[Gates]] = {"LSTM": LSTMGates, "GRU": GRUGates, "SimpleRNN": SimpleRNNGates}

# `run(x, states, mask)`: the states after the last step, and every gate [B, T, U]. At a masked step
# the states are those held, all else is zero.
Run = Callable[[Array, list[Array], Array | None], tuple[list[Array], Gates]]


def runner(layer: Any) -> tuple[Run, str]:
    """How the steps of a layer of `gatewise.layers` are computed, and which path that is in words.

    Steps are taken in the order of the input, whatever `go_backwards` says.
    """
    choice = explain(layer.kernel_request())
    if choice.kernel is None:
        return _by_equation(layer), f"equations ({choice.reason})"
    return _by_kernel(layer, choice.kernel), choice.reason


def _by_equation(layer: Any) -> Run:
    def run(x: Array, states: list[Array], mask: Array | None) -> tuple[list[Array], Gates]:
        step, projected = layer.equation(x)
        states = [ops.cast(state, projected.dtype) for state in states]
        found = run_sequence(step, projected, tuple(states), mask)
        return list(found.states), found.gates

    return run


def _by_kernel(layer: Any, kernel: Kernel) -> Run:
    def run(x: Array, states: list[Array], mask: Array | None) -> tuple[list[Array], Gates]:
        spec, inputs = layer.kernel_arguments(x, states, mask, False)
        spec = replace(spec, reverse=False, fill="hold", outputs=True)
        outputs = kernel.record(spec, inputs)
        gates = _named(layer, outputs)
        if inputs.mask is not None:
            gates = _hold(gates, [state[0] for state in inputs.states], inputs.mask)
        return [state[0] for state in outputs.states], gates

    return run


def _named(layer: Any, outputs: Any) -> Gates:
    """A kernel's outputs by the names of the equations; what is masked is left as it is."""
    hidden, residual = outputs.hidden[:, :, 0], outputs.residual
    kind = next(kind for name, kind in KINDS.items() if name == layer.kernel_request().cell)
    if residual.gates is None:
        return SimpleRNNGates(hidden)
    more = {"cell": residual.cells[0]} if kind is LSTMGates else {}
    return unstacked(kind, residual.gates[0], hidden=hidden, **more)


def _hold(gates: Gates, before: list[Array], mask: Array) -> Gates:
    """Masked steps as `run_sequence` gives them: states held, all else zero."""
    T = mask.shape[1]
    real = ops.expand_dims(mask, -1)
    # The last real step so far, or -1; the states of a masked step are those of that one.
    last = ops.where(mask, ops.arange(T, dtype="int32"), -ops.ones((), "int32"))
    last = ops.expand_dims(ops.associative_scan(ops.maximum, last, axis=1), -1)
    initial = dict(zip(STATES[type(gates)], before, strict=True))

    def held(name: str, array: Array) -> Array:
        if name not in initial:
            return ops.where(real, array, ops.zeros_like(array))
        index = ops.broadcast_to(ops.maximum(last, 0), ops.shape(array))
        taken = ops.take_along_axis(array, index, axis=1)
        return ops.where(last < 0, ops.expand_dims(initial[name], 1), taken)

    return type(gates)(**{name: held(name, array) for name, array in gates._asdict().items()})
