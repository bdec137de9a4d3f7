"""Callbacks see the weights of the moment and change nothing of the training."""

import keras
import numpy as np
import pytest

import gatewise as gw
from gatewise.errors import ArgumentError
from gatewise.insight import GateHistory, GradientHistory, gradient_flow, memory, record

from ..toys import texts, tiny
from .models import inputs

X, Y = inputs(12, 5), np.random.default_rng(1).normal(size=(12, 3)).astype("float32")


def model(kind="LSTM", **options):
    keras.utils.set_random_seed(3)
    layer = getattr(gw.layers, kind)(3, dropout=0.4, name="layer", **options)
    made = keras.Sequential([keras.Input((None, 2)), layer, keras.layers.Dropout(0.3)])
    made.compile(keras.optimizers.SGD(0.5), "mse")
    return made


def fit_with(callbacks, epochs=3, **options):
    made = model(**options)
    made.fit(X, Y, epochs=epochs, batch_size=4, verbose=0, shuffle=False, callbacks=callbacks)
    return made


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_the_weights_are_the_same_with_and_without(kind):
    plain = fit_with([], kind=kind)
    watched = fit_with([GradientHistory(X, Y), GateHistory(X)], kind=kind)
    for one, other in zip(plain.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_gradients_are_those_of_the_weights_of_the_moment():
    history = GradientHistory(X[:4], Y[:4])
    made = fit_with([history])
    now = gradient_flow(made, X[:4], Y[:4])["layer"]
    medians = history.medians["layer"]
    assert history.epochs == [0, 1, 2, 3]
    for of in ("hidden", "cell", "transport"):
        np.testing.assert_allclose(medians[of][-1], now.by_lag(of).median, rtol=1e-5)
        looks = np.stack(medians[of])
        assert len(np.unique(looks.round(7), axis=0)) == 4  # each epoch's own
    before = gradient_flow(model(), X[:4], Y[:4])["layer"]
    np.testing.assert_allclose(medians["hidden"][0], before.by_lag().median, rtol=1e-5)
    np.testing.assert_allclose(history.half_life["layer"][-1], now.half_life, rtol=1e-4)
    assert history.verdict[-1] == history.verdicts["layer"][-1] == now.verdict


def test_gates_are_those_of_the_weights_of_the_moment():
    history = GateHistory(X[:4])
    made = fit_with([history])
    now = record(made, X[:4])["layer"]
    assert list(history.gates["layer"]) == ["update", "forget", "output"]
    for gate, means in history.gates["layer"].items():
        np.testing.assert_allclose(means[-1], now.arrays[gate].mean(), rtol=1e-5)
        assert len(set(means)) == len(history.epochs) == 4
    np.testing.assert_allclose(
        history.span["layer"][-1], np.median(memory(now).span, axis=0), rtol=1e-4
    )


def test_every_few_epochs_and_anew_at_each_fit():
    history = GradientHistory(X[:2], Y[:2], every=2)
    made = fit_with([history], epochs=4)
    assert history.epochs == [0, 2, 4]
    made.fit(X, Y, epochs=6, initial_epoch=4, verbose=0, callbacks=[history])
    assert history.epochs == [4, 6]
    assert len(history.medians["layer"]["hidden"]) == len(history.verdict) == 2


def test_a_simple_rnn_has_no_gates_and_no_span():
    history = GateHistory(X[:2])
    fit_with([history], kind="SimpleRNN", epochs=1)
    assert (history.gates, history.span) == ({"layer": {}}, {})


def test_a_task_in_training():
    x, y = texts(24)
    gradient, gate = GradientHistory(x[:4], y[:4]), GateHistory(x[:4])
    classifier = tiny()
    classifier.fit(x, y, epochs=2, verbose=0, callbacks=[gradient, gate])
    assert gradient.epochs == gate.epochs == [0, 1, 2]
    (name,) = gradient.medians
    now = gradient_flow(classifier, x[:4], y[:4])[name]
    np.testing.assert_allclose(
        gradient.medians[name]["hidden"][-1], now.by_lag().median, rtol=1e-4, atol=1e-8
    )


@pytest.mark.parametrize("kind", [GateHistory, GradientHistory])
@pytest.mark.parametrize("every", [0, 1.5])
def test_a_number_of_epochs_that_is_none(kind, every):
    with pytest.raises(ArgumentError, match="every: expected a number of epochs from 1"):
        kind(X, every=every)
