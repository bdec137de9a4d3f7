"""Which layers are found in a model, and what is said of each."""

import keras
import pytest

from gatewise import layers
from gatewise.errors import ArgumentError


@pytest.fixture(autouse=True)
def _unset(monkeypatch):
    monkeypatch.delenv("GATEWISE_KERNELS", raising=False)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_ours_are_explained_before_they_are_built(kind):
    choice = layers.explain(getattr(layers, kind)(4))
    assert (choice.kernel, choice.reason) == (None, "no native kernel yet: Keras's own code runs")


def test_explaining_does_not_raise_under_native(monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "native")
    assert "no native kernel yet" in layers.explain(layers.LSTM(4)).reason


def test_reference_is_named(monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "reference")
    assert "GATEWISE_KERNELS=reference" in layers.explain(layers.LSTM(4)).reason


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_stock_layers_are_told_of_their_drop_in(kind):
    reason = layers.explain(getattr(keras.layers, kind)(4)).reason
    assert f"stock keras.layers.{kind}" in reason
    assert f"gatewise.layers.{kind}" in reason


def test_other_recurrent_layers_have_no_drop_in():
    class Mine(keras.layers.LSTM):
        pass

    for layer in (Mine(2), keras.layers.RNN(keras.layers.LSTMCell(2))):
        assert f"{type(layer).__name__} has no drop-in" in layers.explain(layer).reason


def test_a_subclass_of_ours_is_ours():
    class Mine(layers.GRU):
        pass

    assert Mine(2).kernel_request().cell == "GRU"


def test_a_layer_that_is_not_recurrent_is_refused():
    with pytest.raises(ArgumentError, match=r"layer: expected a recurrent layer.*got Dense"):
        layers.explain(keras.layers.Dense(2))


def test_layers_are_found_in_nested_models_wrappers_and_own_classes():
    class Own(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.parts = [layers.SimpleRNN(2, name="in_a_list"), keras.layers.Dense(2)]

    inner = keras.Sequential([keras.Input((None, 8)), layers.GRU(3, name="gru")], name="inner")
    inputs = keras.Input((None, 3))
    both = keras.layers.Bidirectional(keras.layers.LSTM(4, return_sequences=True, name="lstm"))
    model = keras.Model(inputs, inner(both(inputs)))
    timed = keras.layers.TimeDistributed(layers.GRU(2, name="each"), name="timed")

    paths = dict(layers.find_recurrent(model))
    assert list(paths) == [
        f"{both.name}/forward_lstm",
        f"{both.name}/backward_lstm",
        "inner/gru",
    ]
    assert paths["inner/gru"] is inner.layers[0]
    others = keras.Sequential([timed, Own(name="own")])
    assert list(dict(layers.find_recurrent(others))) == ["timed/each", "own/in_a_list"]


def test_a_shared_layer_is_given_once():
    shared = layers.LSTM(2, name="shared")
    one, other = keras.Input((None, 3)), keras.Input((None, 3))
    left = keras.Model(one, shared(one), name="left")
    right = keras.Model(other, shared(other), name="right")
    model = keras.Model([one, other], [left(one), right(other)])
    assert [path for path, _ in layers.find_recurrent(model)] == ["left/shared"]


def test_a_single_layer_is_its_own_answer():
    layer = layers.LSTM(2, name="alone")
    assert list(layers.find_recurrent(layer)) == [("alone", layer)]


def test_a_model_without_recurrence_gives_nothing():
    assert list(layers.find_recurrent(keras.Sequential([keras.layers.Dense(2)]))) == []
