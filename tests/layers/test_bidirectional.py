"""Both directions in one call against Keras's two: numbers, gradients, and when it is taken."""

import os

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from gatewise import layers
from gatewise.kernels import Choice, reference
from gatewise.kernels.native import library
from gatewise.layers import bidirectional

from ..cells import MASK
from ..gradients import run_and_differentiate

BATCH, STEPS, FEATURES, UNITS = 6, 5, 2, 3
CELLS = {
    "lstm": ("LSTM", {}),
    "lstm, no bias": ("LSTM", {"use_bias": False}),
    "gru": ("GRU", {}),
    "gru, reset before": ("GRU", {"reset_after": False}),
    "simple": ("SimpleRNN", {}),
    "relu": ("SimpleRNN", {"activation": "relu"}),
}
MERGES = ["concat", "sum", "ave", "mul", None]


class Counted:
    """The contract carried out by the equations, counting how often it is asked."""

    name = "counted"

    def __init__(self):
        self.calls = []

    def run(self, spec, inputs):
        self.calls.append(inputs.kernel.shape[0])
        return reference.run(spec, inputs)


@pytest.fixture(params=[pytest.param("equations", marks=pytest.mark.slow), "native"])
def kernel(request, monkeypatch):
    """The kernel behind the wrapper, as a list with D of each call."""
    monkeypatch.delenv("GATEWISE_KERNELS", raising=False)
    counted = Counted()
    if request.param == "native":
        if library.reason() is not None and not os.environ.get("CI"):
            pytest.skip(str(library.reason()))
        found = bidirectional.explain(layers.LSTM(2).kernel_request()).kernel
        counted.run = lambda spec, inputs: (  # type: ignore[method-assign]
            counted.calls.append(inputs.kernel.shape[0]) or found.run(spec, inputs)
        )
    monkeypatch.setattr(bidirectional, "explain", lambda request: Choice(counted, "counted"))
    return counted


def wrapper(source, cell, merge_mode="concat", wrap=None, **options):
    kind, own = CELLS[cell]
    layer = getattr(source, kind)(UNITS, **own, **options)
    made = (wrap or source).Bidirectional(layer, merge_mode=merge_mode)
    made.build((BATCH, STEPS, FEATURES))
    rng = np.random.default_rng(0)
    made.set_weights([rng.normal(size=w.shape).astype("float32") for w in made.get_weights()])
    return made


def data(seed=1, states=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
    return x, [rng.normal(size=(BATCH, UNITS)).astype("float32") for _ in range(states)]


def results_and_gradients(layer, x, states, mask):
    rest = [variable.value for variable in layer.non_trainable_variables]
    marks = None if mask is None else ops.convert_to_tensor(mask)

    def function(tensors):
        before = list(tensors[1 : 1 + len(states)]) or None
        own = list(tensors[1 + len(states) :])
        results, _ = layer.stateless_call(own, rest, tensors[0], initial_state=before, mask=marks)
        return list(keras.tree.flatten(results))

    given_arrays = [x, *states, *layer.get_weights()]
    shapes = [
        tuple(result.shape) for result in function([*map(ops.convert_to_tensor, given_arrays)])
    ]
    rng = np.random.default_rng(2)
    probes = [rng.normal(size=shape).astype("float32") for shape in shapes]
    results, gradients = run_and_differentiate(function, given_arrays, probes)
    return [*results, *gradients]


def assert_equal_to_keras(cell, mask, states, **options):
    count = (2 if CELLS[cell][0] == "LSTM" else 1) * 2 * states
    x, initial = data(states=count)
    ours = results_and_gradients(wrapper(layers, cell, **options), x, initial, mask)
    theirs = results_and_gradients(wrapper(keras.layers, cell, **options), x, initial, mask)
    assert len(ours) == len(theirs)
    for found, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru", "gru, reset before", "relu"])
@pytest.mark.parametrize("sequences", [False, True])
def test_results_and_gradients_equal_keras(kernel, cell, sequences):
    assert_equal_to_keras(cell, MASK, True, return_sequences=sequences, return_state=True)
    assert set(kernel.calls) == {2}


@pytest.mark.slow
@settings(max_examples=12)
@given(
    cell=st.sampled_from(sorted(CELLS)),
    merge_mode=st.sampled_from(MERGES),
    sequences=st.booleans(),
    returned=st.booleans(),
    masked=st.booleans(),
    states=st.booleans(),
    unroll=st.booleans(),
)
def test_every_option_equals_keras(cell, merge_mode, sequences, returned, masked, states, unroll):
    # Keras's unrolled loop on torch fails for go_backwards with a mask.
    unroll = unroll and not (masked and keras.backend.backend() == "torch")
    options = {"return_sequences": sequences, "return_state": returned, "unroll": unroll}
    mask = MASK if masked else None
    assert_equal_to_keras(cell, mask, states, merge_mode=merge_mode, **options)


@pytest.mark.parametrize("merge_mode", MERGES)
def test_every_merge_equals_keras(kernel, merge_mode):
    for sequences in (False, True):
        ours, theirs = (
            wrapper(source, "gru", merge_mode, return_sequences=sequences)
            for source in (layers, keras.layers)
        )
        assert_same(ours(data()[0]), theirs(data()[0]))
    assert kernel.calls == [2, 2]


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple"])
@pytest.mark.parametrize("training", [False, True])
def test_dropped_states_and_generators_are_keras_own(kernel, cell, training):
    options = {"recurrent_dropout": 0.5, "seed": 3, "return_sequences": True}
    ours, theirs = (wrapper(source, cell, **options) for source in (layers, keras.layers))
    for mine, other in zip(
        ours.non_trainable_variables, theirs.non_trainable_variables, strict=True
    ):
        mine.assign(np.array(ops.convert_to_numpy(other)))
    for seed in range(2):  # the second call draws on
        results = []
        for layer in (ours, theirs):
            # Keras drops the seed of a simple layer that is wrapped; torch then has none at all.
            keras.utils.set_random_seed(seed)
            results.append(layer(data()[0], training=training))
        assert_same(*results)
    assert kernel.calls == [2, 2]
    assert_same(ours.non_trainable_variables, theirs.non_trainable_variables)


def test_dropped_inputs_run_apart_in_training_alone(kernel):
    options = {"dropout": 0.5, "seed": 3}
    ours, theirs = (wrapper(source, "lstm", **options) for source in (layers, keras.layers))
    for training in (True, False, True):
        assert_same(ours(data()[0], training=training), theirs(data()[0], training=training))
    assert kernel.calls.count(2) == 1
    assert "in training one after the other: dropout" in ours.kernel_choice().reason


@pytest.mark.parametrize("dtype", ["bfloat16", "mixed_bfloat16", "float16"])
def test_half_precision_equals_our_two_layers(kernel, dtype):
    keras.config.set_dtype_policy(dtype)
    try:
        options = {"return_sequences": True, "recurrent_initializer": "glorot_uniform"}
        ours = wrapper(layers, "lstm", **options)
        apart = wrapper(layers, "lstm", wrap=keras.layers, **options)
    finally:
        keras.config.set_dtype_policy("float32")
    found, expected = ours(data()[0]), apart(data()[0])
    assert keras.backend.standardize_dtype(found.dtype) == ours.compute_dtype
    np.testing.assert_allclose(
        ops.convert_to_numpy(ops.cast(found, "float32")),
        ops.convert_to_numpy(ops.cast(expected, "float32")),
        atol=0.02,
    )


@keras.saving.register_keras_serializable(package="tests")
class Halved(layers.LSTM):
    def inner_loop(self, *args, **kwargs):
        last, outputs, states = super().inner_loop(*args, **kwargs)
        return last / 2, outputs, states


APART = {
    "stateful": (lambda: layers.LSTM(UNITS, stateful=True), {}, "stateful"),
    "stock": (lambda: keras.layers.LSTM(UNITS), {}, "not those of gatewise.layers"),
    "subclass": (lambda: Halved(UNITS), {}, "not those of gatewise.layers"),
    "first backwards": (
        lambda: layers.LSTM(UNITS, go_backwards=True),
        {"backward_layer": lambda: layers.LSTM(UNITS)},
        "goes backwards",
    ),
    "units": (
        lambda: layers.LSTM(UNITS),
        {"backward_layer": lambda: layers.LSTM(UNITS + 1, go_backwards=True)},
        "differ",
    ),
    "cells": (
        lambda: layers.LSTM(UNITS),
        {"backward_layer": lambda: layers.GRU(UNITS, go_backwards=True)},
        "differ",
    ),
    "bias": (
        lambda: layers.GRU(UNITS),
        {"backward_layer": lambda: layers.GRU(UNITS, use_bias=False, go_backwards=True)},
        "differ",
    ),
    "recurrent dropout": (
        lambda: layers.GRU(UNITS),
        {"backward_layer": lambda: layers.GRU(UNITS, recurrent_dropout=0.5, go_backwards=True)},
        "differ",
    ),
    "regularizer": (
        lambda: layers.GRU(UNITS, activity_regularizer="l2"),
        {},
        "activity regularizer",
    ),
    "types": (
        lambda: layers.GRU(UNITS, dtype="mixed_float16"),
        {"dtype": "float32"},
        "different types",
    ),
}


@pytest.mark.parametrize("case", APART)
def test_what_cannot_share_a_call_runs_as_in_keras(kernel, case):
    make, options, why = APART[case]
    options = {name: value() if callable(value) else value for name, value in options.items()}
    ours = layers.Bidirectional(make(), **options)
    if "backward_layer" in options:
        options["backward_layer"] = type(options["backward_layer"]).from_config(
            options["backward_layer"].get_config()
        )
    theirs = keras.layers.Bidirectional(make(), **options)
    for layer in (ours, theirs):
        layer.build((BATCH, STEPS, FEATURES))
    theirs.set_weights(ours.get_weights())
    assert_same(ours(data()[0]), theirs(data()[0]))
    assert_same(ours.losses, theirs.losses)
    assert 2 not in kernel.calls
    choice = ours.kernel_choice()
    assert choice.kernel is None
    assert choice.reason.startswith("one direction after the other: ")
    assert why in choice.reason


def test_layers_without_a_kernel_say_so(monkeypatch):
    monkeypatch.setenv("GATEWISE_KERNELS", "reference")
    choice = layers.explain(layers.Bidirectional(layers.LSTM(UNITS)))
    assert choice.kernel is None
    assert choice.reason == "one direction after the other: its layers have no kernel"


def test_a_model_with_it_trains_saves_and_loads(kernel, tmp_path):
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(10, FEATURES, mask_zero=True),
            layers.Bidirectional(layers.LSTM(UNITS, return_sequences=True)),
            layers.Bidirectional(layers.GRU(UNITS)),
        ]
    )
    model.compile("sgd", "mse")
    ids = np.array([[1, 2, 0], [3, 0, 0]])
    model.fit(ids, np.zeros((2, 2 * UNITS)), verbose=0)
    assert set(kernel.calls) == {2}
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    assert [type(layer) for layer in loaded.layers[1:]] == [layers.Bidirectional] * 2
    assert_same(loaded(ids), model(ids))


def assert_same(found, expected):
    pairs = zip(keras.tree.flatten(found), keras.tree.flatten(expected), strict=True)
    for one, other in pairs:
        np.testing.assert_allclose(
            ops.convert_to_numpy(one), ops.convert_to_numpy(other), rtol=1e-4, atol=1e-5
        )
