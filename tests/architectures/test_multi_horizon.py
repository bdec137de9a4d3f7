"""The direct multi-horizon quantile network."""

import numpy as np
import pytest

from gatewise.architectures import multi_horizon
from gatewise.errors import ArgumentError
from gatewise.padding import SERIES_PADDING

SIZES = {"horizon": 4, "quantiles": 5, "past": 2, "future": 3, "units": 6}


def inputs(rows=3, steps=7):
    rng = np.random.default_rng(0)
    return [rng.normal(size=(rows, steps, 2)).astype("float32"),
            rng.normal(size=(rows, 4, 3)).astype("float32")]  # fmt: skip


def test_quantiles_of_every_step_and_member_ascend():
    model = multi_horizon(**SIZES, members=2)
    found = model.predict(inputs(), verbose=0)
    assert found.shape == (3, 2, 4, 5)
    assert (np.diff(found, axis=-1) > 0).all()
    assert not np.allclose(found[:, 0], found[:, 1])  # members start apart


def test_padding_changes_nothing():
    model = multi_horizon(**SIZES, members=1)
    past, known = inputs()
    padded = np.pad(past, ((0, 0), (0, 5), (0, 0)), constant_values=SERIES_PADDING)
    np.testing.assert_allclose(
        model.predict([padded, known], verbose=0), model.predict([past, known], verbose=0),
        rtol=1e-5, atol=1e-6,
    )  # fmt: skip


def test_what_is_known_of_a_step_moves_that_step_alone():
    model = multi_horizon(**SIZES, members=1)
    past, known = inputs()
    moved = known.copy()
    moved[:, 2] += 1.0
    change = model.predict([past, moved], verbose=0) - model.predict([past, known], verbose=0)
    steps = np.abs(change).max(axis=(0, 1, 3))
    assert steps[2] > 0
    np.testing.assert_array_equal(np.delete(steps, 2), 0)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"quantiles": 4}, "odd"), ({"horizon": 0}, "horizon"), ({"cell": "x"}, "cell"),
     ({"members": 0}, "members"), ({"dropout": 1.0}, "dropout")],
)  # fmt: skip
def test_wrong_arguments_are_named(wrong, words):
    with pytest.raises(ArgumentError, match=words):
        multi_horizon(**{**SIZES, **wrong})
