"""Attention against the equations of its papers, in float64 NumPy."""

import warnings

import numpy as np
import pytest
from keras import ops

from gatewise.errors import ArgumentError
from gatewise.layers import BahdanauDecoder, LuongAttention
from gatewise.layers.attention import attend

from ..gradients import run_and_differentiate

B, T, S, U, M, I = 2, 4, 5, 3, 6, 2
REAL = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0]], "bool")


def drawn(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype("float32")


def numpy(x):
    return ops.convert_to_numpy(x).astype("float64")


def softmax(scores, real):
    weights = np.where(real, np.exp(scores - scores.max()), 0.0)
    return weights / weights.sum()


def test_luong_is_its_equation():
    outputs, memory, keys = drawn(B, T, U), drawn(B, S, M), drawn(B, S, U)
    context, weights = map(numpy, LuongAttention()([outputs, memory, keys, REAL]))
    for b in range(B):
        for t in range(T):
            expected = softmax(keys[b] @ outputs[b, t], REAL[b])
            np.testing.assert_allclose(weights[b, t], expected, atol=1e-5)
            np.testing.assert_allclose(context[b, t], expected @ memory[b], atol=1e-5)


def test_one_read_step_has_all_the_weight_without_a_warning():
    memory, real = drawn(B, 1, M), np.array([[True], [False]])
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        context, weights = map(numpy, attend(drawn(B, T, 1), memory, real))
    np.testing.assert_array_equal(weights, np.ones((B, T, 1)))
    np.testing.assert_allclose(context, np.broadcast_to(memory, (B, T, M)), rtol=1e-6)


def test_the_score_of_one_read_step_changes_nothing():
    arrays, probes = [drawn(B, T, 1), drawn(B, 1, M)], [drawn(B, T, M), drawn(B, T, 1)]
    real = ops.ones((B, 1), "bool")
    _, (scores, memory) = run_and_differentiate(lambda x: attend(*x, real), arrays, probes)
    np.testing.assert_array_equal(scores, np.zeros((B, T, 1)))
    np.testing.assert_allclose(memory[:, 0], probes[0].sum(axis=1), rtol=1e-5)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_bahdanau_is_its_equation():
    layer = BahdanauDecoder(U, "lstm", seed=5)
    inputs, memory, keys = drawn(B, T, I), drawn(B, S, M), drawn(B, S, U)
    first = [drawn(B, U), drawn(B, U)]
    hidden, context, weights, *last = map(numpy, layer([inputs, memory, keys, REAL, *first]))
    kernel, recurrent, bias, query, energy = map(numpy, layer.weights)
    for b in range(B):
        h, c = first[0][b].astype("float64"), first[1][b].astype("float64")
        for t in range(T):
            scores = np.tanh(h @ query + keys[b]) @ energy[:, 0]
            share = softmax(scores, REAL[b])
            np.testing.assert_allclose(weights[b, t], share, atol=1e-5)
            np.testing.assert_allclose(context[b, t], share @ memory[b], atol=1e-5)
            x = np.concatenate([inputs[b, t], share @ memory[b]])
            update, forget, candidate, output = np.split(x @ kernel + h @ recurrent + bias, 4)
            c = sigmoid(forget) * c + sigmoid(update) * np.tanh(candidate)
            h = sigmoid(output) * np.tanh(c)
            np.testing.assert_allclose(hidden[b, t], h, atol=1e-5)
        np.testing.assert_allclose(last[0][b], h, atol=1e-5)
        np.testing.assert_allclose(last[1][b], c, atol=1e-5)


def test_bahdanau_comes_back_from_its_config():
    layer = BahdanauDecoder(U, "gru", seed=5)
    inputs = [drawn(B, T, I), drawn(B, S, M), drawn(B, S, U), REAL, drawn(B, U)]
    expected = numpy(layer(inputs)[0])
    again = BahdanauDecoder.from_config(layer.get_config())
    np.testing.assert_allclose(numpy(again(inputs)[0]), expected, rtol=1e-6)


def test_bahdanau_refuses_other_cells():
    with pytest.raises(ArgumentError, match="simple_rnn"):
        BahdanauDecoder(U, "simple_rnn")
