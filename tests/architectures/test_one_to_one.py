import keras
import numpy as np
import pytest

from gatewise.architectures import one_to_one
from gatewise.errors import ArgumentError

FEATURES, UNITS = 5, 3


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def gated(cell: str, weights: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    """The hidden state after one step from zeros as a feed-forward layer: no recurrent weight."""
    kernel, _, bias = (weight.astype("float64") for weight in weights)
    if cell == "simple_rnn":
        return np.tanh(x @ kernel + bias)
    if cell == "lstm":  # Keras's order: update, forget, candidate, output
        update, _, candidate, output = np.split(x @ kernel + bias, 4, axis=1)
        return sigmoid(output) * np.tanh(sigmoid(update) * np.tanh(candidate))
    update, reset, candidate = np.split(x @ kernel + bias[0], 3, axis=1)
    of_state = np.split(bias[1], 3)
    kept = sigmoid(update + of_state[0])
    return (1 - kept) * np.tanh(candidate + sigmoid(reset + of_state[1]) * of_state[2])


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
def test_a_cell_over_one_step_is_a_gated_feed_forward_layer(cell: str) -> None:
    model = one_to_one(features=FEATURES, outputs=2, cell=cell, units=UNITS, activation=None)
    rng = np.random.default_rng(0)
    layer, head = model.get_layer(cell), model.get_layer("head")
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    x = rng.normal(size=(7, FEATURES)).astype("float32")
    kernel, bias = head.get_weights()
    expected = gated(cell, layer.get_weights(), x) @ kernel + bias
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model(x)), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
def test_recurrent_weights_have_nothing_to_act_on(cell: str) -> None:
    model = one_to_one(features=FEATURES, outputs=2, cell=cell, units=UNITS)
    x = np.ones((2, FEATURES), "float32")
    before = keras.ops.convert_to_numpy(model(x))
    layer = model.get_layer(cell)
    kernel, recurrent, bias = layer.get_weights()
    layer.set_weights([kernel, recurrent + 3, bias])
    np.testing.assert_array_equal(before, keras.ops.convert_to_numpy(model(x)))


def test_what_cannot_be_built_is_refused() -> None:
    with pytest.raises(ArgumentError, match="outputs: expected 2 or more"):
        one_to_one(features=3, outputs=1)
    with pytest.raises(ArgumentError, match="cell: expected one of"):
        one_to_one(features=3, outputs=2, cell="transformer")
    with pytest.raises(ArgumentError, match=r"activation: expected a name .* got 'foo'"):
        one_to_one(features=3, outputs=2, activation="foo")
    assert one_to_one(features=3, outputs=1, activation="sigmoid").output_shape == (None, 1)
