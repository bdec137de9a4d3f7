"""The loss of each row by itself: Keras's own, without its means over rows."""

import keras
import numpy as np
import pytest
from keras import ops

from gatewise.errors import ArgumentError
from gatewise.insight.objective import row_losses


def dense(*names):
    """A model of one or several outputs [B, 2]."""
    x = keras.Input((3,))
    outputs = [keras.layers.Dense(2, name=name)(x) for name in names]
    return keras.Model(x, outputs if len(outputs) > 1 else outputs[0])


def arrays(*shapes):
    rng = np.random.default_rng(0)
    return [rng.uniform(0.1, 0.9, shape).astype("float32") for shape in shapes]


@pytest.mark.parametrize(
    "loss", ["mse", "mae", keras.losses.Huber(), keras.losses.Huber(reduction="sum"),
             "binary_crossentropy", keras.losses.mean_squared_error]
)  # fmt: skip
def test_the_sum_over_rows_is_kerass_loss_of_each_row(loss):
    y, output = arrays((4, 2), (4, 2))
    found = float(row_losses(dense("a"), loss)(y, ops.convert_to_tensor(output)))
    model = dense("a")
    model.compile(loss=loss)
    each = [
        float(model.compute_loss(None, y[i : i + 1], ops.convert_to_tensor(output[i : i + 1])))
        for i in range(4)
    ]
    np.testing.assert_allclose(found, sum(each), rtol=1e-5)


def test_class_ids_and_targets_without_a_last_axis():
    (output,) = arrays((4, 1))
    found = float(row_losses(dense("a"), "mse")(np.zeros(4, "float32"), ops.array(output)))
    np.testing.assert_allclose(found, (output**2).sum(), rtol=1e-6)
    probabilities = ops.array([[0.25, 0.75], [0.5, 0.5]])
    loss = row_losses(dense("a"), "sparse_categorical_crossentropy")
    for ids in (np.array([1, 0]), np.array([[1], [0]])):
        np.testing.assert_allclose(
            float(loss(ids, probabilities)), -np.log(0.75) - np.log(0.5), rtol=1e-5
        )


def test_a_loss_that_gives_one_number_for_a_batch_is_taken_for_its_mean():
    y, output = arrays((4, 2), (4, 2))
    by_row = row_losses(dense("a"), "mse")(y, ops.array(output))
    mean = row_losses(dense("a"), lambda y, output: ops.mean((y - output) ** 2))
    np.testing.assert_allclose(float(mean(y, ops.array(output))), float(by_row), rtol=1e-5)


def test_several_outputs_by_name_by_place_and_weighted():
    y, output = arrays((4, 2), (4, 2))
    outputs = [ops.array(output), ops.array(2 * output)]
    one, other = (
        float(row_losses(dense("a"), name)(y, found))
        for name, found in zip(("mse", "mae"), outputs, strict=True)
    )
    model = dense("a", "b")
    for loss in (["mse", "mae"], {"a": "mse", "b": "mae"}):
        for targets in ([y, y], {"b": y, "a": y}):
            found = float(row_losses(model, loss)(targets, outputs))
            np.testing.assert_allclose(found, one + other, rtol=1e-5)
    model.compile(loss={"a": "mse", "b": "mae"}, loss_weights={"a": 1.0, "b": 0.5})
    np.testing.assert_allclose(
        float(row_losses(model)([y, y], outputs)), one + 0.5 * other, rtol=1e-5
    )


def test_outputs_and_losses_that_do_not_match():
    y, output = arrays((4, 2), (4, 2))
    model = dense("a", "b")
    with pytest.raises(ArgumentError, match="y: expected one for each of the model's 2 outputs"):
        row_losses(model, "mse")(y, [output, output])
    with pytest.raises(ArgumentError, match=r"loss: expected names among \['a', 'b'\]"):
        row_losses(model, {"c": "mse"})([y, y], [output, output])
