"""The loop: masks, direction, gates, and its errors."""

import numpy as np
import pytest
from keras import ops

from gatewise.equations import run_sequence, simple_rnn_step, stacked
from gatewise.errors import ArgumentError

from ..cells import CELLS, MASK, arrays, sequence

numpy = ops.convert_to_numpy


def adding(numbers, start=0.0, **options):
    """A cell that adds up its inputs, so that each output says which steps were taken."""
    step = lambda x, states: simple_rnn_step(x, states, np.eye(1), activation=lambda a: a)  # noqa: E731
    projected = np.array(numbers, "float32")[None, :, None]
    run = run_sequence(step, projected, (np.full((1, 1), start, "float32"),), **options)
    return numpy(run.outputs)[0, :, 0].tolist(), float(run.states[0][0, 0])


def test_steps_are_taken_in_order():
    assert adding([1, 2, 4]) == ([1, 3, 7], 7)


def test_backwards_gives_outputs_in_the_order_taken():
    assert adding([1, 2, 4], go_backwards=True) == ([4, 6, 7], 7)


def test_a_masked_step_repeats_the_output_and_keeps_the_state():
    assert adding([1, 2, 4, 8], mask=[[1, 0, 1, 0]]) == ([1, 1, 5, 5], 5)


def test_zero_output_for_mask_does_not_touch_the_states():
    mask = [[1, 0, 1, 0]]
    assert adding([1, 2, 4, 8], mask=mask, zero_output_for_mask=True) == ([1, 0, 5, 0], 5)


def test_leading_masked_steps_give_the_initial_state():
    assert adding([1, 2, 4], start=9, mask=[[0, 0, 1]]) == ([9, 9, 13], 13)


def test_a_fully_masked_row_gives_its_initial_state_back():
    assert adding([1, 2], start=9, mask=[[0, 0]]) == ([9, 9], 9)


def test_the_mask_is_read_backwards_too():
    assert adding([1, 2, 4], mask=[[1, 1, 0]], go_backwards=True) == ([0, 2, 3], 3)


@pytest.mark.parametrize("cell", CELLS)
def test_gates_of_masked_steps_are_zero_and_states_are_held(cell):
    x, states, weights = arrays(cell)
    gates = sequence(cell, x, states, weights, MASK).gates
    held = {"hidden": states[0], "cell": states[-1]}
    for name, array in zip(gates._fields, gates, strict=True):
        array = numpy(array)
        before = np.concatenate([held.get(name, 0 * states[0])[:, None], array[:, :-1]], axis=1)
        expected = before if name in held else 0 * array
        np.testing.assert_array_equal(array[~MASK], expected[~MASK], err_msg=name)


def test_stacked_gates_are_what_the_kernel_contract_keeps():
    x, states, weights = arrays("lstm")
    gates = sequence("lstm", x, states, weights).gates
    i, f, c, o = np.split(numpy(stacked(gates)), 4, axis=-1)
    for found, named in [(i, "update"), (f, "forget"), (c, "candidate"), (o, "output")]:
        np.testing.assert_array_equal(found, numpy(getattr(gates, named)))
    assert stacked(gates).shape == (6, 5, 12)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ({"projected": (2, 3)}, r"projected: expected shape \[B, T, G·U\], got \(2, 3\)"),
        ({"mask": (2, 4)}, r"mask: expected shape \[B, T\] = \(2, 3\), got \(2, 4\)"),
        ({"state": (1, 1)}, r"initial_state\[0\]: expected .* B = 2, got \(1, 1\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(shapes, message):
    shapes = {"projected": (2, 3, 1), "mask": (2, 3), "state": (2, 1)} | shapes
    projected, mask, state = (np.ones(shape, "float32") for shape in shapes.values())
    with pytest.raises(ArgumentError, match=message):
        run_sequence(simple_rnn_step, projected, (state,), mask)
