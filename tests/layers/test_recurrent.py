"""The drop-ins against Keras's layers: numbers, gradients, options, and the seam."""

import keras
import numpy as np
import pytest
from keras import ops

from gatewise import layers
from gatewise.errors import ArgumentError, KernelError

from ..cells import CELLS, MASK, arrays, results_and_gradients, run_layer

KINDS = ("LSTM", "GRU", "SimpleRNN")
X = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")


@pytest.fixture(autouse=True)
def _unset(monkeypatch):
    monkeypatch.delenv("GATEWISE_KERNELS", raising=False)


def run_ours(*args, **options):
    return run_layer(*args, source=layers, **options)


@pytest.mark.parametrize("cell", ["lstm", "gru, reset after", "gru, reset before", "simple"])
def test_results_and_gradients_equal_keras(cell):
    assert_equal(cell, MASK, {"go_backwards": True})


@pytest.mark.slow
@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("mask", [None, MASK], ids=["no mask", "mask"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_option_equals_keras(cell, mask, backwards, zeros):
    assert_equal(cell, mask, {"go_backwards": backwards, "zero_output_for_mask": zeros})


def assert_equal(cell, mask, options):
    given = arrays(cell, seed=2)
    ours = results_and_gradients(run_ours, cell, given, mask, options)
    theirs = results_and_gradients(run_layer, cell, given, mask, options)
    for found, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def both(kind, **options):
    """Our layer and Keras's with the same weights, built for X."""
    pair = [getattr(source, kind)(5, **options) for source in (layers, keras.layers)]
    for layer in pair:
        layer.build(X.shape)
    pair[0].set_weights(pair[1].get_weights())
    return pair


def assert_same(found, expected):
    for one, other in zip(keras.tree.flatten(found), keras.tree.flatten(expected), strict=True):
        one, other = ops.convert_to_numpy(one), ops.convert_to_numpy(other)
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options",
    [
        {"return_state": True},
        {"unroll": True},
        {"dropout": 0.5, "recurrent_dropout": 0.5, "seed": 3},
        {"dtype": "mixed_bfloat16"},
    ],
    ids=lambda options: next(iter(options)),
)
def test_keras_options_come_along(kind, options):
    ours, theirs = both(kind, **options)
    ours_result, theirs_result = ours(X, training=True), theirs(X, training=True)
    tolerant = [ops.cast(r, "float32") for r in keras.tree.flatten([ours_result])]
    assert_same(tolerant, [ops.cast(r, "float32") for r in keras.tree.flatten([theirs_result])])


@pytest.mark.parametrize("kind", KINDS)
def test_stateful_carries_the_state_on_and_resets(kind):
    ours, theirs = both(kind, stateful=True)
    first = ours(X)
    assert_same([ours(X), *ours.states], [(theirs(X), theirs(X))[1], *theirs.states])
    ours.reset_state()
    assert_same(ours(X), first)


@pytest.mark.parametrize(
    ("kind", "merge"), [("LSTM", None), ("GRU", "concat"), ("SimpleRNN", "sum")]
)
def test_bidirectional_and_stacking(kind, merge):
    models = []
    for source in (layers, keras.layers):
        inputs = keras.Input((None, 3))
        both_ways = keras.layers.Bidirectional(
            getattr(source, kind)(4, return_sequences=True), merge_mode=merge
        )(keras.layers.Masking()(inputs))
        outputs = [getattr(source, kind)(2)(h) for h in keras.tree.flatten(both_ways)]
        models.append(keras.Model(inputs, outputs))
    models[0].set_weights(models[1].get_weights())
    padded = X * np.array([[1, 1, 1, 0], [1, 1, 0, 0]])[..., None]
    assert_same(models[0](padded), models[1](padded))
    inside = models[0].layers[2]
    assert type(inside.backward_layer) is getattr(layers, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_configuration_round_trip(kind):
    layer = getattr(layers, kind)(4, go_backwards=True, dropout=0.25, use_bias=False)
    config = keras.saving.serialize_keras_object(layer)
    assert config["registered_name"] == f"gatewise>{kind}"
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is type(layer)
    assert again.get_config() == layer.get_config()
    assert set(layer.get_config()) == set(getattr(keras.layers, kind)(4).get_config())


@pytest.mark.parametrize("kind", KINDS)
def test_native_names_the_layer_it_has_no_kernel_for(kind, monkeypatch):
    layer = getattr(layers, kind)(4, name="encoder")
    layer.build(X.shape)
    monkeypatch.setenv("GATEWISE_KERNELS", "native")
    with pytest.raises(KernelError, match=f"'encoder'.*expected for {kind} on "):
        layer(X)


def test_a_wrong_setting_is_an_error_when_a_layer_runs(monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "yes")
    with pytest.raises(ArgumentError, match="GATEWISE_KERNELS: expected one of"):
        layers.LSTM(4)(X)


def test_a_request_says_what_decides_about_a_kernel():
    request = layers.GRU(4, reset_after=False, name="gru", dtype="float16").kernel_request()
    assert (request.layer, request.cell, request.backend) == ("gru", "GRU", keras.backend.backend())
    assert request.device in ("cpu", "gpu", "tpu")
    assert request.options["units"] == 4
    assert request.options["reset_after"] is False
    assert request.options["recurrent_activation"] == "sigmoid"
    assert request.options["compute_dtype"] == "float16"
    assert "recurrent_activation" not in layers.SimpleRNN(4).kernel_request().options
