"""The drop-ins against Keras's layers: numbers, gradients, options, and the seam."""

import dataclasses
import itertools
from functools import partial

import keras
import numpy as np
import pytest
from keras import ops

from gatewise import layers
from gatewise.errors import ArgumentError, GatewiseWarning, KernelError
from gatewise.kernels.native import library

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
    found, expected = keras.tree.flatten([found]), keras.tree.flatten([expected])
    for one, other in zip(found, expected, strict=True):
        one, other = ops.convert_to_numpy(one), ops.convert_to_numpy(other)
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options",
    [
        {"return_state": True},
        {"unroll": True},
        {"dropout": 0.5, "seed": 3},
        {"recurrent_dropout": 0.5, "seed": 3},
        {"dropout": 0.5, "recurrent_dropout": 0.5, "seed": 3},
        {"dropout": 1.0, "recurrent_dropout": 0.5, "seed": 3},
        {"use_bias": False, "return_sequences": True},
    ],
    ids="+".join,
)
def test_keras_options_come_along(kind, options):
    ours, theirs = both(kind, **options)
    assert_same(ours(X, training=True), theirs(X, training=True))
    assert_same(ours(X), theirs(X))


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_an_input_mask_for_each_gate(kind):
    # Keras's own shortcut takes no list of masks.
    ours, theirs = both(kind, dropout=0.5, implementation=1, seed=3, use_cudnn=False)
    assert_same(ours(X, training=True), theirs(X, training=True))


MASKS = np.array([[0, 1, 1, 0], [0, 0, 0, 0]], bool)


@pytest.mark.parametrize("options", list(itertools.product([False, True], repeat=4)), ids=str)
@pytest.mark.parametrize("kind", ["LSTM", "SimpleRNN"])
def test_outputs_under_masks(kind, options):
    names = ("go_backwards", "zero_output_for_mask", "return_sequences", "unroll")
    options = dict(zip(names, options, strict=True))
    if options["unroll"] and keras.backend.backend() == "torch" and options["go_backwards"]:
        pytest.skip("Keras's unrolled loop under torch cannot go backwards with a mask")
    ours, theirs = both(kind, return_state=True, **options)
    states = [np.full((2, 5), 0.5 - i, "float32") for i in range(2 if kind == "LSTM" else 1)]
    found, expected = (layer(X, initial_state=states, mask=MASKS) for layer in (ours, theirs))
    assert_same(found, expected)


def test_a_mask_with_an_axis_of_features():
    ours, theirs = both("GRU", use_cudnn=False)
    assert_same(ours(X, mask=MASKS[..., None]), theirs(X, mask=MASKS[..., None]))


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("kind", KINDS)
def test_half_precision_is_close_to_single(kind, dtype):
    _, theirs = both(kind)
    half = getattr(layers, kind)(5, dtype=dtype, return_state=True)
    half.build(X.shape)
    half.set_weights(theirs.get_weights())
    output, *states = half(X)
    assert keras.backend.standardize_dtype(output.dtype) == half.compute_dtype
    assert keras.backend.standardize_dtype(states[0].dtype) == half.compute_dtype
    found, expected = ops.convert_to_numpy(ops.cast(output, "float32")), theirs(X)
    np.testing.assert_allclose(found, ops.convert_to_numpy(expected), atol=0.02)


def native_runs():
    """How many forward passes the native core ran so far, or None without it."""
    return None if library.reason() else library.load().counts()["forward"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_native_kernel_runs_where_it_is_chosen(kind, monkeypatch):
    layer = getattr(layers, kind)(5)
    layer.build(X.shape)
    if layers.explain(layer).kernel is None:
        pytest.skip(layers.explain(layer).reason)
    before = native_runs()
    ops.convert_to_numpy(layer(X))  # waits until it has run
    assert native_runs() == before + 1
    monkeypatch.setenv("GATEWISE_KERNELS", "reference")
    ops.convert_to_numpy(layer(X))
    assert native_runs() == before + 1


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_alone_and_unknown_sizes(kind):
    layer = getattr(layers, kind)(5, return_sequences=True)
    inputs = keras.Input((None, 3))
    assert layer(inputs).shape == (None, None, 5)

    class Around(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = layer

        def call(self, x):
            return self.inner(x)

    assert keras.Model(inputs, Around()(inputs)).output_shape == (None, None, 5)


def test_an_empty_batch():
    ours, theirs = both("LSTM", return_sequences=True)
    assert tuple(ours(X[:0]).shape) == tuple(theirs(X[:0]).shape) == (0, 4, 5)


def test_cudnn_by_force_keeps_its_own_error():
    if (keras.backend.backend(), layers.current_device()) != ("jax", "cpu"):
        pytest.skip("other back ends and devices have what it asks for")
    with pytest.raises(ValueError, match="use_cudnn=True was specified"):
        layers.LSTM(4, use_cudnn=True)(X)


def test_a_function_that_borrows_a_name_is_not_taken_for_it():
    def tanh(x):
        return ops.tanh(x) * 2

    layer = layers.SimpleRNN(4, activation=tanh)
    assert layer.kernel_request().options["activation"] == "tanh of your own"
    assert layers.explain(layer).kernel is None
    assert layers.SimpleRNN(4, activation=ops.tanh).kernel_request().options["activation"] == "tanh"


def test_a_cell_of_its_own_keeps_its_code():
    class Doubled(keras.layers.SimpleRNNCell):
        def call(self, *args, **kwargs):
            output, states = super().call(*args, **kwargs)
            return output * 2, states

    layer = layers.SimpleRNN(4)
    layer.cell = Doubled(4)
    assert layer.kernel_request().options["cell_class"] == "Doubled"
    assert "Doubled" in layers.explain(layer).reason


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
    layer = getattr(layers, kind)(4, name="encoder", activation="softsign")
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


@pytest.mark.parametrize("kind", KINDS)
def test_one_row_of_mask_stands_for_all(kind):
    ours, theirs = both(kind, return_sequences=True)
    mask = np.array([[True, False, True, True]])
    assert_same(ours(X, mask=mask), theirs(X, mask=mask))


@dataclasses.dataclass
class Scaled:
    """A callable that has no hash and that Keras cannot serialize."""

    scale: float

    def __call__(self, x):
        return self.scale * x


@pytest.mark.parametrize(
    "activation", [partial(keras.activations.leaky_relu, negative_slope=0.1), Scaled(0.5)]
)
def test_activations_of_any_kind_take_keras_path(activation):
    ours, theirs = both("LSTM", activation=activation)
    assert_same(ours(X), theirs(X))
    assert "Keras's own code runs" in layers.explain(ours).reason
    model = keras.Sequential([keras.Input(X.shape[1:]), theirs])
    with pytest.warns(GatewiseWarning, match="nothing in it gets faster"):
        layers.accelerate(model)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"mask": np.ones((6, 4), bool)}, r"mask: expected shape \[B, T\] = \(2, 4\)"),
        ({"mask": np.ones((0, 4), bool)}, r"mask: expected shape \[B, T\] = \(2, 4\)"),
        ({"initial_state": [np.ones((5, 2)), np.ones((5, 2))]}, r"h0: expected shape"),
        ({"initial_state": [np.ones((2, 5))]}, "expected 2 .h and c., got 1"),
        ({"initial_state": [np.ones((2, 5))] * 3}, "expected 2 .h and c., got 3"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(options, told):
    if library.reason():
        pytest.skip(library.reason())
    options = keras.tree.map_structure(
        lambda one: ops.convert_to_tensor(one, None if one.dtype == bool else "float32"), options
    )
    with pytest.raises((ArgumentError, ValueError), match=told):
        layers.LSTM(5)(X, **options)


@pytest.mark.parametrize("seed", range(5))
def test_half_precision_lies_closer_to_exact_values_than_keras(seed):
    if library.reason():
        pytest.skip(library.reason())
    rng = np.random.default_rng(seed)
    shapes = ((3, 20, 5), (5, 16), (16, 16), (16,))
    x, *weights = [(rng.normal(size=shape) * 0.3).astype("float16") for shape in shapes]
    exact = np.zeros((3, 16))
    kernel, recurrent, bias = [weight.astype("float64") for weight in weights]
    for step in x.astype("float64").swapaxes(0, 1):
        exact = np.maximum(step @ kernel + exact @ recurrent + bias, 0)

    def error(source):
        layer = source.SimpleRNN(16, "relu", recurrent_initializer="zeros", dtype="float16")
        layer.build(x.shape)
        layer.set_weights(weights)
        return np.abs(ops.convert_to_numpy(layer(x)).astype("float64") - exact).max()

    ours = error(layers)
    assert ours < error(keras.layers)
    assert ours < 2**-11 * exact.max() * 1.01  # one rounding to float16
