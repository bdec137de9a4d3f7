r"""The simple recurrent cell.

.. math::
    h = \tanh(W x + R h_{-1} + b)

Source: J. Elman, "Finding Structure in Time", Cognitive Science 14(2), 1990, figure 2: the
hidden units copied back as context units.
"""

from collections.abc import Callable

from keras import ops

from gatewise.equations.gates import Array, SimpleRNNGates


def simple_rnn_step(
    projected: Array,
    states: tuple[Array],
    recurrent_kernel: Array,
    activation: Callable[[Array], Array] = ops.tanh,
) -> SimpleRNNGates:
    """One step: from `x·W + b` and the state before it, the hidden state.

    Args:
        projected: [B, U], the input's share `x·W + b`.
        states: `(h,)` before this step, [B, U].
        recurrent_kernel: [U, U].
        activation: default tanh.

    Returns: the hidden state, [B, U].

    >>> from keras import ops
    >>> step = simple_rnn_step(ops.zeros((1, 1)), (ops.array([[2.0]]),), ops.array([[0.25]]))
    >>> round(float(step.hidden[0, 0]), 4)
    0.4621
    """
    (h_prev,) = states

    h = activation(projected + ops.matmul(h_prev, recurrent_kernel))
    return SimpleRNNGates(hidden=h)
