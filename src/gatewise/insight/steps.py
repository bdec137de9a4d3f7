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
        spec = replace(spec, reverse=False, fill="hold_all", outputs=True)
        outputs = kernel.record(spec, inputs)
        return [state[0] for state in outputs.states], _named(kind, outputs)

    return run


def _named(kind: type[Gates], outputs: Outputs) -> dict[str, Array]:
    """A kernel's outputs by name."""
    assert outputs.hidden is not None
    assert outputs.residual is not None
    residual = outputs.residual
    arrays = {"hidden": outputs.hidden[:, :, 0]}
    if residual.gates is not None:
        arrays["gates"] = residual.gates[0]
    if kind is LSTMGates and residual.cells is not None:
        arrays["cell"] = residual.cells[0]
    return arrays
