"""Pickled frames, and pickles that ask for something else."""

import io
import os
import pickle

import numpy as np
import pytest

from gatewise.data.frames import pickled


class Foreign:
    def __reduce__(self):
        return os.getcwd, ()


def test_arrays_and_containers_are_read():
    held = {1: [np.arange(6.0).reshape(2, 3)]}
    found = pickled(io.BytesIO(pickle.dumps(held, protocol=2)))
    np.testing.assert_array_equal(found[1][0], held[1][0])


def test_nothing_else_is_called():
    with pytest.raises(pickle.UnpicklingError, match="getcwd"):
        pickled(io.BytesIO(pickle.dumps(Foreign())))
