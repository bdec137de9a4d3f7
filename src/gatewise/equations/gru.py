r"""The gated recurrent unit, in the two variants in use.

.. math::
    z &= \sigma(W_z x + R_z h_{-1} + b_z) \\
    r &= \sigma(W_r x + R_r h_{-1} + b_r) \\
    \tilde h &= \tanh(W_h x + b_h + r \odot (R_h h_{-1} + b_{Rh})) & \text{reset after} \\
    \tilde h &= \tanh(W_h x + b_h + R_h (r \odot h_{-1})) & \text{reset before} \\
    h &= z \odot h_{-1} + (1 - z) \odot \tilde h

The update gate z says how much of the old state is kept: 1 keeps, 0 writes the candidate. That is
the opposite sense of the LSTM's Γu.

Sources: K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for
Statistical Machine Translation", EMNLP 2014, arXiv:1406.1078v3, equations 5 to 8 (reset before).
Reset after, with a bias of its own inside the reset, is the variant of NVIDIA's cuDNN
(`CUDNN_GRU`) and Keras's default.
"""

from collections.abc import Callable

from keras import ops

from gatewise.equations.gates import Array, GRUGates
from gatewise.errors import ArgumentError


def gru_step(
    projected: Array,
    states: tuple[Array],
    recurrent_kernel: Array,
    recurrent_bias: Array | None = None,
    reset_after: bool = True,
    activation: Callable[[Array], Array] = ops.tanh,
    recurrent_activation: Callable[[Array], Array] = ops.sigmoid,
) -> GRUGates:
    """One step: from `x·W + b` and the state before it, every array of the equations above.

    Args:
        projected: [B, 3U], the input's share `x·W + b` of z, r, h̃ (Keras's order z, r, h).
        states: `(h,)` before this step, [B, U].
        recurrent_kernel: [U, 3U], in the same order.
        recurrent_bias: [3U], or None for none; only the reset-after variant has one.
        reset_after: whether the reset gate acts after the product with R_h. Default: True.
        activation: applied to the candidate. Default: tanh.
        recurrent_activation: applied to the two gates. Default: sigmoid.

    Returns: the step's gates, candidate and hidden state, each [B, U].
    Raises: ArgumentError for a recurrent bias with `reset_after=False`.

    >>> from keras import ops
    >>> keep_all = ops.array([[99.0, 0.0, 0.0]])
    >>> float(gru_step(keep_all, (ops.array([[0.5]]),), ops.zeros((1, 3))).hidden[0, 0])
    0.5
    """
    if recurrent_bias is not None and not reset_after:
        raise ArgumentError(
            "recurrent_bias: expected None with reset_after=False, got an array. "
            "Add it to the input's bias, or use reset_after=True."
        )
    tanh, σ = activation, recurrent_activation
    (h_prev,) = states
    x_z, x_r, x_h = ops.split(projected, 3, axis=-1)
    R_z, R_r, R_h = ops.split(recurrent_kernel, 3, axis=-1)
    b_z, b_r, b_h = (0, 0, 0) if recurrent_bias is None else ops.split(recurrent_bias, 3)

    z = σ(x_z + ops.matmul(h_prev, R_z) + b_z)
    r = σ(x_r + ops.matmul(h_prev, R_r) + b_r)
    if reset_after:
        h̃ = tanh(x_h + r * (ops.matmul(h_prev, R_h) + b_h))
    else:
        h̃ = tanh(x_h + ops.matmul(r * h_prev, R_h))
    h = z * h_prev + (1 - z) * h̃
    return GRUGates(update=z, reset=r, candidate=h̃, hidden=h)
