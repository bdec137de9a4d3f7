"""Our equations against Keras's own layers, forward and gradient, in every option."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ..cells import CELLS, MASK, arrays, results_and_gradients, run_equations, run_layer

OPTIONS = {
    "backwards": (None, {"go_backwards": True}),
    "masked": (MASK, {}),
    "masked, zeros, backwards": (MASK, {"zero_output_for_mask": True, "go_backwards": True}),
}
MORE_OPTIONS = {
    "plain": (None, {}),
    "masked, backwards": (MASK, {"go_backwards": True}),
    "masked, zeros": (MASK, {"zero_output_for_mask": True}),
}


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("cell", ["lstm", "gru, reset after", "gru, reset before", "simple"])
def test_outputs_states_and_gradients_equal_keras(cell, option):
    assert_equal_to_keras(cell, arrays(cell), *OPTIONS[option])


@pytest.mark.slow
@pytest.mark.parametrize("option", OPTIONS | MORE_OPTIONS)
@pytest.mark.parametrize("cell", CELLS)
def test_every_option_of_every_cell_equals_keras(cell, option):
    assert_equal_to_keras(cell, arrays(cell, seed=1), *(OPTIONS | MORE_OPTIONS)[option])


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_shape_and_mask_equals_keras(data):
    size = st.integers(1, 4)
    batch, steps, features, units = (data.draw(size) for _ in range(4))
    cell = data.draw(st.sampled_from(list(CELLS)))
    options = {name: data.draw(st.booleans()) for name in ("go_backwards", "zero_output_for_mask")}
    bits = data.draw(st.lists(st.booleans(), min_size=batch * steps, max_size=batch * steps))
    mask = np.array(bits).reshape(batch, steps)
    assert_equal_to_keras(cell, arrays(cell, batch, steps, features, units), mask, options)


def assert_equal_to_keras(cell, given_arrays, mask, options):
    ours = results_and_gradients(run_equations, cell, given_arrays, mask, options)
    theirs = results_and_gradients(run_layer, cell, given_arrays, mask, options)
    for found, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
