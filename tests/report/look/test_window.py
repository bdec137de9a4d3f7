"""Some steps of a recording stand by themselves: the state before them is where they begin."""

import keras
import numpy as np
import pytest

import gatewise as gw
from gatewise.errors import ArgumentError
from gatewise.report.look import window

from ...insight.models import draw, inputs


def model(kind, backwards):
    layer = getattr(gw.layers, kind)(4, return_sequences=True, go_backwards=backwards, name="layer")
    found = keras.Sequential([keras.Input((None, 2)), layer])
    draw(found)
    return found


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
@pytest.mark.parametrize("steps", [(0, 6), (0, 3), (2, 5), (4, 6)])
def test_a_cut_equals_the_whole_and_its_memory_adds_up(kind, backwards, steps):
    network, x = model(kind, backwards), inputs(B=1)
    whole = gw.record(network, x)["layer"]
    around = window.around(*steps, 6)
    found = window.cut(gw.record(network, x, steps=around)["layer"], *steps)
    for name, array in found.arrays.items():
        np.testing.assert_array_equal(array, whole.arrays[name][:, slice(*steps)])
    assert found.whole
    memory = gw.memory(found)
    assert memory.error < 1e-6
    if (backwards and steps[1] == 6) or (not backwards and steps[0] == 0):
        assert not memory.initial.any()
    else:
        assert memory.initial.any()


def test_long_inputs_are_shown_from_their_end_and_the_rest_on_request():
    assert window.chosen_steps(100_000) == (97_952, 100_000)
    assert window.chosen_steps(100_000, (5, 10)) == (5, 10)
    for steps in [(-1, 3), (3, 3), (0, 11)]:
        with pytest.raises(ArgumentError, match="within the 10 steps"):
            window.chosen_steps(10, steps)
    with pytest.raises(ArgumentError, match="2,048 at most, got 3,000"):
        window.chosen_steps(9_000, (0, 3_000))


def test_of_too_many_units_the_most_active_are_kept_the_same_for_both_inputs():
    network = model("LSTM", False)
    layers = [dict(gw.record(network, inputs(B=1, T=30, seed=seed))) for seed in (0, 1)]
    fitting = window.most_active(layers)
    assert all(len(side["layer"].units) == 4 for side in fitting)
    window_units, window.FEWEST_UNITS = window.FEWEST_UNITS, 2
    try:
        few = window.most_active(layers, values=1)
    finally:
        window.FEWEST_UNITS = window_units
    moved = sum(np.abs(side["layer"].hidden).mean((0, 1)) for side in layers)
    assert few[0]["layer"].units.tolist() == sorted(np.argsort(-moved)[:2].tolist())
    assert few[1]["layer"].units.tolist() == few[0]["layer"].units.tolist()
    assert gw.memory(few[0]["layer"]).error < 1e-6
