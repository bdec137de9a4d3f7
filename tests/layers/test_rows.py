"""Rows taken from a table that was computed once for a batch."""

import numpy as np
from keras import ops

from gatewise.layers import TakeRows


def test_each_step_gets_the_row_of_its_place():
    table = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    places = np.array([[0, 4, 4], [2, 0, 1]])
    found = TakeRows()(ops.convert_to_tensor(table), ops.convert_to_tensor(places))
    np.testing.assert_array_equal(ops.convert_to_numpy(found), table[places])
