"""Jacobian products equal finite differences of the recurrence."""

import numpy as np
import pytest

import gatewise as gw
from gatewise.errors import ArgumentError
from gatewise.insight import jacobian, record

from .models import inputs, masked, one_layer

MASK = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 1, 0, 1, 1], [1, 1, 1, 1, 1, 1]], bool)
ACTIVATIONS = {
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "linear": lambda a: a,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
}


def last_state(f, weights, x, steps, h):
    W, R, b = (np.asarray(one, "float64") for one in weights)
    for t in steps:
        h = f(x[t].astype("float64") @ W + h @ R + b)
    return h


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize("at", [None, 3])
def test_products_equal_finite_differences(activation, backwards, at):
    x = masked(inputs(), MASK)
    model = one_layer("SimpleRNN", activation=activation, go_backwards=backwards)
    layer = record(model, x)["layer"]
    weights, f = model.get_layer("layer").get_weights(), ACTIVATIONS[activation]
    found = gw.jacobian_products(layer, at)
    order = [5, 4, 3, 2, 1, 0] if backwards else list(range(6))
    taken = order if at is None else order[: order.index(at) + 1]
    for row in range(3):
        for t in range(6):
            if not MASK[row, t] or t not in taken:
                assert found.norm[row, t] == 0
                continue
            later = [s for s in taken[taken.index(t) + 1 :] if MASK[row, s]]
            h, step = layer.hidden[row, t].astype("float64"), 1e-6
            moved = [
                [last_state(f, weights, x[row], later, h + way * step * one) for way in (1, -1)]
                for one in np.eye(4)
            ]
            slopes = np.array([(up - down) / (2 * step) for up, down in moved])
            np.testing.assert_allclose(
                found.by_unit[row, t], np.linalg.norm(slopes, axis=1), rtol=1e-4, atol=1e-6
            )
            np.testing.assert_allclose(
                found.norm[row, t], np.linalg.norm(slopes), rtol=1e-4, atol=1e-6
            )


def test_rows_are_computed_some_at_a_time(monkeypatch):
    layer = record(one_layer("SimpleRNN"), inputs(5))["layer"]
    whole = gw.jacobian_products(layer)
    monkeypatch.setattr(jacobian, "CHUNK_BYTES", 2 * 8 * 4 * 4)
    np.testing.assert_array_equal(gw.jacobian_products(layer).by_unit, whole.by_unit)


def test_a_network_built_to_hold_and_one_built_to_vanish():
    for size, expected in ((1.0, np.full(6, 2.0)), (0.5, 2.0 * 0.5 ** np.arange(5, -1, -1))):
        model = one_layer("SimpleRNN", activation="linear")
        layer = model.get_layer("layer")
        W, _, b = layer.get_weights()
        layer.set_weights([W, size * np.eye(4), b])
        found = gw.jacobian_products(record(model, inputs())["layer"])
        np.testing.assert_allclose(found.norm[0], expected)


def test_what_has_no_such_products():
    with pytest.raises(ArgumentError, match="got LSTM, whose memory is a sum"):
        gw.jacobian_products(record(one_layer("LSTM"), inputs())["layer"])
    some = record(one_layer("SimpleRNN"), inputs(), units=[0])["layer"]
    with pytest.raises(ArgumentError, match="all steps and units"):
        gw.jacobian_products(some)
    other = record(one_layer("SimpleRNN", activation="softsign"), inputs())["layer"]
    with pytest.raises(ArgumentError, match="got 'softsign'"):
        gw.jacobian_products(other)
    with pytest.raises(ArgumentError, match="at: expected a step from 0 to 5, got 6"):
        gw.jacobian_products(record(one_layer("SimpleRNN"), inputs())["layer"], 6)
