"""The kernel contract carried out by the equations: slow, and differentiable to any order.

Native kernels have a first derivative of their own; what lies beyond it is taken from here.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from keras import ops

from gatewise.equations import Gates, gru_step, lstm_step, run_sequence, simple_rnn_step
from gatewise.equations.sequence import Step
from gatewise.kernels.contract import Array, Inputs, Outputs, Spec

STEPS: dict[str, Callable[..., Gates]] = {
    "LSTM": lstm_step,
    "GRU": gru_step,
    "GRU reset before": partial(gru_step, reset_after=False),
    "SimpleRNN tanh": simple_rnn_step,
    "SimpleRNN relu": partial(simple_rnn_step, activation=ops.relu),
}


def run(spec: Spec, inputs: Inputs, **options: Any) -> Outputs:
    """`Kernel.run` in `keras.ops`; `options` go to the cell's step, where it has more of them.

    >>> x, kernel, state = ops.ones((1, 2, 1)), ops.ones((1, 1, 1)), ops.zeros((1, 1, 1))
    >>> inputs = Inputs(x, kernel, kernel, None, (state,))
    >>> ops.convert_to_numpy(run(Spec("SimpleRNN relu"), inputs).hidden).ravel().tolist()
    [1.0, 2.0]
    """
    directions = [_run_direction(spec, inputs, d, options) for d in range(inputs.kernel.shape[0])]
    hidden = ops.stack([hidden for hidden, _ in directions], axis=2) if spec.outputs else None
    states = zip(*(states for _, states in directions), strict=True)
    return Outputs(hidden, tuple(ops.stack(both) for both in states), None)


def _run_direction(
    spec: Spec, inputs: Inputs, d: int, options: dict[str, Any]
) -> tuple[Array, tuple[Array, ...]]:
    """Hidden states [B, T, U] and last states [B, U] of one direction."""
    step, input_bias = _step_of(spec, inputs, d, options)
    backwards = spec.reverse or d == 1
    found = run_sequence(
        step,
        ops.matmul(inputs.x, inputs.kernel[d]) + input_bias,
        tuple(state[d] for state in inputs.states),
        inputs.mask,
        go_backwards=backwards,
    )
    hidden = found.outputs
    if inputs.mask is not None:
        mask = ops.flip(inputs.mask, axis=1) if backwards else inputs.mask
        hidden = filled(spec.fill, hidden, mask)
    return (ops.flip(hidden, axis=1) if d == 1 else hidden), found.states


def filled(fill: str, hidden: Array, mask: Array) -> Array:
    """`hidden` holds the previous state at masked steps: what `fill` wants there instead."""
    if fill == "hold_zero":
        mask = ops.cumsum(ops.cast(mask, "int32"), axis=1) > 0
    elif fill != "zero":
        return hidden
    return ops.where(ops.expand_dims(mask, -1), hidden, ops.zeros_like(hidden))


def _step_of(spec: Spec, inputs: Inputs, d: int, options: dict[str, Any]) -> tuple[Step, Array]:
    """The cell's step with its weights filled in, and the bias of the input."""
    bias: Array = 0 if inputs.bias is None else inputs.bias[d]
    if spec.cell == "GRU" and inputs.bias is not None:
        bias, options = bias[0], options | {"recurrent_bias": bias[1]}
    recurrent_kernel = inputs.recurrent_kernel[d]
    if inputs.recurrent_dropout is None:
        return partial(STEPS[spec.cell], recurrent_kernel=recurrent_kernel, **options), bias
    by_row = _by_row(recurrent_kernel, inputs.recurrent_dropout[d])
    step = partial(STEPS[spec.cell], recurrent_kernel=by_row, **options)
    return partial(_step_by_row, step), bias


def _by_row(recurrent_kernel: Array, dropout: Array) -> Array:
    """A recurrent kernel for each row, [B, U, G·U], with zeros for what `dropout` [G, B, U] drops.

    Multiplying the hidden state before each gate's product is the same as multiplying the rows
    of that gate's kernel, and leaves the equations as they are.
    """
    G, B, U = dropout.shape
    split = ops.reshape(recurrent_kernel, (1, U, G, U))
    kept = ops.expand_dims(ops.transpose(dropout, (1, 2, 0)), -1)  # [B, U, G, 1]
    return ops.reshape(split * kept, (B, U, G * U))


def _step_by_row(step: Step, projected: Array, states: tuple[Array, ...]) -> Gates:
    """A step whose recurrent kernel has a batch axis: one row [1, ·] times one matrix each."""
    apart = tuple(ops.expand_dims(state, 1) for state in states)
    gates = step(ops.expand_dims(projected, 1), apart)
    return type(gates)(*(ops.squeeze(array, 1) for array in gates))
