"""The lesson's networks: one layer, one answer, gates that start open for the length asked for."""

import keras
import numpy as np
import pytest

from gatewise.errors import ArgumentError
from gatewise.lessons.networks import CELLS, RECURRENT, ChronoBias, network


@pytest.mark.parametrize("cell", CELLS)
def test_equal_seeds_start_with_equal_weights(cell):
    one, again, other = (network(cell, 30, units=5, seed=seed) for seed in (1, 1, 2))
    for mine, same in zip(one.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, same)
    assert any(
        (mine != theirs).any()
        for mine, theirs in zip(one.get_weights(), other.get_weights(), strict=True)
    )
    assert type(one.get_layer(RECURRENT)) is CELLS[cell]


def test_an_lstm_starts_with_memories_from_1_to_the_length():
    layer = network("lstm", 100, units=2_000).get_layer(RECURRENT)
    update, forget, candidate, output = np.split(np.asarray(layer.cell.bias), 4)
    times = np.exp(forget)
    assert times.min() >= 0.99
    assert times.max() <= 99.1
    assert abs(times.mean() - 50) < 2
    np.testing.assert_array_equal(update, -forget)
    assert not candidate.any()
    assert not output.any()


def test_a_gru_keeps_as_long():
    layer = network("gru", 100, units=2_000).get_layer(RECURRENT)
    own, hidden = np.asarray(layer.cell.bias)
    update, reset, candidate = np.split(own, 3)
    times = np.exp(update)
    assert times.min() >= 0.99
    assert times.max() <= 99.1
    assert not reset.any()
    assert not candidate.any()
    assert not hidden.any()


def test_a_network_is_saved_and_loaded(tmp_path):
    model = network("lstm", 20, units=3)
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    x = np.random.default_rng(0).random((2, 9, 2), "float32")
    np.testing.assert_allclose(
        loaded.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5, atol=1e-6
    )


def test_a_cell_without_gates_has_no_such_bias():
    with pytest.raises(ArgumentError, match=r"^cell: expected 'lstm' or 'gru'"):
        ChronoBias("simple_rnn", 50)
