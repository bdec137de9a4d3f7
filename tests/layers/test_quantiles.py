"""Quantiles that cannot cross."""

import keras
import numpy as np

from gatewise.layers import OrderedQuantiles


def test_any_numbers_become_ascending_ones():
    raw = np.random.default_rng(0).normal(scale=5, size=(50, 3, 5)).astype("float32")
    found = np.asarray(OrderedQuantiles()(raw))
    assert (np.diff(found, axis=-1) >= 0).all()
    np.testing.assert_array_equal(found[..., 2], raw[..., 2])


def test_steps_are_softplus_of_what_stands_between():
    raw = np.array([[0.3, -1.0, 2.0, 0.5, 1.5]], "float32")
    found = np.asarray(OrderedQuantiles()(raw))[0]
    step = np.log1p(np.exp(raw[0]))
    above = [2 + step[3], 2 + step[3] + step[4]]
    below = [2 - step[1] - step[0], 2 - step[1]]
    np.testing.assert_allclose(found, [*below, 2.0, *above], rtol=1e-6)


def test_survives_saving(tmp_path):
    inputs = keras.Input((5,))
    model = keras.Model(inputs, OrderedQuantiles()(inputs))
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    x = np.arange(10, dtype="float32").reshape(2, 5)
    np.testing.assert_array_equal(model.predict(x, verbose=0), again.predict(x, verbose=0))
