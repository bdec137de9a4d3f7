"""Any of the cells over a whole sequence: one loop, with Keras's rules for masks.

Source of the rules: `keras.layers.RNN` ("Masking" and `zero_output_for_mask`). Keras's back ends
differ on one point: before the first real step of a row, JAX gives the initial hidden state and
torch gives zeros. Here it is the initial hidden state everywhere, so that without
`zero_output_for_mask` an output is always the hidden state held at that step.
"""

from collections.abc import Callable
from typing import NamedTuple

from keras import ops

from gatewise.equations.gates import STATES, Array, Gates, states_of
from gatewise.errors import ArgumentError

Step = Callable[[Array, tuple[Array, ...]], Gates]


class Sequence(NamedTuple):
    """What a cell computes over a sequence, in the order in which the steps were taken."""

    outputs: Array  # [B, T, U]
    states: tuple[Array, ...]  # after the last step, each [B, U]
    gates: Gates  # every step's, each [B, T, U]


def run_sequence(
    step: Step,
    projected: Array,
    initial_state: tuple[Array, ...],
    mask: Array | None = None,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
) -> Sequence:
    """Take the steps of a sequence one after the other; differentiable on every back end.

    A masked step is skipped: the states stay as they are, and its gates and candidate are given
    as zeros, since none were used. Its output is the previous one, or 0 with
    `zero_output_for_mask`.

    Args:
        step: a cell's step with its weights filled in: `(projected [B, G·U], states) -> gates`.
        projected: [B, T, G·U], the input's share `x·W + b` of every step; T is at least 1.
        initial_state: `(h, c)` for the LSTM, `(h,)` for the others, each [B, U].
        mask: [B, T], true where a step is real; any pattern. Default: all are.
        go_backwards: take the steps from the last to the first, and give the results in that
            order. Default: False.
        zero_output_for_mask: give 0 as the output of a masked step. Default: False.

    Raises: ArgumentError for arrays whose shapes do not fit together.

    >>> from functools import partial
    >>> from keras import ops
    >>> from gatewise.equations import simple_rnn_step
    >>> add = partial(simple_rnn_step, recurrent_kernel=ops.eye(1), activation=lambda a: a)
    >>> projected = ops.reshape(ops.array([1.0, 2.0, 3.0]), (1, 3, 1))
    >>> run = run_sequence(add, projected, (ops.zeros((1, 1)),), mask=[[True, False, True]])
    >>> ops.convert_to_numpy(run.outputs)[0, :, 0].tolist()
    [1.0, 1.0, 4.0]
    """
    scanned = [ops.convert_to_tensor(projected)]
    if mask is not None:
        scanned.append(ops.expand_dims(ops.cast(mask, "bool"), -1))  # [B, T, 1]
    _check(scanned, initial_state)
    if go_backwards:
        scanned = [ops.flip(array, axis=1) for array in scanned]

    def body(states, now):  # now: [B, G·U] and, with a mask, [B, 1]
        x, *real = now
        gates = step(x, tuple(states))
        if real:
            gates = _hold(gates, states, real[0])
        return states_of(gates), gates

    # time first, as scan wants it
    states, gates = ops.scan(
        body, tuple(initial_state), tuple(ops.swapaxes(array, 0, 1) for array in scanned)
    )
    gates = type(gates)(*(ops.swapaxes(array, 0, 1) for array in gates))
    outputs = gates.hidden
    if mask is not None and zero_output_for_mask:
        outputs = ops.where(scanned[1], outputs, ops.zeros_like(outputs))
    return Sequence(outputs, tuple(states), gates)


def _hold(gates: Gates, before: tuple[Array, ...], real: Array) -> Gates:
    """Where `real` [B, 1] is false: the states as they were `before`, all else zero."""
    kept = dict(zip(STATES[type(gates)], before, strict=True))
    return type(gates)(
        *(
            ops.where(real, array, kept.get(name, ops.zeros_like(array)))
            for name, array in zip(gates._fields, gates, strict=True)
        )
    )


def _check(scanned: list[Array], initial_state: tuple[Array, ...]) -> None:
    projected, *mask = (tuple(array.shape) for array in scanned)
    if len(projected) != 3:
        raise ArgumentError(
            f"projected: expected shape [B, T, G·U], got {projected}. "
            "Multiply the sequence [B, T, I] by the kernel [I, G·U] first."
        )
    if mask and mask[0][:-1] != projected[:2]:
        raise ArgumentError(
            f"mask: expected shape [B, T] = {projected[:2]}, got {mask[0][:-1]}. "
            "Give one true or false for each step of each row."
        )
    for index, state in enumerate(initial_state):
        if len(state.shape) != 2 or state.shape[0] != projected[0]:
            raise ArgumentError(
                f"initial_state[{index}]: expected shape [B, U] with B = {projected[0]}, got "
                f"{tuple(state.shape)}. Give one row of states for each row of the batch."
            )
