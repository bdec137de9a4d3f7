"""One step of each cell against values worked out by hand; every gate has its own value."""

import numpy as np
import pytest
from keras import ops

from gatewise.equations import gru_step, lstm_step, simple_rnn_step
from gatewise.errors import ArgumentError


def logit(p):
    return float(np.log(p / (1 - p)))


def row(*values):
    return ops.array([values], dtype="float32")


def value(array):
    return ops.convert_to_numpy(array).ravel()


NO_RECURRENCE = np.zeros((1, 4), "float32")


def test_lstm_gates_are_read_in_keras_order():
    # i = 0.5, f = 0.25, c̃ = 0.8, o = 0.1: c = 0.5·0.8 + 0.25·2 = 0.9
    projected = row(logit(0.5), logit(0.25), np.arctanh(0.8), logit(0.1))
    gates = lstm_step(projected, (row(7.0), row(2.0)), NO_RECURRENCE)
    found = [value(array)[0] for array in gates]
    np.testing.assert_allclose(found, [0.5, 0.25, 0.1, 0.8, 0.9, 0.1 * np.tanh(0.9)], rtol=1e-5)
    assert gates._fields == ("update", "forget", "output", "candidate", "cell", "hidden")


def test_lstm_recurrent_kernel_feeds_every_gate_from_the_hidden_state():
    # h₋₁ = 2 through R = (1, -1, 0.5, 3)/2 gives the pre-activations 1, -1, 0.5, 3
    R = np.array([[0.5, -0.5, 0.25, 1.5]], "float32")
    gates = lstm_step(row(0, 0, 0, 0), (row(2.0), row(1.0)), R)
    σ = lambda a: 1 / (1 + np.exp(-a))  # noqa: E731
    c = σ(1) * np.tanh(0.5) + σ(-1) * 1.0
    np.testing.assert_allclose(value(gates.cell), [c], rtol=1e-5)
    np.testing.assert_allclose(value(gates.hidden), [σ(3) * np.tanh(c)], rtol=1e-5)


def test_gru_update_keeps_the_old_state():
    # z = 0.25, r = 0.5, h̃ = 0.8: h = 0.25·2 + 0.75·0.8 = 1.1
    projected = row(logit(0.25), logit(0.5), np.arctanh(0.8))
    gates = gru_step(projected, (row(2.0),), NO_RECURRENCE[:, :3])
    np.testing.assert_allclose([value(a)[0] for a in gates], [0.25, 0.5, 0.8, 1.1], rtol=1e-5)
    assert gates._fields == ("update", "reset", "candidate", "hidden")


def test_gru_reset_after_and_before_differ():
    # U = 2, so that R mixes units and the order of reset and product matters.
    # r = (0.5, 1 - tiny), h₋₁ = (1, 3), R_h = [[0, 1], [2, 0]], z = tiny: h = h̃
    projected = row(-99, -99, 0, 99, 0, 0)
    R = np.concatenate([np.zeros((2, 4)), [[0, 1], [2, 0]]], axis=1).astype("float32")
    h, bias = row(1.0, 3.0), np.array([0, 0, 0, 0, 0.4, 0.2], "float32")
    linear = {"activation": lambda a: a}

    after = gru_step(projected, (h,), R, bias, **linear)  # r ⊙ (h·R_h + b) = (.5·6.4, 1·1.2)
    np.testing.assert_allclose(value(after.hidden), [3.2, 1.2], rtol=1e-5)
    before = gru_step(projected, (h,), R, reset_after=False, **linear)  # (.5, 3)·R_h
    np.testing.assert_allclose(value(before.hidden), [6.0, 0.5], rtol=1e-5)


def test_gru_refuses_a_recurrent_bias_it_would_not_use():
    with pytest.raises(ArgumentError, match=r"recurrent_bias: expected None.*reset_after=False"):
        gru_step(row(0, 0, 0), (row(0),), NO_RECURRENCE[:, :3], np.zeros(3), reset_after=False)


def test_simple_rnn_adds_the_recurrence():
    gates = simple_rnn_step(row(0.5), (row(2.0),), np.array([[0.25]], "float32"))
    np.testing.assert_allclose(value(gates.hidden), [np.tanh(1.0)], rtol=1e-5)
