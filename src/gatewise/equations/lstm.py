r"""The long short-term memory cell.

.. math::
    \tilde c &= \tanh(W_c [h_{-1}, x] + b_c) \\
    \Gamma_u &= \sigma(W_u [h_{-1}, x] + b_u) \\
    \Gamma_f &= \sigma(W_f [h_{-1}, x] + b_f) \\
    \Gamma_o &= \sigma(W_o [h_{-1}, x] + b_o) \\
    c &= \Gamma_u \odot \tilde c + \Gamma_f \odot c_{-1} \\
    h &= \Gamma_o \odot \tanh(c)

Sources: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8),
1997, section 4: the cell, its update (input) and its output gate. F. Gers, J. Schmidhuber and
F. Cummins, "Learning to Forget: Continual Prediction with LSTM", Neural Computation 12(10),
2000, section 3: the forget gate.
"""

from collections.abc import Callable

from keras import ops

from gatewise.equations.gates import Array, LSTMGates


def lstm_step(
    projected: Array,
    states: tuple[Array, Array],
    recurrent_kernel: Array,
    activation: Callable[[Array], Array] = ops.tanh,
    recurrent_activation: Callable[[Array], Array] = ops.sigmoid,
    round_gates: bool = False,
) -> LSTMGates:
    """One step: from `x·W + b` and the states before it, every array of the equations above.

    Args:
        projected: [B, 4U], the input's share `x·W + b` of u, f, c̃, o (Keras's order i, f, c, o).
        states: `(h, c)` before this step, each [B, U].
        recurrent_kernel: [U, 4U], in the same order.
        activation: applied to the candidate and to the cell. Default: tanh.
        recurrent_activation: applied to the three gates. Default: sigmoid.
        round_gates: whether Γu and Γf are rounded to 0 or 1, one half to 1. Default: False.

    Returns: the step's gates, candidate, cell and hidden state, each [B, U].

    >>> from keras import ops
    >>> zero, keep_all = ops.zeros((1, 1)), ops.array([[-99.0, 99.0, 0.0, 99.0]])
    >>> step = lstm_step(keep_all, (zero, zero + 0.5), ops.zeros((1, 4)))
    >>> float(step.cell[0, 0]), round(float(step.hidden[0, 0]), 4)
    (0.5, 0.4621)
    """
    tanh, σ = activation, recurrent_activation
    h_prev, c_prev = states
    # W [h₋₁, x] + b of all four at once: the input's share and the hidden state's
    a_u, a_f, a_c, a_o = ops.split(projected + ops.matmul(h_prev, recurrent_kernel), 4, axis=-1)

    c̃ = tanh(a_c)
    Γu = σ(a_u)
    Γf = σ(a_f)
    Γo = σ(a_o)
    if round_gates:
        Γu, Γf = (ops.cast(gate >= 0.5, gate.dtype) for gate in (Γu, Γf))
    c = Γu * c̃ + Γf * c_prev
    h = Γo * tanh(c)
    return LSTMGates(update=Γu, forget=Γf, output=Γo, candidate=c̃, cell=c, hidden=h)
