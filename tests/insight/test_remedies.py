"""Verdicts on networks built to vanish, to hold and to explode, and remedies that fit them."""

import math

import keras
import numpy as np
import pytest

import gatewise as gw
from gatewise.insight import gradient_flow
from gatewise.insight.remedies import Finding, remedies_of, verdict_of

from .models import inputs

T, U = 40, 8


def sigmoid(a):
    return 1 / (1 + math.exp(-a))


def orthogonal(columns=1):
    """[U, columns·U] of orthogonal matrices."""
    rng = np.random.default_rng(0)
    return np.hstack([np.linalg.qr(rng.normal(size=(U, U)))[0] for _ in range(columns)])


def built(kind, recurrent, bias=None, above=None, scale=0.1, **options):
    """A model of one layer whose recurrent weights are as given and whose input is small."""
    keras.utils.set_random_seed(0)
    layer = getattr(gw.layers, kind)(U, name="layer", return_sequences=above is not None, **options)
    model = keras.Sequential([keras.Input((None, 2)), layer, *(above or [])])
    kernel, _, old = layer.get_weights()
    layer.set_weights(
        [scale * kernel, recurrent, old if bias is None else np.zeros_like(old) + bias]
    )
    model.compile(loss="mse")
    return model


def gates(**biases):
    """A bias [4U] of an LSTM, in Keras's order."""
    return np.repeat([biases.get(name, 0.0) for name in ("i", "f", "c", "o")], U)


def flow_of(model, steps=T):
    x = inputs(6, steps)
    return gradient_flow(model, x, np.zeros((6, *model.output_shape[1:])))["layer"]


def test_a_simple_rnn_with_small_weights_vanishes_at_their_rate():
    layer = flow_of(built("SimpleRNN", 0.5 * orthogonal(), activation="linear"))
    assert layer.verdict == "vanishing"
    assert abs(layer.half_life - 1) < 1e-4  # halved at each step
    assert any("LSTM or a GRU" in one for one in layer.remedies)
    assert any("orthogonal" in one for one in layer.remedies)


def test_orthogonal_weights_hold():
    layer = flow_of(built("SimpleRNN", orthogonal(), activation="linear"))
    assert layer.verdict == "healthy"
    assert layer.half_life > 1e4
    assert layer.remedies == []


def test_scaled_up_weights_explode():
    layer = flow_of(built("SimpleRNN", 1.5 * orthogonal(), activation="linear"))
    assert (layer.verdict, layer.half_life) == ("exploding", math.inf)
    np.testing.assert_allclose(layer.finding.kept, 1.5 ** (T - 1), rtol=1e-3)
    said = " ".join(layer.remedies)
    assert "clipnorm=1.0" in said
    assert "largest singular value is 1.5" in said
    assert "the last 11 of 39 steps" in said  # 1.5^11 < 100 < 1.5^12


def test_an_lstm_holds_or_vanishes_as_its_forget_gates_do():
    """Without recurrent weights the cell carries exactly the forget gates' product."""
    none = np.zeros((U, 4 * U))
    open_, shut = (flow_of(built("LSTM", none, gates(f=f))) for f in (6.0, 0.0))
    assert (open_.verdict, shut.verdict) == ("healthy", "vanishing")
    np.testing.assert_allclose(shut.half_life, 1, rtol=0.02)
    np.testing.assert_allclose(open_.half_life, -1 / math.log2(sigmoid(6)), rtol=0.05)
    assert shut.remedies[0].startswith("Start the forget gate's bias near 3.7, the log of 39")
    assert not any("simple RNN" in one for one in shut.remedies)


def test_a_gru_holds_or_vanishes_as_its_update_gates_do():
    none = np.zeros((U, 3 * U))
    bias = np.repeat([1.0, 0, 0], U)
    open_, shut = (flow_of(built("GRU", none, z * bias)) for z in (6.0, 0.0))
    assert (open_.verdict, shut.verdict) == ("healthy", "vanishing")
    np.testing.assert_allclose(shut.half_life, 1, rtol=0.02)
    assert "update gate's bias" in shut.remedies[0]


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_gated_cells_explode_too(kind):
    """At rest, where every gate is 1/2, a candidate fed by R = 6·1 carries 1/2 + R/4 = 2 a step."""
    blocks = {"LSTM": (0, 0, 6, 0), "GRU": (0, 0, 6)}[kind]
    recurrent = np.hstack([one * np.eye(U) for one in blocks])
    layer = flow_of(built(kind, recurrent, bias=0.0, scale=0.0))
    assert layer.verdict == "exploding"
    lags = layer.by_lag("transport")
    np.testing.assert_allclose(lags.median[2:] / lags.median[1:-1], 2, rtol=1e-3)
    assert not any("Use an LSTM or a GRU" in one for one in layer.remedies)


@pytest.mark.parametrize("pooling", [gw.layers.MaxOverTime, keras.layers.GlobalAveragePooling1D])
def test_pooling_does_not_hide_that_the_layer_forgets(pooling):
    layer = flow_of(built("LSTM", np.zeros((U, 4 * U)), gates(), above=[pooling()]))
    assert layer.verdict == "vanishing"


def test_the_mean_head_is_named_as_a_reason_to_leave_it():
    head = [keras.layers.GlobalAveragePooling1D()]
    layer = flow_of(built("LSTM", np.zeros((U, 4 * U)), gates(), above=head))
    assert layer.remedies[0].startswith("The loss reaches steps far back directly")
    plain = flow_of(built("LSTM", np.zeros((U, 4 * U)), gates()))
    assert not any("directly" in one for one in plain.remedies)


def test_a_model_that_clips_is_not_told_to():
    model = built("SimpleRNN", 1.5 * orthogonal(), activation="linear")
    model.compile(keras.optimizers.SGD(clipnorm=1.0), "mse")
    said = flow_of(model).remedies
    assert not any(one.startswith("Clip") for one in said)
    assert any("learning rate" in one for one in said)


def test_what_overflows_explodes():
    layer = flow_of(built("SimpleRNN", 1e3 * orthogonal(), activation="linear"))
    assert layer.verdict == "exploding"


@pytest.mark.parametrize(
    ("medians", "verdict"),
    [
        ([1.0, 0.1, 0.0101], "healthy"),
        ([1.0, 0.1, 0.0099], "vanishing"),
        ([1.0, 99.0, 1.0], "healthy"),
        ([1.0, 101.0, 1.0], "exploding"),
        ([1.0], "healthy"),
        ([1.0, 0.0, 0.0], "vanishing"),
    ],
)
def test_the_thresholds(medians, verdict):
    assert verdict_of(Finding("GRU", len(medians) - 1, np.array(medians), 1.0)) == verdict


def test_a_short_table_in_words():
    x, y = inputs(6, T), np.zeros((6, U))
    model = built("LSTM", np.zeros((U, 4 * U)), gates())
    flow = gradient_flow(model, x, y)
    lines = str(flow).splitlines()
    assert lines[0].split("  ")[0] == "layer"
    assert lines[1].split()[-1] == "vanishing" == flow.verdict
    assert "layer is vanishing:" in lines
    assert [line[2:] for line in lines if line.startswith("- ")] == flow.remedies


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_a_healthy_layer_needs_no_remedy(kind):
    assert remedies_of(Finding(kind, 9, np.ones(10), math.inf)) == []


@pytest.mark.parametrize(
    ("medians", "told"), [([1, 900] + [900] * 7, None), ([1] * 4 + [900] * 5, 3)]
)
def test_truncation_is_only_advised_where_steps_are_left(medians, told):
    said = remedies_of(Finding("LSTM", 8, np.array(medians, float), 1.0))
    truncated = [one for one in said if one.startswith("Truncate")]
    assert truncated == (
        [] if told is None else [one for one in said if f"last {told} of 8" in one]
    )
    assert bool(truncated) is (told is not None)
