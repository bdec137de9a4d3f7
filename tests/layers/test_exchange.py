"""Models and files between Keras's layers and ours."""

import keras
import numpy as np
import pytest
from keras import ops

from gatewise import layers
from gatewise.errors import ArgumentError

KINDS = ("LSTM", "GRU", "SimpleRNN")
X = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")


def network(source):
    """Every kind, a wrapper, and a model inside the model."""
    inner = keras.Sequential(
        [keras.Input((None, 8)), source.GRU(3, return_sequences=True, reset_after=False)],
        name="inner",
    )
    inputs = keras.Input((None, 3))
    hidden = keras.layers.Bidirectional(source.LSTM(4, return_sequences=True))(inputs)
    return keras.Model(inputs, source.SimpleRNN(2)(inner(hidden)))


def kinds_of(model):
    return [type(layer) for _, layer in layers.find_recurrent(model)]


def kinds_in(source):
    return [source.LSTM, source.LSTM, source.GRU, source.SimpleRNN]


def predict(model):
    return ops.convert_to_numpy(model(X))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "exchange", "after"),
    [
        (keras.layers, layers.from_keras, layers),
        (layers, layers.to_keras, keras.layers),
    ],
    ids=["from_keras", "to_keras"],
)
def test_a_whole_model_changes_its_layers_and_keeps_its_numbers(before, exchange, after):
    model = network(before)
    copy = exchange(model)
    assert kinds_of(model) == kinds_in(before)
    assert kinds_of(copy) == kinds_in(after)
    np.testing.assert_allclose(predict(copy), predict(model), rtol=1e-5, atol=1e-6)


@pytest.mark.slow
def test_the_copy_is_compiled_alike_and_has_weights_of_its_own():
    model = network(keras.layers)
    model.compile("sgd", "mse")
    before = predict(model)
    copy = layers.from_keras(model)
    copy.fit(X, np.ones((2, 2)), verbose=0)
    np.testing.assert_array_equal(predict(model), before)


def test_use_cudnn_survives_though_keras_does_not_save_it():
    model = keras.Sequential([keras.Input((None, 3)), keras.layers.LSTM(2, use_cudnn=False)])
    assert layers.from_keras(model).layers[0].use_cudnn is False


def test_a_keras_file_becomes_a_model_of_ours_and_back(tmp_path):
    model = network(keras.layers)
    model.save(tmp_path / "stock.keras")
    ours = layers.from_keras(keras.saving.load_model(tmp_path / "stock.keras"))
    ours.save(tmp_path / "ours.keras")
    loaded = keras.saving.load_model(tmp_path / "ours.keras")
    assert kinds_of(loaded) == kinds_in(layers)
    layers.to_keras(loaded).save(tmp_path / "back.keras")
    back = keras.saving.load_model(tmp_path / "back.keras")
    assert kinds_of(back) == kinds_in(keras.layers)
    np.testing.assert_allclose(predict(back), predict(model), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("first", "second"), [(keras.layers, layers), (layers, keras.layers)])
def test_weight_files_pass_both_ways(first, second, tmp_path):
    path = tmp_path / "m.weights.h5"
    one, other = network(first), network(second)
    one.save_weights(path)
    other.load_weights(path)
    np.testing.assert_allclose(predict(other), predict(one), rtol=1e-5, atol=1e-6)


def test_a_model_is_taken_over_under_native_too(monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "native")  # an error when a layer runs, not before
    assert kinds_of(layers.from_keras(network(keras.layers))) == kinds_in(layers)


def test_a_model_without_weights_is_refused():
    with pytest.raises(ArgumentError, match="expected a built model, got 'empty'"):
        layers.from_keras(keras.Sequential([keras.layers.LSTM(2)], name="empty"))


def test_a_model_that_cannot_be_rebuilt_is_refused():
    class Unregistered(keras.Model):
        def __init__(self):
            super().__init__(name="mine")
            self.rnn = keras.layers.LSTM(2)

        def call(self, inputs):
            return self.rnn(inputs)

    model = Unregistered()
    model(X)
    with pytest.raises(ArgumentError, match=r"rebuild .* got 'mine'.*register_keras_serializable"):
        layers.from_keras(model)
