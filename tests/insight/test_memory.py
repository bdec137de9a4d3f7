"""The terms of the memory add up to the state, for any gates."""

import keras
import numpy as np
import pytest

import gatewise as gw
from gatewise.errors import ArgumentError
from gatewise.insight import record

from .models import inputs, masked, one_layer, stack

MASK = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 1, 0, 1, 1], [1, 1, 1, 1, 1, 1]], bool)


def recorded(kind="LSTM", **options):
    return record(one_layer(kind, **options), masked(inputs(), MASK))["layer"]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
@pytest.mark.parametrize("at", [None, 0, 3])
def test_terms_add_up_to_the_state(kind, backwards, at):
    layer = recorded(kind, go_backwards=backwards)
    found = gw.memory(layer, at)
    name = "cell" if kind == "LSTM" else "hidden"
    whole = layer.last[name] if at is None else layer.arrays[name][:, at]
    np.testing.assert_allclose(found.contribution.sum(1) + found.initial, whole, atol=2e-6)
    assert found.error < 2e-6


@pytest.mark.parametrize("backwards", [False, True])
def test_survival_is_the_product_of_the_gates_after_a_step(backwards):
    layer = recorded("LSTM", go_backwards=backwards)
    found = gw.memory(layer)
    for row in range(3):
        for t in range(6):
            later = range(t) if backwards else range(t + 1, 6)
            product = np.ones(4)
            for s in later:
                product = product * (layer.forget[row, s] if MASK[row, s] else 1.0)
            np.testing.assert_allclose(found.survival[row, t], product, rtol=1e-6)


def test_what_the_initial_state_left():
    layer = gw.layers.GRU(3, stateful=True, name="layer")
    model = keras.Sequential([keras.Input((None, 2), batch_size=2), layer])
    model(inputs(2))
    found = gw.memory(record(model, inputs(2))["layer"])
    assert np.abs(found.initial).max() > 1e-4
    assert found.error < 2e-6
    np.testing.assert_array_less(found.share.sum(1), 1.0)


def test_shares_and_what_is_retained():
    found = gw.memory(recorded())
    np.testing.assert_allclose(found.share.sum(1), 1.0)
    np.testing.assert_array_equal(found.share[~MASK], 0.0)
    np.testing.assert_array_equal(found.retained[~MASK], 0.0)
    assert ((found.retained >= 0) & (found.retained <= 1)).all()
    np.testing.assert_allclose(found.retained[0, 3], 1.0)  # the last real step: all is there


def test_the_span_of_a_steady_gate_is_its_time_constant():
    model = one_layer("LSTM", units=2)
    W, R, b = model.get_layer("layer").get_weights()
    b[:] = [0, 0, np.log(9.0), 50.0, 0, 0, 0, 0]  # forget gates of 0.9 and of 1
    model.get_layer("layer").set_weights([0 * W, 0 * R, b])
    span = gw.memory(record(model, inputs())["layer"]).span
    np.testing.assert_allclose(span[:, 0], -1 / np.log(0.9), rtol=1e-5)
    assert (span[:, 1] > 1e6).all()


def test_both_directions_of_a_stack():
    recording = record(stack(), masked(inputs(), MASK))
    for name in ("forward_lstm", "backward_lstm", "gru"):
        assert gw.memory(recording[name]).error < 2e-6


def test_chosen_units_are_enough_and_chosen_steps_are_not():
    model, x = one_layer("LSTM"), inputs()
    some = gw.memory(record(model, x, units=[2])["layer"])
    whole = gw.memory(record(model, x)["layer"])
    np.testing.assert_allclose(some.contribution, whole.contribution[:, :, [2]])
    with pytest.raises(ArgumentError, match="expected a recording of all steps, got 2 of 6"):
        gw.memory(record(model, x, steps=[0, 1])["layer"])


def test_a_simple_rnn_has_no_such_sum():
    with pytest.raises(ArgumentError, match="no sum of what its steps wrote"):
        gw.memory(recorded("SimpleRNN"))


def test_a_step_out_of_range():
    with pytest.raises(ArgumentError, match="at: expected a step from 0 to 5, got 6"):
        gw.memory(recorded(), at=6)


def test_the_layer_must_be_named():
    with pytest.raises(ArgumentError, match=r"got a Recording. Give recording\[NAME\]"):
        gw.memory(record(one_layer("LSTM"), inputs()))
