"""Which layers are found in a model, and what is said of each."""

import re

import keras
import pytest

from gatewise import layers
from gatewise.errors import ArgumentError
from gatewise.kernels import Choice, select
from gatewise.layers import bidirectional, paths

KERNEL = object()


@pytest.fixture(autouse=True)
def _unset(monkeypatch):
    monkeypatch.delenv("GATEWISE_KERNELS", raising=False)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_ours_are_explained_before_they_are_built(kind):
    choice = layers.explain(getattr(layers, kind)(4))
    assert (choice.kernel is None) == ("Keras's own code runs" in choice.reason)


def test_explaining_does_not_raise_under_native(monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "native")
    assert "Keras's own code runs" in layers.explain(layers.LSTM(4, activation="gelu")).reason


def test_reference_is_named(monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "reference")
    assert "GATEWISE_KERNELS=reference" in layers.explain(layers.LSTM(4)).reason


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_stock_layers_are_told_what_takes_their_place(kind):
    reason = layers.explain(getattr(keras.layers, kind)(4)).reason
    assert f"stock keras.layers.{kind}" in reason
    assert "gatewise.accelerate(model)" in reason


class Mine(keras.layers.LSTM):
    pass


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Mine(2), "Mine is a subclass of keras.layers.LSTM.*derive it from gatewise"),
        (lambda: keras.layers.RNN(keras.layers.LSTMCell(2)), "RNN around LSTMCell"),
        (
            lambda: keras.layers.RNN([keras.layers.LSTMCell(2), keras.layers.GRUCell(2)]),
            "RNN around StackedRNNCells",
        ),
        (lambda: keras.layers.Bidirectional(layers.GRU(2)), "a stock keras.layers.Bidirectional"),
    ],
)
def test_what_has_no_drop_in_says_why(make, reason):
    choice = layers.explain(make())
    assert choice.kernel is None
    assert re.search(reason, choice.reason)


def test_a_model_is_explained_layer_by_layer(monkeypatch):
    monkeypatch.setattr(select, "explain", lambda request: Choice(KERNEL, "quick"))
    monkeypatch.setattr(bidirectional, "explain", select.explain)
    parts = [
        layers.Bidirectional(layers.LSTM(2, name="lstm", return_sequences=True), name="a"),
        keras.layers.Bidirectional(layers.GRU(2, name="gru", return_sequences=True), name="b"),
        layers.GRU(2, name="same", return_sequences=True),
        keras.layers.GRU(2, name="same"),
    ]
    twins = keras.layers.Pipeline(parts, name="twins")
    found = layers.explain_model(keras.Sequential([twins]))
    together, apart = "quick; both directions in one call", "quick; one direction after the other"
    assert [(path, choice.reason.split(":")[0]) for path, choice in found] == [
        ("twins/a/forward_lstm", together),
        ("twins/a/backward_lstm", together),
        ("twins/b/forward_gru", apart),
        ("twins/b/backward_gru", apart),
        ("twins/same", "quick"),
        ("twins/same", "a stock keras.layers.GRU"),
    ]
    assert [choice.kernel for _, choice in found] == [KERNEL] * 5 + [None]


def test_a_subclass_of_ours_is_ours():
    class Ours(layers.GRU):
        pass

    assert Ours(2).kernel_request().cell == "GRU"


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


def test_a_walk_gives_every_layer_once_after_what_it_lies_in():
    shared = layers.LSTM(2, name="shared")
    inner = keras.Sequential([keras.Input((None, 3)), shared], name="inner")
    model = keras.Sequential([inner, keras.layers.Dense(2, name="head")])
    assert [path for path, _ in paths.walk(model)][:2] == ["inner", "inner/shared"]
    found = [layer for _, layer in paths.walk(model)]
    assert len({id(layer) for layer in found}) == len(found)
    assert model not in found


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"activation": "softsign"}, "activation='softsign'"),
        ({"dtype": "float64"}, "it computes in float64"),
        ({"dropout": 1.0}, "dropout=1 drops everything"),
    ],
)
def test_nothing_is_promised_that_accelerate_would_not_keep(options, reason):
    layer = keras.layers.LSTM(4, **options)
    told = layers.explain(layer).reason
    assert f"gatewise.accelerate(model) would not change that: {reason}" in told
    assert type(layer) is keras.layers.LSTM
