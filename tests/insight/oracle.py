"""The cells once more, in plain NumPy and float64, with nothing of Gatewise or Keras in them."""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm(x, states, W, R, b):
    """One step: every array by name."""
    h, c = states
    i, f, g, o = np.split(x @ W + h @ R + b, 4, axis=-1)
    update, forget, candidate, output = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    cell = forget * c + update * candidate
    return {
        "update": update, "forget": forget, "output": output, "candidate": candidate,
        "cell": cell, "hidden": output * np.tanh(cell),
    }  # fmt: skip


def gru(x, states, W, R, b):
    """One step of the variant that resets after the product."""
    (h,) = states
    xz, xr, xh = np.split(x @ W + b[0], 3, axis=-1)
    hz, hr, hh = np.split(h @ R + b[1], 3, axis=-1)
    update, reset = sigmoid(xz + hz), sigmoid(xr + hr)
    candidate = np.tanh(xh + reset * hh)
    hidden = update * h + (1 - update) * candidate
    return {"update": update, "reset": reset, "candidate": candidate, "hidden": hidden}


def simple_rnn(x, states, W, R, b):
    (h,) = states
    return {"hidden": np.tanh(x @ W + h @ R + b)}


CELLS = {
    "LSTM": (lstm, ("hidden", "cell")),
    "GRU": (gru, ("hidden",)),
    "SimpleRNN": (simple_rnn, ("hidden",)),
}


def run(kind, x, mask, weights, backwards=False):
    """Every array [B, T, U] in the order of time, and the last states; float64.

    At a masked step the states are those held, all else is zero.
    """
    step, states_of = CELLS[kind]
    W, R, b = (np.asarray(one, "float64") for one in weights)
    B, T, U = len(x), x.shape[1], R.shape[0]
    states = {name: np.zeros((B, U)) for name in states_of}
    found = {}
    for t in reversed(range(T)) if backwards else range(T):
        gates = step(x[:, t].astype("float64"), tuple(states[n] for n in states_of), W, R, b)
        real = mask[:, t, None]
        for name, value in gates.items():
            held = states.get(name, np.zeros_like(value))
            found.setdefault(name, np.zeros((B, T, U)))[:, t] = np.where(real, value, held)
        states = {name: found[name][:, t].copy() for name in states}
    return found, states
