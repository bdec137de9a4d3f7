"""Many-to-one: what is built, what padding may change (nothing), and what is refused."""

import keras
import numpy as np
import pytest

from gatewise.architectures import many_to_one
from gatewise.errors import ArgumentError
from gatewise.layers import find_recurrent
from gatewise.padding import SERIES_PADDING

IDS = np.array([[2, 3, 4, 0, 0], [4, 0, 0, 0, 0], [5, 4, 3, 2, 2]], "int32")
SMALL = {"classes": 3, "units": 3, "embedding": 4}


def text_model(**options):
    return many_to_one(**{**SMALL, "vocabulary": 6, **options})


def parameters(cell_weights, vocabulary=6, embedding=4, pooled=3, classes=3):
    return vocabulary * embedding + cell_weights + (pooled + 1) * classes


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({}, parameters(4 * (4 + 3 + 1) * 3)),
        ({"cell": "gru"}, parameters(3 * (4 + 3 + 2) * 3)),
        ({"cell": "simple_rnn"}, parameters((4 + 3 + 1) * 3)),
        ({"cell": "binary_gate_lstm"}, parameters(4 * (4 + 3 + 1) * 3)),
        ({"bidirectional": True}, parameters(2 * 4 * (4 + 3 + 1) * 3, pooled=6)),
        ({"depth": 2}, parameters(4 * (4 + 3 + 1) * 3 + 4 * (3 + 3 + 1) * 3)),
    ],
    ids=lambda value: str(value),
)
def test_the_parameters_are_those_of_the_layers_asked_for(options, count):
    assert text_model(**options).count_params() == count


def test_the_noise_of_binary_gates_is_seeded_and_another_in_each_layer():
    layers = [
        layer
        for _ in range(2)
        for _, layer in find_recurrent(
            text_model(cell="binary_gate_lstm", depth=2, bidirectional=True, seed=7)
        )
    ]
    for layer in layers:
        layer.noise = 1.0
    drawn = [np.array(layer.gate_noise(np.zeros((1, 2, 4)))) for layer in layers]
    assert len({one.tobytes() for one in drawn[:4]}) == 4
    for one, again in zip(drawn[:4], drawn[4:], strict=True):
        np.testing.assert_array_equal(one, again)


@pytest.mark.parametrize("pooling", ["last", "max", "mean"])
def test_padding_changes_no_answer(pooling):
    model = text_model(pooling=pooling, bidirectional=True, cell="gru")
    found = model.predict(IDS, verbose=0)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    wider = np.pad(IDS, ((0, 0), (0, 3)))
    np.testing.assert_allclose(model.predict(wider, verbose=0), found, rtol=1e-5)
    alone = model.predict(IDS[1:2, :1], verbose=0)
    np.testing.assert_allclose(alone[0], found[1], rtol=1e-5)


@pytest.mark.parametrize("pooling", ["last", "max", "mean"])
def test_padded_measurements_change_no_answer(pooling):
    model = many_to_one(classes=2, features=2, units=3, pooling=pooling, bidirectional=True)
    steps = np.random.default_rng(0).normal(size=(1, 4, 2)).astype("float32")
    padded = np.pad(steps, ((0, 0), (0, 3), (0, 0)), constant_values=SERIES_PADDING)
    found = model.predict(padded, verbose=0)
    np.testing.assert_allclose(found, model.predict(steps, verbose=0), rtol=1e-5)


def test_the_pooling_decides_the_answer():
    answers = [text_model(pooling=pooling).predict(IDS, verbose=0) for pooling in ("max", "mean")]
    assert np.abs(answers[0] - answers[1]).max() > 1e-4


def test_both_directions_start_apart():
    forward, backward = np.split(
        np.array([w.ravel()[:6] for w in text_model(bidirectional=True).layers[3].get_weights()]), 2
    )
    assert np.abs(forward[:2] - backward[:2]).min() > 0


def test_the_seed_decides_every_weight():
    weights = [text_model(seed=seed, depth=2).get_weights() for seed in (1, 1, 2)]
    assert all(np.array_equal(*pair) for pair in zip(weights[0], weights[1], strict=True))
    drawn = [pair for pair in zip(weights[0], weights[2], strict=True) if np.ptp(pair[0])]
    apart = [not np.array_equal(*pair) for pair in drawn if set(pair[0].ravel()) != {0.0, 1.0}]
    assert len(apart) == 6  # embedding, two kernels and recurrent kernels, head
    assert all(apart)


def test_dropout_works_in_training_alone():
    model = text_model(dropout=0.5, token_dropout=0.5)
    still = [keras.ops.convert_to_numpy(model(IDS, training=False)) for _ in range(2)]
    moved = [keras.ops.convert_to_numpy(model(IDS, training=True)) for _ in range(2)]
    assert np.array_equal(*still)
    assert not np.array_equal(*moved)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_does_not_trip_over_padding(policy):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = many_to_one(classes=2, features=1, units=3)
    finally:
        keras.config.set_dtype_policy(before)
    steps = np.full((2, 4, 1), SERIES_PADDING, "float32")
    steps[0], steps[1, :2] = 0.5, 1.0
    found = model.predict(steps, verbose=0)
    assert found.dtype == "float32"
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[1], model.predict(steps[1:, :2], verbose=0)[0], atol=1e-2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cell": "transformer"}, "cell: expected one of lstm, gru, simple_rnn, binary_gate_lstm"),
        ({"pooling": "first"}, "pooling: expected one of last, max, mean"),
        ({"units": 0}, "units: expected a whole number above 0, got 0"),
        ({"depth": 1.5}, "depth: expected a whole number"),
        ({"embedding": -1}, "embedding: expected"),
        ({"dropout": 1.0}, "dropout: expected a part from 0 to below 1"),
        ({"token_dropout": -0.1}, "token_dropout: expected"),
        ({"seed": -1}, "seed: expected a whole number from 0"),
        ({"classes": 1}, "classes: expected 2 or more, got 1"),
        ({"features": 2}, "either vocabulary .* or features"),
        ({"vocabulary": None}, "either vocabulary .* or features"),
    ],
)
def test_options_out_of_range_are_named(options, message):
    with pytest.raises(ArgumentError, match=message):
        text_model(**options)
