"""The pinball loss, against NumPy; missing steps count nothing, in value and gradient."""

import keras
import numpy as np
from keras import ops

from gatewise.tasks.forecaster.losses import QuantileLoss
from gatewise.tasks.forecaster.metrics import pinball

SHARES = [0.1, 0.5, 0.9]


def test_the_loss_is_the_pinball_of_each_member_added_up():
    rng = np.random.default_rng(0)
    true, found = rng.normal(size=(6, 4)), rng.normal(size=(6, 2, 4, 3))
    expected = sum(pinball(true, found[:, m], np.array(SHARES)) for m in range(2))
    loss = QuantileLoss(SHARES)(true.astype("float32"), found.astype("float32"))
    np.testing.assert_allclose(float(loss), expected, rtol=1e-5)


def test_a_network_learns_past_missing_targets():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(6),
                              keras.layers.Reshape((1, 2, 3))])  # fmt: skip
    model.compile("adam", QuantileLoss(SHARES))
    true = np.array([[1.0, np.nan], [np.nan, np.nan]], "float32")
    model.fit(np.ones((2, 1), "float32"), true, epochs=2, verbose=0)
    assert all(bool(ops.all(ops.isfinite(value))) for value in model.trainable_variables)


def test_survives_saving():
    again = QuantileLoss.from_config(QuantileLoss(SHARES).get_config())
    assert again.quantiles == SHARES
