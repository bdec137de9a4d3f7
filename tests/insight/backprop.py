"""Backpropagation through time by hand, for one LSTM: plain NumPy in float64."""

import numpy as np

from . import oracle


def lstm(x, mask, weights, dh_last, backwards=False):
    """∂L/∂h_t and ∂L/∂c_t, [B, T, U] in the order of time, zero at masked steps.

    L reads the last hidden state, and dh_last [B, U] is its gradient there.
    """
    found, _ = oracle.run("LSTM", x, mask, weights, backwards)
    R = np.asarray(weights[1], "float64")
    B, T, U = found["hidden"].shape
    order = range(T) if not backwards else range(T - 1, -1, -1)
    dh, dc = dh_last.astype("float64"), np.zeros((B, U))
    to_h, to_c = np.zeros((B, T, U)), np.zeros((B, T, U))
    before = dict(zip(list(order)[1:], list(order), strict=False))
    for t in reversed(order):
        u, f, o, g, c = (
            found[n][:, t] for n in ("update", "forget", "output", "candidate", "cell")
        )
        c_prev = found["cell"][:, before[t]] if t in before else np.zeros((B, U))
        real = mask[:, t, None]
        whole_c = dc + dh * o * (1 - np.tanh(c) ** 2)
        to_h[:, t], to_c[:, t] = np.where(real, dh, 0), np.where(real, whole_c, 0)
        a_u = whole_c * g * u * (1 - u)
        a_f = whole_c * c_prev * f * (1 - f)
        a_g = whole_c * u * (1 - g**2)
        a_o = dh * np.tanh(c) * o * (1 - o)
        dh = np.where(real, np.concatenate([a_u, a_f, a_g, a_o], -1) @ R.T, dh)
        dc = np.where(real, whole_c * f, dc)
    return to_h, to_c
