"""The largest value over the real steps."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from gatewise.layers import MaxOverTime

from ..gradients import run_and_differentiate

X = np.array([[[1, -5], [-2, -4], [9, 9]], [[-3, -1], [8, 8], [8, 8]], [[7, 7]] * 3], "float32")
MASK = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0]], bool)


def pooled(x, mask=None):
    return ops.convert_to_numpy(MaxOverTime()(ops.array(x), mask=mask))


def test_masked_steps_do_not_count_and_an_empty_row_gives_zeros():
    np.testing.assert_array_equal(pooled(X, ops.array(MASK)), [[1, -4], [-3, -1], [0, 0]])


def test_without_a_mask_every_step_counts():
    np.testing.assert_array_equal(pooled(X), X.max(axis=1))


def test_the_gradient_goes_to_the_largest_real_step_and_is_finite():
    pool = lambda tensors: (MaxOverTime()(tensors[0], mask=ops.array(MASK)),)  # noqa: E731
    _, (gradient,) = run_and_differentiate(pool, [X], [np.ones((3, 2), "float32")])
    expected = np.zeros_like(X)
    expected[0, 0, 0] = expected[0, 1, 1] = expected[1, 0, 0] = expected[1, 0, 1] = 1
    np.testing.assert_array_equal(gradient, expected)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=3, max_size=3))
def test_any_mask_equals_numpy(mask):
    rows = [x[np.array(real)] for x, real in zip(X, mask, strict=True)]
    expected = [row.max(axis=0) if len(row) else np.zeros(2) for row in rows]
    np.testing.assert_array_equal(pooled(X, ops.array(mask)), expected)


def test_the_mask_of_an_embedding_arrives_and_ends_here():
    inputs = keras.Input((None,), dtype="int32")
    embedded = keras.layers.Embedding(4, 2, mask_zero=True)(inputs)
    outputs = MaxOverTime()(embedded)
    model = keras.Model(inputs, outputs)
    assert outputs.shape == (None, 2)
    assert getattr(outputs, "_keras_mask", None) is None
    short, padded = model(np.array([[2, 3]])), model(np.array([[2, 3, 0, 0]]))
    np.testing.assert_array_equal(ops.convert_to_numpy(short), ops.convert_to_numpy(padded))


def test_shape_dtype_and_configuration():
    layer = MaxOverTime(name="pool", dtype="float16")
    assert layer.compute_output_shape((None, 5, 7)) == (None, 7)
    assert keras.backend.standardize_dtype(layer(ops.array(X)).dtype) == "float16"
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert (type(again), again.name) == (MaxOverTime, "pool")


def test_an_input_without_time_is_refused():
    with pytest.raises(ValueError, match="expected ndim=3"):
        MaxOverTime()(ops.ones((2, 3)))
