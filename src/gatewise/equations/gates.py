"""What one step of a cell computes, by name.

A step gives each array as [B, U]; a whole sequence gives each as [B, T, U].
"""

from typing import Any, NamedTuple

from keras import ops

Array = Any  # a tensor of whichever back end Keras runs on


class LSTMGates(NamedTuple):
    """One LSTM step. Gates lie in 0..1, candidate and hidden state in -1..1 (with tanh)."""

    update: Array  # Γu, how much of the candidate is written; Keras's i
    forget: Array  # Γf, how much of the old cell is kept: 1 keeps, 0 forgets
    output: Array  # Γo, how much of the cell is shown
    candidate: Array  # c̃, what would be written
    cell: Array  # c
    hidden: Array  # h


class GRUGates(NamedTuple):
    """One GRU step. `update` is z as Cho et al. and Keras have it: 1 keeps, 0 writes."""

    update: Array  # z, how much of the old hidden state is kept
    reset: Array  # r, how much of the old hidden state the candidate sees
    candidate: Array  # h̃, what would be written
    hidden: Array  # h


class SimpleRNNGates(NamedTuple):
    """One step of the simple cell, which has no gates: the hidden state is all there is."""

    hidden: Array  # h


Gates = LSTMGates | GRUGates | SimpleRNNGates

# The arrays that the next step starts from, in Keras's order of states.
STATES: dict[type, tuple[str, ...]] = {
    LSTMGates: ("hidden", "cell"),
    GRUGates: ("hidden",),
    SimpleRNNGates: ("hidden",),
}
# The arrays that lie side by side in Keras's weights, in their order there.
KERNEL_ORDER: dict[type, tuple[str, ...]] = {
    LSTMGates: ("update", "forget", "candidate", "output"),
    GRUGates: ("update", "reset", "candidate"),
    SimpleRNNGates: ("hidden",),
}


def states_of(gates: Gates) -> tuple[Array, ...]:
    """The states that the next step starts from: (h, c) for the LSTM, (h,) for the others."""
    return tuple(getattr(gates, name) for name in STATES[type(gates)])


def stacked(gates: Gates) -> Array:
    """The activated gates side by side, [..., G·U], in the order of Keras's weights.

    This is what a kernel keeps for its backward pass (`gatewise.kernels.contract`); the LSTM's
    cells come beside it as `gates.cell`.

    >>> from keras import ops
    >>> one = ops.ones((1, 2))
    >>> gates = LSTMGates(0 * one, 1 * one, 3 * one, 2 * one, cell=9 * one, hidden=9 * one)
    >>> ops.convert_to_numpy(stacked(gates)).tolist()
    [[0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0]]
    """
    return ops.concatenate([getattr(gates, name) for name in KERNEL_ORDER[type(gates)]], axis=-1)
